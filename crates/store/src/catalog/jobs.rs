//! Background work, in rows that a killed worker cannot lose.
//!
//! A worker claims a job for a while (its lease) and renews that while it works. A job whose lease
//! has passed is given out again, so a job may run twice and must end the same. What a worker says
//! about a job counts only while it holds the lease.

mod claim;
mod listing;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, JobId, TenantId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::row::{corrupt, timestamp, to_i64, to_u32, to_u64};
use super::table::job::{Column, Entity, Model};
use super::{Catalog, Doing, commit, micros, tenant};

pub(crate) use self::claim::Turn;
pub use self::listing::JobQuery;

/// How often a job is tried unless its maker says otherwise.
const ATTEMPTS_MAX_DEFAULT: u32 = 5;

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Not yet begun, or to be tried again.
    Waiting,
    /// A worker is at it.
    Running,
    /// It has succeeded.
    Done,
    /// It has failed for good.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl JobState {
    /// Every state there is.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state's name in the database, the API and the logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How much of a job is done, in a unit of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// So many are done.
    pub done: u64,
    /// Of so many; 0 while unknown.
    pub total: u64,
    /// What is counted, such as `pages`.
    pub unit: String,
}

/// Work about to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// The name of the kind of work.
    pub kind: String,
    /// What the work needs to know, as JSON.
    pub payload: String,
    /// The document it works on.
    pub document: Option<DocumentId>,
    /// Larger goes first.
    pub priority: i32,
    /// Not before this moment; at once when none.
    pub run_at: Option<Timestamp>,
    /// How often it is tried.
    pub attempts_max: u32,
    /// While a job with this key is unfinished, another one with it is not queued.
    pub dedupe_key: Option<String>,
}

impl NewJob {
    /// Work of this kind, to be done at once, with the defaults.
    #[must_use]
    pub fn new(kind: impl Into<String>, payload: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            payload: payload.into(),
            document: None,
            priority: 0,
            run_at: None,
            attempts_max: ATTEMPTS_MAX_DEFAULT,
            dedupe_key: None,
        }
    }
}

/// A piece of background work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The name of the kind of work.
    pub kind: String,
    /// What the work needs to know, as JSON.
    pub payload: String,
    /// The document it works on.
    pub document: Option<DocumentId>,
    /// Larger goes first.
    pub priority: i32,
    /// Not before this moment.
    pub run_at: Timestamp,
    /// Until when its worker has it.
    pub lease_until: Option<Timestamp>,
    /// The worker that has it.
    pub lease_owner: Option<String>,
    /// How often it has been begun.
    pub attempts: u32,
    /// How often it is tried.
    pub attempts_max: u32,
    /// How far it has come.
    pub state: JobState,
    /// How much of it is done.
    pub progress: Progress,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}

impl Catalog {
    /// Queues a job. While one with the same dedupe key is unfinished, gives the id of that one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn enqueue(&self, principal: &Principal, job: NewJob) -> Result<JobId> {
        let tx = self.begin().await?;
        let id = insert(self, &tx, principal, job).await?;
        commit(tx, "the new job").await?;
        Ok(id)
    }
}

/// Queues a job within a transaction.
pub(super) async fn insert(
    catalog: &Catalog,
    tx: &DatabaseTransaction,
    principal: &Principal,
    job: NewJob,
) -> Result<JobId> {
    let sentence = || format!("cannot queue a job of the kind {:?}", job.kind);
    let now = catalog.now();
    let dedupe_key = job.dedupe_key.clone();
    let model = Model {
        id: catalog.next_id(),
        tenant_id: tenant(principal),
        kind: job.kind.clone(),
        payload: job.payload,
        document_id: job.document.map(|id| id.as_uuid()),
        priority: i64::from(job.priority),
        run_at: job.run_at.map_or(now, micros),
        lease_until: None,
        lease_owner: None,
        attempts: 0,
        attempts_max: i64::from(job.attempts_max.max(1)),
        dedupe_key: job.dedupe_key,
        state: JobState::Waiting.name().to_owned(),
        progress_done: 0,
        progress_total: 0,
        progress_unit: String::new(),
        last_error: None,
        created: now,
        finished: None,
    };
    let id = model.id;
    // No column is named, so that the rule about dedupe keys counts as well.
    let nothing = OnConflict::new().do_nothing().to_owned();
    let insert = Entity::insert(model.into_active_model()).on_conflict(nothing);
    if insert.exec_without_returning(tx).await.doing(sentence)? > 0 {
        return Ok(JobId::from_uuid(id));
    }
    match unfinished_with_key(tx, principal, dedupe_key).await? {
        Some(job) => Ok(JobId::from_uuid(job.id)),
        // The other one has ended between the two statements; the caller may just try again.
        None => Err(Error::new(
            ErrorKind::Unavailable,
            format!("{}: try again", sentence()),
        )),
    }
}

async fn unfinished_with_key<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    key: Option<String>,
) -> Result<Option<Model>> {
    let found = Entity::find()
        .filter(Column::TenantId.eq(tenant(principal)))
        .filter(Column::DedupeKey.eq(key))
        .filter(Column::State.is_in([JobState::Waiting.name(), JobState::Running.name()]))
        .one(connection)
        .await;
    found.doing(|| "cannot find the unfinished job with the same key".to_owned())
}

fn to_job(model: Model) -> Result<Job> {
    let state = JobState::ALL
        .into_iter()
        .find(|state| state.name() == model.state);
    Ok(Job {
        id: JobId::from_uuid(model.id),
        tenant: TenantId::from_uuid(model.tenant_id),
        kind: model.kind,
        payload: model.payload,
        document: model.document_id.map(DocumentId::from_uuid),
        priority: i32::try_from(model.priority).unwrap_or_default(),
        run_at: timestamp(model.run_at)?,
        lease_until: model.lease_until.map(timestamp).transpose()?,
        lease_owner: model.lease_owner,
        attempts: to_u32(model.attempts)?,
        attempts_max: to_u32(model.attempts_max)?,
        state: state.ok_or_else(|| corrupt("a state"))?,
        progress: Progress {
            done: to_u64(model.progress_done)?,
            total: to_u64(model.progress_total)?,
            unit: model.progress_unit,
        },
        last_error: model.last_error,
        created: timestamp(model.created)?,
        finished: model.finished.map(timestamp).transpose()?,
    })
}

/// Progress as stored.
fn stored(progress: &Progress) -> Result<(i64, i64)> {
    Ok((to_i64(progress.done)?, to_i64(progress.total)?))
}
