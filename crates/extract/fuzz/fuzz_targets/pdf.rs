//! Reads any bytes as PDF.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alexandria_extract_fuzz::parse_as("pdf", bytes));
