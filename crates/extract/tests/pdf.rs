//! PDF files, made by hand here or taken from the optional corpora, read through the public door.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it leaves out"
)]

#[path = "pdf/paper.rs"]
mod paper;

use std::path::PathBuf;

use alexandria_core::block::{BlockKind, FaultKind, PageRect, Parsed, Rect, Span, rectangles};
use alexandria_extract::{Limits, Source, collect, collect_everything, picture};

use paper::{Paper, Sheet};

fn read(paper: &Paper) -> Parsed {
    collect(&Source::new(paper.bytes(), "test.pdf"), &Limits::default()).unwrap()
}

fn texts(parsed: &Parsed) -> Vec<&str> {
    parsed
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .collect()
}

/// One page whose lines give these blocks.
fn check(sheet: Sheet, expected: &[&str]) {
    let parsed = read(&Paper::default().with(sheet));
    assert_eq!(texts(&parsed), expected);
    for block in &parsed.blocks {
        for line in &block.lines {
            let text = line.span.of(&block.text).unwrap();
            let is_known = line.edges.is_empty() || line.edges.len() == text.chars().count();
            assert!(is_known, "{text:?} has {} edges", line.edges.len());
        }
    }
}

#[test]
fn lines_become_paragraphs_and_cut_words_whole() {
    check(
        Sheet::default()
            .text(
                72.0,
                700.0,
                10.0,
                "The first line of a paragraph that is about nothing at all and",
            )
            .text(72.0, 688.0, 10.0, "goes on without a stop until the lib-")
            .text(
                72.0,
                676.0,
                10.0,
                "rary closes in the evening of a well-known day.",
            )
            .text(
                72.0,
                640.0,
                10.0,
                "Another paragraph stands further down, and Anglo-",
            )
            .text(72.0, 628.0, 10.0, "Saxon keeps its hyphen, as a well-")
            .text(72.0, 616.0, 10.0, "known word does."),
        &[
            "The first line of a paragraph that is about nothing at all and goes on without a stop \
             until the library closes in the evening of a well-known day.",
            "Another paragraph stands further down, and Anglo-Saxon keeps its hyphen, as a \
             well-known word does.",
        ],
    );
}

#[test]
fn accents_drawn_apart_stand_on_their_letters() {
    // Letters of the test font are 0.6 font sizes wide; an octal code draws the accent.
    let over = |before: &str, accent: &str, after: &str| {
        format!("BT /F 10 Tf 72 500 Td ({before}) Tj [600 ({accent}) ] TJ ({after}) Tj ET ")
    };
    for (drawn, expected) in [
        (over("caf e", "\\264", " noir"), "caf é noir"),
        (over("naoe", "\\250", ""), "naoë"),
        (
            "BT /F 10 Tf 72 500 Td (na) Tj [(\\250) 600 (i) (ve)] TJ ET ".to_owned(),
            "naïve",
        ),
    ] {
        let parsed = read(&Paper::default().with(Sheet::default().raw(&drawn)));
        assert_eq!(texts(&parsed), [expected]);
        let line = &parsed.blocks[0].lines[0];
        assert_eq!(line.edges.len(), expected.chars().count());
    }
}

#[test]
fn the_thin_space_of_a_formula_separates_its_words() {
    // Every letter is 6 points wide. The space is a sixth of the font size, a little rounded.
    check(
        Sheet::default()
            .text(72.0, 700.0, 10.0, "(i,")
            .text(91.6, 700.0, 10.0, "j)")
            .text(72.0, 600.0, 10.0, "kern")
            .text(97.2, 600.0, 10.0, "ed."),
        &["(i, j)", "kerned."],
    );
}

#[test]
fn columns_are_read_one_after_the_other_however_they_are_drawn() {
    let left: Vec<String> = (1..=8)
        .map(|line| format!("left column line {line} has words enough to be text"))
        .collect();
    let right: Vec<String> = (1..=8)
        .map(|line| format!("right column line {line} has words enough as well"))
        .collect();
    let expected = [left.join(" "), right.join(" ")];
    let place = |sheet: Sheet, x: f32, line: usize, text: &str| {
        sheet.text(x, 700.0 - 12.0 * line as f32, 9.0, text)
    };
    let by_columns = left
        .iter()
        .enumerate()
        .fold(Sheet::default(), |sheet, (line, text)| {
            place(sheet, 50.0, line, text)
        });
    let by_columns = right
        .iter()
        .enumerate()
        .fold(by_columns, |sheet, (line, text)| {
            place(sheet, 320.0, line, text)
        });
    let across = left.iter().zip(&right).enumerate();
    let across = across.fold(Sheet::default(), |sheet, (line, (one, two))| {
        place(place(sheet, 50.0, line, one), 320.0, line, two)
    });
    let all: Vec<&String> = left.iter().chain(&right).collect();
    let backwards = all.iter().enumerate().rev();
    let backwards = backwards.fold(Sheet::default(), |sheet, (index, text)| {
        place(sheet, if index < 8 { 50.0 } else { 320.0 }, index % 8, text)
    });
    for sheet in [by_columns, across, backwards] {
        let text = texts(&read(&Paper::default().with(sheet))).join(" ");
        assert_eq!(text, expected.join(" "));
    }
}

