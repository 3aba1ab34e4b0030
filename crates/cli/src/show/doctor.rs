//! What the doctor and the preflight found.

use lastgood_api::wire::DoctorView;
use lastgood_core::preflight::Finding;

use crate::glyph;
use crate::look::Look;
use crate::page::Page;

/// Everything that was looked at.
pub(crate) fn doctor(look: &Look, view: &DoctorView) -> String {
    let mut page = Page::new(look);
    findings(&mut page, look, &view.findings);
    page.gap();
    page.line(look.quiet(format!(
        "{} looks in {:.1} s",
        view.findings.len(),
        view.took.duration().as_secs_f64()
    )));
    page.finish()
}

/// One line for each finding, and what would mend it.
pub(crate) fn findings(page: &mut Page<'_>, look: &Look, findings: &[Finding]) {
    for finding in findings {
        let front = glyph::grade(look, finding.grade).pad(11);
        page.hang(2, front, look.strong(&finding.subject) + ": " + &finding.sentence);
        if let Some(mend) = &finding.mend {
            page.hang(13, look.attention("→ "), mend);
        }
    }
}
