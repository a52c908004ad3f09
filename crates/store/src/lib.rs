//! Everything that remembers: the catalog, the blobs, the vectors, the text index.
//!
//! The catalog and the blobs are the truth. Vectors and text index are derived: each follows the
//! catalog's outbox with its own position, and can be dropped and built again at any time.

#![warn(missing_docs)]

pub mod blobs;
pub mod cache;
pub mod catalog;
pub mod layout;
pub mod metrics;
pub mod migrate;
pub mod seal;
pub mod text;
pub mod vectors;
