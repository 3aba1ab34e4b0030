//! What `checklists/*.yaml` may hold.

use lastgood_core::checklist::Fact;

use crate::catalog::DAY;
use crate::shape::{Kind, Shape, optional, required};

pub(crate) const CHECKLIST: Shape = Shape {
    name: "checklist",
    help: "a checklist",
    choice: None,
    fields: &[
        required("checklist", Kind::Id, "its name, unique in the workspace"),
        required("title", Kind::Text, "what a person reads above it"),
        optional("summary", Kind::Text, "what it is about"),
        required(
            "items",
            Kind::List { of: &Kind::Object(&ITEM), min: 1 },
            "what should be true, in order",
        ),
    ],
};

const ITEM: Shape = Shape {
    name: "checklist-item",
    help: "an item of a checklist",
    choice: None,
    fields: &[
        required(
            "id",
            Kind::Id,
            "unique in all checklists of the workspace; answers are kept under it",
        ),
        required("title", Kind::Text, "what should be true, as a sentence"),
        required("why", Kind::Text, "what goes wrong without it"),
        required(
            "due-again-after",
            // An answer for longer than ten years is no answer that anybody renews.
            Kind::Duration { min: DAY, max: 3653 * DAY },
            "how long an answer of a person holds",
        ),
        optional(
            "answered-by",
            Kind::Word(Fact::WORDS),
            "what answers it where Lastgood can see that; a person does otherwise",
        ),
    ],
};
