use super::*;

#[test]
fn only_a_pass_opens_a_gate() {
    for verdict in VERDICTS {
        assert_eq!(verdict.permits(), verdict == Verdict::Pass, "{}", verdict.as_str());
    }
}

#[test]
fn the_worst_of_nothing_is_not_a_pass() {
    assert_eq!(worst([]), Verdict::Inconclusive);
}

#[test]
fn the_worst_is_the_same_in_any_order_and_passes_only_when_all_do() {
    for one in VERDICTS {
        for other in VERDICTS {
            assert_eq!(worst([one, other]), worst([other, one]));
            let all = one == Verdict::Pass && other == Verdict::Pass;
            assert_eq!(worst([one, other]) == Verdict::Pass, all, "{one:?} and {other:?}");
        }
        assert_eq!(worst([one, Verdict::Fail]), Verdict::Fail, "failing outranks not knowing");
    }
}

const VERDICTS: [Verdict; 5] =
    [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive, Verdict::Error, Verdict::Shared];
