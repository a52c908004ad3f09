//! Reads any bytes as xlsx: as the part that holds its text, and as the whole file.

#![no_main]

use alexandria_extract_fuzz::{parse_as, parse_part};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    parse_as("xlsx", bytes);
    let others = [
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/s.xml"/></Relationships>"#,
        ),
    ];
    parse_part("xlsx", "xl/worksheets/s.xml", &others, bytes);
});
