//! What is open while somebody signs in or adds a passkey: what they have to show next, and what that
//! is compared with. Each is good once and for minutes.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{TenantId, UserId};
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, row};
use super::{Doing, Identities, commit, micros};

/// The most that are open at the same time for people who are not known yet.
pub const CHALLENGES_MAX: u32 = 10_000;

/// The most that are open at the same time for one person and purpose: the oldest goes.
const CHALLENGES_OF_USER_MAX: u32 = 10;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengePurpose {
    /// The second step of signing in.
    SecondFactor,
    /// A new passkey.
    Register,
    /// Signing in with a passkey.
    Passkey,
}

impl ChallengePurpose {
    const fn name(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Register => "register",
            Self::Passkey => "passkey",
        }
    }
}

/// A challenge about to be opened.
#[derive(Clone, Debug)]
pub struct NewChallenge {
    /// The digest of what it is found by.
    pub digest: [u8; 32],
    /// What is waited for.
    pub purpose: ChallengePurpose,
    /// Whose it is, where that is known.
    pub of: Option<(TenantId, UserId)>,
    /// What the answer is compared with.
    pub state: Vec<u8>,
    /// Until when it is open.
    pub expires: Timestamp,
}

/// An open challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Whose it is, where that is known.
    pub of: Option<(TenantId, UserId)>,
    /// What the answer is compared with.
    pub state: Vec<u8>,
}

impl Identities<'_> {
    /// Opens a challenge, and forgets those that have expired.
    ///
    /// # Errors
    /// `Exhausted` when too many people that are not known yet sign in at the same time.
    pub async fn open_challenge(self, new: NewChallenge) -> Result<()> {
        let sentence = || "cannot begin to sign somebody in".to_owned();
        let catalog = self.catalog;
        let tx = catalog.begin().await?;
        let sql = "DELETE FROM sign_in_challenges WHERE expires <= $1";
        let gone = execute(&tx, sql, vec![catalog.now().into()]).await;
        gone.doing(sentence)?;
        let purpose = new.purpose.name();
        if let Some((_, user)) = new.of {
            let sql = format!(
                "DELETE FROM sign_in_challenges WHERE digest IN (SELECT digest \
                 FROM sign_in_challenges WHERE user_id = $1 AND purpose = $2 \
                 ORDER BY expires DESC, digest LIMIT 1000 OFFSET {})",
                CHALLENGES_OF_USER_MAX - 1
            );
            let values: Vec<Value> = vec![user.as_uuid().into(), purpose.into()];
            execute(&tx, sql, values).await.doing(sentence)?;
        } else {
            let sql = "SELECT count(*) AS n FROM sign_in_challenges WHERE user_id IS NULL";
            let open = number(&tx, sql, vec![]).await.doing(sentence)?;
            if open >= i64::from(CHALLENGES_MAX) {
                let sentence = "too many people sign in at the same time: try again in a minute";
                return Err(Error::new(ErrorKind::Exhausted, sentence));
            }
        }
        let sql = "INSERT INTO sign_in_challenges \
                   (digest, tenant_id, user_id, purpose, state, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values: Vec<Value> = vec![
            new.digest.to_vec().into(),
            new.of.map(|(tenant, _)| tenant.as_uuid()).into(),
            new.of.map(|(_, user)| user.as_uuid()).into(),
            purpose.into(),
            new.state.into(),
            micros(new.expires).into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a challenge").await
    }

    /// The open challenge that is found by a digest.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn challenge(
        self,
        purpose: ChallengePurpose,
        digest: [u8; 32],
    ) -> Result<Option<Challenge>> {
        let sql = "SELECT tenant_id, user_id, state FROM sign_in_challenges \
                   WHERE digest = $1 AND purpose = $2 AND expires > $3";
        let values: Vec<Value> = vec![
            digest.to_vec().into(),
            purpose.name().into(),
            self.catalog.now().into(),
        ];
        let found = row::<Row, _>(self.catalog.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for a challenge".to_owned())?;
        Ok(found.map(Row::read))
    }

    /// Closes a challenge. Says whether it was open: of two who answer it at once, one closes it.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn close_challenge(self, digest: [u8; 32]) -> Result<bool> {
        let sql = "DELETE FROM sign_in_challenges WHERE digest = $1 AND expires > $2";
        let values: Vec<Value> = vec![digest.to_vec().into(), self.catalog.now().into()];
        let done = execute(self.catalog.database.write(), sql, values).await;
        Ok(done.doing(|| "cannot close a challenge".to_owned())? > 0)
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    tenant_id: Option<Uuid>,
    user_id: Option<Uuid>,
    state: Vec<u8>,
}

impl Row {
    fn read(self) -> Challenge {
        let tenant = self.tenant_id.map(TenantId::from_uuid);
        Challenge {
            of: tenant.zip(self.user_id.map(UserId::from_uuid)),
            state: self.state,
        }
    }
}
