//! Finds out what any bytes are, and reads them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| alexandria_extract_fuzz::parse_any(bytes));
