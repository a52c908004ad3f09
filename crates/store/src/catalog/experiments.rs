//! Experiments on live traffic, one running at a time for each tenant.
//!
//! The catalog does not know what an experiment changes: its plan is JSON of the library's. What came
//! out for each variant is in [`tally`].

mod tally;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::ExperimentId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{DbErr, SqlErr, Value};
use uuid::Uuid;

pub use self::tally::{Outcome, Standing};

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::feedback::page;
use super::row::{corrupt, timestamp};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// Experiments that a tenant has at most.
pub const EXPERIMENTS_MAX: i64 = 200;

/// An experiment about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExperiment {
    /// Its name, unique among the tenant's.
    pub name: String,
    /// What it changes and measures, as JSON.
    pub plan: String,
    /// How many variants it has, the control among them.
    pub variants: u32,
    /// The share of traffic that takes part, in percent.
    pub share: u8,
}

/// An experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// Its identity.
    pub id: ExperimentId,
    /// Its name.
    pub name: String,
    /// What it changes and measures, as JSON.
    pub plan: String,
    /// The share of traffic that takes part, in percent.
    pub share: u8,
    /// Whether it runs.
    pub state: ExperimentState,
    /// Why it was stopped.
    pub stopped_why: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was started.
    pub started: Option<Timestamp>,
    /// When it was stopped.
    pub stopped: Option<Timestamp>,
}

/// Whether an experiment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExperimentState {
    /// It has been made and not been started.
    Draft,
    /// It runs.
    Running,
    /// It has run. It is not started again: its figures are of one time.
    Stopped,
}

impl ExperimentState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }
}

const COLUMNS: &str = "id, name, plan, share, state, stopped_why, created, started, stopped";

#[derive(Debug, sea_orm::FromQueryResult)]
struct ExperimentRow {
    id: Uuid,
    name: String,
    plan: String,
    share: i64,
    state: String,
    stopped_why: Option<String>,
    created: i64,
    started: Option<i64>,
    stopped: Option<i64>,
}

impl ExperimentRow {
    fn experiment(self) -> Result<Experiment> {
        use ExperimentState::{Draft, Running, Stopped};
        let state = [Draft, Running, Stopped]
            .into_iter()
            .find(|state| state.name() == self.state);
        let share = u8::try_from(self.share);
        Ok(Experiment {
            id: ExperimentId::from_uuid(self.id),
            name: self.name,
            plan: self.plan,
            share: share.map_err(|source| corrupt("a share").with_source(source))?,
            state: state.ok_or_else(|| corrupt("a state"))?,
            stopped_why: self.stopped_why,
            created: timestamp(self.created)?,
            started: self.started.map(timestamp).transpose()?,
            stopped: self.stopped.map(timestamp).transpose()?,
        })
    }
}

impl Catalog {
    /// Keeps an experiment that does not run yet.
    ///
    /// # Errors
    /// `Conflict` when there is one of that name, `TooLarge` when there are [`EXPERIMENTS_MAX`].
    pub async fn create_experiment(
        &self,
        principal: &Principal,
        new: NewExperiment,
    ) -> Result<Experiment> {
        let doing = || format!("cannot keep the experiment {:?}", new.name);
        let tx = self.begin().await?;
        let count = "SELECT count(*) AS n FROM experiments WHERE tenant_id = $1";
        let count = number(&tx, count, vec![tenant(principal).into()]).await;
        if count.doing(doing)? >= EXPERIMENTS_MAX {
            let sentence =
                format!("there are {EXPERIMENTS_MAX} experiments already: remove some first");
            return Err(Error::new(ErrorKind::TooLarge, sentence));
        }
        let id = ExperimentId::from_uuid(self.next_id());
        let sql = "INSERT INTO experiments (id, tenant_id, name, plan, share, state, created) \
                   VALUES ($1, $2, $3, $4, $5, 'draft', $6) ON CONFLICT (tenant_id, name) DO NOTHING";
        let values: Vec<Value> = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            new.name.as_str().into(),
            new.plan.as_str().into(),
            i64::from(new.share).into(),
            self.now().into(),
        ];
        if execute(&tx, sql, values).await.doing(doing)? == 0 {
            let sentence = format!(
                "there is an experiment {:?} already: choose another name",
                new.name
            );
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        for variant in 0..new.variants {
            tally::begin(&tx, principal, id, variant)
                .await
                .doing(doing)?;
        }
        commit(tx, "an experiment").await?;
        self.experiment(principal, id).await
    }

