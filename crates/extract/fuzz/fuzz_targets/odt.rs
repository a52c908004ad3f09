//! Reads any bytes as odt: as the part that holds its text, and as the whole file.

#![no_main]

use alexandria_extract_fuzz::{parse_as, parse_part};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parse_as("odt", bytes);
    let others = [];
    parse_part("odt", "content.xml", &others, bytes);
});
