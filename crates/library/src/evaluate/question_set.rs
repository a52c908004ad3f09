//! A set of questions on disk: `corpus.jsonl` in the layout of BEIR and `questions.jsonl`, and putting
//! the corpus into a throw-away library to ask them.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::document::DocumentState;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use serde::{Deserialize, Serialize};

use super::EvaluationStep;
use super::folder::{Record, records};
use super::questions::{JudgedQuestion, QuestionsEvaluation};
use crate::ask::{AskRequest, WriterChoice};
use crate::clock::{SystemClock, SystemIds};
use crate::documents::Upload;
use crate::library::Library;
use crate::retrieve::milliseconds;
use crate::settings::LibrarySettings;

/// The file of a folder that holds the questions.
pub const QUESTIONS_FILE: &str = "questions.jsonl";

/// The collection that the corpus is put into.
const COLLECTION: &str = "corpus";

/// Documents that are put in before it is waited until they can be found.
const DOCUMENTS_AT_ONCE: usize = 512;

/// A line of `questions.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionRecord {
    /// What the question is called.
    #[serde(rename = "_id")]
    pub id: String,
    /// The question in a person's words.
    pub question: String,
    /// Every way to answer it; empty where the library must not answer it.
    pub answers: Vec<String>,
    /// The ids, in `corpus.jsonl`, of the documents that answer it.
    pub documents: Vec<String>,
    /// Its language (ISO 639-1), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What to evaluate.
#[derive(Clone, Debug)]
pub struct QuestionSetRequest {
    /// The folder with `corpus.jsonl` and `questions.jsonl`.
    pub folder: PathBuf,
    /// The language of questions that name none (ISO 639-1).
    pub language: String,
    /// How many questions are asked, evenly spread over the file; all when nothing is said.
    pub limit: Option<usize>,
    /// Who writes the answers; each is asked all the questions.
    pub writers: Vec<WriterChoice>,
    /// What the throw-away library is opened with. Its data directory must be empty; whoever made it
    /// removes it.
    pub settings: LibrarySettings,
}

/// How well a set of questions was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionSetEvaluation {
    /// Documents put in.
    pub documents: usize,
    /// The name of the embedding model; none when embedding is off.
    pub model: Option<String>,
    /// Time spent putting the corpus in, in milliseconds of wall time.
    pub ingest_ms: f64,
    /// One evaluation for each writer, in the order of the request.
    pub writers: Vec<QuestionsEvaluation>,
}

/// Puts a corpus into a throw-away library and asks it all the questions, once for each writer.
///
/// # Errors
/// `Invalid` when the folder is no set of questions or a document of it cannot be read, `Unavailable`
/// when the model or the disk is not there.
pub async fn evaluate_question_set(
    request: &QuestionSetRequest,
    report: &(dyn Fn(EvaluationStep) + Send + Sync),
) -> Result<QuestionSetEvaluation> {
    let owned = request.folder.clone();
    let read = tokio::task::spawn_blocking(move || {
        let corpus: Vec<Record> = records(&owned.join("corpus.jsonl"), "_id and text")?;
        let fields = "_id, question, answers and documents";
        let questions: Vec<QuestionRecord> = records(&owned.join(QUESTIONS_FILE), fields)?;
        Ok::<_, Error>((corpus, questions))
    });
    let broke = || "the thread that reads a set of questions broke".to_owned();
    let (corpus, questions) = read.await.context(ErrorKind::Internal, broke)??;
    let questions = spread(questions, request.limit);
    check(request, &corpus, &questions)?;
    let settings = LibrarySettings {
        // Never the database of the person's own library.
        database: None,
        ..request.settings.clone()
    };
    let library = Library::open(settings, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    let found = fill_and_ask(&library, request, &corpus, &questions, report).await;
    library.close().await?;
    found
}

async fn fill_and_ask(
    library: &Arc<Library>,
    request: &QuestionSetRequest,
    corpus: &[Record],
    questions: &[QuestionRecord],
    report: &(dyn Fn(EvaluationStep) + Send + Sync),
) -> Result<QuestionSetEvaluation> {
    let principal = Principal::owner();
    let started = Instant::now();
    let documents = fill(library, &principal, corpus, report).await?;
    let ingest_ms = milliseconds(started);
    let judged: Vec<JudgedQuestion> = questions
        .iter()
        .map(|record| judged(record, &documents, &request.language))
        .collect();
    let all = judged.len() * request.writers.len();
    let mut writers = Vec::with_capacity(request.writers.len());
    for (at, writer) in request.writers.iter().enumerate() {
        let ask = AskRequest {
            writer: *writer,
            ..AskRequest::new("")
        };
        let shown = |done, _| report(EvaluationStep::Queries(at * judged.len() + done, all));
        let found = library.evaluate_questions(&principal, &judged, &ask, &shown);
        writers.push(found.await?);
    }
    let model = library.models.embedding();
    Ok(QuestionSetEvaluation {
        documents: corpus.len(),
        model: model.map(|model| model.name.clone()),
        ingest_ms,
        writers,
    })
}

/// Puts the corpus in, by the way that every document takes, and gives the document of each id.
async fn fill<'a>(
    library: &Arc<Library>,
    principal: &Principal,
    corpus: &'a [Record],
    report: &(dyn Fn(EvaluationStep) + Send + Sync),
) -> Result<HashMap<&'a str, DocumentId>> {
    let collection = library.ensure_collection(principal, COLLECTION).await?.id;
    let mut documents = HashMap::with_capacity(corpus.len());
    for (part, records) in corpus.chunks(DOCUMENTS_AT_ONCE).enumerate() {
        let before = part * DOCUMENTS_AT_ONCE;
        let mut waiting = Vec::with_capacity(records.len());
        for record in records {
            let title = Some(record.title.clone()).filter(|title| !title.trim().is_empty());
            // A document of a title alone is found by it.
            let bare = record.text.trim().is_empty();
            let text = if bare { &record.title } else { &record.text };
            let upload = Upload {
                title,
                ..Upload::new(collection, format!("{}.txt", record.id))
            };
            let added = library.add_document(principal, upload, text.as_bytes());
            let added = added.await.map_err(|error| {
                let sentence = format!("cannot put in the document {:?} of the corpus", record.id);
                Error::new(error.kind(), sentence).with_source(error)
            })?;
            // Two records of the same words are one document.
            documents.insert(record.id.as_str(), added.document.id);
            waiting.push(added.document.id);
        }
        let mut done = HashSet::new();
        let mut shown = |progress: &crate::progress::Progress| {
            if matches!(progress.state, DocumentState::Ready | DocumentState::Failed) {
                done.insert(progress.document);
            }
            report(EvaluationStep::Documents(before + done.len(), corpus.len()));
        };
        library.drain(principal, &waiting, &mut shown).await?;
        report(EvaluationStep::Documents(
            before + records.len(),
            corpus.len(),
        ));
    }
    for record in corpus {
        let Some(id) = documents.get(record.id.as_str()) else {
            continue;
        };
        let document = library.document(principal, *id).await?;
        if document.state == DocumentState::Failed {
            let sentence = format!("the document {:?} of the corpus cannot be read", record.id);
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
    }
    Ok(documents)
}

