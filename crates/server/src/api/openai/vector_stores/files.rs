//! The files of a vector store. A document belongs to one collection, so a file that is put in a
//! second store becomes a file of its own there; it is found in it under both ids.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use alexandria_library::{DocumentOrder, DocumentQuery};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ChunkingBody, check_chunking, find};
use crate::api::Shared;
use crate::api::extract::{Asker, Body, Parameters, Segments};
use crate::api::openai::error::Refusal;
use crate::api::openai::files::PAGE_ITEMS_DEFAULT;
use crate::api::openai::{DeletedBody, ListBody, OrderBody, TAG};
use crate::api::openai::{document_of, file_id, invalid, missing, store_id};
use crate::api::wire::DocumentBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/v1/vector_stores/{store}/files",
            get_with(list, |operation| {
                operation
                    .id("openai_vector_store_files_list")
                    .tag(TAG)
                    .summary("List the files of a vector store")
            })
            .post_with(create, |operation| {
                operation
                    .id("openai_vector_store_files_create")
                    .tag(TAG)
                    .summary("Put a file in a vector store")
                    .description(
                        "A file that is in another store is put in as a file of its own, whose id \
                         the reply tells; under the id given it is found here, too.",
                    )
            }),
        )
        .api_route(
            "/v1/vector_stores/{store}/files/{file}",
            get_with(get, |operation| {
                operation
                    .id("openai_vector_store_files_get")
                    .tag(TAG)
                    .summary("Look at a file of a vector store")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("openai_vector_store_files_delete")
                    .tag(TAG)
                    .summary("Take a file out of a vector store")
                    .description("What is only in this store is gone then.")
            }),
        )
}

/// Which vector store.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichStore {
    /// The vector store's id.
    store: String,
}

/// Which file of which vector store.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The vector store's id.
    store: String,
    /// The file's id.
    file: String,
}

/// A file of a vector store.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiVectorStoreFile")]
struct FileBody {
    /// Its id.
    id: String,
    /// Always `vector_store.file`.
    object: &'static str,
    /// When it was put in, in seconds since 1970.
    created_at: i64,
    /// The vector store.
    vector_store_id: String,
    /// `in_progress`, `completed` (it can be searched) or `failed`.
    status: &'static str,
    /// Why it could not be read.
    last_error: Option<TroubleBody>,
    /// Its size.
    usage_bytes: u64,
    /// What is known of it: `title`, `format` and `language`.
    attributes: Map<String, Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFileTrouble")]
struct TroubleBody {
    /// Always `invalid_file`.
    code: &'static str,
    /// What is wrong, and what to do about it.
    message: String,
}

impl From<Document> for FileBody {
    fn from(document: Document) -> Self {
        let document = DocumentBody::new(document, String::new());
        let failed = document.state == DocumentState::Failed;
        let trouble = document.troubles().filter(|_told| failed);
        let mut attributes = Map::new();
        attributes.insert("title".to_owned(), json!(document.title));
        attributes.insert("format".to_owned(), json!(document.format));
        if let Some(language) = &document.language {
            attributes.insert("language".to_owned(), json!(language));
        }
        Self {
            id: file_id(document.id),
            object: "vector_store.file",
            created_at: document.added.as_second(),
            vector_store_id: store_id(document.collection_id),
            status: match document.state {
                DocumentState::Queued | DocumentState::Reading => "in_progress",
                DocumentState::Searchable | DocumentState::Ready => "completed",
                DocumentState::Failed => "failed",
            },
            last_error: trouble.map(|message| TroubleBody {
                code: "invalid_file",
                message,
            }),
            usage_bytes: document.bytes,
            attributes,
        }
    }
}

/// A file to be put in a vector store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiNewVectorStoreFile")]
struct NewBody {
    /// The file's id.
    file_id: String,
    /// Nothing is kept beside the file: refused unless empty.
    attributes: Option<Map<String, Value>>,
    /// How the file is cut: only `auto` is taken.
    chunking_strategy: Option<ChunkingBody>,
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// The id of the file behind which the page begins.
    after: Option<String>,
    /// Items on the page; 20 unless given, 200 at most.
    limit: Option<u32>,
    /// The last put in first, or the first.
    order: OrderBody,
    /// Only those that are so far read; the page may be shorter then, and empty.
    filter: Option<StatusBody>,
}

/// How far a file has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OpenAiFileStatus")]
enum StatusBody {
    /// It waits, or is being read.
    InProgress,
    /// It can be searched.
    Completed,
    /// It cannot be read.
    Failed,
    /// There are none of these here.
    Cancelled,
}

impl StatusBody {
    const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichStore>,
    Body(new): Body<NewBody>,
) -> Result<Json<FileBody>, Refusal> {
    principal.require(Scope::Ingest)?;
    if new.attributes.is_some_and(|given| !given.is_empty()) {
        let sentence = "nothing is kept beside a file; its title, format and language are told";
        return Err(invalid("attributes", sentence));
    }
    check_chunking(new.chunking_strategy.as_ref())?;
    let store = find(&app, &principal, &which.store).await?;
    let id = document_of(&new.file_id)?;
    let added = app.library.copy_document(&principal, id, store.id).await;
    let added = added.map_err(missing("file", &new.file_id))?;
    Ok(Json(added.document.into()))
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichStore>,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<ListBody<FileBody>>, Refusal> {
    let store = find(&app, &principal, &which.store).await?;
    let mut query = DocumentQuery {
        collection: Some(store.id),
        order: match wanted.order {
            OrderBody::Asc => DocumentOrder::OldestFirst,
            OrderBody::Desc => DocumentOrder::NewestFirst,
        },
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        ..DocumentQuery::default()
    };
    if let Some(after) = &wanted.after {
        query = query.after(&held(&app, &principal, store.id, after).await?);
    }
    let page = app.library.documents(&principal, &query).await?;
    let fits = |file: &FileBody| {
        wanted
            .filter
            .is_none_or(|state| state.name() == file.status)
    };
    let data = page.items.into_iter().map(FileBody::from);
    let data = data.filter(fits).collect();
    let more = page.next.is_some();
    Ok(Json(ListBody::new(data, more, |file: &FileBody| &file.id)))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<FileBody>, Refusal> {
    let store = find(&app, &principal, &which.store).await?;
    let file = held(&app, &principal, store.id, &which.file).await?;
    Ok(Json(file.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<DeletedBody>, Refusal> {
    principal.require(Scope::Ingest)?;
    let store = find(&app, &principal, &which.store).await?;
    let file = held(&app, &principal, store.id, &which.file).await?;
    app.library.remove_document(&principal, file.id).await?;
    let object = "vector_store.file.deleted";
    Ok(Json(DeletedBody::new(which.file, object)))
}

/// The document that holds a file in a store.
async fn held(
    app: &Shared,
    principal: &Principal,
    store: CollectionId,
    file: &str,
) -> Result<Document, Refusal> {
    let id = document_of(file)?;
    let found = app.library.document_in(principal, store, id).await;
    found.map_err(missing("file", file))
}
