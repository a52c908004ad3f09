//! Everything through the doors that people use: the binary as a server and as a command line, in
//! directories of its own, on free ports.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, and says where"
)]
#![expect(
    clippy::print_stdout,
    reason = "what a test measured, or why it did not run, is for the one who reads its output"
)]

mod door {
    mod access;
    mod acme;
    mod addresses;
    mod answers;
    mod audit;
    mod authenticator;
    mod budgets;
    mod cgroup;
    mod clients;
    mod commands;
    mod conformance;
    mod conversations;
    mod covers;
    mod disk;
    mod evaluation;
    mod experiments;
    mod factors;
    mod faults;
    mod federation;
    mod front;
    mod hostile;
    mod isolation;
    mod jobs;
    mod key_server;
    mod keys;
    mod kills;
    mod limits;
    mod listing;
    mod local_model;
    mod mcp;
    mod memory;
    mod openai;
    mod operations;
    mod outlook;
    mod paper;
    mod passkeys;
    mod paths;
    mod personas;
    #[path = "../../../store/tests/support/postgres.rs"]
    mod postgres;
    mod privacy;
    mod processes;
    mod protocol;
    mod providers;
    mod questions;
    mod rates;
    mod reader;
    mod recorder;
    mod redis_tls;
    mod regions;
    mod retention;
    mod scim;
    mod sealed;
    mod servers;
    mod settings;
    mod streams;
    mod support;
    mod tls;
}
