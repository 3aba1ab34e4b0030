//! The page of every code, from the repository's documentation.

use lastgood_core::problem::Code;

/// The page of `code`; a code without one does not compile.
pub(super) const fn page(code: Code) -> &'static str {
    match code {
        Code::CatalogInvalid => include_str!("../../../../docs/errors/catalog-invalid.md"),
        Code::RunbookInvalid => include_str!("../../../../docs/errors/runbook-invalid.md"),
        Code::ScenarioInvalid => include_str!("../../../../docs/errors/scenario-invalid.md"),
        Code::ChecklistInvalid => include_str!("../../../../docs/errors/checklist-invalid.md"),
        Code::CountsInvalid => include_str!("../../../../docs/errors/counts-invalid.md"),
        Code::FileUnreadable => include_str!("../../../../docs/errors/file-unreadable.md"),
        Code::FileUnwritable => include_str!("../../../../docs/errors/file-unwritable.md"),
        Code::WorkspaceMissing => include_str!("../../../../docs/errors/workspace-missing.md"),
        Code::NotFound => include_str!("../../../../docs/errors/not-found.md"),
        Code::InputInvalid => include_str!("../../../../docs/errors/input-invalid.md"),
        Code::RunbookForeign => include_str!("../../../../docs/errors/runbook-foreign.md"),
        Code::NoTarget => include_str!("../../../../docs/errors/no-target.md"),
        Code::PreflightBlocked => include_str!("../../../../docs/errors/preflight-blocked.md"),
        Code::StepStale => include_str!("../../../../docs/errors/step-stale.md"),
        Code::NotNow => include_str!("../../../../docs/errors/not-now.md"),
        Code::ReasonMissing => include_str!("../../../../docs/errors/reason-missing.md"),
        Code::RunHeld => include_str!("../../../../docs/errors/run-held.md"),
        Code::RunFinished => include_str!("../../../../docs/errors/run-finished.md"),
        Code::Drifted => include_str!("../../../../docs/errors/drifted.md"),
        Code::Unauthorised => include_str!("../../../../docs/errors/unauthorised.md"),
        Code::Forbidden => include_str!("../../../../docs/errors/forbidden.md"),
        Code::Unreachable => include_str!("../../../../docs/errors/unreachable.md"),
        Code::Rejected => include_str!("../../../../docs/errors/rejected.md"),
        Code::AnswerUnreadable => include_str!("../../../../docs/errors/answer-unreadable.md"),
        Code::Gone => include_str!("../../../../docs/errors/gone.md"),
        Code::JournalNewer => include_str!("../../../../docs/errors/journal-newer.md"),
        Code::JournalBroken => include_str!("../../../../docs/errors/journal-broken.md"),
        Code::JournalUnwritable => include_str!("../../../../docs/errors/journal-unwritable.md"),
        Code::DiskFull => include_str!("../../../../docs/errors/disk-full.md"),
        Code::UsageWrong => include_str!("../../../../docs/errors/usage-wrong.md"),
        Code::ConnectionUnusable => include_str!("../../../../docs/errors/connection-unusable.md"),
        Code::Internal => include_str!("../../../../docs/errors/internal.md"),
    }
}
