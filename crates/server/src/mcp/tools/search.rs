//! `search`: passages by their words and their meaning.

use alexandria_core::error::Result;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_library::search::SearchRequest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Said, place};
use crate::api::Shared;
use crate::api::extract::object;
use crate::api::requests::{FilterBody, ModeBody};
use crate::api::wire::{PassageBody, SpanBody};

/// The tool's name.
pub(super) const NAME: &str = "search";

pub(super) fn describe() -> Value {
    super::describe::<Given, Told>(
        NAME,
        "Search the library",
        "Finds passages of the documents by their words and their meaning, best first, each with its \
         document, page and exact text. Words in straight double quotes must stand together.",
    )
}

/// A search.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// Words or a question.
    #[schemars(length(min = 1, max = 8192))]
    query: String,
    /// How many passages are wanted; 10 unless given.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
    /// Which indexes are asked: `hybrid` (both) unless given.
    #[serde(default)]
    mode: ModeBody,
    /// Which documents are looked at; all unless given.
    #[serde(default, deserialize_with = "object")]
    filter: FilterBody,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    /// The passages, best first.
    passages: Vec<PassageTold>,
    /// Which part of the search did not work; empty when all did.
    degraded: Vec<String>,
}

/// A passage.
#[derive(Debug, Serialize, JsonSchema)]
struct PassageTold {
    /// The document it stands in.
    #[schemars(with = "Uuid")]
    document_id: DocumentId,
    /// The document's title.
    title: String,
    /// The collection's name.
    collection: String,
    /// The page it begins on, for formats that have pages.
    page: Option<u32>,
    /// The headings above it, outermost first.
    section: Vec<String>,
    /// The bytes of the document's stored text.
    span: SpanBody,
    /// What the ranking is by, between 0 and 1.
    score: f32,
    /// The words, exactly as stored.
    text: String,
}

impl From<PassageBody> for PassageTold {
    fn from(passage: PassageBody) -> Self {
        Self {
            document_id: passage.document_id,
            title: passage.title,
            collection: passage.collection,
            page: passage.place.page,
            section: passage.place.section,
            span: passage.place.span,
            score: passage.score.fused,
            text: passage.text,
        }
    }
}

pub(super) async fn run(app: &Shared, principal: &Principal, given: Given) -> Result<Said> {
    let mut request = SearchRequest::new(given.query);
    request.filter = given.filter.resolve(&app.library, principal).await?;
    request.limit = given.limit.unwrap_or(request.limit);
    request.mode = given.mode.into();
    let reply = app.library.search(principal, &request).await?;
    let passages = reply.passages.into_iter().map(PassageBody::from);
    let told = Told {
        passages: passages.map(PassageTold::from).collect(),
        degraded: reply.degraded,
    };
    Ok(Said::new(text(&told), &told))
}

fn text(told: &Told) -> String {
    let mut text = String::new();
    for sentence in &told.degraded {
        text.push_str(&format!("Note: {sentence}\n\n"));
    }
    if told.passages.is_empty() {
        text.push_str("No passage was found.");
    }
    for (index, passage) in told.passages.iter().enumerate() {
        let place = place(passage.page, &passage.section);
        text.push_str(&format!(
            "[{}] {}{}{place}\ndocument_id: {}, start: {}\n{}\n\n",
            index + 1,
            passage.title,
            if place.is_empty() { "" } else { ", " },
            passage.document_id,
            passage.span.start,
            passage.text
        ));
    }
    text.trim_end().to_owned()
}
