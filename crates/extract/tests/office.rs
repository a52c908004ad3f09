//! What stands beside the running text of Office files: automatic numbers, charts, diagrams, comments.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking and says what it saw"
)]

use std::io::{Cursor, Write};

use alexandria_extract::{Limits, Source, collect};
use zip::write::SimpleFileOptions;

/// A chart of two series over two quarters, with a title and with labels that repeat a value.
const CHART: &str = r#"<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart>
    <c:title><c:tx><c:rich><a:p><a:r><a:t>Ducks </a:t></a:r><a:r><a:t>seen</a:t></a:r></a:p></c:rich></c:tx></c:title>
    <c:plotArea><c:barChart>
    <c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Lake</c:v></c:pt></c:strCache></c:strRef></c:tx>
      <c:dLbls><c:dLbl><c:tx><c:rich><a:p><a:r><a:t>label</a:t></a:r></a:p></c:rich></c:tx></c:dLbl></c:dLbls>
      <c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>Q1</c:v></c:pt><c:pt idx="1"><c:v>Q2</c:v></c:pt></c:strCache></c:strRef></c:cat>
      <c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>4.4000000000000004</c:v></c:pt><c:pt idx="1"><c:v>15</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
    <c:ser><c:tx><c:v>Sea</c:v></c:tx>
      <c:val><c:numRef><c:numCache><c:pt idx="1"><c:v>7</c:v></c:pt><c:pt idx="99999999999"><c:v>8</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
    </c:barChart></c:plotArea></c:chart></c:chartSpace>"#;
const CHART_TEXT: &str = "| Lake | Sea\nQ1 | 4.4\nQ2 | 15 | 7";

/// Reads a file made of these members and compares its blocks, each as `kind text`.
fn check(name: &str, members: &[(&str, &str)], expected: &[&str]) {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let parsed = collect(&Source::new(bytes, name), &Limits::default()).unwrap();
    let blocks: Vec<String> = parsed
        .blocks
        .iter()
        .map(|block| format!("{:?} {}", block.kind, block.text))
        .collect();
    assert_eq!(blocks, expected);
    assert!(parsed.faults.is_empty(), "{:?}", parsed.faults);
}

/// Relations of a part: id, type, target.
fn relations(all: &[(&str, &str, &str)]) -> String {
    let all: String = all
        .iter()
        .map(|(id, kind, target)| {
            format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}"/>"#)
        })
        .collect();
    format!("<Relationships>{all}</Relationships>")
}

