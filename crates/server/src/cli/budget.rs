//! `alexandria budget`: what may be spent in a month, for whom.

use alexandria_core::error::{Error, ErrorKind, Result};
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::list::encode;
use super::paint::clean;
use super::{Outcome, Setting};
use crate::api::budgets::{Bill, Billed, BudgetBody, BudgetsBody, NewBudget};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria budget list
  alexandria budget set tenant --max 500 --alert 400
  alexandria budget set feature:rewrite --max 20
  alexandria budget set component:generator --max 300 --alert 250
  alexandria budget remove feature:rewrite
  alexandria budget bill database 25";

/// Say what may be spent in a month, and look at what is used of it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Budget {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the budgets with what is used of them this month
    List,
    /// Set a budget, asked before each call of a model
    Set {
        /// tenant, user:ID, key:ID, feature:NAME or component:NAME
        #[arg(value_name = "FOR")]
        subject: String,
        /// US dollars that may be spent in a month; not limited unless given
        #[arg(long, value_name = "USD")]
        max: Option<f64>,
        /// US dollars from which an alert is sent; never unless given
        #[arg(long, value_name = "USD")]
        alert: Option<f64>,
    },
    /// Remove a budget; what holds by default holds again
    Remove {
        /// tenant, user:ID, key:ID, feature:NAME or component:NAME
        #[arg(value_name = "FOR")]
        subject: String,
    },
    /// Write down what a part that is not counted call by call has cost: web, api or database
    Bill {
        /// What has cost it
        #[arg(value_name = "COMPONENT")]
        component: Billed,
        /// What it cost, in US dollars
        #[arg(value_name = "USD")]
        cost: f64,
    },
}

impl Budget {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = match self.verb {
            Verb::Set { .. } | Verb::Bill { .. } => Work::Store,
            Verb::List | Verb::Remove { .. } => Work::Look,
        };
        let door = Door::open(setting, work).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        match self {
            Self::List => {
                let found: BudgetsBody = door.get("/api/v1/budgets").await?;
                tell(setting, &found.items)
            }
            Self::Set {
                subject,
                max,
                alert,
            } => {
                let body = NewBudget {
                    max_usd: *max,
                    alert_usd: *alert,
                };
                let set: BudgetBody = door.put(&path(subject)?, &body).await?;
                tell(setting, &[set])
            }
            Self::Remove { subject } => {
                door.delete(&path(subject)?).await?;
                let found: BudgetsBody = door.get("/api/v1/budgets").await?;
                tell(setting, &found.items)
            }
            Self::Bill { component, cost } => {
                let body = Bill {
                    component: *component,
                    cost_usd: *cost,
                };
                let told: BudgetBody = door.post("/api/v1/bills", &body).await?;
                tell(setting, &[told])
            }
        }
    }
}

/// The path of the budget of a subject such as `feature:answer`.
fn path(subject: &str) -> Result<String> {
    let (kind, name) = match subject.split_once(':') {
        Some(parts) => parts,
        None if subject == "tenant" => (subject, "all"),
        None => {
            let sentence =
                "a budget is for tenant, user:ID, key:ID, feature:NAME or component:NAME";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
    };
    Ok(format!("/api/v1/budgets/{}/{}", encode(kind), encode(name)))
}

fn tell(setting: &Setting, budgets: &[BudgetBody]) -> Result<Outcome> {
    let amount = |usd: Option<f64>| usd.map_or_else(|| "-".to_owned(), |usd| format!("${usd:.2}"));
    let row = |budget: &BudgetBody| {
        let subject = match budget.kind.as_str() {
            "tenant" => "tenant".to_owned(),
            kind => format!("{kind}:{}", clean(&budget.subject)),
        };
        vec![
            subject,
            amount(Some(budget.spent_usd)),
            amount(budget.max_usd),
            amount(budget.alert_usd),
            if budget.is_set { "set" } else { "default" }.to_owned(),
        ]
    };
    let headings = ["BUDGET", "SPENT", "AT MOST", "ALERT", "BY"];
    setting.painter.list(budgets, &headings, row)?;
    Ok(Outcome::Done)
}
