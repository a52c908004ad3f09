//! The kinds of background work, and looking at what is queued.
//!
//! A job is a kind with what it needs to know, written as JSON into the catalog. Any of them may
//! run twice, be cut off anywhere, and ends the same.

mod embed_document;
mod index_document;
mod purge;
mod steps;

use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId, JobId};
use alexandria_core::principal::{Origin, Principal};
use alexandria_store::catalog::{Job, JobQuery, NewJob, Page};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::library::Library;

pub(crate) use self::index_document::{given_up, stopped};
pub(crate) use self::steps::Steps;

/// Under which name a job knows the request that made it.
const REQUEST_ID: &str = "request_id";

/// How many times as often as it may fail a job may be begun: workers that are killed cost a job an
/// attempt each, and a machine may be switched off often.
const ATTEMPTS_FACTOR: u32 = 5;

/// What the names of the jobs begin with that clear away what was removed.
const PURGE: &str = "purge_";

/// A kind of work with what it needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobKind {
    /// Read a document's file, cut it and make its words searchable.
    IndexDocument {
        /// Whether a person has given the title, which the file's own then does not replace.
        titled: bool,
    },
    /// Embed the chunks of a document.
    EmbedDocument {},
    /// Remove what is left of a removed document.
    PurgeDocument {
        /// The document.
        document: DocumentId,
        /// The collection it was in.
        collection: CollectionId,
    },
    /// Remove what is left of a removed collection.
    PurgeCollection {
        /// The collection.
        collection: CollectionId,
    },
}

impl JobKind {
    /// The names of all kinds, as the catalog holds them. Reading comes before embedding, so that
    /// words are found soon.
    pub(crate) const NAMES: [&'static str; 4] = [
        "index_document",
        "embed_document",
        "purge_document",
        "purge_collection",
    ];

    /// The kind's name in the catalog, the API and the logs.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::IndexDocument { .. } => "index_document",
            Self::EmbedDocument {} => "embed_document",
            Self::PurgeDocument { .. } => "purge_document",
            Self::PurgeCollection { .. } => "purge_collection",
        }
    }

    const fn priority(&self) -> i32 {
        match self {
            Self::IndexDocument { .. } => 10,
            Self::PurgeDocument { .. } | Self::PurgeCollection { .. } => 5,
            Self::EmbedDocument {} => 0,
        }
    }

    /// The job to be queued; it knows the request that made it.
    pub(crate) fn new_job(&self, principal: &Principal, attempts_max: u32) -> Result<NewJob> {
        let about = || "cannot write a job".to_owned();
        let mut payload = serde_json::to_value(self).context(ErrorKind::Internal, about)?;
        // What the kind needs to know stands under its name.
        if let Some(origin) = principal.origin()
            && let Some(known) = payload.get_mut(self.name()).and_then(Value::as_object_mut)
        {
            known.insert(REQUEST_ID.to_owned(), origin.request.clone().into());
        }
        let mut job = NewJob::new(self.name(), payload.to_string());
        job.priority = self.priority();
        job.attempts_max = attempts_max.saturating_mul(ATTEMPTS_FACTOR);
        Ok(job)
    }

    /// The id of the request that made a job, or that made the job that made it.
    pub(crate) fn request_of(job: &Job) -> Option<String> {
        let payload: Value = serde_json::from_str(&job.payload).ok()?;
        let request = payload.get(&job.kind)?.get(REQUEST_ID)?.as_str()?;
        Some(request.to_owned())
    }

    /// What a queued job asks.
    pub(crate) fn of(job: &Job) -> Result<Self> {
        serde_json::from_str(&job.payload).context(ErrorKind::Corrupt, || {
            format!("cannot read what the job {} asks; cancel it", job.id)
        })
    }
}

impl Library {
    /// A job.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn job(&self, principal: &Principal, id: JobId) -> Result<Job> {
        principal.require(Scope::Ingest)?;
        self.catalog.job(principal, id).await
    }

    /// The jobs that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn jobs(&self, principal: &Principal, query: &JobQuery) -> Result<Page<Job>> {
        principal.require(Scope::Ingest)?;
        self.catalog.jobs(principal, query).await
    }

    /// Queues a job again that has failed or was cancelled, and gives it as it stands then.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has not ended, has succeeded, or the same work is queued already.
    pub async fn retry_job(&self, principal: &Principal, id: JobId) -> Result<Job> {
        principal.require(Scope::Ingest)?;
        self.may_store(principal, "cannot try a job again").await?;
        self.catalog.retry(principal, id).await?;
        self.wake.notify_one();
        self.catalog.job(principal, id).await
    }

    /// Stops a job for good and gives it as it stands then; its worker notices within a second or so.
    /// A document whose reading is stopped says so.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has ended, and for a job that clears away what was removed.
    pub async fn cancel_job(&self, principal: &Principal, id: JobId) -> Result<Job> {
        principal.require(Scope::Ingest)?;
        let job = self.catalog.job(principal, id).await?;
        if job.kind.starts_with(PURGE) {
            let sentence = "what was removed is cleared away for good, and that is not cancelled";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        self.catalog.cancel(principal, id).await?;
        if let Some(document) = job.document {
            self.stop_reading(principal, document).await?;
        }
        self.catalog.job(principal, id).await
    }

    /// Says of a document that was to be read that it is not, if nothing of it has been.
    pub(crate) async fn stop_reading(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        let document = self.catalog.document(principal, id).await?;
        let is_waiting = matches!(
            document.state,
            DocumentState::Queued | DocumentState::Reading
        );
        if !is_waiting || document.version.is_some() {
            return Ok(());
        }
        self.catalog
            .fail_document(principal, id, &[stopped()])
            .await
    }

    /// Queues a job and wakes a worker.
    pub(crate) async fn enqueue(&self, principal: &Principal, kind: &JobKind) -> Result<JobId> {
        let job = kind.new_job(principal, self.settings.limits.job_attempts_max)?;
        let id = self.catalog.enqueue(principal, job).await?;
        self.wake.notify_one();
        Ok(id)
    }

    /// Queues the embedding of a document, unless it is queued already.
    pub(crate) async fn enqueue_embedding(
        &self,
        principal: &Principal,
        document: DocumentId,
    ) -> Result<()> {
        let kind = JobKind::EmbedDocument {};
        let mut job = kind.new_job(principal, self.settings.limits.job_attempts_max)?;
        job.document = Some(document);
        job.dedupe_key = Some(format!("{}:{document}", kind.name()));
        self.catalog.enqueue(principal, job).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Does what a job asks.
    pub(crate) async fn run(&self, job: &Job, steps: &Arc<Steps>) -> Result<()> {
        let mut principal = Principal::system(job.tenant, "a job");
        if let Some(request) = JobKind::request_of(job) {
            let address = None;
            principal = principal.asking_from(Arc::new(Origin { address, request }));
        }
        match (JobKind::of(job)?, job.document) {
            (JobKind::IndexDocument { titled }, Some(document)) => {
                self.index_document(&principal, document, titled, steps)
                    .await
            }
            (JobKind::EmbedDocument {}, Some(document)) => {
                self.embed_document(&principal, document, steps).await
            }
            (
                JobKind::PurgeDocument {
                    document,
                    collection,
                },
                _,
            ) => self.purge_document(&principal, document, collection).await,
            (JobKind::PurgeCollection { collection }, _) => {
                self.purge_collection(&principal, collection).await
            }
            (JobKind::IndexDocument { .. } | JobKind::EmbedDocument {}, None) => Ok(()),
        }
    }
}