#[test]
fn aligned_cells_become_rows_of_a_table() {
    let rows = [
        ["Year", "Revenue", "Profit"],
        ["2021", "1,200", "34"],
        ["2022", "1,350", "41"],
    ];
    let sheet = rows
        .iter()
        .enumerate()
        .fold(Sheet::default(), |sheet, (line, cells)| {
            let y = 700.0 - 14.0 * line as f32;
            let places = [72.0, 200.0, 330.0];
            cells
                .iter()
                .zip(places)
                .fold(sheet, |sheet, (cell, x)| sheet.text(x, y, 10.0, cell))
        });
    let parsed = read(&Paper::default().with(sheet));
    assert_eq!(
        texts(&parsed),
        ["Year | Revenue | Profit\n2021 | 1,200 | 34\n2022 | 1,350 | 41"]
    );
    assert_eq!(parsed.blocks[0].kind, BlockKind::Table);
    assert_eq!(parsed.blocks[0].lines.len(), 3);
}

#[test]
fn a_quote_is_marked_where_it_stands() {
    let parsed = read(
        &Paper::default().with(
            Sheet::default()
                .text(
                    100.0,
                    700.0,
                    10.0,
                    "find the needle here, in a line that is long enough, and",
                )
                .text(100.0, 688.0, 10.0, "another needle on the second line."),
        ),
    );
    let (text, parsed) = parsed.store();
    let lines: Vec<_> = parsed
        .blocks
        .iter()
        .flat_map(|block| block.lines.clone())
        .collect();
    for (nth, baseline, before) in [(0, 92.0, "find the "), (1, 104.0, "another ")] {
        let start = text.match_indices("needle").nth(nth).unwrap().0 as u64;
        let marked = rectangles(Span::new(start, start + 6), &lines, &text, 0);
        let [PageRect { page: 1, rect }] = marked.as_slice() else {
            panic!("{marked:?}")
        };
        let Rect { x0, y0, x1, y1 } = rect;
        // Every letter of the test font is 600 units wide.
        let left = 100.0 + 6.0 * before.len() as f32;
        assert!(
            (x0 - left).abs() < 0.2 && (x1 - left - 36.0).abs() < 0.2,
            "{marked:?}"
        );
        assert!(
            *y0 < baseline - 5.0 && *y1 > baseline && y1 - y0 < 14.0,
            "{marked:?}"
        );
    }
}

#[test]
fn running_heads_and_page_numbers_are_left_out() {
    let page = |number: usize| {
        Sheet::default()
            .text(72.0, 770.0, 8.0, "A Book of Tests")
            .text(
                72.0,
                600.0,
                10.0,
                &format!("Words of page {} stand here.", "x".repeat(number)),
            )
            .text(300.0, 30.0, 8.0, &number.to_string())
    };
    let paper = (1..=9).fold(Paper::default(), |paper, number| paper.with(page(number)));
    let parsed = read(&paper);
    assert_eq!(parsed.blocks.len(), 9, "{:?}", texts(&parsed));
    assert!(
        parsed
            .blocks
            .iter()
            .all(|block| block.text.starts_with("Words of page"))
    );
    let everything = Source::new(paper.bytes(), "test.pdf");
    let kept = collect_everything(&everything, &Limits::default()).unwrap();
    assert_eq!(
        texts(&kept)
            .iter()
            .filter(|text| text.contains("A Book of Tests"))
            .count(),
        9
    );
}

#[test]
fn what_is_all_that_page_after_page_says_is_no_running_head() {
    let page = |number: usize| {
        Sheet::default().text(72.0, 720.0, 12.0, &format!("Label {number} of ropes."))
    };
    let paper = (1..=20).fold(Paper::default(), |paper, number| paper.with(page(number)));
    let parsed = read(&paper);
    assert_eq!(parsed.blocks.len(), 20, "{:?}", texts(&parsed));
    assert_eq!(parsed.blocks[19].text, "Label 20 of ropes.");
}

