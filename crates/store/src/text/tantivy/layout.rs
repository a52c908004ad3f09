//! The fields of an entry in the index, and the keys that entries are found and removed by.

use ::tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use alexandria_core::id::{CollectionId, VersionId};

use super::question::Fields;

/// The fields of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) text: Fields,
    /// Collection and chunk.
    pub(super) chunk: Field,
    /// Collection and version.
    pub(super) version: Field,
    /// Collection and document.
    pub(super) document: Field,
    pub(super) collection: Field,
    pub(super) chunk_high: Field,
    pub(super) chunk_low: Field,
}

impl Layout {
    pub(super) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let words = |option| {
            let indexing = TextFieldIndexing::default().set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let layout = Self {
            text: Fields {
                words: schema
                    .add_text_field("words", words(IndexRecordOption::WithFreqsAndPositions)),
                title: schema.add_text_field("title", words(IndexRecordOption::WithFreqs)),
            },
            chunk: schema.add_bytes_field("chunk", INDEXED),
            version: schema.add_bytes_field("version", INDEXED),
            document: schema.add_bytes_field("document", INDEXED),
            collection: schema.add_bytes_field("collection", INDEXED),
            chunk_high: schema.add_u64_field("chunk_high", FAST),
            chunk_low: schema.add_u64_field("chunk_low", FAST),
        };
        (schema.build(), layout)
    }
}

pub(super) fn key(collection: CollectionId, other: [u8; 16]) -> [u8; 32] {
    let mut key = [0; 32];
    let (first, second) = key.split_at_mut(16);
    first.copy_from_slice(&collection.to_bytes());
    second.copy_from_slice(&other);
    key
}

pub(super) fn version_key(collection: CollectionId, version: VersionId) -> [u8; 32] {
    key(collection, version.to_bytes())
}
