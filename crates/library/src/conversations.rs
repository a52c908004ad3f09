//! Conversations: questions that go on from each other, and what was answered.
//!
//! A question asked in a conversation is made to stand alone before anything is searched, by rules or by
//! the language model, and the turn is kept when it has been answered. Questions asked at the same time
//! each go on from the turns that were there when they were asked.

mod rewrite;
mod wanted;

use alexandria_core::access::Scope;
use alexandria_core::conversation::{
    FOLLOW_UP_BYTES_MAX, TURNS_LOOKED_AT, Turn, names, standalone, title,
};
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::id::{AnswerId, ConversationId};
use alexandria_core::principal::Principal;
use alexandria_models::generator::Usage;
use alexandria_store::catalog::{
    CONVERSATION_TURNS_MAX, Conversation, ConversationQuery, KeptTurn, NewTurn, Page,
};
use jiff::{SignedDuration, Timestamp};

pub use self::wanted::{CONVERSATION_WANTED_BYTES_MAX, FoundConversation};
use crate::answers::Said;
use crate::ask::{Answer, AskRequest, Exchange, WriterChoice};
use crate::library::Library;

/// The longest title of a conversation, in bytes.
pub const CONVERSATION_TITLE_BYTES_MAX: usize = 200;

/// Exchanges before a question that are looked at, where they come with it.
const HISTORY_EXCHANGES_MAX: usize = 20;

/// A turn of a conversation as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenTurn {
    /// Its place in the conversation, from 1.
    pub position: u32,
    /// What was asked.
    pub question: String,
    /// The question that was searched for.
    pub standalone: String,
    /// The answer, where it was kept by itself as well and can be verified.
    pub answer: Option<AnswerId>,
    /// When it was answered.
    pub created: Timestamp,
    /// What the answer said.
    pub said: Said,
}

/// A question as it is understood.
#[derive(Debug)]
pub(crate) struct Understood {
    /// The request with the question that stands alone.
    pub(crate) request: AskRequest,
    /// That question, where there was something to go on from.
    pub(crate) standalone: Option<String>,
    /// What the language model used for it.
    pub(crate) usage: Option<Usage>,
}

impl Library {
    /// Begins a conversation. Without a title it is called after its first question.
    ///
    /// # Errors
    /// `Invalid` for a title that cannot be one.
    pub async fn create_conversation(
        &self,
        principal: &Principal,
        title: Option<&str>,
    ) -> Result<Conversation> {
        principal.require(Scope::Ask)?;
        let title = title.map(check_title).transpose()?;
        self.catalog
            .create_conversation(principal, title.unwrap_or_default())
            .await
    }

    /// The conversations of the one who asks, the last that was gone on with first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn conversations(
        &self,
        principal: &Principal,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation>> {
        principal.require(Scope::Ask)?;
        self.catalog.conversations(principal, query).await
    }

