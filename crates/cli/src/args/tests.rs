use clap::CommandFactory as _;

use super::*;

fn parse(words: &[&str]) -> Result<Line, clap::Error> {
    Line::try_parse_from(std::iter::once("lastgood").chain(words.iter().copied()))
}

#[test]
fn the_command_line_is_sound() {
    Line::command().debug_assert();
}

#[test]
fn what_the_guides_say_can_be_typed() {
    for words in [
        "lint",
        "lint runbooks/a.yaml --json",
        "releases --service checkout --limit 5",
        "release checkout --environment production --release 7",
        "target checkout --env production --json",
        "blame checkout --at 2026-11-22T18:42:07Z",
        "blame --file incident.json --json",
        "marks",
        "marks checkout --environment production",
        "marks --run bad-canary-7",
        "mark good 2026.11.1 --reason proven",
        "mark faulty 2026.11.2 --service checkout --env production --reason=eats",
        "lock 2026.11.2 --reason eats",
        "unlock 2026.11.2 --reason fixed",
        "unlock 2026.11.2 --fix c0ffee --candidate deadbeef --checkout .",
        "plan checkout --target 2026.11.1 --input ticket=INC-1 --input a=b=c",
        "run checkout --yes-plan ab12 --override=target=known",
        "resume",
        "resume bad-canary-7 --auto --speed 10",
        "runs",
        "show r",
        "import drill.json --dry-run",
        "import --list --json",
        "import -",
        "import chat.txt --into r --from chat --tz Europe/Berlin --date 2026-03-07 --dry-run",
        "import alerts.json --into r --skip-bad --json",
        "timeline r --no-color",
        "timeline r --tz Europe/Berlin --starred --kind note,signal --grep pool --hidden",
        "note r text --at 18:42 --tz Europe/Berlin --kind signal --actor ben",
        "note r - --json",
        "amend r e12 better",
        "amend r n3 --at 2026-11-22T18:42:00Z",
        "hide r e12 --reason private",
        "hide r e12 --undo",
        "star r e12",
        "phase r mitigated --at 18:47",
        "phase r mitigated --clear",
        "followup add r title --owner ben --due 2026-12-01 --link https://tracker.example/7",
        "followup set r 1 --status done",
        "followup list r --json",
        "write r summary text",
        "attach r graph.png --caption rate --line n3",
        "export r --format md --out a.md",
        "checklist checkout",
        "checklist checkout --env production --history --json",
        "checklist checkout answer tracing yes --note spans",
        "checklist checkout answer tracing not-applicable --note batch --env production",
        "drill bad-canary --auto --seed 7 --export x.json",
        "drill --list",
        "judge --counts counts.csv --slo 99.5%",
        "judge --counts - --latency --r0 1.5 --exclude 2 --min-requests 50 --json",
        "journal backup copy.db",
        "journal verify",
        "journal verify r",
        "doctor --as ana",
        "serve --port 8080 --until-stdin-closes --json",
        "errors",
        "errors no-target",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        parse(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
    }
}

#[test]
fn wrong_usage_is_told_apart_from_a_problem() {
    for words in [
        &["drill"][..],
        &["judge"],
        &["judge", "--counts", "a", "--slo", "100"],
        &["plan"],
        &["preflight"],
        &["blame"],
        &["blame", "checkout", "--file", "x"],
        &["blame", "checkout", "--at", "noon"],
        &["mark", "good", "1"],
        &["mark", "fine", "1", "--reason", "x"],
        &["checklist"],
        &["checklist", "checkout", "answer", "tracing", "yes"],
        &["checklist", "checkout", "answer", "tracing", "maybe", "--note", "x"],
        &["lock", "1"],
        &["unlock", "1"],
        &["unlock", "1", "--reason", "x", "--fix", "y"],
        &["nope"],
        &["releases", "--limit", "0"],
        &["drill", "a", "--speed", "0"],
        &["drill", "--list", "--auto"],
        &["plan", "a", "--input", "b"],
        &["run", "a", "--override", "target="],
        &["runs", "--practice", "--workspace", "."],
    ] {
        let error = parse(words).expect_err("it makes no sense");
        assert!(error.use_stderr() && error.exit_code() == 2, "{words:?}");
    }
}

#[test]
fn an_input_may_hold_an_equals_sign() {
    let Command::Plan(planning) = parse(&["plan", "a", "--input", "q=b=c"]).expect("fine").command
    else {
        panic!("it is a plan");
    };
    assert_eq!(planning.inputs().get("q").map(String::as_str), Some("b=c"));
}
