//! Answers and their citations as they cross the wire.

use alexandria_core::citation::Citation;
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_library::ask::{Answer, AnswerSentence};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::passage::{PassageBody, TimingsBody};
use super::place::{PlaceBody, RectangleBody, SpanBody};

/// The exact words that support a sentence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Citation")]
pub(crate) struct CitationBody {
    /// The document quoted.
    #[schemars(with = "Uuid")]
    pub(crate) document_id: DocumentId,
    /// The reading of it that was quoted.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// The document's title.
    pub(crate) title: String,
    /// The words, byte for byte the stored text at `span`.
    pub(crate) quote: String,
    /// The page it begins on, for formats that have pages.
    pub(crate) page: Option<u32>,
    /// The bytes of the document's stored text.
    pub(crate) span: SpanBody,
    /// Where on its pages, in reading order.
    pub(crate) rectangles: Vec<RectangleBody>,
    /// The headings above it, outermost first.
    pub(crate) section: Vec<String>,
    /// The chapter, sheet or attachment, for formats without pages.
    pub(crate) part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    pub(crate) item: Option<u32>,
}

impl From<Citation> for CitationBody {
    fn from(citation: Citation) -> Self {
        let place = PlaceBody::from(citation.place);
        Self {
            document_id: citation.document,
            version_id: citation.version,
            title: citation.title,
            quote: citation.quote,
            page: place.page,
            span: place.span,
            rectangles: place.rectangles,
            section: place.section,
            part: place.part,
            item: place.item,
        }
    }
}

/// A sentence of an answer, with what supports it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Sentence")]
pub(crate) struct SentenceBody {
    /// The sentence.
    pub(crate) text: String,
    /// The exact words it rests on; at least one.
    pub(crate) citations: Vec<CitationBody>,
}

impl From<AnswerSentence> for SentenceBody {
    fn from(sentence: AnswerSentence) -> Self {
        Self {
            text: sentence.text,
            citations: sentence
                .citations
                .into_iter()
                .map(CitationBody::from)
                .collect(),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Answer")]
pub(crate) struct AnswerBody {
    /// Whether the library answers the question.
    pub(crate) answered: bool,
    /// The sentences joined, or the statement that nothing was found.
    pub(crate) answer: String,
    /// Each sentence with its citations.
    pub(crate) sentences: Vec<SentenceBody>,
    /// How sure the answerer is, from 0 to 1.
    pub(crate) confidence: f32,
    /// The passages that were looked through; the near misses when nothing was found.
    pub(crate) passages: Vec<PassageBody>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub(crate) degraded: Vec<String>,
    /// How long the parts took.
    pub(crate) timings_ms: TimingsBody,
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> Self {
        Self {
            answered: answer.answered,
            answer: answer.text,
            sentences: answer
                .sentences
                .into_iter()
                .map(SentenceBody::from)
                .collect(),
            confidence: answer.confidence,
            passages: answer.passages.into_iter().map(PassageBody::from).collect(),
            degraded: answer.degraded,
            timings_ms: answer.timings.into(),
        }
    }
}
