//! Reads any bytes as pptx: as the part that holds its text, and as the whole file.

#![no_main]

use alexandria_extract_fuzz::{parse_as, parse_part};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parse_as("pptx", bytes);
    let others = [
        ("ppt/presentation.xml", r#"<p><sldId r:id="a"/></p>"#),
        (
            "ppt/_rels/presentation.xml.rels",
            r#"<R><Relationship Id="a" Type="t/slide" Target="slides/s.xml"/></R>"#,
        ),
    ];
    parse_part("pptx", "ppt/slides/s.xml", &others, bytes);
});
