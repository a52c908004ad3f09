//! What models of providers have used and cost.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_library::usage::{USAGE_DAYS_MAX, UsageBy, UsageReport, UsedBy, UsedOnDay, dollars};
use axum::Json;
use axum::extract::State;
use clap::ValueEnum;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Parameters};
use super::problem::Problem;

mod export;
pub(crate) mod outlook;

/// Days of a report unless the caller says otherwise.
pub(crate) const USAGE_DAYS_DEFAULT: u32 = 30;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/usage",
            get_with(usage, |operation| {
                operation
                .id("usage")
                .tag("status")
                .summary("What language models have used, day by day")
                .description(
                    "Tokens, calls and cost by day (UTC), feature and model, and how much of the \
                     month's budget is used; with `by` also summed up by person, key, feature, \
                     component, model or day. Costs follow the table of prices.",
                )
            }),
        )
        .merge(export::routes())
        .merge(outlook::routes())
}

/// What models have used.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UsageReport")]
pub(crate) struct UsageReportBody {
    /// By day, feature and model; the latest day first. Days without usage are left out.
    pub(crate) days: Vec<UsedOnDayBody>,
    /// Summed up by what was asked for, the dearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) by: Vec<UsedByBody>,
    /// The current month (UTC).
    pub(crate) month: MonthBody,
}

/// What has been used by or for something.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UsedBy")]
pub(crate) struct UsedByBody {
    /// Who (`user:…`, `key:…`, `owner`, `system` for the library itself) or what.
    pub(crate) name: String,
    /// Calls.
    pub(crate) calls: u64,
    /// Tokens of prompts, or of what was embedded.
    pub(crate) prompt_tokens: u64,
    /// Tokens written.
    pub(crate) completion_tokens: u64,
    /// Tokens of prompts that the provider had kept.
    pub(crate) cached_tokens: u64,
    /// What it cost, in US dollars.
    pub(crate) cost_usd: f64,
}

impl From<UsedBy> for UsedByBody {
    fn from(used: UsedBy) -> Self {
        Self {
            name: used.name,
            calls: used.calls,
            prompt_tokens: used.prompt_tokens,
            completion_tokens: used.completion_tokens,
            cached_tokens: used.cached_tokens,
            cost_usd: dollars(used.cost_micros),
        }
    }
}

/// What usage is summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "UsageBy")]
pub(crate) enum ByBody {
    /// Who acted: people, keys, the library itself.
    User,
    /// Keys of programs.
    Key,
    /// What calls were made for.
    Feature,
    /// Parts of the installation, bills included.
    Component,
    /// Models with their providers.
    Model,
    /// Days (UTC).
    Day,
}

impl From<ByBody> for UsageBy {
    fn from(by: ByBody) -> Self {
        match by {
            ByBody::User => Self::User,
            ByBody::Key => Self::Key,
            ByBody::Feature => Self::Feature,
            ByBody::Component => Self::Component,
            ByBody::Model => Self::Model,
            ByBody::Day => Self::Day,
        }
    }
}

/// What models have used on a day for one feature.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UsedOnDay")]
pub(crate) struct UsedOnDayBody {
    /// The day (UTC), such as `2026-01-31`.
    pub(crate) day: Date,
    /// What for: `answer`, `rewrite`, `embed`, `search-embedding` or `embed-texts`.
    pub(crate) feature: String,
    /// Who runs the model.
    pub(crate) provider: String,
    /// The model.
    pub(crate) model: String,
    /// Calls.
    pub(crate) calls: u64,
    /// Tokens of prompts.
    pub(crate) prompt_tokens: u64,
    /// Tokens written.
    pub(crate) completion_tokens: u64,
    /// Tokens of prompts that the provider had kept.
    pub(crate) cached_tokens: u64,
    /// What it cost, in US dollars.
    pub(crate) cost_usd: f64,
}

/// What a month has cost, and what it may cost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UsageMonth")]
pub(crate) struct MonthBody {
    /// Its first day.
    pub(crate) first: Date,
    /// What it has cost so far, in US dollars.
    pub(crate) cost_usd: f64,
    /// What it may cost; 0 for no limit. From then on answers are made of exact sentences.
    pub(crate) budget_usd: f64,
    /// From what on a warning is logged; 0 for never.
    pub(crate) alert_usd: f64,
}

impl From<UsedOnDay> for UsedOnDayBody {
    fn from(of: UsedOnDay) -> Self {
        let used = of.used;
        Self {
            day: of.day,
            feature: used.feature,
            provider: used.provider,
            model: used.model,
            calls: used.calls,
            prompt_tokens: used.prompt_tokens,
            completion_tokens: used.completion_tokens,
            cached_tokens: used.cached_tokens,
            cost_usd: dollars(used.cost_micros),
        }
    }
}

impl From<UsageReport> for UsageReportBody {
    fn from(report: UsageReport) -> Self {
        Self {
            days: report.days.into_iter().map(UsedOnDayBody::from).collect(),
            by: Vec::new(),
            month: MonthBody {
                first: report.month,
                cost_usd: dollars(report.month_micros),
                budget_usd: dollars(report.budget.month_micros_max),
                alert_usd: dollars(report.budget.month_micros_alert),
            },
        }
    }
}

/// How far back.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct UsageParameters {
    /// Days to report, today included; 30 unless given.
    #[schemars(range(min = 1, max = USAGE_DAYS_MAX))]
    days: Option<u32>,
    /// What to sum up by as well.
    by: Option<ByBody>,
}

async fn usage(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<UsageParameters>,
) -> Result<Json<UsageReportBody>, Problem> {
    let days = wanted.days.unwrap_or(USAGE_DAYS_DEFAULT);
    let report = app.library.usage(&principal, days).await?;
    let mut body = UsageReportBody::from(report);
    if let Some(by) = wanted.by {
        let found = app.library.usage_by(&principal, by.into(), days).await?;
        body.by = found.into_iter().map(UsedByBody::from).collect();
    }
    Ok(Json(body))
}
