//! Where words stand in a document.

use alexandria_core::id::VersionId;
use alexandria_library::stored::{FOUND_MAX, Found, FoundPlaces};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::Shared;
use crate::api::documents::Which;
use crate::api::extract::{Asker, Parameters, Segments};
use crate::api::problem::Problem;
use crate::api::wire::{PAGE_ITEMS_DEFAULT, SpanBody};

/// What is looked for, and which page of the places.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindParameters {
    /// The words, as they stand next to each other.
    #[schemars(length(min = 1, max = 500))]
    query: String,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Places on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = FOUND_MAX))]
    limit: Option<u32>,
}

/// Where words stand.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Found")]
pub(super) struct FoundBody {
    /// The reading that was looked through; its text never changes.
    #[schemars(with = "Uuid")]
    version_id: VersionId,
    /// The places, in reading order.
    items: Vec<PlaceFoundBody>,
    /// What to give as `cursor` to look on; absent at the end of the text.
    next: Option<String>,
}

/// A place where words stand.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FoundPlace")]
struct PlaceFoundBody {
    /// The bytes of the stored text.
    span: SpanBody,
    /// The page, counted from 1, for formats that have pages.
    page: Option<u32>,
    /// A little of what stands before it in its paragraph.
    before: String,
    /// The words as they stand there.
    text: String,
    /// A little of what stands after it in its paragraph.
    after: String,
}

impl From<Found> for PlaceFoundBody {
    fn from(found: Found) -> Self {
        Self {
            span: found.span.into(),
            page: found.page,
            before: found.before,
            text: found.text,
            after: found.after,
        }
    }
}

impl From<FoundPlaces> for FoundBody {
    fn from(found: FoundPlaces) -> Self {
        let cursor = |start| Cursor {
            version: found.version,
            start,
        };
        Self {
            version_id: found.version,
            next: found.next.map(|start| cursor(start).write()),
            items: found.places.into_iter().map(PlaceFoundBody::from).collect(),
        }
    }
}

/// Where to look on: a byte of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    version: VersionId,
    start: u64,
}

impl Cursor {
    fn write(self) -> String {
        format!("{:x}.{}", self.start, self.version)
    }

    fn read(text: &str) -> Option<Self> {
        let (start, version) = text.split_once('.')?;
        Some(Self {
            version: VersionId::from_uuid(Uuid::try_parse(version).ok()?),
            start: u64::from_str_radix(start, 16).ok()?,
        })
    }
}

fn strange() -> Problem {
    let message =
        "this list has not given that cursor, or the document has been read anew: begin again";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message)
}

pub(super) async fn find(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(wanted): Parameters<FindParameters>,
) -> Result<Json<FoundBody>, Problem> {
    let cursor = match &wanted.cursor {
        Some(text) => Some(Cursor::read(text).ok_or_else(strange)?),
        None => None,
    };
    let start = cursor.map_or(0, |cursor| cursor.start);
    let count = wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let found = app
        .library
        .find_words(&principal, which.document, &wanted.query, start, count)
        .await?;
    if cursor.is_some_and(|cursor| cursor.version != found.version) {
        return Err(strange());
    }
    Ok(Json(found.into()))
}
