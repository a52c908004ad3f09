//! The tables of the catalog, and the default tenant.
//!
//! Ids are UUIDs, times are microseconds since 1970, digests are SHA-256, lists are JSON.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {
    name: "m0001_create_table_catalog",
    down_loses: "every collection, document, version, vector and job",
    up: &[
        "CREATE TABLE tenants (
            id {uuid} NOT NULL PRIMARY KEY,
            name text NOT NULL,
            created {integer} NOT NULL
        ){strict}",
        "INSERT INTO tenants (id, name, created) VALUES ({default tenant}, 'default', {now})",
        "CREATE TABLE collections (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            name text NOT NULL,
            description text NOT NULL,
            created {integer} NOT NULL,
            changed {integer} NOT NULL,
            deleted {integer},
            outbox_pruned {integer} NOT NULL DEFAULT 0
        ){strict}",
        "CREATE UNIQUE INDEX collections_name ON collections (tenant_id, name)
            WHERE deleted IS NULL",
        "CREATE TABLE generations (
            id {uuid} NOT NULL PRIMARY KEY,
            model text NOT NULL,
            dimensions {integer} NOT NULL,
            chunk_policy text NOT NULL,
            state text NOT NULL CHECK (state IN ('building', 'live', 'retired')),
            created {integer} NOT NULL,
            UNIQUE (model, dimensions, chunk_policy)
        ){strict}",
        "CREATE UNIQUE INDEX generations_live ON generations (state) WHERE state = 'live'",
        "CREATE TABLE documents (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            collection_id {uuid} NOT NULL REFERENCES collections (id),
            title text NOT NULL,
            title_folded text NOT NULL,
            name text NOT NULL,
            authors text NOT NULL,
            format text NOT NULL,
            media_type text NOT NULL,
            language text,
            blob text NOT NULL,
            digest {bytes} NOT NULL,
            bytes {integer} NOT NULL,
            state text NOT NULL
                CHECK (state IN ('queued', 'reading', 'searchable', 'ready', 'failed')),
            version_id {uuid},
            pages {integer},
            chunks {integer} NOT NULL,
            embedded {integer} NOT NULL,
            faults text NOT NULL,
            added {integer} NOT NULL,
            changed {integer} NOT NULL,
            deleted {integer}
        ){strict}",
        "CREATE UNIQUE INDEX documents_digest ON documents (collection_id, digest)
            WHERE deleted IS NULL",
        "CREATE INDEX documents_by_tenant ON documents (tenant_id, added, id)
            WHERE deleted IS NULL",
        "CREATE INDEX documents_by_collection ON documents (collection_id, added, id)
            WHERE deleted IS NULL",
        "CREATE TABLE document_tags (
            document_id {uuid} NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            tag text NOT NULL,
            tenant_id {uuid} NOT NULL,
            PRIMARY KEY (document_id, tag)
        ){strict, without rowid}",
        "CREATE INDEX document_tags_by_tag ON document_tags (tenant_id, tag)",
        "CREATE TABLE versions (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            collection_id {uuid} NOT NULL REFERENCES collections (id),
            document_id {uuid} NOT NULL REFERENCES documents (id),
            generation_id {uuid} NOT NULL REFERENCES generations (id),
            number {integer} NOT NULL,
            original_blob text NOT NULL,
            text_blob text NOT NULL,
            layout_blob text NOT NULL,
            text_digest {bytes} NOT NULL,
            parser_name text NOT NULL,
            parser_version text NOT NULL,
            chunk_policy text NOT NULL,
            characters {integer} NOT NULL,
            pages {integer},
            chunks {integer} NOT NULL,
            embedded {integer} NOT NULL,
            state text NOT NULL CHECK (state IN ('building', 'published', 'retired')),
            faults text NOT NULL,
            created {integer} NOT NULL,
            published {integer},
            UNIQUE (document_id, number)
        ){strict}",
        "CREATE UNIQUE INDEX versions_published ON versions (document_id, generation_id)
            WHERE state = 'published'",
        "CREATE INDEX versions_by_space ON versions (collection_id, generation_id, id)
            WHERE state = 'published'",
        "CREATE TABLE chunks (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            version_id {uuid} NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
            ordinal {integer} NOT NULL,
            kind text NOT NULL,
            span_start {integer} NOT NULL,
            span_end {integer} NOT NULL,
            page {integer},
            section text NOT NULL,
            part text,
            item {integer},
            tokens {integer} NOT NULL,
            text_digest {bytes} NOT NULL,
            fold_key {integer},
            embedded {boolean} NOT NULL DEFAULT {false},
            text text NOT NULL
        ){strict}",
        "CREATE UNIQUE INDEX chunks_by_version ON chunks (version_id, ordinal)",
        "CREATE TABLE embeddings (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            model text NOT NULL,
            text_digest {bytes} NOT NULL,
            dimensions {integer} NOT NULL,
            vector {bytes} NOT NULL,
            PRIMARY KEY (tenant_id, model, text_digest)
        ){strict}",
        "CREATE TABLE outbox (
            seq {sequence},
            tenant_id {uuid} NOT NULL,
            collection_id {uuid} NOT NULL,
            generation_id {uuid} NOT NULL,
            kind text NOT NULL CHECK (kind IN ('add', 'vectors', 'remove', 'describe')),
            document_id {uuid} NOT NULL,
            version_id {uuid},
            from_ordinal {integer} NOT NULL,
            to_ordinal {integer} NOT NULL
        ){strict}",
        "CREATE INDEX outbox_by_space ON outbox (collection_id, generation_id, seq)",
        "CREATE TABLE jobs (
            id {uuid} NOT NULL PRIMARY KEY,
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            kind text NOT NULL,
            payload text NOT NULL,
            document_id {uuid},
            priority {integer} NOT NULL,
            run_at {integer} NOT NULL,
            lease_until {integer},
            lease_owner text,
            attempts {integer} NOT NULL,
            attempts_max {integer} NOT NULL,
            dedupe_key text,
            state text NOT NULL
                CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
            progress_done {integer} NOT NULL,
            progress_total {integer} NOT NULL,
            progress_unit text NOT NULL,
            last_error text,
            created {integer} NOT NULL,
            finished {integer}
        ){strict}",
        "CREATE UNIQUE INDEX jobs_dedupe ON jobs (tenant_id, dedupe_key)
            WHERE state IN ('waiting', 'running') AND dedupe_key IS NOT NULL",
        "CREATE INDEX jobs_waiting ON jobs (tenant_id, priority DESC, run_at, id)
            WHERE state = 'waiting'",
        "CREATE INDEX jobs_running ON jobs (tenant_id, lease_until) WHERE state = 'running'",
        "CREATE INDEX jobs_by_tenant ON jobs (tenant_id, created, id)",
        "CREATE INDEX jobs_by_document ON jobs (document_id) WHERE document_id IS NOT NULL",
        "CREATE TABLE idempotency_keys (
            tenant_id {uuid} NOT NULL REFERENCES tenants (id),
            request_key text NOT NULL,
            request_digest {bytes} NOT NULL,
            reply_status {integer},
            reply_body {bytes},
            created {integer} NOT NULL,
            PRIMARY KEY (tenant_id, request_key)
        ){strict}",
        "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created)",
    ],
    down: &[
        "DROP TABLE idempotency_keys",
        "DROP TABLE jobs",
        "DROP TABLE outbox",
        "DROP TABLE embeddings",
        "DROP TABLE chunks",
        "DROP TABLE versions",
        "DROP TABLE document_tags",
        "DROP TABLE documents",
        "DROP TABLE generations",
        "DROP TABLE collections",
        "DROP TABLE tenants",
    ],
};
