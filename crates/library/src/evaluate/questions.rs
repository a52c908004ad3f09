//! How well a library answers a set of questions whose answers people know.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::access::Scope;
use alexandria_core::citation::Citation;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::evaluation::questions::{Observed, QuestionMeasures, Shared, measure};
use alexandria_core::evaluation::{average, overlap, percentile};
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_models::generator::GeneratorModel;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};

use crate::ask::{Answer, AskEvent, AskRequest, Writer, WriterChoice};
use crate::library::Library;
use crate::retrieve::milliseconds;

/// The name of the writer that is no language model.
const EXTRACTIVE: &str = "extractive";

/// A question, and what people know of its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedQuestion {
    /// What the question is called in its set.
    pub id: String,
    /// The question in a person's words.
    pub text: String,
    /// Every way to answer it; empty where the library must not answer it.
    pub answers: Vec<String>,
    /// The documents that answer it; empty where nobody has said which.
    pub documents: Vec<DocumentId>,
    /// Its language (ISO 639-1), where it is known.
    pub language: Option<String>,
}

/// How well one writer answered a set of questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionsEvaluation {
    /// Who wrote the answers: `extractive`, or provider and name of a language model.
    pub writer: String,
    /// Questions asked.
    pub questions: usize,
    /// Of these, the ones that have an answer.
    pub answerable: usize,
    /// Answers that a language model was to write and that are made of exact sentences instead, because
    /// it failed or wrote nothing that is supported.
    pub fallbacks: usize,
    /// How good the answers are.
    pub measures: QuestionMeasures,
    /// What they cost.
    pub costs: QuestionCosts,
}

/// What answering a set of questions cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuestionCosts {
    /// The median time of an answer, in milliseconds of wall time.
    pub p50_ms: f64,
    /// The time within which 95 of a hundred answers were there.
    pub p95_ms: f64,
    /// The median time until the first sentence, of the answers that have one.
    pub first_sentence_p50_ms: Option<f64>,
    /// The time within which 95 of a hundred first sentences were there.
    pub first_sentence_p95_ms: Option<f64>,
    /// Processor time of this whole process for one question, on average, in milliseconds.
    pub cpu_ms: f64,
    /// Tokens of a question's prompt, on average; 0 without a language model.
    pub prompt_tokens: f64,
    /// Tokens written for a question, on average.
    pub completion_tokens: f64,
    /// What all questions together cost by the table of prices, in US dollars.
    pub cost_usd: f64,
}

