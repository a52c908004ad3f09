//! People's sessions, as they and those who look after them see them. Beginning and going on with one
//! is in [`identities`](super::identities).

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{SessionId, TenantId, UserId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::database::{execute, rows};
use super::row::timestamp;
use super::{Catalog, Doing, not_found, tenant};

/// The most sessions of one person; the one used longest ago ends when there would be more.
pub const SESSIONS_OF_USER_MAX: u32 = 50;

/// How a person has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// By a password alone.
    Password,
    /// By two factors.
    Mfa,
    /// By a passkey.
    Passkey,
    /// By somebody else's word: a provider of identities.
    Oidc,
}

impl Strength {
    const ALL: [Self; 4] = [Self::Password, Self::Mfa, Self::Passkey, Self::Oidc];

    /// The strength's name, as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Mfa => "mfa",
            Self::Passkey => "passkey",
            Self::Oidc => "oidc",
        }
    }

    /// Whether it stands for two factors: somebody else's word is one, unless they say that they have
    /// asked for two, and is then [`Self::Mfa`].
    #[must_use]
    pub const fn is_two_factors(self) -> bool {
        match self {
            Self::Mfa | Self::Passkey => true,
            Self::Password | Self::Oidc => false,
        }
    }

    pub(super) fn read(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|item| item.name() == text);
        found.ok_or_else(|| Error::new(ErrorKind::Corrupt, "the catalog holds a strange session"))
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// How they have shown who they are.
    pub strength: Strength,
    /// The address it was begun from.
    pub address: String,
    /// The program it was begun with, as that calls itself.
    pub agent: String,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last gone on with.
    pub used: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// What is read of a session.
pub(super) const SELECT: &str = "SELECT id, tenant_id, user_id, strength, address, agent, created, \
                                 used, expires FROM sessions";

impl Catalog {
    /// A person's sessions, the last used first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn sessions(&self, principal: &Principal, user: UserId) -> Result<Vec<Session>> {
        let sql = format!(
            "{SELECT} WHERE tenant_id = $1 AND user_id = $2 AND expires > $3 \
             ORDER BY used DESC, id DESC LIMIT {SESSIONS_OF_USER_MAX}"
        );
        let values = vec![
            tenant(principal).into(),
            user.as_uuid().into(),
            self.now().into(),
        ];
        let found = rows::<SessionRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the sessions".to_owned())?;
        found.into_iter().map(SessionRow::read).collect()
    }

    /// Ends one session of a person: its tokens let nobody in from now on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn end_session(
        &self,
        principal: &Principal,
        user: UserId,
        id: SessionId,
    ) -> Result<()> {
        let sql = "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
        let values = vec![
            tenant(principal).into(),
            user.as_uuid().into(),
            id.as_uuid().into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot end the session {id}"))? {
            0 => Err(not_found("session", id)),
            _ => Ok(()),
        }
    }

    /// Ends every session of a person; says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn end_sessions(&self, principal: &Principal, user: UserId) -> Result<u64> {
        let sql = "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2";
        let values = vec![tenant(principal).into(), user.as_uuid().into()];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot end the sessions of a person".to_owned())
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct SessionRow {
    id: Uuid,
    tenant_id: Uuid,
    user_id: Uuid,
    strength: String,
    address: String,
    agent: String,
    created: i64,
    used: i64,
    expires: i64,
}

impl SessionRow {
    pub(super) fn read(self) -> Result<Session> {
        Ok(Session {
            id: SessionId::from_uuid(self.id),
            tenant: TenantId::from_uuid(self.tenant_id),
            user: UserId::from_uuid(self.user_id),
            strength: Strength::read(&self.strength)?,
            address: self.address,
            agent: self.agent,
            created: timestamp(self.created)?,
            used: timestamp(self.used)?,
            expires: timestamp(self.expires)?,
        })
    }
}