fn judged(
    record: &QuestionRecord,
    documents: &HashMap<&str, DocumentId>,
    language: &str,
) -> JudgedQuestion {
    let wanted = record.documents.iter();
    JudgedQuestion {
        id: record.id.clone(),
        text: record.question.clone(),
        answers: record.answers.clone(),
        documents: wanted
            .filter_map(|id| documents.get(id.as_str()).copied())
            .collect(),
        language: Some(
            record
                .language
                .clone()
                .unwrap_or_else(|| language.to_owned()),
        ),
    }
}

/// So many questions, evenly spread, because files are often sorted by what they ask about.
fn spread(questions: Vec<QuestionRecord>, limit: Option<usize>) -> Vec<QuestionRecord> {
    let all = questions.len();
    let wanted = limit.unwrap_or(all).min(all);
    let is_taken = |at: usize| (at + 1) * wanted / all.max(1) > at * wanted / all.max(1);
    let questions = questions.into_iter().enumerate();
    questions
        .filter(|(at, _)| is_taken(*at))
        .map(|(_, question)| question)
        .collect()
}

/// Refuses what would be measured wrongly: no question at all, documents that are not there, answers
/// of nothing.
fn check(
    request: &QuestionSetRequest,
    corpus: &[Record],
    questions: &[QuestionRecord],
) -> Result<()> {
    let path = request.folder.join(QUESTIONS_FILE);
    let wrong = |why: String| {
        let sentence = format!("cannot evaluate {}: {why}", path.display());
        Err(Error::new(ErrorKind::Invalid, sentence))
    };
    if questions.is_empty() {
        return wrong("there is no question to ask".to_owned());
    }
    let known: HashSet<&str> = corpus.iter().map(|record| record.id.as_str()).collect();
    for question in questions {
        let id = &question.id;
        if let Some(unknown) = question
            .documents
            .iter()
            .find(|document| !known.contains(document.as_str()))
        {
            return wrong(format!(
                "the question {id:?} names the document {unknown:?}, which corpus.jsonl does not hold"
            ));
        }
        if question
            .answers
            .iter()
            .any(|answer| answer.trim().is_empty())
        {
            return wrong(format!(
                "the question {id:?} has an empty answer: a question that must not be answered has an \
                 empty list of answers"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_takes_questions_evenly_spread() {
        let taken = |all: usize, limit: Option<usize>| -> Vec<String> {
            let question = |at: usize| QuestionRecord {
                id: at.to_string(),
                question: String::new(),
                answers: Vec::new(),
                documents: Vec::new(),
                language: None,
            };
            let questions = spread((0..all).map(question).collect(), limit);
            questions.into_iter().map(|one| one.id).collect()
        };
        assert_eq!(taken(6, Some(3)), ["1", "3", "5"]);
        assert_eq!(taken(5, Some(2)).len(), 2);
        assert_eq!(taken(3, None), ["0", "1", "2"]);
        assert_eq!(taken(3, Some(9)).len(), 3);
        assert!(taken(3, Some(0)).is_empty() && taken(0, Some(3)).is_empty());
    }
}
