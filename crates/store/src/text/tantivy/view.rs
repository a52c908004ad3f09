//! The index as it is after one commit, and searching it.

use std::path::Path;

use ::tantivy::collector::TopDocs;
use ::tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermSetQuery};
use ::tantivy::{Index, IndexReader, ReloadPolicy, Searcher, Term};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::filter::Filter;
use alexandria_core::id::{ChunkId, CollectionId, DocumentId};
use uuid::Uuid;

use super::failure::{damaged, failed};
use super::layout::{Layout, key};
use super::question;
use super::sidecar::{Collections, Payload};
use crate::text::TextHit;
use crate::vectors::stamp::Stamp;

/// The index as it is after one commit.
pub(super) struct View {
    pub(super) stamp: Option<Stamp>,
    pub(super) index: Index,
    reader: IndexReader,
    pub(super) searcher: Searcher,
    pub(super) payload: Payload,
    pub(super) collections: Collections,
    languages: Vec<String>,
    pub(super) layout: Layout,
}

impl std::fmt::Debug for View {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("View")
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl View {
    /// Opens the index in a directory.
    pub(super) fn open(files: &Path, stamp: Stamp) -> Result<Self> {
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

    /// The latest commit of an index that is open.
    pub(super) fn later(known: &Self, files: &Path, stamp: Stamp) -> Result<Self> {
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
        let collections = payload.documents(files)?;
        let mut languages: Vec<String> = collections
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
            collections,
            languages,
            layout,
        })
    }

    /// The best entries of these collections.
    pub(super) fn search(
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
        } else if filter.only_leaves_out() {
            let open = Filter::default();
            let allowed = Box::new(TermSetQuery::new(self.allowed(&asked, &open)));
            let hidden = TermSetQuery::new(self.left_out(&asked, filter));
            Box::new(BooleanQuery::new(vec![
                (Occur::Must, Box::new(ConstScoreQuery::new(allowed, 0.0))),
                (Occur::MustNot, Box::new(hidden)),
                (Occur::Must, words),
            ]))
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

    /// The terms of the documents that are left out.
    fn left_out(&self, collections: &[CollectionId], filter: &Filter) -> Vec<Term> {
        let of = |collection: &CollectionId| {
            let document = |id: &DocumentId| {
                let key = key(*collection, id.to_bytes());
                Term::from_field_bytes(self.layout.document, &key)
            };
            filter.without.iter().map(document).collect::<Vec<_>>()
        };
        collections.iter().flat_map(of).collect()
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
            let Some(documents) = self.collections.get(collection) else {
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
