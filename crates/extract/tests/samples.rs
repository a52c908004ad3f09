//! Small files of every format, made here: what is read in them, and what hostile ones do.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking and says what it saw"
)]

use std::io::{Cursor, Write};

use alexandria_core::block::{FaultKind, Parsed};
use alexandria_extract::{Limits, Source, collect, detect};
use zip::write::SimpleFileOptions;

fn packed(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(bytes: impl AsRef<[u8]>, name: &str) -> alexandria_extract::Result<Parsed> {
    collect(
        &Source::new(bytes.as_ref().to_vec(), name),
        &Limits::default(),
    )
}

/// Reads a file and compares its blocks, each as `kind [section] text`.
fn check(bytes: impl AsRef<[u8]>, name: &str, format: &str, expected: &[&str]) -> Parsed {
    let parsed = read(bytes, name).unwrap();
    let blocks: Vec<String> = parsed
        .blocks
        .iter()
        .map(|block| {
            format!(
                "{:?} [{}] {}",
                block.kind,
                block.place.section.join("/"),
                block.text
            )
        })
        .collect();
    assert_eq!(blocks, expected);
    assert_eq!(parsed.format, format);
    parsed
}

fn refused(bytes: impl AsRef<[u8]>, name: &str, kind: FaultKind) {
    let failure = read(bytes, name).unwrap_err();
    assert_eq!(failure.kind(), kind, "{failure:?}");
    assert!(
        failure.message().len() > 20,
        "the sentence says too little: {failure:?}"
    );
}

const TYPES: &str = r#"<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="Mine"><w:name w:val="my own"/><w:basedOn w:val="berschrift1"/></w:style>
        <w:style w:styleId="Q"><w:name w:val="Quote"/></w:style></w:styles>"#;
    let notes = r#"<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="0"/>
        <w:footnote w:id="2"><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote></w:footnotes>"#;
    let relations = r#"<Relationships><Relationship Id="r1" Type="http://x/styles" Target="styles.xml"/>
        <Relationship Id="r2" Type="http://x/footnotes" Target="/word/footnotes.xml"/></Relationships>"#;
    let body = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    packed(&[
        ("[Content_Types].xml", TYPES),
        ("word/document.xml", &body),
        ("word/styles.xml", styles),
        ("word/footnotes.xml", notes),
        ("word/_rels/document.xml.rels", relations),
        (
            "docProps/core.xml",
            "<p><dc:title>My &amp; title</dc:title><dc:creator>A. Writer</dc:creator></p>",
        ),
    ])
}

#[test]
fn word_headings_lists_tables_notes_and_changes_are_understood() {
    let parsed = check(
        docx(
            r#"<w:p><w:pPr><w:pStyle w:val="Mine"/></w:pPr><w:r><w:t>One</w:t></w:r></w:p>
            <w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>Two</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">Kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>
              <w:ins><w:r><w:t>added</w:t><w:footnoteReference w:id="2"/></w:r></w:ins></w:p>
            <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr>
              <w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>wide</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p><w:pPr><w:pStyle w:val="Q"/></w:pPr><w:r><w:t>said 𝒳😀</w:t></w:r></w:p>"#,
        ),
        "x.docx",
        "docx",
        &[
            "Heading(1) [] One",
            "Heading(2) [One] Two",
            "Paragraph [One/Two] Kept added",
            "Footnote [One/Two] The note.",
            "ListItem(1) [One/Two] item",
            "Table [One/Two] a | b\nwide",
            "Quote [One/Two] said 𝒳😀",
        ],
    );
    assert_eq!(parsed.title.as_deref(), Some("My & title"));
    assert_eq!(parsed.authors, ["A. Writer"]);
}

