//! What models of providers have used, summed up by day, so that it can be reported and limited.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0009_create_table_usage",
    down_loses: "what models have used and cost so far",
    up: &["CREATE TABLE usage_days (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            day text NOT NULL,
            feature text NOT NULL,
            provider text NOT NULL,
            model text NOT NULL,
            calls {integer} NOT NULL,
            prompt_tokens {integer} NOT NULL,
            completion_tokens {integer} NOT NULL,
            cached_tokens {integer} NOT NULL,
            cost_micros {integer} NOT NULL,
            PRIMARY KEY (tenant_id, day, feature, provider, model)
        ){strict}"],
    down: &["DROP TABLE usage_days"],
};
