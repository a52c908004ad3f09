//! Who may reach a collection that is not open to the whole tenant.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use alexandria_core::access::Scope;
use alexandria_store::catalog::Grant;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Segments};
use super::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/collections/{collection}/grants",
            get_with(list, |operation| {
                operation
                    .id("grants_list")
                    .tag("collections")
                    .summary("Say who may reach a collection by name")
            }),
        )
        .api_route(
            "/api/v1/collections/{collection}/grants/{actor}",
            put_with(grant, |operation| {
                operation
                    .id("grants_give")
                    .tag("collections")
                    .summary("Let somebody reach a collection")
                    .description(
                        "It counts where the collection's `access` is `granted`. `actor` is \
                         `user:ID`, `key:ID` or a person's address.",
                    )
                    .response::<204, ()>()
            })
            .delete_with(ungrant, |operation| {
                operation
                    .id("grants_take")
                    .tag("collections")
                    .summary("Let somebody reach a collection no more")
                    .response::<204, ()>()
            }),
        )
}

/// Who may reach a collection.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Grants")]
struct GrantsBody {
    /// The first granted first.
    items: Vec<GrantBody>,
}

/// That somebody may reach a collection.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Grant")]
struct GrantBody {
    /// Who may: `user:…` or `key:…`.
    actor: String,
    /// Who said so.
    made_by: String,
    /// Since when.
    created: Timestamp,
}

impl From<Grant> for GrantBody {
    fn from(grant: Grant) -> Self {
        Self {
            actor: grant.actor,
            made_by: grant.made_by,
            created: grant.created,
        }
    }
}

/// Which collection.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The collection's id or its name.
    collection: String,
}

/// Which collection, and who.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichGrant {
    /// The collection's id or its name.
    collection: String,
    /// `user:ID`, `key:ID` or a person's address.
    actor: String,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<GrantsBody>, Problem> {
    principal.require(Scope::People)?;
    let library = &app.library;
    let found = library
        .find_collection(&principal, &which.collection)
        .await?;
    let grants = library.grants(&principal, found.id).await?;
    let items = grants.into_iter().map(GrantBody::from).collect();
    Ok(Json(GrantsBody { items }))
}

async fn grant(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichGrant>,
) -> Result<StatusCode, Problem> {
    principal.require(Scope::People)?;
    let library = &app.library;
    let found = library
        .find_collection(&principal, &which.collection)
        .await?;
    library.grant(&principal, found.id, &which.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn ungrant(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichGrant>,
) -> Result<StatusCode, Problem> {
    principal.require(Scope::People)?;
    let library = &app.library;
    let found = library
        .find_collection(&principal, &which.collection)
        .await?;
    library.ungrant(&principal, found.id, &which.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
