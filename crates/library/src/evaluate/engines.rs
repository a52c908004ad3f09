//! The engines of an evaluation: filled with a judged collection, asked its queries.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::block::{Block, BlockKind, Parsed, Place, Span};
use alexandria_core::chunk::{ChunkPolicy, Piece, chunk};
use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::evaluation::{Measures, average, covers, mean, measure, percentile};
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::fusion::{Fusion, Leg, Ranking, fuse};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_models::embedder::{self, Embedder, Purpose};
use alexandria_store::text::tantivy::TantivyText;
use alexandria_store::text::{TextChange, TextEntry, TextIndex};
use alexandria_store::vectors::embedded::EmbeddedVectors;
use alexandria_store::vectors::{Effort, Point, VectorChange, VectorStore};
use jiff::Timestamp;
use uuid::Uuid;

use super::folder::{Folder, Record, Solid};
use super::{EvaluationRequest, LegEvaluation, QuoteRecall};
use crate::clock::SystemClock;
use crate::retrieve::milliseconds;

/// Chunks that each engine names for a query: enough for a hundred documents of several chunks.
const CANDIDATES: usize = 300;

/// The engines of an evaluation, and what they were filled with.
pub(super) struct Engines {
    space: Space,
    text: TantivyText,
    vectors: EmbeddedVectors,
    pub(super) embedder: Option<Arc<dyn Embedder>>,
    /// The document of each chunk and its bytes of that document's text.
    pub(super) pieces: Vec<(usize, Span)>,
    /// Where the quotes stand, by the query's id: the document and its bytes.
    quotes: HashMap<String, Vec<(usize, Span)>>,
    position: u64,
    pub(super) embed_ms: f64,
    pub(super) index_ms: f64,
}

impl Engines {
    pub(super) fn open(request: &EvaluationRequest) -> Result<Self> {
        let scratch: &Path = &request.scratch;
        let collection = CollectionId::from_uuid(Uuid::from_u128(1));
        let generation = GenerationId::from_uuid(Uuid::from_u128(1));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(Self {
            space: Space::new(&Principal::owner(), collection, generation),
            text: TantivyText::open(&scratch.join("text"))?,
            vectors: EmbeddedVectors::open(&scratch.join("vectors"))?,
            embedder: embedder::open(&request.embedder, &request.models, &clock)?,
            pieces: Vec::new(),
            quotes: HashMap::new(),
            position: 0,
            embed_ms: 0.0,
            index_ms: 0.0,
        })
    }

    /// Cuts, embeds and indexes the documents at these positions.
    pub(super) async fn index(
        &mut self,
        request: &EvaluationRequest,
        folder: &Folder,
        documents: Range<usize>,
    ) -> Result<()> {
        let mut entries: Vec<(Attributes, Vec<TextEntry>)> = Vec::with_capacity(documents.len());
        let mut embedded = Vec::new();
        let records = folder.documents.get(documents.clone()).unwrap_or_default();
        for (at, record) in documents.zip(records) {
            let (text, pieces) = cut(record, &request.policy, self.embedder.as_deref());
            self.find_quotes(folder, at, &text)?;
            let version = VersionId::from_uuid(Uuid::from_u128(at as u128));
            let mut own = Vec::with_capacity(pieces.len());
            for piece in pieces {
                let words = piece.span.of(&text).unwrap_or_default().to_owned();
                let context = piece.context(&record.title);
                embedded.push(if context.is_empty() {
                    words.clone()
                } else {
                    format!("{context}\n{words}")
                });
                let chunk = ChunkId::from_uuid(Uuid::from_u128(self.pieces.len() as u128));
                self.pieces.push((at, piece.span));
                own.push(TextEntry {
                    chunk,
                    version,
                    title: record.title.clone(),
                    section: piece.section,
                    header: piece.header,
                    text: words,
                });
            }
            entries.push((attributes(at, &request.language), own));
        }
        let vectors = self.embed(&embedded).await?;
        let started = Instant::now();
        self.position += 1;
        if !vectors.is_empty() {
            let mut vectors = vectors.into_iter();
            let changes = entries.iter().map(|(attributes, own)| {
                let points = own
                    .iter()
                    .zip(vectors.by_ref())
                    .map(|(entry, vector)| Point {
                        chunk: entry.chunk,
                        version: entry.version,
                        vector,
                    });
                VectorChange::Upsert(attributes.clone(), points.collect())
            });
            let changes = changes.collect();
            self.vectors
                .apply(self.space, changes, self.position)
                .await?;
        }
        let changes = entries
            .into_iter()
            .map(|(attributes, own)| TextChange::Upsert(attributes, own));
        self.text
            .apply(self.space, changes.collect(), self.position)
            .await?;
        self.index_ms += milliseconds(started);
        Ok(())
    }

    /// Finds the words that answer queries in the stored text of a document.
    fn find_quotes(&mut self, folder: &Folder, at: usize, text: &str) -> Result<()> {
        let Some(quotes) = folder.quotes.get(&at) else {
            return Ok(());
        };
        let text = Solid::new(text);
        for quote in quotes {
            let span = text.find(quote).ok_or_else(|| {
                let (query, words) = (&quote.query, &quote.text);
                let sentence = format!("the document of query {query:?} does not hold {words:?}");
                Error::new(ErrorKind::Invalid, sentence)
            })?;
            let of_query = self.quotes.entry(quote.query.clone()).or_default();
            of_query.push((at, span));
        }
        Ok(())
    }

    async fn embed(&mut self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let Some(embedder) = &self.embedder else {
            return Ok(Vec::new());
        };
        let started = Instant::now();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedded = embedder.embed(&texts, Purpose::Passage).await?;
        self.embed_ms += milliseconds(started);
        Ok(embedded.vectors)
    }

