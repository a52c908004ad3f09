//! Conversations and their turns, each for the one who holds it.
//!
//! A turn has its own copy of what the answer said, so that a conversation can be read for as long as
//! it is kept. The catalog does not know what it holds: it is JSON of the library's.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{AnswerId, ConversationId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::erasing::hold_actor;
use super::row::{timestamp, to_i64, to_u32};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// Turns that a conversation has at most.
pub const CONVERSATION_TURNS_MAX: u32 = 200;

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its identity.
    pub id: ConversationId,
    /// What it is called; empty until something has been asked.
    pub title: String,
    /// How many turns it has.
    pub turns: u32,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last gone on with or renamed.
    pub changed: Timestamp,
}

/// A turn about to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTurn {
    /// What was asked.
    pub question: String,
    /// The question that was searched for.
    pub standalone: String,
    /// The answer, where it is kept by itself as well.
    pub answer: Option<AnswerId>,
    /// What the answer said, as JSON.
    pub body: String,
    /// What the conversation is called from now on, if it has no title yet.
    pub title: String,
}

/// A turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTurn {
    /// Its place in the conversation, from 1.
    pub position: u32,
    /// What was asked.
    pub question: String,
    /// The question that was searched for.
    pub standalone: String,
    /// The answer, where it was kept by itself as well.
    pub answer: Option<AnswerId>,
    /// What the answer said, as JSON.
    pub body: String,
    /// When it was answered.
    pub created: Timestamp,
}

/// Which conversations to list, the last that was gone on with first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

impl ConversationQuery {
    /// The cursor of the page that begins after this conversation.
    #[must_use]
    pub fn after(conversation: &Conversation) -> String {
        List::Conversations.encode(place(conversation))
    }
}

/// By what conversations are ordered.
fn place(conversation: &Conversation) -> (i64, Uuid) {
    (micros(conversation.changed), conversation.id.as_uuid())
}

/// A conversation of the one who asks, with the number of its turns.
const SELECT: &str = "SELECT id, title, created, changed, \
                      (SELECT count(*) FROM turns WHERE conversation_id = conversations.id) AS turns \
                      FROM conversations WHERE tenant_id = $1 AND actor = $2";

