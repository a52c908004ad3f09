//! How much a tenant holds, and whether there is room for more.

use std::fmt;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

use super::super::database::{execute, row};
use super::super::{Catalog, Doing, tenant};
use super::NewDocument;

const HELD: &str = "SELECT count(*) AS documents, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes \
                    FROM documents WHERE tenant_id = $1 AND deleted IS NULL";

/// That a tenant holds as much as it may. It stands beneath the error that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

impl fmt::Display for NoRoom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("there is no room left")
    }
}

impl std::error::Error for NoRoom {}

impl Catalog {
    /// How many documents the tenant holds, and how many bytes of originals, those that wait included.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn holdings(&self, principal: &Principal) -> Result<(u64, u64)> {
        held(self.database.read(), principal).await
    }

    /// Fails when a document would be one too many. Nobody else adds one to the tenant until the
    /// transaction ends.
    pub(super) async fn require_room(
        &self,
        tx: &DatabaseTransaction,
        principal: &Principal,
        new: &NewDocument,
    ) -> Result<()> {
        let (documents_max, bytes_max) = new.quotas;
        if documents_max.is_none() && bytes_max.is_none() {
            return Ok(());
        }
        if self.database.is_postgres() {
            let sql = "SELECT id FROM tenants WHERE id = $1 FOR UPDATE";
            let locked = execute(tx, sql, vec![tenant(principal).into()]).await;
            locked.doing(|| "cannot lock the tenant".to_owned())?;
        }
        let (documents, bytes) = held(tx, principal).await?;
        let refused = |what: String| {
            let sentence =
                format!("the tenant may hold {what}: remove some, or ask for another plan");
            Err(Error::new(ErrorKind::Forbidden, sentence).with_source(NoRoom))
        };
        match (documents_max, bytes_max) {
            (Some(max), _) if documents >= max => refused(format!("{max} documents")),
            (_, Some(max)) if bytes.saturating_add(new.bytes) > max => {
                refused(format!("{max} bytes of files"))
            }
            _ => Ok(()),
        }
    }
}

async fn held<C: ConnectionTrait>(connection: &C, principal: &Principal) -> Result<(u64, u64)> {
    let found = row::<Held, _>(connection, HELD, vec![tenant(principal).into()]).await;
    let found = found.doing(|| "cannot count what a tenant holds".to_owned())?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(found.map_or((0, 0), |held| (count(held.documents), count(held.bytes))))
}

#[derive(Debug, FromQueryResult)]
struct Held {
    documents: i64,
    bytes: i64,
}
