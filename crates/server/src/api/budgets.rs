//! Budgets: what may be spent in a month, for whom.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with, put_with};
use alexandria_core::budget::{Ceiling, Component, SubjectKind};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_library::budgets::{BudgetStatus, MICROS_MAX, subject};
use alexandria_library::usage::dollars;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/budgets",
            get_with(list, |operation| {
                operation
                    .id("budgets_list")
                    .tag("budgets")
                    .summary("List the budgets and what is used of them")
                    .description(
                        "Those that somebody has set and those that hold by default, for this \
                         calendar month (UTC).",
                    )
            }),
        )
        .api_route(
            "/api/v1/budgets/{kind}/{subject}",
            put_with(set, |operation| {
                operation
                    .id("budgets_set")
                    .tag("budgets")
                    .summary("Set a budget")
                    .description(
                        "It is asked before each call of a model. At `max_usd` answers are made of \
                         exact sentences and embedding waits; `alert_usd` is told once a month. What \
                         is left out is not limited, whatever holds by default.",
                    )
            })
            .delete_with(remove, |operation| {
                operation
                    .id("budgets_remove")
                    .tag("budgets")
                    .summary("Remove a budget")
                    .description("What holds by default holds again.")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/bills",
            post_with(bill, |operation| {
                operation
                    .id("bills_record")
                    .tag("budgets")
                    .summary("Write down a bill")
                    .description(
                        "What the components `web`, `api` and `database` cost is not counted here \
                         but told by bills; the budgets of those components are compared with it.",
                    )
                    .response::<201, Json<BudgetBody>>()
            }),
        )
}

/// The budgets of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Budgets")]
pub(crate) struct BudgetsBody {
    /// The tenant as a whole first.
    pub(crate) items: Vec<BudgetBody>,
}

/// A budget and what is used of it this month (UTC).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Budget")]
pub(crate) struct BudgetBody {
    /// `tenant`, `user`, `key`, `feature` or `component`.
    pub(crate) kind: String,
    /// The id of the person or key, the name of the feature or component; `all` for the tenant.
    pub(crate) subject: String,
    /// What may be spent in a month, in US dollars, the plan of the tenant included; not limited when
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_usd: Option<f64>,
    /// From what on an alert is sent, in US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alert_usd: Option<f64>,
    /// Whether somebody has set it; else it holds by default.
    pub(crate) is_set: bool,
    /// What has been spent this month, in US dollars.
    pub(crate) spent_usd: f64,
    /// Calls of models this month.
    pub(crate) calls: u64,
    /// Tokens of models this month.
    pub(crate) tokens: u64,
}

impl From<BudgetStatus> for BudgetBody {
    fn from(status: BudgetStatus) -> Self {
        let subject = match status.subject.kind() {
            SubjectKind::Tenant => "all",
            SubjectKind::User
            | SubjectKind::Key
            | SubjectKind::Feature
            | SubjectKind::Component => status.subject.name(),
        };
        Self {
            kind: status.subject.kind().name().to_owned(),
            subject: subject.to_owned(),
            max_usd: status.ceiling.micros_max.map(dollars),
            alert_usd: status.ceiling.micros_alert.map(dollars),
            is_set: status.is_set,
            spent_usd: dollars(status.used.cost_micros),
            calls: status.used.calls,
            tokens: status.used.tokens,
        }
    }
}

/// How much may be spent in a month.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBudget")]
pub(crate) struct NewBudget {
    /// What may be spent, in US dollars; not limited when left out.
    #[schemars(range(min = 0, max = 1_000_000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max_usd: Option<f64>,
    /// From what on an alert is sent, in US dollars; never when left out.
    #[schemars(range(min = 0, max = 1_000_000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alert_usd: Option<f64>,
}

/// What a part of the installation has cost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Bill")]
pub(crate) struct Bill {
    /// What has cost it.
    pub(crate) component: Billed,
    /// What it cost, in US dollars.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub(crate) cost_usd: f64,
}

/// A component that is not counted call by call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Billed {
    /// The pages in a browser.
    Web,
    /// The server of the API.
    Api,
    /// The database.
    Database,
}

impl From<Billed> for Component {
    fn from(billed: Billed) -> Self {
        match billed {
            Billed::Web => Self::Web,
            Billed::Api => Self::Api,
            Billed::Database => Self::Database,
        }
    }
}

/// What a budget is for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetKind")]
pub(crate) enum Kind {
    /// A person.
    User,
    /// A program's key.
    Key,
    /// What calls are made for.
    Feature,
    /// A part of the installation.
    Component,
    /// The tenant as a whole.
    Tenant,
}

impl From<Kind> for SubjectKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::User => Self::User,
            Kind::Key => Self::Key,
            Kind::Feature => Self::Feature,
            Kind::Component => Self::Component,
            Kind::Tenant => Self::Tenant,
        }
    }
}

/// Which budget.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// What it is for.
    kind: Kind,
    /// The id of the person or key, the name of the feature or component; `all` for the tenant.
    subject: String,
}

/// Dollars as millionths of one.
fn micros(dollars: f64) -> Result<u64> {
    let micros = (dollars * 1e6).round();
    #[expect(
        clippy::cast_precision_loss,
        reason = "far below 2^53 millionths of a dollar"
    )]
    let max = MICROS_MAX as f64;
    if !(0.0..=max).contains(&micros) {
        let sentence = format!("an amount is from $0 to ${}", MICROS_MAX / 1_000_000);
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and a million million"
    )]
    let whole = micros as u64;
    Ok(whole)
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<BudgetsBody>, Problem> {
    let found = app.library.budgets(&principal).await?;
    let items = found.into_iter().map(BudgetBody::from).collect();
    Ok(Json(BudgetsBody { items }))
}

async fn set(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(new): Body<NewBudget>,
) -> Result<Json<BudgetBody>, Problem> {
    let subject = subject(which.kind.into(), &which.subject)?;
    let ceiling = Ceiling {
        micros_max: new.max_usd.map(micros).transpose()?,
        micros_alert: new.alert_usd.map(micros).transpose()?,
    };
    let set = app.library.set_budget(&principal, &subject, ceiling);
    Ok(Json(set.await?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let subject = subject(which.kind.into(), &which.subject)?;
    app.library.remove_budget(&principal, &subject).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn bill(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(bill): Body<Bill>,
) -> Result<Response, Problem> {
    let request = digest(&bill);
    let record = async {
        let component = Component::from(bill.component);
        let cost = micros(bill.cost_usd)?;
        let status = app.library.record_bill(&principal, component, cost).await?;
        let location = format!("/api/v1/budgets/component/{}", component.name());
        Ok((location, BudgetBody::from(status)))
    };
    key.once((&app, &principal), request, record).await
}
