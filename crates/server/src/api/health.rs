//! Whether the library answers: one checker behind the five paths that orchestrators know.
//!
//! `/healthz` and `/health` say 200 as long as anything can be served, so that an orchestrator does
//! not kill a process that still answers from what it has; readiness (`/health/ready`,
//! `/healthz?full=true`) is strict.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_library::health::{Health, PartHealth, PartState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::Shared;
use super::description;
use super::extract::Parameters;
use super::problem::Problem;

mod certificate;
use certificate::CertificateBody;

/// How long a look at the parts counts: probes by several observers cost one look.
const CHECKED_FOR: Duration = Duration::from_secs(1);

/// How long a look at the parts may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/health",
            get_with(health, |operation| {
                description::open(operation)
                    .id("health")
                    .tag("operations")
                    .summary("Whether anything can be served")
                    .description("200 as long as anything can be served, 503 otherwise.")
                    .response::<200, Json<HealthBody>>()
                    .response::<503, Json<HealthBody>>()
            }),
        )
        .api_route(
            "/healthz",
            get_with(healthz, |operation| {
                description::open(operation)
                    .id("healthz")
                    .tag("operations")
                    .summary("The same with the catalog, or strictly with every part")
                    .description(
                        "As `/health`; with `full=true` every part is told, and 503 means that one \
                         of them failed.",
                    )
                    .response::<200, Json<HealthzBody>>()
                    .response::<503, Json<HealthzBody>>()
            }),
        )
        .api_route(
            "/health/live",
            get_with(live, |operation| {
                description::open(operation)
                    .id("health_live")
                    .tag("operations")
                    .summary("Whether the process runs")
                    .response::<200, Json<LiveBody>>()
            }),
        )
        .api_route(
            "/health/ready",
            get_with(ready, |operation| {
                description::open(operation)
                    .id("health_ready")
                    .tag("operations")
                    .summary("Whether every part works")
                    .description("200 when every part works, 503 otherwise.")
                    .response::<200, Json<ReadyBody>>()
                    .response::<503, Json<ReadyBody>>()
            }),
        )
}

/// Looks at the parts of the library, not more often than every second.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    last: Mutex<Option<(Instant, Verdict)>>,
}

/// How the library does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HealthInFull")]
pub(crate) struct Verdict {
    /// `ok`, `degraded` (something failed, the rest answers) or `failed` (nothing can be served).
    pub(crate) status: String,
    /// The version of the program.
    pub(crate) version: String,
    /// Whether nothing can be put in at present.
    pub(crate) read_only: bool,
    /// Each part: `ok`, `off` or `failed`.
    pub(crate) checks: BTreeMap<String, String>,
    /// How long each part took to answer, in milliseconds.
    pub(crate) latencies_ms: BTreeMap<String, f64>,
    /// What failed, one sentence each.
    pub(crate) errors: Vec<String>,
    /// The certificate, where the server speaks TLS itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<CertificateBody>,
    /// When this was found.
    pub(crate) timestamp: Timestamp,
}

/// Whether anything can be served.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Health")]
struct HealthBody {
    /// `ok`, `degraded` (something failed, the rest answers) or `failed` (nothing can be served).
    status: String,
    /// The version of the program.
    version: String,
}

/// How the library does, in short or in full.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Healthz")]
enum HealthzBody {
    /// With `full=true`.
    Full(Verdict),
    /// Without.
    Short(ShortBody),
}

/// Whether anything can be served, and put in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HealthInShort")]
struct ShortBody {
    /// `ok`, `degraded` (something failed, the rest answers) or `failed` (nothing can be served).
    status: String,
    /// The version of the program.
    version: String,
    /// Whether nothing can be put in at present.
    read_only: bool,
    /// The part without which nothing can be served.
    checks: CatalogCheckBody,
}

/// How the catalog does.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CatalogCheck")]
struct CatalogCheckBody {
    /// The catalog: `ok` or `failed`.
    database: Option<String>,
}

/// That the process runs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Liveness")]
struct LiveBody {
    /// Always `alive`.
    status: &'static str,
    /// Now.
    timestamp: Timestamp,
}

/// Whether every part works.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Readiness")]
struct ReadyBody {
    /// `ready` or `not_ready`.
    status: &'static str,
    /// Each part: `ok`, `off` or `failed`.
    checks: BTreeMap<String, String>,
    /// What failed, one sentence each.
    errors: Vec<String>,
    /// When this was found.
    timestamp: Timestamp,
}

impl Checker {
    async fn look(&self, app: &Shared) -> Verdict {
        let mut last = self.last.lock().await;
        if let Some((at, verdict)) = last.as_ref()
            && at.elapsed() < CHECKED_FOR
        {
            return verdict.clone();
        }
        let looked = tokio::time::timeout(CHECK_TIMEOUT, app.library.health()).await;
        let now = app.clock.now();
        let verdict = match looked {
            Ok(health) => judge(&health, &app.config.version, now),
            Err(_elapsed) => silent(&app.config.version, now),
        };
        let standing = app.certificates.as_ref().map(|shown| shown.standing());
        let certificate = standing.map(|standing| CertificateBody::of(standing, now));
        let verdict = certificate::with(verdict, certificate);
        *last = Some((Instant::now(), verdict.clone()));
        verdict
    }
}

/// The name under which the handbooks know a part: the catalog is the database, and a language model
/// is who runs it.
fn name_of(part: &PartHealth) -> String {
    match &part.provider {
        Some(provider) => provider.clone(),
        None if part.name == "catalog" => "database".to_owned(),
        None => part.name.to_owned(),
    }
}

