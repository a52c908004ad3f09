//! What people have beside a password: an authenticator, recovery codes, passkeys.
//!
//! Once somebody has one of them, a password alone signs nobody in, and only a session that was begun
//! with a second factor adds another.

mod passkeys;
mod recovery;
mod second_step;
mod totp;

use alexandria_core::access::Scope;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::UserId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::user::User;
use alexandria_store::catalog::{Passkey, Strength};
use alexandria_store::seal::Sealer;
use jiff::Timestamp;

use super::people::own_id;
use crate::library::Library;
use crate::security::Reused;

pub use self::passkeys::{AddedPasskey, RelyingParty};
pub use self::recovery::RECOVERY_CODES;
pub use self::second_step::{FirstStep, SecondStep};

/// What stands before the address of a person in their authenticator.
const ISSUER: &str = "Alexandria";

/// What a person has beside a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factors {
    /// Since when they have an authenticator, if they have one.
    pub totp: Option<Timestamp>,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// How many recovery codes they have left.
    pub recovery_codes_left: u32,
    /// Whether the tenant asks for a second factor.
    pub required: bool,
}

impl Factors {
    /// Whether a password alone signs them in.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.totp.is_none() && self.passkeys.is_empty()
    }

    fn count(&self) -> usize {
        self.passkeys.len() + usize::from(self.totp.is_some())
    }
}

/// The secret of a new authenticator, shown this once.
#[derive(Clone)]
pub struct Enrolment {
    /// In base 32, to be typed in.
    pub secret: String,
    /// As an address, to be shown as a picture.
    pub uri: String,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Enrolment").finish_non_exhaustive()
    }
}

/// What shows that it is still the same person who asks.
#[derive(Clone)]
pub enum Proof {
    /// A code of their authenticator, or a recovery code.
    Code(String),
    /// Their password.
    Password(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Password(_) => "Password(…)",
        })
    }
}

impl Library {
    /// What the one who asks has beside a password.
    ///
    /// # Errors
    /// `NotFound` when that is not a person.
    pub async fn own_factors(&self, principal: &Principal) -> Result<Factors> {
        let id = own_id(principal)?;
        self.factors(principal, id).await
    }

