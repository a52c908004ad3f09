//! Every call of a model with who caused it and what it cost; budgets, what they have been used for in
//! each month, what is set aside for calls under way, and what people are to be told of it.
//!
//! What was summed up by day before goes into the months, so that a budget does not begin again.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0013_create_table_budgets",
    down_loses: "single calls of models with their cost by person, key and component; budgets; alerts",
    up: &[
        "CREATE TABLE usage_entries (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            moment {integer} NOT NULL,
            day text NOT NULL,
            actor text NOT NULL,
            request text,
            feature text NOT NULL,
            component text NOT NULL,
            provider text NOT NULL,
            model text NOT NULL,
            prompt_tokens {integer} NOT NULL,
            completion_tokens {integer} NOT NULL,
            cached_tokens {integer} NOT NULL,
            cost_micros {integer} NOT NULL,
            estimated {integer} NOT NULL
        ){strict}",
        "CREATE INDEX usage_entries_by_moment ON usage_entries (tenant_id, moment, id)",
        "CREATE TABLE usage_months (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            month text NOT NULL,
            kind text NOT NULL,
            subject text NOT NULL,
            calls {integer} NOT NULL DEFAULT 0,
            questions {integer} NOT NULL DEFAULT 0,
            tokens {integer} NOT NULL DEFAULT 0,
            cost_micros {integer} NOT NULL DEFAULT 0,
            PRIMARY KEY (tenant_id, month, kind, subject)
        ){strict}",
        "INSERT INTO usage_months (tenant_id, month, kind, subject, calls, tokens, cost_micros)
            SELECT tenant_id, substr(day, 1, 7), 'tenant', '', SUM(calls),
                SUM(prompt_tokens + completion_tokens), SUM(cost_micros)
            FROM usage_days GROUP BY tenant_id, substr(day, 1, 7)",
        "INSERT INTO usage_months (tenant_id, month, kind, subject, calls, tokens, cost_micros)
            SELECT tenant_id, substr(day, 1, 7), 'feature', feature, SUM(calls),
                SUM(prompt_tokens + completion_tokens), SUM(cost_micros)
            FROM usage_days GROUP BY tenant_id, substr(day, 1, 7), feature",
        "CREATE TABLE usage_reservations (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            actor_kind text NOT NULL,
            actor text NOT NULL,
            feature text NOT NULL,
            component text NOT NULL,
            tokens {integer} NOT NULL,
            cost_micros {integer} NOT NULL,
            expires {integer} NOT NULL
        ){strict}",
        "CREATE INDEX usage_reservations_by_tenant ON usage_reservations (tenant_id, expires)",
        "CREATE TABLE budgets (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            kind text NOT NULL
                CHECK (kind IN ('tenant', 'user', 'key', 'feature', 'component')),
            subject text NOT NULL,
            micros_max {integer},
            micros_alert {integer},
            made_by text NOT NULL,
            changed {integer} NOT NULL,
            PRIMARY KEY (tenant_id, kind, subject)
        ){strict}",
        "CREATE TABLE notices (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            about text NOT NULL,
            subject text NOT NULL,
            period text NOT NULL,
            way text NOT NULL,
            body text NOT NULL,
            created {integer} NOT NULL,
            due {integer},
            attempts {integer} NOT NULL DEFAULT 0,
            sent {integer},
            last_error text,
            UNIQUE (tenant_id, about, subject, period, way)
        ){strict}",
        "CREATE INDEX notices_by_due ON notices (due)",
    ],
    down: &[
        "DROP TABLE notices",
        "DROP TABLE budgets",
        "DROP TABLE usage_reservations",
        "DROP TABLE usage_months",
        "DROP TABLE usage_entries",
    ],
};
