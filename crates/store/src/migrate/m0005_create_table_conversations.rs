//! Conversations are kept with their turns, so that a question can go on from earlier ones.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0005_create_table_conversations",
    down_loses: "every conversation with its turns",
    up: &[
        "CREATE TABLE conversations (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            actor text NOT NULL,
            title text NOT NULL,
            created {integer} NOT NULL,
            changed {integer} NOT NULL
        ){strict}",
        "CREATE INDEX conversations_actor ON conversations (tenant_id, actor, changed, id)",
        "CREATE INDEX conversations_changed ON conversations (changed)",
        "CREATE TABLE turns (
            conversation_id {uuid} NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            position {integer} NOT NULL,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            question text NOT NULL,
            standalone text NOT NULL,
            answer_id {uuid},
            body text NOT NULL,
            created {integer} NOT NULL,
            PRIMARY KEY (conversation_id, position)
        ){strict}",
        "CREATE INDEX turns_answer ON turns (answer_id)",
    ],
    down: &["DROP TABLE turns", "DROP TABLE conversations"],
};
