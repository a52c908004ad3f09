//! What authentication looks up before it knows who asks.
//!
//! Invariant: this is the only part of the catalog that looks across tenants without a principal. It
//! finds one row by a secret that the caller holds (or people by the address they sign in with), and
//! gives back what a principal is made of; nothing else reads these.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{SessionId, TenantId, UserId};
use alexandria_core::label::Label;
use alexandria_core::tenant::{TenantSettings, TenantState};
use alexandria_core::user::{Email, User, UserState};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{FromQueryResult, Value};

use super::database::{execute, number, row, rows};
use super::invitations::{Invitation, InvitationRow};
use super::keys::{ApiKey, KeyRow};
use super::row::from_json;
use super::sessions::{SESSIONS_OF_USER_MAX, Session, SessionRow, Strength};
use super::users::{NewUser, UserRow};
use super::{Catalog, Doing, commit, invitations, keys, micros, sessions, users};

/// The most tenants in which one address is tried with a password.
pub const TENANTS_OF_EMAIL_MAX: u32 = 8;

/// How exactly the last use of a key is kept, so that a busy key does not write at every call.
const KEY_USED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Looks up who asks. See the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Identities<'a> {
    pub(super) catalog: &'a Catalog,
}

/// A person, and what they have to show.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it is.
    pub user: User,
    /// The hash of their password (PHC string format).
    pub password_hash: Option<String>,
    /// The name of their tenant.
    pub tenant_name: Label,
    /// Whether the tenant's people may work.
    pub tenant_state: TenantState,
    /// What its owner has decided.
    pub tenant_settings: TenantSettings,
}

/// Somebody who has signed in, as they are at this moment.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// How they have shown it.
    pub strength: Strength,
    /// Whether the tenant's people may work.
    pub tenant_state: TenantState,
    /// What its owner has decided.
    pub tenant_settings: TenantSettings,
}

impl SignedIn {
    /// Whether they may do nothing but add a second factor, because the tenant asks for one and the
    /// session was begun without.
    #[must_use]
    pub const fn must_enrol(&self) -> bool {
        self.tenant_settings.mfa_required && !self.strength.is_two_factors()
    }
}

/// A session about to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// The digest of the token that it is gone on with.
    pub refresh_digest: [u8; 32],
    /// How they have shown who they are.
    pub strength: Strength,
    /// Where from.
    pub address: String,
    /// With which program.
    pub agent: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// What came of going on with a session.
#[derive(Clone, Debug)]
pub enum Renewal {
    /// It goes on, under the new token.
    Renewed(Session),
    /// The token had been used before: somebody has a copy. The session has been ended.
    Reused(Session),
    /// No session has that token, or it has ended.
    Unknown,
}

impl Catalog {
    /// For authentication, which does not know yet who asks.
    #[must_use]
    pub const fn identities(&self) -> Identities<'_> {
        Identities { catalog: self }
    }
}

