//! Explains error codes, from pages that are part of the binary.

use lastgood_core::problem::{Code, Family, Problem};
use serde_json::json;

use super::pages::page;
use crate::exit::{Ending, Stop};
use crate::look::Look;
use crate::page::Page;
use crate::screen::Screen;

pub(super) fn errors(screen: &Screen, code: Option<&str>) -> Result<Ending, Stop> {
    let Some(text) = code else {
        let all: Vec<_> = Code::ALL.iter().map(|code| document(*code, false)).collect();
        screen.answer(&all, list)?;
        return Ok(Ending::Done);
    };
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == text).ok_or_else(|| {
        Problem::new(Code::NotFound, format!("there is no error code `{text}`"))
            .hint("`lastgood errors` lists them all.")
    })?;
    screen.answer(&document(code, true), |look| explained(look, code))?;
    Ok(Ending::Done)
}

fn document(code: Code, whole: bool) -> serde_json::Value {
    let mut document = json!({
        "code": code.as_str(),
        "family": code.family(),
        "summary": code.summary(),
    });
    if whole {
        document["page"] = page(code).into();
    }
    document
}

fn list(look: &Look) -> String {
    let mut page = Page::new(look);
    let mut family = None;
    for code in Code::ALL {
        if family != Some(code.family()) {
            family = Some(code.family());
            page.heading(title(code.family()));
        }
        page.hang(2, look.strong(code.as_str()).pad(20), code.summary());
    }
    page.finish()
}

const fn title(family: Family) -> &'static str {
    match family {
        Family::Given => "What was given is wrong",
        Family::Refused => "That cannot be done now",
        Family::World => "The outside world refused, or did not answer",
        Family::Ours => "Lastgood or its machine is broken",
    }
}

/// The page, with its headings as headings.
fn explained(look: &Look, code: Code) -> String {
    let mut shown = Page::new(look);
    let mut paragraph = String::new();
    for line in page(code).lines().chain([""]) {
        if let Some(heading) = line.strip_prefix('#') {
            shown.line(look.strong(heading.trim_start_matches('#').trim()));
        } else if line.is_empty() {
            if !paragraph.is_empty() {
                shown.line(std::mem::take(&mut paragraph));
            }
            shown.gap();
        } else if line.starts_with("```") || line.starts_with([' ', '-', '|']) {
            shown.line(line);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        }
    }
    format!("{}\n", shown.finish().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_of_its_own() {
        for code in Code::ALL {
            let text = page(*code);
            assert!(text.starts_with(&format!("# {}", code.as_str())), "{code:?}: {text}");
            assert!(explained(&Look::plain(), *code).contains(code.as_str()));
        }
    }
}
