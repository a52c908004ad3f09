//! What people think of answers: one opinion for each person and answer.
//!
//! What a case needs of the answer is copied beside it, so that it outlives the answer.

use alexandria_core::error::Result;
use alexandria_core::feedback::{AnswerCopy, Opinion, Reason, Thumb};
use alexandria_core::id::{AnswerId, ExperimentId, FeedbackId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::Value;
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, row, rows};
use super::erasing::hold_actor;
use super::row::{corrupt, from_json, option_u32, timestamp, to_json};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// An opinion about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeedback {
    /// What it is about.
    pub answer: AnswerId,
    /// The opinion.
    pub opinion: Opinion,
    /// What was asked.
    pub question: String,
    /// What a case needs of the answer.
    pub copy: AnswerCopy,
    /// The experiment that the answer was part of, and its variant there.
    pub trial: Option<(ExperimentId, u32)>,
}

/// An opinion that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Its identity.
    pub id: FeedbackId,
    /// What it is about. The answer itself may be gone.
    pub answer: AnswerId,
    /// Whose it is.
    pub actor: String,
    /// The opinion.
    pub opinion: Opinion,
    /// What was asked.
    pub question: String,
    /// What a case needs of the answer.
    pub copy: AnswerCopy,
    /// The experiment that the answer was part of, and its variant there.
    pub trial: Option<(ExperimentId, u32)>,
    /// When it was first given.
    pub created: Timestamp,
    /// When it was last given.
    pub changed: Timestamp,
}

/// Which opinions to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedbackQuery {
    /// Only those with this thumb.
    pub thumb: Option<Thumb>,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

const COLUMNS: &str = "id, actor, answer_id, thumb, reason, comment, correction, question, copied, \
                       experiment_id, variant, created, changed";

#[derive(Debug, sea_orm::FromQueryResult)]
struct FeedbackRow {
    id: Uuid,
    actor: String,
    answer_id: Uuid,
    thumb: String,
    reason: Option<String>,
    comment: Option<String>,
    correction: Option<String>,
    question: String,
    copied: String,
    experiment_id: Option<Uuid>,
    variant: Option<i64>,
    created: i64,
    changed: i64,
}

impl FeedbackRow {
    fn feedback(self) -> Result<Feedback> {
        let reason = self.reason.map(|name| {
            let known = Reason::named(&name);
            known.ok_or_else(|| corrupt("a reason"))
        });
        let opinion = Opinion {
            thumb: Thumb::named(&self.thumb).ok_or_else(|| corrupt("a thumb"))?,
            reason: reason.transpose()?,
            comment: self.comment,
            correction: self.correction,
        };
        let experiment = self.experiment_id.map(ExperimentId::from_uuid);
        Ok(Feedback {
            id: FeedbackId::from_uuid(self.id),
            answer: AnswerId::from_uuid(self.answer_id),
            actor: self.actor,
            opinion,
            question: self.question,
            copy: from_json(&self.copied)?,
            trial: experiment.zip(option_u32(self.variant)?),
            created: timestamp(self.created)?,
            changed: timestamp(self.changed)?,
        })
    }
}

