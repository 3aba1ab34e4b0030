//! The wish to leave: Ctrl-C or a request of the system. It ends this process and never
//! a run.

use tokio::sync::watch;

/// Becomes true once and stays so.
#[derive(Clone, Debug)]
pub(crate) struct Leave(watch::Receiver<bool>);

impl Leave {
    /// From now on signals only wish; somebody has to look.
    pub(crate) fn listen() -> Self {
        let (wish, leave) = watch::channel(false);
        tokio::spawn(async move {
            signalled().await;
            wish.send_replace(true);
            // A wish that nobody has heard yet must not be taken back.
            wish.closed().await;
        });
        Self(leave)
    }

    /// Returns when somebody wishes to leave.
    pub(crate) async fn wished(&mut self) {
        if self.0.wait_for(|wished| *wished).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}