#[test]
fn a_word_file_is_known_by_its_content_under_any_name() {
    let bytes = docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>");
    for name in ["x.pdf", "x.txt", "../../etc/passwd", "a\nb", "😀", ""] {
        check(&bytes, name, "docx", &["Paragraph [] text"]);
    }
    for (bytes, name, format) in [
        (&b"%PDF-1.7\n1 0 obj"[..], "x.doc", "pdf"),
        (b"junk\n%PDF-1.7\n1 0 obj\nstartxref", "x.doc", "pdf"),
        (b"The header %PDF- is written about here.", "x.txt", "text"),
        (b"{\\rtf1 x}", "x.doc", "rtf"),
        (b"<!DOCTYPE html><p>x", "x.txt", "html"),
        (
            b"<?xml version='1.0'?>\n<!-- c --><html xmlns='x'><p>y</p></html>",
            "x",
            "html",
        ),
        (b"<?xml version='1.0'?><note>x</note>", "x", "xml"),
        (b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nbody", "x", "eml"),
        (b"# T\n\n[a](b)\n", "README", "markdown"),
        (b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n1,1,1\n", "table", "csv"),
        (b"\x89PNG\r\n\x1a\n", "x.txt", "image"),
        (b"Plain words, and more words.", "x", "text"),
    ] {
        assert_eq!(detect(bytes, name).unwrap().name, format);
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence() {
    let mut old_word = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    old_word.resize(1024, 1);
    let mut locked = old_word.clone();
    for (file, name) in [
        (&mut old_word, "WordDocument"),
        (&mut locked, "EncryptedPackage"),
    ] {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(wide.len() + 2).unwrap();
        let mut entry = wide;
        entry.resize(128, 0);
        entry[64..66].copy_from_slice(&length.to_le_bytes());
        file.extend(entry);
    }
    let whole = docx("<w:p><w:r><w:t>text</w:t></w:r></w:p>");
    refused("", "x.txt", FaultKind::NoText);
    refused(" \n \t", "x.txt", FaultKind::NoText);
    refused([0; 5000], "x.txt", FaultKind::Malformed);
    refused(old_word, "x.doc", FaultKind::Unsupported);
    refused(locked, "x.docx", FaultKind::Encrypted);
    refused(&whole[..whole.len() / 2], "x.docx", FaultKind::Malformed);
    refused(packed(&[("a.txt", "x")]), "x.zip", FaultKind::Unsupported);
    refused(b"\x7fELF\x02\x01\x01", "x.txt", FaultKind::Unsupported);
    refused(
        (0..=250).cycle().step_by(7).take(4096).collect::<Vec<u8>>(),
        "x",
        FaultKind::Unsupported,
    );
    refused(docx(""), "x.docx", FaultKind::NoText);
}

#[test]
fn archives_that_unpack_to_too_much_are_stopped() {
    let bomb = docx(&" ".repeat(40 << 20));
    assert!(bomb.len() < 1 << 20);
    refused(&bomb, "x.docx", FaultKind::TooLarge);
    let mut members = vec![("mimetype", "application/epub+zip")];
    let names: Vec<String> = (0..10_001).map(|number| format!("{number}.html")).collect();
    members.extend(names.iter().map(|name| (name.as_str(), "x")));
    refused(packed(&members), "x.epub", FaultKind::TooLarge);
}

#[test]
fn entities_of_a_document_type_are_never_resolved() {
    let doctype = r#"<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "lol lol lol lol">
        <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>"#;
    let body = format!(
        "{doctype}<w:document><w:p><w:r><w:t>safe &c;&f;&amp; sound</w:t></w:r></w:p></w:document>"
    );
    let file = packed(&[("[Content_Types].xml", TYPES), ("word/document.xml", &body)]);
    check(file, "x.docx", "docx", &["Paragraph [] safe & sound"]);
    let xml = format!("<?xml version=\"1.0\"?>{doctype}<x><p>safe &c;&f;&amp; sound</p></x>");
    check(xml, "x.xml", "xml", &["Paragraph [] safe & sound"]);
}

#[test]
fn deep_nesting_ends_in_a_fault_and_not_in_a_crash() {
    let deep = format!("<html><p>first</p>{}core", "<div>".repeat(200_000));
    let parsed = check(
        deep,
        "x.html",
        "html",
        &["Paragraph [] first", "Paragraph [] core"],
    );
    assert_eq!(parsed.faults[0].kind, FaultKind::TooLarge);
    refused(
        format!("{{\\rtf1 {}", "{".repeat(200_000)),
        "x.rtf",
        FaultKind::TooLarge,
    );
    refused(
        docx(&"<w:sdt>".repeat(200_000)),
        "x.docx",
        FaultKind::TooLarge,
    );
    refused(
        format!("<?xml version='1.0'?>{}", "<a>".repeat(200_000)),
        "x.xml",
        FaultKind::TooLarge,
    );
    let parsed = read(format!("# T\n\n{}x", "> ".repeat(20_000)), "x.md").unwrap();
    assert_eq!(parsed.blocks[0].text, "T");
    let lists: String = (0..3000)
        .map(|depth| format!("{}- x\n", "  ".repeat(depth)))
        .collect();
    assert!(!read(lists, "x.md").unwrap().blocks.is_empty());
}

#[test]
fn slides_are_pages_with_their_title_first_and_notes_last() {
    let slide = r#"<p:sld><p:sp><p:nvPr><p:ph type="body"/></p:nvPr><a:p><a:r><a:t>one</a:t></a:r></a:p>
        <a:p><a:pPr lvl="1"/><a:r><a:t>two</a:t></a:r></a:p></p:sp>
        <p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>Title</a:t></a:r></a:p></p:sp>
        <p:sp><p:nvPr><p:ph type="sldNum"/></p:nvPr><a:p><a:r><a:t>7</a:t></a:r></a:p></p:sp>
        <a:tbl><a:tr><a:tc><a:p><a:r><a:t>x</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>y</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:sld>"#;
    let file = packed(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "ppt/presentation.xml",
            r#"<p:presentation><p:sldIdLst><p:sldId id="9" r:id="b"/><p:sldId id="8" r:id="a"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>"#,
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            r#"<R><Relationship Id="a" Type="t/slide" Target="slides/s1.xml"/><Relationship Id="b" Type="t/slide" Target="slides/s2.xml"/></R>"#,
        ),
        ("ppt/slides/s1.xml", slide),
        (
            "ppt/slides/s2.xml",
            "<p:sld><p:sp><a:p><a:r><a:t>First slide</a:t></a:r></a:p></p:sp></p:sld>",
        ),
        (
            "ppt/slides/_rels/s1.xml.rels",
            r#"<R><Relationship Id="n" Type="t/notesSlide" Target="../notes/n1.xml"/></R>"#,
        ),
        (
            "ppt/notes/n1.xml",
            r#"<p:notes><p:sp><p:nvPr><p:ph type="body"/></p:nvPr><a:p><a:r><a:t>Say this.</a:t></a:r></a:p></p:sp></p:notes>"#,
        ),
    ]);
    let parsed = check(
        file,
        "x.pptx",
        "pptx",
        &[
            "Paragraph [] First slide",
            "Heading(1) [] Title",
            "ListItem(0) [Title] one",
            "ListItem(1) [Title] two",
            "Table [Title] x | y",
            "Paragraph [Title] Say this.",
        ],
    );
    let pages: Vec<Option<u32>> = parsed.blocks.iter().map(|block| block.place.page).collect();
    assert_eq!(
        pages,
        [Some(1), Some(2), Some(2), Some(2), Some(2), Some(2)]
    );
    assert_eq!(parsed.pages.len(), 2);
    assert!((parsed.pages[0].width - 720.0).abs() < 0.1);
}

#[test]
fn books_follow_their_spine_and_table_of_contents() {
    let chapter = |body: &str| format!("<html><head><title/></head><body>{body}</body></html>");
    let file = packed(&[
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            r#"<c><rootfile full-path="E/p.opf"/></c>"#,
        ),
        (
            "E/p.opf",
            r#"<package><metadata><dc:title>Book</dc:title><dc:creator>Who</dc:creator><dc:language>en</dc:language></metadata>
            <manifest><item id="n" href="nav.xhtml" properties="nav"/><item id="a" href="t/a%20b.xhtml"/><item id="b" href="t/b.xhtml"/></manifest>
            <spine><itemref idref="b"/><itemref idref="a"/></spine></package>"#,
        ),
        (
            "E/nav.xhtml",
            r#"<html><nav epub:type="toc"><ol><li><span>Part I</span><ol><li><a href="t/b.xhtml#x">Chapter B</a></li></ol></li></ol></nav></html>"#,
        ),
        (
            "E/t/a b.xhtml",
            &chapter("<h1>Alone</h1><p>End.<br/>Really.</p>"),
        ),
        (
            "E/t/b.xhtml",
            &chapter(
                "<p>No heading<a href='#n'>1</a></p><aside epub:type='footnote' id='n'><p>A note.</p></aside>",
            ),
        ),
    ]);
    let parsed = check(
        file,
        "x.epub",
        "epub",
        &[
            "Paragraph [Part I/Chapter B] No heading1",
            "Footnote [Part I/Chapter B] A note.",
            "Heading(1) [] Alone",
            "Paragraph [Alone] End. Really.",
        ],
    );
    let parts: Vec<&str> = parsed
        .blocks
        .iter()
        .map(|block| block.place.part.as_deref().unwrap())
        .collect();
    assert_eq!(parts, ["Chapter B", "Chapter B", "Alone", "Alone"]);
    assert_eq!(parsed.title.as_deref(), Some("Book"));
}

#[test]
fn open_documents_keep_headings_lists_tables_and_notes() {
    let file = packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            r#"<office:document-content><office:text><text:h text:outline-level="2">H</text:h>
            <text:p>a<text:s text:c="3"/>b<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Note.</text:p></text:note-body></text:note></text:p>
            <text:list><text:list-item><text:p>i</text:p><text:list><text:list-item><text:p>j</text:p></text:list-item></text:list></text:list-item></text:list>
            <table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell table:number-columns-repeated="999999"/><table:table-cell><text:p>y</text:p></table:table-cell></table:table-row></table:table>
            <text:tracked-changes><text:p>deleted</text:p></text:tracked-changes></office:text></office:document-content>"#,
        ),
    ]);
    let parsed = read(file, "x.odt").unwrap();
    let texts: Vec<&str> = parsed
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .collect();
    assert_eq!(texts[..5], ["H", "a b1", "Note.", "i", "j"]);
    assert!(texts[5].starts_with("x |") && texts[5].ends_with("| y") && texts[5].len() < 400);
    assert_eq!(texts.len(), 6);
}

