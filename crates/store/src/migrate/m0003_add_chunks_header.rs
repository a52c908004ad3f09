//! A chunk that continues a table knows the table's header row, so that it is found by its columns.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0003_add_chunks_header",
    down_loses: "the header rows that pieces of tables are found by",
    up: &["ALTER TABLE chunks ADD COLUMN header text"],
    down: &["ALTER TABLE chunks DROP COLUMN header"],
};
