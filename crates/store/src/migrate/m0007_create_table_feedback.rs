//! What people think of answers, and the cases that are made of it.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0007_create_table_feedback",
    down_loses: "all feedback on answers and every case made of it",
    up: &[
        "CREATE TABLE feedback (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            actor text NOT NULL,
            answer_id {uuid} NOT NULL,
            thumb text NOT NULL,
            reason text,
            comment text,
            correction text,
            question text NOT NULL,
            copied text NOT NULL,
            experiment_id {uuid},
            variant {integer},
            created {integer} NOT NULL,
            changed {integer} NOT NULL,
            UNIQUE (tenant_id, actor, answer_id)
        ){strict}",
        "CREATE INDEX feedback_created ON feedback (tenant_id, created, id)",
        "CREATE INDEX feedback_answer ON feedback (tenant_id, answer_id)",
        "CREATE INDEX feedback_experiment ON feedback (tenant_id, experiment_id)",
        "CREATE TABLE evaluation_cases (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            answer_id {uuid} NOT NULL,
            question text NOT NULL,
            answers text NOT NULL,
            documents text NOT NULL,
            language text,
            created {integer} NOT NULL,
            UNIQUE (tenant_id, answer_id)
        ){strict}",
        "CREATE INDEX evaluation_cases_created ON evaluation_cases (tenant_id, created, id)",
    ],
    down: &["DROP TABLE evaluation_cases", "DROP TABLE feedback"],
};
