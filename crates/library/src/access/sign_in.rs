//! Who it is that asks: signing in, going on with a session, accepting an invitation, showing a key.

use alexandria_core::access::Scopes;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{SessionId, TenantId};
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::tenant::TenantState;
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::{Email, Password, User, UserState};
use alexandria_store::catalog::{
    ApiKey, Credentials, NewSession, NewUser, Renewal, SignedIn, Strength,
};
use jiff::{SignedDuration, Timestamp};

use super::factors::FirstStep;
use super::new_token;
use crate::library::Library;
use crate::security::Reused;

/// Days after which a session ends that nobody goes on with.
pub const REFRESH_DAYS_DEFAULT: u32 = 30;

/// The longest name of a program that is kept with a session, in bytes.
const AGENT_BYTES_MAX: usize = 200;

/// Where somebody signs in from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The address.
    pub address: String,
    /// The program, as it calls itself.
    pub agent: String,
}

/// What somebody shows to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The name of the tenant, for an address that is known in several.
    pub tenant: Option<String>,
}

/// A session that has begun or goes on.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Who it is.
    pub user: User,
    /// The session.
    pub session: SessionId,
    /// What the session is gone on with; used once.
    pub refresh: Token,
    /// When the session ends unless it is gone on with.
    pub expires: Timestamp,
    /// Whether nothing is allowed in it but adding a second factor.
    pub must_enrol: bool,
}

/// What is asked before it is known who asks: by authentication, and by nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Authentication<'a> {
    pub(super) library: &'a Library,
}

impl Library {
    /// For authentication, which does not know yet who asks.
    #[must_use]
    pub const fn authentication(&self) -> Authentication<'_> {
        Authentication { library: self }
    }
}

