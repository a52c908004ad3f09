//! What people have accepted, and when.

use alexandria_core::error::Result;
use alexandria_core::id::UserId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::FromQueryResult;

use super::database::{execute, row};
use super::row::timestamp;
use super::{Catalog, Doing, tenant};

impl Catalog {
    /// Writes down that a person has accepted a version of the text. The first time counts.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn accept(&self, principal: &Principal, user: UserId, version: &str) -> Result<()> {
        let sql = "INSERT INTO consents (user_id, version, tenant_id, moment) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, version) DO NOTHING";
        let values = vec![
            user.as_uuid().into(),
            version.into(),
            tenant(principal).into(),
            self.now().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot write down what was accepted".to_owned())?;
        Ok(())
    }

    /// When a person has accepted a version of the text; nothing when they have not.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn accepted(
        &self,
        principal: &Principal,
        user: UserId,
        version: &str,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT moment FROM consents \
                   WHERE tenant_id = $1 AND user_id = $2 AND version = $3";
        let values = vec![
            tenant(principal).into(),
            user.as_uuid().into(),
            version.into(),
        ];
        let found = row::<MomentRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot see what was accepted".to_owned())?;
        found.map(|row| timestamp(row.moment)).transpose()
    }
}

#[derive(Debug, FromQueryResult)]
struct MomentRow {
    moment: i64,
}
