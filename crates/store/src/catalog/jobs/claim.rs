//! What workers say: give me work, I am still at it, it is done, it has failed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use sea_orm::{DbErr, EntityTrait, FromQueryResult, QueryResult, Value};

use super::super::database::{execute, placeholders, rows, statement};
use super::super::table::job::{Entity, Model};
use super::super::{Catalog, Doing, commit, micros};
use super::{Job, JobState, Progress, stored, to_job};
use jiff::Timestamp;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// The longest error text that is kept, in bytes.
const ERROR_BYTES_MAX: usize = 4_000;

/// The lock that claims take in PostgreSQL, one after the other.
const CLAIM_LOCK: i64 = 0x616c_6578_6a6f_6273;

/// Whose turn it was last among the tenants whose jobs this process claims.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<Uuid>);

impl Turn {
    fn last(&self) -> Uuid {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn was_of(&self, tenant: Uuid) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tenant;
    }
}

/// The statement that claims: `$1` worker, `$2` end of the lease, `$3` now, `$4` the tenant of the last
/// turn, then the kinds. The index `jobs_waiting` leads from one tenant to the next, and to the first
/// job of each.
fn claim_sql(kinds: usize) -> String {
    let kinds = placeholders(5, kinds);
    format!(
        "WITH RECURSIVE waiting AS (\
         SELECT (SELECT j.tenant_id FROM jobs j WHERE j.state = 'waiting' \
         ORDER BY j.tenant_id LIMIT 1) AS tenant_id \
         UNION ALL \
         SELECT (SELECT j.tenant_id FROM jobs j WHERE j.state = 'waiting' \
         AND j.tenant_id > w.tenant_id ORDER BY j.tenant_id LIMIT 1) \
         FROM waiting w WHERE w.tenant_id IS NOT NULL), \
         firsts AS (\
         SELECT w.tenant_id, \
         (SELECT count(*) FROM jobs r WHERE r.tenant_id = w.tenant_id AND r.state = 'running') \
         AS running, \
         (SELECT j.id FROM jobs j WHERE j.tenant_id = w.tenant_id AND j.state = 'waiting' \
         AND j.run_at <= $3 AND j.kind IN ({kinds}) \
         ORDER BY j.priority DESC, j.run_at, j.id LIMIT 1) AS id \
         FROM waiting w WHERE w.tenant_id IS NOT NULL) \
         UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_owner = $1, \
         lease_until = $2 WHERE state = 'waiting' AND id = (\
         SELECT f.id FROM firsts f WHERE f.id IS NOT NULL \
         ORDER BY f.running, CASE WHEN f.tenant_id > $4 THEN 0 ELSE 1 END, f.tenant_id LIMIT 1) \
         RETURNING *"
    )
}

