//! Whom a person is to those who vouch for people, and the sign-ins with them that are under way.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0014_create_table_user_identities",
    down_loses: "which people are known to providers of identities, and sign-ins under way",
    up: &[
        "CREATE TABLE user_identities (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            issuer text NOT NULL,
            subject text NOT NULL,
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            created {integer} NOT NULL,
            PRIMARY KEY (tenant_id, issuer, subject)
        ){strict, without rowid}",
        "CREATE INDEX user_identities_by_user ON user_identities (user_id)",
        "CREATE TABLE oidc_flows (
            digest {bytes} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            nonce text NOT NULL,
            verifier text NOT NULL,
            return_to text,
            expires {integer} NOT NULL
        ){strict, without rowid}",
        "CREATE INDEX oidc_flows_expired ON oidc_flows (expires)",
        "CREATE TABLE oidc_codes (
            digest {bytes} NOT NULL PRIMARY KEY,
            flow_digest {bytes} NOT NULL,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            strength text NOT NULL CHECK (strength IN ('oidc', 'mfa')),
            expires {integer} NOT NULL
        ){strict, without rowid}",
        "CREATE INDEX oidc_codes_expired ON oidc_codes (expires)",
    ],
    down: &[
        "DROP TABLE oidc_codes",
        "DROP TABLE oidc_flows",
        "DROP TABLE user_identities",
    ],
};
