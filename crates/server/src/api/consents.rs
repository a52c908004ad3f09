//! What a tenant asks its people to accept before they ask anything.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::tenant::CONSENT_VERSION_BYTES_MAX;
use alexandria_library::consents::Consent;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body};
use super::problem::Problem;
use super::tenants::ConsentTextBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/me/consent",
        get_with(read, |operation| {
            operation
                .id("me_consent")
                .tag("privacy")
                .summary("Read what your tenant asks you to accept, and whether you have")
        })
        .post_with(accept, |operation| {
            operation
                .id("me_consent_accept")
                .tag("privacy")
                .summary("Accept it")
                .description(
                    "Kept with the version and the moment. Until then questions are refused with \
                     403 and the problem `urn:alexandria:problem:consent-required`; another version \
                     asks everybody again. Accepting twice changes nothing.",
                )
        }),
    )
}

/// What is to be accepted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Consent")]
struct ConsentBody {
    /// Whether questions are refused until it is accepted.
    required: bool,
    /// The text; none where nothing has to be accepted.
    text: Option<ConsentTextBody>,
    /// When you have accepted this version.
    accepted: Option<Timestamp>,
}

impl From<Consent> for ConsentBody {
    fn from(consent: Consent) -> Self {
        Self {
            required: consent.required.is_some(),
            text: consent.required.map(ConsentTextBody::from),
            accepted: consent.accepted,
        }
    }
}

/// What is accepted.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConsentAccept")]
struct AcceptBody {
    /// The version that was read, such as `2026-01`.
    #[schemars(length(min = 1, max = CONSENT_VERSION_BYTES_MAX))]
    version: String,
}

async fn read(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<ConsentBody>, Problem> {
    Ok(Json(app.library.consent(&principal).await?.into()))
}

async fn accept(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(given): Body<AcceptBody>,
) -> Result<Json<ConsentBody>, Problem> {
    let accepted = app.library.accept(&principal, &given.version).await?;
    Ok(Json(accepted.into()))
}
