//! Takes one bed through several situations, and tells which of them went wrong.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use lastgood_testkit::peer::skipped;
use lastgood_tests::field::{Field, missing};
use tokio::sync::{Mutex, MutexGuard};

/// Tries only situations whose name contains this variable's value.
const ONLY: &str = "LASTGOOD_SITUATION";

/// Two beds at once disturb each other's timings on a small machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Waits until no other test of this process has a bed, or is as busy as with one.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().await
}

/// One bed, and what went wrong on it so far.
pub(crate) struct Situations {
    field: Field,
    _alone: MutexGuard<'static, ()>,
    only: Option<String>,
    wrong: Vec<&'static str>,
}

impl Situations {
    /// A bed, or `None` when a real system is missing, which the person is told.
    pub(crate) async fn begin() -> Option<Self> {
        let alone = alone().await;
        let began = Instant::now();
        match Field::start().await {
            Ok(field) => {
                eprintln!("{:>6.1} s  a bed with a workspace", began.elapsed().as_secs_f64());
                let only = std::env::var(ONLY).ok();
                Some(Self { field, _alone: alone, only, wrong: Vec::new() })
            }
            Err(error) => match missing(&error) {
                Some(missing) => {
                    skipped(missing);
                    None
                }
                None => panic!("the bed starts when everything is installed: {error:?}"),
            },
        }
    }

    /// Tries one situation.
    pub(crate) async fn meet<'f, F>(&'f mut self, name: &'static str, situation: F)
    where
        F: AsyncFnOnce(&'f Field),
    {
        let Self { field, only, wrong, .. } = self;
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            return;
        }
        let began = Instant::now();
        // What a situation holds is large, and lies better elsewhere than on the stack.
        let met = caught(Box::pin(situation(field))).await;
        let took = began.elapsed().as_secs_f64();
        let end = if met { "" } else { "  WENT WRONG" };
        eprintln!("{took:>6.1} s  {name}{end}");
        if !met {
            wrong.push(name);
        }
    }

    /// Fails when anything went wrong.
    pub(crate) fn end(self) {
        assert!(self.wrong.is_empty(), "went wrong, see above: {}", self.wrong.join(", "));
    }
}

/// Whether the work came to its end without a panic.
async fn caught(work: impl Future<Output = ()>) -> bool {
    let mut work = std::pin::pin!(AssertUnwindSafe(work));
    std::future::poll_fn(move |context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| {
            // The pin is of the inner future, which is not touched after a panic.
            work.as_mut().poll(context)
        }));
        match polled {
            Ok(poll) => poll.map(|()| true),
            Err(_) => std::task::Poll::Ready(false),
        }
    })
    .await
}