impl Authentication<'_> {
    /// Whether anybody has an account in this installation.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn has_accounts(self) -> Result<bool> {
        self.library.catalog.identities().is_anybody().await
    }

    /// Signs a person in by their password, or asks for their second factor.
    ///
    /// # Errors
    /// `Forbidden`, in the same words and time whether the address, the password or the tenant is
    /// wrong; `Conflict` when the address and password are right in several tenants and none is
    /// named.
    pub async fn sign_in(self, shown: SignIn, from: &Whereabouts) -> Result<FirstStep> {
        let password = Password::given(shown.password)?;
        let tenant = shown.tenant.as_deref().map(Label::key_of);
        let found = match Email::parse(&shown.email) {
            Ok(email) => self.library.catalog.identities().by_email(&email).await?,
            Err(_cannot_be_known) => Vec::new(),
        };
        let wanted = |known: &Credentials| {
            let named = tenant.as_ref();
            named.is_none_or(|name| *name == known.tenant_name.key())
        };
        let mut right = Vec::new();
        let mut tried = false;
        for known in found.into_iter().filter(wanted) {
            tried = true;
            let hash = known.password_hash.as_deref();
            if self.library.passwords.is_right(&password, hash).await? {
                right.push(known);
            }
        }
        if !tried {
            self.library.passwords.is_right(&password, None).await?;
        }
        right.retain(|known| {
            known.user.state == UserState::Active && known.tenant_state == TenantState::Active
        });
        let mut right = right.into_iter();
        match (right.next(), right.next()) {
            (None, _) => Err(Error::new(
                ErrorKind::Forbidden,
                "the address, the password or the tenant is wrong, or the account is suspended",
            )),
            (Some(known), None) => {
                self.after_one_step(known.user, Strength::Password, from)
                    .await
            }
            (Some(_), Some(_)) => Err(Error::new(
                ErrorKind::Conflict,
                "that address is known in several tenants: name the one to sign in to",
            )),
        }
    }

    /// Makes the one who holds an invitation's token one of the tenant's people, and signs them in.
    ///
    /// # Errors
    /// `NotFound` when no open invitation has that token, `Invalid` for a name or a password that
    /// cannot be.
    pub async fn accept_invitation(
        self,
        token: &str,
        name: &str,
        password: String,
        from: &Whereabouts,
    ) -> Result<Begun> {
        let unknown = || {
            let sentence = "there is no open invitation with that token: ask for another";
            Error::new(ErrorKind::NotFound, sentence)
        };
        let token = Token::parse(TokenKind::Invitation, token);
        let token = token.map_err(|error| unknown().with_source(error))?;
        let identities = self.library.catalog.identities();
        let invitation = identities.by_invitation(token.digest()).await?;
        let invitation = invitation.ok_or_else(unknown)?;
        let password = Password::chosen(password, &invitation.email)?;
        let new = NewUser {
            email: invitation.email.clone(),
            name: Label::parse("person", name)?,
            role: invitation.role,
            password_hash: Some(self.library.passwords.hash(&password).await?),
        };
        let accepted = identities.accept_invitation(token.digest(), &invitation, &new);
        let id = accepted.await?;
        let reader = Principal::system(invitation.tenant, "an accepted invitation");
        let user = self.library.catalog.user(&reader, id).await?;
        self.begin(user, Strength::Password, from).await
    }

    /// The key that somebody shows, if it lets them in at this moment; its use is remembered.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn key_shown(self, text: &str) -> Result<Option<ApiKey>> {
        let Ok(token) = Token::parse(TokenKind::Key, text) else {
            return Ok(None);
        };
        let identities = self.library.catalog.identities();
        let Some((key, tenant)) = identities.by_key(token.digest()).await? else {
            return Ok(None);
        };
        if key.revoked.is_some() {
            self.tell_reused(key.tenant, Actor::Key(key.id), Reused::RevokedKey)
                .await;
        }
        let active = tenant == TenantState::Active;
        if !active || !key.is_valid_at(self.library.clock.now()) {
            return Ok(None);
        }
        identities.key_used(&key).await?;
        Ok(Some(key))
    }

    /// Begins a session for a person who has shown who they are.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub(super) async fn begin(
        self,
        user: User,
        strength: Strength,
        from: &Whereabouts,
    ) -> Result<Begun> {
        let refresh = new_token(TokenKind::Refresh)?;
        let expires = self.session_end();
        let new = NewSession {
            tenant: user.tenant,
            user: user.id,
            refresh_digest: refresh.digest(),
            strength,
            address: from.address.clone(),
            agent: cut(&from.agent).to_owned(),
            expires,
        };
        let session = self.library.catalog.identities().begin_session(new).await?;
        let reader = Principal::system(user.tenant, "signing somebody in");
        let settings = self.library.catalog.own_tenant(&reader).await?.settings;
        Ok(Begun {
            must_enrol: settings.mfa_required && !strength.is_two_factors(),
            user,
            session,
            refresh,
            expires,
        })
    }

    /// Tells what notices attacks that somebody has a copy of what is not good any more.
    async fn tell_reused(self, tenant: TenantId, actor: Actor, what: Reused) {
        let whose = Principal::authenticated(tenant, actor, Scopes::default());
        self.library.security.token_reused(&whose, what).await;
    }

    /// Goes on with a session: its token is used up, and a new one takes its place. A token that is
    /// used a second time ends the session, because somebody has a copy.
    ///
    /// # Errors
    /// `Forbidden` when no session has the token, or it was used before.
    pub async fn renew(self, token: &str) -> Result<Begun> {
        let refused = |why: &str| Err(Error::new(ErrorKind::Forbidden, why));
        let unknown = "that session has ended: sign in again";
        let Ok(token) = Token::parse(TokenKind::Refresh, token) else {
            return refused(unknown);
        };
        let refresh = new_token(TokenKind::Refresh)?;
        let expires = self.session_end();
        let identities = self.library.catalog.identities();
        let renewal = identities.renew_session(token.digest(), refresh.digest(), expires);
        let session = match renewal.await? {
            Renewal::Renewed(session) => session,
            Renewal::Reused(ended) => {
                let actor = Actor::User(ended.user);
                self.tell_reused(ended.tenant, actor, Reused::RefreshToken)
                    .await;
                return refused(
                    "that token was used before, so the session has been ended: sign in again",
                );
            }
            Renewal::Unknown => return refused(unknown),
        };
        match self.signed_in(session.id).await? {
            Some(known) => Ok(Begun {
                must_enrol: known.must_enrol(),
                user: known.user,
                session: session.id,
                refresh,
                expires,
            }),
            None => refused(unknown),
        }
    }

    /// Who holds a session, if they may work.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn signed_in(self, session: SessionId) -> Result<Option<SignedIn>> {
        let found = self
            .library
            .catalog
            .identities()
            .by_session(session)
            .await?;
        Ok(found.filter(|known| known.tenant_state == TenantState::Active))
    }

    fn session_end(self) -> Timestamp {
        let days = i64::from(self.library.settings.refresh_days);
        self.library.clock.now() + SignedDuration::from_hours(days.saturating_mul(24))
    }
}

fn cut(agent: &str) -> &str {
    agent
        .get(..agent.floor_char_boundary(AGENT_BYTES_MAX))
        .unwrap_or(agent)
}
