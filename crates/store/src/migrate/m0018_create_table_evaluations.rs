//! What evaluations have found is kept, so that one can see how quality has changed.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0018_create_table_evaluations",
    down_loses: "what every evaluation has found",
    up: &[
        "CREATE TABLE evaluations (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            name text NOT NULL,
            body text NOT NULL,
            created {integer} NOT NULL
        ){strict}",
        "CREATE INDEX evaluations_created ON evaluations (tenant_id, created, id)",
    ],
    down: &["DROP TABLE evaluations"],
};
