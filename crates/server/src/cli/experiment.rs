//! `alexandria experiment`: try another way of answering on a share of the questions, and compare.

mod plan;
mod report;

use alexandria_core::error::Result;
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::feedback::word;
use super::list::{encode, gather};
use super::paint::{GOOD, clean, paint, shorten};
use super::{Outcome, Setting};
use crate::api::wire::{ExperimentBody, ExperimentReportBody};

/// Where experiments are.
const PATH: &str = "/api/v1/experiments";

/// The width of a name, in characters.
const NAME_CHARACTERS: usize = 40;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria experiment create \"more passages\" --metric answered_rate --variant \"twenty: passages=20\"
  alexandria experiment create few --metric latency --variant \"few: passages=5\" --guardrail \"error_rate 0.02\"
  alexandria experiment create --file experiment.toml
  alexandria experiment start \"more passages\"
  alexandria experiment show \"more passages\"
  alexandria experiment share \"more passages\" 25
  alexandria experiment stop \"more passages\"

A file holds the same, in TOML or, when its name ends in .json, in JSON:
  name = \"more passages\"
  hypothesis = \"Twice the passages answer more questions.\"
  metric = \"answered_rate\"
  share = 50
  variants = [{ name = \"control\" }, { name = \"twenty\", changes = { passages = 20 } }]
  guardrails = [{ metric = \"latency_p95\", worse_by = 200.0 }]";

/// Try another way of answering on a share of the questions, and compare.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Experiment {
    #[command(subcommand)]
    verb: Verb,
}

/// An experiment's name.
#[derive(Debug, Args)]
struct Which {
    /// The experiment's name or id
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an experiment; it does not run before it is started
    Create(plan::Create),
    /// List the experiments, newest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show an experiment and what has come out
    Show(Which),
    /// Start an experiment; one runs at a time, and each once
    Start(Which),
    /// Change the share of traffic that takes part, also while it runs
    Share {
        #[command(flatten)]
        which: Which,
        /// The share in percent, from 0 to 100
        #[arg(value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: u8,
    },
    /// Stop an experiment
    Stop(Which),
    /// Remove an experiment with its figures
    Remove(Which),
}

impl Which {
    fn path(&self) -> String {
        format!("{PATH}/{}", encode(&self.name))
    }
}

impl Experiment {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = match &self.verb {
            Verb::Create(_) => Work::Store,
            Verb::List { .. }
            | Verb::Show(_)
            | Verb::Start(_)
            | Verb::Share { .. }
            | Verb::Stop(_)
            | Verb::Remove(_) => Work::Look,
        };
        let door = Door::open(setting, work).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        let nothing = serde_json::json!({});
        match self {
            Self::Create(create) => {
                let made: ExperimentBody = door.post(PATH, &create.body()?).await?;
                let next = format!("start it with: alexandria experiment start {:?}", made.name);
                told(setting, &made, &next)
            }
            Self::List { limit } => list(setting, door, *limit).await,
            Self::Show(which) => {
                let found: ExperimentReportBody = door.get(&which.path()).await?;
                if setting.painter.is_json() {
                    setting.painter.json(&found)?;
                } else {
                    report::show(setting, &found);
                }
                Ok(Outcome::Done)
            }
            Self::Start(which) => {
                let path = format!("{}/start", which.path());
                let started: ExperimentBody = door.post(&path, &nothing).await?;
                told(setting, &started, "running")
            }
            Self::Share { which, percent } => {
                let change = serde_json::json!({ "share": percent });
                let changed: ExperimentBody = door.patch(&which.path(), &change).await?;
                told(
                    setting,
                    &changed,
                    &format!("{percent} % of the traffic takes part"),
                )
            }
            Self::Stop(which) => {
                let path = format!("{}/stop", which.path());
                let stopped: ExperimentBody = door.post(&path, &nothing).await?;
                told(setting, &stopped, "stopped")
            }
            Self::Remove(which) => {
                door.delete(&which.path()).await?;
                if setting.painter.is_json() {
                    let removed = serde_json::json!({ "removed": which.name });
                    setting.painter.json(&removed)?;
                } else {
                    setting.painter.say(format!("{} removed", paint(GOOD, "✓")));
                }
                Ok(Outcome::Done)
            }
        }
    }
}

/// Says what became of an experiment.
fn told(setting: &Setting, experiment: &ExperimentBody, what: &str) -> Result<Outcome> {
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(experiment)?;
    } else {
        let name = clean(&experiment.name);
        painter.say(format!("{} {name}: {what}", paint(GOOD, "✓")));
    }
    Ok(Outcome::Done)
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<Outcome> {
    let items: Vec<ExperimentBody> = gather(door, PATH, &[], limit).await?;
    let row = |experiment: &ExperimentBody| {
        vec![
            shorten(&experiment.name, NAME_CHARACTERS),
            word(experiment.state),
            format!("{} %", experiment.share),
            word(experiment.metric),
            experiment.variants.len().to_string(),
            experiment.id.to_string(),
        ]
    };
    let headings = ["EXPERIMENT", "STATE", "SHARE", "METRIC", "VARIANTS", "ID"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}
