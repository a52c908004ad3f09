//! What was made of a document and stands elsewhere: answers and turns that quote it, what was thought of
//! them, replies that name it, the work on it.

use std::collections::BTreeMap;

use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId, VersionId};
use alexandria_core::principal::Principal;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, row, rows};
use super::{Catalog, Doing, commit, tenant};

/// What takes the place of what quoted a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// Of what an answer said, as JSON.
    pub answer: String,
    /// Of what a case needs of an answer, as JSON.
    pub copy: String,
}

/// A table with the column that quotes documents by their ids.
const QUOTING: [(&str, &str); 4] = [
    ("answers", "body"),
    ("turns", "body"),
    ("feedback", "copied"),
    ("evaluation_cases", "documents"),
];

impl Catalog {
    /// Every reading of a document, removed ones included.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn versions_of(
        &self,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<Vec<VersionId>> {
        let sql = "SELECT id FROM versions WHERE tenant_id = $1 AND document_id = $2 ORDER BY id";
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = rows::<IdRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot list the readings of the document {id}"))?;
        Ok(found
            .iter()
            .map(|row| VersionId::from_uuid(row.id))
            .collect())
    }

    /// The collection of a document, also of one that has been removed and not purged.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn collection_of(
        &self,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<Option<CollectionId>> {
        let sql = "SELECT collection_id AS id FROM documents WHERE tenant_id = $1 AND id = $2";
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = row::<IdRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot look for the document {id}"))?;
        Ok(found.map(|row| CollectionId::from_uuid(row.id)))
    }

    /// Takes what was quoted of a document out of everything that quotes it. Says how many rows there
    /// were, by table.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written; then nothing is changed.
    pub async fn erase_traces(
        &self,
        principal: &Principal,
        id: DocumentId,
        versions: &[VersionId],
        instead: &Instead,
    ) -> Result<BTreeMap<String, u64>> {
        let sentence = || format!("cannot erase what was made of the document {id}");
        let mut erased = BTreeMap::new();
        let tx = self.begin().await?;
        let mut names = vec![id.to_string()];
        names.extend(versions.iter().map(ToString::to_string));
        for name in &names {
            let quoting =
                || -> Vec<Value> { vec![tenant(principal).into(), format!("%{name}%").into()] };
            // A question that was made to stand alone may hold names out of an answer before it.
            let sql = "UPDATE turns SET standalone = question WHERE tenant_id = $1 \
                       AND conversation_id IN (SELECT conversation_id FROM turns \
                       WHERE tenant_id = $1 AND body LIKE $2)";
            execute(&tx, sql, quoting()).await.doing(sentence)?;
            for (sql, table, put) in [
                (
                    "UPDATE answers SET body = $3 WHERE tenant_id = $1 AND body LIKE $2",
                    "answers",
                    Some(&instead.answer),
                ),
                (
                    "UPDATE turns SET body = $3 WHERE tenant_id = $1 AND body LIKE $2",
                    "turns",
                    Some(&instead.answer),
                ),
                (
                    "UPDATE feedback SET copied = $3 WHERE tenant_id = $1 AND copied LIKE $2",
                    "feedback",
                    Some(&instead.copy),
                ),
                (
                    "DELETE FROM evaluation_cases WHERE tenant_id = $1 AND documents LIKE $2",
                    "evaluation_cases",
                    None,
                ),
            ] {
                let mut values = quoting();
                values.extend(put.map(|put| Value::from(put.clone())));
                let count = execute(&tx, sql, values).await.doing(sentence)?;
                *erased.entry(table.to_owned()).or_default() += count;
            }
        }
        let own = || -> Vec<Value> { vec![tenant(principal).into(), id.as_uuid().into()] };
        let sql = "DELETE FROM jobs WHERE tenant_id = $1 AND (document_id = $2 OR payload LIKE $3)";
        let mut values = own();
        values.push(format!("%{id}%").into());
        let jobs = execute(&tx, sql, values).await.doing(sentence)?;
        erased.insert("jobs".to_owned(), jobs);
        let sql = if self.database.is_postgres() {
            "DELETE FROM idempotency_keys WHERE tenant_id = $1 \
             AND position($2::bytea in reply_body) > 0"
        } else {
            "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND instr(reply_body, $2) > 0"
        };
        let values = vec![tenant(principal).into(), id.to_string().into_bytes().into()];
        let replies = execute(&tx, sql, values).await.doing(sentence)?;
        erased.insert("idempotency_keys".to_owned(), replies);
        commit(tx, "that a document is quoted nowhere any more").await?;
        erased.retain(|_, count| *count > 0);
        Ok(erased)
    }

    /// How many rows hold something of a document, by table: none after its erasure.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn rows_of_document(
        &self,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<BTreeMap<String, u64>> {
        let sentence = || format!("cannot look for what was made of the document {id}");
        let read = self.database.read();
        let mut found = BTreeMap::new();
        for (table, condition) in [
            ("documents", "id = $2"),
            ("versions", "document_id = $2"),
            ("document_tags", "document_id = $2"),
            ("jobs", "document_id = $2"),
        ] {
            let sql =
                format!("SELECT count(*) AS n FROM {table} WHERE tenant_id = $1 AND {condition}");
            let values = vec![tenant(principal).into(), id.as_uuid().into()];
            let count = number(read, sql, values).await.doing(sentence)?;
            found.insert(table.to_owned(), u64::try_from(count).unwrap_or(0));
        }
        for (table, column) in QUOTING {
            let sql = format!(
                "SELECT count(*) AS n FROM {table} WHERE tenant_id = $1 AND {column} LIKE $2"
            );
            let values = vec![tenant(principal).into(), format!("%{id}%").into()];
            let count = number(read, sql, values).await.doing(sentence)?;
            found.insert(table.to_owned(), u64::try_from(count).unwrap_or(0));
        }
        found.retain(|_, count| *count > 0);
        Ok(found)
    }

    /// Brings what was removed out of the catalog's files: for after an erasure.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn empty_log(&self) -> Result<()> {
        self.database.empty_log().await
    }
}

#[derive(Debug, FromQueryResult)]
struct IdRow {
    id: Uuid,
}
