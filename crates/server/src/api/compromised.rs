//! A key that is in the wrong hands: refused at once, told to those who watch, with what was done with it.

use std::time::Instant;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::id::KeyId;
use alexandria_library::security::Alarm;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Segments};
use super::keys::KeyBody;
use super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/keys/{key}/compromised",
        post_with(report, |operation| {
            operation
                .id("keys_compromised")
                .tag("people")
                .summary("Say that a key is in the wrong hands")
                .description(
                    "From now on it lets nobody in, and a security event of high severity says so. The \
                     reply tells since when it was used and what to look at: the audit log of its \
                     `actor`. With `drill` the event says that it is a drill; the key is revoked all the \
                     same.",
                )
        }),
    )
}

/// Which key.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The key's id.
    #[schemars(with = "Uuid")]
    key: KeyId,
}

/// How it is meant.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "KeyCompromise")]
pub(crate) struct CompromiseBody {
    /// Whether everybody only pretends.
    pub(crate) drill: bool,
}

/// What was done about a key in the wrong hands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeyCompromised")]
pub(crate) struct CompromisedBody {
    /// The key, revoked.
    pub(crate) key: KeyBody,
    /// What it is called in the audit log.
    pub(crate) actor: String,
    /// When it was last used.
    pub(crate) used: Option<Timestamp>,
    /// Milliseconds until it was refused everywhere.
    pub(crate) milliseconds: f64,
}

async fn report(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(body): Body<CompromiseBody>,
) -> Result<Json<CompromisedBody>, Problem> {
    let begun = Instant::now();
    let alarm = if body.drill {
        Alarm::Drill
    } else {
        Alarm::Earnest
    };
    let revoked = app.library.revoke_key(&principal, which.key).await?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    let security = app.library.security();
    security.key_compromised(&principal, which.key, alarm).await;
    Ok(Json(CompromisedBody {
        actor: format!("key:{}", which.key),
        used: revoked.used,
        key: revoked.into(),
        milliseconds,
    }))
}
