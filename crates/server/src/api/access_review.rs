//! The review of who has access to a tenant.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_library::access::{AccessReview, Reviewed};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::Asker;
use super::keys::ScopeBody;
use super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/access-review",
        get_with(review, |operation| {
            operation
                .id("access_review")
                .tag("people")
                .summary("Review who has access")
                .description(
                    "Everybody and every valid key, with roles, scopes and last use; `remarks` \
                         names what somebody should look at.",
                )
        }),
    )
}

/// Who has access.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AccessReview")]
pub(crate) struct ReviewBody {
    /// When it was made.
    made: Timestamp,
    /// Everybody and every valid key, people first.
    entries: Vec<ReviewedBody>,
}

/// One who has access.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AccessReviewEntry")]
struct ReviewedBody {
    /// Who: `user:…` or `key:…`.
    actor: String,
    /// Their address, or the key's name.
    name: String,
    /// Their role; none for keys.
    role: Option<String>,
    /// What they may do.
    scopes: Vec<ScopeBody>,
    /// Since when.
    since: Timestamp,
    /// When they last signed in, or the key was last used.
    used: Option<Timestamp>,
    /// When it ends by itself.
    expires: Option<Timestamp>,
    /// What somebody should look at: `unused` (for 90 days), `no_expiry`, `suspended`.
    remarks: Vec<String>,
}

impl From<AccessReview> for ReviewBody {
    fn from(review: AccessReview) -> Self {
        let entry = |of: Reviewed| ReviewedBody {
            actor: of.actor,
            name: of.name,
            role: of.role.map(str::to_owned),
            scopes: of.scopes.iter().map(ScopeBody::from).collect(),
            since: of.since,
            used: of.used,
            expires: of.expires,
            remarks: of.remarks.into_iter().map(str::to_owned).collect(),
        };
        Self {
            made: review.made,
            entries: review.entries.into_iter().map(entry).collect(),
        }
    }
}

async fn review(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<ReviewBody>, Problem> {
    Ok(Json(app.library.access_review(&principal).await?.into()))
}
