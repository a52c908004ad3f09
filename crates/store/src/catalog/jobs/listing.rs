//! What people see of jobs, and how they stop one or have it tried again.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, JobId};
use alexandria_core::principal::Principal;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::cursor::{List, Page, older, page_limit};
use super::super::database::execute;
use super::super::sight::jobs_seen;
use super::super::table::job::{Column, Entity, Model};
use super::super::{Catalog, Doing, commit, micros, not_found, tenant};
use super::{Job, JobState, to_job, unfinished_with_key};

/// Which jobs to list, newest first. All conditions hold; what is none asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// So far come.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Working on this document.
    pub document: Option<DocumentId>,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most: 1 to [`PAGE_ITEMS_MAX`](super::super::PAGE_ITEMS_MAX).
    pub limit: u32,
}

impl Catalog {
    /// The job with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn job(&self, principal: &Principal, id: JobId) -> Result<Job> {
        to_job(self.job_row(principal, id).await?)
    }

    /// The jobs that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn jobs(&self, principal: &Principal, query: &JobQuery) -> Result<Page<Job>> {
        let mut all = jobs_seen(principal)
            .add_option(query.state.map(|state| Column::State.eq(state.name())))
            .add_option(query.kind.as_ref().map(|kind| Column::Kind.eq(kind)))
            .add_option(query.document.map(|id| Column::DocumentId.eq(id.as_uuid())));
        if let Some(cursor) = &query.cursor {
            let last = List::Jobs.decode(cursor)?;
            all = all.add(older(Column::Created, Column::Id, last));
        }
        let limit = page_limit(query.limit)?;
        let rows = Entity::find()
            .filter(all)
            .order_by_desc(Column::Created)
            .order_by_desc(Column::Id)
            .limit(limit as u64 + 1)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| "cannot list the jobs".to_owned())?;
        let items = rows.into_iter().map(to_job).collect::<Result<Vec<_>>>()?;
        Ok(List::Jobs.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// The jobs of a document that have not ended, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn unfinished_jobs(
        &self,
        principal: &Principal,
        document: DocumentId,
    ) -> Result<Vec<Job>> {
        let rows = Entity::find()
            .filter(jobs_seen(principal))
            .filter(Column::DocumentId.eq(document.as_uuid()))
            .filter(Column::State.is_in([JobState::Waiting.name(), JobState::Running.name()]))
            .order_by_asc(Column::Id)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| format!("cannot list the jobs of the document {document}"))?;
        rows.into_iter().map(to_job).collect()
    }

    /// Cancels a job that has not ended; its worker notices when it next says how far it is or looks.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has ended.
    pub async fn cancel(&self, principal: &Principal, id: JobId) -> Result<()> {
        self.job_row(principal, id).await?;
        let sql = "UPDATE jobs SET state = 'cancelled', finished = $1, lease_until = NULL \
                   WHERE id = $2 AND tenant_id = $3 AND state IN ('waiting', 'running')";
        let values = vec![
            self.now().into(),
            id.as_uuid().into(),
            tenant(principal).into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        if done.doing(|| format!("cannot cancel the job {id}"))? > 0 {
            return Ok(());
        }
        let state = self.job_row(principal, id).await?.state;
        Err(Error::new(
            ErrorKind::Conflict,
            format!("the job {id} has ended already: it is {state}"),
        ))
    }

    /// Queues a job again that has failed or was cancelled, as if it had never been tried. A document that
    /// could not be read waits again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has not ended, has succeeded, or the same work is queued already.
    pub async fn retry(&self, principal: &Principal, id: JobId) -> Result<()> {
        let sentence = || format!("cannot try the job {id} again");
        let job = self.job_row(principal, id).await?;
        let now = self.now();
        let tx = self.begin().await?;
        if job.dedupe_key.is_some()
            && unfinished_with_key(&tx, principal, job.dedupe_key)
                .await?
                .is_some()
        {
            let queued = format!("the work of the job {id} is queued already, as another job");
            return Err(Error::new(ErrorKind::Conflict, queued));
        }
        let sql = "UPDATE jobs SET state = 'waiting', attempts = 0, run_at = $1, finished = NULL, \
                   lease_until = NULL, lease_owner = NULL, last_error = NULL, progress_done = 0, \
                   progress_total = 0 \
                   WHERE id = $2 AND tenant_id = $3 AND state IN ('failed', 'cancelled')";
        let values = vec![now.into(), id.as_uuid().into(), tenant(principal).into()];
        if execute(&tx, sql, values).await.doing(sentence)? == 0 {
            drop(tx);
            let state = self.job_row(principal, id).await?.state;
            let sentence = format!(
                "only a job that has failed or was cancelled is tried again: the job {id} is {state}"
            );
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        if let Some(document) = job.document_id {
            let sql = "UPDATE documents SET state = 'queued', faults = '[]', changed = $1 \
                       WHERE id = $2 AND tenant_id = $3 AND state = 'failed' \
                       AND version_id IS NULL AND deleted IS NULL";
            let values = vec![now.into(), document.into(), tenant(principal).into()];
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "the new attempt of the job").await
    }

    async fn job_row(&self, principal: &Principal, id: JobId) -> Result<Model> {
        let found = Entity::find_by_id(id.as_uuid())
            .filter(jobs_seen(principal))
            .one(self.database.read())
            .await;
        found
            .doing(|| format!("cannot read the job {id}"))?
            .ok_or_else(|| not_found("job", id))
    }
}
