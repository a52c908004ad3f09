//! `list`: which collections and documents there are.

use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::Principal;
use alexandria_library::{DocumentQuery, PAGE_ITEMS_MAX};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Said;
use crate::api::Shared;

/// The tool's name.
pub(super) const NAME: &str = "list";

/// Documents on a page unless more are asked for.
const PAGE_ITEMS_DEFAULT: u32 = 50;

pub(super) fn describe() -> Value {
    super::describe::<Given, Told>(
        NAME,
        "List the library",
        "Lists the collections and the documents, the last added first, page by page: give `next` of \
         a page as `cursor` for the following one.",
    )
}

/// What is to be listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// Only the documents of this collection, by name or id.
    collection: Option<String>,
    /// Only documents with these words in the title.
    title: Option<String>,
    /// Where the page before ended, from its `next`.
    cursor: Option<String>,
    /// Documents on the page; 50 unless given.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// What there is.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    /// The collections, on the first page alone.
    collections: Vec<CollectionTold>,
    /// The documents.
    documents: Vec<DocumentTold>,
    /// What to give as `cursor` for the next page; absent on the last.
    next: Option<String>,
}

/// A collection.
#[derive(Debug, Serialize, JsonSchema)]
struct CollectionTold {
    /// Its id.
    #[schemars(with = "Uuid")]
    id: CollectionId,
    /// Its name.
    name: String,
    /// What it is for.
    description: String,
}

/// A document.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentTold {
    /// Its id.
    #[schemars(with = "Uuid")]
    id: DocumentId,
    /// Its title.
    title: String,
    /// Who wrote it, as the file says.
    authors: Vec<String>,
    /// The collection it is in.
    #[schemars(with = "Uuid")]
    collection_id: CollectionId,
    /// Its format, such as `pdf`.
    format: String,
    /// Its language (ISO 639-1), once read.
    language: Option<String>,
    /// Its pages, for formats that have them.
    pages: Option<u32>,
    /// How far its reading has come; from `searchable` on it is found.
    #[schemars(with = "String")]
    state: DocumentState,
}

impl From<Document> for DocumentTold {
    fn from(document: Document) -> Self {
        Self {
            id: document.id,
            title: document.title,
            authors: document.authors,
            collection_id: document.collection,
            format: document.format,
            language: document.language,
            pages: document.pages,
            state: document.state,
        }
    }
}

pub(super) async fn run(app: &Shared, principal: &Principal, given: Given) -> Result<Said> {
    let collection = match &given.collection {
        Some(name) => Some(app.library.find_collection(principal, name).await?),
        None => None,
    };
    let query = DocumentQuery {
        collection: collection.as_ref().map(|collection| collection.id),
        title: given.title,
        cursor: given.cursor.clone(),
        limit: given.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        ..DocumentQuery::default()
    };
    let page = app.library.documents(principal, &query).await?;
    let collections = match (collection, given.cursor) {
        (Some(collection), _) => vec![collection],
        (None, Some(_)) => Vec::new(),
        (None, None) => {
            let found = app.library.collections(principal, None, PAGE_ITEMS_MAX);
            found.await?.items
        }
    };
    let collections = collections.into_iter().map(|collection| CollectionTold {
        id: collection.id,
        name: collection.name,
        description: collection.description,
    });
    let told = Told {
        collections: collections.collect(),
        documents: page.items.into_iter().map(DocumentTold::from).collect(),
        next: page.next,
    };
    Ok(Said::new(text(&told), &told))
}

fn text(told: &Told) -> String {
    let mut lines = Vec::new();
    for collection in &told.collections {
        let (name, about) = (&collection.name, &collection.description);
        let colon = if about.is_empty() { "" } else { ": " };
        lines.push(format!("Collection {name:?}{colon}{about}"));
    }
    for document in &told.documents {
        let (title, id) = (&document.title, document.id);
        let state = document.state.name();
        let pages = document.pages.map(|pages| format!(", {pages} pages"));
        let pages = pages.unwrap_or_default();
        lines.push(format!("{title} (document_id: {id}{pages}, {state})"));
    }
    if told.documents.is_empty() {
        lines.push("No documents.".to_owned());
    }
    if let Some(next) = &told.next {
        lines.push(format!("There are more: cursor {next}"));
    }
    lines.join("\n")
}
