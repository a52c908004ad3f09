//! The two steps of signing in: a password or the word of a provider of identities, and then what the
//! person has beside it.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::principal::Principal;
use alexandria_core::tenant::TenantState;
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::{User, UserState};
use alexandria_store::catalog::{ChallengePurpose, NewChallenge, Strength};
use jiff::{SignedDuration, Timestamp};

use super::Factors;
use crate::access::new_token;
use crate::access::sign_in::{Authentication, Begun, Whereabouts};

/// How long the second step may take.
const SECOND_STEP_OPEN: SignedDuration = SignedDuration::from_mins(5);

/// What came of the first step.
#[derive(Clone, Debug)]
pub enum FirstStep {
    /// It was enough.
    Begun(Box<Begun>),
    /// The person has a second factor, and has to show it.
    SecondFactor(SecondStep),
}

/// The second step, open.
#[derive(Clone, Debug)]
pub struct SecondStep {
    /// What the step is done with; good once.
    pub token: Token,
    /// Until when.
    pub expires: Timestamp,
    /// Who it seems to be.
    pub whose: (TenantId, UserId),
    /// What they have.
    pub factors: Factors,
}

impl Authentication<'_> {
    /// Begins a session for a person who has done the first step, or asks for their second factor
    /// where they have one and the first step was not of two factors itself.
    pub(in crate::access) async fn after_one_step(
        self,
        user: User,
        shown: Strength,
        from: &Whereabouts,
    ) -> Result<FirstStep> {
        let whose = Principal::system(user.tenant, "signing somebody in");
        let factors = self.library.factors(&whose, user.id).await?;
        if shown.is_two_factors() || factors.is_empty() {
            let begun = self.begin(user, shown, from).await?;
            return Ok(FirstStep::Begun(Box::new(begun)));
        }
        let token = new_token(TokenKind::SecondStep)?;
        let expires = self.library.clock.now() + SECOND_STEP_OPEN;
        let whose = (user.tenant, user.id);
        let new = NewChallenge {
            digest: token.digest(),
            purpose: ChallengePurpose::SecondFactor,
            of: Some(whose),
            state: Vec::new(),
            expires,
        };
        let identities = self.library.catalog.identities();
        identities.open_challenge(new).await?;
        Ok(FirstStep::SecondFactor(SecondStep {
            token,
            expires,
            whose,
            factors,
        }))
    }

    /// Whose second step is open under a token.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn whose_second_step(self, token: &str) -> Result<Option<(TenantId, UserId)>> {
        let Ok(token) = Token::parse(TokenKind::SecondStep, token) else {
            return Ok(None);
        };
        let identities = self.library.catalog.identities();
        let open = identities.challenge(ChallengePurpose::SecondFactor, token.digest());
        Ok(open.await?.and_then(|open| open.of))
    }

    /// Does the second step: with a code of the person's authenticator, or a recovery code. A wrong
    /// code leaves the step open; guesses are counted.
    ///
    /// # Errors
    /// `Forbidden` for a token that is not open and for a wrong code, `Exhausted` after too many.
    pub async fn second_step(self, token: &str, code: &str, from: &Whereabouts) -> Result<Begun> {
        let ended = || {
            let sentence = "that sign-in is not open any more: begin again";
            Error::new(ErrorKind::Forbidden, sentence)
        };
        let (tenant, id) = self.whose_second_step(token).await?.ok_or_else(ended)?;
        let token = Token::parse(TokenKind::SecondStep, token)?;
        let user = self.active(tenant, id).await?.ok_or_else(ended)?;
        let whose = Principal::system(tenant, "signing somebody in");
        let catalog = &self.library.catalog;
        catalog.count_guess(&whose, id).await?;
        self.library.spend_code(&whose, id, code).await?;
        catalog.forget_failures(&whose, id).await?;
        if !catalog.identities().close_challenge(token.digest()).await? {
            return Err(ended());
        }
        self.begin(user, Strength::Mfa, from).await
    }

    /// A person, if they may work.
    pub(super) async fn active(self, tenant: TenantId, id: UserId) -> Result<Option<User>> {
        let whose = Principal::system(tenant, "signing somebody in");
        let state = self.library.catalog.own_tenant(&whose).await?.state;
        let user = self.library.catalog.user(&whose, id).await?;
        let works = state == TenantState::Active && user.state == UserState::Active;
        Ok(works.then_some(user))
    }
}
