//! Running jobs: claiming, heartbeats, retries, giving up.
//!
//! A worker holds a job by a lease that it renews; a process that dies lets its leases run out, and
//! the next one that takes the data directory's lock ends them at once, because nobody else can be
//! alive. What a job has changed is committed step by step, so beginning again costs a few steps.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alexandria_core::budget::Feature;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::catalog::{DocumentQuery, Job, JobState, PAGE_ITEMS_MAX};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::budgets::OverBudget;
use crate::jobs::{JobKind, Steps, given_up};
use crate::library::Library;
use crate::metrics::{DATABASE_CONNECTIONS_ACTIVE, JOB_DURATION_SECONDS, JOBS_TOTAL};
use crate::rounds::Rounds;

/// For how long a job is a worker's before it has to say again that it is still at it.
const LEASE: Duration = Duration::from_secs(60);

/// How often a worker says how far it is.
const HEARTBEAT: Duration = Duration::from_millis(300);

/// How often a worker without news looks whether its job has been cancelled.
const LOOK: Duration = Duration::from_secs(1);

/// How long a worker without work sleeps before it looks for work that another process has queued.
const IDLE: Duration = Duration::from_secs(1);

/// How often jobs of dead workers are taken back, and indexes look for changes of other processes.
const TIDY_EVERY: Duration = Duration::from_secs(15);

/// The same where other processes share the database and index what they read for themselves.
const TIDY_SHARED_EVERY: Duration = Duration::from_secs(2);

/// The wait before the first retry; each further one doubles.
const RETRY_FIRST: Duration = Duration::from_secs(1);

/// How long a job waits before it looks again whether its budget has room.
const BUDGET_WAIT: Duration = Duration::from_secs(600);

/// The longest wait before a retry.
const RETRY_MAX: Duration = Duration::from_secs(300);

impl Library {
    /// Runs jobs until it is cancelled: brings the indexes up to date first, then works on whatever
    /// is queued. When this returns, nothing of it runs any more.
    ///
    /// # Errors
    /// `Conflict` when another process works on the data directory.
    pub async fn run_workers(self: &Arc<Self>, cancel: CancellationToken) -> Result<()> {
        self.lock.take()?;
        self.erase_again().await?;
        self.recover().await?;
        let worker = |number: usize| {
            let (library, cancel) = (Arc::clone(self), cancel.clone());
            self.tracker
                .spawn(async move { library.work(number, &cancel).await })
        };
        let workers: Vec<_> = (0..self.settings.workers.max(1)).map(worker).collect();
        let janitor = {
            let (library, cancel) = (Arc::clone(self), cancel.clone());
            self.tracker
                .spawn(async move { library.tidy(&cancel).await })
        };
        let sealer = {
            let (library, cancel) = (Arc::clone(self), cancel.clone());
            self.tracker
                .spawn(async move { library.reseal(&cancel).await })
        };
        for task in workers.into_iter().chain([janitor, sealer]) {
            if let Err(error) = task.await {
                tracing::error!(error = %error, "a worker broke");
            }
        }
        Ok(())
    }

    /// Takes back what a dead process has left and brings the indexes up to the catalog. An index
    /// that cannot be brought up is logged and tried again with the next change.
    pub(crate) async fn recover(&self) -> Result<()> {
        if self.settings.database.is_none() {
            self.catalog.end_leases_of_others(&self.owner()).await?;
        }
        self.release().await?;
        if let Err(error) = self.follow_all().await {
            tracing::error!(error = %error.chain(), "cannot bring the indexes up to the catalog");
        }
        self.embed_what_waits().await
    }

