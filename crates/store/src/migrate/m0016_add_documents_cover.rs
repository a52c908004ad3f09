//! Documents are shown by a small picture, which lies among the blobs. The column is null until somebody
//! has tried to make one, and empty for a document that has none.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0016_add_documents_cover",
    down_loses: "the covers of all documents, which are made again",
    up: &["ALTER TABLE documents ADD COLUMN cover_blob text"],
    down: &["ALTER TABLE documents DROP COLUMN cover_blob"],
};
