//! What many places have in common, made once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

/// Values by what they are for. Whoever comes while one is being made waits for that one, and
/// for no other; what could not be made is tried again by whoever comes next.
pub(crate) struct Shared<K, V>(Mutex<BTreeMap<K, Arc<OnceCell<V>>>>);

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Ord, V: Clone> Shared<K, V> {
    /// The value for `key`, made by `make` where there is none. To connect is long in what it
    /// holds, and is mostly not done: it comes in a box, so that whoever asks is small.
    pub(crate) async fn get<E>(&self, key: &K, make: BoxFuture<'_, Result<V, E>>) -> Result<V, E> {
        let cell = {
            // Nobody panics while holding it; and were it so, the map is still whole.
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key.clone()).or_default())
        };
        cell.get_or_try_init(|| make).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn it_is_made_once_however_many_come_and_again_after_a_failure() {
        let (shared, made) = (Shared::default(), AtomicUsize::new(0));
        let ask = |fails: bool| {
            let (shared, made) = (&shared, &made);
            async move {
                let work = async {
                    tokio::task::yield_now().await;
                    let count = made.fetch_add(1, Ordering::SeqCst);
                    if fails { Err("it is away") } else { Ok(count) }
                };
                shared.get(&"cluster", Box::pin(work)).await
            }
        };
        assert_eq!(ask(true).await, Err("it is away"));
        let all = join_all((0..100).map(|_| ask(false))).await;
        assert!(all.iter().all(|one| *one == Ok(1)), "{all:?}");
    }
}