impl Library {
    /// Asks questions whose answers people know, one after another, and measures what comes back.
    ///
    /// `request` says how they are asked: everything but its text is taken as it is, so that two ways of
    /// asking can be compared. `report` is told how many are done, of how many. The answers are forgotten
    /// again: an evaluation leaves nothing among a person's own.
    ///
    /// # Errors
    /// As for [`Self::ask`], naming the question.
    pub async fn evaluate_questions(
        self: &Arc<Self>,
        principal: &Principal,
        questions: &[JudgedQuestion],
        request: &AskRequest,
        report: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<QuestionsEvaluation> {
        principal.require(Scope::Ask)?;
        let model = self.generator_for(principal).await?.model();
        let model = model.filter(|_| request.writer == WriterChoice::Auto);
        let wants_model = model.is_some();
        let before = cpu_ms();
        let mut replies = Vec::with_capacity(questions.len());
        for (at, question) in questions.iter().enumerate() {
            let asked = AskRequest {
                text: question.text.clone(),
                // What was answered before says nothing of how long answering takes.
                fresh: true,
                ..request.clone()
            };
            let reply = self.reply(principal, asked).await.map_err(|error| {
                let sentence = format!("cannot evaluate the question {:?}", question.id);
                Error::new(error.kind(), sentence).with_source(error)
            })?;
            replies.push(reply);
            report(at + 1, questions.len());
        }
        let cpu_ms = cpu_ms() - before;
        let observed: Vec<Observed> = questions
            .iter()
            .zip(&replies)
            .map(|(question, reply)| observe(question, &reply.answer))
            .collect();
        let by_model = |reply: &&Reply| matches!(reply.answer.writer, Writer::Model { .. });
        // Without a passage no model is asked, and none has failed.
        let had_passages = |reply: &&Reply| !reply.answer.passages.is_empty();
        let missed = |reply: &&Reply| wants_model && had_passages(reply) && !by_model(reply);
        Ok(QuestionsEvaluation {
            writer: model.map_or_else(|| EXTRACTIVE.to_owned(), |model| name(model.model())),
            questions: questions.len(),
            answerable: observed.iter().filter(|one| one.is_answerable).count(),
            fallbacks: replies.iter().filter(missed).count(),
            measures: off_runtime(observed).await?,
            costs: costs(&replies, cpu_ms),
        })
    }

    /// One answer, timed, and forgotten again.
    async fn reply(self: &Arc<Self>, principal: &Principal, request: AskRequest) -> Result<Reply> {
        let started = Instant::now();
        let mut first_ms = None;
        let mut events = self.ask_stream(principal.clone(), request);
        while let Some(event) = events.next().await {
            let event = event?;
            if matches!(event, AskEvent::Sentence(_)) {
                first_ms.get_or_insert_with(|| milliseconds(started));
            } else if matches!(event, AskEvent::Restart) {
                first_ms = None;
            } else if let AskEvent::Done(answer) = event {
                let total_ms = milliseconds(started);
                if let Some(id) = answer.id {
                    self.forget_answer(principal, id).await?;
                }
                return Ok(Reply {
                    answer: *answer,
                    first_ms,
                    total_ms,
                });
            }
        }
        Err(Error::new(
            ErrorKind::Internal,
            "the answer broke off without an end",
        ))
    }
}

/// What a model is called in figures.
fn name(model: &GeneratorModel) -> String {
    format!("{}/{}", model.provider, model.name)
}

/// An answer and how long it took.
struct Reply {
    answer: Answer,
    first_ms: Option<f64>,
    total_ms: f64,
}

/// Compares an answer with what people know.
fn observe(question: &JudgedQuestion, answer: &Answer) -> Observed {
    let (gold, language) = (&question.answers, question.language.as_deref());
    let text = if answer.answered {
        answer.text.as_str()
    } else {
        ""
    };
    let citations: Vec<&Citation> = answer
        .sentences
        .iter()
        .flat_map(|sentence| &sentence.citations)
        .collect();
    let wanted: HashSet<DocumentId> = question.documents.iter().copied().collect();
    let cited: HashSet<DocumentId> = citations.iter().map(|one| one.document).collect();
    let supported = answer.sentences.iter().filter(|one| one.verdict.supported);
    let is_answerable = !gold.is_empty();
    let counts = is_answerable && answer.answered;
    Observed {
        is_answerable,
        is_answered: answer.answered,
        confidence: f64::from(answer.confidence),
        shared: Shared {
            is_match: counts && overlap::is_match(text, gold, language),
            token_f1: if counts {
                overlap::token_f1(text, gold, language)
            } else {
                0.0
            },
            holds_answer: overlap::holds(text, gold),
            quote_holds_answer: citations
                .iter()
                .any(|citation| overlap::holds(&citation.quote, gold)),
        },
        citations_right: citations
            .iter()
            .filter(|citation| wanted.contains(&citation.document))
            .count(),
        citations: citations.len(),
        documents_cited: wanted.intersection(&cited).count(),
        documents: wanted.len(),
        sentences_supported: supported.count(),
        sentences: answer.sentences.len() + answer.removed.len(),
    }
}

/// Measures on a thread that may take its time: the intervals are drawn a thousand times.
async fn off_runtime(observed: Vec<Observed>) -> Result<QuestionMeasures> {
    tokio::task::spawn_blocking(move || measure(&observed))
        .await
        .context(ErrorKind::Internal, || {
            "the thread that measures answers broke".to_owned()
        })
}

fn costs(replies: &[Reply], cpu_ms: f64) -> QuestionCosts {
    let totals: Vec<f64> = replies.iter().map(|reply| reply.total_ms).collect();
    let firsts: Vec<f64> = replies.iter().filter_map(|reply| reply.first_ms).collect();
    let usage = |of: fn(&alexandria_models::generator::Usage) -> u64| {
        let used = replies.iter().map(|reply| reply.answer.usage.as_ref());
        let used: Vec<f64> = used
            .map(|usage| usage.map_or(0.0, |one| real(of(one))))
            .collect();
        average(&used)
    };
    let micros = replies.iter().filter_map(|reply| reply.answer.usage);
    QuestionCosts {
        p50_ms: percentile(&totals, 0.5).unwrap_or_default(),
        p95_ms: percentile(&totals, 0.95).unwrap_or_default(),
        first_sentence_p50_ms: percentile(&firsts, 0.5),
        first_sentence_p95_ms: percentile(&firsts, 0.95),
        cpu_ms: cpu_ms / real(replies.len().max(1) as u64),
        prompt_tokens: usage(|usage| usage.prompt_tokens),
        completion_tokens: usage(|usage| usage.completion_tokens),
        cost_usd: real(micros.map(|usage| usage.cost_micros).sum()) / 1e6,
    }
}

/// Processor time that this process has used so far, in milliseconds.
fn cpu_ms() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a process are few")]
    let ms = used.tv_sec as f64 * 1e3 + used.tv_nsec as f64 / 1e6;
    ms
}

/// A count as a number to divide with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
const fn real(count: u64) -> f64 {
    count as f64
}