fn judge(health: &Health, version: &str, timestamp: Timestamp) -> Verdict {
    let failed = |name: &str| {
        health
            .parts
            .iter()
            .any(|part| part.name == name && part.state == PartState::Failed)
    };
    // Every answer passes the catalog; without both indexes nothing is found.
    let nothing = failed("catalog") || (failed("text") && failed("vectors"));
    let state = |state: PartState| match state {
        PartState::Ok => "ok",
        PartState::Off => "off",
        PartState::Failed => "failed",
    };
    let errors = health
        .parts
        .iter()
        .filter(|part| part.state == PartState::Failed);
    let status = match (nothing, health.is_ready()) {
        (true, _) => "failed",
        (false, true) => "ok",
        (false, false) => "degraded",
    };
    Verdict {
        status: status.to_owned(),
        version: version.to_owned(),
        read_only: failed("catalog") || failed("blobs"),
        checks: health
            .parts
            .iter()
            .map(|part| (name_of(part), state(part.state).to_owned()))
            .collect(),
        latencies_ms: health
            .parts
            .iter()
            .map(|part| (name_of(part), part.latency_ms))
            .collect(),
        errors: errors
            .map(|part| {
                let message = part.message.as_deref().unwrap_or("it does not answer");
                format!("{}: {message}", name_of(part))
            })
            .collect(),
        certificate: None,
        timestamp,
    }
}

fn silent(version: &str, timestamp: Timestamp) -> Verdict {
    let seconds = CHECK_TIMEOUT.as_secs();
    Verdict {
        status: "failed".to_owned(),
        version: version.to_owned(),
        read_only: true,
        checks: BTreeMap::from([("database".to_owned(), "failed".to_owned())]),
        latencies_ms: BTreeMap::new(),
        errors: vec![format!("the library did not answer within {seconds} s")],
        certificate: None,
        timestamp,
    }
}

async fn health(State(app): State<Shared>) -> Response {
    let verdict = app.checker.look(&app).await;
    let status = alive(&verdict);
    let body = HealthBody {
        status: verdict.status,
        version: verdict.version,
    };
    (status, Json(body)).into_response()
}

/// How much is wanted to be known.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Full {
    /// Whether the check is strict and every part is told.
    #[serde(default)]
    full: bool,
}

async fn healthz(
    State(app): State<Shared>,
    Parameters(wanted): Parameters<Full>,
) -> Result<Response, Problem> {
    let verdict = app.checker.look(&app).await;
    if wanted.full {
        return Ok((strictly(&verdict), Json(HealthzBody::Full(verdict))).into_response());
    }
    let status = alive(&verdict);
    let body = HealthzBody::Short(ShortBody {
        checks: CatalogCheckBody {
            database: verdict.checks.get("database").cloned(),
        },
        status: verdict.status,
        version: verdict.version,
        read_only: verdict.read_only,
    });
    Ok((status, Json(body)).into_response())
}

async fn live(State(app): State<Shared>) -> Response {
    let body = LiveBody {
        status: "alive",
        timestamp: app.clock.now(),
    };
    Json(body).into_response()
}

async fn ready(State(app): State<Shared>) -> Response {
    let verdict = app.checker.look(&app).await;
    let status = strictly(&verdict);
    let body = ReadyBody {
        status: if status.is_success() {
            "ready"
        } else {
            "not_ready"
        },
        checks: verdict.checks,
        errors: verdict.errors,
        timestamp: verdict.timestamp,
    };
    (status, Json(body)).into_response()
}

fn alive(verdict: &Verdict) -> StatusCode {
    if verdict.status == "failed" {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    }
}

fn strictly(verdict: &Verdict) -> StatusCode {
    if verdict.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

#[cfg(test)]
mod tests {
    use alexandria_library::health::{Health, PartHealth, PartState};
    use axum::http::StatusCode;
    use jiff::Timestamp;

    use super::{alive, judge, strictly};

    #[test]
    fn a_process_that_can_still_answer_is_alive_but_not_ready() {
        let check = |failed: &[&str], status: &str, read_only: bool, live: u16, ready: u16| {
            let part = |name: &'static str| PartHealth {
                name,
                provider: (name == "generator").then(|| "ollama".to_owned()),
                state: if failed.contains(&name) {
                    PartState::Failed
                } else {
                    PartState::Ok
                },
                latency_ms: 0.1,
                message: None,
            };
            let parts = [
                "catalog",
                "blobs",
                "vectors",
                "text",
                "embedder",
                "generator",
            ]
            .map(part)
            .to_vec();
            let verdict = judge(&Health { parts }, "1", Timestamp::UNIX_EPOCH);
            assert_eq!(verdict.status, status, "{failed:?}");
            assert_eq!(verdict.read_only, read_only, "{failed:?}");
            assert_eq!(
                alive(&verdict),
                StatusCode::from_u16(live).unwrap(),
                "{failed:?}"
            );
            assert_eq!(
                strictly(&verdict),
                StatusCode::from_u16(ready).unwrap(),
                "{failed:?}"
            );
            assert_eq!(verdict.errors.len(), failed.len());
            let ollama = verdict.checks.get("ollama").map(String::as_str);
            let is_down = failed.contains(&"generator");
            assert_eq!(ollama, Some(if is_down { "failed" } else { "ok" }));
        };
        check(&[], "ok", false, 200, 200);
        check(&["embedder"], "degraded", false, 200, 503);
        check(&["generator"], "degraded", false, 200, 503);
        check(&["blobs"], "degraded", true, 200, 503);
        check(&["text"], "degraded", false, 200, 503);
        check(&["text", "vectors"], "failed", false, 503, 503);
        check(&["catalog"], "failed", true, 503, 503);
    }
}
