//! Documents are listed by title, name, size and last change as quickly as by age.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0017_add_documents_orders",
    down_loses: "the speed of lists by title, name, size and last change",
    up: &[
        "CREATE INDEX documents_by_title ON documents (tenant_id, title_folded, id)
            WHERE deleted IS NULL",
        "CREATE INDEX documents_by_name ON documents (tenant_id, lower(name), id)
            WHERE deleted IS NULL",
        "CREATE INDEX documents_by_size ON documents (tenant_id, bytes, id)
            WHERE deleted IS NULL",
        "CREATE INDEX documents_by_change ON documents (tenant_id, changed, id)
            WHERE deleted IS NULL",
    ],
    down: &[
        "DROP INDEX documents_by_change",
        "DROP INDEX documents_by_size",
        "DROP INDEX documents_by_name",
        "DROP INDEX documents_by_title",
    ],
};