impl Catalog {
    /// Begins a conversation for the one who asks.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn create_conversation(
        &self,
        principal: &Principal,
        title: &str,
    ) -> Result<Conversation> {
        let id = ConversationId::from_uuid(self.next_id());
        let now = self.now();
        let sql = "INSERT INTO conversations (id, tenant_id, actor, title, created, changed) \
                   VALUES ($1, $2, $3, $4, $5, $5)";
        let mut values = vec![id.as_uuid().into()];
        values.extend(own(principal));
        values.extend([title.into(), now.into()]);
        let tx = self.begin().await?;
        hold_actor(&tx, principal).await?;
        let done = execute(&tx, sql, values).await;
        done.doing(|| "cannot begin a conversation".to_owned())?;
        commit(tx, "the conversation").await?;
        Ok(Conversation {
            id,
            title: title.to_owned(),
            turns: 0,
            created: timestamp(now)?,
            changed: timestamp(now)?,
        })
    }

    /// The conversation with this id, if the one who asks holds it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
    ) -> Result<Conversation> {
        let mut values = own(principal);
        values.push(id.as_uuid().into());
        let sql = format!("{SELECT} AND id = $3");
        let found = row::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the conversation {id}"))?;
        found.ok_or_else(|| not_found("conversation", id))?.read()
    }

    /// The conversations of the one who asks, the last that was gone on with first. One that is gone on
    /// with while it is listed moves to the front.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn conversations(
        &self,
        principal: &Principal,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation>> {
        let limit = page_limit(query.limit)?;
        let mut values = own(principal);
        let mut sql = SELECT.to_owned();
        if let Some(cursor) = &query.cursor {
            let (changed, id) = List::Conversations.decode(cursor)?;
            sql.push_str(" AND (changed < $3 OR (changed = $3 AND id < $4))");
            values.extend([changed.into(), id.into()]);
        }
        sql.push_str(" ORDER BY changed DESC, id DESC LIMIT ");
        sql.push_str(&(limit + 1).to_string());
        let found = rows::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the conversations".to_owned())?;
        let items = found.into_iter().map(Row::read).collect::<Result<_>>()?;
        Ok(List::Conversations.page(items, limit, place))
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rename_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
        title: &str,
    ) -> Result<Conversation> {
        let sql = "UPDATE conversations SET title = $4, changed = $5 \
                   WHERE tenant_id = $1 AND actor = $2 AND id = $3";
        let mut values = own(principal);
        values.extend([id.as_uuid().into(), title.into(), self.now().into()]);
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot rename the conversation {id}"))? {
            0 => Err(not_found("conversation", id)),
            _ => self.conversation(principal, id).await,
        }
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
        let sentence = || format!("cannot remove the conversation {id}");
        let values = || {
            let mut values = own(principal);
            values.push(id.as_uuid().into());
            values
        };
        let tx = self.begin().await?;
        let answers = "DELETE FROM answers WHERE tenant_id = $1 AND actor = $2 AND id IN (\
                       SELECT answer_id FROM turns WHERE tenant_id = $1 AND conversation_id = $3)";
        execute(&tx, answers, values()).await.doing(sentence)?;
        let sql = "DELETE FROM conversations WHERE tenant_id = $1 AND actor = $2 AND id = $3";
        if execute(&tx, sql, values()).await.doing(sentence)? == 0 {
            return Err(not_found("conversation", id));
        }
        commit(tx, "the removal of the conversation").await
    }

    /// The last turns of a conversation, at most `limit`, in their order.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn turns(
        &self,
        principal: &Principal,
        id: ConversationId,
        limit: u32,
    ) -> Result<Vec<KeptTurn>> {
        self.conversation(principal, id).await?;
        let sql = "SELECT position, question, standalone, answer_id, body, created FROM turns \
                   WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY position DESC LIMIT $3";
        let values = vec![
            tenant(principal).into(),
            id.as_uuid().into(),
            to_i64(u64::from(limit))?.into(),
        ];
        let found = rows::<TurnRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the turns of the conversation {id}"))?;
        found.into_iter().rev().map(TurnRow::read).collect()
    }

    /// Adds a turn to a conversation. Turns added at once come one after the other.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the conversation is full.
    pub async fn add_turn(
        &self,
        principal: &Principal,
        id: ConversationId,
        new: NewTurn,
    ) -> Result<u32> {
        let sentence = || format!("cannot add a turn to the conversation {id}");
        let tx = self.begin().await?;
        // The row is held until the end, so that two turns never get one position.
        let sql = "UPDATE conversations SET changed = $4, \
                   title = CASE WHEN title = '' THEN $5 ELSE title END \
                   WHERE tenant_id = $1 AND actor = $2 AND id = $3";
        let mut values = own(principal);
        values.extend([id.as_uuid().into(), self.now().into(), new.title.into()]);
        if execute(&tx, sql, values).await.doing(sentence)? == 0 {
            return Err(not_found("conversation", id));
        }
        let last = "SELECT max(position) AS n FROM turns WHERE conversation_id = $1";
        let position = 1 + number(&tx, last, vec![id.as_uuid().into()])
            .await
            .doing(sentence)?;
        if position > i64::from(CONVERSATION_TURNS_MAX) {
            return Err(conversation_full(id));
        }
        let sql = "INSERT INTO turns (conversation_id, position, tenant_id, question, standalone, \
                   answer_id, body, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = vec![
            id.as_uuid().into(),
            position.into(),
            tenant(principal).into(),
            new.question.into(),
            new.standalone.into(),
            new.answer.map(|answer| answer.as_uuid()).into(),
            new.body.into(),
            self.now().into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "the turn").await?;
        to_u32(position)
    }

    /// Forgets all conversations that were last gone on with before this moment, with the answers given
    /// in them. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_conversations(&self, before: Timestamp) -> Result<u64> {
        let sentence = || "cannot forget old conversations".to_owned();
        let values = || vec![micros(before).into()];
        let tx = self.begin().await?;
        let answers = "DELETE FROM answers WHERE id IN (SELECT answer_id FROM turns \
                       WHERE conversation_id IN (SELECT id FROM conversations WHERE changed < $1))";
        execute(&tx, answers, values()).await.doing(sentence)?;
        let sql = "DELETE FROM conversations WHERE changed < $1";
        let forgotten = execute(&tx, sql, values()).await.doing(sentence)?;
        commit(tx, "what was forgotten").await?;
        Ok(forgotten)
    }

    /// Forgets the conversations of a tenant that were last gone on with before this moment, with the
    /// answers given in them. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_conversations_of(
        &self,
        principal: &Principal,
        before: Timestamp,
    ) -> Result<u64> {
        let sentence = || "cannot forget the old conversations of a tenant".to_owned();
        let values = || vec![tenant(principal).into(), micros(before).into()];
        let tx = self.begin().await?;
        let answers = "DELETE FROM answers WHERE tenant_id = $1 AND id IN (\
                       SELECT answer_id FROM turns WHERE conversation_id IN (\
                       SELECT id FROM conversations WHERE tenant_id = $1 AND changed < $2))";
        execute(&tx, answers, values()).await.doing(sentence)?;
        let sql = "DELETE FROM conversations WHERE tenant_id = $1 AND changed < $2";
        let forgotten = execute(&tx, sql, values()).await.doing(sentence)?;
        commit(tx, "what was forgotten").await?;
        Ok(forgotten)
    }
}

/// A conversation that takes no more turns.
fn conversation_full(id: ConversationId) -> Error {
    Error::new(
        ErrorKind::Conflict,
        format!(
            "the conversation {id} has {CONVERSATION_TURNS_MAX} turns, the most that one can have: \
             begin a new one"
        ),
    )
}

/// Whose conversations.
fn own(principal: &Principal) -> Vec<Value> {
    vec![
        tenant(principal).into(),
        principal.actor().to_string().into(),
    ]
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    title: String,
    created: i64,
    changed: i64,
    turns: i64,
}

impl Row {
    fn read(self) -> Result<Conversation> {
        Ok(Conversation {
            id: ConversationId::from_uuid(self.id),
            title: self.title,
            turns: to_u32(self.turns)?,
            created: timestamp(self.created)?,
            changed: timestamp(self.changed)?,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct TurnRow {
    position: i64,
    question: String,
    standalone: String,
    answer_id: Option<Uuid>,
    body: String,
    created: i64,
}

impl TurnRow {
    fn read(self) -> Result<KeptTurn> {
        Ok(KeptTurn {
            position: to_u32(self.position)?,
            question: self.question,
            standalone: self.standalone,
            answer: self.answer_id.map(AnswerId::from_uuid),
            body: self.body,
            created: timestamp(self.created)?,
        })
    }
}
