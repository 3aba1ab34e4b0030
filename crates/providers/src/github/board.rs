//! What GitHub was last heard to say of each environment, and how it is heard again in few
//! requests.
//!
//! Whoever says beforehand what will be asked for is answered by one batch, however far apart
//! the questions then come; others are when they ask within the same few milliseconds. What
//! was heard less than five seconds ago is not asked for again; older than that, one conditional
//! request finds out whether anything is new. GitHub counts none of those that find nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::oneshot;

use super::error::{Failure, TIME};
use super::governor::Purpose;
use super::link::Link;
use super::{history, reply, request};

/// So many deployments of an environment are read.
pub(super) const NEWEST: usize = 30;
/// Environments in one batch. GitHub ends a query after ten seconds; 25 with their history
/// are some 8,000 nodes of the 500,000 that it allows.
const BATCH: usize = 25;
/// How long a question that nobody foresaw waits for others to travel with.
const GATHER: Duration = Duration::from_millis(5);
/// What was heard so lately is not asked for again.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

type Key = (String, String);
type Asker = oneshot::Sender<Result<Arc<Value>, Failure>>;

/// What was heard of one environment.
#[derive(Clone, Debug)]
struct Heard {
    node: Arc<Value>,
    at: Timestamp,
}

/// What is known of one environment now.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) node: Arc<Value>,
    /// Why it may be older than it should be.
    pub(super) doubt: Option<String>,
}

/// What is asked for and not answered yet.
#[derive(Debug, Default)]
struct Asked {
    /// Who waits for what, whether it was sent or not.
    askers: BTreeMap<Key, Vec<Asker>>,
    /// What was not sent yet.
    unsent: BTreeSet<Key>,
    /// What somebody is going to ask for.
    foreseen: BTreeSet<Key>,
    /// Whether somebody has taken it upon them to send.
    is_led: bool,
}

#[derive(Debug)]
pub(super) struct Board {
    link: Link,
    heard: Arc<Mutex<BTreeMap<Key, Heard>>>,
    asked: Arc<Mutex<Asked>>,
}

impl Board {
    pub(super) fn new(link: Link) -> Self {
        Self { link, heard: Arc::default(), asked: Arc::default() }
    }

    /// Keeps in mind what will be asked for. What was heard before is not read anew without a
    /// look whether it changed.
    pub(super) fn foresee(&self, environments: Vec<Key>) {
        let heard = held(&self.heard);
        let unheard = environments.into_iter().filter(|key| !heard.contains_key(key));
        held(&self.asked).foreseen.extend(unheard);
    }

    pub(super) async fn look(&self, repository: &str, environment: &str) -> Result<Look, Failure> {
        let key = (repository.to_owned(), environment.to_owned());
        let heard = held(&self.heard).get(&key).cloned();
        let Some(heard) = heard else {
            let node = self.gather(key).await?;
            return Ok(Look { node, doubt: None });
        };
        if self.link.now().duration_since(heard.at) < FRESH {
            return Ok(Look { node: heard.node, doubt: None });
        }
        let again = match self.is_new(&key, &heard.node).await {
            Ok(false) => {
                let at = self.link.now();
                held(&self.heard).insert(key, Heard { node: Arc::clone(&heard.node), at });
                Ok(Arc::clone(&heard.node))
            }
            Ok(true) => self.gather(key).await,
            Err(failure) => Err(failure),
        };
        Ok(match again {
            Ok(node) => Look { node, doubt: None },
            Err(failure) => {
                let at = heard.at.strftime(TIME);
                let doubt = format!("GitHub: {failure}; this is what it said at {at}");
                Look { node: heard.node, doubt: Some(doubt) }
            }
        })
    }

    /// Whether a deployment was made or has a new status. Every status moves the time of
    /// its deployment's last change, so that the list alone tells.
    async fn is_new(&self, (repository, environment): &Key, node: &Value) -> Result<bool, Failure> {
        let question = request::deployments(repository, environment, NEWEST);
        let answer = self.link.ask(&question, Purpose::Watch).await?;
        Ok(!answer.unchanged && history::seen(&answer.body) != history::seen_in(node))
    }

    /// Asks for it with everything that was foreseen, or waits a little for others.
    async fn gather(&self, key: Key) -> Result<Arc<Value>, Failure> {
        let (tell, answer) = oneshot::channel();
        let leads = {
            let mut asked = held(&self.asked);
            let Asked { askers, unsent, foreseen, is_led } = &mut *asked;
            if !askers.contains_key(&key) {
                // It may have been answered since whoever asks looked.
                let now = self.link.now();
                let heard = held(&self.heard).get(&key).cloned();
                if let Some(heard) = heard.filter(|it| now.duration_since(it.at) < FRESH) {
                    return Ok(heard.node);
                }
                unsent.insert(key.clone());
            }
            askers.entry(key).or_default().push(tell);
            let all = std::mem::take(foreseen);
            let pause = if all.is_empty() { GATHER } else { Duration::ZERO };
            for key in all {
                if !askers.contains_key(&key) {
                    askers.insert(key.clone(), Vec::new());
                    unsent.insert(key);
                }
            }
            (!unsent.is_empty() && !std::mem::replace(is_led, true)).then_some(pause)
        };
        if let Some(pause) = leads {
            let (link, heard) = (self.link.clone(), Arc::clone(&self.heard));
            let asked = Arc::clone(&self.asked);
            // A task of its own: whoever leads may stop waiting, and the others go on.
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                let keys: Vec<Key> = {
                    let mut asked = held(&asked);
                    asked.is_led = false;
                    std::mem::take(&mut asked.unsent).into_iter().collect()
                };
                join_all(keys.chunks(BATCH).map(|keys| ask_all(&link, &heard, &asked, keys))).await;
            });
        }
        answer.await.unwrap_or_else(|_| {
            Err(Failure::Broken { why: "the batch ended before it was answered".to_owned() })
        })
    }
}

/// Asks for one batch, and gives each part to whoever waits for it.
async fn ask_all(
    link: &Link,
    heard: &Mutex<BTreeMap<Key, Heard>>,
    asked: &Mutex<Asked>,
    keys: &[Key],
) {
    let answers = ask_batch(link, keys).await;
    for (key, answer) in keys.iter().zip(answers) {
        if let Ok(node) = &answer {
            let seen = Heard { node: Arc::clone(node), at: link.now() };
            held(heard).insert(key.clone(), seen);
        }
        let askers = held(asked).askers.remove(key);
        for asker in askers.unwrap_or_default() {
            // One that waits no longer needs no answer.
            let _ = asker.send(answer.clone());
        }
    }
}

async fn ask_batch(link: &Link, keys: &[Key]) -> Vec<Result<Arc<Value>, Failure>> {
    let places: Vec<(&str, &str)> =
        keys.iter().map(|(repository, place)| (repository.as_str(), place.as_str())).collect();
    match link.ask(&request::batch(&places, NEWEST), Purpose::Watch).await {
        Err(failure) => vec![Err(failure); keys.len()],
        Ok(answer) => places
            .iter()
            .enumerate()
            .map(|(index, (repository, _))| {
                let about = format!("the repository {repository}");
                reply::part(&answer.body, index, &about).map(|node| Arc::new(node.clone()))
            })
            .collect(),
    }
}

/// Nobody panics while holding one of these; and were it so, the value is still whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
