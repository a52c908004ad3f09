//! Removing for good what a tenant had, once its grace is over. The tables are asked of the database,
//! so that one that is added later is not forgotten.

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use sea_orm::FromQueryResult;

use super::database::{execute, number, rows};
use super::{Catalog, Doing, commit, tenant};

/// What others refer to is removed after them, in this order.
const LAST: [&str; 6] = [
    "versions",
    "documents",
    "collections",
    "conversations",
    "experiments",
    "users",
];

/// What stays as evidence for as long as the log is kept.
const KEPT: [&str; 5] = [
    "audit_addresses",
    "audit_heads",
    "audit_log",
    "erasures",
    "security_events",
];

impl Catalog {
    /// Removes every row of the tenant, and says of the tenant that it has ended. Its audit log and
    /// security events stay for as long as those are kept. Files and indexes have been removed before.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written; then nothing is removed.
    pub async fn erase_tenant(&self, principal: &Principal) -> Result<u64> {
        let sentence = || format!("cannot remove what the tenant {} had", principal.tenant());
        let tables = self.tables_with("tenant_id").await?;
        let first = tables.iter().map(String::as_str);
        let first = first.filter(|table| !LAST.contains(table) && !KEPT.contains(table));
        let last = LAST
            .into_iter()
            .filter(|table| tables.iter().any(|one| one == table));
        let mut removed = 0;
        let tx = self.begin().await?;
        for table in first.chain(last) {
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1");
            let done = execute(&tx, sql, vec![tenant(principal).into()]).await;
            removed += done.doing(sentence)?;
        }
        // The name is free again; who it was is in the audit log.
        let sql = "UPDATE tenants SET state = 'ended', name = 'ended', name_key = '', \
                   settings = '{}', quotas = '{}' WHERE id = $1";
        execute(&tx, sql, vec![tenant(principal).into()])
            .await
            .doing(sentence)?;
        commit(tx, "the end of a tenant").await?;
        Ok(removed)
    }

    /// Documents of the tenant that have not been purged, and jobs that are still at it.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn unpurged(&self, principal: &Principal) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM documents WHERE tenant_id = $1) \
                   + (SELECT count(*) FROM jobs WHERE tenant_id = $1 \
                   AND state IN ('waiting', 'running')) AS n";
        let left = number(self.database.read(), sql, vec![tenant(principal).into()]).await;
        let left = left.doing(|| "cannot count what is left of a tenant".to_owned())?;
        Ok(u64::try_from(left).unwrap_or(0))
    }

    /// The tables that have a column of this name: `tenant_id` for those that hold something of tenants.
    pub(super) async fn tables_with(&self, column: &str) -> Result<Vec<String>> {
        let sql = if self.database.is_postgres() {
            "SELECT table_name::text AS name FROM information_schema.columns \
             WHERE column_name = $1 AND table_schema = current_schema() ORDER BY 1"
        } else {
            "SELECT m.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.name = $1 ORDER BY 1"
        };
        let found = rows::<NameRow, _>(self.database.read(), sql, vec![column.into()]).await;
        let found = found.doing(|| "cannot list the tables of the catalog".to_owned())?;
        Ok(found.into_iter().map(|row| row.name).collect())
    }
}

#[derive(Debug, FromQueryResult)]
struct NameRow {
    name: String,
}
