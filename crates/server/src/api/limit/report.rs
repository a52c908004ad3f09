//! What is limited, and who stands at a limit: for those who look after the installation.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::id::TenantId;
use alexandria_library::limits::applying::Rate;
use alexandria_library::limits::{Circuit, LimitSettings, UnderWay};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::Shared;
use crate::api::extract::Asker;
use crate::api::problem::Problem;

/// Circuits that are listed at most; their number is told in any case.
const CIRCUITS_LISTED_MAX: usize = 1_000;

/// Tenants with something under way that are listed at most.
const UNDER_WAY_LISTED_MAX: usize = 1_000;

pub(in crate::api) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/limits",
        get_with(limits, |operation| {
            operation
                .id("limits")
                .tag("operations")
                .summary("What is limited, and who stands at a limit")
                .description(
                    "The limits in force, where they are counted, what is under way of each tenant \
                     in this process, and the circuits that are open because the questions and \
                     answers of a person or key took too many tokens. For those who look after the \
                     installation.",
                )
        }),
    )
}

/// What is limited, and who stands at a limit.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Limits")]
struct LimitsBody {
    /// Where requests are counted: `process`, or `redis` for processes that share their limits.
    counted_in: String,
    /// Whether Redis answers; while it does not, each process counts for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<bool>,
    /// How many requests there may be.
    rates: RatesBody,
    /// How many may be under way at once.
    at_once: AtOnceBody,
    /// How many tokens there may be.
    tokens: TokensBody,
    /// What is under way in this process, by tenant; at most 1,000.
    under_way: Vec<UnderWayBody>,
    /// The circuits that are not closed, as far as this process has met them; at most 1,000.
    circuits: Vec<CircuitBody>,
    /// How many of them there are.
    circuits_total: usize,
}

/// The rates of each kind of caller.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitRates")]
struct RatesBody {
    /// Of all that belongs to one tenant together.
    tenant: RateBody,
    /// Of one person.
    user: RateBody,
    /// Of one key.
    key: RateBody,
    /// Of one address, before it is known who asks.
    address: RateBody,
}

/// How many requests there may be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitRate")]
struct RateBody {
    /// In a second, measured over ten; 0 for no limit.
    per_second: u64,
    /// Beyond that in any one second.
    burst: u64,
}

/// How many may be under way at once; 0 for no limit.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitAtOnce")]
struct AtOnceBody {
    /// Requests of one tenant.
    tenant_requests: usize,
    /// Requests of one person or key.
    user_requests: usize,
    /// Answers of one tenant.
    tenant_answers: usize,
    /// Answers of one person or key.
    user_answers: usize,
}

/// How many tokens the questions and answers of one person or key may take.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitTokens")]
struct TokensBody {
    /// In a window; 0 for no limit.
    max: u64,
    /// Seconds of the window.
    seconds: u64,
    /// Seconds for which nothing is answered after too many.
    pause_seconds: u64,
}

/// So many of a tenant are under way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitUnderWay")]
struct UnderWayBody {
    /// The tenant.
    tenant: Uuid,
    /// What: `requests` or `answers`.
    what: String,
    /// How many.
    count: usize,
}

/// A circuit that is not closed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LimitCircuit")]
struct CircuitBody {
    /// The tenant of the caller.
    tenant: Uuid,
    /// The caller: `owner`, `user:…` or `key:…`.
    actor: String,
    /// `open`: nothing is answered; `half_open`: one question is let through.
    state: String,
    /// When it becomes half open, or has.
    open_until: Timestamp,
}

impl From<Rate> for RateBody {
    fn from(rate: Rate) -> Self {
        Self {
            per_second: rate.per_second,
            burst: rate.burst,
        }
    }
}

impl From<UnderWay> for UnderWayBody {
    fn from(under_way: UnderWay) -> Self {
        Self {
            tenant: TenantId::as_uuid(&under_way.tenant),
            what: under_way.kind.name().to_owned(),
            count: under_way.count,
        }
    }
}

impl From<Circuit> for CircuitBody {
    fn from(circuit: Circuit) -> Self {
        Self {
            tenant: circuit.tenant.as_uuid(),
            actor: circuit.actor,
            state: circuit.state.name().to_owned(),
            open_until: circuit.open_until,
        }
    }
}

impl LimitsBody {
    /// The limits in force; nothing of what is counted.
    fn of(settings: &LimitSettings) -> Self {
        let (rates, places, flood) = (settings.rates, settings.places, settings.flood);
        Self {
            counted_in: match settings.redis {
                Some(_) => "redis".to_owned(),
                None => "process".to_owned(),
            },
            shared: None,
            rates: RatesBody {
                tenant: rates.tenant.into(),
                user: rates.user.into(),
                key: rates.key.into(),
                address: rates.address.into(),
            },
            at_once: AtOnceBody {
                tenant_requests: places.tenant_requests_max,
                user_requests: places.user_requests_max,
                tenant_answers: places.tenant_answers_max,
                user_answers: places.user_answers_max,
            },
            tokens: TokensBody {
                max: flood.tokens_max,
                seconds: flood.window.as_secs(),
                pause_seconds: flood.open.as_secs(),
            },
            under_way: Vec::new(),
            circuits: Vec::new(),
            circuits_total: 0,
        }
    }
}

async fn limits(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<LimitsBody>, Problem> {
    principal.require(Scope::Operate)?;
    let limits = app.library.limits();
    let mut body = LimitsBody::of(limits.settings());
    body.shared = limits.is_shared().await;
    let under_way = limits.under_way().into_iter().take(UNDER_WAY_LISTED_MAX);
    body.under_way = under_way.map(UnderWayBody::from).collect();
    let circuits = limits.circuits();
    body.circuits_total = circuits.len();
    let circuits = circuits.into_iter().take(CIRCUITS_LISTED_MAX);
    body.circuits = circuits.map(CircuitBody::from).collect();
    Ok(Json(body))
}
