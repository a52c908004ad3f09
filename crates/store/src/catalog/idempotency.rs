//! Requests that may be sent again: the second gets the reply of the first.
//!
//! Invariant: a key is noted together with its reply, in one statement. One noted before would stay
//! without a reply, and in the way, when whoever answers is cut off in between.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::database::execute;
use super::row::digest;
use super::table::idempotency_key::{Column, Entity};
use super::{Catalog, Doing, micros, tenant};
use crate::blobs::Digest;

/// A reply that can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReply {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Catalog {
    /// Keeps the reply to a request under its key. When the same request was answered before, keeps
    /// and gives that reply instead.
    ///
    /// # Errors
    /// `Conflict` when the key was used for another request.
    pub async fn keep_reply(
        &self,
        principal: &Principal,
        key: &str,
        request: Digest,
        reply: &StoredReply,
    ) -> Result<Option<StoredReply>> {
        let sql = "INSERT INTO idempotency_keys \
                   (tenant_id, request_key, request_digest, reply_status, reply_body, created, actor) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (tenant_id, request_key) DO UPDATE SET \
                   request_digest = excluded.request_digest, actor = excluded.actor, \
                   reply_status = excluded.reply_status, reply_body = excluded.reply_body \
                   WHERE idempotency_keys.reply_status IS NULL";
        let values = vec![
            tenant(principal).into(),
            key.into(),
            request.as_bytes().to_vec().into(),
            i64::from(reply.status).into(),
            reply.body.clone().into(),
            self.now().into(),
            principal.actor().to_string().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        if done.doing(|| "cannot keep the reply to a request".to_owned())? > 0 {
            return Ok(None);
        }
        match self.reply(principal, key).await? {
            Some((known, _)) if known != request => Err(Error::new(
                ErrorKind::Conflict,
                "this idempotency key was used for another request; choose a new one",
            )),
            Some((_, earlier)) => Ok(Some(earlier)),
            // Forgotten in between: it was old.
            None => Ok(None),
        }
    }

    /// The reply to the request with this key, and the digest of that request.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn reply(
        &self,
        principal: &Principal,
        key: &str,
    ) -> Result<Option<(Digest, StoredReply)>> {
        let found = Entity::find()
            .filter(Column::TenantId.eq(tenant(principal)))
            .filter(Column::RequestKey.eq(key))
            .one(self.database.read())
            .await;
        let found = found.doing(|| "cannot read what is known of a request".to_owned())?;
        let Some(model) = found else { return Ok(None) };
        let status = model
            .reply_status
            .and_then(|status| u16::try_from(status).ok());
        // A key without a reply was noted by a program that noted it first and was cut off.
        let Some((status, body)) = status.zip(model.reply_body) else {
            return Ok(None);
        };
        let reply = StoredReply { status, body };
        Ok(Some((digest(&model.request_digest)?, reply)))
    }

    /// Forgets requests noted before this moment. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_requests(&self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM idempotency_keys WHERE created < $1";
        let done = execute(self.database.write(), sql, vec![micros(before).into()]).await;
        done.doing(|| "cannot forget the keys of old requests".to_owned())
    }
}
