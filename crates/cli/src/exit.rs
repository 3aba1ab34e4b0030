//! How a command ended, and the number that a script sees. One table, here.

use std::io;

use lastgood_core::problem::{Code, Family, Problem};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// What was asked for was done; for a run: recovery was proven.
    Done,
    /// It was done, and what was looked at is not in order.
    Found,
    /// A run ended, and not as it should have.
    NotRecovered,
    /// A run was left for a person; it can be resumed.
    Waiting,
    /// A person or the preflight decided against the plan; nothing was changed.
    Declined,
    /// A problem before any run began.
    Stopped(Code),
    /// A problem that made this process leave a run.
    Left(Code),
    /// Nobody reads what we write any more.
    Unread,
}

impl Ending {
    /// The exit code. 2 is wrong usage and is given before there is an ending.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done | Self::Unread => 0,
            Self::Found => 1,
            Self::NotRecovered => 3,
            Self::Waiting | Self::Left(_) => 4,
            Self::Declined => 5,
            Self::Stopped(code) => match (code, code.family()) {
                // The plan no longer fits; nothing was changed.
                (Code::Drifted, _) | (_, Family::Refused) => 5,
                (_, Family::Given | Family::World | Family::Ours) => 1,
            },
        }
    }
}

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// Before any run began.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// While a run was driven here. The run is as its journal tells it.
    #[error("{0}")]
    Left(#[source] Problem),
    /// The terminal.
    #[error("the terminal cannot be written to")]
    Terminal(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_end_has_the_number_that_scripts_rely_on() {
        let table = [
            (Ending::Done, 0),
            (Ending::Unread, 0),
            (Ending::Found, 1),
            (Ending::NotRecovered, 3),
            (Ending::Waiting, 4),
            (Ending::Left(Code::DiskFull), 4),
            (Ending::Left(Code::Unreachable), 4),
            (Ending::Declined, 5),
            (Ending::Stopped(Code::NotFound), 1),
            (Ending::Stopped(Code::RunbookInvalid), 1),
            (Ending::Stopped(Code::Unreachable), 1),
            (Ending::Stopped(Code::Unauthorised), 1),
            (Ending::Stopped(Code::JournalUnwritable), 1),
            (Ending::Stopped(Code::Internal), 1),
            (Ending::Stopped(Code::PreflightBlocked), 5),
            (Ending::Stopped(Code::NoTarget), 5),
            (Ending::Stopped(Code::Drifted), 5),
            (Ending::Stopped(Code::RunHeld), 5),
        ];
        for (ending, code) in table {
            assert_eq!(ending.code(), code, "{ending:?}");
        }
    }

    #[test]
    fn no_problem_ever_reads_as_success() {
        for code in Code::ALL {
            assert_ne!(Ending::Stopped(*code).code(), 0, "{code:?}");
            assert_eq!(Ending::Left(*code).code(), 4, "a run that was left can be resumed");
        }
    }
}
