//! Experiments on live traffic, with what came out for each of their variants.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0008_create_table_experiments",
    down_loses: "every experiment with its figures",
    up: &[
        "CREATE TABLE experiments (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            name text NOT NULL,
            plan text NOT NULL,
            share {integer} NOT NULL,
            state text NOT NULL,
            stopped_why text,
            created {integer} NOT NULL,
            started {integer},
            stopped {integer},
            UNIQUE (tenant_id, name)
        ){strict}",
        "CREATE INDEX experiments_created ON experiments (tenant_id, created, id)",
        "CREATE UNIQUE INDEX experiments_running ON experiments (tenant_id) WHERE state = 'running'",
        "CREATE TABLE experiment_tallies (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            experiment_id {uuid} NOT NULL REFERENCES experiments (id),
            variant {integer} NOT NULL,
            asked {integer} NOT NULL,
            troubled {integer} NOT NULL,
            answered {integer} NOT NULL,
            support_count {integer} NOT NULL,
            support_sum {integer} NOT NULL,
            support_squares {integer} NOT NULL,
            latency_count {integer} NOT NULL,
            latency_sum {integer} NOT NULL,
            latency_squares {integer} NOT NULL,
            cost_sum {integer} NOT NULL,
            cost_squares {integer} NOT NULL,
            units {integer} NOT NULL,
            PRIMARY KEY (experiment_id, variant)
        ){strict}",
        "CREATE TABLE experiment_latencies (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            experiment_id {uuid} NOT NULL REFERENCES experiments (id),
            variant {integer} NOT NULL,
            step {integer} NOT NULL,
            answers {integer} NOT NULL,
            PRIMARY KEY (experiment_id, variant, step)
        ){strict}",
        "CREATE TABLE experiment_units (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            experiment_id {uuid} NOT NULL REFERENCES experiments (id),
            unit {bytes} NOT NULL,
            PRIMARY KEY (experiment_id, unit)
        ){strict}",
    ],
    down: &[
        "DROP TABLE experiment_units",
        "DROP TABLE experiment_latencies",
        "DROP TABLE experiment_tallies",
        "DROP TABLE experiments",
    ],
};
