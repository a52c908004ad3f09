//! How well this machine's engines find what people judged relevant: a folder in the layout of BEIR,
//! indexed in a throw-away directory and asked all its queries.
//!
//! The cutting, the embedder, the text index, the vector store and the fusion are those of a library;
//! the catalog has no part in it, because it changes no ranking.

mod folder;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::block::{Block, BlockKind, Parsed, Place};
use alexandria_core::chunk::{ChunkPolicy, Piece, chunk};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::evaluation::{Measures, mean, measure, percentile};
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::fusion::{Fusion, Leg, Ranking, fuse};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_models::embedder::{self, Embedder, EmbedderConfig, Purpose};
use alexandria_store::text::tantivy::TantivyText;
use alexandria_store::text::{TextChange, TextEntry, TextIndex};
use alexandria_store::vectors::embedded::EmbeddedVectors;
use alexandria_store::vectors::{Effort, Point, VectorChange, VectorStore};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use self::folder::{Folder, Record};
use crate::retrieve::milliseconds;

/// Chunks that each engine names for a query: enough for a hundred documents of several chunks.
const CANDIDATES: usize = 300;

/// Documents that are cut, embedded and indexed together.
const DOCUMENTS_AT_ONCE: usize = 256;

/// What to evaluate.
#[derive(Clone, Debug)]
pub struct EvaluationRequest {
    /// The folder with `corpus.jsonl`, `queries.jsonl` and `qrels/`.
    pub folder: PathBuf,
    /// The judgements: `test` for `qrels/test.tsv`.
    pub split: String,
    /// The language of the collection (ISO 639-1).
    pub language: String,
    /// An empty directory for the indexes; whoever made it removes it.
    pub scratch: PathBuf,
    /// The directory that holds the models.
    pub models: PathBuf,
    /// Which embedder turns text into vectors.
    pub embedder: EmbedderConfig,
    /// How documents are cut.
    pub policy: ChunkPolicy,
}

/// How far an evaluation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationStep {
    /// So many documents of so many are indexed.
    Documents(usize, usize),
    /// So many queries of so many are asked.
    Queries(usize, usize),
}

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Documents indexed.
    pub documents: usize,
    /// Pieces they were cut into.
    pub chunks: usize,
    /// Queries with at least one relevant document.
    pub queries: usize,
    /// The name of the embedding model; none when embedding is off.
    pub model: Option<String>,
    /// The name of the chunk policy.
    pub policy: String,
    /// Time spent embedding the documents, in milliseconds of wall time.
    pub embed_ms: f64,
    /// Time spent filling both indexes, in milliseconds of wall time.
    pub index_ms: f64,
    /// The text index alone.
    pub text: LegEvaluation,
    /// The vectors alone; none when embedding is off.
    pub vectors: Option<LegEvaluation>,
    /// Both, fused; none when embedding is off.
    pub hybrid: Option<LegEvaluation>,
}

/// How well one way of searching did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LegEvaluation {
    /// The means over all queries.
    #[serde(flatten)]
    pub measures: Measures,
    /// The median time of a search, in milliseconds of wall time.
    pub p50_ms: f64,
    /// The time within which 95 of a hundred searches ended, in milliseconds of wall time.
    pub p95_ms: f64,
}

