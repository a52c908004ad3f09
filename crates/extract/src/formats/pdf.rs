//! PDF: text with the place of every character, headings, tables, and pictures of pages.
//!
//! The file is interpreted by hayro, whose programming interface changes with every release: only
//! this folder knows it. A page goes through [`glyph`] (what is drawn), [`row`] (what stands on a
//! line), [`order`] (which line comes next), [`furniture`] (what is left out), [`paragraph`] and
//! [`heading`]. Pages are given out a few pages after they are read, because running heads show
//! only beside their neighbours; memory does not grow with the number of pages.

mod bookmark;
mod character;
mod content;
mod device;
mod document;
mod draft;
mod furniture;
mod glyph;
mod heading;
mod order;
mod page;
mod paragraph;
mod picture;
pub mod recognised;
mod row;
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;

use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::{Format, Sink, Source};

pub(crate) use document::{Furniture, read};
pub(crate) use picture::{first_page, picture};

/// The line of the table of formats.
pub(crate) const FORMAT: Format = Format {
    name: "pdf",
    media_types: &["application/pdf", "application/x-pdf"],
    extensions: &["pdf"],
    paged: true,
    parse,
};

/// Reads a PDF file.
fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    read(source, limits, Furniture::LeftOut, sink)
}

/// The bytes of a source, in the shape in which the interpreter holds them.
struct Bytes(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// Opens a file: its cross-reference table and page tree.
fn open(source: &Source) -> Result<Pdf> {
    let bytes = Arc::new(Bytes(Arc::clone(&source.bytes)));
    let opened = catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes)));
    let error = match opened {
        Ok(Ok(pdf)) if pdf.pages().is_empty() => None,
        Ok(Ok(pdf)) => return Ok(pdf),
        Ok(Err(error)) => Some(error),
        Err(_) => None,
    };
    Err(match error {
        Some(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => Failure::encrypted(
            "this PDF file needs a password; save a copy without a password and add that",
        ),
        Some(LoadPdfError::Decryption(
            DecryptionError::UnsupportedAlgorithm
            | DecryptionError::InvalidEncryption
            | DecryptionError::MissingIDEntry,
        )) => Failure::encrypted(
            "this PDF file is protected in a way that cannot be read; save a copy without \
             protection and add that",
        ),
        Some(LoadPdfError::Invalid) | None => Failure::malformed(
            "this PDF file is damaged: no page of it can be found; save or download it again, or \
             print it to a new PDF file, and add that",
        ),
    })
}

/// A text string of a PDF dictionary as plain text: UTF-16, UTF-8, or the format's own 8-bit code.
fn text_string(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| document_character(*byte)).collect(),
        },
    };
    let plain: String = text
        .nfc()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(read(pair.try_into().ok()?)));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// A character of `PDFDocEncoding`: Latin-1 but for one stretch.
fn document_character(byte: u8) -> char {
    const STRETCH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', ' ', '€',
    ];
    match byte {
        0x80..=0xA0 => STRETCH
            .get(usize::from(byte) - 0x80)
            .copied()
            .unwrap_or(' '),
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_read_in_every_encoding() {
        for (bytes, expected) in [
            (b"Plain".as_slice(), "Plain"),
            (b"\xFE\xFF\x00\xDC\x00b", "Üb"),
            (b"\xFF\xFE\xDC\x00b\x00", "Üb"),
            (b"\xEF\xBB\xBF\xC3\x9Cb", "Üb"),
            (b"\xDCb \x84 x", "Üb — x"),
            (b"  two\r\nlines\x00 ", "two lines"),
            (b"\xFE\xFF\xD8\x00", "\u{FFFD}"),
        ] {
            assert_eq!(text_string(bytes), expected);
        }
    }
}
