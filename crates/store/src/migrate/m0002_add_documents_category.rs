//! Documents may say what they are about, in one word or two.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0002_add_documents_category",
    down_loses: "the categories of all documents",
    up: &["ALTER TABLE documents ADD COLUMN category text"],
    down: &["ALTER TABLE documents DROP COLUMN category"],
};
