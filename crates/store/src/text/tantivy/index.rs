//! One tantivy index on disk: all collections of one tenant in one generation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ::tantivy::collector::{Count, TopDocs};
use ::tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use ::tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery};
use ::tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use ::tantivy::tokenizer::{PreTokenizedString, Token};
use ::tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, CollectionId, VersionId};
use arc_swap::ArcSwapOption;
use uuid::Uuid;

use super::language::Language;
use super::question::{self, Fields};
use super::sidecar::{Payload, Shelves};
use super::words::words;
use crate::text::{TextChange, TextEntry, TextHit};
use crate::vectors::lock;
use crate::vectors::stamp::Stamp;

/// Memory of the one indexing thread: the least that tantivy takes.
const WRITER_BYTES: usize = 15_000_000;

/// The share of deleted entries above which a segment is written anew.
const DELETED_SHARE_MAX: f32 = 0.3;

/// Words between title, headings and text, so that no phrase reaches across.
const GAP_WORDS: usize = 100;

/// Attempts to see one commit whole while others follow.
const LOOK_ATTEMPTS_MAX: usize = 10;

/// The fields of an entry.
#[derive(Clone, Copy, Debug)]
struct Layout {
    text: Fields,
    /// Collection and chunk.
    chunk: Field,
    /// Collection and version.
    version: Field,
    /// Collection and document.
    document: Field,
    collection: Field,
    chunk_high: Field,
    chunk_low: Field,
}

impl Layout {
    fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let words = |option| {
            let indexing = TextFieldIndexing::default().set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let layout = Self {
            text: Fields {
                words: schema
                    .add_text_field("words", words(IndexRecordOption::WithFreqsAndPositions)),
                title: schema.add_text_field("title", words(IndexRecordOption::WithFreqs)),
            },
            chunk: schema.add_bytes_field("chunk", INDEXED),
            version: schema.add_bytes_field("version", INDEXED),
            document: schema.add_bytes_field("document", INDEXED),
            collection: schema.add_bytes_field("collection", INDEXED),
            chunk_high: schema.add_u64_field("chunk_high", FAST),
            chunk_low: schema.add_u64_field("chunk_low", FAST),
        };
        (schema.build(), layout)
    }
}

/// An index that is open, or will be when it is first needed.
#[derive(Debug)]
pub(super) struct OpenIndex {
    directory: PathBuf,
    current: ArcSwapOption<View>,
    /// One writer, and one that opens, at a time in this process.
    writing: Mutex<()>,
}

/// The index as it is after one commit.
pub(super) struct View {
    stamp: Option<Stamp>,
    index: Index,
    reader: IndexReader,
    searcher: Searcher,
    payload: Payload,
    shelves: Shelves,
    languages: Vec<String>,
    layout: Layout,
}

