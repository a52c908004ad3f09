//! Answers that are kept, each for the one who asked.
//!
//! The catalog does not know what an answer holds: its body is JSON of the library's.

use alexandria_core::error::Result;
use alexandria_core::id::AnswerId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::cursor::{List, Page, older, page_limit};
use super::database::execute;
use super::erasing::hold_actor;
use super::row::timestamp;
use super::table::answer::{Column, Entity, Model};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// An answer about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswer {
    /// What was asked.
    pub question: String,
    /// The answer, as JSON.
    pub body: String,
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its identity.
    pub id: AnswerId,
    /// What was asked.
    pub question: String,
    /// The answer, as JSON.
    pub body: String,
    /// When it was given.
    pub created: Timestamp,
}

/// Which answers to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerQuery {
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

impl Catalog {
    /// Keeps an answer for the one who asked.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn keep_answer(&self, principal: &Principal, new: NewAnswer) -> Result<AnswerId> {
        let model = Model {
            id: self.next_id(),
            tenant_id: tenant(principal),
            actor: principal.actor().to_string(),
            question: new.question,
            body: new.body,
            created: self.now(),
        };
        let id = AnswerId::from_uuid(model.id);
        let tx = self.begin().await?;
        hold_actor(&tx, principal).await?;
        let insert = Entity::insert(model.into_active_model());
        let done = insert.exec_without_returning(&tx).await;
        done.doing(|| "cannot keep an answer".to_owned())?;
        commit(tx, "an answer").await?;
        Ok(id)
    }

    /// The answer with this id, if it was given to the one who asks for it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn answer(&self, principal: &Principal, id: AnswerId) -> Result<KeptAnswer> {
        let found = Entity::find_by_id(id.as_uuid())
            .filter(own(principal))
            .one(self.database.read())
            .await;
        let found = found.doing(|| format!("cannot read the answer {id}"))?;
        to_answer(found.ok_or_else(|| not_found("answer", id))?)
    }

    /// The answers given to the one who asks, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn answers(
        &self,
        principal: &Principal,
        query: &AnswerQuery,
    ) -> Result<Page<KeptAnswer>> {
        let mut all = own(principal);
        if let Some(cursor) = &query.cursor {
            let last = List::Answers.decode(cursor)?;
            all = all.add(older(Column::Created, Column::Id, last));
        }
        let limit = page_limit(query.limit)?;
        let rows = Entity::find()
            .filter(all)
            .order_by_desc(Column::Created)
            .order_by_desc(Column::Id)
            .limit(limit as u64 + 1)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| "cannot list the answers".to_owned())?;
        let items = rows
            .into_iter()
            .map(to_answer)
            .collect::<Result<Vec<_>>>()?;
        Ok(List::Answers.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Forgets an answer, the turn of a conversation that it was given in, and what the one who asked
    /// thought of it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_answer(&self, principal: &Principal, id: AnswerId) -> Result<()> {
        let doing = || format!("cannot forget the answer {id}");
        let values = || {
            vec![
                id.as_uuid().into(),
                tenant(principal).into(),
                principal.actor().to_string().into(),
            ]
        };
        let tx = self.begin().await?;
        let sql = "DELETE FROM feedback WHERE answer_id = $1 AND tenant_id = $2 AND actor = $3";
        execute(&tx, sql, values()).await.doing(doing)?;
        let sql = "DELETE FROM answers WHERE id = $1 AND tenant_id = $2 AND actor = $3";
        if execute(&tx, sql, values()).await.doing(doing)? == 0 {
            return Err(not_found("answer", id));
        }
        let sql = "DELETE FROM turns WHERE answer_id = $1 AND tenant_id = $2";
        let of_answer = vec![id.as_uuid().into(), tenant(principal).into()];
        execute(&tx, sql, of_answer).await.doing(doing)?;
        commit(tx, "that an answer is forgotten").await
    }

    /// Forgets all answers given before this moment. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_answers(&self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM answers WHERE created < $1";
        let done = execute(self.database.write(), sql, vec![micros(before).into()]).await;
        done.doing(|| "cannot forget old answers".to_owned())
    }

    /// Forgets the answers of a tenant that were given before this moment, with what was thought of
    /// them. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_answers_of(&self, principal: &Principal, before: Timestamp) -> Result<u64> {
        let doing = || "cannot forget the old answers of a tenant".to_owned();
        let values = || vec![tenant(principal).into(), micros(before).into()];
        let tx = self.begin().await?;
        let sql = "DELETE FROM feedback WHERE tenant_id = $1 AND answer_id IN (\
                   SELECT id FROM answers WHERE tenant_id = $1 AND created < $2)";
        execute(&tx, sql, values()).await.doing(doing)?;
        let sql = "DELETE FROM answers WHERE tenant_id = $1 AND created < $2";
        let forgotten = execute(&tx, sql, values()).await.doing(doing)?;
        commit(tx, "what was forgotten").await?;
        Ok(forgotten)
    }
}

/// What belongs to the one who asks.
fn own(principal: &Principal) -> Condition {
    Condition::all()
        .add(Column::TenantId.eq(tenant(principal)))
        .add(Column::Actor.eq(principal.actor().to_string()))
}

fn to_answer(model: Model) -> Result<KeptAnswer> {
    Ok(KeptAnswer {
        id: AnswerId::from_uuid(model.id),
        question: model.question,
        body: model.body,
        created: timestamp(model.created)?,
    })
}
