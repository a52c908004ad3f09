//! The tables, one entity each. Ids are UUIDs (sixteen bytes on SQLite), times are microseconds
//! since 1970, lists are JSON text, digests are the thirty-two bytes of SHA-256.
//!
//! Chunks, embeddings and the outbox are read and written by statements of their own only. Joins are
//! written out where they are asked for, so no relations are declared here. The migrations
//! do not use these: a migration stays as it was when the tables move on.

#![expect(
    unreachable_pub,
    reason = "the derived parts of an entity are pub whatever it is"
)]

pub(super) mod answer;
pub(super) mod collection;
pub(super) mod document;
pub(super) mod document_tag;
pub(super) mod generation;
pub(super) mod idempotency_key;
pub(super) mod job;
pub(super) mod persona;
pub(super) mod version;
