//! People whom somebody else vouches for: a provider of identities, or an issuer of tokens. Here, as in
//! [`identities`](super::identities), nobody is known yet.

use alexandria_core::access::Role;
use alexandria_core::error::Result;
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::label::Label;
use alexandria_core::user::Email;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, row};
use super::identities::{Identities, SignedIn};
use super::row::from_json;
use super::sessions::Strength;
use super::users::{NewUser, UserRow};
use super::{Doing, commit, micros};

/// A sign-in with the provider of identities that begins.
#[derive(Clone, Debug)]
pub struct NewFlow {
    /// The digest of the token that names it.
    pub digest: [u8; 32],
    /// Whose people are signed in.
    pub tenant: TenantId,
    /// What the provider repeats in its token.
    pub nonce: String,
    /// What proves that the one who redeems the provider's code began it (RFC 7636).
    pub verifier: String,
    /// Where the browser goes afterwards.
    pub return_to: Option<String>,
    /// Until when.
    pub expires: Timestamp,
}

/// A sign-in that has come back from the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Whose people are signed in.
    pub tenant: TenantId,
    /// What the provider has to have repeated.
    pub nonce: String,
    /// What proves that it was begun here.
    pub verifier: String,
    /// Where the browser goes afterwards.
    pub return_to: Option<String>,
}

/// Somebody as an issuer describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Whose people they are to be one of.
    pub tenant: TenantId,
    /// Who vouches for them.
    pub issuer: String,
    /// Who they are to that issuer; never given to another person there.
    pub subject: String,
    /// Their address, if the issuer has verified it.
    pub email: Option<Email>,
    /// What they are called.
    pub name: Label,
    /// What they become when they come for the first time; none lets only those in who are known or
    /// invited.
    pub role: Option<Role>,
}

/// Somebody who has come back from the provider, before their session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Who it is.
    pub user: UserId,
    /// How strong the provider's word is: [`Strength::Oidc`], or [`Strength::Mfa`] where it has asked
    /// for two factors.
    pub strength: Strength,
}

