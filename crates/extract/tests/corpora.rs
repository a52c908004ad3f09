//! Reads real files that nobody here wrote and compares them with what others read in them. Says so
//! and passes when the corpora are not there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use alexandria_core::block::Parsed;
use alexandria_extract::{Limits, Source, collect};

fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    let is_there = path.try_exists().unwrap_or(false);
    if !is_there {
        println!("skipped: the corpus {} is not there", path.display());
    }
    is_there.then_some(path)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(path: &Path) -> alexandria_extract::Result<Parsed> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    collect(&Source::new(fs_err::read(path).unwrap(), name), &Limits::default())
}

fn words(text: &str) -> HashMap<String, i64> {
    let mut words = HashMap::new();
    for word in text.to_lowercase().split(|character: char| !character.is_alphanumeric()) {
        if !word.is_empty() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}

fn text(parsed: &Parsed) -> String {
    parsed.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Counts of words in both, in the reference, in ours.
fn compare(ours: &str, reference: &str) -> (i64, i64, i64) {
    let (ours, reference) = (words(ours), words(reference));
    let both = reference.iter().map(|(word, count)| ours.get(word).map_or(0, |n| *n.min(count))).sum();
    (both, reference.values().sum(), ours.values().sum())
}

/// Reads every file of a folder and asks for a recall (in percent) of all words of the references.
fn check(folder: &str, reference_folder: &str, recall_min: f64) {
    let Some(root) = data("documents/docling-tests/tests/data") else { return };
    let (mut both, mut of_reference, mut of_ours) = (0, 0, 0);
    for path in files(&root.join(folder)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let reference = root.join(reference_folder).join(format!("{name}.md"));
        let Ok(reference) = fs_err::read_to_string(&reference) else {
            drop(read(&path));
            continue;
        };
        let reference = bare(&reference);
        let ours = read(&path).map(|parsed| text(&parsed)).unwrap_or_else(|failure| {
            println!("{name}: {failure:?}");
            String::new()
        });
        let (hits, wanted, got) = compare(&ours, &reference);
        let share = |part: i64, whole: i64| 100.0 * part as f64 / whole.max(1) as f64;
        println!("{name}: recall {:.1} precision {:.1}", share(hits, wanted), share(hits, got));
        both += hits;
        of_reference += wanted;
        of_ours += got;
    }
    let recall = 100.0 * both as f64 / of_reference.max(1) as f64;
    let precision = 100.0 * both as f64 / of_ours.max(1) as f64;
    println!("{folder}: recall {recall:.1} precision {precision:.1}");
    assert!(recall >= recall_min, "{folder}: recall {recall:.1} is below {recall_min}");
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
    bare.replace("<!-- image -->", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn word_files_keep_their_words() {
    check("docx/sources", "docx/groundtruth", 90.0);
}

#[test]
fn presentations_keep_their_words() {
    check("pptx/sources", "pptx/groundtruth", 90.0);
}

#[test]
fn spreadsheets_keep_their_words() {
    check("xlsx/sources", "xlsx/groundtruth", 90.0);
}

#[test]
fn open_documents_keep_their_words() {
    check("odf/sources", "odf/groundtruth", 90.0);
}

#[test]
fn web_pages_keep_their_words() {
    check("html/sources", "html/groundtruth", 85.0);
    check("html_chandra/sources", "html_chandra/groundtruth", 85.0);
}

#[test]
fn tables_in_text_keep_their_words() {
    check("csv/sources", "csv/groundtruth", 99.0);
}

#[test]
fn mails_keep_their_words() {
    check("email/sources", "email/groundtruth", 85.0);
}

#[test]
fn books_of_others_keep_their_words() {
    check("epub/sources", "epub/groundtruth", 95.0);
}

#[test]
fn markdown_keeps_its_words() {
    let Some(root) = data("documents/docling-tests/tests/data") else { return };
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
        if path.extension().is_some_and(|extension| extension == "epub") {
            let reference = fs_err::read_to_string(path.with_extension("txt")).unwrap();
            let parsed = read(&path).unwrap();
            let (hits, wanted, got) = compare(&text(&parsed), &reference);
            let recall = 100.0 * hits as f64 / wanted as f64;
            let precision = 100.0 * hits as f64 / got as f64;
            println!("{}: recall {recall:.2} precision {precision:.2}", path.display());
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
