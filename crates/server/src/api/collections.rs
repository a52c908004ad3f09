//! Collections: making, listing, changing and removing them.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::error::ErrorKind;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{CollectionChange, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, Reply};
use super::problem::Problem;
use super::wire::{CollectionBody, PageBody};

/// Items on a page unless the caller says otherwise.
pub(super) const PAGE_ITEMS_DEFAULT: u32 = 50;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/collections",
            get_with(list, |operation| {
                operation
                    .id("collections_list")
                    .tag("collections")
                    .summary("List the collections")
            })
            .post_with(create, |operation| {
                operation
                    .id("collections_create")
                    .tag("collections")
                    .summary("Make a collection")
                    .response::<201, Json<CollectionBody>>()
            }),
        )
        .api_route(
            "/api/v1/collections/{collection}",
            get_with(get, |operation| {
                operation
                    .id("collections_get")
                    .tag("collections")
                    .summary("Look at a collection")
            })
            .patch_with(change, |operation| {
                operation
                    .id("collections_change")
                    .tag("collections")
                    .summary("Change a collection")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("collections_remove")
                    .tag("collections")
                    .summary("Remove a collection with everything in it")
                    .response::<204, ()>()
            }),
        )
}

/// A collection to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCollection")]
struct NewCollection {
    /// Its name, unique in the library.
    name: String,
    /// What it is for.
    #[serde(default)]
    description: String,
}

/// What to change about a collection; what is absent stays.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CollectionChange")]
struct ChangeBody {
    /// A new name.
    name: Option<String>,
    /// A new description.
    description: Option<String>,
}

/// Which collection.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The collection's id or its name.
    collection: String,
}

/// Which page of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PageParameters {
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<CollectionBody>>, Problem> {
    let limit = page.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
    let page = app
        .library
        .collections(&principal, page.cursor.as_deref(), limit)
        .await?;
    let items = page.items.into_iter().map(CollectionBody::from).collect();
    Ok(Json(PageBody {
        items,
        next: page.next,
    }))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewCollection>,
) -> Result<Response, Problem> {
    let request = Digest::of(&serde_json::to_vec(&new).unwrap_or_default());
    if let Some(reply) = key.recall(&app, &principal, request).await? {
        return Ok(reply);
    }
    let made = app
        .library
        .create_collection(&principal, &new.name, &new.description)
        .await;
    let made = match made {
        Ok(made) => made,
        // The same request may have made it since it was looked for.
        Err(error) if error.kind() == ErrorKind::Conflict => {
            let earlier = key.recall(&app, &principal, request).await?;
            return earlier.ok_or_else(|| error.into());
        }
        Err(error) => return Err(error.into()),
    };
    let location = format!("/api/v1/collections/{}", made.id);
    let reply = Reply::new(
        StatusCode::CREATED,
        Some(location),
        &CollectionBody::from(made),
    );
    key.keep(&app, &principal, request, reply).await
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<CollectionBody>, Problem> {
    let found = app
        .library
        .find_collection(&principal, &which.collection)
        .await?;
    Ok(Json(found.into()))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<CollectionBody>, Problem> {
    let found = app
        .library
        .find_collection(&principal, &which.collection)
        .await?;
    let change = CollectionChange {
        name: change.name,
        description: change.description,
    };
    let changed = app
        .library
        .update_collection(&principal, found.id, change)
        .await?;
    Ok(Json(changed.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let found = app
        .library
        .find_collection(&principal, &which.collection)
        .await?;
    app.library.remove_collection(&principal, found.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
