//! Reads real files that nobody here wrote and compares them with what others read in them. Says so
//! and passes when the corpora are not there.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it saw"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use alexandria_core::block::Parsed;
use alexandria_extract::{Limits, Source, collect};

fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(folder);
    let is_there = path.try_exists().unwrap_or(false);
    if !is_there {
        println!("skipped: the corpus {} is not there", path.display());
    }
    is_there.then_some(path)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> alexandria_extract::Result<Parsed> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    collect(
        &Source::new(fs_err::read(path).unwrap(), name),
        &Limits::default(),
    )
}

fn words(text: &str) -> HashMap<String, i64> {
    let mut words = HashMap::new();
    for word in text
        .to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
    {
        if !word.is_empty() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}

fn text(parsed: &Parsed) -> String {
    parsed
        .blocks
        .iter()
        .map(|block| block.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Counts of words in both, in the reference, in ours.
fn compare(ours: &str, reference: &str) -> (i64, i64, i64) {
    let (ours, reference) = (words(ours), words(reference));
    let both = reference
        .iter()
        .map(|(word, count)| ours.get(word).map_or(0, |n| *n.min(count)))
        .sum();
    (both, reference.values().sum(), ours.values().sum())
}

/// Reads every file of a folder and asks for a recall (in percent) of all words of the references.
///
/// The references repeat merged cells, write formulas in LaTeX, and tell when a comment was made, which
/// is not read here; so the share of all *different* words has a floor of its own.
fn check(folder: &str, reference_folder: &str, recall_min: f64, different_min: f64) {
    let Some(root) = data("documents/docling-tests/tests/data") else {
        return;
    };
    let (mut both, mut of_reference, mut of_ours) = (0, 0, 0);
    let (mut different_both, mut different) = (0, 0);
    for path in files(&root.join(folder)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let reference = root.join(reference_folder).join(format!("{name}.md"));
        let Ok(reference) = fs_err::read_to_string(&reference) else {
            drop(read(&path));
            continue;
        };
        let reference = bare(&reference);
        let ours = read(&path)
            .map(|parsed| text(&parsed))
            .unwrap_or_else(|failure| {
                println!("{name}: {failure:?}");
                String::new()
            });
        let (hits, wanted, got) = compare(&ours, &reference);
        let share = |part: i64, whole: i64| 100.0 * part as f64 / whole.max(1) as f64;
        println!(
            "{name}: recall {:.1} precision {:.1}",
            share(hits, wanted),
            share(hits, got)
        );
        let (ours, reference) = (words(&ours), words(&reference));
        different_both += reference
            .keys()
            .filter(|word| ours.contains_key(*word))
            .count();
        different += reference.len();
        both += hits;
        of_reference += wanted;
        of_ours += got;
    }
    let recall = 100.0 * both as f64 / of_reference.max(1) as f64;
    let precision = 100.0 * both as f64 / of_ours.max(1) as f64;
    let vocabulary = 100.0 * different_both as f64 / different.max(1) as f64;
    println!(
        "{folder}: recall {recall:.1} precision {precision:.1}, of different words {vocabulary:.1}"
    );
    assert!(
        vocabulary >= different_min,
        "{folder}: {vocabulary:.1} is below {different_min}"
    );
    assert!(
        recall >= recall_min,
        "{folder}: recall {recall:.1} is below {recall_min}"
    );
}

/// A reference without the marks and link targets of its Markdown.
fn bare(markdown: &str) -> String {
    let mut bare = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        bare.push_str(before);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
        bare.push(' ');
    }
    bare.push_str(rest);
    bare.replace("<!-- image -->", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[test]
fn word_files_keep_their_words() {
    check("docx/sources", "docx/groundtruth", 91.0, 90.0);
}

#[test]
fn presentations_keep_their_words() {
    check("pptx/sources", "pptx/groundtruth", 87.0, 85.0);
}

#[test]
fn spreadsheets_keep_their_words() {
    check("xlsx/sources", "xlsx/groundtruth", 91.0, 80.0);
}

#[test]
fn open_documents_keep_their_words() {
    check("odf/sources", "odf/groundtruth", 97.0, 97.0);
}

#[test]
fn web_pages_keep_their_words() {
    check("html/sources", "html/groundtruth", 90.0, 90.0);
}

#[test]
fn tables_in_text_keep_their_words() {
    check("csv/sources", "csv/groundtruth", 99.0, 98.0);
}

#[test]
fn mails_keep_their_words() {
    let Some(root) = data("documents/docling-tests/tests/data/email/sources") else {
        return;
    };
    for (name, part, words) in [
        ("eml_simple.eml", "body", "This is a simple email body."),
        ("eml_with_attachment.eml", "body", "Best regards, Alice"),
        (
            "eml_with_attachment.eml",
            "test.txt",
            "It contains some dummy content.",
        ),
    ] {
        let parsed = read(&root.join(name)).unwrap();
        let blocks = parsed
            .blocks
            .iter()
            .filter(|block| block.place.part.as_deref() == Some(part));
        assert!(
            blocks.clone().any(|block| block.text.contains(words)),
            "{name}: {parsed:?}"
        );
    }
}

#[test]
fn books_of_others_keep_their_words() {
    check("epub/sources", "epub/groundtruth", 99.0, 99.0);
}

#[test]
fn markdown_keeps_its_words() {
    let Some(root) = data("documents/docling-tests/tests/data") else {
        return;
    };
    for folder in files(&root) {
        let groundtruth = folder.join("groundtruth");
        if !groundtruth.try_exists().unwrap() {
            continue;
        }
        for path in files(&groundtruth) {
            if path.extension().is_some_and(|extension| extension == "md") {
                let reference = bare(&fs_err::read_to_string(&path).unwrap());
                if words(&reference).values().sum::<i64>() < 200 {
                    continue;
                }
                let ours = read(&path).map(|parsed| text(&parsed)).unwrap_or_default();
                let (hits, wanted, _) = compare(&ours, &reference);
                let recall = 100.0 * hits as f64 / wanted.max(1) as f64;
                if recall < 97.0 {
                    println!("{}: {recall:.1}", path.display());
                }
                assert!(recall >= 90.0, "{}: recall {recall:.1}", path.display());
            }
        }
    }
}

#[test]
fn epub_books_hold_the_text_beside_them() {
    let Some(books) = data("books") else { return };
    for path in files(&books) {
        if path
            .extension()
            .is_some_and(|extension| extension == "epub")
        {
            let reference = fs_err::read_to_string(path.with_extension("txt")).unwrap();
            let parsed = read(&path).unwrap();
            let (hits, wanted, got) = compare(&text(&parsed), &reference);
            let recall = 100.0 * hits as f64 / wanted as f64;
            let precision = 100.0 * hits as f64 / got as f64;
            println!(
                "{}: recall {recall:.2} precision {precision:.2}",
                path.display()
            );
            assert!(recall >= 99.0);
            assert_eq!(parsed.format, "epub");
            assert_eq!(parsed.language.as_deref(), Some("en"));
            assert!(parsed.title.is_some() && !parsed.authors.is_empty());
            assert!(parsed.blocks.iter().all(|block| block.place.part.is_some()));
        }
    }
}

#[test]
fn plain_books_are_read_whole() {
    let Some(books) = data("books") else { return };
    for path in files(&books) {
        if path.extension().is_some_and(|extension| extension == "txt") {
            let parsed = read(&path).unwrap();
            let reference = fs_err::read_to_string(&path).unwrap();
            let (hits, wanted, _) = compare(&text(&parsed), &reference);
            assert!(hits as f64 >= 0.999 * wanted as f64, "{}", path.display());
            assert_eq!(parsed.language.as_deref(), Some("en"));
        }
    }
}

/// Every file of every corpus, whole and damaged in a few places: read or refused, never a panic
/// (which would be a fault of kind `Malformed` with the sentence of `worker::contained`).
#[test]
fn no_real_file_breaks_its_reader_even_when_damaged() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap()
    };
    let mut open: Vec<PathBuf> = data("documents").into_iter().collect();
    let mut seen = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(files(&path));
            continue;
        }
        let extension = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_ours = !matches!(extension.as_str(), "pdf" | "png" | "jpg" | "json" | "itxt");
        if !is_ours || path.metadata().unwrap().len() > 200_000 {
            continue;
        }
        let bytes = fs_err::read(&path).unwrap();
        for round in 0..3 {
            let mut bytes = bytes.clone();
            for _ in 0..round * 4 {
                let at = random(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(random(256)).unwrap();
                }
            }
            if round == 2 {
                bytes.truncate(random(bytes.len()) + 1);
            }
            let result = collect(
                &Source::new(bytes, format!("x.{extension}")),
                &Limits::default(),
            );
            let broke = result.is_err_and(|failure| failure.message().contains("broke its reader"));
            assert!(!broke, "{} in round {round}", path.display());
            seen += 1;
        }
    }
    println!("read {seen} files, two thirds of them damaged");
}