#[test]
fn web_pages_lose_what_stands_around_their_content() {
    let links: String = (0..12)
        .map(|n| format!("<li><a href='/{n}'>Item {n}</a></li>"))
        .collect();
    let prose = "This is what the page is about, told in whole sentences. ".repeat(12);
    let page = format!(
        "<html lang=de><head><title>T</title><meta name=author content='A. N.'><style>p{{}}</style></head><body>
        <nav>Menu</nav><div class=x><ul>{links}</ul></div><header><h1>Head</h1></header><p>{prose}</p>
        <table><caption>Cap</caption><tr><th>a<th>b<tr><td>1<td>2</table><pre>  x\n    y</pre>
        <ol start=3><li>three<ul><li>deep</ul><li><p>four</p></ol><img alt='A picture'><script>no</script>
        <p hidden>no</p><div style='display: none'>no</div><footer>Foot</footer></body>"
    );
    let prose = format!("Paragraph [Head] {}", prose.trim());
    let parsed = check(
        page,
        "x.html",
        "html",
        &[
            "Heading(1) [] Head",
            &prose,
            "Caption [Head] Cap",
            "Table [Head] a | b\n1 | 2",
            "Code [Head]   x\n    y",
            "ListItem(0) [Head] 3. three",
            "ListItem(1) [Head] deep",
            "ListItem(0) [Head] 4. four",
            "Image [Head] A picture",
        ],
    );
    assert_eq!(
        parsed.language.as_deref(),
        Some("en"),
        "the words overrule a wrong label"
    );
    assert_eq!(parsed.authors, ["A. N."]);
}

