//! What a question asks and what an answer holds.

use alexandria_core::check::Verdict;
use alexandria_core::citation::Citation;
use alexandria_core::filter::Filter;
use alexandria_core::id::{AnswerId, ConversationId};
use alexandria_models::generator::Usage;
use serde::{Deserialize, Serialize};

use crate::experiments::Tried;
use crate::search::{FoundPassage, Timings};

/// Passages looked through for an answer unless the caller says otherwise.
pub const ASK_PASSAGES_DEFAULT: usize = 10;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskRequest {
    /// The question in a person's words.
    pub text: String,
    /// Which documents may answer.
    pub filter: Filter,
    /// How many passages are looked through.
    pub passages: usize,
    /// Who writes the answer.
    pub writer: WriterChoice,
    /// The persona that answers, by name or id.
    #[serde(default)]
    pub persona: Option<String>,
    /// The conversation that it goes on with.
    pub conversation: Option<ConversationId>,
    /// What was said before it, where that is kept elsewhere; a conversation has its own.
    pub history: Vec<Exchange>,
    /// Whether an experiment may choose how it is answered.
    pub participation: Participation,
    /// Whether it is answered anew, although an equal question has been answered before.
    #[serde(default)]
    pub fresh: bool,
}

/// Whether an experiment may choose how a question is answered. Unless a face says otherwise, none may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// Whether the question is live traffic.
    pub takes_part: bool,
    /// Whether the one who asks has said how many passages are looked through.
    pub gives_passages: bool,
    /// Whether the one who asks has said who writes.
    pub gives_writer: bool,
}

/// A question and its answer, earlier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The question.
    pub question: String,
    /// The text of its answer.
    pub answer: String,
}

/// Who is to write an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriterChoice {
    /// The language model, where one is set and answers; else exact sentences.
    #[default]
    Auto,
    /// Exact sentences, whether there is a language model or not.
    Extractive,
}

/// Who has written an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// Nobody: it is made of exact sentences.
    #[default]
    Extractive,
    /// A language model.
    Model {
        /// Who runs it.
        provider: String,
        /// Its name.
        name: String,
    },
}

impl AskRequest {
    /// A question to everything.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            filter: Filter::default(),
            passages: ASK_PASSAGES_DEFAULT,
            writer: WriterChoice::Auto,
            persona: None,
            conversation: None,
            history: Vec::new(),
            participation: Participation::default(),
            fresh: false,
        }
    }
}

/// An answer made of sentences that the library supports, or the statement that there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Under which it is kept, to be verified again; none where answers are not kept.
    pub id: Option<AnswerId>,
    /// Whether it was made for an equal question before, and nothing has changed since.
    pub cached: bool,
    /// The name of the persona that answers.
    pub persona: Option<String>,
    /// The conversation that it was given in.
    pub conversation: Option<ConversationId>,
    /// The question that was searched for, where there was something to go on from.
    pub standalone: Option<String>,
    /// Whether the library answers the question.
    pub answered: bool,
    /// The sentences in reading order, joined; the sentence that says nothing was found otherwise.
    pub text: String,
    /// Each sentence with what supports it; empty when nothing was found.
    pub sentences: Vec<AnswerSentence>,
    /// Sentences of a language model that nothing in the library supports; they are no part of the
    /// answer.
    pub removed: Vec<AnswerSentence>,
    /// Who has written it.
    pub writer: Writer,
    /// What the language model used, if one was asked; none for an answer that was made before.
    pub usage: Option<Usage>,
    /// How sure the answerer is that the question is answered, from 0 to 1; of a language model, the
    /// share of its sentences that are supported.
    pub confidence: f32,
    /// The passages that were looked through, best first; when nothing was found, the near misses.
    pub passages: Vec<FoundPassage>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub degraded: Vec<String>,
    /// How long each part took.
    pub timings: Timings,
    /// The experiment that it was part of.
    pub trial: Option<Tried>,
}

/// A sentence of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerSentence {
    /// The sentence.
    pub text: String,
    /// The exact words it rests on. Invariant: each quote is byte for byte the stored text at its span,
    /// and a supported sentence has at least one.
    pub citations: Vec<Citation>,
    /// What the checker found.
    pub verdict: Verdict,
}

/// What an answer sends while it is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AskEvent {
    /// The question that is searched for, where there was something to go on from.
    Standalone(String),
    /// The passages that are looked through.
    Passages(Vec<FoundPassage>),
    /// What a language model is just writing, before it has been checked.
    Draft(String),
    /// The next sentence, with its citations.
    Sentence(AnswerSentence),
    /// A sentence of a language model that nothing supports: it was in the draft and is no part of the
    /// answer.
    Removed(AnswerSentence),
    /// The language model has failed: drafts are void, and the answer begins again.
    Restart,
    /// The whole answer, once.
    Done(Box<Answer>),
}

/// The text of an answer when nothing was found.
pub const NOT_FOUND: &str = "Not found in your library.";
