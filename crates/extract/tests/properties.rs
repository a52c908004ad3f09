//! Laws that hold for any bytes: no parser panics, and every block is clean. `PROPTEST_CASES` asks for
//! more cases than the usual few hundred.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking and says what it saw"
)]

use std::io::{Cursor, Write};

use alexandria_core::block::Parsed;
use alexandria_extract::worker::{Frame, Frames, Request, serve};
use alexandria_extract::{FORMATS, Format, Limits, Source, collect};
use proptest::prelude::*;
use unicode_normalization::is_nfc;
use zip::write::SimpleFileOptions;

fn limits() -> Limits {
    Limits {
        output_bytes: 1 << 20,
        zip_total_bytes: 4 << 20,
        ..Limits::default()
    }
}

/// Every block is composed, seen and in place.
fn check(parsed: Parsed) -> Result<(), TestCaseError> {
    for block in &parsed.blocks {
        prop_assert!(!block.text.is_empty());
        prop_assert!(is_nfc(&block.text));
        let is_clean = |c: char| !c.is_control() || c == '\n';
        prop_assert!(block.text.chars().all(is_clean), "{:?}", block.text);
        prop_assert!(block.place.span.is_empty());
    }
    let (text, stored) = parsed.store();
    for block in &stored.blocks {
        prop_assert_eq!(block.place.span.of(&text), Some(block.text.as_str()));
    }
    Ok(())
}

fn parse(format: &Format, bytes: Vec<u8>) -> Parsed {
    let mut parsed = Parsed::default();
    // Refusing is as good as reading here: only a panic is wrong, and clean blocks are asked for.
    (format.parse)(&Source::new(bytes, "x"), &limits(), &mut parsed).ok();
    parsed
}

/// A format's name, the members around its text, and the member that holds it.
type Kind<'k> = (&'static str, &'k [(&'k str, &'k str)], &'k str);

/// Packs bytes as the part of each packed format that holds its text.
fn packed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let relations = r#"<R><Relationship Id="a" Type="t/slide" Target="slides/s.xml"/></R>"#;
    let slides = r#"<p><sldId r:id="a"/></p>"#;
    let package = r#"<p><item id="a" href="c.xhtml"/><item id="n" href="c.xhtml" properties="nav"/><itemref idref="a"/></p>"#;
    let kinds: [Kind<'_>; 4] = [
        ("docx", &[], "word/document.xml"),
        ("odt", &[], "content.xml"),
        (
            "pptx",
            &[
                ("ppt/presentation.xml", slides),
                ("ppt/_rels/presentation.xml.rels", relations),
            ],
            "ppt/slides/s.xml",
        ),
        ("epub", &[("p.opf", package)], "c.xhtml"),
    ];
    let pack = |others: &[(&str, &str)], part| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let members = others.iter().map(|(name, text)| (*name, text.as_bytes()));
        for (name, content) in members.chain([(part, bytes)]) {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    kinds
        .into_iter()
        .map(|(name, others, part)| (name, pack(others, part)))
        .collect()
}

/// Tags of the packed formats, in any order.
fn tags() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "<w:p>",
        "</w:p>",
        "<w:t>a",
        "</w:t>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:del>",
        "</w:del>",
        "<w:pStyle w:val=\"x\"/>",
        "<w:ilvl w:val=\"300\"/>",
        "<w:gridSpan w:val=\"99999999\"/>",
        "<mc:AlternateContent>",
        "<mc:Choice>",
        "<mc:Fallback>",
        "</mc:Fallback>",
        "<text:h text:outline-level=\"99\">",
        "</text:h>",
        "<text:p>",
        "</text:p>",
        "<text:list>",
        "</text:list>",
        "<table:table>",
        "</table:table>",
        "<table:table-row>",
        "<table:table-cell table:number-columns-repeated=\"4000000000\">",
        "</table:table-cell>",
        "<text:note>",
        "</text:note>",
        "<text:s text:c=\"-1\"/>",
        "<a:t>x</a:t>",
        "<p:sp>",
        "</p:sp>",
        "<p:ph type=\"title\"/>",
        "<a:pPr lvl=\"999\"/>",
        "<a:p>",
        "</a:p>",
        "<a:tbl>",
        "</a:tbl>",
        "<nav epub:type=\"toc\">",
        "<li>",
        "</li>",
        "<a href=\"c.xhtml\">T</a>",
        "<h1>H</h1>",
        "<aside epub:type=\"footnote\">",
        "</aside>",
        "&#x1F600;",
        "&bad;",
        "<![CDATA[x]]>",
        "<!-- -->",
        "text ",
        "\u{ad}",
        "é",
    ]);
    prop::collection::vec(words, 0..60).prop_map(|words| words.concat().into_bytes())
}

