//! Answers are kept with their citations and verdicts, so that they can be verified again.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0004_create_table_answers",
    down_loses: "every answer that was kept",
    up: &[
        "CREATE TABLE answers (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            actor text NOT NULL,
            question text NOT NULL,
            body text NOT NULL,
            created {integer} NOT NULL
        ){strict}",
        "CREATE INDEX answers_actor ON answers (tenant_id, actor, created, id)",
        "CREATE INDEX answers_created ON answers (created)",
    ],
    down: &["DROP TABLE answers"],
};
