//! Collections and documents as they cross the wire.

use alexandria_core::block::{Fault, FaultKind};
use alexandria_core::document::{CollectionAccess, Cover, Document, DocumentState};
use alexandria_core::id::{CollectionId, DocumentId, VersionId};
use alexandria_library::covers::may_have_cover;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::keys::ClassificationBody;

/// Documents that belong together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Collection")]
pub(crate) struct CollectionBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: CollectionId,
    /// Its name, unique in the library.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// Whom it is open to.
    pub(crate) access: CollectionAccessBody,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// How many documents are in it that you see.
    pub(crate) documents: u64,
}

impl CollectionBody {
    /// The twin of a collection with so many documents.
    pub(crate) fn new(collection: alexandria_core::document::Collection, documents: u64) -> Self {
        let alexandria_core::document::Collection {
            id,
            name,
            description,
            access,
            created,
        } = collection;
        Self {
            id,
            name,
            description,
            access: access.into(),
            created,
            documents,
        }
    }
}

/// Whom a collection is open to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "CollectionAccess")]
pub(crate) enum CollectionAccessBody {
    /// The whole tenant.
    Tenant,
    /// Those it is granted to by name, and those who look after the tenant.
    Granted,
}

impl From<CollectionAccess> for CollectionAccessBody {
    fn from(access: CollectionAccess) -> Self {
        match access {
            CollectionAccess::Tenant => Self::Tenant,
            CollectionAccess::Granted => Self::Granted,
        }
    }
}

impl From<CollectionAccessBody> for CollectionAccess {
    fn from(access: CollectionAccessBody) -> Self {
        match access {
            CollectionAccessBody::Tenant => Self::Tenant,
            CollectionAccessBody::Granted => Self::Granted,
        }
    }
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Fault")]
pub(crate) struct FaultBody {
    /// What sort of trouble: `encrypted`, `malformed`, `too_large`, `timeout`, `memory`,
    /// `unsupported` or `no_text`.
    #[schemars(with = "String")]
    pub(crate) kind: FaultKind,
    /// The page concerned; the whole file where there is none.
    pub(crate) page: Option<u32>,
    /// What is wrong and what to do about it.
    pub(crate) message: String,
}

impl From<Fault> for FaultBody {
    fn from(
        Fault {
            kind,
            page,
            message,
        }: Fault,
    ) -> Self {
        Self {
            kind,
            page,
            message,
        }
    }
}

/// A document.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Document")]
pub(crate) struct DocumentBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: DocumentId,
    /// The collection it is in.
    #[schemars(with = "Uuid")]
    pub(crate) collection_id: CollectionId,
    /// The collection's name.
    pub(crate) collection: String,
    /// Its title.
    pub(crate) title: String,
    /// The name of the file or the web address it came from.
    pub(crate) name: String,
    /// Who wrote it, as the file says.
    pub(crate) authors: Vec<String>,
    /// Its format, such as `pdf`; empty until it has been looked at.
    pub(crate) format: String,
    /// The media type of the original.
    pub(crate) media_type: String,
    /// Its language (ISO 639-1), once read.
    pub(crate) language: Option<String>,
    /// What it is about, if somebody said so.
    pub(crate) category: Option<String>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// How closely it is held.
    pub(crate) classification: ClassificationBody,
    /// The size of the original.
    pub(crate) bytes: u64,
    /// SHA-256 of the original, in hexadecimal.
    pub(crate) digest: String,
    /// How far its reading has come: `queued`, `reading`, `searchable` (by its words), `ready` (by
    /// its meaning too) or `failed`.
    #[schemars(with = "String")]
    pub(crate) state: DocumentState,
    /// The version that is searched, once there is one.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) version_id: Option<VersionId>,
    /// Pages, for formats that have them.
    pub(crate) pages: Option<u32>,
    /// Passages it was cut into.
    pub(crate) chunks: u32,
    /// How many of them can be found by meaning.
    pub(crate) embedded: u32,
    /// What could not be read.
    pub(crate) faults: Vec<FaultBody>,
    /// When it was added.
    pub(crate) added: Timestamp,
    /// When it last changed.
    pub(crate) changed: Timestamp,
    /// The address of the small picture that it is shown by, under this server. Absent when there is none;
    /// for a document that was read by an older program there may be none under the address either.
    pub(crate) cover: Option<String>,
}

impl DocumentBody {
    /// The twin of a document in the collection of this name.
    pub(crate) fn new(document: Document, collection: String) -> Self {
        let cover = address(&document);
        Self {
            id: document.id,
            collection_id: document.collection,
            collection,
            title: document.title,
            name: document.name,
            authors: document.authors,
            format: document.format,
            media_type: document.media_type,
            language: document.language,
            category: document.category,
            tags: document.tags,
            classification: document.classification.into(),
            bytes: document.bytes,
            digest: document.digest,
            state: document.state,
            version_id: document.version,
            pages: document.pages,
            chunks: document.chunks,
            embedded: document.embedded,
            faults: document.faults.into_iter().map(FaultBody::from).collect(),
            added: document.added,
            changed: document.changed,
            cover,
        }
    }

    /// What could not be read, in one text.
    pub(crate) fn troubles(&self) -> Option<String> {
        let told: Vec<&str> = self
            .faults
            .iter()
            .map(|fault| fault.message.as_str())
            .collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Whether nothing more will happen to it.
    pub(crate) const fn is_finished(&self) -> bool {
        matches!(self.state, DocumentState::Ready | DocumentState::Failed)
    }
}

/// Characters of the digest of a cover that its address bears.
pub(crate) const COVER_VERSION_CHARACTERS: usize = 16;

/// Where the cover of a document is, as far as is known.
fn address(document: &Document) -> Option<String> {
    let path = format!("/api/v1/documents/{}/cover", document.id);
    let is_read = !matches!(
        document.state,
        DocumentState::Queued | DocumentState::Reading
    );
    match &document.cover {
        Cover::Kept(digest) => {
            let version = digest.get(..COVER_VERSION_CHARACTERS).unwrap_or(digest);
            Some(format!("{path}?version={version}"))
        }
        // The format of a document that could not be read is unknown.
        Cover::Untried
            if is_read && (document.format.is_empty() || may_have_cover(&document.format)) =>
        {
            Some(path)
        }
        Cover::Untried | Cover::None => None,
    }
}
