//! Answers and their citations as they cross the wire.

use alexandria_core::check::{Finding, FindingKind, Verdict};
use alexandria_core::citation::Citation;
use alexandria_core::id::{AnswerId, ConversationId, DocumentId, VersionId};
use alexandria_library::ask::{Answer, AnswerSentence, Writer};
use alexandria_models::generator::Usage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::experiment::TrialBody;
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
    /// The exact words it rests on; a supported sentence has at least one.
    pub(crate) citations: Vec<CitationBody>,
    /// What the checker found: whether these words support the sentence.
    pub(crate) verdict: VerdictBody,
}

/// What the checker found about a sentence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Verdict")]
pub(crate) struct VerdictBody {
    /// Whether the quotes support the sentence.
    pub(crate) supported: bool,
    /// How much of it they support, from 0 to 1.
    pub(crate) support: f32,
    /// What speaks against it; empty for a supported sentence.
    pub(crate) findings: Vec<FindingBody>,
}

/// Something that speaks against a sentence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(crate) struct FindingBody {
    /// What sort of thing.
    pub(crate) kind: FindingKindBody,
    /// The words of the sentence that it is about.
    pub(crate) words: String,
}

/// What can speak against a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FindingKind")]
pub(crate) enum FindingKindBody {
    /// There is no quote, or it is not the stored text.
    Quote,
    /// A number, date or amount that the quotes do not hold.
    Number,
    /// A number whose unit is another one in the quotes.
    Unit,
    /// A name that the quotes do not hold.
    Name,
    /// It denies what the quotes say, or says what they deny.
    Negation,
    /// It says the opposite: before for after, more for less.
    Opposite,
    /// Too few of its words are in the quotes.
    Words,
    /// The quotes tell somebody what to do instead of saying something.
    Instruction,
    /// An address that the quotes do not hold.
    Address,
    /// It asks instead of saying something.
    Question,
}

impl From<FindingKind> for FindingKindBody {
    fn from(kind: FindingKind) -> Self {
        match kind {
            FindingKind::Quote => Self::Quote,
            FindingKind::Number => Self::Number,
            FindingKind::Unit => Self::Unit,
            FindingKind::Name => Self::Name,
            FindingKind::Negation => Self::Negation,
            FindingKind::Opposite => Self::Opposite,
            FindingKind::Words => Self::Words,
            FindingKind::Instruction => Self::Instruction,
            FindingKind::Address => Self::Address,
            FindingKind::Question => Self::Question,
        }
    }
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        Self {
            kind: finding.kind.into(),
            words: finding.words,
        }
    }
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        Self {
            supported: verdict.supported,
            support: verdict.support,
            findings: verdict
                .findings
                .into_iter()
                .map(FindingBody::from)
                .collect(),
        }
    }
}

/// Who has written an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Writer")]
pub(crate) struct WriterBody {
    /// `extractive` for exact sentences, `model` for a language model.
    pub(crate) kind: WriterKind,
    /// Who runs the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// The model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// What sort of writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WriterKind")]
pub(crate) enum WriterKind {
    /// Exact sentences of the library.
    Extractive,
    /// A language model.
    Model,
}

impl From<Writer> for WriterBody {
    fn from(writer: Writer) -> Self {
        match writer {
            Writer::Extractive => Self {
                kind: WriterKind::Extractive,
                provider: None,
                name: None,
            },
            Writer::Model { provider, name } => Self {
                kind: WriterKind::Model,
                provider: Some(provider),
                name: Some(name),
            },
        }
    }
}

/// What a language model used.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Usage")]
pub(crate) struct UsageBody {
    /// Tokens it was given.
    pub(crate) prompt_tokens: u64,
    /// Tokens it wrote.
    pub(crate) completion_tokens: u64,
    /// Tokens of the prompt that its provider had kept.
    pub(crate) cached_tokens: u64,
    /// What it cost by the table of prices, in US dollars.
    pub(crate) cost_usd: f64,
    /// Whether the tokens are estimated because the provider did not say.
    pub(crate) estimated: bool,
}

impl From<Usage> for UsageBody {
    fn from(usage: Usage) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "far below 2^53 millionths of a dollar"
        )]
        let cost_usd = usage.cost_micros as f64 / 1e6;
        Self {
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cached_tokens: usage.cached_tokens,
            cost_usd,
            estimated: usage.is_estimated,
        }
    }
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
            verdict: sentence.verdict.into(),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Answer")]
pub(crate) struct AnswerBody {
    /// Under which it is kept and can be verified again; absent where answers are not kept.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) id: Option<AnswerId>,
    /// Whether it was made for an equal question before, and nothing has changed since.
    pub(crate) cached: bool,
    /// The name of the persona that answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) persona: Option<String>,
    /// The conversation that it was given in.
    #[schemars(with = "Option<Uuid>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conversation_id: Option<ConversationId>,
    /// The question that was searched for, where there was something to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) standalone: Option<String>,
    /// Whether the library answers the question.
    pub(crate) answered: bool,
    /// The sentences joined, or the statement that nothing was found.
    pub(crate) answer: String,
    /// Each sentence with its citations.
    pub(crate) sentences: Vec<SentenceBody>,
    /// Sentences of a language model that nothing in the library supports: no part of the answer.
    pub(crate) removed: Vec<SentenceBody>,
    /// Who has written it.
    pub(crate) writer: WriterBody,
    /// What the language model used, if one was asked; none for an answer that was made before.
    pub(crate) usage: Option<UsageBody>,
    /// How sure the answerer is, from 0 to 1; of a language model, the share of its sentences that are
    /// supported.
    pub(crate) confidence: f32,
    /// The passages that were looked through; the near misses when nothing was found.
    pub(crate) passages: Vec<PassageBody>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub(crate) degraded: Vec<String>,
    /// How long the parts took.
    pub(crate) timings_ms: TimingsBody,
    /// The experiment that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) experiment: Option<TrialBody>,
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            cached: answer.cached,
            persona: answer.persona,
            conversation_id: answer.conversation,
            standalone: answer.standalone,
            answered: answer.answered,
            answer: answer.text,
            sentences: answer
                .sentences
                .into_iter()
                .map(SentenceBody::from)
                .collect(),
            removed: answer.removed.into_iter().map(SentenceBody::from).collect(),
            writer: answer.writer.into(),
            usage: answer.usage.map(UsageBody::from),
            confidence: answer.confidence,
            passages: answer.passages.into_iter().map(PassageBody::from).collect(),
            degraded: answer.degraded,
            timings_ms: answer.timings.into(),
            experiment: answer.trial.map(TrialBody::from),
        }
    }
}
