//! The OpenAI dialect: everything under `/v1`, so that programs written for that API can ask this
//! library without being changed.
//!
//! A file is a document, a vector store a collection, and a model the library as a whole or one of
//! its collections. Nothing is kept for this dialect alone: what is put in here is found everywhere.

use aide::axum::ApiRouter;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::{CollectionId, DocumentId};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::problem::Problem;

mod chat;
mod embeddings;
pub(super) mod error;
mod files;
mod models;
mod parameters;
mod reply;
mod responses;
mod vector_stores;

use error::Refusal;

/// Where files are put in.
pub(super) const FILES_PATH: &str = "/v1/files";

/// The tag of these calls in the description.
const TAG: &str = "openai";

/// What stands before a document's id to make it a file's.
const FILE_PREFIX: &str = "file-";

/// What stands before a collection's id to make it a vector store's.
const STORE_PREFIX: &str = "vs_";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(chat::routes())
        .merge(responses::routes())
        .merge(embeddings::routes())
        .merge(models::routes())
        .merge(files::routes())
        .merge(vector_stores::routes())
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiList_of_{T}")]
struct ListBody<T> {
    /// Always `list`.
    object: &'static str,
    /// The items.
    data: Vec<T>,
    /// The id of the first item.
    first_id: Option<String>,
    /// The id of the last item, to be given as `after` for the next page.
    last_id: Option<String>,
    /// Whether there are more.
    has_more: bool,
}

impl<T> ListBody<T> {
    /// A page of items that are called by these ids.
    fn new(data: Vec<T>, has_more: bool, id: impl Fn(&T) -> &str) -> Self {
        Self {
            object: "list",
            first_id: data.first().map(|item| id(item).to_owned()),
            last_id: data.last().map(|item| id(item).to_owned()),
            data,
            has_more,
        }
    }
}

/// In which order a list is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "OpenAiOrder")]
enum OrderBody {
    /// The first made first.
    Asc,
    /// The last made first.
    #[default]
    Desc,
}

/// What became of something that was removed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiDeleted")]
struct DeletedBody {
    /// What was removed.
    id: String,
    /// What it was.
    object: &'static str,
    /// Always true.
    deleted: bool,
}

impl DeletedBody {
    fn new(id: String, object: &'static str) -> Self {
        Self {
            id,
            object,
            deleted: true,
        }
    }
}

/// A document's id in this dialect.
fn file_id(document: DocumentId) -> String {
    format!("{FILE_PREFIX}{document}")
}

/// A collection's id in this dialect.
fn store_id(collection: CollectionId) -> String {
    format!("{STORE_PREFIX}{collection}")
}

/// The document behind a file's id. An id that cannot be one is told like one of nobody's.
fn document_of(id: &str) -> Result<DocumentId, Refusal> {
    let bare = id.strip_prefix(FILE_PREFIX);
    let parsed = bare.and_then(|bare| bare.parse().ok());
    parsed.ok_or_else(|| no_such("file", id))
}

/// The collection behind a vector store's id.
fn collection_of(id: &str) -> Result<CollectionId, Refusal> {
    let bare = id.strip_prefix(STORE_PREFIX);
    let parsed = bare.and_then(|bare| bare.parse().ok());
    parsed.ok_or_else(|| no_such("vector store", id))
}

/// There is nothing of this id, or nothing that the caller may know of.
fn no_such(what: &str, id: &str) -> Refusal {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no {what} {id:?}")).into()
}

/// Tells that something is not there by the id that the caller gave; other errors as they are.
fn missing<'a>(what: &'a str, id: &'a str) -> impl Fn(Error) -> Refusal + use<'a> {
    move |error| {
        if error.kind() == ErrorKind::NotFound {
            no_such(what, id)
        } else {
            error.into()
        }
    }
}

/// A request that cannot be served, with the parameter that stands in the way.
fn invalid(parameter: &str, sentence: impl Into<String>) -> Refusal {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
        .at(parameter)
        .into()
}
