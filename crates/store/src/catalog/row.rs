//! Values between the tables and the words of the product.

use alexandria_core::block::{Fault, Place, Span};
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::blobs::Digest;

/// A list or other small structure as the text it is stored as.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).context(ErrorKind::Internal, || {
        "cannot write a list for the catalog".to_owned()
    })
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|source| corrupt("a list").with_source(source))
}

pub(super) fn timestamp(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|source| corrupt("a time").with_source(source))
}

pub(super) fn digest(bytes: &[u8]) -> Result<Digest> {
    Digest::from_slice(bytes).ok_or_else(|| corrupt("a digest"))
}

pub(super) fn to_u32(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|source| corrupt("a count").with_source(source))
}

pub(super) fn to_u64(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|source| corrupt("a count").with_source(source))
}

pub(super) fn option_u32(number: Option<i64>) -> Result<Option<u32>> {
    number.map(to_u32).transpose()
}

/// A size as stored. Nothing that is stored comes near the limit.
pub(super) fn to_i64(number: u64) -> Result<i64> {
    i64::try_from(number).context(ErrorKind::TooLarge, || {
        format!("{number} is too large a number")
    })
}

pub(super) fn corrupt(what: &str) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!("the catalog holds {what} that cannot be read; restore it from a backup"),
    )
}

pub(super) fn faults(text: &str) -> Result<Vec<Fault>> {
    from_json(text)
}

pub(super) fn document_state(name: &str) -> Result<DocumentState> {
    use DocumentState::{Failed, Queued, Reading, Ready, Searchable};
    let known = [Queued, Reading, Searchable, Ready, Failed];
    known
        .into_iter()
        .find(|state| state.name() == name)
        .ok_or_else(|| corrupt("a state"))
}

/// The columns that say where a chunk stands.
#[derive(Debug, sea_orm::FromQueryResult)]
pub(super) struct PlaceRow {
    pub(super) span_start: i64,
    pub(super) span_end: i64,
    pub(super) page: Option<i64>,
    pub(super) section: String,
    pub(super) part: Option<String>,
    pub(super) item: Option<i64>,
}

impl PlaceRow {
    /// The place, without rectangles, which are drawn from the layout when somebody looks.
    pub(super) fn place(self) -> Result<Place> {
        Ok(Place {
            page: option_u32(self.page)?,
            rectangles: Vec::new(),
            section: from_json(&self.section)?,
            part: self.part,
            item: option_u32(self.item)?,
            span: Span::new(to_u64(self.span_start)?, to_u64(self.span_end)?),
        })
    }
}