impl Catalog {
    /// Gives the worker a job of one of these kinds for the time of the lease: the tenant with the
    /// fewest running jobs first; of those, the one whose turn it is; of its jobs the one of the
    /// largest priority, then the oldest.
    ///
    /// Tenants with as many running jobs take turns, in the order of their ids, in each process. So
    /// however much one has queued, the first job of another is claimed before the second next one of
    /// that tenant, with a single worker as well. What a claim costs grows with the tenants that have
    /// jobs waiting, not with the jobs.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn claim(
        &self,
        worker: &str,
        kinds: &[&str],
        lease: Duration,
    ) -> Result<Option<Job>> {
        let sentence = || "cannot claim a job".to_owned();
        if kinds.is_empty() {
            return Ok(None);
        }
        let now = self.now();
        let mut values: Vec<Value> = vec![
            worker.into(),
            after(now, lease).into(),
            now.into(),
            self.turn.last().into(),
        ];
        values.extend(kinds.iter().map(|kind| Value::from(*kind)));
        let tx = self.begin().await?;
        if self.database.is_postgres() {
            // One claim after the other, each seeing what the former has claimed. SQLite has one
            // writer anyway.
            let wait = "SELECT pg_advisory_xact_lock($1)";
            execute(&tx, wait, vec![CLAIM_LOCK.into()])
                .await
                .doing(sentence)?;
        }
        let sql = claim_sql(kinds.len());
        let claimed = rows::<Model, _>(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "the claim of a job").await?;
        let Some(claimed) = claimed.into_iter().next() else {
            return Ok(None);
        };
        self.turn.was_of(claimed.tenant_id);
        to_job(claimed).map(Some)
    }

    /// Renews the lease of a job and says how far it has come.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it: cancelled, or given to another. It should stop.
    pub async fn heartbeat(&self, job: &Job, progress: &Progress, lease: Duration) -> Result<()> {
        let (done, total) = stored(progress)?;
        let until = after(self.now(), lease);
        let set = "lease_until = $4, progress_done = $5, progress_total = $6, progress_unit = $7";
        let unit = progress.unit.as_str();
        self.held(
            job,
            set,
            vec![until.into(), done.into(), total.into(), unit.into()],
        )
        .await
    }

    /// Looks whether a job is still the worker's, and writes nothing.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it: cancelled, or given to another. It should stop.
    pub async fn require_held(&self, job: &Job) -> Result<()> {
        let found = self.found(job).await;
        let found = found.doing(|| format!("cannot look at the job {}", job.id))?;
        let is_held = found.as_ref().is_some_and(|model| {
            model.state == JobState::Running.name()
                && model.lease_owner == job.lease_owner
                && model.attempts == i64::from(job.attempts)
        });
        if is_held {
            return Ok(());
        }
        Err(lost(job, found))
    }

    /// Ends a job that has succeeded.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it.
    pub async fn complete(&self, job: &Job) -> Result<()> {
        let set = "state = 'done', finished = $4, lease_until = NULL, last_error = NULL";
        self.held(job, set, vec![self.now().into()]).await
    }

    /// Says that an attempt has failed: the job is tried again at `retry_at`, or never when that is
    /// none.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it.
    pub async fn fail(&self, job: &Job, error: &str, retry_at: Option<Timestamp>) -> Result<()> {
        let error = cut(error, ERROR_BYTES_MAX);
        match retry_at {
            Some(moment) => {
                let set = "state = 'waiting', run_at = $4, last_error = $5, lease_until = NULL, \
                           lease_owner = NULL";
                self.held(job, set, vec![micros(moment).into(), error.into()])
                    .await
            }
            None => {
                let set = "state = 'failed', finished = $4, last_error = $5, lease_until = NULL";
                self.held(job, set, vec![self.now().into(), error.into()])
                    .await
            }
        }
    }

    /// Puts a job back into the queue because its worker shuts down. It has not failed, so it does
    /// not count as an attempt.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it.
    pub async fn hand_back(&self, job: &Job) -> Result<()> {
        let set = "state = 'waiting', attempts = attempts - 1, lease_until = NULL, \
                   lease_owner = NULL";
        self.held(job, set, Vec::new()).await
    }

    /// Puts a job back into the queue until a moment, because something is used up for now. It has
    /// not failed, so it does not count as an attempt; why it waits is told.
    ///
    /// # Errors
    /// `Conflict` when the worker has lost it.
    pub async fn put_off(&self, job: &Job, why: &str, until: Timestamp) -> Result<()> {
        let set = "state = 'waiting', attempts = attempts - 1, run_at = $4, last_error = $5, \
                   lease_until = NULL, lease_owner = NULL";
        let why = cut(why, ERROR_BYTES_MAX);
        self.held(job, set, vec![micros(until).into(), why.into()])
            .await
    }

    /// Gives jobs whose lease has passed back to the queue, or ends those that have been tried as
    /// often as they may. Gives the latter, so that their documents can be told.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn release_expired(&self) -> Result<Vec<Job>> {
        let sentence = || "cannot take back jobs of workers that are gone".to_owned();
        let now = self.now();
        let tx = self.begin().await?;
        let sql = "UPDATE jobs SET state = 'failed', finished = $1, lease_until = NULL, \
                   last_error = $2 WHERE state = 'running' AND lease_until < $1 \
                   AND attempts >= attempts_max RETURNING *";
        let error = "its worker stopped without a word, as often as it may be tried";
        let query = statement(&tx, sql, vec![now.into(), error.into()]);
        let failed: Vec<QueryResult> = tx.query_all_raw(query).await.doing(sentence)?;
        let sql = "UPDATE jobs SET state = 'waiting', lease_until = NULL, lease_owner = NULL \
                   WHERE state = 'running' AND lease_until < $1";
        execute(&tx, sql, vec![now.into()]).await.doing(sentence)?;
        commit(tx, "the release of jobs").await?;
        let failed = failed.iter().map(|row| Model::from_query_result(row, ""));
        failed.map(|model| to_job(model.doing(sentence)?)).collect()
    }

    /// Changes a job that the worker holds. The parameters `$1` to `$3` say which and are checked.
    async fn held(&self, job: &Job, set: &str, values: Vec<Value>) -> Result<()> {
        let id = job.id;
        let sentence = || format!("cannot change the job {id}");
        let sql = format!(
            "UPDATE jobs SET {set} \
             WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'running'"
        );
        let owner = job.lease_owner.clone();
        let mut all = vec![
            id.as_uuid().into(),
            owner.into(),
            i64::from(job.attempts).into(),
        ];
        all.extend(values);
        if execute(self.database.write(), sql, all)
            .await
            .doing(sentence)?
            > 0
        {
            return Ok(());
        }
        Err(lost(job, self.found(job).await.doing(sentence)?))
    }

    async fn found(&self, job: &Job) -> std::result::Result<Option<Model>, DbErr> {
        Entity::find_by_id(job.id.as_uuid())
            .one(self.database.read())
            .await
    }
}

/// What a worker is told whose job is not its own any more.
fn lost(job: &Job, found: Option<Model>) -> Error {
    let state = found.map_or("gone".to_owned(), |model| model.state);
    let id = job.id;
    let sentence = format!("the job {id} is not this worker's any more: it is {state}");
    Error::new(ErrorKind::Conflict, sentence)
}

fn after(now: i64, lease: Duration) -> i64 {
    now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}

/// The beginning of a text, on a character boundary.
fn cut(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max))
        .unwrap_or_default()
}
