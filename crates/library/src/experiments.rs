//! Experiments on live traffic: making, starting, stopping and looking at them.
//!
//! An experiment divides the questions asked among variants of how they are answered; the first variant
//! is the control and changes nothing. What it changes is in [`plan`], how a question is put into it in
//! [`trial`], what came out in [`report`].

pub mod plan;
pub mod report;
pub(crate) mod trial;

use alexandria_core::access::Scope;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::experiment::PERCENT;
use alexandria_core::id::ExperimentId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Experiment, NewExperiment, Page};

pub use self::plan::{Changes, Plan, Unit, Variant};
pub use self::report::{MetricReport, Report, VariantReport};
pub use self::trial::Tried;

use crate::library::Library;
use crate::metrics::EXPERIMENTS_STOPPED_TOTAL;

/// The longest name of an experiment or a variant, in bytes.
pub const EXPERIMENT_NAME_BYTES_MAX: usize = 100;

impl Library {
    /// Makes an experiment that does not run yet.
    ///
    /// # Errors
    /// `Invalid` for a plan that cannot be, or a variant that would change nothing; `Conflict` when there
    /// is one of that name.
    pub async fn create_experiment(
        &self,
        principal: &Principal,
        name: &str,
        share: u8,
        plan: &Plan,
    ) -> Result<Experiment> {
        principal.require(Scope::Admin)?;
        plan::check_name("an experiment", name)?;
        if name.parse::<ExperimentId>().is_ok() {
            let sentence = "the name of an experiment must not look like an id";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        check_share(share)?;
        plan.check(&self.ways(principal).await?)?;
        let variants = u32::try_from(plan.variants.len()).unwrap_or(u32::MAX);
        let new = NewExperiment {
            name: name.to_owned(),
            plan: serde_json::to_string(plan).context(ErrorKind::Internal, || {
                "cannot write the plan of an experiment".to_owned()
            })?,
            variants,
            share,
        };
        self.catalog.create_experiment(principal, new).await
    }

    /// The experiments, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn experiments(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Experiment>> {
        principal.require(Scope::Admin)?;
        self.catalog.experiments(principal, cursor, limit).await
    }

    /// The experiment of this id or name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_experiment(&self, principal: &Principal, which: &str) -> Result<Experiment> {
        principal.require(Scope::Admin)?;
        if let Ok(id) = which.parse::<ExperimentId>() {
            return self.catalog.experiment(principal, id).await;
        }
        let found = self.catalog.experiment_by_name(principal, which).await?;
        found.ok_or_else(|| {
            let sentence = format!("there is no experiment {which:?}");
            Error::new(ErrorKind::NotFound, sentence)
        })
    }

    /// Starts an experiment. The plan is looked at again, because the settings may have changed.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when a variant would change nothing any more; `Conflict` when it has run, and
    /// when another one runs.
    pub async fn start_experiment(&self, principal: &Principal, which: &str) -> Result<Experiment> {
        principal.require(Scope::Admin)?;
        let found = self.find_experiment(principal, which).await?;
        Plan::read(&found)?.check(&self.ways(principal).await?)?;
        self.catalog.start_experiment(principal, found.id).await?;
        tracing::info!(experiment.id = %found.id, "an experiment has been started");
        self.catalog.experiment(principal, found.id).await
    }

    /// Stops an experiment by command.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it does not run.
    pub async fn stop_experiment(&self, principal: &Principal, which: &str) -> Result<Experiment> {
        principal.require(Scope::Admin)?;
        let found = self.find_experiment(principal, which).await?;
        let why = "stopped by command";
        if !self
            .catalog
            .stop_experiment(principal, found.id, why)
            .await?
        {
            let sentence = "the experiment is not running";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        tracing::info!(experiment.id = %found.id, "an experiment has been stopped by command");
        metrics::counter!(EXPERIMENTS_STOPPED_TOTAL, "by" => "command").increment(1);
        self.catalog.experiment(principal, found.id).await
    }

    /// Changes the share of traffic that takes part in an experiment, also while it runs. Who takes part
    /// already keeps their variant when the share grows.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for more than 100 %; `Conflict` when it has been stopped.
    pub async fn share_experiment(
        &self,
        principal: &Principal,
        which: &str,
        share: u8,
    ) -> Result<Experiment> {
        principal.require(Scope::Admin)?;
        let found = self.find_experiment(principal, which).await?;
        check_share(share)?;
        self.catalog
            .share_experiment(principal, found.id, share)
            .await?;
        self.catalog.experiment(principal, found.id).await
    }

    /// Removes an experiment with its figures.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while it runs.
    pub async fn remove_experiment(&self, principal: &Principal, which: &str) -> Result<()> {
        principal.require(Scope::Admin)?;
        let found = self.find_experiment(principal, which).await?;
        self.catalog.remove_experiment(principal, found.id).await
    }

    /// What has come out of an experiment so far.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn report(&self, principal: &Principal, experiment: &Experiment) -> Result<Report> {
        principal.require(Scope::Admin)?;
        let plan = Plan::read(experiment)?;
        let standings = self.catalog.standings(principal, experiment.id).await?;
        Ok(Report::of(&plan, experiment.state, &standings))
    }
}

fn check_share(share: u8) -> Result<()> {
    if share <= PERCENT {
        return Ok(());
    }
    let sentence = "the share of traffic is a whole number of percent, from 0 to 100";
    Err(Error::new(ErrorKind::Invalid, sentence))
}
