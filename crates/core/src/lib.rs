//! The words of Alexandria and everything that can be computed without waiting.
//!
//! Nothing here reads a file, a socket, a clock or the environment, and nothing is `async`: values
//! in, value out. Every other crate speaks in these types, so a name here is the name in the
//! database, the API, the logs and the manual.

#![warn(missing_docs)]

pub mod access;
pub mod answer;
pub mod audit;
pub mod block;
pub mod budget;
pub mod check;
pub mod chunk;
pub mod citation;
pub mod clock;
pub mod conversation;
pub mod document;
pub mod erasure;
pub mod error;
pub mod evaluation;
pub mod experiment;
pub mod feedback;
pub mod filter;
pub mod find;
pub mod fold;
pub mod fusion;
pub mod id;
pub mod join;
pub mod label;
pub mod passage;
pub mod persona;
pub mod principal;
pub mod prompt;
pub mod question;
pub mod region;
pub mod security;
pub mod sentence;
pub mod space;
pub mod tenant;
pub mod token;
pub mod user;
pub mod words;
