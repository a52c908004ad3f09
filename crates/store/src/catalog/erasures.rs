//! The receipts of what was erased.

use alexandria_core::erasure::{ErasedKind, Receipt};
use alexandria_core::error::Result;
use alexandria_core::id::{ErasureId, TenantId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::{from_json, to_json};
use super::{Catalog, Doing, micros, not_found, tenant};

/// An erasure with what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// What was erased: the id of a person or of a document, which leads to nothing any more.
    pub subject: Uuid,
    /// The receipt.
    pub receipt: Receipt,
}

impl Catalog {
    /// A new id for an erasure.
    #[must_use]
    pub fn next_erasure(&self) -> ErasureId {
        ErasureId::from_uuid(self.next_id())
    }

    /// Whether an erasure is written down.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn knows_erasure(&self, principal: &Principal, id: ErasureId) -> Result<bool> {
        let sql = "SELECT count(*) AS n FROM erasures WHERE tenant_id = $1 AND id = $2";
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = number(self.database.read(), sql, values).await;
        Ok(found.doing(|| format!("cannot look for the erasure {id}"))? > 0)
    }

    /// Writes an erasure down.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn keep_erasure(
        &self,
        _by: &Principal,
        receipt: &Receipt,
        subject: Uuid,
    ) -> Result<()> {
        self.insert_erasure(self.database.write(), receipt, subject)
            .await
    }

    pub(super) async fn insert_erasure<C: ConnectionTrait>(
        &self,
        connection: &C,
        receipt: &Receipt,
        subject: Uuid,
    ) -> Result<()> {
        let sql = "INSERT INTO erasures (id, tenant_id, kind, subject, moment, receipt) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
        let values: Vec<Value> = vec![
            receipt.id.as_uuid().into(),
            receipt.tenant_id.as_uuid().into(),
            receipt.kind.name().into(),
            subject.into(),
            micros(receipt.moment).into(),
            to_json(receipt)?.into(),
        ];
        let done = execute(connection, sql, values).await;
        done.doing(|| "cannot write an erasure down".to_owned())?;
        Ok(())
    }

    /// The erasure with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn erasure(&self, principal: &Principal, id: ErasureId) -> Result<Erasure> {
        let sql = "SELECT subject, receipt FROM erasures WHERE tenant_id = $1 AND id = $2";
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = row::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the erasure {id}"))?;
        found.ok_or_else(|| not_found("erasure", id))?.read()
    }

    /// The erasures of the tenant, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn erasures(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Erasure>> {
        let limit = page_limit(limit)?;
        let mut sql = "SELECT subject, receipt FROM erasures WHERE tenant_id = $1".to_owned();
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        if let Some(cursor) = cursor {
            let (moment, id) = List::Erasures.decode(cursor)?;
            values.extend([moment.into(), id.into()]);
            sql.push_str(" AND (moment < $2 OR (moment = $2 AND id < $3))");
        }
        sql.push_str(&format!(
            " ORDER BY moment DESC, id DESC LIMIT {}",
            limit + 1
        ));
        let found = rows::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the erasures".to_owned())?;
        let items = found.into_iter().map(Row::read).collect::<Result<_>>()?;
        Ok(List::Erasures.page(items, limit, |item: &Erasure| {
            (micros(item.receipt.moment), item.receipt.id.as_uuid())
        }))
    }

    /// What was erased since a moment, of all tenants, for the processes that share the catalog: each
    /// forgets what it has in memory.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn erased_since(
        &self,
        moment: Timestamp,
    ) -> Result<Vec<(TenantId, ErasedKind, Uuid)>> {
        let sql = "SELECT tenant_id, kind, subject FROM erasures WHERE moment >= $1";
        let values = vec![micros(moment).into()];
        let found = rows::<SinceRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for erasures".to_owned())?;
        found
            .into_iter()
            .map(|row| {
                let tenant = TenantId::from_uuid(row.tenant_id);
                Ok((tenant, row.kind.parse()?, row.subject))
            })
            .collect()
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    subject: Uuid,
    receipt: String,
}

impl Row {
    fn read(self) -> Result<Erasure> {
        Ok(Erasure {
            subject: self.subject,
            receipt: from_json(&self.receipt)?,
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct SinceRow {
    tenant_id: Uuid,
    kind: String,
    subject: Uuid,
}