    /// A conversation with all its turns.
    ///
    /// # Errors
    /// `NotFound`, also for somebody else's.
    pub async fn conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
    ) -> Result<(Conversation, Vec<GivenTurn>)> {
        principal.require(Scope::Ask)?;
        let conversation = self.catalog.conversation(principal, id).await?;
        let turns = self
            .catalog
            .turns(principal, id, CONVERSATION_TURNS_MAX)
            .await?;
        let turns = turns.into_iter().map(given).collect::<Result<_>>()?;
        Ok((conversation, turns))
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a title that cannot be one.
    pub async fn rename_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
        title: &str,
    ) -> Result<Conversation> {
        principal.require(Scope::Ask)?;
        let title = check_title(title)?;
        self.catalog.rename_conversation(principal, id, title).await
    }

    /// Removes a conversation with its turns and the answers given in it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
    ) -> Result<()> {
        principal.require(Scope::Ask)?;
        self.catalog.remove_conversation(principal, id).await
    }

    /// Makes a question stand alone after what was said before it.
    ///
    /// # Errors
    /// `NotFound` for a conversation that the one who asks does not hold, `Conflict` for a full one,
    /// `TooLarge` or `Invalid` for a question that is none.
    pub(crate) async fn understand(
        &self,
        principal: &Principal,
        request: &AskRequest,
    ) -> Result<Understood> {
        let alone = || Understood {
            request: request.clone(),
            standalone: None,
            usage: None,
        };
        let exchanges = match request.conversation {
            Some(id) => self.exchanges(principal, id).await?,
            None => request.history.clone(),
        };
        if exchanges.is_empty() || request.text.len() > FOLLOW_UP_BYTES_MAX {
            return Ok(alone());
        }
        let first = exchanges.len().saturating_sub(HISTORY_EXCHANGES_MAX);
        let exchanges = exchanges.get(first..).unwrap_or_default();
        let mut turns: Vec<Turn> = Vec::new();
        for exchange in exchanges {
            turns.push(Turn {
                question: standalone(&turns, &exchange.question).text,
                names: names(&exchange.answer),
            });
        }
        let by_rules = standalone(&turns, &request.text);
        let wanted = request.writer == WriterChoice::Auto
            && (by_rules.depends || rewrite::may_depend(&request.text));
        // One that may not be told is left out without a word here: the answer says it.
        let generator = match wanted {
            true => self.generator_for(principal).await?.model(),
            false => None,
        };
        let by_model = match generator {
            Some(generator) => {
                let said = (exchanges, request.text.as_str());
                rewrite::ask(&self.ledger(), &generator, said, &by_rules).await
            }
            None => rewrite::Rewritten::default(),
        };
        let text = by_model.text.unwrap_or(by_rules.text);
        Ok(Understood {
            request: AskRequest {
                text: text.clone(),
                ..request.clone()
            },
            standalone: Some(text),
            usage: by_model.usage,
        })
    }

    /// What was said last in a conversation that can be gone on with.
    async fn exchanges(&self, principal: &Principal, id: ConversationId) -> Result<Vec<Exchange>> {
        let looked_at = u32::try_from(TURNS_LOOKED_AT).unwrap_or(u32::MAX);
        let turns = self.catalog.turns(principal, id, looked_at).await?;
        let last = turns.last().map_or(0, |turn| turn.position);
        if last >= CONVERSATION_TURNS_MAX {
            let sentence = format!(
                "the conversation {id} has {CONVERSATION_TURNS_MAX} turns, the most that one can \
                 have: begin a new one"
            );
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let exchange = |turn: KeptTurn| {
            let turn = given(turn)?;
            Ok(Exchange {
                question: turn.standalone,
                answer: turn.said.text,
            })
        };
        turns.into_iter().map(exchange).collect()
    }

    /// Keeps a turn. What keeps it from being kept is said in the answer, which is given all the same.
    pub(crate) async fn keep_turn(
        &self,
        principal: &Principal,
        (id, question): (ConversationId, &str),
        body: String,
        answer: &mut Answer,
    ) -> Result<()> {
        let standalone = answer.standalone.as_deref().unwrap_or(question);
        let new = NewTurn {
            question: question.to_owned(),
            standalone: standalone.to_owned(),
            answer: answer.id,
            body,
            title: title(question),
        };
        let Err(error) = self.catalog.add_turn(principal, id, new).await else {
            return Ok(());
        };
        tracing::warn!(conversation.id = %id, error = %error.chain(), "cannot keep a turn");
        // Removed meanwhile, the conversation takes its answers with it.
        if let (ErrorKind::NotFound, Some(answer_id)) = (error.kind(), answer.id.take()) {
            self.catalog.forget_answer(principal, answer_id).await?;
        }
        answer.degraded.push(format!(
            "this question and its answer are not kept in the conversation: {}",
            error.message()
        ));
        Ok(())
    }

    /// Forgets conversations that nobody has gone on with for as long as the settings say.
    pub(crate) async fn forget_old_conversations(&self) -> Result<()> {
        let days = i64::from(self.settings.conversations_kept_days);
        let before = self
            .clock
            .now()
            .checked_sub(SignedDuration::from_hours(24 * days));
        let (Ok(before), true) = (before, days > 0) else {
            return Ok(());
        };
        let forgotten = self.catalog.prune_conversations(before).await?;
        tracing::debug!(forgotten, "forgot old conversations");
        Ok(())
    }
}

/// A title without white space around it, if it is one.
fn check_title(title: &str) -> Result<&str> {
    let title = title.trim();
    if title.is_empty() || title.contains(char::is_control) {
        let sentence = "the title of a conversation is one line of text, and not empty";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    if title.len() > CONVERSATION_TITLE_BYTES_MAX {
        let sentence = format!(
            "the title of a conversation has at most {CONVERSATION_TITLE_BYTES_MAX} bytes, and this \
             has {}",
            title.len()
        );
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(title)
}

fn given(kept: KeptTurn) -> Result<GivenTurn> {
    let position = kept.position;
    let said = serde_json::from_str(&kept.body).context(ErrorKind::Corrupt, || {
        format!("cannot read what turn {position} of a conversation said")
    })?;
    Ok(GivenTurn {
        position,
        question: kept.question,
        standalone: kept.standalone,
        answer: kept.answer,
        created: kept.created,
        said,
    })
}
