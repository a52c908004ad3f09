//! What the month will cost, and what could be saved.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_library::outlook::{Outlook, Recommendation};
use alexandria_library::usage::dollars;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use super::super::extract::Asker;
use super::super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/usage/outlook",
        get_with(outlook, |operation| {
            operation
                .id("usage_outlook")
                .tag("budgets")
                .summary("Say what the month will cost, and what could be saved")
                .description(
                    "The forecast takes the mean cost of the last whole days, up to 28, for each day \
                     that is left; there is none with fewer than 7 days known. No recommendation is \
                     made without a figure.",
                )
        }),
    )
}

/// What is to be expected of the month (UTC).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UsageOutlook")]
pub(crate) struct OutlookBody {
    /// What models have cost so far, in US dollars.
    pub(crate) spent_usd: f64,
    /// Whole days since the first use, up to 28.
    pub(crate) days_known: i64,
    /// What the month will have cost; left out with too few days known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forecast: Option<ForecastBody>,
    /// The largest saving first.
    pub(crate) recommendations: Vec<RecommendationBody>,
}

/// What a month will have cost at its end.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Forecast")]
pub(crate) struct ForecastBody {
    /// The likeliest, in US dollars.
    pub(crate) cost_usd: f64,
    /// One in ten such months costs less.
    pub(crate) low_usd: f64,
    /// One in ten such months costs more.
    pub(crate) high_usd: f64,
    /// Whole days that were looked at.
    pub(crate) days: i64,
}

/// Something that could be saved.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Recommendation")]
pub(crate) struct RecommendationBody {
    /// What to do.
    pub(crate) title: String,
    /// The figures that it rests on.
    pub(crate) reason: String,
    /// What would have been saved this month, in US dollars; for a budget, by how much it could be lower.
    pub(crate) saving_usd: f64,
}

impl From<Recommendation> for RecommendationBody {
    fn from(of: Recommendation) -> Self {
        Self {
            title: of.title,
            reason: of.reason,
            saving_usd: dollars(of.saving_micros),
        }
    }
}

impl From<Outlook> for OutlookBody {
    fn from(of: Outlook) -> Self {
        let recommendations = of.recommendations.into_iter();
        Self {
            spent_usd: dollars(of.spent_micros),
            days_known: of.days_known,
            forecast: of.forecast.map(|forecast| ForecastBody {
                cost_usd: forecast.cost,
                low_usd: forecast.low,
                high_usd: forecast.high,
                days: forecast.days,
            }),
            recommendations: recommendations.map(RecommendationBody::from).collect(),
        }
    }
}

async fn outlook(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<OutlookBody>, Problem> {
    Ok(Json(app.library.outlook(&principal).await?.into()))
}
