//! What a file is: told by its bytes. Its name only decides between plain formats that look alike.

use alexandria_core::block::FaultKind;

use crate::encoding;
use crate::failure::{Failure, Result};
use crate::formats::FORMATS;
use crate::limits::Limits;
use crate::zip::Archive;
use crate::{Format, detect_text};

/// Where `%PDF-` may stand at the latest, in bytes.
const PDF_HEAD_BYTES: usize = 1024;

/// How much of a text is looked at, in bytes.
const TEXT_HEAD_BYTES: usize = 64 << 10;

/// Finds the format of a file by its content; `name` breaks ties between plain formats.
///
/// # Errors
/// A [`Failure`] saying what the file seems to be and what to do instead, when it is empty, encrypted
/// or nothing that is read.
pub fn detect(bytes: &[u8], name: &str) -> Result<&'static Format> {
    if bytes.is_empty() {
        return Err(Failure::new(
            FaultKind::NoText,
            "this file is empty; add it again once it has content",
        ));
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(Failure::malformed(
            "this file holds nothing but zero bytes; its content was lost; restore it from a copy",
        ));
    }
    if let Some(name) = magic(bytes) {
        return named(name);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return named(zip_format(bytes)?);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return named(ole_format(bytes)?);
    }
    if has_pdf_head(bytes) {
        return named("pdf");
    }
    if let Some(message) = known_but_unread(bytes) {
        return Err(Failure::unsupported(message));
    }
    let head = whole_characters(bytes.get(..TEXT_HEAD_BYTES).unwrap_or(bytes));
    let text = encoding::decode(head);
    if is_binary(&text) {
        return Err(Failure::unsupported(
            "this is not a kind of file that can be read; save it as PDF, EPUB, Word, HTML or \
             plain text and add that",
        ));
    }
    named(detect_text::text_format(&text, name))
}

/// The line of the table of formats, for a format that detection has found.
fn named(name: &str) -> Result<&'static Format> {
    FORMATS
        .iter()
        .find(|format| format.name == name)
        .ok_or_else(|| {
            Failure::unsupported(format!(
                "files of the kind \"{name}\" are not read; save it as PDF"
            ))
        })
}

/// Formats that their first bytes name.
fn magic(bytes: &[u8]) -> Option<&'static str> {
    const PICTURES: [&[u8]; 9] = [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF87a",
        b"GIF89a",
        b"II*\0",
        b"MM\0*",
        b"BM",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"\xff\x4f\xff\x51",
    ];
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let picture = PICTURES.iter().find(|magic| bytes.starts_with(magic));
    match picture {
        // Two letters prove little: a bitmap also says its own length.
        Some(&b"BM") => bytes
            .get(6..10)
            .is_some_and(|zero| zero == [0; 4])
            .then_some("image"),
        Some(_) => Some("image"),
        None if is_webp => Some("image"),
        None => {
            let start = bytes
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(bytes)
                .trim_ascii_start();
            start.starts_with(b"{\\rtf").then_some("rtf")
        }
    }
}

/// Whether this is a PDF, perhaps behind other bytes: a text that only speaks of PDF has no objects.
fn has_pdf_head(bytes: &[u8]) -> bool {
    let head = bytes.get(..PDF_HEAD_BYTES).unwrap_or(bytes);
    let Some(at) = find(head, b"%PDF-") else {
        return false;
    };
    at == 0 || find(bytes, b" obj").is_some() || find(bytes, b"startxref").is_some()
}

/// What a zip archive is, by the members that its format prescribes.
fn zip_format(bytes: &[u8]) -> Result<&'static str> {
    let mut archive = Archive::open(bytes, &Limits::default())?;
    if let Some(mimetype) = archive.read("mimetype")? {
        let mimetype = String::from_utf8_lossy(&mimetype);
        match mimetype.trim() {
            "application/epub+zip" => return Ok("epub"),
            kind if kind.starts_with("application/vnd.oasis.opendocument.text") => {
                return Ok("odt");
            }
            kind if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") => {
                return Ok("ods");
            }
            kind if kind.starts_with("application/vnd.oasis.opendocument") => {
                return Err(Failure::unsupported(
                    "OpenDocument presentations and drawings are not read; save it as PDF or \
                     PowerPoint (.pptx) and add that",
                ));
            }
            _ => {}
        }
    }
    if let Some(types) = archive.read("[Content_Types].xml")? {
        let types = encoding::decode(&types);
        let kinds = [
            ("wordprocessingml", "docx"),
            ("ms-word", "docx"),
            ("presentationml.", "pptx"),
            ("ms-powerpoint", "pptx"),
            ("sheet.binary", "xlsb"),
            ("spreadsheetml.sheet", "xlsx"),
            ("spreadsheetml.template", "xlsx"),
            ("ms-excel", "xlsx"),
        ];
        // The main part's type ends in "main+xml" (or is binary): a Word file may hold sheets.
        let mains = types
            .split(['"', '\''])
            .filter(|value| value.contains("main"));
        let main = mains.clone().find_map(|value| {
            kinds
                .iter()
                .find(|(kind, _)| value.contains(kind))
                .map(|(_, name)| *name)
        });
        let by_part = [
            ("word/document.xml", "docx"),
            ("ppt/presentation.xml", "pptx"),
            ("xl/workbook.bin", "xlsb"),
            ("xl/workbook.xml", "xlsx"),
        ];
        let part = by_part
            .iter()
            .find(|(part, _)| archive.has(part))
            .map(|(_, name)| *name);
        if let Some(name) = part.or(main) {
            return Ok(name);
        }
    }
    if archive.has("META-INF/container.xml") {
        return Ok("epub");
    }
    if archive.has("content.xml") {
        return Ok("odt");
    }
    if archive.has("Index/Document.iwa") || archive.has("Index.zip") {
        return Err(Failure::unsupported(
            "Pages, Numbers and Keynote files are not read; export it as PDF or Word and add that",
        ));
    }
    Err(Failure::unsupported(
        "archives are not read; unpack it and add the files it holds",
    ))
}

