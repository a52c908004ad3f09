//! Which documents a search may look at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CollectionId, DocumentId};

/// Conditions on documents. All must hold; inside one list any may. An empty list asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// In one of these collections.
    pub collections: Vec<CollectionId>,
    /// One of these documents.
    pub documents: Vec<DocumentId>,
    /// Carrying one of these tags.
    pub tags: Vec<String>,
    /// In one of these languages (ISO 639-1).
    pub languages: Vec<String>,
    /// In one of these formats, by its name in the table of formats, such as `pdf`.
    pub formats: Vec<String>,
    /// Added at this moment or later.
    pub added_after: Option<Timestamp>,
    /// Added before this moment.
    pub added_before: Option<Timestamp>,
    /// None of these documents, in the order of their ids: what the one who asks may not see.
    #[serde(default)]
    pub without: Vec<DocumentId>,
}

impl Filter {
    /// Whether it asks nothing about a document beyond its collection.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.documents.is_empty()
            && self.tags.is_empty()
            && self.languages.is_empty()
            && self.formats.is_empty()
            && self.added_after.is_none()
            && self.added_before.is_none()
            && self.without.is_empty()
    }

    /// Whether it asks nothing about a document but not to be one of those left out.
    #[must_use]
    pub fn only_leaves_out(&self) -> bool {
        let open = Self {
            without: Vec::new(),
            ..self.clone()
        };
        open.is_open() && !self.without.is_empty()
    }

    /// Whether a document with these attributes passes (its collection is not looked at).
    #[must_use]
    pub fn passes(&self, attributes: &Attributes) -> bool {
        let any =
            |wanted: &[String], has: &str| wanted.is_empty() || wanted.iter().any(|w| w == has);
        (self.documents.is_empty() || self.documents.contains(&attributes.document))
            && (self.tags.is_empty() || attributes.tags.iter().any(|tag| self.tags.contains(tag)))
            && any(&self.languages, &attributes.language)
            && any(&self.formats, &attributes.format)
            && self
                .added_after
                .is_none_or(|moment| attributes.added >= moment)
            && self
                .added_before
                .is_none_or(|moment| attributes.added < moment)
            && self.without.binary_search(&attributes.document).is_err()
    }
}

/// What indexes know of a document, to filter by. The catalog holds the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Which document.
    pub document: DocumentId,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its language (ISO 639-1), empty when unknown.
    pub language: String,
    /// Its format's name, such as `pdf`.
    pub format: String,
    /// When it was added.
    pub added: Timestamp,
}
