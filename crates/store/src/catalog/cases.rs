//! Cases: questions with the answers they should get, for measuring the library.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{AnswerId, CaseId, DocumentId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::Value;
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::feedback::page;
use super::row::{from_json, timestamp, to_json};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// Cases that a tenant has at most.
pub const CASES_MAX: i64 = 10_000;

/// A case about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// The answer it was made of.
    pub answer: AnswerId,
    /// The question.
    pub question: String,
    /// Answers that are right; none when it must not be answered.
    pub answers: Vec<String>,
    /// Documents that the answer stands in; none when that is not known.
    pub documents: Vec<DocumentId>,
    /// The language of the question, where known.
    pub language: Option<String>,
}

/// A case that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its identity.
    pub id: CaseId,
    /// What it holds.
    pub new: NewCase,
    /// When it was made.
    pub created: Timestamp,
}

const COLUMNS: &str = "id, answer_id, question, answers, documents, language, created";

#[derive(Debug, sea_orm::FromQueryResult)]
struct CaseRow {
    id: Uuid,
    answer_id: Uuid,
    question: String,
    answers: String,
    documents: String,
    language: Option<String>,
    created: i64,
}

impl CaseRow {
    fn case(self) -> Result<Case> {
        Ok(Case {
            id: CaseId::from_uuid(self.id),
            new: NewCase {
                answer: AnswerId::from_uuid(self.answer_id),
                question: self.question,
                answers: from_json(&self.answers)?,
                documents: from_json(&self.documents)?,
                language: self.language,
            },
            created: timestamp(self.created)?,
        })
    }
}

impl Catalog {
    /// Keeps a case, in the place of the one that was made of the same answer.
    ///
    /// # Errors
    /// `TooLarge` when there are [`CASES_MAX`] already.
    pub async fn keep_case(&self, principal: &Principal, new: NewCase) -> Result<Case> {
        let doing = || "cannot keep a case".to_owned();
        let tx = self.begin().await?;
        let count = "SELECT count(*) AS n FROM evaluation_cases WHERE tenant_id = $1";
        let count = number(&tx, count, vec![tenant(principal).into()]).await;
        if count.doing(doing)? >= CASES_MAX {
            let sentence = format!("there are {CASES_MAX} cases already: remove some first");
            return Err(Error::new(ErrorKind::TooLarge, sentence));
        }
        let sql = format!(
            "INSERT INTO evaluation_cases (tenant_id, {COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (tenant_id, answer_id) DO UPDATE SET answers = excluded.answers, \
             documents = excluded.documents"
        );
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            self.next_id().into(),
            new.answer.as_uuid().into(),
            new.question.into(),
            to_json(&new.answers)?.into(),
            to_json(&new.documents)?.into(),
            new.language.into(),
            self.now().into(),
        ];
        execute(&tx, sql, values).await.doing(doing)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM evaluation_cases WHERE tenant_id = $1 AND answer_id = $2"
        );
        let values = vec![tenant(principal).into(), new.answer.as_uuid().into()];
        let kept = row::<CaseRow, _>(&tx, sql, values).await.doing(doing)?;
        commit(tx, "a case").await?;
        kept.ok_or_else(|| not_found("case of the answer", new.answer))?
            .case()
    }

    /// The cases, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn cases(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Case>> {
        let limit = page_limit(limit)?;
        let mut sql = format!("SELECT {COLUMNS} FROM evaluation_cases WHERE tenant_id = $1");
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        page(&mut sql, &mut values, List::Cases, cursor)?;
        sql.push_str(&format!(" LIMIT {}", limit + 1));
        let found = rows::<CaseRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the cases".to_owned())?;
        let items = found
            .into_iter()
            .map(CaseRow::case)
            .collect::<Result<Vec<_>>>()?;
        Ok(List::Cases.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Forgets a case.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_case(&self, principal: &Principal, id: CaseId) -> Result<()> {
        let sql = "DELETE FROM evaluation_cases WHERE id = $1 AND tenant_id = $2";
        let values = vec![id.as_uuid().into(), tenant(principal).into()];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot forget the case {id}"))? {
            0 => Err(not_found("case", id)),
            _ => Ok(()),
        }
    }
}
