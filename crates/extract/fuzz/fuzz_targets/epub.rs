//! Reads any bytes as epub: as the part that holds its text, and as the whole file.

#![no_main]

use alexandria_extract_fuzz::{parse_as, parse_part};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parse_as("epub", bytes);
    let others = [(
        "p.opf",
        r#"<p><item id="a" href="c.xhtml"/><item id="n" href="c.xhtml" properties="nav"/><itemref idref="a"/></p>"#,
    )];
    parse_part("epub", "c.xhtml", &others, bytes);
});
