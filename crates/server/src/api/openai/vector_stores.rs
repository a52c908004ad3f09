//! Vector stores: the collections of the library, under the same ids with `vs_` before them.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::document::Collection;
use alexandria_core::error::Result as Outcome;
use alexandria_core::principal::Principal;
use alexandria_library::{CollectionChange, DocumentCounts, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Refusal;
use super::files::PAGE_ITEMS_DEFAULT;
use super::{DeletedBody, ListBody, OrderBody, TAG};
use super::{collection_of, document_of, invalid, missing, store_id};
use crate::api::Shared;
use crate::api::extract::{Asker, Body, Parameters, Segments};

mod files;
mod search;

/// Files that can be named when a store is made.
const FILES_MAX: usize = 500;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(files::routes())
        .merge(search::routes())
        .api_route(
            "/v1/vector_stores",
            get_with(list, |operation| {
                operation
                    .id("openai_vector_stores_list")
                    .tag(TAG)
                    .summary("List the vector stores")
            })
            .post_with(create, |operation| {
                operation
                    .id("openai_vector_stores_create")
                    .tag(TAG)
                    .summary("Make a vector store")
                    .description(
                        "It is a collection: its name is unique, and one that is taken is refused \
                         with 409. Without a name it gets one.",
                    )
            }),
        )
        .api_route(
            "/v1/vector_stores/{store}",
            get_with(get, |operation| {
                operation
                    .id("openai_vector_stores_get")
                    .tag(TAG)
                    .summary("Look at a vector store")
            })
            .post_with(change, |operation| {
                operation
                    .id("openai_vector_stores_change")
                    .tag(TAG)
                    .summary("Rename a vector store")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("openai_vector_stores_delete")
                    .tag(TAG)
                    .summary("Remove a vector store with the files in it")
            }),
        )
}

/// Which vector store.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The vector store's id.
    store: String,
}