#[test]
fn large_letters_make_headings_and_sections() {
    let parsed = read(
        &Paper::default().with(
            Sheet::default()
                .text(72.0, 740.0, 24.0, "Chapter One")
                .text(72.0, 700.0, 15.0, "The Beginning")
                .text(
                    72.0,
                    670.0,
                    10.0,
                    "It began on a day like all others, with rain and a letter.",
                )
                .text(
                    72.0,
                    658.0,
                    10.0,
                    "Nobody knew who had sent it, and nobody ever learned it.",
                ),
        ),
    );
    let kinds: Vec<BlockKind> = parsed.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(
        kinds,
        [
            BlockKind::Heading(1),
            BlockKind::Heading(2),
            BlockKind::Paragraph
        ]
    );
    assert_eq!(
        parsed.blocks[2].place.section,
        ["Chapter One", "The Beginning"]
    );
}

#[test]
fn a_sentence_goes_on_over_the_page() {
    let parsed = read(
        &Paper::default()
            .with(Sheet::default().text(72.0, 100.0, 10.0, "This sentence does not end on its"))
            .with(Sheet::default().text(72.0, 700.0, 10.0, "page but on the next.")),
    );
    assert_eq!(
        texts(&parsed),
        ["This sentence does not end on its page but on the next."]
    );
    let pages: Vec<u32> = parsed.blocks[0]
        .lines
        .iter()
        .map(|line| line.page)
        .collect();
    assert_eq!(pages, [1, 2]);
}

#[test]
fn a_sentence_before_an_empty_page_is_kept_and_may_go_on_behind_it() {
    for (after, expected) in [
        (
            "behind a picture.",
            vec!["This sentence ends behind a picture."],
        ),
        (
            "Another begins.",
            vec!["This sentence ends", "Another begins."],
        ),
        ("", vec!["This sentence ends"]),
    ] {
        let parsed = read(
            &Paper::default()
                .with(Sheet::default().text(72.0, 100.0, 10.0, "This sentence ends"))
                .with(Sheet::default())
                .with(Sheet::default().text(72.0, 700.0, 10.0, after)),
        );
        assert_eq!(texts(&parsed), expected);
    }
}

#[test]
fn what_stands_outside_the_page_is_not_read() {
    check(
        Sheet::default()
            .text(72.0, 700.0, 10.0, "Seen by everybody.")
            .text(900.0, 700.0, 10.0, "Cut off by the printer.")
            .text(72.0, -50.0, 10.0, "Below the page."),
        &["Seen by everybody."],
    );
}

#[test]
fn hostile_files_end_in_a_sentence() {
    let good = Paper::default()
        .with(Sheet::default().text(72.0, 700.0, 10.0, "Some text."))
        .bytes();
    let nested = [b"%PDF-1.7\n1 0 obj\n".to_vec(), b"[".repeat(100_000)].concat();
    let cyclic = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Count 2147483647/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n"
        .to_vec();
    for (name, bytes, expected) in [
        (
            "cut in the head",
            good[..30].to_vec(),
            Some(FaultKind::Malformed),
        ),
        ("nested arrays", nested, Some(FaultKind::Malformed)),
        ("cyclic page tree", cyclic, None),
        (
            "zeros after the head",
            [b"%PDF-1.4\n".to_vec(), vec![0; 5000]].concat(),
            None,
        ),
    ] {
        let failure = collect(&Source::new(bytes, "test.pdf"), &Limits::default()).unwrap_err();
        assert!(failure.message().contains(' '), "{name}: {failure:?}");
        if let Some(kind) = expected {
            assert_eq!(failure.kind(), kind, "{name}: {failure:?}");
        }
    }
}

#[test]
fn a_file_cut_anywhere_never_breaks_the_reader() {
    let sheet = || Sheet::default().text(72.0, 700.0, 10.0, "Some text on a page of its own.");
    let good = Paper::default().with(sheet()).with(sheet()).bytes();
    for end in (0..good.len()).step_by(37) {
        if let Err(failure) = collect(
            &Source::new(good[..end].to_vec(), "a.pdf"),
            &Limits::default(),
        ) {
            assert!(
                !failure.message().contains("reader of"),
                "{end}: {failure:?}"
            );
        }
    }
}