#[test]
fn markdown_gives_front_matter_headings_tables_and_notes() {
    let parsed = check(
        "---\ntitle: \"A title\"\nauthor: Me\n---\n# One\n\nText with `code` and\na [link](http://x).[^1]\n\n\
         ```rust\nfn x() {\n    1\n}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- i\n  - j\n\n> said\n\n[^1]: Note.\n",
        "x.md",
        "markdown",
        &[
            "Heading(1) [] One",
            "Paragraph [One] Text with code and a link.",
            "Code [One] fn x() {\n    1\n}",
            "Table [One] a | b\n1 | 2",
            "ListItem(0) [One] i",
            "ListItem(1) [One] j",
            "Quote [One] said",
            "Footnote [One] Note.",
        ],
    );
    assert_eq!(parsed.title.as_deref(), Some("A title"));
}

#[test]
fn tables_in_text_repeat_their_header_and_count_their_rows() {
    let mut text = "Name;Note\n".to_owned();
    for number in 0..65 {
        text.push_str(&format!("n{number};\"two\nlines; \"\"quoted\"\"\"\n"));
    }
    let parsed = read(&text, "x.csv").unwrap();
    assert_eq!(parsed.blocks.len(), 3);
    for block in &parsed.blocks {
        assert!(block.text.starts_with("Name | Note\nn"));
    }
    assert!(
        parsed.blocks[0]
            .text
            .contains("\nn0 | two lines; \"quoted\"\n")
    );
    let items: Vec<Option<u32>> = parsed.blocks.iter().map(|block| block.place.item).collect();
    assert_eq!(items, [Some(2), Some(32), Some(62)]);
}

