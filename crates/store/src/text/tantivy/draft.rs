//! A commit that is being made: entries put in and taken out, made durable together.

use std::path::Path;

use ::tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use ::tantivy::schema::Field;
use ::tantivy::tokenizer::{PreTokenizedString, Token};
use ::tantivy::{Index, IndexWriter, TantivyDocument, Term};
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::filter::Attributes;
use alexandria_core::id::CollectionId;

use super::failure::failed;
use super::language::Language;
use super::layout::{Layout, key, version_key};
use super::sidecar::{Collections, Payload};
use super::view::View;
use super::words::words;
use crate::text::{TextChange, TextEntry};

/// Memory of the one indexing thread: the least that tantivy takes.
const WRITER_BYTES: usize = 15_000_000;

/// The share of deleted entries above which a segment is written anew.
const DELETED_SHARE_MAX: f32 = 0.3;

/// Hexadecimal digits of the id of a segment.
const SEGMENT_ID_DIGITS: usize = 32;

/// Words between title, headings and text, so that no phrase reaches across.
const GAP_WORDS: usize = 100;

/// A commit that is being made. Dropped, it leaves nothing behind.
pub(super) struct Draft {
    writer: IndexWriter,
    layout: Layout,
    collection: CollectionId,
    pub(super) payload: Payload,
    pub(super) collections: Collections,
    /// Whether the documents changed.
    pub(super) described: bool,
}

impl Draft {
    /// Begins a commit that changes a collection; `files` is the directory of the index, which nobody else
    /// writes to meanwhile.
    pub(super) fn of(view: &View, collection: CollectionId, files: &Path) -> Result<Self> {
        sweep(&view.index, files)?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer: IndexWriter = view.index.writer_with_options(options).map_err(failed)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE_MAX);
        writer.set_merge_policy(Box::new(policy));
        Ok(Self {
            writer,
            layout: view.layout,
            collection,
            payload: view.payload.clone(),
            collections: view.collections.clone(),
            described: false,
        })
    }

    /// Makes a change.
    pub(super) fn change(&mut self, change: &TextChange) -> Result<()> {
        match change {
            TextChange::Upsert(attributes, entries) => {
                let known = self.collections.entry(self.collection).or_default();
                if known.get(attributes.document).as_ref() != Some(attributes) {
                    known.put(attributes);
                    self.described = true;
                }
                entries
                    .iter()
                    .try_for_each(|entry| self.add(attributes, entry))
            }
            TextChange::Remove(version) => {
                self.delete(self.layout.version, &version_key(self.collection, *version));
                Ok(())
            }
            TextChange::Describe(attributes) => {
                let known = self.collections.entry(self.collection).or_default();
                if known
                    .get(attributes.document)
                    .is_some_and(|known| known != *attributes)
                {
                    known.put(attributes);
                    self.described = true;
                }
                Ok(())
            }
        }
    }

    /// Takes the entries with a key out.
    pub(super) fn delete(&self, field: Field, bytes: &[u8]) {
        self.writer
            .delete_term(Term::from_field_bytes(field, bytes));
    }

    fn add(&self, attributes: &Attributes, entry: &TextEntry) -> Result<()> {
        let language = Language::of(&attributes.language);
        let chunk = key(self.collection, entry.chunk.to_bytes());
        self.delete(self.layout.chunk, &chunk);
        let mut title = Vec::new();
        append(&mut title, &entry.title, language);
        for heading in &entry.section {
            append(&mut title, heading, language);
        }
        let mut all = title.clone();
        append(
            &mut all,
            entry.header.as_deref().unwrap_or_default(),
            language,
        );
        append(&mut all, &entry.text, language);
        let mut document = TantivyDocument::default();
        let tokens = |tokens| PreTokenizedString {
            text: String::new(),
            tokens,
        };
        document.add_pre_tokenized_text(self.layout.text.words, tokens(all));
        document.add_pre_tokenized_text(self.layout.text.title, tokens(title));
        document.add_bytes(self.layout.chunk, &chunk);
        document.add_bytes(
            self.layout.version,
            &version_key(self.collection, entry.version),
        );
        let key = key(self.collection, attributes.document.to_bytes());
        document.add_bytes(self.layout.document, &key);
        document.add_bytes(self.layout.collection, &self.collection.to_bytes());
        let (high, low) = entry.chunk.as_uuid().as_u64_pair();
        document.add_u64(self.layout.chunk_high, high);
        document.add_u64(self.layout.chunk_low, low);
        self.writer.add_document(document).map_err(failed)?;
        Ok(())
    }

    /// Writes the segments of an index anew that hold removed entries, and removes their old files.
    pub(super) fn compact(mut self, index: &Index) -> Result<()> {
        let segments = index.searchable_segment_metas().map_err(failed)?;
        for segment in segments {
            if segment.num_deleted_docs() > 0 {
                self.writer.merge(&[segment.id()]).wait().map_err(failed)?;
            }
        }
        self.writer.garbage_collect_files().wait().map_err(failed)?;
        self.writer.wait_merging_threads().map_err(failed)
    }

    /// Makes everything durable; `files` is the directory of the index.
    pub(super) fn commit(mut self, files: &Path) -> Result<()> {
        if self.described {
            self.payload.keep(files, &self.collections)?;
        }
        let payload = self.payload.to_text()?;
        let mut prepared = self.writer.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        self.payload.sweep(files);
        // The commit is made; a merge that fails leaves more segments, which cost time only.
        if let Err(error) = self.writer.wait_merging_threads() {
            tracing::warn!(%error, "segments of a text index could not be merged");
        }
        Ok(())
    }
}

/// Removes files of segments that no commit names: a writer that was killed has left them. The next one
/// counts on from the last commit and gives the same names again, over which nothing is ever written.
fn sweep(index: &Index, files: &Path) -> Result<()> {
    let segments = index.searchable_segment_metas().map_err(failed)?;
    let about = || "cannot tidy the directory of a text index".to_owned();
    for entry in fs_err::read_dir(files).context(ErrorKind::Unavailable, about)? {
        let entry = entry.context(ErrorKind::Unavailable, about)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left = segment_of(&name).is_some_and(|(id, rest)| {
            let known = segments.iter().find(|known| known.id().uuid_string() == id);
            known.is_none_or(|known| is_outdated(rest, known.delete_opstamp()))
        });
        if is_left {
            fs_err::remove_file(entry.path()).context(ErrorKind::Unavailable, about)?;
        }
    }
    Ok(())
}

/// The id of the segment that a file is of, and the rest of its name.
fn segment_of(name: &str) -> Option<(&str, &str)> {
    let is_id =
        |id: &str| id.len() == SEGMENT_ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split_once('.').filter(|(id, _)| is_id(id))
}

/// Whether the rest of a name is of a list of removed entries that is not the segment's.
fn is_outdated(rest: &str, current: Option<u64>) -> bool {
    let of = rest.strip_suffix(".del").map(str::parse);
    of.is_some_and(|of| of.ok() != current)
}

/// Adds the words of a text behind those that are there.
fn append(tokens: &mut Vec<Token>, text: &str, language: Language) {
    let start = tokens.last().map_or(0, |token| token.position + GAP_WORDS);
    tokens.extend(words(text).into_iter().map(|word| Token {
        text: word.form(language),
        position: start + word.place,
        ..Token::default()
    }));
}
