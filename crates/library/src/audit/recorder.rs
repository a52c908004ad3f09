//! Writing to the audit log: what is done at the same time is written by one transaction.

use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::audit::Deed;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Catalog, NewEntry};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use crate::metrics::{AUDIT_ENTRIES_TOTAL, AUDIT_FAILURES_TOTAL};

/// The most entries that one transaction writes.
const BATCH_ENTRIES_MAX: usize = 64;

/// Writes entries in the background, in the order in which they come.
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    catalog: Catalog,
    tracker: TaskTracker,
    /// Invariant: for every entry here a task is under way that looks at them once more. Nobody waits
    /// here but requests that are being answered, whose number is limited.
    waiting: Mutex<Vec<Waiting>>,
    /// Held by the task that writes.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    entry: NewEntry,
    told: oneshot::Sender<Result<()>>,
}

impl Recorder {
    pub(crate) fn new(catalog: Catalog, tracker: TaskTracker) -> Self {
        Self(Arc::new(Shared {
            catalog,
            tracker,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Writes down what somebody did. The entries are written even when nobody waits for them any
    /// more; when this returns, they survive a kill.
    ///
    /// # Errors
    /// `Unavailable` when one could not be written, which the log of the process says as well.
    pub async fn record(&self, principal: &Principal, deeds: Vec<Deed>) -> Result<()> {
        let begin = |deed| self.begin(principal.clone(), deed);
        let all: Vec<_> = deeds.into_iter().map(begin).collect();
        for written in all {
            written.await.unwrap_or_else(|_gone| {
                Err(Error::new(
                    ErrorKind::Unavailable,
                    "the process stops, so an entry of the audit log was not written",
                ))
            })?;
        }
        Ok(())
    }

    /// The same, without waiting.
    pub fn begin(&self, principal: Principal, deed: Deed) -> oneshot::Receiver<Result<()>> {
        let (told, written) = oneshot::channel();
        let shared = Arc::clone(&self.0);
        let entry = NewEntry { principal, deed };
        let waiting = Waiting { entry, told };
        let mut all = shared
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.push(waiting);
        drop(all);
        let write = async move { shared.write().await };
        self.0.tracker.spawn(write);
        written
    }
}

impl Shared {
    /// Writes what waits, if an earlier turn has not.
    async fn write(&self) {
        let _turn = self.turn.lock().await;
        let batch = self.take();
        if batch.is_empty() {
            return;
        }
        let (entries, told): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|Waiting { entry, told }| (entry, told))
            .unzip();
        let written = self.catalog.append_audit(&entries).await;
        let count = entries.len() as u64;
        match &written {
            Ok(()) => metrics::counter!(AUDIT_ENTRIES_TOTAL).increment(count),
            Err(error) => {
                metrics::counter!(AUDIT_FAILURES_TOTAL).increment(count);
                let error = error.chain();
                tracing::error!(count, error, "cannot write to the audit log");
            }
        }
        for one in told {
            let result = match &written {
                Ok(()) => Ok(()),
                Err(error) => Err(Error::new(error.kind(), error.message())),
            };
            // Whoever has gone away meanwhile need not know.
            one.send(result).ok();
        }
    }

    fn take(&self) -> Vec<Waiting> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.len().min(BATCH_ENTRIES_MAX);
        all.drain(..count).collect()
    }
}
