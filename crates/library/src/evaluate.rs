//! How well this machine's engines find what people judged relevant: a folder in the layout of BEIR,
//! indexed in a throw-away directory and asked all its queries.
//!
//! How well questions are answered stands in [`question_set`] and [`questions`], how well the checker
//! judges in [`checker`].
//!
//! The cutting, the embedder, the text index, the vector store and the fusion are those of a library;
//! the catalog has no part in it, because it changes no ranking.

mod cases;
mod checker;
mod engines;
mod figures;
mod folder;
mod history;
mod question_set;
mod questions;

use std::path::PathBuf;

use alexandria_core::chunk::ChunkPolicy;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::evaluation::Measures;
use alexandria_models::embedder::EmbedderConfig;
use serde::{Deserialize, Serialize};

pub use self::cases::{CASES_NAME, CasesEvaluation};
pub use self::checker::{CheckerEvaluation, CheckerRequest, Rate, evaluate_checker};
use self::engines::{Engines, Tally};
pub use self::figures::{Asked, Figures, digest};
pub use self::history::{
    EVALUATION_MEASURES_MAX, EVALUATION_NAME_BYTES_MAX, EVALUATIONS_KEPT_MAX, EvaluationKind,
    Measure, Measured, PastEvaluation, Ways,
};
pub use self::question_set::{
    QUESTIONS_FILE, QuestionRecord, QuestionSetEvaluation, QuestionSetRequest,
    evaluate_question_set,
};
pub use self::questions::{JudgedQuestion, QuestionCosts, QuestionsEvaluation};

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegEvaluation {
    /// The means over all queries.
    #[serde(flatten)]
    pub measures: Measures,
    /// The median time of a search, in milliseconds of wall time.
    pub p50_ms: f64,
    /// The time within which 95 of a hundred searches ended, in milliseconds of wall time.
    pub p95_ms: f64,
    /// How much of what answers stands in the first passages; none when the folder has no quotes.
    pub quotes: Option<QuoteRecall>,
}

/// The share of quotes whose every word stands in the first passages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuoteRecall {
    /// Among the first five.
    pub at_5: f64,
    /// Among the first ten.
    pub at_10: f64,
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
        engines.index(request, &folder, start..end).await?;
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
        chunks: engines.pieces.len(),
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
