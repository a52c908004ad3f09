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
    reason = "a test says what it measured, and what it could not try"
)]

mod door {
    mod addresses;
    mod cgroup;
    mod commands;
    mod disk;
    mod evaluation;
    mod faults;
    mod hostile;
    mod kills;
    mod limits;
    mod memory;
    mod operations;
    mod paths;
    mod protocol;
    mod support;
}