impl std::fmt::Debug for View {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("View")
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl OpenIndex {
    /// The index in this directory, which need not be there yet. Reads nothing.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            current: ArcSwapOption::empty(),
            writing: Mutex::new(()),
        }
    }

    /// The position of a collection. A damaged index is taken away, and has none.
    pub(super) fn position(&self, collection: CollectionId) -> Result<Option<u64>> {
        let cause = match self.latest() {
            Ok(view) => {
                return Ok(view.and_then(|view| view.payload.positions.get(&collection).copied()));
            }
            Err(error) if error.kind() == ErrorKind::Corrupt => error,
            Err(error) => return Err(error),
        };
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = lock::exclusive(&self.directory)?;
        let directory = self.directory.display();
        tracing::warn!(%directory, cause = cause.chain(), "a text index is damaged and will be built again");
        self.current.store(None);
        remove_tree(&self.files())?;
        Ok(None)
    }

    /// Makes changes and moves the position, in one commit.
    pub(super) fn apply(
        &self,
        collection: CollectionId,
        changes: &[TextChange],
        position: u64,
    ) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        fs_err::create_dir_all(self.files()).context(ErrorKind::Unavailable, || {
            "cannot make the directory of a text index; see whether the disk is full".to_owned()
        })?;
        let _lock = lock::exclusive(&self.directory)?;
        let view = match self.look()? {
            Some(view) => view,
            None => self.create()?,
        };
        let mut draft = Draft::of(&view, collection)?;
        for change in changes {
            draft.change(change)?;
        }
        draft.payload.positions.insert(collection, position);
        draft.commit(&self.files())?;
        self.look()?;
        Ok(())
    }

    /// Removes a collection.
    pub(super) fn remove(&self, collection: CollectionId) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.directory.try_exists().unwrap_or(false) {
            return Ok(());
        }
        let _lock = lock::exclusive(&self.directory)?;
        let Some(view) = self.look()? else {
            return Ok(());
        };
        let mut draft = Draft::of(&view, collection)?;
        draft.payload.positions.remove(&collection);
        draft.described = draft.shelves.remove(&collection).is_some();
        draft.delete(view.layout.collection, &collection.to_bytes());
        draft.commit(&self.files())?;
        self.look()?;
        Ok(())
    }

    /// How many entries a collection has.
    pub(super) fn count(&self, collection: CollectionId) -> Result<u64> {
        let Some(view) = self.latest()? else {
            return Ok(0);
        };
        let term = Term::from_field_bytes(view.layout.collection, &collection.to_bytes());
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let count = view.searcher.search(&query, &Count).map_err(failed)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// The best entries of these collections.
    pub(super) fn search(
        &self,
        collections: &[CollectionId],
        question: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let Some(view) = self.latest()?.filter(|_| limit > 0) else {
            return Ok(Vec::new());
        };
        view.search(collections, question, filter, limit)
    }

    /// The file that tantivy replaces with every commit and every merge.
    fn commit(&self) -> PathBuf {
        self.files().join("meta.json")
    }

    fn files(&self) -> PathBuf {
        self.directory.join("index")
    }

    fn latest(&self) -> Result<Option<Arc<View>>> {
        if let Some(view) = self.current()? {
            return Ok(Some(view));
        }
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.look()
    }

    fn current(&self) -> Result<Option<Arc<View>>> {
        let stamp = Stamp::of(&self.commit())?;
        let current = self.current.load_full();
        Ok(current.filter(|view| stamp.is_some() && view.stamp == stamp))
    }

    /// Opens the index, or reads its latest commit. The caller holds `writing`.
    fn look(&self) -> Result<Option<Arc<View>>> {
        if let Some(view) = self.current()? {
            return Ok(Some(view));
        }
        let known = self.current.load_full();
        for attempt in 1.. {
            let Some(stamp) = Stamp::of(&self.commit())? else {
                self.current.store(None);
                return Ok(None);
            };
            let view = match &known {
                Some(known) => View::later(known, &self.files(), stamp),
                None => View::open(&self.files(), stamp),
            };
            let still = Stamp::of(&self.commit())? == Some(stamp);
            match view {
                Ok(view) if still => {
                    let view = Arc::new(view);
                    self.current.store(Some(Arc::clone(&view)));
                    return Ok(Some(view));
                }
                Ok(_) | Err(_) if !still && attempt < LOOK_ATTEMPTS_MAX => {}
                Err(error) => {
                    self.current.store(None);
                    return Err(error);
                }
                Ok(_) => break,
            }
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            "a text index changes faster than it can be read",
        ))
    }

    fn create(&self) -> Result<Arc<View>> {
        remove_tree(&self.files())?;
        fs_err::create_dir_all(self.files()).context(ErrorKind::Unavailable, || {
            "cannot make a text index".to_owned()
        })?;
        let (schema, _) = Layout::schema();
        Index::create_in_dir(self.files(), schema).map_err(failed)?;
        self.look()?.ok_or_else(|| {
            Error::new(
                ErrorKind::Unavailable,
                "a text index went away while it was being made",
            )
        })
    }
}