    /// Asks one query by text, by vectors and by both.
    pub(super) async fn ask(
        &self,
        folder: &Folder,
        query: &Record,
        tallies: &mut [Tally; 3],
    ) -> Result<()> {
        let filter = Filter::default();
        let started = Instant::now();
        let hits = self
            .text
            .search(&[self.space], &query.text, &filter, CANDIDATES)
            .await?;
        let text_ms = milliseconds(started);
        let entries = hits.into_iter().map(|hit| (hit.chunk, hit.score)).collect();
        let mut rankings = vec![Ranking {
            leg: Leg::Lexical,
            entries,
        }];
        let mut times = [text_ms, 0.0, text_ms];
        if let Some(embedder) = &self.embedder {
            let started = Instant::now();
            let vectors = embedder
                .embed(&[query.text.as_str()], Purpose::Query)
                .await?
                .vectors;
            let vector = vectors.first().map(Vec::as_slice).unwrap_or_default();
            let entries = self
                .vectors
                .search(&[self.space], vector, &filter, CANDIDATES, Effort::Normal)
                .await?
                .into_iter()
                .map(|hit| (hit.chunk, hit.cosine))
                .collect();
            rankings.push(Ranking {
                leg: Leg::Semantic,
                entries,
            });
            let vectors_ms = milliseconds(started);
            times = [text_ms, vectors_ms, text_ms + vectors_ms];
        }
        // As a library does: where the model cannot read the question, the words stand alone.
        let knows = |embedder: &Arc<dyn Embedder>| embedder.knows(&query.text);
        let both = if self.embedder.as_ref().is_some_and(knows) {
            rankings.as_slice()
        } else {
            rankings.get(..1).unwrap_or_default()
        };
        let (text, vectors) = rankings.split_at(1);
        let Some(judged) = folder.judgements.get(&query.id) else {
            return Ok(());
        };
        let quotes = self.quotes.get(&query.id).map(Vec::as_slice);
        let grasp = |embedder: &dyn Embedder| Fusion::grasping(embedder.grasp(&query.text));
        let how = self.embedder.as_deref().map_or_else(Fusion::default, grasp);
        for ((tally, leg), took) in tallies.iter_mut().zip([text, vectors, both]).zip(times) {
            let hits: Vec<(usize, Span)> = fuse(leg, how)
                .iter()
                .filter_map(|hit| self.piece(hit.chunk))
                .collect();
            let ranking: Vec<usize> = hits.iter().map(|(document, _)| *document).collect();
            tally.measures.extend(measure(&ranking, judged));
            tally.times.push(took);
            tally.count_quotes(quotes.unwrap_or_default(), &hits);
        }
        Ok(())
    }

    fn piece(&self, chunk: ChunkId) -> Option<(usize, Span)> {
        self.pieces
            .get(usize::try_from(chunk.as_uuid().as_u128()).ok()?)
            .copied()
    }
}

/// The measures and times of all queries in one way of searching.
#[derive(Default)]
pub(super) struct Tally {
    measures: Vec<Measures>,
    times: Vec<f64>,
    /// For each quote, whether it stands whole in the first five and the first ten passages.
    quotes: Vec<[bool; 2]>,
}

impl Tally {
    fn count_quotes(&mut self, quotes: &[(usize, Span)], hits: &[(usize, Span)]) {
        for (document, span) in quotes {
            let within = |first: usize| {
                let own = hits.iter().take(first).filter(|hit| hit.0 == *document);
                let pieces: Vec<Span> = own.map(|hit| hit.1).collect();
                covers(&pieces, *span)
            };
            self.quotes.push([within(5), within(10)]);
        }
    }

    pub(super) fn leg(&self) -> LegEvaluation {
        let share = |of: fn(&[bool; 2]) -> bool| {
            let whole: Vec<f64> = self
                .quotes
                .iter()
                .map(|q| f64::from(u8::from(of(q))))
                .collect();
            average(&whole)
        };
        LegEvaluation {
            measures: mean(&self.measures),
            p50_ms: percentile(&self.times, 0.5).unwrap_or_default(),
            p95_ms: percentile(&self.times, 0.95).unwrap_or_default(),
            quotes: (!self.quotes.is_empty()).then(|| QuoteRecall {
                at_5: share(|[five, _]| *five),
                at_10: share(|[_, ten]| *ten),
            }),
        }
    }
}

/// A document's stored text and its pieces: one paragraph a line.
fn cut(
    record: &Record,
    policy: &ChunkPolicy,
    embedder: Option<&dyn Embedder>,
) -> (String, Vec<Piece>) {
    let block = |text: &str| Block {
        kind: BlockKind::Paragraph,
        text: text.to_owned(),
        place: Place::default(),
        lines: Vec::new(),
    };
    let mut blocks: Vec<Block> = record.text.lines().map(str::trim).map(block).collect();
    if blocks.iter().all(|paragraph| paragraph.text.is_empty()) {
        // A document of a title alone is found by it.
        blocks = vec![block(record.title.trim())];
    }
    let (text, parsed) = Parsed {
        blocks,
        ..Parsed::default()
    }
    .store();
    let count = |text: &str| {
        embedder.map_or_else(
            || text.split_whitespace().count(),
            |embedder| embedder.count_tokens(text),
        )
    };
    let pieces = chunk(&parsed, &text, policy, &count);
    (text, pieces)
}

fn attributes(at: usize, language: &str) -> Attributes {
    Attributes {
        document: DocumentId::from_uuid(Uuid::from_u128(at as u128)),
        tags: Vec::new(),
        language: language.to_owned(),
        format: "text".to_owned(),
        added: Timestamp::UNIX_EPOCH,
    }
}
