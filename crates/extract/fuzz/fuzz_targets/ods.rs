//! Reads any bytes as ods: as the part that holds its text, and as the whole file.

#![no_main]

use alexandria_extract_fuzz::{parse_as, parse_part};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parse_as("ods", bytes);
    let others = [(
        "mimetype",
        r#"application/vnd.oasis.opendocument.spreadsheet"#,
    )];
    parse_part("ods", "content.xml", &others, bytes);
});
