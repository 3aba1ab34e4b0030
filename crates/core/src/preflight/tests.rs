use super::*;

fn image(state: ArtifactState) -> ArtifactProof {
    ArtifactProof { image: "acme/checkout:v1".to_owned(), state, cached: true }
}

#[test]
fn only_a_whole_and_unchanged_artifact_passes() {
    let text = || "x".to_owned();
    for (state, grade) in [
        (ArtifactState::Present { digest: text() }, Grade::Pass),
        (ArtifactState::Gone { part: text() }, Grade::Block),
        (ArtifactState::Moved { recorded: text(), now: text() }, Grade::Block),
        (ArtifactState::Corrupt { why: text() }, Grade::Block),
        (ArtifactState::Unpinned { now: text() }, Grade::Unknown),
        (ArtifactState::Unknown { why: text() }, Grade::Unknown),
    ] {
        let found = image(state.clone()).finding();
        assert_eq!(found.grade, grade, "{state:?}: a copy on a node changes nothing about it");
        assert_eq!(found.topic, Topic::Artifact);
    }
}

#[test]
fn what_blocks_is_read_first_and_nothing_is_said_twice() {
    let finding = |subject: &str, grade, topic| Finding::new(subject, grade, "s").on(topic);
    let found = ordered(vec![
        finding("a", Grade::Pass, Topic::Target),
        finding("b", Grade::Block, Topic::Governor),
        finding("c", Grade::Unknown, Topic::Artifact),
        finding("d", Grade::Block, Topic::Freeze),
        finding("e", Grade::Warn, Topic::Flight),
        finding("b", Grade::Block, Topic::Governor),
    ]);
    let subjects: Vec<&str> = found.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(subjects, ["d", "b", "c", "e", "a"]);
}

#[test]
fn nothing_looked_at_is_unknown() {
    assert_eq!(worst(&[]), Grade::Unknown);
}

#[test]
fn a_missing_need_blocks_and_an_unreadable_one_is_unknown() {
    let need = |what: &str, state| Need { what: what.to_owned(), state };
    let proof = Proof {
        artifacts: Vec::new(),
        needs: vec![
            need("ConfigMap a", NeedState::There),
            need("key URL of Secret b", NeedState::Missing),
            need("Secret c", NeedState::Unknown { why: "forbidden".to_owned() }),
        ],
    };
    let grades: Vec<Grade> = proof.findings("v1").iter().map(|one| one.grade).collect();
    assert_eq!(grades, [Grade::Block, Grade::Unknown, Grade::Pass]);
}

#[test]
fn differences_are_told_and_long_lists_are_counted() {
    let changes: Vec<String> = (0..11).map(|n| format!("V{n}: a → b")).collect();
    let part = "environment".to_owned();
    let compared =
        Comparison { differences: vec![Difference { part, changes }], ..Comparison::default() };
    let found = compared.findings("v2", "v1");
    assert_eq!(found.len(), 1);
    assert!(found[0].sentence.ends_with("and 3 more"), "{}", found[0].sentence);
    let same = Comparison::default().findings("v2", "v1");
    assert_eq!(same[0].grade, Grade::Pass, "no difference is a finding of its own");
    let doubt = Comparison { doubts: vec!["no template".to_owned()], ..Comparison::default() };
    assert_eq!(doubt.findings("v2", "v1")[0].grade, Grade::Unknown, "unread is not equal");
}

#[test]
fn a_finding_of_an_earlier_version_reads_and_keeps_its_form() {
    let old = r#"{"subject":"a","grade":"warn","sentence":"b","mend":null}"#;
    let finding: Finding = serde_json::from_str(old).expect("plans of earlier versions are read");
    assert_eq!(finding.topic, Topic::Other);
    let text = serde_json::to_string(&finding).expect("it has a text form");
    assert_eq!(text, old, "an old plan keeps the name it was shown under");
}
