//! What every fuzz target does with its bytes.

use std::io::{Cursor, Write};

use alexandria_core::block::Parsed;
use alexandria_extract::{FORMATS, Limits, Source, extract};

/// Reads bytes as a file of the format of this name and asks that every block is clean. Refusing is
/// as good as reading.
pub fn parse_as(name: &str, bytes: &[u8]) {
    let format = FORMATS
        .iter()
        .find(|format| format.name == name)
        .expect("a format of the table");
    let mut parsed = Parsed::default();
    (format.parse)(&Source::new(bytes.to_vec(), "x"), &limits(), &mut parsed).ok();
    check(&parsed);
}

/// Reads bytes as the part that holds the text of a packed format: bytes that are a whole archive are
/// too rare to be found by chance.
pub fn parse_part(name: &str, part: &str, others: &[(&str, &str)], bytes: &[u8]) {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let members = others.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (member, content) in members.chain([(part, bytes)]) {
        writer
            .start_file(member, options)
            .expect("a member of an archive in memory");
        writer.write_all(content).expect("bytes into memory");
    }
    let archive = writer.finish().expect("an archive in memory").into_inner();
    parse_as(name, &archive);
}

/// Finds out what the bytes are, then reads them.
pub fn parse_any(bytes: &[u8]) {
    let mut parsed = Parsed::default();
    extract(&Source::new(bytes.to_vec(), "x"), &limits(), &mut parsed).ok();
    check(&parsed);
}

fn limits() -> Limits {
    Limits {
        output_bytes: 4 << 20,
        zip_entry_bytes: 4 << 20,
        zip_total_bytes: 8 << 20,
        pixels: 1 << 20,
        ..Limits::default()
    }
}

fn check(parsed: &Parsed) {
    for block in &parsed.blocks {
        let is_clean = |character: char| !character.is_control() || character == '\n';
        assert!(block.text.chars().all(is_clean));
    }
}