#[test]
fn budgets_of_glyphs_and_pages_are_kept_and_said() {
    let page = || Sheet::default().text(72.0, 400.0, 10.0, "thirty letters stand on a page");
    let paper = (0..6).fold(Paper::default(), |paper, _| paper.with(page()));
    let kinds = |limits: Limits| {
        let parsed = collect(&Source::new(paper.bytes(), "test.pdf"), &limits).unwrap();
        let faults: Vec<FaultKind> = parsed.faults.iter().map(|fault| fault.kind).collect();
        (parsed.pages.len(), faults)
    };
    assert_eq!(kinds(Limits::default()), (6, vec![]));
    let (pages, faults) = kinds(Limits {
        pages: 2,
        ..Limits::default()
    });
    assert_eq!((pages, faults.first()), (2, Some(&FaultKind::TooLarge)));
    let (pages, faults) = kinds(Limits {
        glyphs: 100,
        ..Limits::default()
    });
    assert!(
        pages < 6 && faults.contains(&FaultKind::TooLarge),
        "{pages} {faults:?}"
    );
    let forms = Sheet::default()
        .text(72.0, 700.0, 10.0, "x")
        .raw("/Bomb Do ");
    let bomb = Paper::default().with(forms).with_form_bomb(25);
    let limits = Limits {
        glyphs_per_page: 5_000,
        ..Limits::default()
    };
    let parsed = collect(&Source::new(bomb.bytes(), "bomb.pdf"), &limits).unwrap();
    assert_eq!(
        parsed.faults[0].kind,
        FaultKind::TooLarge,
        "{:?}",
        parsed.faults
    );
    assert_eq!(parsed.faults[0].page, Some(1));
}

#[test]
fn a_page_is_drawn_as_png_within_the_limits() {
    let paper = Paper::default().with(Sheet::default().text(72.0, 700.0, 40.0, "Picture"));
    let source = Source::new(paper.bytes(), "test.pdf");
    let limits = Limits::default();
    for (dots_per_inch, width) in [(72, 612), (144, 1224)] {
        let png = picture(&source, 1, dots_per_inch, &limits).unwrap();
        assert_eq!(&png[1..4], b"PNG");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), width);
    }
    let small = Limits {
        pixels: 10_000,
        ..Limits::default()
    };
    let png = picture(&source, 1, 300, &small).unwrap();
    let side = |at: usize| u64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    assert!(side(16) * side(20) <= 10_000);
    assert!(picture(&source, 2, 72, &limits).is_err());
    assert!(picture(&source, 0, 72, &limits).is_err());
}

#[test]
fn a_thousand_pages_are_read_to_the_last() {
    let page = |number: usize| {
        Sheet::default().text(
            72.0,
            600.0,
            10.0,
            &format!("This is sentence number {number}."),
        )
    };
    let paper = (1..=1000).fold(Paper::default(), |paper, number| paper.with(page(number)));
    let parsed = read(&paper);
    assert_eq!((parsed.pages.len(), parsed.blocks.len()), (1000, 1000));
    assert_eq!(parsed.blocks[999].text, "This is sentence number 1000.");
    assert_eq!(parsed.blocks[999].place.page, Some(1000));
}

/// The optional corpora beside the checkout; nothing where they are missing.
fn corpora() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/documents"
    ));
    if folder.is_dir() {
        return Some(folder);
    }
    println!("the corpora are not here: nothing to test");
    None
}

fn corpus_file(name: &str) -> Option<Source> {
    let path = corpora()?.join(name);
    Some(Source::new(fs_err::read(path).unwrap(), name))
}

#[test]
fn every_pdf_of_the_corpora_is_read_or_refused_with_a_sentence() {
    let Some(folder) = corpora() else { return };
    let mut folders = vec![folder];
    let (mut files, mut with_text, mut to_recognise, mut refused) = (0, 0, 0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pdf") {
                files += 1;
                let source = Source::new(fs_err::read(&path).unwrap(), "corpus.pdf");
                match collect(&source, &Limits::default()) {
                    Ok(parsed) if !parsed.blocks.is_empty() => with_text += 1,
                    Ok(_) => to_recognise += 1,
                    Err(failure) => {
                        refused += 1;
                        let message = failure.message();
                        assert!(!message.contains("broke its reader"), "{}", path.display());
                    }
                }
            }
        }
    }
    println!("{files} files: {with_text} text, {to_recognise} to recognise, {refused} refused");
    assert!(
        files > 100 && with_text * 10 >= files * 6,
        "{with_text} of {files} have text"
    );
    assert!(refused * 10 <= files, "{refused} of {files} refused");
}

#[test]
fn arabic_is_read_in_logical_order() {
    let Some(source) = corpus_file("py-pdf-sample-files/015-arabic/habibi.pdf") else {
        return;
    };
    let text = texts(&collect(&source, &Limits::default()).unwrap()).join("\n");
    assert!(text.contains("حَبيبي") || text.contains("حبيبي"), "{text:?}");
}

#[test]
fn a_file_with_a_password_says_so() {
    let name =
        "py-pdf-sample-files/005-libreoffice-writer-password/libreoffice-writer-password.pdf";
    let Some(source) = corpus_file(name) else {
        return;
    };
    let failure = collect(&source, &Limits::default()).unwrap_err();
    assert_eq!(failure.kind(), FaultKind::Encrypted);
    assert!(failure.message().contains("password"));
}
