//! Tasks that end with whoever holds them.

use tokio::task::{AbortHandle, JoinHandle};

/// Ends its task when dropped.
#[derive(Debug)]
pub(crate) struct Held(AbortHandle);

impl<T> From<JoinHandle<T>> for Held {
    fn from(handle: JoinHandle<T>) -> Self {
        Self(handle.abort_handle())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}
