//! Personas: names under which the library answers in a voice and from some collections.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0006_create_table_personas",
    down_loses: "every persona",
    up: &[
        "CREATE TABLE personas (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            name text NOT NULL,
            name_key text NOT NULL,
            voice text NOT NULL,
            collections text NOT NULL,
            created {integer} NOT NULL,
            changed {integer} NOT NULL
        ){strict}",
        "CREATE UNIQUE INDEX personas_name ON personas (tenant_id, name_key)",
        "CREATE INDEX personas_by_tenant ON personas (tenant_id, id)",
    ],
    down: &["DROP TABLE personas"],
};
