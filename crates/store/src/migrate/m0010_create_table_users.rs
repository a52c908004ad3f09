//! Tenants with a state, a plan and settings; their people, sessions, invitations and keys; who may
//! reach which collection; and labels of documents.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0010_create_table_users",
    down_loses: "people, sessions, keys, grants, labels of documents, and the settings of tenants",
    up: &[
        "ALTER TABLE tenants ADD COLUMN name_key text NOT NULL DEFAULT ''",
        "ALTER TABLE tenants ADD COLUMN state text NOT NULL DEFAULT 'active'
            CHECK (state IN ('active', 'suspended', 'ending', 'ended'))",
        "ALTER TABLE tenants ADD COLUMN region text",
        "ALTER TABLE tenants ADD COLUMN plan text NOT NULL DEFAULT 'unlimited'",
        "ALTER TABLE tenants ADD COLUMN quotas text NOT NULL DEFAULT '{}'",
        "ALTER TABLE tenants ADD COLUMN settings text NOT NULL DEFAULT '{}'",
        "ALTER TABLE tenants ADD COLUMN ends {integer}",
        "UPDATE tenants SET name_key = lower(name)",
        "CREATE INDEX tenants_name ON tenants (name_key)",
        "CREATE TABLE users (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            email text NOT NULL,
            email_key text NOT NULL,
            name text NOT NULL,
            phone_number text,
            role text NOT NULL
                CHECK (role IN ('owner', 'admin', 'editor', 'reader', 'billing', 'auditor')),
            state text NOT NULL CHECK (state IN ('active', 'suspended')),
            password_hash text,
            created {integer} NOT NULL,
            changed {integer} NOT NULL,
            signed_in {integer}
        ){strict}",
        "CREATE UNIQUE INDEX users_email ON users (tenant_id, email_key)",
        "CREATE INDEX users_by_email ON users (email_key)",
        "CREATE TABLE sessions (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            refresh_digest {bytes} NOT NULL,
            former_digest {bytes},
            strength text NOT NULL,
            address text NOT NULL,
            agent text NOT NULL,
            created {integer} NOT NULL,
            used {integer} NOT NULL,
            expires {integer} NOT NULL
        ){strict}",
        "CREATE UNIQUE INDEX sessions_refresh ON sessions (refresh_digest)",
        "CREATE INDEX sessions_former ON sessions (former_digest)",
        "CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id)",
        "CREATE TABLE invitations (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            email text NOT NULL,
            email_key text NOT NULL,
            role text NOT NULL
                CHECK (role IN ('owner', 'admin', 'editor', 'reader', 'billing', 'auditor')),
            digest {bytes} NOT NULL,
            made_by text NOT NULL,
            created {integer} NOT NULL,
            expires {integer} NOT NULL
        ){strict}",
        "CREATE UNIQUE INDEX invitations_digest ON invitations (digest)",
        "CREATE UNIQUE INDEX invitations_email ON invitations (tenant_id, email_key)",
        "CREATE TABLE api_keys (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            name text NOT NULL,
            tail text NOT NULL,
            digest {bytes} NOT NULL,
            scopes text NOT NULL,
            collections text,
            clearance {integer} NOT NULL,
            made_by text NOT NULL,
            created {integer} NOT NULL,
            used {integer},
            expires {integer},
            revoked {integer},
            successor_id {uuid}
        ){strict}",
        "CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest)",
        "CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, id)",
        "CREATE TABLE grants (
            collection_id {uuid} NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
            actor text NOT NULL,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            made_by text NOT NULL,
            created {integer} NOT NULL,
            PRIMARY KEY (collection_id, actor)
        ){strict, without rowid}",
        "CREATE INDEX grants_by_actor ON grants (tenant_id, actor)",
        "ALTER TABLE collections ADD COLUMN access text NOT NULL DEFAULT 'tenant'
            CHECK (access IN ('tenant', 'granted'))",
        "ALTER TABLE documents ADD COLUMN classification {integer} NOT NULL DEFAULT 1",
        "CREATE INDEX documents_classified ON documents (tenant_id, classification, id)
            WHERE classification > 1 AND deleted IS NULL",
    ],
    down: &[
        "DROP INDEX documents_classified",
        "ALTER TABLE documents DROP COLUMN classification",
        "ALTER TABLE collections DROP COLUMN access",
        "DROP TABLE grants",
        "DROP TABLE api_keys",
        "DROP TABLE invitations",
        "DROP TABLE sessions",
        "DROP TABLE users",
        "DROP INDEX tenants_name",
        "ALTER TABLE tenants DROP COLUMN ends",
        "ALTER TABLE tenants DROP COLUMN settings",
        "ALTER TABLE tenants DROP COLUMN quotas",
        "ALTER TABLE tenants DROP COLUMN plan",
        "ALTER TABLE tenants DROP COLUMN region",
        "ALTER TABLE tenants DROP COLUMN state",
        "ALTER TABLE tenants DROP COLUMN name_key",
    ],
};
