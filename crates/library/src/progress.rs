//! How far the reading and embedding of a document has come, told while it happens.

use alexandria_core::document::DocumentState;
use alexandria_core::id::DocumentId;
use serde::Serialize;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressUnit {
    /// Pages (or blocks, for formats without pages) read.
    Pages,
    /// Chunks embedded.
    Chunks,
}

impl ProgressUnit {
    /// The unit's name in the job's row.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Chunks => "chunks",
        }
    }
}

/// One report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// The document concerned.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// How far it has come.
    pub state: DocumentState,
    /// What `done` and `total` count.
    pub unit: ProgressUnit,
    /// How many are done.
    pub done: u64,
    /// How many there are, where that is known.
    pub total: Option<u64>,
}