    /// What a person has beside a password.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn factors_of(&self, principal: &Principal, id: UserId) -> Result<Factors> {
        principal.require(Scope::People)?;
        self.catalog.user(principal, id).await?;
        self.factors(principal, id).await
    }

    /// Removes all that a person has beside a password, who has lost it, and ends their sessions.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a person who may do more than the one who asks.
    pub async fn reset_factors(&self, principal: &Principal, id: UserId) -> Result<()> {
        principal.require(Scope::People)?;
        self.require_over(principal, id).await?;
        self.catalog.remove_factors(principal, id).await?;
        self.catalog.end_sessions(principal, id).await?;
        Ok(())
    }

    /// Makes the secret of an authenticator. It counts when a code has confirmed it.
    ///
    /// # Errors
    /// `Conflict` when there is one already; `Forbidden` for a session without a second factor of a
    /// person who has one.
    pub async fn enrol_totp(&self, principal: &Principal) -> Result<Enrolment> {
        let id = own_id(principal)?;
        self.require_strong(principal, id).await?;
        let user = self.catalog.user(principal, id).await?;
        let mut secret = [0; totp::SECRET_BYTES];
        getrandom::fill(&mut secret).context(ErrorKind::Internal, || {
            "the system gives no random bytes".to_owned()
        })?;
        let sealed = self.sealer().seal(principal, &secret, &context(id)).await?;
        self.catalog.put_totp(principal, id, &sealed).await?;
        Ok(Enrolment {
            secret: totp::base32(&secret),
            uri: totp::uri(ISSUER, user.email.as_str(), &secret),
        })
    }

    /// Makes an authenticator count, by a code of it. Gives recovery codes when there are none yet.
    ///
    /// # Errors
    /// `NotFound` when none has been begun, `Conflict` when it counts already, `Invalid` for a code
    /// that is not its.
    pub async fn confirm_totp(
        &self,
        principal: &Principal,
        code: &str,
    ) -> Result<Option<Vec<String>>> {
        let id = own_id(principal)?;
        self.require_strong(principal, id).await?;
        let counts = || Error::new(ErrorKind::Conflict, "the authenticator counts already");
        let Some(factor) = self.catalog.totp(principal, id).await? else {
            let sentence = "no authenticator waits for a code: begin with a secret";
            return Err(Error::new(ErrorKind::NotFound, sentence));
        };
        if factor.confirmed.is_some() {
            return Err(counts());
        }
        let sealer = self.sealer();
        let secret = sealer.open(principal, &factor.secret, &context(id)).await?;
        let now = self.clock.now();
        let step = totp::parse(code).and_then(|code| totp::step_of(&secret, code, now));
        let step = step.ok_or_else(|| {
            let sentence = "that is no code of the authenticator at this moment: send the next one";
            Error::new(ErrorKind::Invalid, sentence)
        })?;
        if !self.catalog.confirm_totp(principal, id, step).await? {
            return Err(counts());
        }
        self.strengthen(principal, id, Strength::Mfa).await
    }

    /// Removes the authenticator of the one who asks.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Forbidden` when the proof is wrong; `Conflict` for the last
    /// second factor where the tenant asks for one.
    pub async fn remove_own_totp(&self, principal: &Principal, proof: Proof) -> Result<()> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        let factors = self.factors(principal, id).await?;
        refuse_last(&factors)?;
        self.prove(principal, id, proof).await?;
        self.catalog.remove_totp(principal, id).await?;
        self.forget_codes_without_factor(principal, id).await
    }

    /// Gives the one who asks other recovery codes; the former are void.
    ///
    /// # Errors
    /// `Forbidden` when the proof is wrong, `Conflict` for who has nothing that they could replace.
    pub async fn renew_recovery_codes(
        &self,
        principal: &Principal,
        proof: Proof,
    ) -> Result<Vec<String>> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        if self.factors(principal, id).await?.is_empty() {
            let sentence = "recovery codes stand in for a second factor: add one first";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        self.prove(principal, id, proof).await?;
        self.new_recovery_codes(principal, id).await
    }

    async fn factors(&self, principal: &Principal, id: UserId) -> Result<Factors> {
        let totp = self.catalog.totp(principal, id).await?;
        let tenant = self.catalog.own_tenant(principal).await?;
        Ok(Factors {
            totp: totp.and_then(|factor| factor.confirmed),
            passkeys: self.catalog.passkeys(principal, id).await?,
            recovery_codes_left: self.catalog.recovery_codes_left(principal, id).await?,
            required: tenant.settings.mfa_required,
        })
    }

    /// What is to be done when a second factor has been added: the session counts as begun with it,
    /// and there are recovery codes.
    async fn strengthen(
        &self,
        principal: &Principal,
        id: UserId,
        strength: Strength,
    ) -> Result<Option<Vec<String>>> {
        let session = principal.session();
        let strong = self
            .catalog
            .strengthen_session(principal, id, session, strength);
        strong.await?;
        if self.catalog.recovery_codes_left(principal, id).await? > 0 {
            return Ok(None);
        }
        self.new_recovery_codes(principal, id).await.map(Some)
    }

    async fn new_recovery_codes(&self, principal: &Principal, id: UserId) -> Result<Vec<String>> {
        let codes = recovery::new_codes()?;
        let digests: Vec<_> = codes
            .iter()
            .map(|code| recovery::digest(id, code))
            .collect();
        let kept = self.catalog.put_recovery_codes(principal, id, &digests);
        kept.await?;
        Ok(codes)
    }

    async fn forget_codes_without_factor(&self, principal: &Principal, id: UserId) -> Result<()> {
        if self.factors(principal, id).await?.is_empty() {
            self.catalog.put_recovery_codes(principal, id, &[]).await?;
        }
        Ok(())
    }

    /// Refuses a session without a second factor of a person who has one: who has stolen a password
    /// must not add a factor of their own.
    async fn require_strong(&self, principal: &Principal, id: UserId) -> Result<()> {
        if self.factors(principal, id).await?.is_empty() {
            return Ok(());
        }
        let strong = match principal.session() {
            Some(session) => {
                let known = self.catalog.identities().by_session(session).await?;
                known.is_some_and(|known| known.strength.is_two_factors())
            }
            None => false,
        };
        if strong {
            return Ok(());
        }
        let sentence = "this session was begun without a second factor: sign in with it first";
        Err(Error::new(ErrorKind::Forbidden, sentence))
    }

    /// Makes sure that it is still the same person who asks. Guesses are counted.
    async fn prove(&self, principal: &Principal, id: UserId, proof: Proof) -> Result<()> {
        self.catalog.count_guess(principal, id).await?;
        match proof {
            Proof::Password(password) => {
                let user: User = self.catalog.user(principal, id).await?;
                self.require_password(&user, password).await?;
            }
            Proof::Code(code) => self.spend_code(principal, id, &code).await?,
        }
        self.catalog.forget_failures(principal, id).await
    }

    /// Uses up a code of a person's authenticator, or a recovery code.
    ///
    /// # Errors
    /// `Forbidden` for a wrong code and for one that was used before, in the same words.
    async fn spend_code(&self, principal: &Principal, id: UserId, code: &str) -> Result<()> {
        let Some(number) = totp::parse(code) else {
            let digest = recovery::digest(id, code);
            let spent = self.catalog.spend_recovery_code(principal, id, digest);
            return spent.await?.then_some(()).ok_or_else(wrong_code);
        };
        let factor = self.catalog.totp(principal, id).await?;
        let factor = factor.filter(|factor| factor.confirmed.is_some());
        let factor = factor.ok_or_else(wrong_code)?;
        let sealer = self.sealer();
        let secret = sealer.open(principal, &factor.secret, &context(id)).await?;
        let step = totp::step_of(&secret, number, self.clock.now()).ok_or_else(wrong_code)?;
        if self.catalog.spend_totp(principal, id, step).await? {
            return Ok(());
        }
        let scopes = alexandria_core::access::Scopes::default();
        let whose = Principal::authenticated(principal.tenant(), Actor::User(id), scopes);
        let what = Reused::OneTimeCode;
        self.security.token_reused(&whose, what).await;
        Err(wrong_code())
    }

    /// Seals what is kept of second factors.
    fn sealer(&self) -> Sealer {
        Sealer::new(self.keyring.clone())
    }
}

/// What the sealed secret of a person's authenticator is bound to.
fn context(id: UserId) -> String {
    format!("totp_factors.secret {id}")
}

fn wrong_code() -> Error {
    let sentence = "that code is wrong, has expired or was used before";
    Error::new(ErrorKind::Forbidden, sentence)
}

fn refuse_last(factors: &Factors) -> Result<()> {
    if factors.required && factors.count() == 1 {
        let sentence = "this tenant asks for a second factor: add another before the last goes";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    Ok(())
}