impl View {
    fn open(files: &Path, stamp: Stamp) -> Result<Self> {
        let index = Index::open_in_dir(files).map_err(damaged)?;
        let (schema, layout) = Layout::schema();
        if index.schema() != schema || !index.validate_checksum().map_err(damaged)?.is_empty() {
            return Err(Error::new(
                ErrorKind::Corrupt,
                "a text index does not match its checksums",
            ));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = reader.try_into().map_err(damaged)?;
        Self::read(index, reader, layout, files, stamp)
    }

    fn later(known: &Self, files: &Path, stamp: Stamp) -> Result<Self> {
        known.reader.reload().map_err(damaged)?;
        Self::read(
            known.index.clone(),
            known.reader.clone(),
            known.layout,
            files,
            stamp,
        )
    }

    fn read(
        index: Index,
        reader: IndexReader,
        layout: Layout,
        files: &Path,
        stamp: Stamp,
    ) -> Result<Self> {
        let payload = Payload::parse(index.load_metas().map_err(damaged)?.payload.as_deref())?;
        let shelves = payload.documents(files)?;
        let mut languages: Vec<String> = shelves
            .values()
            .flat_map(|documents| documents.languages())
            .collect();
        languages.sort_unstable();
        languages.dedup();
        let searcher = reader.searcher();
        Ok(Self {
            stamp: Some(stamp),
            index,
            reader,
            searcher,
            payload,
            shelves,
            languages,
            layout,
        })
    }

    fn search(
        &self,
        collections: &[CollectionId],
        question: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let asked: Vec<CollectionId> = collections
            .iter()
            .filter(|id| filter.collections.is_empty() || filter.collections.contains(id))
            .filter(|id| self.payload.positions.contains_key(id))
            .copied()
            .collect();
        let Some(words) = question::query(question, &self.languages, self.layout.text) else {
            return Ok(Vec::new());
        };
        let everything = filter.is_open() && asked.len() == self.payload.positions.len();
        let query: Box<dyn Query> = if everything {
            words
        } else {
            let allowed = Box::new(TermSetQuery::new(self.allowed(&asked, filter)));
            let allowed = ConstScoreQuery::new(allowed, 0.0);
            Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(allowed)),
                (Occur::Must, words),
            ]))
        };
        let best = TopDocs::with_limit(limit).order_by_score();
        let found = self.searcher.search(&query, &best).map_err(failed)?;
        let mut hits = Vec::with_capacity(found.len());
        for (score, address) in found {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let half = |name: &str| -> Result<u64> {
                let column = segment.fast_fields().u64(name).map_err(failed)?;
                Ok(column.first(address.doc_id).unwrap_or(0))
            };
            let uuid = Uuid::from_u64_pair(half("chunk_high")?, half("chunk_low")?);
            hits.push(TextHit {
                chunk: ChunkId::from_uuid(uuid),
                score,
            });
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk.cmp(&b.chunk)));
        Ok(hits)
    }

    /// The terms of what may be found: collections, or documents where the filter asks for more.
    fn allowed(&self, collections: &[CollectionId], filter: &Filter) -> Vec<Term> {
        if filter.is_open() {
            let term =
                |id: &CollectionId| Term::from_field_bytes(self.layout.collection, &id.to_bytes());
            return collections.iter().map(term).collect();
        }
        let mut terms = Vec::new();
        for collection in collections {
            let Some(documents) = self.shelves.get(collection) else {
                continue;
            };
            for document in documents.passing_ids(filter) {
                let key = key(*collection, document.to_bytes());
                terms.push(Term::from_field_bytes(self.layout.document, &key));
            }
        }
        terms
    }
}

/// A commit that is being made. Dropped, it leaves nothing behind.
struct Draft {
    writer: IndexWriter,
    layout: Layout,
    collection: CollectionId,
    payload: Payload,
    shelves: Shelves,
    /// Whether the documents changed.
    described: bool,
}

impl Draft {
    fn of(view: &View, collection: CollectionId) -> Result<Self> {
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
            shelves: view.shelves.clone(),
            described: false,
        })
    }

    fn change(&mut self, change: &TextChange) -> Result<()> {
        match change {
            TextChange::Upsert(attributes, entries) => {
                let known = self.shelves.entry(self.collection).or_default();
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
                let known = self.shelves.entry(self.collection).or_default();
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

    fn delete(&self, field: Field, bytes: &[u8]) {
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

    fn commit(mut self, files: &Path) -> Result<()> {
        if self.described {
            self.payload.keep(files, &self.shelves)?;
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

/// Adds the words of a text behind those that are there.
fn append(tokens: &mut Vec<Token>, text: &str, language: Language) {
    let start = tokens.last().map_or(0, |token| token.position + GAP_WORDS);
    tokens.extend(words(text).into_iter().map(|word| Token {
        text: word.form(language),
        position: start + word.place,
        ..Token::default()
    }));
}

fn key(collection: CollectionId, other: [u8; 16]) -> [u8; 32] {
    let mut key = [0; 32];
    let (first, second) = key.split_at_mut(16);
    first.copy_from_slice(&collection.to_bytes());
    second.copy_from_slice(&other);
    key
}

fn version_key(collection: CollectionId, version: VersionId) -> [u8; 32] {
    key(collection, version.to_bytes())
}

fn remove_tree(directory: &Path) -> Result<()> {
    match fs_err::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
            .context(ErrorKind::Unavailable, || {
                "cannot remove a text index".to_owned()
            }),
        _ => Ok(()),
    }
}

fn failed(source: ::tantivy::TantivyError) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the text index failed; see whether the disk is full",
    )
    .with_source(source)
}

fn damaged(source: ::tantivy::TantivyError) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "a text index cannot be read; it has to be built again",
    )
    .with_source(source)
}
