//! Advice on runbooks that can be used and could be better. Each rule stands for a night
//! that went wrong somewhere.

use lastgood_core::runbook::Phase;

use crate::code::Code;
use crate::finding::Report;
use crate::tree::At;

pub(super) fn lint(root: &At<'_>, report: &mut Report) {
    let steps: Vec<At<'_>> = root.get("steps").iter().flat_map(At::items).collect();
    let moves = steps.iter().any(moves_releases);
    for step in &steps {
        act(step, report);
        judge(step, report);
        limits(step, report);
        if moves {
            versions(step, report);
        }
    }
    whole(root, &steps, report);
}

fn act(step: &At<'_>, report: &mut Report) {
    let Some(act) = step.get("act") else { return };
    careless(&act, report);
    // A flag is looked up before it is switched, and so is what is done on GitHub; of any other
    // errand only its probe knows.
    let looked_up = [
        "flag.off",
        "flag.on",
        "command",
        "http",
        "github.dispatch",
        "github.cancel",
        "github.deployment",
    ];
    if step.get("when").is_none() && !looked_up.iter().any(|key| act.get(key).is_some()) {
        report.advice(
            Code::ActWithoutGuard,
            &act,
            "this changes the world without asking whether that is needed",
            guard_for(&act).map(|guard| format!("add `when: {guard}`")),
        );
    }
    if step.get("undo").is_none() {
        report.advice(
            Code::ActWithoutUndo,
            &act,
            "nothing says what takes this back when the run is aborted",
            undo_for(&act).map(|undo| format!("add `undo: {undo}`, or `undo: none`")),
        );
    }
    if let Some(confirm) = step.get("confirm").filter(|_| step.flag("confirm") == Some(false)) {
        report.advice(
            Code::ActUnconfirmed,
            &confirm,
            "nobody is asked before this changes the world",
            "remove `confirm: false`".to_owned(),
        );
    }
}

/// What is said of commands and requests.
fn careless(act: &At<'_>, report: &mut Report) {
    for key in ["command", "http"] {
        if let Some(errand) = act.get(key).filter(|errand| errand.get("probe").is_none()) {
            report.advice(
                Code::NoProbe,
                &errand,
                "nothing can tell whether this took place; after a crash a person is asked",
                "add a `probe:`".to_owned(),
            );
        }
    }
    let Some(command) = act.get("command") else { return };
    if let Some(shell) = command.get("shell").filter(|_| command.flag("shell") == Some(true)) {
        report.advice(
            Code::ShellUsed,
            &shell,
            "a shell reads this text, and quotes it differently than you may think",
            "put it into a file of the workspace, and run that with `run: [FILE]`".to_owned(),
        );
    }
    for key in ["run", "probe"] {
        if let Some(text) = command.get(key).and_then(|argv| text_for_a_shell(&argv)) {
            report.advice(
                Code::ShellUsed,
                &text,
                "this is one program, and it reads this text as a shell does: what is filled in \
                 can become a command of its own",
                "put it into a file of the workspace, and run that with `run: [FILE]`".to_owned(),
            );
        }
    }
}

/// Programs that run a text which is given to them behind a switch such as `-c`.
const SHELLS: [&str; 12] = [
    "sh",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "ash",
    "fish",
    "powershell",
    "pwsh",
    "cmd",
    "busybox",
    "su",
];

/// What a shell would run, in a list of a program and its arguments.
fn text_for_a_shell<'a>(argv: &At<'a>) -> Option<At<'a>> {
    let mut words = argv.items().filter(|word| word.scalar().is_some());
    let shell = words.position(|word| {
        let path = word.scalar().unwrap_or_default();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        SHELLS.contains(&name.to_ascii_lowercase().as_str())
    });
    // `env`, `sudo`, `nice` and their like stand before it; a name among arguments does not.
    if shell? > 3 {
        return None;
    }
    words.skip_while(|word| !runs_a_text(word.scalar().unwrap_or_default())).nth(1)
}

/// `-c`, `-lc`, `/c`, `-Command`: the next word is a text to run.
fn runs_a_text(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let short = word.strip_prefix('-').is_some_and(|letters| {
        !letters.is_empty()
            && letters.len() <= 4
            && letters.chars().all(|c| c.is_ascii_lowercase())
            && letters.ends_with('c')
    });
    short || ["/c", "/k", "-command", "-encodedcommand"].contains(&lower.as_str())
}

