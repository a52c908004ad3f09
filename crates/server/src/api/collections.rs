//! Collections: making, listing, changing and removing them.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::document::{Collection, CollectionAccess};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_store::catalog::CollectionChange;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::wire::{CollectionAccessBody, CollectionBody, PageBody, PageParameters};

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
    /// Whom it is open to from now on; for those who look after people.
    access: Option<CollectionAccessBody>,
}

/// Which collection.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The collection's id or its name.
    collection: String,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<CollectionBody>>, Problem> {
    let limit = page.limit();
    let page = app
        .library
        .collections(&principal, page.cursor.as_deref(), limit)
        .await?;
    let items = twins(&app.library, &principal, page.items).await?;
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
    let make = async {
        let made = app
            .library
            .create_collection(&principal, &new.name, &new.description)
            .await?;
        let location = format!("/api/v1/collections/{}", made.id);
        Ok((location, CollectionBody::new(made, 0)))
    };
    key.once((&app, &principal), digest(&new), make).await
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
    Ok(Json(twin(&app.library, &principal, found).await?))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<CollectionBody>, Problem> {
    principal.require(Scope::Ingest)?;
    let found = app
        .library
        .find_collection(&principal, &which.collection)
        .await?;
    let change = CollectionChange {
        name: change.name,
        description: change.description,
        access: change.access.map(CollectionAccess::from),
    };
    let changed = app
        .library
        .update_collection(&principal, found.id, change)
        .await?;
    Ok(Json(twin(&app.library, &principal, changed).await?))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    principal.require(Scope::Ingest)?;
    let found = app
        .library
        .find_collection(&principal, &which.collection)
        .await?;
    app.library.remove_collection(&principal, found.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The twin of a collection, with the count of its documents.
async fn twin(
    library: &Library,
    principal: &Principal,
    collection: Collection,
) -> Result<CollectionBody, Problem> {
    let counts = library
        .documents_counted(principal, &[collection.id])
        .await?;
    let count = counts.get(&collection.id).copied().unwrap_or(0);
    Ok(CollectionBody::new(collection, count))
}

/// The twins of collections; their documents are counted at once.
async fn twins(
    library: &Library,
    principal: &Principal,
    collections: Vec<Collection>,
) -> Result<Vec<CollectionBody>, Problem> {
    let ids: Vec<CollectionId> = collections.iter().map(|collection| collection.id).collect();
    let counts = library.documents_counted(principal, &ids).await?;
    let twins = collections.into_iter().map(|collection| {
        let count = counts.get(&collection.id).copied().unwrap_or(0);
        CollectionBody::new(collection, count)
    });
    Ok(twins.collect())
}
