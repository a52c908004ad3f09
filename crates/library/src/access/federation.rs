//! People whom somebody else vouches for: sign-ins with a provider of identities, and the people in
//! the tokens of outside issuers.
//!
//! A person is who an issuer says by (issuer, subject), never by an address alone. An address only
//! leads to a person, once, when the issuer has verified it.

use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{TENANT_DEFAULT, TenantId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::tenant::TenantState;
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::{Email, UserState};
use alexandria_store::catalog::{Arrived, Flow, Foreign, NewFlow, SignedIn, Strength};
use jiff::SignedDuration;

use super::factors::FirstStep;
use super::new_token;
use super::sign_in::{Authentication, Whereabouts};

/// How long a sign-in with the provider of identities may take.
pub const FLOW_OPEN: SignedDuration = SignedDuration::from_mins(10);

/// The most sign-ins with the provider of identities that are under way at the same time.
const FLOWS_OPEN_MAX: u32 = 10_000;

/// How long the code that a session is fetched with is valid.
const CODE_VALID: SignedDuration = SignedDuration::from_mins(1);

/// The longest subject of an issuer, in bytes (OpenID Connect Core, 2: 255 ASCII characters).
const SUBJECT_BYTES_MAX: usize = 255;

/// What a person is called whose issuer tells no name that can be one.
const NAME_UNKNOWN: &str = "Somebody";

/// Somebody as an issuer describes them, once its word has been verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vouched {
    /// Who vouches for them.
    pub issuer: String,
    /// Who they are to that issuer.
    pub subject: String,
    /// Their address, if the issuer has verified it.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// What they become when they come for the first time; none lets only those in who are known or
    /// invited.
    pub role: Option<Role>,
    /// Whether the issuer says that it has asked for two factors.
    pub two_factors: bool,
}

impl Vouched {
    /// How strong the issuer's word is.
    const fn strength(&self) -> Strength {
        if self.two_factors {
            Strength::Mfa
        } else {
            Strength::Oidc
        }
    }
}

/// A sign-in that begins: what the browser and the provider are told of it.
#[derive(Clone, Debug)]
pub struct FlowBegun {
    /// What names it; kept by the browser and repeated by the provider.
    pub state: Token,
    /// What the provider repeats in its token.
    pub nonce: Token,
    /// What is shown when the provider's code is redeemed; until then only its digest is.
    pub verifier: Token,
    /// Whether the tenant asks for a second factor.
    pub mfa_required: bool,
}