impl Catalog {
    /// Keeps an opinion of the one who asks, in the place of the one they had.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn keep_feedback(&self, principal: &Principal, new: NewFeedback) -> Result<Feedback> {
        let sql = format!(
            "INSERT INTO feedback (tenant_id, {COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) \
             ON CONFLICT (tenant_id, actor, answer_id) DO UPDATE SET \
             thumb = excluded.thumb, reason = excluded.reason, comment = excluded.comment, \
             correction = excluded.correction, changed = excluded.changed"
        );
        let opinion = new.opinion;
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            self.next_id().into(),
            principal.actor().to_string().into(),
            new.answer.as_uuid().into(),
            opinion.thumb.name().into(),
            opinion.reason.map(|reason| reason.name().to_owned()).into(),
            opinion.comment.into(),
            opinion.correction.into(),
            new.question.into(),
            to_json(&new.copy)?.into(),
            new.trial.map(|(experiment, _)| experiment.as_uuid()).into(),
            new.trial.map(|(_, variant)| i64::from(variant)).into(),
            self.now().into(),
        ];
        let tx = self.begin().await?;
        hold_actor(&tx, principal).await?;
        let done = execute(&tx, sql, values).await;
        done.doing(|| format!("cannot keep the feedback on the answer {}", new.answer))?;
        commit(tx, "the feedback").await?;
        self.feedback(principal, new.answer).await
    }

    /// What the one who asks thinks of an answer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn feedback(&self, principal: &Principal, answer: AnswerId) -> Result<Feedback> {
        let sql = format!(
            "SELECT {COLUMNS} FROM feedback WHERE tenant_id = $1 AND answer_id = $2 AND actor = $3"
        );
        let values = own(principal, answer);
        let found = row::<FeedbackRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the feedback on the answer {answer}"))?;
        found
            .ok_or_else(|| not_found("feedback on the answer", answer))?
            .feedback()
    }

    /// What anybody of the tenant thinks of an answer; of several the newest.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn feedback_of_anybody(
        &self,
        principal: &Principal,
        answer: AnswerId,
    ) -> Result<Option<Feedback>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM feedback WHERE tenant_id = $1 AND answer_id = $2 \
             ORDER BY changed DESC, id DESC LIMIT 1"
        );
        let values = vec![tenant(principal).into(), answer.as_uuid().into()];
        let found = row::<FeedbackRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the feedback on the answer {answer}"))?;
        found.map(FeedbackRow::feedback).transpose()
    }

    /// What the tenant's people think of answers, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn all_feedback(
        &self,
        principal: &Principal,
        query: &FeedbackQuery,
    ) -> Result<Page<Feedback>> {
        let limit = page_limit(query.limit)?;
        let mut sql = format!("SELECT {COLUMNS} FROM feedback WHERE tenant_id = $1");
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        if let Some(thumb) = query.thumb {
            values.push(thumb.name().into());
            sql.push_str(&format!(" AND thumb = ${}", values.len()));
        }
        page(
            &mut sql,
            &mut values,
            List::Feedback,
            query.cursor.as_deref(),
        )?;
        sql.push_str(&format!(" LIMIT {}", limit + 1));
        let found = rows::<FeedbackRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the feedback".to_owned())?;
        let items = found.into_iter().map(FeedbackRow::feedback);
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(List::Feedback.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Takes back what the one who asks thinks of an answer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_feedback(&self, principal: &Principal, answer: AnswerId) -> Result<()> {
        let sql = "DELETE FROM feedback WHERE tenant_id = $1 AND answer_id = $2 AND actor = $3";
        let done = execute(self.database.write(), sql, own(principal, answer)).await;
        match done.doing(|| format!("cannot forget the feedback on the answer {answer}"))? {
            0 => Err(not_found("feedback on the answer", answer)),
            _ => Ok(()),
        }
    }
}

fn own(principal: &Principal, answer: AnswerId) -> Vec<Value> {
    vec![
        tenant(principal).into(),
        answer.as_uuid().into(),
        principal.actor().to_string().into(),
    ]
}

/// Adds to a query what puts a list in order, newest first, and where its page begins.
pub(super) fn page(
    sql: &mut String,
    values: &mut Vec<Value>,
    list: List,
    cursor: Option<&str>,
) -> Result<()> {
    if let Some(cursor) = cursor {
        let (time, id) = list.decode(cursor)?;
        let first = values.len() + 1;
        values.extend([time.into(), id.into()]);
        let second = first + 1;
        sql.push_str(&format!(
            " AND (created < ${first} OR (created = ${first} AND id < ${second}))"
        ));
    }
    sql.push_str(" ORDER BY created DESC, id DESC");
    Ok(())
}