/// What an OLE compound file is, by the names in its directory.
fn ole_format(bytes: &[u8]) -> Result<&'static str> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(wide.len() + 2)
            .unwrap_or_default()
            .to_le_bytes();
        // Directory entries are 128 bytes each, in sectors that begin at multiples of 512.
        bytes
            .get(512..)
            .unwrap_or_default()
            .chunks_exact(128)
            .any(|entry| entry.starts_with(&wide) && entry.get(64..66) == Some(length.as_slice()))
    };
    if has("EncryptedPackage") {
        return Err(Failure::encrypted(
            "this file needs a password; open it, save it without a password and add that",
        ));
    }
    if has("Workbook") || has("Book") {
        return Ok("xls");
    }
    let (kind, remedy) = if has("WordDocument") {
        ("Word files of the old kind (.doc)", "save it as .docx")
    } else if has("PowerPoint Document") {
        (
            "PowerPoint files of the old kind (.ppt)",
            "save it as .pptx",
        )
    } else if has("__properties_version1.0") {
        ("Outlook messages (.msg)", "save it as .eml")
    } else {
        ("files of this old Office kind", "save it as PDF or .docx")
    };
    Err(Failure::unsupported(format!(
        "{kind} are not read; {remedy} and add that"
    )))
}

/// The sentence for kinds that are known and not read.
fn known_but_unread(bytes: &[u8]) -> Option<&'static str> {
    const ARCHIVE: &str = "archives are not read; unpack it and add the files it holds";
    const SOUND: &str = "sound and film are not read; add a transcript as text";
    const PROGRAM: &str = "programs are not read; add documents";
    const KINDS: [(usize, &[u8], &str); 21] = [
        (0, b"\x1f\x8b", ARCHIVE),
        (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
        (0, b"Rar!\x1a\x07", ARCHIVE),
        (0, b"BZh", ARCHIVE),
        (0, b"\xfd7zXZ\0", ARCHIVE),
        (0, b"\x28\xb5\x2f\xfd", ARCHIVE),
        (257, b"ustar", ARCHIVE),
        (0, b"ID3", SOUND),
        (0, b"OggS", SOUND),
        (0, b"fLaC", SOUND),
        (4, b"ftypM4", SOUND),
        (4, b"ftypisom", SOUND),
        (4, b"ftypmp4", SOUND),
        (4, b"ftypqt", SOUND),
        (8, b"WAVE", SOUND),
        (0, b"\x1a\x45\xdf\xa3", SOUND),
        (0, b"\x7fELF", PROGRAM),
        (0, b"MZ\x90\0", PROGRAM),
        (
            0,
            b"SQLite format 3\0",
            "databases are not read; export its tables as CSV and add that",
        ),
        (
            60,
            b"BOOKMOBI",
            "Kindle books are not read; convert it to EPUB and add that",
        ),
        (
            0,
            b"AT&TFORM",
            "DjVu files are not read; convert it to PDF and add that",
        ),
    ];
    let is = |(at, magic, _): &&(usize, &[u8], &str)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic))
    };
    KINDS.iter().find(is).map(|(_, _, message)| *message)
}

/// Text without the part of a character that it ends with, in UTF-8 or in units of two bytes.
fn whole_characters(head: &[u8]) -> &[u8] {
    let length = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => head.len() - head.len() % 2,
    };
    head.get(..length).unwrap_or(head)
}

/// Whether decoded text holds more controls and broken characters than a damaged text would.
fn is_binary(text: &str) -> bool {
    let odd = |c: char| {
        (c.is_control()
            && !matches!(
                c,
                '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}' | '\u{1b}' | '\u{85}'
            ))
            || c == '\u{fffd}'
    };
    let count = text.chars().filter(|character| odd(*character)).count();
    count * 50 > text.chars().count()
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}