    /// The experiment with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn experiment(&self, principal: &Principal, id: ExperimentId) -> Result<Experiment> {
        let found = self
            .one(principal, "id = $2", vec![id.as_uuid().into()])
            .await?;
        found.ok_or_else(|| not_found("experiment", id))
    }

    /// The experiment of this name.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn experiment_by_name(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<Experiment>> {
        self.one(principal, "name = $2", vec![name.into()]).await
    }

    /// The experiment that runs, if one does.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn running_experiment(&self, principal: &Principal) -> Result<Option<Experiment>> {
        self.one(principal, "state = 'running'", Vec::new()).await
    }

    async fn one(
        &self,
        principal: &Principal,
        which: &str,
        more: Vec<Value>,
    ) -> Result<Option<Experiment>> {
        let sql = format!("SELECT {COLUMNS} FROM experiments WHERE tenant_id = $1 AND {which}");
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        values.extend(more);
        let found = row::<ExperimentRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read an experiment".to_owned())?;
        found.map(ExperimentRow::experiment).transpose()
    }

    /// The experiments, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn experiments(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Experiment>> {
        let limit = page_limit(limit)?;
        let mut sql = format!("SELECT {COLUMNS} FROM experiments WHERE tenant_id = $1");
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        page(&mut sql, &mut values, List::Experiments, cursor)?;
        sql.push_str(&format!(" LIMIT {}", limit + 1));
        let found = rows::<ExperimentRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the experiments".to_owned())?;
        let items = found.into_iter().map(ExperimentRow::experiment);
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(List::Experiments.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Starts an experiment that has not run yet.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has run, and when another one runs.
    pub async fn start_experiment(&self, principal: &Principal, id: ExperimentId) -> Result<()> {
        let sql = "UPDATE experiments SET state = 'running', started = $3 \
                   WHERE id = $1 AND tenant_id = $2 AND state = 'draft'";
        let values = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            self.now().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        let taken =
            |error: &DbErr| matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)));
        if done.as_ref().err().is_some_and(taken) {
            let sentence =
                "another experiment is running: stop it first, because one runs at a time";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        if done.doing(|| format!("cannot start the experiment {id}"))? > 0 {
            return Ok(());
        }
        let state = self.experiment(principal, id).await?.state.name();
        let sentence =
            format!("the experiment is {state}: one is started once; make a new one to try again");
        Err(Error::new(ErrorKind::Conflict, sentence))
    }

    /// Stops an experiment. Says whether it ran.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn stop_experiment(
        &self,
        principal: &Principal,
        id: ExperimentId,
        why: &str,
    ) -> Result<bool> {
        let sql = "UPDATE experiments SET state = 'stopped', stopped = $3, stopped_why = $4 \
                   WHERE id = $1 AND tenant_id = $2 AND state = 'running'";
        let values = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            self.now().into(),
            why.into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        Ok(done.doing(|| format!("cannot stop the experiment {id}"))? > 0)
    }

    /// Changes the share of traffic that takes part.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it has been stopped.
    pub async fn share_experiment(
        &self,
        principal: &Principal,
        id: ExperimentId,
        share: u8,
    ) -> Result<()> {
        let sql = "UPDATE experiments SET share = $3 \
                   WHERE id = $1 AND tenant_id = $2 AND state <> 'stopped'";
        let values = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            i64::from(share).into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        if done.doing(|| format!("cannot change the experiment {id}"))? > 0 {
            return Ok(());
        }
        self.experiment(principal, id).await?;
        let sentence = "the experiment has been stopped: nobody takes part any more";
        Err(Error::new(ErrorKind::Conflict, sentence))
    }

    /// Removes an experiment with its figures.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while it runs.
    pub async fn remove_experiment(&self, principal: &Principal, id: ExperimentId) -> Result<()> {
        let doing = || format!("cannot remove the experiment {id}");
        if self.experiment(principal, id).await?.state == ExperimentState::Running {
            let sentence = "the experiment is running: stop it first";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let tx = self.begin().await?;
        for (table, column) in [
            ("experiment_units", "experiment_id"),
            ("experiment_latencies", "experiment_id"),
            ("experiment_tallies", "experiment_id"),
            ("experiments", "id"),
        ] {
            let sql = format!("DELETE FROM {table} WHERE {column} = $1 AND tenant_id = $2");
            let values = vec![id.as_uuid().into(), tenant(principal).into()];
            execute(&tx, sql, values).await.doing(doing)?;
        }
        commit(tx, "the removal of an experiment").await
    }
}