    /// Queues the embedding of documents that are found by words alone and have no job: they were
    /// read while there was no embedder.
    async fn embed_what_waits(&self) -> Result<()> {
        if self.models.embedding().is_none() {
            return Ok(());
        }
        for tenant in self.tenants_indexed().await? {
            let principal = Principal::system(tenant, "embedding what waits");
            let embedder = match self.embedder_for(&principal, Feature::Embed).await {
                Ok(embedder) => embedder,
                // The tenant has ended, and what it held is going.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if !embedder.is_model() {
                continue;
            }
            let mut query = DocumentQuery {
                states: vec![DocumentState::Searchable],
                limit: PAGE_ITEMS_MAX,
                ..DocumentQuery::default()
            };
            loop {
                let page = self.catalog.documents(&principal, &query).await?;
                for document in page.items {
                    self.enqueue_embedding(&principal, document.id).await?;
                }
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The tenants that have something in the indexes.
    pub(crate) async fn tenants_indexed(&self) -> Result<BTreeSet<TenantId>> {
        let spaces = self.catalog.spaces().await?;
        Ok(spaces.iter().map(Space::tenant).collect())
    }

    /// The name of this process among the owners of leases.
    fn owner(&self) -> String {
        format!("{}-{}", std::process::id(), self.born.simple())
    }

    async fn work(&self, number: usize, cancel: &CancellationToken) {
        let name = format!("{}/{number}", self.owner());
        while !cancel.is_cancelled() {
            match self.catalog.claim(&name, &JobKind::NAMES, LEASE).await {
                Ok(Some(job)) => {
                    // There may be more: let another worker look as well.
                    self.wake.notify_one();
                    let request_id = JobKind::request_of(&job).unwrap_or_default();
                    let span =
                        tracing::info_span!("job", job.id = %job.id, kind = job.kind, request_id);
                    self.attend(&job, cancel).instrument(span).await;
                }
                Ok(None) => self.rest(cancel).await,
                Err(error) => {
                    tracing::error!(error = %error.chain(), "cannot look for work");
                    self.rest(cancel).await;
                }
            }
        }
    }

    async fn rest(&self, cancel: &CancellationToken) {
        tokio::select! {
            () = cancel.cancelled() => {}
            () = self.wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }

    /// Runs a claimed job to its end, keeping its lease alive.
    async fn attend(&self, job: &Job, cancel: &CancellationToken) {
        let started = Instant::now();
        let steps = Arc::new(Steps::default());
        let outcome = tokio::select! {
            outcome = self.run(job, &steps) => outcome,
            lost = self.keep_lease(job, &steps) => {
                self.notice_cancel(job).await;
                Err(lost)
            }
            () = cancel.cancelled() => {
                Err(Error::new(ErrorKind::Unavailable, "stopped: the process is shutting down"))
            }
        };
        // The last step is told even when the job was quicker than a heartbeat.
        self.catalog
            .heartbeat(job, &steps.progress(), LEASE)
            .await
            .ok();
        let end = End::of(job, outcome, cancel.is_cancelled());
        metrics::counter!(JOBS_TOTAL, "kind" => job.kind.clone(), "outcome" => end.label())
            .increment(1);
        self.end(job, &end, cancel).await;
        metrics::histogram!(JOB_DURATION_SECONDS, "kind" => job.kind.clone())
            .record(started.elapsed().as_secs_f64());
    }

    /// Renews the lease and tells the progress for ever; ends when the job is lost.
    async fn keep_lease(&self, job: &Job, steps: &Steps) -> Error {
        let mut told = None;
        let mut renewed = Instant::now();
        let mut looked = renewed;
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let progress = steps.progress();
            let is_news = told.as_ref() != Some(&progress) || renewed.elapsed() >= LEASE / 4;
            if !is_news && looked.elapsed() < LOOK {
                continue;
            }
            looked = Instant::now();
            let kept = if is_news {
                self.catalog.heartbeat(job, &progress, LEASE).await
            } else {
                self.catalog.require_held(job).await
            };
            match kept {
                Ok(()) if is_news => {
                    told = Some(progress);
                    renewed = looked;
                }
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Conflict => return error,
                Err(error) => {
                    tracing::warn!(job.id = %job.id, error = %error.chain(), "cannot renew a lease");
                }
            }
        }
    }

    /// Where a job was taken away because somebody cancelled it, says so of a document that its worker has
    /// begun to read meanwhile.
    async fn notice_cancel(&self, job: &Job) {
        let principal = Principal::system(job.tenant, "noticing that a job was cancelled");
        let Some(document) = job.document else { return };
        let is_cancelled = self.catalog.job(&principal, job.id).await;
        let is_cancelled = is_cancelled.is_ok_and(|job| job.state == JobState::Cancelled);
        if is_cancelled
            && let Err(error) = self.stop_reading(&principal, document).await
            && error.kind() != ErrorKind::NotFound
        {
            tracing::error!(document.id = %document, error = %error.chain(), "cannot mark a document");
        }
    }

    /// Writes down how a job ended; while the catalog takes nothing, because the disk is full for
    /// one, again and again for as long as the job is this worker's.
    async fn end(&self, job: &Job, end: &End, cancel: &CancellationToken) {
        let begun = Instant::now();
        loop {
            let Err(error) = self.tell(job, end).await else {
                return;
            };
            let passing = error.kind() == ErrorKind::Unavailable;
            if !passing || cancel.is_cancelled() || begun.elapsed() > LEASE {
                tracing::warn!(job.id = %job.id, error = %error.chain(), "cannot end a job");
                return;
            }
            self.rest(cancel).await;
        }
    }

    async fn tell(&self, job: &Job, end: &End) -> Result<()> {
        match end {
            End::Done => self.catalog.complete(job).await,
            End::Stopped => self.catalog.hand_back(job).await,
            End::Again(error) => {
                log(job, error, "a job will be tried again");
                let moment = self.retry_at(job, error);
                self.catalog.fail(job, &error.chain(), Some(moment)).await
            }
            End::Waits(error) => {
                log(job, error, "a job waits for money");
                let wait = BUDGET_WAIT.as_secs();
                let now = self.clock.now();
                let moment = now.checked_add(BUDGET_WAIT).unwrap_or(Timestamp::MAX);
                let why = format!("{}; looked at again every {wait} s", error.message());
                self.catalog.put_off(job, &why, moment).await
            }
            End::Failed(error) => {
                log(job, error, "a job has failed");
                self.give_up(job, error.message()).await;
                self.catalog.fail(job, &error.chain(), None).await
            }
        }
    }

    fn retry_at(&self, job: &Job, error: &Error) -> Timestamp {
        let doubled = RETRY_FIRST.saturating_mul(1 << job.attempts.saturating_sub(1).min(16));
        let wait = error.retry_after().unwrap_or(doubled).min(RETRY_MAX);
        self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Tells the owner of a document that its job has been given up. A document that is searched
    /// already stays as it is: its words are found, and only their meaning is missing.
    async fn give_up(&self, job: &Job, message: &str) {
        let principal = Principal::system(job.tenant, "giving a job up");
        let Some(document) = job.document else { return };
        let told = match self.catalog.document(&principal, document).await {
            Ok(found) if found.version.is_some() => Ok(()),
            Ok(_) => {
                self.catalog
                    .fail_document(&principal, document, &[given_up(message)])
                    .await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = told
            && error.kind() != ErrorKind::NotFound
        {
            tracing::error!(document.id = %document, error = %error.chain(), "cannot mark a document");
        }
    }

    /// Takes back jobs of dead workers and follows what other processes have changed, again and
    /// again.
    async fn tidy(&self, cancel: &CancellationToken) {
        let every = match self.settings.database {
            Some(_) => TIDY_SHARED_EVERY,
            None => TIDY_EVERY,
        };
        let mut rounds = self.begin_rounds().await;
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
            let tidied = self.tidy_once(&mut rounds).await;
            if let Err(error) = tidied {
                tracing::error!(error = %error.chain(), "cannot tidy up");
            }
        }
    }

    async fn tidy_once(&self, rounds: &mut Rounds) -> Result<()> {
        self.follow_erasures().await?;
        self.end_tenants().await?;
        self.release().await?;
        self.forget_leftovers().await?;
        self.forget_old_answers().await?;
        self.forget_old_conversations().await?;
        self.forget_by_tenants().await?;
        self.forget_old_audit().await?;
        // The last, because an index that cannot be brought up would keep everything after it from its turn.
        self.follow_in_turn(rounds).await
    }

    async fn release(&self) -> Result<()> {
        for job in self.catalog.release_expired().await? {
            self.give_up(&job, "its worker was stopped again and again")
                .await;
        }
        metrics::gauge!(DATABASE_CONNECTIONS_ACTIVE)
            .set(f64::from(self.catalog.connections_active()));
        Ok(())
    }
}

fn log(job: &Job, error: &Error, message: &str) {
    tracing::warn!(job.id = %job.id, job.kind, job.attempts, error = %error.chain(), "{message}");
}

/// How a job ended, and what becomes of it.
enum End {
    /// It is done, or what it worked on has been removed meanwhile.
    Done,
    /// This process is shutting down; the next one goes on at once.
    Stopped,
    /// It may succeed later.
    Again(Error),
    /// It waits until a budget has room again, which is no failure.
    Waits(Error),
    /// It will not succeed.
    Failed(Error),
}

impl End {
    fn of(job: &Job, outcome: Result<()>, stopping: bool) -> Self {
        let Err(error) = outcome else {
            return Self::Done;
        };
        let is_passing = matches!(
            error.kind(),
            ErrorKind::Unavailable
                | ErrorKind::Timeout
                | ErrorKind::Exhausted
                | ErrorKind::Conflict
        );
        let source = std::error::Error::source(&error);
        if source.is_some_and(|source| source.is::<OverBudget>()) {
            return Self::Waits(error);
        }
        if error.kind() == ErrorKind::NotFound {
            Self::Done
        } else if stopping {
            Self::Stopped
        } else if is_passing && job.attempts < job.attempts_max {
            Self::Again(error)
        } else {
            Self::Failed(error)
        }
    }

    const fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Again(_) => "retried",
            Self::Waits(_) => "waits",
            Self::Failed(_) => "failed",
        }
    }
}
