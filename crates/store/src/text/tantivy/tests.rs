//! The embedded text index: rules, restarts, damage.

use std::path::{Path, PathBuf};

use alexandria_core::error::ErrorKind;
use proptest::prelude::*;

use super::super::{TextEntry, suite};
use super::*;
use crate::vectors::suite::{attributes, chunk, space, version};

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(work)
}

fn fresh() -> (tempfile::TempDir, TantivyText) {
    let directory = tempfile::tempdir().unwrap();
    let index = TantivyText::open(directory.path()).unwrap();
    (directory, index)
}

fn upsert(number: u64, text: &str) -> TextChange {
    let entry = TextEntry {
        chunk: chunk(number),
        version: version(number),
        title: String::new(),
        section: Vec::new(),
        header: None,
        text: text.to_owned(),
    };
    TextChange::Upsert(attributes(number), vec![entry])
}

fn search(index: &TantivyText, question: &str) -> Result<Vec<TextHit>> {
    block_on(index.search(&[space(1, 1, 1)], question, &Filter::default(), 10))
}

#[test]
fn the_embedded_index_keeps_the_rules() {
    let (_directory, index) = fresh();
    block_on(suite::rules(&index));
}

#[test]
fn another_process_sees_every_commit() {
    let (directory, first) = fresh();
    let second = TantivyText::open(directory.path()).unwrap();
    for n in 0..12 {
        let writer = if n % 2 == 0 { &first } else { &second };
        block_on(writer.apply(space(1, 1, 1), vec![upsert(n, "a shared word")], n)).unwrap();
        for reader in [&first, &second] {
            assert_eq!(block_on(reader.count(space(1, 1, 1))).unwrap(), n + 1);
            assert_eq!(block_on(reader.position(space(1, 1, 1))).unwrap(), Some(n));
            assert_eq!(
                search(reader, "shared").unwrap().len(),
                usize::try_from(n + 1).unwrap().min(10)
            );
        }
    }
}

#[test]
fn a_damaged_index_is_noticed_and_built_again() {
    let space = space(1, 1, 1);
    let check = |ending: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let (directory, index) = fresh();
        block_on(index.apply(space, vec![upsert(1, "some words")], 5)).unwrap();
        drop(index);
        let place = directory.path().join(space.tenant().to_string());
        let files = place.join(space.generation().to_string()).join("index");
        let mut damaged = 0;
        for entry in std::fs::read_dir(files).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains(ending) {
                let mut bytes = std::fs::read(&path).unwrap();
                damage(&mut bytes);
                std::fs::write(&path, bytes).unwrap();
                damaged += 1;
            }
        }
        assert!(damaged > 0, "no file ends in {ending}");
        let index = TantivyText::open(directory.path()).unwrap();
        assert_eq!(
            search(&index, "words").expect_err(ending).kind(),
            ErrorKind::Corrupt,
            "{ending}"
        );
        assert_eq!(block_on(index.position(space)).unwrap(), None, "{ending}");
        assert_eq!(search(&index, "words").unwrap(), [], "{ending}");
        block_on(index.apply(space, vec![upsert(1, "some words")], 5)).unwrap();
        assert_eq!(search(&index, "words").unwrap().len(), 1, "{ending}");
    };
    for ending in [
        ".idx",
        ".term",
        ".pos",
        ".fast",
        ".fieldnorm",
        "documents.1",
        "/meta.json",
    ] {
        check(ending, &|bytes| bytes.truncate(bytes.len() / 2));
        check(ending, &|bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x80;
        });
    }
}

/// Where the files of the index of a space are.
fn files_of(directory: &Path) -> PathBuf {
    let space = space(1, 1, 1);
    let place = directory.join(space.tenant().to_string());
    place.join(space.generation().to_string()).join("index")
}

#[test]
fn a_writer_that_was_killed_leaves_nothing_that_stops_the_next_one() {
    let space = space(1, 1, 1);
    let (directory, index) = fresh();
    // So many that one removed entry is no reason to write the segment anew.
    let changes = (1..=10).map(|n| upsert(n, "some words")).collect();
    block_on(index.apply(space, changes, 1)).unwrap();
    drop(index);
    // What the killed one had written of its commit is taken from a copy in which it was not killed.
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(files_of(copy.path())).unwrap();
    for entry in std::fs::read_dir(files_of(directory.path())).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), files_of(copy.path()).join(entry.file_name())).unwrap();
    }
    let remove = || vec![TextChange::Remove(version(1))];
    let lived = TantivyText::open(copy.path()).unwrap();
    block_on(lived.apply(space, remove(), 2)).unwrap();
    let mut left = 0;
    for entry in std::fs::read_dir(files_of(copy.path())).unwrap() {
        let entry = entry.unwrap();
        let there = files_of(directory.path()).join(entry.file_name());
        if !there.try_exists().unwrap() {
            std::fs::copy(entry.path(), there).unwrap();
            left += usize::from(entry.file_name().to_string_lossy().ends_with(".del"));
        }
    }
    assert_eq!(left, 1, "the commit wrote no list of what is removed");
    let index = TantivyText::open(directory.path()).unwrap();
    block_on(index.apply(space, remove(), 2)).unwrap();
    assert_eq!(search(&index, "words").unwrap().len(), 9);
    assert_eq!(block_on(index.position(space)).unwrap(), Some(2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn no_text_and_no_question_is_an_error(texts in prop::collection::vec(any::<String>(), 1..5)) {
        let (_directory, index) = fresh();
        let changes = (0..).zip(&texts).map(|(n, text)| upsert(n, text)).collect();
        block_on(index.apply(space(1, 1, 1), changes, 1)).unwrap();
        for text in &texts {
            prop_assert!(search(&index, text).is_ok());
            let phrase = ["\"", text, "\""].concat();
            prop_assert!(search(&index, &phrase).is_ok());
        }
    }
}
