//! The keys that programs call with. Only their digests are kept.

use std::sync::Arc;

use alexandria_core::access::{Classification, Scopes};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, KeyId, TenantId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::token::Token;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::{from_json, timestamp, to_json};
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// The most keys of one tenant, revoked ones included.
pub const KEYS_MAX: i64 = 10_000;

/// A key as it is listed: everything but the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identity.
    pub id: KeyId,
    /// Whose.
    pub tenant: TenantId,
    /// What it is called.
    pub name: Label,
    /// Its last characters.
    pub tail: String,
    /// What it may do.
    pub scopes: Scopes,
    /// The only collections it reaches, where it is bound to some.
    pub collections: Option<Arc<[CollectionId]>>,
    /// The highest label of documents it sees.
    pub clearance: Classification,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// The key that takes its place, once it has been rotated.
    pub successor: Option<KeyId>,
}

impl ApiKey {
    /// Whether it lets anybody in at a moment.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

/// A key about to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What it is called.
    pub name: Label,
    /// The key itself, of which the digest is kept.
    pub token: Token,
    /// What it may do.
    pub scopes: Scopes,
    /// The only collections it reaches.
    pub collections: Option<Vec<CollectionId>>,
    /// The highest label of documents it sees.
    pub clearance: Classification,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// What is read of a key.
pub(super) const SELECT: &str = "SELECT id, tenant_id, name, tail, scopes, collections, clearance, \
                                 made_by, created, used, expires, revoked, successor_id FROM api_keys";

impl Catalog {
    /// Makes a key.
    ///
    /// # Errors
    /// `Conflict` when the tenant has as many as there may be.
    pub async fn create_key(&self, principal: &Principal, new: NewApiKey) -> Result<ApiKey> {
        let tx = self.begin().await?;
        let id = self.insert_key(&tx, principal, &new).await?;
        commit(tx, "a key").await?;
        self.key(principal, id).await
    }

    /// Makes a key in the place of another, which stays valid until the moment given.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the old key has been revoked, rotated or has ended.
    pub async fn rotate_key(
        &self,
        principal: &Principal,
        old: KeyId,
        new: NewApiKey,
        until: Timestamp,
    ) -> Result<ApiKey> {
        let tx = self.begin().await?;
        let id = self.insert_key(&tx, principal, &new).await?;
        let sql = "UPDATE api_keys SET successor_id = $3, expires = $4 \
                   WHERE tenant_id = $1 AND id = $2 AND revoked IS NULL AND successor_id IS NULL \
                   AND (expires IS NULL OR expires > $5)";
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            old.as_uuid().into(),
            id.as_uuid().into(),
            micros(until).into(),
            self.now().into(),
        ];
        let done = execute(&tx, sql, values).await;
        if done.doing(|| format!("cannot rotate the key {old}"))? == 0 {
            drop(tx);
            self.key(principal, old).await?;
            let sentence = format!("the key {old} has been rotated or revoked or has ended");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        commit(tx, "the rotation of a key").await?;
        self.key(principal, id).await
    }

    async fn insert_key<C: sea_orm::ConnectionTrait>(
        &self,
        tx: &C,
        principal: &Principal,
        new: &NewApiKey,
    ) -> Result<KeyId> {
        let sentence = || "cannot make a key".to_owned();
        let count = "SELECT count(*) AS n FROM api_keys WHERE tenant_id = $1";
        let values = vec![tenant(principal).into()];
        if number(tx, count, values).await.doing(sentence)? >= KEYS_MAX {
            let sentence = format!("the tenant has {KEYS_MAX} keys already");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let id = KeyId::from_uuid(self.next_id());
        let sql = "INSERT INTO api_keys (id, tenant_id, name, tail, digest, scopes, collections, \
                   clearance, made_by, created, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let collections = new.collections.as_ref().map(to_json).transpose()?;
        let values: Vec<Value> = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            new.name.as_str().into(),
            new.token.tail().into(),
            new.token.digest().to_vec().into(),
            new.scopes.to_string().into(),
            collections.into(),
            i64::from(new.clearance.level()).into(),
            principal.actor().to_string().into(),
            self.now().into(),
            new.expires.map(micros).into(),
        ];
        execute(tx, sql, values).await.doing(sentence)?;
        Ok(id)
    }

    /// The key with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn key(&self, principal: &Principal, id: KeyId) -> Result<ApiKey> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 AND id = $2");
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = row::<KeyRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the key {id}"))?;
        found.ok_or_else(|| not_found("key", id))?.read()
    }

    /// The tenant's keys, oldest first, those that have ended included.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn keys(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<ApiKey>> {
        let limit = page_limit(limit)?;
        let after = cursor.map(|cursor| List::Keys.decode(cursor)).transpose()?;
        let after = after.map_or(Uuid::nil(), |(_, id)| id);
        let sql = format!(
            "{SELECT} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT {}",
            limit + 1
        );
        let values = vec![tenant(principal).into(), after.into()];
        let found = rows::<KeyRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the keys".to_owned())?;
        let items = found.into_iter().map(KeyRow::read).collect::<Result<_>>()?;
        Ok(List::Keys.page(items, limit, |item: &ApiKey| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Revokes a key: from now on it lets nobody in. One that is revoked already stays so.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn revoke_key(&self, principal: &Principal, id: KeyId) -> Result<ApiKey> {
        let sql = "UPDATE api_keys SET revoked = COALESCE(revoked, $3) \
                   WHERE tenant_id = $1 AND id = $2";
        let values = vec![
            tenant(principal).into(),
            id.as_uuid().into(),
            self.now().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot revoke the key {id}"))? {
            0 => Err(not_found("key", id)),
            _ => self.key(principal, id).await,
        }
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct KeyRow {
    id: Uuid,
    tenant_id: Uuid,
    name: String,
    tail: String,
    scopes: String,
    collections: Option<String>,
    clearance: i64,
    made_by: String,
    created: i64,
    used: Option<i64>,
    expires: Option<i64>,
    revoked: Option<i64>,
    successor_id: Option<Uuid>,
}

impl KeyRow {
    pub(super) fn read(self) -> Result<ApiKey> {
        let collections: Option<Vec<CollectionId>> =
            self.collections.as_deref().map(from_json).transpose()?;
        Ok(ApiKey {
            id: KeyId::from_uuid(self.id),
            tenant: TenantId::from_uuid(self.tenant_id),
            name: Label::stored(self.name),
            tail: self.tail,
            scopes: self.scopes.parse()?,
            collections: collections.map(Arc::from),
            clearance: Classification::of_level(self.clearance)?,
            made_by: self.made_by,
            created: timestamp(self.created)?,
            used: self.used.map(timestamp).transpose()?,
            expires: self.expires.map(timestamp).transpose()?,
            revoked: self.revoked.map(timestamp).transpose()?,
            successor: self.successor_id.map(KeyId::from_uuid),
        })
    }
}
