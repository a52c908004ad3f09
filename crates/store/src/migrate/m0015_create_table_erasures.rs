//! What was erased, with its receipts; what people have accepted; who put a document in; and addresses
//! beside the audit log instead of in it, so that they can be erased without breaking the chain.
//!
//! Receipts outlive a tenant, as its audit log does, so they do not refer to its row.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0015_create_table_erasures",
    down_loses: "receipts of erasures, what people have accepted, who put documents in, and the \
                 addresses of entries of the audit log",
    up: &[
        "CREATE TABLE erasures (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            kind text NOT NULL CHECK (kind IN ('user', 'document')),
            subject {uuid} NOT NULL,
            moment {integer} NOT NULL,
            receipt text NOT NULL
        ){strict}",
        "CREATE INDEX erasures_by_tenant ON erasures (tenant_id, moment, id)",
        "CREATE INDEX erasures_by_moment ON erasures (moment)",
        "CREATE TABLE consents (
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            version text NOT NULL,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            moment {integer} NOT NULL,
            PRIMARY KEY (user_id, version)
        ){strict, without rowid}",
        "CREATE TABLE audit_addresses (
            tenant_id {uuid} NOT NULL,
            sequence {integer} NOT NULL,
            address text NOT NULL,
            salt {bytes} NOT NULL,
            PRIMARY KEY (tenant_id, sequence)
        ){strict, without rowid}",
        "CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, sequence)",
        "ALTER TABLE documents ADD COLUMN added_by text",
        "CREATE INDEX documents_by_adder ON documents (tenant_id, added_by)
            WHERE added_by IS NOT NULL",
        "ALTER TABLE idempotency_keys ADD COLUMN actor text",
    ],
    down: &[
        "ALTER TABLE idempotency_keys DROP COLUMN actor",
        "DROP INDEX documents_by_adder",
        "ALTER TABLE documents DROP COLUMN added_by",
        "DROP INDEX audit_log_by_actor",
        "DROP TABLE audit_addresses",
        "DROP TABLE consents",
        "DROP TABLE erasures",
    ],
};