impl Identities<'_> {
    /// The tenant of this name, whatever its state.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenant_named(self, name: &str) -> Result<Option<TenantId>> {
        let sql = "SELECT id FROM tenants WHERE name_key = $1 ORDER BY id LIMIT 1";
        let values = vec![Label::key_of(name).into()];
        let found = row::<IdRow, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for a tenant".to_owned())?;
        Ok(found.map(|row| TenantId::from_uuid(row.id)))
    }

    /// Keeps a sign-in that begins. Beyond so many the oldest is forgotten, so that somebody who begins
    /// many and ends none keeps nobody else out.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn begin_flow(self, new: NewFlow, open_max: u32) -> Result<()> {
        let sentence = || "cannot begin a sign-in".to_owned();
        let now = self.catalog.now();
        let tx = self.catalog.begin().await?;
        let old = "DELETE FROM oidc_flows WHERE expires < $1";
        execute(&tx, old, vec![now.into()]).await.doing(sentence)?;
        let sql = "INSERT INTO oidc_flows (digest, tenant_id, nonce, verifier, return_to, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values: Vec<Value> = vec![
            new.digest.to_vec().into(),
            new.tenant.as_uuid().into(),
            new.nonce.into(),
            new.verifier.into(),
            new.return_to.into(),
            micros(new.expires).into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        let sql = "DELETE FROM oidc_flows WHERE expires <= \
                   (SELECT expires FROM oidc_flows ORDER BY expires DESC LIMIT 1 OFFSET $1)";
        let values = vec![i64::from(open_max).into()];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a sign-in").await
    }

    /// Takes a sign-in that was begun: it is there once.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn take_flow(self, digest: [u8; 32]) -> Result<Option<Flow>> {
        let sentence = || "cannot go on with a sign-in".to_owned();
        let tx = self.catalog.begin().await?;
        let sql = "SELECT tenant_id, nonce, verifier, return_to FROM oidc_flows \
                   WHERE digest = $1 AND expires > $2";
        let values = vec![digest.to_vec().into(), self.catalog.now().into()];
        let found = row::<FlowRow, _>(&tx, sql, values).await.doing(sentence)?;
        let sql = "DELETE FROM oidc_flows WHERE digest = $1";
        let values = vec![digest.to_vec().into()];
        let taken = execute(&tx, sql, values).await.doing(sentence)? > 0;
        commit(tx, "a sign-in").await?;
        Ok(found.filter(|_row| taken).map(|row| Flow {
            tenant: TenantId::from_uuid(row.tenant_id),
            nonce: row.nonce,
            verifier: row.verifier,
            return_to: row.return_to,
        }))
    }

    /// Keeps the code that a person's page gets their session with.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn keep_code(
        self,
        (digest, flow): ([u8; 32], [u8; 32]),
        arrived: Arrived,
        expires: Timestamp,
    ) -> Result<()> {
        let sentence = || "cannot hand over a session".to_owned();
        let tx = self.catalog.begin().await?;
        let old = "DELETE FROM oidc_codes WHERE expires < $1";
        let now = vec![self.catalog.now().into()];
        execute(&tx, old, now).await.doing(sentence)?;
        let sql = "INSERT INTO oidc_codes (digest, flow_digest, tenant_id, user_id, strength, \
                   expires) VALUES ($1, $2, $3, $4, $5, $6)";
        let values: Vec<Value> = vec![
            digest.to_vec().into(),
            flow.to_vec().into(),
            arrived.tenant.as_uuid().into(),
            arrived.user.as_uuid().into(),
            arrived.strength.name().into(),
            micros(expires).into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a code").await
    }

    /// Takes a code: it is there once, and only for the browser that began the sign-in.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn take_code(self, digest: [u8; 32], flow: [u8; 32]) -> Result<Option<Arrived>> {
        let sentence = || "cannot hand over a session".to_owned();
        let tx = self.catalog.begin().await?;
        let sql = "SELECT tenant_id, user_id, strength FROM oidc_codes \
                   WHERE digest = $1 AND flow_digest = $2 AND expires > $3";
        let values: Vec<Value> = vec![
            digest.to_vec().into(),
            flow.to_vec().into(),
            self.catalog.now().into(),
        ];
        let found = row::<CodeRow, _>(&tx, sql, values).await.doing(sentence)?;
        // One that is shown by another browser is gone as well: somebody has a copy.
        let sql = "DELETE FROM oidc_codes WHERE digest = $1";
        let values = vec![digest.to_vec().into()];
        let taken = execute(&tx, sql, values).await.doing(sentence)? > 0;
        commit(tx, "a code").await?;
        let arrived = |row: CodeRow| {
            Ok(Arrived {
                tenant: TenantId::from_uuid(row.tenant_id),
                user: UserId::from_uuid(row.user_id),
                strength: Strength::read(&row.strength)?,
            })
        };
        found.filter(|_row| taken).map(arrived).transpose()
    }

    /// The person whom an issuer knows by this subject, if there is one; they may be suspended.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_subject(
        self,
        tenant: TenantId,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<SignedIn>> {
        let sql = "SELECT u.id, u.tenant_id, u.email, u.name, u.phone_number, u.role, u.state, \
                   u.created, u.signed_in, u.password_hash FROM user_identities i \
                   JOIN users u ON u.id = i.user_id AND u.tenant_id = i.tenant_id \
                   WHERE i.tenant_id = $1 AND i.issuer = $2 AND i.subject = $3";
        let values = vec![tenant.as_uuid().into(), issuer.into(), subject.into()];
        let found = row::<UserRow, _>(self.catalog.database.read(), sql, values).await;
        match found.doing(|| "cannot look for a person".to_owned())? {
            None => Ok(None),
            Some(found) => self.vouched(found).await.map(Some),
        }
    }

    /// A person of a tenant, as they are at this moment, whom an issuer vouches for.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn by_user(self, tenant: TenantId, user: UserId) -> Result<Option<SignedIn>> {
        let sql = format!("{} WHERE tenant_id = $1 AND id = $2", super::users::SELECT);
        let values = vec![tenant.as_uuid().into(), user.as_uuid().into()];
        let found = row::<UserRow, _>(self.catalog.database.read(), sql, values).await;
        match found.doing(|| "cannot look for a person".to_owned())? {
            None => Ok(None),
            Some(found) => self.vouched(found).await.map(Some),
        }
    }

    async fn vouched(self, found: UserRow) -> Result<SignedIn> {
        let user = found.read()?;
        let tenant = self.tenant(user.tenant).await?;
        Ok(SignedIn {
            user,
            strength: Strength::Oidc,
            tenant_state: tenant.state.parse()?,
            tenant_settings: from_json(&tenant.settings)?,
        })
    }

    /// Meets somebody: the person they are linked to, the one with their verified address, who is
    /// linked from now on, the one they were invited to become, or a new one if they have a role.
    ///
    /// # Errors
    /// `Conflict` when the same happens at the same time; doing it again finds them.
    pub async fn meet(self, foreign: &Foreign) -> Result<Option<UserId>> {
        let sentence = || "cannot link a person".to_owned();
        let tx = self.catalog.begin().await?;
        let values: Vec<Value> = vec![
            foreign.tenant.as_uuid().into(),
            foreign.issuer.as_str().into(),
            foreign.subject.as_str().into(),
        ];
        let sql = "SELECT user_id AS id FROM user_identities \
                   WHERE tenant_id = $1 AND issuer = $2 AND subject = $3";
        let linked = row::<IdRow, _>(&tx, sql, values.clone()).await;
        if let Some(linked) = linked.doing(sentence)? {
            return Ok(Some(UserId::from_uuid(linked.id)));
        }
        // Without a verified address nobody is made either: somebody else's could be taken first.
        let Some(email) = &foreign.email else {
            return Ok(None);
        };
        let Some(user) = self.person(&tx, foreign, email).await? else {
            return Ok(None);
        };
        let sql = "INSERT INTO user_identities (tenant_id, issuer, subject, user_id, created) \
                   VALUES ($1, $2, $3, $4, $5)";
        let mut values = values;
        values.extend([user.as_uuid().into(), self.catalog.now().into()]);
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "the link of a person").await?;
        Ok(Some(user))
    }

    /// The person with a verified address: one of the tenant's, an invited or a new one.
    async fn person<C: ConnectionTrait>(
        self,
        tx: &C,
        foreign: &Foreign,
        email: &Email,
    ) -> Result<Option<UserId>> {
        let sentence = || "cannot look for a person".to_owned();
        let whom = || vec![foreign.tenant.as_uuid().into(), email.key().into()];
        let sql = "SELECT id FROM users WHERE tenant_id = $1 AND email_key = $2";
        let known = row::<IdRow, _>(tx, sql, whom()).await.doing(sentence)?;
        if let Some(known) = known {
            return Ok(Some(UserId::from_uuid(known.id)));
        }
        let sql = "SELECT role FROM invitations \
                   WHERE tenant_id = $1 AND email_key = $2 AND expires > $3";
        let mut values: Vec<Value> = whom();
        values.push(self.catalog.now().into());
        let invited = row::<RoleRow, _>(tx, sql, values).await.doing(sentence)?;
        let role = match invited {
            Some(invited) => invited.role.parse()?,
            None => match foreign.role {
                Some(role) => role,
                None => return Ok(None),
            },
        };
        let sql = "DELETE FROM invitations WHERE tenant_id = $1 AND email_key = $2";
        execute(tx, sql, whom()).await.doing(sentence)?;
        let new = NewUser {
            email: email.clone(),
            name: foreign.name.clone(),
            role,
            password_hash: None,
        };
        let tenant = foreign.tenant.as_uuid();
        self.catalog.insert_user(tx, tenant, &new).await.map(Some)
    }
}

#[derive(Debug, FromQueryResult)]
struct IdRow {
    id: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct RoleRow {
    role: String,
}

#[derive(Debug, FromQueryResult)]
struct CodeRow {
    tenant_id: Uuid,
    user_id: Uuid,
    strength: String,
}

#[derive(Debug, FromQueryResult)]
struct FlowRow {
    tenant_id: Uuid,
    nonce: String,
    verifier: String,
    return_to: Option<String>,
}
