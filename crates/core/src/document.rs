//! What was put in, and how far its reading has come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Classification;
use crate::block::Fault;
use crate::id::{CollectionId, DocumentId, VersionId};

/// Documents that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its identity.
    pub id: CollectionId,
    /// Its name, unique within the tenant.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whom it is open to.
    pub access: CollectionAccess,
    /// When it was made.
    pub created: Timestamp,
}

/// Whom a collection is open to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CollectionAccess {
    /// The whole tenant.
    #[default]
    Tenant,
    /// Those it is granted to by name, and those who look after the tenant.
    Granted,
}

/// How far a document's reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Accepted and stored; waiting to be read.
    Queued,
    /// Being read.
    Reading,
    /// Its words can be found; its meaning follows.
    Searchable,
    /// Its words and its meaning can be found.
    Ready,
    /// It could not be read; `faults` say why.
    Failed,
}

impl DocumentState {
    /// All of them, in the order in which a document comes through them.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Reading,
        Self::Searchable,
        Self::Ready,
        Self::Failed,
    ];

    /// The state's name in the database, the API and the logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Searchable => "searchable",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

/// What was put in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its identity.
    pub id: DocumentId,
    /// The collection it is in.
    pub collection: CollectionId,
    /// Its title: the file's own, or else the file's name.
    pub title: String,
    /// The name of the file or the web address it came from; shown, never used as a path.
    pub name: String,
    /// Who wrote it, as the file says.
    pub authors: Vec<String>,
    /// Its format's name, such as `pdf`; empty until it has been looked at.
    pub format: String,
    /// The media type of the original.
    pub media_type: String,
    /// Its language (ISO 639-1), once read.
    pub language: Option<String>,
    /// What it is about, in one word or two, if somebody said so.
    pub category: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// How closely it is held.
    pub classification: Classification,
    /// The size of the original in bytes.
    pub bytes: u64,
    /// SHA-256 of the original, lower-case hexadecimal.
    pub digest: String,
    /// How far its reading has come.
    pub state: DocumentState,
    /// The version that is searched, once there is one.
    pub version: Option<VersionId>,
    /// Pages, for formats that have them.
    pub pages: Option<u32>,
    /// Chunks of the searched version.
    pub chunks: u32,
    /// How many of them can be found by meaning.
    pub embedded: u32,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// When it was added.
    pub added: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// The small picture that it is shown by.
    pub cover: Cover,
}

/// The small picture that a document is shown by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// Nobody has tried to make one.
    #[default]
    Untried,
    /// There is none.
    None,
    /// There is one, whose bytes have this SHA-256, lower-case hexadecimal.
    Kept(String),
}