/// Indexes a judged collection and asks all its queries by text, by vectors and by both.
///
/// # Errors
/// `Invalid` when the folder is not a judged collection, `Unavailable` when the model or the disk is
/// not there.
pub async fn evaluate(
    request: &EvaluationRequest,
    report: &(dyn Fn(EvaluationStep) + Send + Sync),
) -> Result<Evaluation> {
    let owned = request.clone();
    let opened = tokio::task::spawn_blocking(move || {
        Ok::<_, Error>((
            folder::read(&owned.folder, &owned.split)?,
            Engines::open(&owned)?,
        ))
    });
    let broke = || "the thread that reads a judged collection broke".to_owned();
    let (folder, mut engines) = opened.await.context(ErrorKind::Internal, broke)??;
    for start in (0..folder.documents.len()).step_by(DOCUMENTS_AT_ONCE) {
        let end = (start + DOCUMENTS_AT_ONCE).min(folder.documents.len());
        engines
            .index(
                request,
                start,
                folder.documents.get(start..end).unwrap_or_default(),
            )
            .await?;
        report(EvaluationStep::Documents(end, folder.documents.len()));
    }
    let mut tallies = [Tally::default(), Tally::default(), Tally::default()];
    for (at, query) in folder.queries.iter().enumerate() {
        engines.ask(&folder, query, &mut tallies).await?;
        report(EvaluationStep::Queries(at + 1, folder.queries.len()));
    }
    let [text, vectors, hybrid] = tallies.map(|tally| tally.leg());
    let model = engines
        .embedder
        .as_ref()
        .map(|embedder| embedder.model().name.clone());
    Ok(Evaluation {
        documents: folder.documents.len(),
        chunks: engines.owners.len(),
        queries: folder.queries.len(),
        policy: request.policy.name(),
        embed_ms: engines.embed_ms,
        index_ms: engines.index_ms,
        text,
        vectors: model.is_some().then_some(vectors),
        hybrid: model.is_some().then_some(hybrid),
        model,
    })
}

/// The engines, and which document each chunk belongs to.
struct Engines {
    space: Space,
    text: TantivyText,
    vectors: EmbeddedVectors,
    embedder: Option<Arc<dyn Embedder>>,
    owners: Vec<usize>,
    position: u64,
    embed_ms: f64,
    index_ms: f64,
}

impl Engines {
    fn open(request: &EvaluationRequest) -> Result<Self> {
        let scratch: &Path = &request.scratch;
        let collection = CollectionId::from_uuid(Uuid::from_u128(1));
        let generation = GenerationId::from_uuid(Uuid::from_u128(1));
        Ok(Self {
            space: Space::new(&Principal::owner(), collection, generation),
            text: TantivyText::open(&scratch.join("text"))?,
            vectors: EmbeddedVectors::open(&scratch.join("vectors"))?,
            embedder: embedder::open(&request.embedder, &request.models)?,
            owners: Vec::new(),
            position: 0,
            embed_ms: 0.0,
            index_ms: 0.0,
        })
    }

    /// Cuts, embeds and indexes some documents, the first of which has this position.
    async fn index(
        &mut self,
        request: &EvaluationRequest,
        first: usize,
        documents: &[Record],
    ) -> Result<()> {
        let mut entries: Vec<(Attributes, Vec<TextEntry>)> = Vec::with_capacity(documents.len());
        let mut embedded = Vec::new();
        for (at, record) in (first..).zip(documents) {
            let (text, pieces) = cut(record, &request.policy, self.embedder.as_deref());
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
                let chunk = ChunkId::from_uuid(Uuid::from_u128(self.owners.len() as u128));
                self.owners.push(at);
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
    async fn ask(&self, folder: &Folder, query: &Record, tallies: &mut [Tally; 3]) -> Result<()> {
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
            let search =
                self.vectors
                    .search(self.space, vector, &filter, CANDIDATES, Effort::Normal);
            let entries = search
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
        let legs = [
            rankings.get(..1),
            rankings.get(1..),
            Some(rankings.as_slice()),
        ];
        let Some(judged) = folder.judgements.get(&query.id) else {
            return Ok(());
        };
        for ((tally, leg), took) in tallies.iter_mut().zip(legs).zip(times) {
            let ranking: Vec<usize> = fuse(leg.unwrap_or_default(), Fusion::default())
                .iter()
                .filter_map(|hit| self.owner(hit.chunk))
                .collect();
            tally.measures.extend(measure(&ranking, judged));
            tally.times.push(took);
        }
        Ok(())
    }

    fn owner(&self, chunk: ChunkId) -> Option<usize> {
        self.owners
            .get(usize::try_from(chunk.as_uuid().as_u128()).ok()?)
            .copied()
    }
}

/// The measures and times of all queries in one way of searching.
#[derive(Default)]
struct Tally {
    measures: Vec<Measures>,
    times: Vec<f64>,
}

impl Tally {
    fn leg(&self) -> LegEvaluation {
        LegEvaluation {
            measures: mean(&self.measures),
            p50_ms: percentile(&self.times, 0.5).unwrap_or_default(),
            p95_ms: percentile(&self.times, 0.95).unwrap_or_default(),
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
