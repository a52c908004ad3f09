//! Requests that may be sent again: the second gets the reply of the first.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::database::execute;
use super::row::digest;
use super::table::idempotency_key::{Column, Entity, Model};
use super::{Catalog, Doing, micros, tenant};
use crate::blobs::Digest;

/// What is known of a request with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// It is new and has been noted; whoever sent it goes on and ends with
    /// [`Catalog::finish_request`] or [`Catalog::abandon_request`].
    New,
    /// The first one is still being answered.
    Running,
    /// This is what the first one was answered.
    Answered(StoredReply),
}

/// A reply that can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReply {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Catalog {
    /// Notes a request by its key, or says what became of an earlier one with the same key.
    ///
    /// # Errors
    /// `Conflict` when the earlier one asked for something else.
    pub async fn begin_request(
        &self,
        principal: &Principal,
        key: &str,
        request: Digest,
    ) -> Result<Idempotency> {
        let model = Model {
            tenant_id: tenant(principal),
            request_key: key.to_owned(),
            request_digest: request.as_bytes().to_vec(),
            reply_status: None,
            reply_body: None,
            created: self.now(),
        };
        let nothing = OnConflict::new().do_nothing().to_owned();
        let insert = Entity::insert(model.into_active_model()).on_conflict(nothing);
        let done = insert.exec_without_returning(self.database.write()).await;
        if done.doing(|| "cannot note the request's key".to_owned())? > 0 {
            return Ok(Idempotency::New);
        }
        match self.request(principal, key).await? {
            Some((known, _)) if known != request => Err(Error::new(
                ErrorKind::Conflict,
                "this idempotency key was used for another request; choose a new one",
            )),
            Some((_, Some(reply))) => Ok(Idempotency::Answered(reply)),
            // Abandoned in between counts as running: the sender tries again in a moment.
            Some((_, None)) | None => Ok(Idempotency::Running),
        }
    }

    /// Keeps the reply of a request.
    ///
    /// # Errors
    /// `NotFound` when the key was not noted or has been forgotten.
    pub async fn finish_request(
        &self,
        principal: &Principal,
        key: &str,
        reply: &StoredReply,
    ) -> Result<()> {
        let sql = "UPDATE idempotency_keys SET reply_status = $1, reply_body = $2 \
                   WHERE tenant_id = $3 AND request_key = $4 AND reply_status IS NULL";
        let values = vec![
            i64::from(reply.status).into(),
            reply.body.clone().into(),
            tenant(principal).into(),
            key.into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| "cannot keep the reply of a request".to_owned())? {
            0 => Err(Error::new(
                ErrorKind::NotFound,
                "no such request is being answered",
            )),
            _ => Ok(()),
        }
    }

    /// Forgets a request that failed, so that it may be sent again.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn abandon_request(&self, principal: &Principal, key: &str) -> Result<()> {
        let sql = "DELETE FROM idempotency_keys \
                   WHERE tenant_id = $1 AND request_key = $2 AND reply_status IS NULL";
        let values = vec![tenant(principal).into(), key.into()];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot forget the key of a request".to_owned())?;
        Ok(())
    }

    /// Forgets requests, answered or not, noted before this moment. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_requests(&self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM idempotency_keys WHERE created < $1";
        let done = execute(self.database.write(), sql, vec![micros(before).into()]).await;
        done.doing(|| "cannot forget the keys of old requests".to_owned())
    }

    /// What is known of a request with this key: its digest and, once answered, its reply.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn request(
        &self,
        principal: &Principal,
        key: &str,
    ) -> Result<Option<(Digest, Option<StoredReply>)>> {
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
        let body = model.reply_body.unwrap_or_default();
        let reply = status.map(|status| StoredReply { status, body });
        Ok(Some((digest(&model.request_digest)?, reply)))
    }
}
