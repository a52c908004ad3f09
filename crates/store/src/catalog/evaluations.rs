//! What evaluations have found, so that one can see how quality has changed. The catalog does not know what it
//! holds: it is JSON of the library's.

use alexandria_core::error::Result;
use alexandria_core::id::EvaluationId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, rows};
use super::feedback::page;
use super::row::timestamp;
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// Evaluations that are kept of a tenant at most; the oldest make room.
pub const EVALUATIONS_MAX: u32 = 1_000;

/// What an evaluation has found, about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvaluation {
    /// The name of what it was measured on.
    pub name: String,
    /// What was found, as JSON.
    pub body: String,
}

/// What an evaluation has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEvaluation {
    /// Its identity.
    pub id: EvaluationId,
    /// What it holds.
    pub new: NewEvaluation,
    /// When it was kept.
    pub created: Timestamp,
}

/// Which evaluations to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvaluationQuery {
    /// On what they were measured; on anything when none.
    pub name: Option<String>,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    body: String,
    created: i64,
}

impl Row {
    fn read(self) -> Result<KeptEvaluation> {
        Ok(KeptEvaluation {
            id: EvaluationId::from_uuid(self.id),
            new: NewEvaluation {
                name: self.name,
                body: self.body,
            },
            created: timestamp(self.created)?,
        })
    }
}

impl Catalog {
    /// Keeps what an evaluation has found; beyond [`EVALUATIONS_MAX`] the oldest are forgotten.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn keep_evaluation(
        &self,
        principal: &Principal,
        new: NewEvaluation,
    ) -> Result<KeptEvaluation> {
        let doing = || "cannot keep an evaluation".to_owned();
        let (id, now) = (self.next_id(), self.now());
        let tx = self.begin().await?;
        let sql = "INSERT INTO evaluations (id, tenant_id, name, body, created) \
                   VALUES ($1, $2, $3, $4, $5)";
        let values: Vec<Value> = vec![
            id.into(),
            tenant(principal).into(),
            new.name.clone().into(),
            new.body.clone().into(),
            now.into(),
        ];
        execute(&tx, sql, values).await.doing(doing)?;
        let sql = "DELETE FROM evaluations WHERE tenant_id = $1 AND id NOT IN (\
                   SELECT id FROM evaluations WHERE tenant_id = $1 \
                   ORDER BY created DESC, id DESC LIMIT $2)";
        let values = vec![tenant(principal).into(), i64::from(EVALUATIONS_MAX).into()];
        execute(&tx, sql, values).await.doing(doing)?;
        commit(tx, "an evaluation").await?;
        Ok(KeptEvaluation {
            id: EvaluationId::from_uuid(id),
            new,
            created: timestamp(now)?,
        })
    }

    /// What evaluations have found, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn evaluations(
        &self,
        principal: &Principal,
        query: &EvaluationQuery,
    ) -> Result<Page<KeptEvaluation>> {
        let limit = page_limit(query.limit)?;
        let mut sql =
            "SELECT id, name, body, created FROM evaluations WHERE tenant_id = $1".to_owned();
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        if let Some(name) = &query.name {
            sql.push_str(" AND name = $2");
            values.push(name.as_str().into());
        }
        page(
            &mut sql,
            &mut values,
            List::Evaluations,
            query.cursor.as_deref(),
        )?;
        sql.push_str(&format!(" LIMIT {}", limit + 1));
        let found = rows::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the evaluations".to_owned())?;
        let items = found.into_iter().map(Row::read).collect::<Result<_>>()?;
        Ok(
            List::Evaluations.page(items, limit, |item: &KeptEvaluation| {
                (micros(item.created), item.id.as_uuid())
            }),
        )
    }

    /// Forgets an evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_evaluation(&self, principal: &Principal, id: EvaluationId) -> Result<()> {
        let sql = "DELETE FROM evaluations WHERE id = $1 AND tenant_id = $2";
        let values = vec![id.as_uuid().into(), tenant(principal).into()];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot forget the evaluation {id}"))? {
            0 => Err(not_found("evaluation", id)),
            _ => Ok(()),
        }
    }
}
