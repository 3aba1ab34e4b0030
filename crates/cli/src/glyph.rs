//! The shapes of the status grammar: who acts is the form, the tense is the filling, and
//! a word always stands beside it.

use lastgood_core::preflight::Grade;
use lastgood_core::view::{RunStatus, StepStatus, StepView};

use crate::look::{Look, Text};

/// Who acts in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The machine by itself.
    Circle,
    /// A person says go.
    Diamond,
    /// A person does it.
    Square,
    /// The machine proves something.
    Corner,
    /// The machine waits.
    Bar,
}

impl Form {
    /// Will, is, has.
    const fn tenses(self) -> [&'static str; 3] {
        match self {
            Self::Circle => ["○", "◐", "●"],
            Self::Diamond => ["◇", "◈", "◆"],
            Self::Square => ["□", "◧", "■"],
            Self::Corner => ["△", "◭", "▲"],
            Self::Bar => ["▭", "◫", "▬"],
        }
    }
}

fn form(kind: &str, confirm: bool) -> Form {
    match kind {
        "manual" => Form::Square,
        "decide" => Form::Diamond,
        _ if confirm => Form::Diamond,
        "verify" => Form::Corner,
        "wait" => Form::Bar,
        _ => Form::Circle,
    }
}

/// The shape of a step that has not begun.
pub(crate) fn planned(kind: &str, confirm: bool) -> &'static str {
    form(kind, confirm).tenses()[0]
}

/// The shape of a step, in its role.
pub(crate) fn step(look: &Look, step: &StepView) -> Text {
    let [will, is, has] = form(&step.kind, step.confirm).tenses();
    match step.status {
        StepStatus::Will => look.quiet(will),
        StepStatus::Working => Text::from(is),
        StepStatus::NeedsYou | StepStatus::Held => look.attention(is),
        StepStatus::InDoubt => look.attention("◌"),
        StepStatus::Done => look.good(has),
        StepStatus::Failed => look.bad("✖"),
        StepStatus::Skipped | StepStatus::Accepted => look.attention("⊘"),
        StepStatus::NotNeeded | StepStatus::PassedOver => look.quiet("⊖"),
    }
}

/// The word for where a step stands.
pub(crate) const fn step_word(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Will => "not begun",
        StepStatus::Working => "working",
        StepStatus::NeedsYou => "waiting for you",
        StepStatus::Held => "held",
        StepStatus::InDoubt => "in doubt",
        StepStatus::Done => "done",
        StepStatus::Failed => "failed",
        StepStatus::Skipped => "skipped",
        StepStatus::Accepted => "accepted",
        StepStatus::NotNeeded => "not needed",
        StepStatus::PassedOver => "passed over",
    }
}

/// The shape and word of a preflight finding.
pub(crate) fn grade(look: &Look, grade: Grade) -> Text {
    match grade {
        Grade::Pass => look.good("● pass"),
        Grade::Warn => look.attention("◐ warn"),
        Grade::Unknown => look.attention("◌ unknown"),
        Grade::Block => look.bad("✖ block"),
    }
}

/// The shape and word for how a run stands.
pub(crate) fn run(look: &Look, status: RunStatus) -> Text {
    match status {
        RunStatus::Working => Text::from("◐ working"),
        RunStatus::NeedsYou => look.attention("◈ waiting for you"),
        RunStatus::Held => look.attention("◫ held"),
        RunStatus::Interrupted => look.attention("◌ interrupted"),
        RunStatus::Recovered => look.good("● recovered"),
        RunStatus::Ended => look.bad("✖ ended"),
        RunStatus::Newer => look.attention("◌ newer"),
        RunStatus::Unreadable => look.bad("✖ unreadable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_and_tense_has_a_shape_of_its_own() {
        let forms = [Form::Circle, Form::Diamond, Form::Square, Form::Corner, Form::Bar];
        let mut shapes: Vec<&str> = forms.into_iter().flat_map(Form::tenses).collect();
        shapes.extend(["◌", "✖", "⊘", "⊖"]);
        let all = shapes.len();
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), all, "two meanings with one shape cannot be told apart");
        for shape in shapes {
            assert_eq!(Text::from(shape).columns(), 1, "{shape} would shift its column");
        }
    }

    #[test]
    fn a_person_is_never_drawn_as_the_machine() {
        assert_eq!(planned("act", true), "◇");
        assert_eq!(planned("act", false), "○");
        assert_eq!(planned("manual", false), "□");
    }
}
