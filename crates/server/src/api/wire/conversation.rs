//! Conversations and their turns as they cross the wire.

use alexandria_core::id::{AnswerId, ConversationId};
use alexandria_library::{Conversation, FoundConversation, GivenTurn};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::{SentenceBody, UsageBody, WriterBody};

/// A conversation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Conversation")]
pub(crate) struct ConversationBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: ConversationId,
    /// What it is called; empty until something has been asked.
    pub(crate) title: String,
    /// How many turns it has, 200 at most.
    pub(crate) turns: u32,
    /// When it was begun.
    pub(crate) created: Timestamp,
    /// When it was last gone on with or renamed.
    pub(crate) changed: Timestamp,
    /// Where what was looked for stands in it, on one line; absent where its title holds all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) excerpt: Option<String>,
}

impl From<FoundConversation> for ConversationBody {
    fn from(found: FoundConversation) -> Self {
        Self {
            excerpt: found.excerpt,
            ..found.conversation.into()
        }
    }
}

impl From<Conversation> for ConversationBody {
    fn from(conversation: Conversation) -> Self {
        Self {
            id: conversation.id,
            title: conversation.title,
            turns: conversation.turns,
            created: conversation.created,
            changed: conversation.changed,
            excerpt: None,
        }
    }
}

/// A conversation with what was said in it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WholeConversation")]
pub(crate) struct WholeConversationBody {
    /// The conversation.
    pub(crate) conversation: ConversationBody,
    /// Its turns in their order.
    pub(crate) turns: Vec<TurnBody>,
}

/// A question and its answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Turn")]
pub(crate) struct TurnBody {
    /// Its place in the conversation, from 1; those of answers that were forgotten are missing.
    pub(crate) position: u32,
    /// What was asked.
    pub(crate) question: String,
    /// The question that was searched for.
    pub(crate) standalone: String,
    /// When it was answered.
    pub(crate) created: Timestamp,
    /// Under which the answer was kept, to be verified again.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) answer_id: Option<AnswerId>,
    /// Whether the question was answered.
    pub(crate) answered: bool,
    /// The whole text.
    pub(crate) answer: String,
    /// The sentences with their citations.
    pub(crate) sentences: Vec<SentenceBody>,
    /// Who wrote it.
    pub(crate) writer: WriterBody,
    /// What the language model used.
    pub(crate) usage: Option<UsageBody>,
}

impl From<GivenTurn> for TurnBody {
    fn from(turn: GivenTurn) -> Self {
        let said = turn.said;
        Self {
            position: turn.position,
            question: turn.question,
            standalone: turn.standalone,
            created: turn.created,
            answer_id: turn.answer,
            answered: said.answered,
            answer: said.text,
            sentences: said.sentences.into_iter().map(SentenceBody::from).collect(),
            writer: said.writer.into(),
            usage: said.usage.map(UsageBody::from),
        }
    }
}