/// Bytes that look a little like some format.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<table>",
        "<tr><td>",
        "<li>",
        "<div",
        ">",
        "<h1>",
        "</h1>",
        "&amp;",
        "&#x0;",
        "<pre>",
        "</",
        "<!--",
        "<?xml version=\"1.0\"?>",
        "<a:t>",
        "]]>",
        "<![CDATA[",
        "{\\rtf1",
        "{",
        "}",
        "\\u-1?",
        "\\'e9",
        "\\cell",
        "\\row",
        "\\par",
        "\\fonttbl",
        "\\bin9 ",
        "\\uc0",
        "# ",
        "```\n",
        "| a | b |\n|---|---|\n",
        "> ",
        "- ",
        "---\n",
        "[^1]: ",
        "a,b\n",
        "\"",
        ";",
        "\t",
        "\r\n",
        "\n\n",
        "From: a\n",
        "Subject: =?utf-8?q?=C3?=\n",
        "Content-Type: multipart/mixed; boundary=x\n",
        "--x\n",
        "CHAPTER I\n",
        "é",
        "e\u{301}",
        "\u{ad}",
        "\u{0}",
        "\u{202e}",
        "😀",
        "שלום",
        " ",
    ]);
    let word = words.prop_map(|word| word.as_bytes().to_vec());
    let noise = prop::collection::vec(any::<u8>(), 0..6);
    prop::collection::vec(prop_oneof![4 => word, 1 => noise], 0..80)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_parser_panics_on_any_bytes_and_blocks_are_clean(bytes in pieces()) {
        for format in FORMATS.iter().filter(|format| !matches!(format.name, "pdf" | "image")) {
            check(parse(format, bytes.clone()))?;
        }
    }

    #[test]
    fn no_packed_parser_panics_on_any_tags(bytes in tags()) {
        for (name, archive) in packed(&bytes) {
            let format = FORMATS.iter().find(|format| format.name == name).unwrap();
            check(parse(format, archive))?;
        }
    }

    #[test]
    fn detected_files_are_read_or_refused(bytes in pieces(), name in "[a-z]{0,3}[.](txt|md|csv|html|eml|json|xml|rtf)") {
        if let Ok(parsed) = collect(&Source::new(bytes, name), &limits()) {
            check(parsed)?;
        }
    }

    #[test]
    fn frames_carry_what_was_read_however_they_are_cut(text in "(\\PC{0,40}\n{1,2}){0,20}", cut in 1_usize..50) {
        let source = Source::new(text, "x.txt");
        let mut output = Vec::new();
        serve(&Request::Read, &limits(), &source, &mut output).unwrap();
        let mut frames = Frames::default();
        let mut blocks = Vec::new();
        let mut last = None;
        for piece in output.chunks(cut) {
            frames.push(piece);
            while let Some(frame) = frames.next_frame().unwrap() {
                if let Frame::Block(block) = &frame {
                    blocks.push(block.clone());
                }
                last = Some(frame);
            }
        }
        match collect(&source, &limits()) {
            Ok(parsed) => {
                prop_assert_eq!(last, Some(Frame::Done));
                prop_assert_eq!(blocks, parsed.blocks);
            }
            Err(failure) => {
                let message = failure.message().to_owned();
                prop_assert_eq!(last, Some(Frame::Failed { kind: failure.kind(), message }));
            }
        }
    }

    #[test]
    fn nonsense_frames_are_errors_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut frames = Frames::default();
        frames.push(&bytes);
        while let Ok(Some(_)) = frames.next_frame() {}
    }
}