/// A body with numbered headings and items, a comment, a chart and a diagram.
fn body() -> String {
    let paragraph = |properties: &str, text: &str| {
        format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let heading =
        |level: u8, text: &str| paragraph(&format!(r#"<w:pStyle w:val="Heading{level}"/>"#), text);
    let item = |level: u8, text: &str| {
        let properties =
            format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="2"/></w:numPr>"#);
        paragraph(&properties, text)
    };
    let bare = r#"<w:pStyle w:val="Heading2"/><w:numPr><w:numId w:val="0"/></w:numPr>"#;
    let drawn = |inside: &str| format!("<w:p><w:r><w:drawing>{inside}</w:drawing></w:r></w:p>");
    let parts = [
        heading(1, "Scope"),
        heading(1, "Terms"),
        heading(2, "Words"),
        item(0, "first"),
        item(1, "sign"),
        item(0, ""),
        item(0, "third"),
        paragraph(bare, "Bare"),
        heading(2, "Signs"),
        r#"<w:p><w:r><w:t>Said.</w:t><w:commentReference w:id="0"/></w:r></w:p>"#.to_owned(),
        drawn(r#"<c:chart r:id="rc"/>"#),
        drawn(r#"<dgm:relIds r:dm="rd"/>"#),
    ];
    format!(
        "<w:document><w:body>{}</w:body></w:document>",
        parts.concat()
    )
}

/// Two styles of headings that belong to a list.
fn styles() -> String {
    let style = |level: u8| {
        format!(
            r#"<w:style w:styleId="Heading{level}"><w:name w:val="heading {level}"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#
        )
    };
    format!("<w:styles>{}{}</w:styles>", style(1), style(2))
}

/// The list of the headings, and one of letters with signs below.
fn numbering() -> String {
    let level = |level: u8, form: &str, text: &str, style: &str| {
        format!(
            r#"<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{style}<w:lvlText w:val="{text}"/></w:lvl>"#
        )
    };
    [
        r#"<w:numbering><w:abstractNum w:abstractNumId="0">"#,
        &level(0, "decimal", "%1", r#"<w:pStyle w:val="Heading1"/>"#),
        &level(1, "decimal", "%1.%2", r#"<w:pStyle w:val="Heading2"/>"#),
        r#"</w:abstractNum><w:abstractNum w:abstractNumId="1">"#,
        &level(0, "lowerLetter", "%1)", ""),
        &level(1, "bullet", "•", ""),
        r#"</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#,
        r#"<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#,
    ]
    .concat()
}

#[test]
fn word_files_show_automatic_numbers_charts_diagrams_and_comments() {
    check(
        "x.docx",
        &[
            (
                "[Content_Types].xml",
                r#"<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
            ),
            ("word/document.xml", &body()),
            ("word/styles.xml", &styles()),
            ("word/numbering.xml", &numbering()),
            (
                "word/comments.xml",
                r#"<w:comments><w:comment w:id="0" w:author="Ann"><w:p><w:r><w:t>Who says so?</w:t></w:r></w:p></w:comment></w:comments>"#,
            ),
            ("word/charts/chart1.xml", CHART),
            (
                "word/diagrams/data1.xml",
                "<dgm:dataModel><dgm:pt><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:pt><dgm:pt><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:pt></dgm:dataModel>",
            ),
            (
                "word/_rels/document.xml.rels",
                &relations(&[
                    ("r1", "styles", "styles.xml"),
                    ("r2", "numbering", "numbering.xml"),
                    ("r3", "comments", "comments.xml"),
                    ("rc", "chart", "charts/chart1.xml"),
                    ("rd", "diagramData", "diagrams/data1.xml"),
                ]),
            ),
        ],
        &[
            "Heading(1) 1 Scope",
            "Heading(1) 2 Terms",
            "Heading(2) 2.1 Words",
            "ListItem(0) a) first",
            "ListItem(1) sign",
            "ListItem(0) c) third",
            "Heading(2) Bare",
            "Heading(2) 2.2 Signs",
            "Paragraph Said.",
            "Footnote Comment by Ann: Who says so?",
            "Caption Ducks seen",
            &format!("Table {CHART_TEXT}"),
            "Paragraph Plan",
            "Paragraph Do",
        ],
    );
}

#[test]
fn slides_show_their_charts_and_comments() {
    check(
        "x.pptx",
        &[
            ("[Content_Types].xml", "<Types/>"),
            (
                "ppt/presentation.xml",
                r#"<p:presentation><p:sldIdLst><p:sldId id="9" r:id="a"/></p:sldIdLst></p:presentation>"#,
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                &relations(&[
                    ("a", "slide", "slides/s1.xml"),
                    ("b", "commentAuthors", "commentAuthors.xml"),
                ]),
            ),
            (
                "ppt/commentAuthors.xml",
                r#"<p:cmAuthorLst><p:cmAuthor id="4" name="Bea"/></p:cmAuthorLst>"#,
            ),
            (
                "ppt/slides/s1.xml",
                "<p:sld><p:sp><a:p><a:r><a:t>Slide</a:t></a:r></a:p></p:sp></p:sld>",
            ),
            (
                "ppt/slides/_rels/s1.xml.rels",
                &relations(&[
                    ("n", "comments", "../comments/c1.xml"),
                    ("c", "chart", "../charts/chart1.xml"),
                ]),
            ),
            (
                "ppt/comments/c1.xml",
                r#"<p:cmLst><p:cm authorId="4"><p:text>Older kind.</p:text></p:cm><p188:cm authorId="9"><p188:replyLst><p188:reply
                authorId="4"><a:p><a:r><a:t>Answer.</a:t></a:r></a:p></p188:reply></p188:replyLst><a:p><a:r><a:t>Newer kind.</a:t></a:r></a:p></p188:cm></p:cmLst>"#,
            ),
            ("ppt/charts/chart1.xml", CHART),
        ],
        &[
            "Paragraph Slide",
            "Caption Ducks seen",
            &format!("Table {CHART_TEXT}"),
            "Footnote Comment by Bea: Older kind.",
            "Footnote Comment by Bea: Answer.",
            "Footnote Comment: Newer kind.",
        ],
    );
}

#[test]
fn sheets_show_their_charts_and_comments() {
    check(
        "x.xlsx",
        &[
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
                r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/><sheet name="Drawn" sheetId="2" r:id="rId2"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships>
                <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/s1.xml"/>
                <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet" Target="chartsheets/s2.xml"/></Relationships>"#,
            ),
            (
                "xl/worksheets/s1.xml",
                r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Lake</t></is></c><c r="B1" t="inlineStr"><is><t>Ducks</t></is></c></row>
                <row r="2"><c r="A2" t="inlineStr"><is><t>Upper</t></is></c><c r="B2"><v>5</v></c></row></sheetData></worksheet>"#,
            ),
            (
                "xl/worksheets/_rels/s1.xml.rels",
                &relations(&[
                    ("c", "comments", "../comments1.xml"),
                    ("t", "threadedComment", "../threaded1.xml"),
                ]),
            ),
            (
                "xl/comments1.xml",
                r#"<comments><authors><author>Cy</author><author>tc={1}</author></authors><commentList>
                <comment ref="A2" authorId="0"><text><r><rPr><sz val="11"/></rPr><t>Too few.</t></r></text></comment>
                <comment ref="A1" authorId="1"><text><t>[Threaded comment]</t></text></comment></commentList></comments>"#,
            ),
            (
                "xl/threaded1.xml",
                r#"<ThreadedComments><threadedComment ref="A1"><text>Why?</text></threadedComment></ThreadedComments>"#,
            ),
            ("xl/chartsheets/s2.xml", "<chartsheet/>"),
            (
                "xl/chartsheets/_rels/s2.xml.rels",
                &relations(&[("d", "drawing", "../drawings/d1.xml")]),
            ),
            ("xl/drawings/d1.xml", "<xdr:wsDr/>"),
            (
                "xl/drawings/_rels/d1.xml.rels",
                &relations(&[("c", "chart", "../charts/chart1.xml")]),
            ),
            ("xl/charts/chart1.xml", CHART),
        ],
        &[
            "Heading(1) Data",
            "Table Lake | Ducks\nUpper | 5",
            "Footnote Comment on A2 by Cy: Too few.",
            "Footnote Comment on A1: Why?",
            "Heading(1) Drawn",
            "Caption Ducks seen",
            &format!("Table {CHART_TEXT}"),
        ],
    );
}
