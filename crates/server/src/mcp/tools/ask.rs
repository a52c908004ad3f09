//! `ask`: an answer in exact sentences, each with its citations.

use alexandria_core::error::Result;
use alexandria_core::id::DocumentId;
use alexandria_core::persona::PERSONA_NAME_BYTES_MAX;
use alexandria_core::principal::Principal;
use alexandria_library::ask::AskRequest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Said, place};
use crate::api::Shared;
use crate::api::extract::object;
use crate::api::requests::FilterBody;
use crate::api::wire::{AnswerBody, CitationBody, SentenceBody, SpanBody};

/// The tool's name.
pub(super) const NAME: &str = "ask";

pub(super) fn describe() -> Value {
    super::describe::<Given, Told>(
        NAME,
        "Ask the library",
        "Answers a question in exact sentences of the documents, each with the document and the page \
         it stands on, or says that the library does not answer it.",
    )
}

/// A question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The question in plain words.
    #[schemars(length(min = 1, max = 8192))]
    question: String,
    /// Which documents may answer; all unless given.
    #[serde(default, deserialize_with = "object")]
    filter: FilterBody,
    /// The persona that answers, by name or id; the library itself unless given.
    #[serde(default)]
    #[schemars(length(min = 1, max = PERSONA_NAME_BYTES_MAX))]
    persona: Option<String>,
}

/// An answer.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    /// Whether the library answers the question.
    answered: bool,
    /// The sentences joined, or the statement that nothing was found.
    answer: String,
    /// How sure the library is, from 0 to 1.
    confidence: f32,
    /// Each sentence with what supports it.
    sentences: Vec<SentenceTold>,
    /// Which part of the search did not work; empty when all did.
    degraded: Vec<String>,
}

/// A sentence of an answer.
#[derive(Debug, Serialize, JsonSchema)]
struct SentenceTold {
    /// The sentence.
    text: String,
    /// The exact words it rests on; at least one.
    citations: Vec<CitationTold>,
}

/// The exact words that support a sentence.
#[derive(Debug, Serialize, JsonSchema)]
struct CitationTold {
    /// The document quoted.
    #[schemars(with = "Uuid")]
    document_id: DocumentId,
    /// The document's title.
    title: String,
    /// The words, exactly as stored.
    quote: String,
    /// The page they begin on, for formats that have pages.
    page: Option<u32>,
    /// The headings above them, outermost first.
    section: Vec<String>,
    /// The bytes of the document's stored text.
    span: SpanBody,
}

impl From<CitationBody> for CitationTold {
    fn from(citation: CitationBody) -> Self {
        Self {
            document_id: citation.document_id,
            title: citation.title,
            quote: citation.quote,
            page: citation.page,
            section: citation.section,
            span: citation.span,
        }
    }
}

impl From<SentenceBody> for SentenceTold {
    fn from(sentence: SentenceBody) -> Self {
        let citations = sentence.citations.into_iter();
        Self {
            text: sentence.text,
            citations: citations.map(CitationTold::from).collect(),
        }
    }
}

pub(super) async fn run(app: &Shared, principal: &Principal, given: Given) -> Result<Said> {
    let mut request = AskRequest::new(given.question);
    request.filter = given.filter.resolve(&app.library, principal).await?;
    request.persona = given.persona;
    let answer = app.library.ask(principal, &request).await?;
    let answer = AnswerBody::from(answer);
    let sentences = answer.sentences.into_iter();
    let told = Told {
        answered: answer.answered,
        answer: answer.answer,
        confidence: answer.confidence,
        sentences: sentences.map(SentenceTold::from).collect(),
        degraded: answer.degraded,
    };
    Ok(Said::new(text(&told), &told))
}

/// The sentences with marks, and what the marks stand for below.
fn text(told: &Told) -> String {
    if told.sentences.is_empty() {
        return told.answer.clone();
    }
    let (mut said, mut sources, mut mark) = (Vec::new(), Vec::new(), 0);
    for sentence in &told.sentences {
        let mut text = sentence.text.trim().to_owned();
        for citation in &sentence.citations {
            mark += 1;
            text.push_str(&format!(" [{mark}]"));
            let place = place(citation.page, &citation.section);
            let comma = if place.is_empty() { "" } else { ", " };
            let (title, id) = (&citation.title, citation.document_id);
            let quote = &citation.quote;
            sources.push(format!(
                "[{mark}] {title}{comma}{place} (document_id: {id}): “{quote}”"
            ));
        }
        said.push(text);
    }
    format!("{}\n\n{}", said.join(" "), sources.join("\n"))
}
