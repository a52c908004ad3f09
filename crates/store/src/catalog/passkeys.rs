//! The passkeys of people.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{PasskeyId, TenantId, UserId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, row, rows};
use super::factors::whose;
use super::row::timestamp;
use super::{Catalog, Doing, Identities, commit, not_found};

/// The most passkeys of one person.
pub const PASSKEYS_MAX: u32 = 20;

/// A passkey about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPasskey {
    /// What its person calls it.
    pub name: Label,
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// What never changes of it, its public key foremost, as the reader of assertions writes it.
    pub fixed: Vec<u8>,
    /// What changes with its use, the counter of signatures foremost.
    pub moving: Vec<u8>,
    /// How its authenticator is reached, as the reader of assertions numbers it.
    pub transports: u8,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its identity.
    pub id: PasskeyId,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// What its person calls it.
    pub name: Label,
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// What never changes of it.
    pub fixed: Vec<u8>,
    /// What changes with its use.
    pub moving: Vec<u8>,
    /// How its authenticator is reached.
    pub transports: u8,
    /// When it was added.
    pub created: Timestamp,
    /// When somebody last signed in with it.
    pub used: Option<Timestamp>,
}

const SELECT: &str = "SELECT id, tenant_id, user_id, name, credential, fixed, moving, transports, \
                      created, used FROM passkeys";

impl Catalog {
    /// Keeps a passkey of a person.
    ///
    /// # Errors
    /// `Conflict` when it is kept already, or the person has as many as there may be.
    pub async fn create_passkey(
        &self,
        principal: &Principal,
        user: UserId,
        new: NewPasskey,
    ) -> Result<Passkey> {
        let sentence = || "cannot keep a passkey".to_owned();
        let tx = self.begin().await?;
        let sql = "SELECT count(*) AS n FROM passkeys WHERE tenant_id = $1 AND user_id = $2";
        let count = number(&tx, sql, whose(principal, user)).await;
        if count.doing(sentence)? >= i64::from(PASSKEYS_MAX) {
            let sentence = format!("a person has {PASSKEYS_MAX} passkeys at most");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let id = PasskeyId::from_uuid(self.next_id());
        let sql = "INSERT INTO passkeys (tenant_id, user_id, id, name, credential, fixed, moving, \
                   transports, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut values = whose(principal, user);
        values.extend([
            id.as_uuid().into(),
            new.name.as_str().into(),
            new.credential.into(),
            new.fixed.into(),
            new.moving.into(),
            i64::from(new.transports).into(),
            self.now().into(),
        ]);
        match execute(&tx, sql, values).await.doing(sentence) {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let sentence = "that passkey is kept already";
                return Err(Error::new(ErrorKind::Conflict, sentence));
            }
            other => other?,
        };
        commit(tx, "a passkey").await?;
        self.passkey(principal, user, id).await
    }

    /// A passkey of a person.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn passkey(
        &self,
        principal: &Principal,
        user: UserId,
        id: PasskeyId,
    ) -> Result<Passkey> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 AND user_id = $2 AND id = $3");
        let mut values = whose(principal, user);
        values.push(id.as_uuid().into());
        let found = row::<Row, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the passkey {id}"))?;
        found.ok_or_else(|| not_found("passkey", id))?.read()
    }

    /// The passkeys of a person, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn passkeys(&self, principal: &Principal, user: UserId) -> Result<Vec<Passkey>> {
        let sql = format!(
            "{SELECT} WHERE tenant_id = $1 AND user_id = $2 ORDER BY id LIMIT {PASSKEYS_MAX}"
        );
        let found = rows::<Row, _>(self.database.read(), sql, whose(principal, user)).await;
        let found = found.doing(|| "cannot list passkeys".to_owned())?;
        found.into_iter().map(Row::read).collect()
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rename_passkey(
        &self,
        principal: &Principal,
        user: UserId,
        id: PasskeyId,
        name: &Label,
    ) -> Result<Passkey> {
        let sql = "UPDATE passkeys SET name = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
        let mut values = whose(principal, user);
        values.extend([id.as_uuid().into(), name.as_str().into()]);
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot rename the passkey {id}"))? {
            0 => Err(not_found("passkey", id)),
            _ => self.passkey(principal, user, id).await,
        }
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_passkey(
        &self,
        principal: &Principal,
        user: UserId,
        id: PasskeyId,
    ) -> Result<()> {
        let sql = "DELETE FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
        let mut values = whose(principal, user);
        values.push(id.as_uuid().into());
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot remove the passkey {id}"))? {
            0 => Err(not_found("passkey", id)),
            _ => Ok(()),
        }
    }
}

impl Identities<'_> {
    /// The passkey that an authenticator calls so.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_passkey(self, credential: &[u8]) -> Result<Option<Passkey>> {
        let sql = format!("{SELECT} WHERE credential = $1");
        let values = vec![credential.to_vec().into()];
        let found = row::<Row, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for a passkey".to_owned())?;
        found.map(Row::read).transpose()
    }

    /// Remembers that somebody signed in with a passkey, and what changed of it. Says whether it was
    /// still as it was read: of two assertions at once, one counts.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn passkey_used(self, passkey: &Passkey, moving: &[u8]) -> Result<bool> {
        let sql = "UPDATE passkeys SET moving = $2, used = $3 WHERE id = $1 AND moving = $4";
        let values: Vec<Value> = vec![
            passkey.id.as_uuid().into(),
            moving.to_vec().into(),
            self.catalog.now().into(),
            passkey.moving.clone().into(),
        ];
        let done = execute(self.catalog.database.write(), sql, values).await;
        Ok(done.doing(|| "cannot remember that a passkey was used".to_owned())? > 0)
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    tenant_id: Uuid,
    user_id: Uuid,
    name: String,
    credential: Vec<u8>,
    fixed: Vec<u8>,
    moving: Vec<u8>,
    transports: i64,
    created: i64,
    used: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Passkey> {
        Ok(Passkey {
            id: PasskeyId::from_uuid(self.id),
            tenant: TenantId::from_uuid(self.tenant_id),
            user: UserId::from_uuid(self.user_id),
            name: Label::stored(self.name),
            credential: self.credential,
            fixed: self.fixed,
            moving: self.moving,
            transports: u8::try_from(self.transports).unwrap_or(0),
            created: timestamp(self.created)?,
            used: self.used.map(timestamp).transpose()?,
        })
    }
}
