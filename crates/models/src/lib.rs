//! Everything that thinks and may cost money: embedders, generators and recognisers of printed text.
//!
//! What a call used is part of what it returns, so that nothing is spent without being counted.

#![warn(missing_docs)]

pub mod embedder;
pub mod generator;
pub mod metrics;
pub mod provider;
pub mod recogniser;
