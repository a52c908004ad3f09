//! What an index knows of its documents: enough to evaluate a filter without the catalog.
//!
//! Everything is small plain data (words are numbered), so that a copy for the next snapshot is a
//! few block moves and a filter over ten thousand documents takes microseconds.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::DocumentId;
use jiff::Timestamp;

/// The documents of one space or index, by number in the order of their coming.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    rows: Vec<Row>,
    numbers: HashMap<DocumentId, u32>,
    tags: Vec<u32>,
    words: Vec<Arc<str>>,
    word_numbers: HashMap<Arc<str>, u32>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    id: DocumentId,
    added: Timestamp,
    language: u32,
    format: u32,
    tags_start: usize,
    tags_count: usize,
}

impl Documents {
    /// Takes in a document's attributes and gives its number.
    pub(crate) fn put(&mut self, attributes: &Attributes) -> u32 {
        let row = Row {
            id: attributes.document,
            added: attributes.added,
            language: self.word(&attributes.language),
            format: self.word(&attributes.format),
            tags_start: self.tags.len(),
            tags_count: attributes.tags.len(),
        };
        for tag in &attributes.tags {
            let number = self.word(tag);
            self.tags.push(number);
        }
        let next = count(self.rows.len());
        let number = *self.numbers.entry(attributes.document).or_insert(next);
        match self.rows.get_mut(index(number)) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
        number
    }

    /// The number of a document.
    pub(crate) fn number(&self, document: DocumentId) -> Option<u32> {
        self.numbers.get(&document).copied()
    }

    /// The attributes of a document.
    pub(crate) fn get(&self, document: DocumentId) -> Option<Attributes> {
        self.attributes(self.number(document)?)
    }

    /// The languages of all documents, each once.
    pub(crate) fn languages(&self) -> Vec<String> {
        let numbers: BTreeSet<u32> = self.rows.iter().map(|row| row.language).collect();
        numbers
            .into_iter()
            .map(|number| self.text(number))
            .collect()
    }

    /// The attributes of the document with this number, as they were put in.
    pub(crate) fn attributes(&self, number: u32) -> Option<Attributes> {
        let row = self.rows.get(index(number))?;
        Some(Attributes {
            document: row.id,
            tags: self
                .tags_of(row)
                .iter()
                .map(|tag| self.text(*tag))
                .collect(),
            language: self.text(row.language),
            format: self.text(row.format),
            added: row.added,
        })
    }

    /// The attributes of all documents, in the order of their coming.
    pub(crate) fn all(&self) -> impl Iterator<Item = Attributes> {
        (0..count(self.rows.len())).filter_map(|number| self.attributes(number))
    }

    /// The documents that pass.
    pub(crate) fn passing_ids(&self, filter: &Filter) -> Vec<DocumentId> {
        let passing = self.passing(filter).into_iter().zip(&self.rows);
        passing
            .filter(|(passes, _)| *passes)
            .map(|(_, row)| row.id)
            .collect()
    }

    /// For each document, whether it passes.
    pub(crate) fn passing(&self, filter: &Filter) -> Vec<bool> {
        let numbers = |words: &[String]| -> Vec<u32> {
            words
                .iter()
                .filter_map(|word| self.word_numbers.get(word.as_str()).copied())
                .collect()
        };
        let (tags, languages, formats) = (
            numbers(&filter.tags),
            numbers(&filter.languages),
            numbers(&filter.formats),
        );
        let passes = |row: &Row| {
            (filter.tags.is_empty() || self.tags_of(row).iter().any(|tag| tags.contains(tag)))
                && (filter.languages.is_empty() || languages.contains(&row.language))
                && (filter.formats.is_empty() || formats.contains(&row.format))
                && filter.added_after.is_none_or(|moment| row.added >= moment)
                && filter.added_before.is_none_or(|moment| row.added < moment)
                && filter.without.binary_search(&row.id).is_err()
        };
        if filter.documents.is_empty() {
            return self.rows.iter().map(passes).collect();
        }
        let mut passing = vec![false; self.rows.len()];
        for number in filter
            .documents
            .iter()
            .filter_map(|document| self.number(*document))
        {
            if let (Some(passing), Some(row)) =
                (passing.get_mut(index(number)), self.rows.get(index(number)))
            {
                *passing = passes(row);
            }
        }
        passing
    }

    fn tags_of(&self, row: &Row) -> &[u32] {
        self.tags
            .get(row.tags_start..row.tags_start + row.tags_count)
            .unwrap_or_default()
    }

    fn text(&self, word: u32) -> String {
        self.words
            .get(index(word))
            .map(|word| word.to_string())
            .unwrap_or_default()
    }

    fn word(&mut self, word: &str) -> u32 {
        if let Some(number) = self.word_numbers.get(word) {
            return *number;
        }
        let number = count(self.words.len());
        let word: Arc<str> = Arc::from(word);
        self.words.push(Arc::clone(&word));
        self.word_numbers.insert(word, number);
        number
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
