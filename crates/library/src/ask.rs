//! What a question asks and what an answer holds.

use alexandria_core::citation::Citation;
use alexandria_core::filter::Filter;
use serde::{Deserialize, Serialize};

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
}

impl AskRequest {
    /// A question to everything.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            filter: Filter::default(),
            passages: ASK_PASSAGES_DEFAULT,
        }
    }
}

/// An answer made of exact sentences of the library, or the statement that there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Whether the library answers the question.
    pub answered: bool,
    /// The sentences in reading order, joined; the sentence that says nothing was found otherwise.
    pub text: String,
    /// Each sentence with what supports it; empty when nothing was found.
    pub sentences: Vec<AnswerSentence>,
    /// How sure the answerer is that the question is answered, from 0 to 1.
    pub confidence: f32,
    /// The passages that were looked through, best first; when nothing was found, the near misses.
    pub passages: Vec<FoundPassage>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub degraded: Vec<String>,
    /// How long each part took.
    pub timings: Timings,
}

/// A sentence of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerSentence {
    /// The sentence.
    pub text: String,
    /// The exact words it rests on. Invariant: at least one, and each quote is byte for byte the
    /// stored text at its span.
    pub citations: Vec<Citation>,
}

/// What an answer sends while it is made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AskEvent {
    /// The passages that are looked through.
    Passages(Vec<FoundPassage>),
    /// The next sentence, with its citations.
    Sentence(AnswerSentence),
    /// The whole answer, once.
    Done(Box<Answer>),
}

/// The text of an answer when nothing was found.
pub const NOT_FOUND: &str = "Not found in your library.";
