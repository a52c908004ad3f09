//! Working until certain documents are finished: for a command line without a server.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::access::Scope;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Job, JobState};
use tokio_util::sync::CancellationToken;

use crate::library::Library;
use crate::progress::{Progress, ProgressUnit};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Documents that are looked at each time; the others wait for their turn.
const LOOKED_AT_MAX: usize = 16;

/// Attempts after which a caller who waits is told that a document does not get on.
const ATTEMPTS_PATIENT: u32 = 4;

impl Library {
    /// Runs jobs until these documents can be found by words and meaning, or have failed, and tells
    /// how far they are meanwhile. Jobs of other documents are done as well.
    ///
    /// When another process works on the data directory, this waits for that one's work instead, and
    /// takes over when it ends.
    ///
    /// # Errors
    /// `Unavailable` when a document does not get on (a full disk, say); it stays queued.
    pub async fn drain(
        self: &Arc<Self>,
        principal: &Principal,
        documents: &[DocumentId],
        report: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<()> {
        principal.require(Scope::Ingest)?;
        let cancel = CancellationToken::new();
        let _stop = cancel.clone().drop_guard();
        let mut workers = None;
        let mut left: VecDeque<DocumentId> = documents.iter().copied().collect();
        let outcome = loop {
            if workers.is_none() && self.lock.try_take()? {
                let (library, cancel) = (Arc::clone(self), cancel.clone());
                workers = Some(
                    self.tracker
                        .spawn(async move { library.run_workers(cancel).await }),
                );
            }
            match self.look(principal, &mut left, report).await {
                Ok(()) if left.is_empty() => break Ok(()),
                Ok(()) => tokio::time::sleep(LOOK).await,
                Err(error) => break Err(error),
            }
        };
        cancel.cancel();
        if let Some(workers) = workers
            && let Err(error) = workers.await
        {
            tracing::error!(error = %error, "the workers broke");
        }
        outcome
    }

    /// Looks at some of the documents that are left, tells of each, and drops the finished ones.
    async fn look(
        &self,
        principal: &Principal,
        left: &mut VecDeque<DocumentId>,
        report: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<()> {
        for _ in 0..left.len().min(LOOKED_AT_MAX) {
            let Some(id) = left.pop_front() else {
                return Ok(());
            };
            let document = match self.catalog.document(principal, id).await {
                Ok(document) => document,
                // It has been removed meanwhile: there is nothing to wait for.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let job = self
                .catalog
                .unfinished_jobs(principal, id)
                .await?
                .into_iter()
                .next();
            report(&progress(&document, job.as_ref()));
            let is_settled = matches!(document.state, DocumentState::Ready | DocumentState::Failed);
            if let Some(job) = &job {
                stuck(job)?;
            }
            if !(is_settled || document.state == DocumentState::Searchable) || job.is_some() {
                left.push_back(id);
            }
        }
        Ok(())
    }
}

fn progress(document: &Document, job: Option<&Job>) -> Progress {
    let chunks = ProgressUnit::Chunks.name();
    let (unit, done, total) = match job {
        Some(job) if job.progress.unit == chunks => {
            (ProgressUnit::Chunks, job.progress.done, job.progress.total)
        }
        Some(job) if document.version.is_none() => {
            (ProgressUnit::Pages, job.progress.done, job.progress.total)
        }
        _ => (
            ProgressUnit::Chunks,
            u64::from(document.embedded),
            u64::from(document.chunks),
        ),
    };
    Progress {
        document: document.id,
        title: document.title.clone(),
        state: document.state,
        unit,
        done,
        total: (total > 0).then_some(total),
    }
}

/// An error when a job has failed so often that a person should know.
fn stuck(job: &Job) -> Result<()> {
    let patient = job.state != JobState::Waiting || job.attempts < ATTEMPTS_PATIENT;
    match &job.last_error {
        Some(error) if !patient => Err(Error::new(
            ErrorKind::Unavailable,
            format!("the work does not get on and stays queued: {error}"),
        )),
        _ => Ok(()),
    }
}