#[test]
fn rich_text_is_decoded_and_structured() {
    check(
        br"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}
{\stylesheet{\s1 heading 1;}{\s2 Normal;}}{\info{\title My title}{\author Me}}
\pard\s1 Head\par\pard\s2 caf\'e9 \u8364?10 \f1\'cf\'f0\'e8\f0  {\*\unknown gone}{\b bold}\u-10179?\u-8704?\par
\pard\intbl a\cell b\cell\row\pard\intbl 1\cell 2\cell\row\pard After{\footnote note}.\line same\par
{\pict 89504e47}{\header no}{\v hidden}\pard{\listtext 1.\tab}item\par}",
        "x.txt",
        "rtf",
        &[
            "Heading(1) [] Head",
            "Paragraph [Head] café €10 При bold😀",
            "Table [Head] a | b\n1 | 2",
            "Paragraph [Head] After. same",
            "Footnote [Head] note",
            "ListItem(0) [Head] item",
        ],
    );
}

#[test]
fn mails_give_header_body_and_attachments() {
    let mail = "From: =?utf-8?q?J=C3=BCrgen?= <j@x.de>\r\nTo: b@y.org\r\nSubject: Hello there\r\n\
        Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=XX\r\n\r\n--XX\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n\
        <p>Caf\u{e9} is open.</p>\r\n--XX\r\nContent-Type: application/octet-stream; name=\"../a.csv\"\r\n\
        Content-Disposition: attachment; filename=\"../a.csv\"\r\n\r\nk,v\r\n1,2\r\n--XX--\r\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(mail);
    let parsed = check(
        &bytes,
        "x",
        "eml",
        &[
            "Heading(1) [] Hello there",
            "Paragraph [Hello there] From: Jürgen <j@x.de>",
            "Paragraph [Hello there] To: b@y.org",
            "Paragraph [Hello there] Date: 2026-11-20T10:00:00+01:00",
            "Paragraph [Hello there] Café is open.",
            "Table [../a.csv] k | v\n1 | 2",
        ],
    );
    let parts: Vec<&str> = parsed
        .blocks
        .iter()
        .map(|block| block.place.part.as_deref().unwrap())
        .collect();
    assert_eq!(
        parts,
        ["header", "header", "header", "header", "body", "../a.csv"]
    );
}