impl Authentication<'_> {
    /// The tenant of this name; the installation's own when none is named.
    ///
    /// # Errors
    /// `Unavailable` when there is none, as the settings name it.
    pub async fn tenant_of(self, name: &str) -> Result<TenantId> {
        if name.is_empty() {
            return Ok(TENANT_DEFAULT);
        }
        let found = self.library.catalog.identities().tenant_named(name).await?;
        found.ok_or_else(|| {
            let sentence = format!("the settings name the tenant {name:?}, and there is none");
            Error::new(ErrorKind::Unavailable, sentence)
        })
    }

    /// Begins a sign-in with the provider of identities.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn begin_flow(
        self,
        tenant: TenantId,
        return_to: Option<String>,
    ) -> Result<FlowBegun> {
        let reader = Principal::system(tenant, "signing somebody in");
        let settings = self.library.catalog.own_tenant(&reader).await?.settings;
        let begun = FlowBegun {
            mfa_required: settings.mfa_required,
            state: new_token(TokenKind::Once)?,
            nonce: new_token(TokenKind::Once)?,
            verifier: new_token(TokenKind::Once)?,
        };
        let new = NewFlow {
            digest: begun.state.digest(),
            tenant,
            nonce: begun.nonce.reveal().to_owned(),
            verifier: begun.verifier.reveal().to_owned(),
            return_to,
            expires: self.library.clock.now() + FLOW_OPEN,
        };
        let identities = self.library.catalog.identities();
        identities.begin_flow(new, FLOWS_OPEN_MAX).await?;
        Ok(begun)
    }

    /// Takes a sign-in that has come back: once, and in time.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn take_flow(self, state: &Token) -> Result<Option<Flow>> {
        let identities = self.library.catalog.identities();
        identities.take_flow(state.digest()).await
    }

    /// Who it is that an issuer vouches for. Somebody new is made one of the tenant's people where they
    /// are invited or the settings give a role.
    ///
    /// # Errors
    /// `Forbidden`, in the same words for everybody who is not let in.
    pub async fn meet(self, tenant: TenantId, vouched: &Vouched) -> Result<SignedIn> {
        let fits = |text: &str| !text.is_empty() && text.len() <= SUBJECT_BYTES_MAX;
        if !fits(&vouched.subject) {
            return Err(refused());
        }
        let identities = self.library.catalog.identities();
        let known = identities.by_subject(tenant, &vouched.issuer, &vouched.subject);
        if let Some(known) = known.await? {
            return admitted(known, vouched.strength());
        }
        let foreign = foreign(tenant, vouched);
        let met = match identities.meet(&foreign).await {
            // The same person came twice at the same time, and the other was first.
            Err(error) if error.kind() == ErrorKind::Conflict => identities.meet(&foreign).await?,
            other => other?,
        };
        let Some(user) = met else {
            return Err(refused());
        };
        let known = identities.by_user(tenant, user).await?;
        admitted(known.ok_or_else(refused)?, vouched.strength())
    }

    /// Signs in the one whom the provider vouches for, or asks for their second factor.
    ///
    /// # Errors
    /// As for [`Self::meet`].
    pub async fn sign_in_vouched(
        self,
        tenant: TenantId,
        vouched: &Vouched,
        from: &Whereabouts,
    ) -> Result<FirstStep> {
        let known = self.meet(tenant, vouched).await?;
        self.after_one_step(known.user, known.strength, from).await
    }

    /// A code with which the browser that began a sign-in gets its session, once, within a minute.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn hand_over(self, state: &Token, known: &SignedIn) -> Result<Token> {
        let code = new_token(TokenKind::Once)?;
        let expires = self.library.clock.now() + CODE_VALID;
        let digests = (code.digest(), state.digest());
        let identities = self.library.catalog.identities();
        let arrived = Arrived {
            tenant: known.user.tenant,
            user: known.user.id,
            strength: known.strength,
        };
        identities.keep_code(digests, arrived, expires).await?;
        Ok(code)
    }

    /// Begins the session that a code stands for, or asks for the person's second factor.
    ///
    /// # Errors
    /// `Forbidden` when the code is not known, was used, is too old or was another browser's.
    pub async fn redeem(self, code: &str, state: &str, from: &Whereabouts) -> Result<FirstStep> {
        let code = Token::parse(TokenKind::Once, code).map_err(|_not_one| spent())?;
        // A browser that has begun nothing has a copy, and uses the code up as well.
        let state = Token::parse(TokenKind::Once, state);
        let state = state.map_or([0; 32], |state| state.digest());
        let identities = self.library.catalog.identities();
        let taken = identities.take_code(code.digest(), state).await?;
        let arrived = taken.ok_or_else(spent)?;
        let known = identities.by_user(arrived.tenant, arrived.user).await?;
        let known = admitted(known.ok_or_else(spent)?, arrived.strength)?;
        self.after_one_step(known.user, known.strength, from).await
    }
}

/// What is kept of somebody.
fn foreign(tenant: TenantId, vouched: &Vouched) -> Foreign {
    let email = vouched.email.as_deref().map(Email::parse);
    let email = email.and_then(Result::ok);
    let called = |name: &str| Label::parse("person", name).ok();
    let given = vouched.name.as_deref().and_then(called);
    let name = given.or_else(|| called(email.as_ref()?.as_str()));
    Foreign {
        tenant,
        issuer: vouched.issuer.clone(),
        subject: vouched.subject.clone(),
        email,
        name: name.unwrap_or_else(|| Label::stored(NAME_UNKNOWN.to_owned())),
        role: vouched.role,
    }
}

/// Lets only those in who may work, by a word of this strength.
fn admitted(known: SignedIn, strength: Strength) -> Result<SignedIn> {
    let active = known.user.state == UserState::Active && known.tenant_state == TenantState::Active;
    if !active {
        return Err(refused());
    }
    Ok(SignedIn { strength, ..known })
}

fn refused() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "nobody here is known by that identity, or the account is suspended: ask for an invitation \
         to the address that your provider has verified",
    )
}

fn spent() -> Error {
    let sentence = "that sign-in has been used, has taken too long or was begun by another browser: \
                    sign in again";
    Error::new(ErrorKind::Forbidden, sentence)
}