/// The guard that fits an act: what makes it unnecessary.
fn guard_for(act: &At<'_>) -> Option<&'static str> {
    match act.scalar() {
        Some("rollout.halt") => Some("rollout-open"),
        Some("rollout.resume") => Some("rollout-halted"),
        Some("release.restore") => Some("target-not-serving"),
        Some(_) => None,
        None if act.get("traffic.shift").is_some() => Some("rollout-open"),
        None => Some("target-not-serving"),
    }
}

fn undo_for(act: &At<'_>) -> Option<&'static str> {
    match act.scalar() {
        Some("rollout.halt") => Some("rollout.resume"),
        Some("rollout.resume") => Some("rollout.halt"),
        Some("release.restore") => Some("{ release.restore: { release: suspect } }"),
        Some(_) => None,
        None if act.get("flag.off").is_some() => Some("{ flag.on: { flag: … } }"),
        None if act.get("flag.on").is_some() => Some("{ flag.off: { flag: … } }"),
        None => match act.get("release.restore")?.text("release").as_deref() {
            Some("suspect") => Some("{ release.restore: { release: target } }"),
            Some(_) | None => Some("{ release.restore: { release: suspect } }"),
        },
    }
}

fn judge(step: &At<'_>, report: &mut Report) {
    let Some(on) = step.get("on") else { return };
    let proceeds = |key| on.get(key).filter(|at| at.scalar() == Some("proceed"));
    if let Some(at) = proceeds("pass") {
        report.advice(
            Code::PassProceeds,
            &at,
            "a healthy release is rolled back without asking; that is an incident of its own",
            "write `pass: ask`".to_owned(),
        );
    }
    if let Some(at) = proceeds("inconclusive") {
        report.advice(
            Code::DoubtProceeds,
            &at,
            "doubt is taken for proof: without enough data the run goes on unasked",
            "write `inconclusive: ask`".to_owned(),
        );
    }
}

fn limits(step: &At<'_>, report: &mut Report) {
    let bounded = step.get("timeout").is_some();
    let unbounded = step
        .get("wait")
        .filter(|wait| wait.get("until").is_some())
        .or_else(|| step.get("verify"))
        .filter(|_| !bounded);
    if let Some(at) = unbounded {
        report.advice(
            Code::NoTimeLimit,
            &at,
            "nothing says how long this may take",
            "add `timeout: 15m`, or what fits your rollouts".to_owned(),
        );
    }
}

/// Whether a step makes another release serve. Where none does, no other version is to be
/// expected.
fn moves_releases(step: &At<'_>) -> bool {
    step.get("act").is_some_and(|act| {
        act.scalar() == Some("release.restore")
            || ["release.restore", "traffic.shift", "command", "http"]
                .iter()
                .any(|key| act.get(key).is_some())
    })
}

fn versions(step: &At<'_>, report: &mut Report) {
    let Some(verify) = step.get("verify") else { return };
    if let Some(at) = verify.get("versions").filter(|_| verify.flag("versions") == Some(false)) {
        report.advice(
            Code::VersionsUnchecked,
            &at,
            "a draining replica of the old release can answer every check; which version \
             answers is not looked at",
            "write `versions: true`".to_owned(),
        );
    }
}

fn whole(root: &At<'_>, steps: &[At<'_>], report: &mut Report) {
    let Some(at) = root.get("steps").filter(|_| !steps.is_empty()) else { return };
    let at = root
        .pairs()
        .iter()
        .find(|(key, _)| &*key.text == "steps")
        .map_or(at, |(key, _)| root.key(key));
    let missing: Vec<&str> = Phase::ALL
        .into_iter()
        .map(Phase::as_str)
        .filter(|phase| !steps.iter().any(|step| step.text("phase").as_deref() == Some(phase)))
        .collect();
    if !missing.is_empty() {
        report.advice(
            Code::PhaseMissing,
            &at,
            format!("no step belongs to {}", missing.join(", ")),
            "the five phases are detect, stop, roll-back, verify, capture".to_owned(),
        );
    }
    if !steps.iter().any(|step| step.get("verify").is_some()) {
        report.advice(
            Code::NoVerification,
            &at,
            "no step verifies; the run can end without knowing whether it worked",
            "add a step with `verify: { hold: 2m }`".to_owned(),
        );
    }
}
