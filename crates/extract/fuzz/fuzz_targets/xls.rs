//! Reads any bytes as xls.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alexandria_extract_fuzz::parse_as("xls", bytes));
