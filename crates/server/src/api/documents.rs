//! Documents: listing, looking at, describing and removing them.

use std::collections::HashMap;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Classification;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_store::catalog::{DocumentChange, DocumentOrder, DocumentQuery, PAGE_ITEMS_MAX};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asker, Body, Parameters, Segments, given};
use super::keys::ClassificationBody;
use super::problem::Problem;
use super::wire::{DocumentBody, PAGE_ITEMS_DEFAULT, PageBody};
use super::{Shared, UPLOAD_PATH};

pub(crate) use super::upload::UploadBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            UPLOAD_PATH,
            get_with(list, |operation| {
                operation
                    .id("documents_list")
                    .tag("documents")
                    .summary("List the documents")
            }),
        )
        .api_route(
            "/api/v1/documents/{document}",
            get_with(get, |operation| {
                operation
                    .id("documents_get")
                    .tag("documents")
                    .summary("Look at a document and how far its reading has come")
            })
            .patch_with(change, |operation| {
                operation
                    .id("documents_change")
                    .tag("documents")
                    .summary("Describe a document")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("documents_remove")
                    .tag("documents")
                    .summary("Remove a document")
                    .description("It stops being found before this call returns.")
                    .response::<204, ()>()
            }),
        )
}

/// Which document.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Which {
    /// The document's id.
    #[schemars(with = "Uuid")]
    pub(super) document: DocumentId,
}

/// Which documents, and which page of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// In this collection, by id or by name.
    collection: Option<String>,
    /// So far read: `queued`, `reading`, `searchable`, `ready` or `failed`; or several of these,
    /// separated by commas.
    state: Option<String>,
    /// Carrying this tag.
    tag: Option<String>,
    /// In this format, such as `pdf`.
    format: Option<String>,
    /// In this language (ISO 639-1).
    language: Option<String>,
    /// With these words in the title.
    title: Option<String>,
    /// In which order; the newest first unless given.
    order: Option<OrderBody>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// In which order documents are listed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DocumentOrder")]
enum OrderBody {
    /// The last added first.
    Newest,
    /// The first added first.
    Oldest,
    /// By their titles.
    Title,
    /// By their titles, the last first.
    TitleDescending,
    /// By the names of their files.
    Name,
    /// By the names of their files, the last first.
    NameDescending,
    /// The largest first.
    Largest,
    /// The smallest first.
    Smallest,
    /// The last changed first.
    Changed,
    /// The longest unchanged first.
    Unchanged,
}

impl From<OrderBody> for DocumentOrder {
    fn from(order: OrderBody) -> Self {
        match order {
            OrderBody::Newest => Self::NewestFirst,
            OrderBody::Oldest => Self::OldestFirst,
            OrderBody::Title => Self::Title,
            OrderBody::TitleDescending => Self::TitleDescending,
            OrderBody::Name => Self::Name,
            OrderBody::NameDescending => Self::NameDescending,
            OrderBody::Largest => Self::LargestFirst,
            OrderBody::Smallest => Self::SmallestFirst,
            OrderBody::Changed => Self::ChangedFirst,
            OrderBody::Unchanged => Self::UnchangedFirst,
        }
    }
}

/// The states that are named, each once.
fn states(named: Option<&str>) -> Result<Vec<DocumentState>> {
    let mut states = Vec::new();
    for name in named.unwrap_or_default().split(',').map(str::trim) {
        if name.is_empty() {
            continue;
        }
        let state = DocumentState::ALL
            .into_iter()
            .find(|state| state.name() == name);
        let state = state.ok_or_else(|| {
            let sentence = format!(
                "there is no state {name:?}: documents are queued, reading, searchable, ready or failed"
            );
            Error::new(ErrorKind::Invalid, sentence)
        })?;
        if !states.contains(&state) {
            states.push(state);
        }
    }
    Ok(states)
}

/// What to change about a document; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DocumentChange")]
struct ChangeBody {
    /// A new title.
    title: Option<String>,
    /// All tags from now on.
    tags: Option<Vec<String>>,
    /// A new category; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    category: Option<Option<String>>,
    /// Another label: who may see it.
    classification: Option<ClassificationBody>,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<DocumentBody>>, Problem> {
    let collection = match &wanted.collection {
        Some(name) => Some(app.library.find_collection(&principal, name).await?.id),
        None => None,
    };
    let query = DocumentQuery {
        collection,
        states: states(wanted.state.as_deref())?,
        tag: wanted.tag,
        format: wanted.format,
        language: wanted.language,
        title: wanted.title,
        order: wanted.order.map(DocumentOrder::from).unwrap_or_default(),
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.documents(&principal, &query).await?;
    let items = twins(&app.library, &principal, page.items).await?;
    Ok(Json(PageBody {
        items,
        next: page.next,
    }))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<DocumentBody>, Problem> {
    let document = app.library.document(&principal, which.document).await?;
    Ok(Json(twin(&app.library, &principal, document).await?))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<DocumentBody>, Problem> {
    let change = DocumentChange {
        title: change.title,
        tags: change.tags,
        category: change.category,
        classification: change.classification.map(Classification::from),
    };
    let document = app
        .library
        .update_document(&principal, which.document, change)
        .await?;
    Ok(Json(twin(&app.library, &principal, document).await?))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library
        .remove_document(&principal, which.document)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The twin of a document, with the name of its collection.
pub(super) async fn twin(
    library: &Library,
    principal: &Principal,
    document: Document,
) -> Result<DocumentBody> {
    let mut twins = twins(library, principal, vec![document]).await?;
    twins
        .pop()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a document has lost its twin"))
}

/// The twins of documents; the name of each collection is asked for once.
async fn twins(
    library: &Library,
    principal: &Principal,
    documents: Vec<Document>,
) -> Result<Vec<DocumentBody>> {
    let mut names: HashMap<CollectionId, String> = HashMap::new();
    let mut twins = Vec::with_capacity(documents.len());
    for document in documents {
        let id = document.collection;
        let name = match names.get(&id) {
            Some(name) => name.clone(),
            None => {
                // A collection removed at this very moment has no name any more.
                let found = library.collection(principal, id).await;
                let name = found.map(|collection| collection.name).unwrap_or_default();
                names.insert(id, name.clone());
                name
            }
        };
        twins.push(DocumentBody::new(document, name));
    }
    Ok(twins)
}