#[test]
fn spreadsheets_show_dates_numbers_and_sheets() {
    let file = packed(&[
        (
            "[Content_Types].xml",
            r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="Costs" sheetId="1" r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData>
            <row r="1"><c r="A1" t="inlineStr"><is><t>Our costs</t></is></c></row>
            <row r="3"><c r="A3" t="inlineStr"><is><t>Day</t></is></c><c r="B3" t="inlineStr"><is><t>Sum</t></is></c></row>
            <row r="4"><c r="A4" s="1"><v>45000</v></c><c r="B4"><v>0.30000000000000004</v></c></row>
            </sheetData></worksheet>"#,
        ),
    ]);
    let parsed = check(
        file,
        "x.xlsx",
        "xlsx",
        &[
            "Heading(1) [] Costs",
            "Paragraph [Costs] Our costs",
            "Table [Costs] Day | Sum\n2023-03-15 | 0.3",
        ],
    );
    assert_eq!(parsed.blocks[2].place.part.as_deref(), Some("Costs"));
    assert_eq!(parsed.blocks[2].place.item, Some(4));
}

#[test]
fn right_to_left_text_and_rare_characters_stay_in_order() {
    check(
        "שלום עולם\u{200f}\n\nمرحبا بالعالم\n\n𠮷野家 𝒳 👩\u{200d}💻 e\u{301}\n",
        "x.txt",
        "text",
        &[
            "Paragraph [] שלום עולם",
            "Paragraph [] مرحبا بالعالم",
            "Paragraph [] 𠮷野家 𝒳 👩\u{200d}💻 é",
        ],
    );
}

#[test]
fn text_of_every_writing_is_text_whatever_its_length() {
    for text in [
        "पुस्तकालय में पाँच पुस्तकें हैं।",
        "ห้องสมุดมีหนังสือห้าเล่ม",
        "ஐந்து புத்தகங்கள்",
        "ბიბლიოთეკაში ხუთი წიგნია",
        "ቤተ መጻሕፍት",
        "Πέντε βιβλία",
        "Пять книг",
        "五本书",
    ] {
        for more in ["", "a", "ab", "abc"] {
            let text = format!("{text}{more}");
            check(&text, "x.txt", "text", &[&format!("Paragraph [] {text}")]);
        }
    }
}

#[test]
fn text_beyond_the_limit_is_cut_and_the_owner_told() {
    let limits = Limits {
        output_bytes: 10_000,
        ..Limits::default()
    };
    let text = "A paragraph of words.\n\n".repeat(10_000);
    let parsed = collect(&Source::new(text, "x.txt"), &limits).unwrap();
    let bytes: usize = parsed.blocks.iter().map(|block| block.text.len()).sum();
    assert!(bytes <= 10_000 && bytes > 9_000);
    assert_eq!(parsed.faults.len(), 1);
    assert_eq!(parsed.faults[0].kind, FaultKind::TooLarge);
    let line = "word ".repeat(100_000);
    let parsed = read(&line, "x.txt").unwrap();
    assert!(
        parsed
            .blocks
            .iter()
            .all(|block| block.text.len() <= 128 << 10)
    );
    assert_eq!(
        parsed
            .blocks
            .iter()
            .map(|block| block.text.split(' ').count())
            .sum::<usize>(),
        100_000
    );
}