/// A vector store.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiVectorStore")]
struct StoreBody {
    /// Its id: `vs_` and the collection's.
    id: String,
    /// Always `vector_store`.
    object: &'static str,
    /// When it was made, in seconds since 1970.
    created_at: i64,
    /// Its name.
    name: String,
    /// What it is for.
    description: String,
    /// The size of its files.
    usage_bytes: u64,
    /// Its files by how far they have been read.
    file_counts: CountsBody,
    /// `in_progress` while files are read, or `completed`.
    status: &'static str,
    /// Always null.
    last_active_at: Option<i64>,
    /// Always null.
    expires_after: Option<Value>,
    /// Always null.
    expires_at: Option<i64>,
    /// Always empty.
    metadata: Map<String, Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFileCounts")]
struct CountsBody {
    in_progress: u64,
    completed: u64,
    failed: u64,
    cancelled: u64,
    total: u64,
}

impl From<DocumentCounts> for CountsBody {
    fn from(counts: DocumentCounts) -> Self {
        Self {
            in_progress: counts.queued + counts.reading,
            completed: counts.searchable + counts.ready,
            failed: counts.failed,
            cancelled: 0,
            total: counts.total(),
        }
    }
}

/// A vector store to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiNewVectorStore")]
struct NewBody {
    /// Its name, unique in the library.
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// Files to put in it.
    file_ids: Option<Vec<String>>,
    /// How files are cut: the library decides, so only `auto` is taken.
    chunking_strategy: Option<ChunkingBody>,
    /// Nothing is kept beside the name: refused unless empty.
    metadata: Option<Map<String, Value>>,
    /// Nothing expires here: refused.
    expires_after: Option<Value>,
}

/// How files are cut.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiChunking")]
struct ChunkingBody {
    /// `auto`.
    #[serde(rename = "type")]
    kind: String,
}

/// What to change about a vector store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiVectorStoreChange")]
struct ChangeBody {
    /// Its new name.
    name: Option<String>,
    /// Refused unless empty.
    metadata: Option<Map<String, Value>>,
    /// Refused.
    expires_after: Option<Value>,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// The id behind which the page begins.
    after: Option<String>,
    /// The id before which the page ends.
    before: Option<String>,
    /// Items on the page; 20 unless given, 200 at most.
    limit: Option<u32>,
    /// The last made first, or the first.
    order: OrderBody,
}

/// Refuses what is not kept here.
fn check_extras(
    metadata: Option<&Map<String, Value>>,
    expires_after: Option<&Value>,
) -> Result<(), Refusal> {
    if metadata.is_some_and(|metadata| !metadata.is_empty()) {
        let sentence = "nothing is kept beside the name and the description of a vector store";
        return Err(invalid("metadata", sentence));
    }
    if expires_after.is_some_and(|value| !value.is_null()) {
        return Err(invalid("expires_after", "nothing expires in this library"));
    }
    Ok(())
}

fn check_chunking(strategy: Option<&ChunkingBody>) -> Result<(), Refusal> {
    if strategy.is_none_or(|strategy| strategy.kind == "auto") {
        return Ok(());
    }
    let sentence = "the library decides how files are cut: leave it away, or say \"auto\"";
    Err(invalid("chunking_strategy", sentence))
}

/// The twin of a collection, with what it holds.
async fn twin(app: &Shared, principal: &Principal, collection: Collection) -> Outcome<StoreBody> {
    let status = app
        .library
        .collection_status(principal, collection.id)
        .await?;
    let file_counts = CountsBody::from(status.documents);
    Ok(StoreBody {
        id: store_id(collection.id),
        object: "vector_store",
        created_at: collection.created.as_second(),
        name: collection.name,
        description: collection.description,
        usage_bytes: status.original_bytes,
        status: if file_counts.in_progress > 0 {
            "in_progress"
        } else {
            "completed"
        },
        file_counts,
        last_active_at: None,
        expires_after: None,
        expires_at: None,
        metadata: Map::new(),
    })
}

/// The collection behind a vector store's id, which must be there.
async fn find(app: &Shared, principal: &Principal, id: &str) -> Result<Collection, Refusal> {
    let found = app.library.collection(principal, collection_of(id)?).await;
    found.map_err(missing("vector store", id))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<NewBody>,
) -> Result<Json<StoreBody>, Refusal> {
    check_extras(new.metadata.as_ref(), new.expires_after.as_ref())?;
    check_chunking(new.chunking_strategy.as_ref())?;
    let file_ids = new.file_ids.unwrap_or_default();
    if file_ids.len() > FILES_MAX {
        let sentence = format!("at most {FILES_MAX} files can be named; add the others later");
        return Err(invalid("file_ids", sentence));
    }
    let mut files = Vec::with_capacity(file_ids.len());
    for id in &file_ids {
        let found = app.library.document(&principal, document_of(id)?).await;
        files.push(found.map_err(missing("file", id))?.id);
    }
    let name = new.name.filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| format!("Vector store {}", app.ids.next().simple()));
    let description = new.description.unwrap_or_default();
    let made = app
        .library
        .create_collection(&principal, &name, &description)
        .await?;
    for file in files {
        app.library.copy_document(&principal, file, made.id).await?;
    }
    Ok(Json(twin(&app, &principal, made).await?))
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<ListBody<StoreBody>>, Refusal> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = app
            .library
            .collections(&principal, cursor.as_deref(), PAGE_ITEMS_MAX)
            .await?;
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if wanted.order == OrderBody::Desc {
        all.reverse();
    }
    let place = async |id: Option<&String>| match id {
        None => Ok(None),
        Some(id) => {
            let found = find(&app, &principal, id).await?;
            Ok::<_, Refusal>(all.iter().position(|collection| collection.id == found.id))
        }
    };
    let from = place(wanted.after.as_ref())
        .await?
        .map_or(0, |after| after + 1);
    let until = place(wanted.before.as_ref()).await?.unwrap_or(all.len());
    let limit = wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
    let limit = limit.clamp(1, PAGE_ITEMS_MAX) as usize;
    let rest = all.get(from..until).unwrap_or_default();
    let mut data = Vec::new();
    for collection in rest.iter().take(limit) {
        data.push(twin(&app, &principal, collection.clone()).await?);
    }
    let more = rest.len() > limit;
    Ok(Json(ListBody::new(data, more, |store: &StoreBody| {
        &store.id
    })))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<StoreBody>, Refusal> {
    let found = find(&app, &principal, &which.store).await?;
    Ok(Json(twin(&app, &principal, found).await?))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<StoreBody>, Refusal> {
    principal.require(Scope::Ingest)?;
    check_extras(change.metadata.as_ref(), change.expires_after.as_ref())?;
    let found = find(&app, &principal, &which.store).await?;
    let change = CollectionChange {
        name: change.name,
        description: None,
        access: None,
    };
    let changed = app
        .library
        .update_collection(&principal, found.id, change)
        .await?;
    Ok(Json(twin(&app, &principal, changed).await?))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<DeletedBody>, Refusal> {
    principal.require(Scope::Ingest)?;
    let found = find(&app, &principal, &which.store).await?;
    app.library.remove_collection(&principal, found.id).await?;
    Ok(Json(DeletedBody::new(which.store, "vector_store.deleted")))
}
