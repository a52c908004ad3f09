//! `read_document`: the stored text of a document, piece by piece.

use alexandria_core::block::Span;
use alexandria_core::error::Result;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Said;
use crate::api::Shared;
use crate::api::wire::SpanBody;

/// The tool's name.
pub(super) const NAME: &str = "read_document";

/// Bytes that are read unless more are asked for: a few pages.
const READ_BYTES_DEFAULT: u64 = 16 * 1024;

/// Bytes that are read at once at most.
const READ_BYTES_MAX: u64 = 128 * 1024;

pub(super) fn describe() -> Value {
    super::describe::<Given, Told>(
        NAME,
        "Read a document",
        "Reads the text of a document from a place on: from its beginning, or from the `start` of a \
         passage that was found. `next` is where to read on.",
    )
}

/// What is to be read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The document, as the other tools name it.
    #[schemars(with = "Uuid")]
    document_id: DocumentId,
    /// The first byte of the text; its beginning unless given.
    #[serde(default)]
    start: u64,
    /// How many bytes are read; 16384 unless given.
    #[schemars(range(min = 1, max = 131_072))]
    bytes: Option<u64>,
}

/// A piece of a text.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    /// The document.
    #[schemars(with = "Uuid")]
    document_id: DocumentId,
    /// Its title.
    title: String,
    /// Its pages, for formats that have them.
    pages: Option<u32>,
    /// Which bytes of the text these are.
    span: SpanBody,
    /// How many bytes the whole text has.
    bytes: u64,
    /// Where to read on; absent at the end.
    next: Option<u64>,
    /// The text.
    text: String,
}

pub(super) async fn run(app: &Shared, principal: &Principal, given: Given) -> Result<Said> {
    let id = given.document_id;
    let document = app.library.document(principal, id).await?;
    let bytes = given.bytes.unwrap_or(READ_BYTES_DEFAULT);
    let bytes = bytes.clamp(1, READ_BYTES_MAX);
    let span = Span::new(given.start, given.start.saturating_add(bytes));
    let found = app.library.stored_text(principal, id, Some(span)).await?;
    let told = Told {
        document_id: id,
        title: document.title,
        pages: document.pages,
        span: found.span.into(),
        bytes: found.bytes,
        next: (found.span.end < found.bytes).then_some(found.span.end),
        text: found.text,
    };
    let (start, end) = (told.span.start, told.span.end);
    let read_on = match told.next {
        Some(next) => format!("; read on from start {next}"),
        None => String::new(),
    };
    let (title, text, whole) = (&told.title, &told.text, told.bytes);
    let said = format!("{title}, bytes {start} to {end} of {whole}{read_on}\n\n{text}");
    Ok(Said::new(said, &told))
}