impl Identities<'_> {
    /// Whether anybody has an account in this installation.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn is_anybody(self) -> Result<bool> {
        let sql = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM users LIMIT 1) AS somebody";
        let found = number(self.catalog.database.read(), sql, vec![]).await;
        Ok(found.doing(|| "cannot see whether there are accounts".to_owned())? > 0)
    }

    /// The people who sign in with an address, each in another tenant.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_email(self, email: &Email) -> Result<Vec<Credentials>> {
        let sql = format!(
            "{} WHERE email_key = $1 ORDER BY id LIMIT {TENANTS_OF_EMAIL_MAX}",
            users::SELECT
        );
        let values = vec![email.key().into()];
        let found = rows::<UserRow, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for an account".to_owned())?;
        let mut all = Vec::with_capacity(found.len());
        for mut row in found {
            let password_hash = row.password_hash.take();
            let mut user = row.read()?;
            user.has_password = password_hash.is_some();
            let tenant = self.tenant(user.tenant).await?;
            all.push(Credentials {
                password_hash,
                tenant_name: Label::stored(tenant.name),
                tenant_state: tenant.state.parse()?,
                tenant_settings: from_json(&tenant.settings)?,
                user,
            });
        }
        Ok(all)
    }

    /// Begins a session, and remembers that its person has signed in.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn begin_session(self, new: NewSession) -> Result<SessionId> {
        let sentence = || "cannot begin a session".to_owned();
        let now = self.catalog.now();
        let id = SessionId::from_uuid(self.catalog.next_id());
        let whose = || vec![new.tenant.as_uuid().into(), new.user.as_uuid().into()];
        let tx = self.catalog.begin().await?;
        let old = format!(
            "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND (expires < $3 OR id IN \
             (SELECT id FROM sessions WHERE tenant_id = $1 AND user_id = $2 \
             ORDER BY used DESC, id DESC LIMIT 1000 OFFSET {}))",
            SESSIONS_OF_USER_MAX - 1
        );
        let mut values: Vec<Value> = whose();
        values.push(now.into());
        execute(&tx, old, values).await.doing(sentence)?;
        let sql = "INSERT INTO sessions (id, tenant_id, user_id, refresh_digest, strength, address, \
                   agent, created, used, expires) VALUES ($3, $1, $2, $4, $5, $6, $7, $8, $8, $9)";
        let mut values: Vec<Value> = whose();
        values.extend([
            id.as_uuid().into(),
            new.refresh_digest.to_vec().into(),
            new.strength.name().into(),
            new.address.clone().into(),
            new.agent.clone().into(),
            now.into(),
            micros(new.expires).into(),
        ]);
        execute(&tx, sql, values).await.doing(sentence)?;
        let sql = "UPDATE users SET signed_in = $3 WHERE tenant_id = $1 AND id = $2";
        let mut values: Vec<Value> = whose();
        values.push(now.into());
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a session").await?;
        Ok(id)
    }

    /// Who holds a session that has not ended.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_session(self, id: SessionId) -> Result<Option<SignedIn>> {
        let sql = "SELECT s.strength, u.id, u.tenant_id, u.email, u.name, u.phone_number, u.role, \
                   u.state, u.created, u.signed_in, u.password_hash, \
                   t.state AS tenant_state, t.settings AS tenant_settings \
                   FROM sessions s JOIN users u ON u.id = s.user_id \
                   JOIN tenants t ON t.id = s.tenant_id WHERE s.id = $1 AND s.expires > $2";
        let values = vec![id.as_uuid().into(), self.catalog.now().into()];
        let query = super::database::statement(self.catalog.database.read(), sql, values);
        let found = sea_orm::ConnectionTrait::query_one_raw(self.catalog.database.read(), query);
        let sentence = || "cannot look for a session".to_owned();
        let Some(found) = found.await.doing(sentence)? else {
            return Ok(None);
        };
        let user = UserRow::from_query_result(&found, "").doing(sentence)?;
        let rest = SignedInRow::from_query_result(&found, "").doing(sentence)?;
        let user = user.read()?;
        if user.state != UserState::Active {
            return Ok(None);
        }
        Ok(Some(SignedIn {
            user,
            strength: Strength::read(&rest.strength)?,
            tenant_state: rest.tenant_state.parse()?,
            tenant_settings: from_json(&rest.tenant_settings)?,
        }))
    }

    /// Goes on with the session that has this token, under a new one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn renew_session(
        self,
        digest: [u8; 32],
        new_digest: [u8; 32],
        expires: Timestamp,
    ) -> Result<Renewal> {
        let sentence = || "cannot go on with a session".to_owned();
        let now = self.catalog.now();
        let tx = self.catalog.begin().await?;
        let sql = "UPDATE sessions SET former_digest = refresh_digest, refresh_digest = $2, \
                   used = $3, expires = $4 WHERE refresh_digest = $1 AND expires > $3";
        let values: Vec<Value> = vec![
            digest.to_vec().into(),
            new_digest.to_vec().into(),
            now.into(),
            micros(expires).into(),
        ];
        let renewed = execute(&tx, sql, values).await.doing(sentence)? > 0;
        let (column, wanted) = if renewed {
            ("refresh_digest", new_digest)
        } else {
            ("former_digest", digest)
        };
        let sql = format!("{} WHERE {column} = $1", sessions::SELECT);
        let found = row::<SessionRow, _>(&tx, sql, vec![wanted.to_vec().into()]).await;
        let Some(session) = found.doing(sentence)? else {
            return Ok(Renewal::Unknown);
        };
        let session = session.read()?;
        if !renewed {
            let sql = "DELETE FROM sessions WHERE id = $1";
            let values = vec![session.id.as_uuid().into()];
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "the renewal of a session").await?;
        Ok(if renewed {
            Renewal::Renewed(session)
        } else {
            Renewal::Reused(session)
        })
    }

    /// The key with this digest, valid or not, and its tenant's state.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_key(self, digest: [u8; 32]) -> Result<Option<(ApiKey, TenantState)>> {
        let sql = format!("{} WHERE digest = $1", keys::SELECT);
        let values = vec![digest.to_vec().into()];
        let found = row::<KeyRow, _>(self.catalog.database.read(), sql, values).await;
        let Some(found) = found.doing(|| "cannot look for a key".to_owned())? else {
            return Ok(None);
        };
        let key = found.read()?;
        let state = self.tenant(key.tenant).await?.state.parse()?;
        Ok(Some((key, state)))
    }

    /// Remembers that a key was used, to the minute.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn key_used(self, key: &ApiKey) -> Result<()> {
        let now = self.catalog.now();
        let every = i64::try_from(KEY_USED_EVERY.as_micros()).unwrap_or(i64::MAX);
        if key.used.is_some_and(|used| now - micros(used) < every) {
            return Ok(());
        }
        let sql = "UPDATE api_keys SET used = $2 WHERE id = $1";
        let values = vec![key.id.as_uuid().into(), now.into()];
        let done = execute(self.catalog.database.write(), sql, values).await;
        done.doing(|| "cannot remember that a key was used".to_owned())?;
        Ok(())
    }

    /// The invitation with this token, if it is open.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_invitation(self, digest: [u8; 32]) -> Result<Option<Invitation>> {
        let sql = format!("{} WHERE digest = $1 AND expires > $2", invitations::SELECT);
        let values = vec![digest.to_vec().into(), self.catalog.now().into()];
        let found = row::<InvitationRow, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for an invitation".to_owned())?;
        found.map(InvitationRow::read).transpose()
    }

    /// Makes the one who was invited one of the tenant's people; the invitation is used up with it.
    ///
    /// # Errors
    /// `NotFound` when the invitation has been used or withdrawn meanwhile, `Conflict` when there is
    /// a person with that address.
    pub async fn accept_invitation(
        self,
        digest: [u8; 32],
        invitation: &Invitation,
        new: &NewUser,
    ) -> Result<UserId> {
        let sentence = || "cannot accept an invitation".to_owned();
        let tx = self.catalog.begin().await?;
        let sql = "DELETE FROM invitations WHERE tenant_id = $1 AND digest = $2";
        let tenant = invitation.tenant.as_uuid();
        let values: Vec<Value> = vec![tenant.into(), digest.to_vec().into()];
        if execute(&tx, sql, values).await.doing(sentence)? == 0 {
            let sentence = "that invitation has been used or withdrawn";
            return Err(Error::new(ErrorKind::NotFound, sentence));
        }
        let id = self.catalog.insert_user(&tx, tenant, new).await?;
        commit(tx, "a person").await?;
        Ok(id)
    }

    pub(super) async fn tenant(self, id: TenantId) -> Result<TenantRow> {
        let sql = "SELECT name, state, settings FROM tenants WHERE id = $1";
        let values = vec![id.as_uuid().into()];
        let found = row::<TenantRow, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the tenant {id}"))?;
        found.ok_or_else(|| super::not_found("tenant", id))
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct TenantRow {
    name: String,
    pub(super) state: String,
    pub(super) settings: String,
}

#[derive(Debug, FromQueryResult)]
struct SignedInRow {
    strength: String,
    tenant_state: String,
    tenant_settings: String,
}
