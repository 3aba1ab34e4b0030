//! Where secrets are found. There is no value here that could be shown.

use lastgood_api::{SecretAt, SecretRow, SecretStored, SecretsView};

use crate::look::{Look, Text};
use crate::page::Page;

/// The columns of the shape and its word.
const FRONT: usize = 15;

/// One line for each secret, and what to do about those that are not found.
pub(crate) fn secrets(look: &Look, view: &SecretsView) -> String {
    let mut page = Page::new(look);
    // One keychain has one reason; it is not told again for each secret.
    let mut told: Vec<SecretAt> = vec![SecretAt::Nowhere];
    for row in &view.secrets {
        let users = look.quiet(format!("  {}", row.used_by.join(", ")));
        page.hang(0, at(look, row.at).pad(FRONT), look.strong(&row.name) + users);
        if let Some(problem) = &row.problem {
            if row.at == SecretAt::Unfit || !told.contains(&row.at) {
                told.push(row.at);
                page.at(FRONT, problem.chain.join(": "));
            }
            if let Some(hint) = &problem.hint {
                page.hang(FRONT, look.attention("→ "), hint);
            }
        }
    }
    if view.secrets.is_empty() {
        page.line("No file of this workspace names a secret.");
    } else {
        let found = view.secrets.iter().filter(|row| is_found(row)).count();
        page.gap();
        page.line(look.quiet(format!("{found} of {} secrets are found", view.secrets.len())));
    }
    page.finish()
}

/// What came of storing one or of taking it out.
pub(crate) fn secret(look: &Look, stored: &SecretStored) -> String {
    let mut page = Page::new(look);
    let what = if stored.kept {
        "  is in the keychain, and reads back as it was given"
    } else {
        "  is no longer in the keychain"
    };
    page.line(look.good("● ") + look.strong(&stored.name) + what);
    for remark in &stored.remarks {
        page.hang(2, look.attention("◐ "), remark);
    }
    page.finish()
}

const fn is_found(row: &SecretRow) -> bool {
    matches!(row.at, SecretAt::Session | SecretAt::Keychain)
}

fn at(look: &Look, at: SecretAt) -> Text {
    match at {
        SecretAt::Session => look.good("● session"),
        SecretAt::Keychain => look.good("● keychain"),
        SecretAt::Nowhere => look.bad("✖ nowhere"),
        SecretAt::Locked => look.attention("◌ locked"),
        SecretAt::Unreachable => look.attention("◌ unreachable"),
        SecretAt::Unfit => look.attention("◌ unfit"),
    }
}
