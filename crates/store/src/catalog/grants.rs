//! Who may reach a collection that is not open to the whole tenant.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::{Actor, Principal};
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};

use super::database::{execute, number, rows};
use super::row::timestamp;
use super::{Catalog, Doing, commit, tenant};

/// The most grants of one collection.
pub const GRANTS_OF_COLLECTION_MAX: i64 = 1_000;

/// That an actor may reach a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who may: `user:…` or `key:…`.
    pub actor: String,
    /// Who said so.
    pub made_by: String,
    /// Since when.
    pub created: Timestamp,
}

impl Catalog {
    /// Lets an actor reach a collection. The caller has made sure that both are the tenant's.
    ///
    /// # Errors
    /// `Conflict` when too many may already.
    pub async fn grant(
        &self,
        principal: &Principal,
        collection: CollectionId,
        actor: &Actor,
    ) -> Result<()> {
        let sentence = || format!("cannot grant the collection {collection}");
        let tx = self.begin().await?;
        let of: Vec<Value> = vec![tenant(principal).into(), collection.as_uuid().into()];
        let count = "SELECT count(*) AS n FROM grants WHERE tenant_id = $1 AND collection_id = $2";
        if number(&tx, count, of).await.doing(sentence)? >= GRANTS_OF_COLLECTION_MAX {
            let sentence = format!("{GRANTS_OF_COLLECTION_MAX} may reach that collection already");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let sql = "INSERT INTO grants (collection_id, actor, tenant_id, made_by, created) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (collection_id, actor) DO NOTHING";
        let values: Vec<Value> = vec![
            collection.as_uuid().into(),
            actor.to_string().into(),
            tenant(principal).into(),
            principal.actor().to_string().into(),
            self.now().into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a grant").await
    }

    /// Takes a grant back.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn ungrant(
        &self,
        principal: &Principal,
        collection: CollectionId,
        actor: &Actor,
    ) -> Result<()> {
        let sql = "DELETE FROM grants WHERE tenant_id = $1 AND collection_id = $2 AND actor = $3";
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            collection.as_uuid().into(),
            actor.to_string().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot take a grant of the collection {collection} back"))? {
            0 => {
                let sentence = format!("the collection {collection} is not granted to {actor}");
                Err(Error::new(ErrorKind::NotFound, sentence))
            }
            _ => Ok(()),
        }
    }

    /// Who may reach a collection by name.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn grants(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<Vec<Grant>> {
        let sql = "SELECT actor, made_by, created FROM grants \
                   WHERE tenant_id = $1 AND collection_id = $2 ORDER BY created, actor";
        let values = vec![tenant(principal).into(), collection.as_uuid().into()];
        let found = rows::<GrantRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the grants".to_owned())?;
        let read = |row: GrantRow| {
            Ok(Grant {
                actor: row.actor,
                made_by: row.made_by,
                created: timestamp(row.created)?,
            })
        };
        found.into_iter().map(read).collect()
    }
}

#[derive(Debug, FromQueryResult)]
struct GrantRow {
    actor: String,
    made_by: String,
    created: i64,
}
