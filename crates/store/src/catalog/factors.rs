//! The second factors of people: codes of an authenticator, recovery codes, and how often somebody has
//! guessed. Passkeys are in [`passkeys`](super::passkeys).
//!
//! Invariant: what is good once is used up by the one statement that finds it, so that of two who show
//! it at the same time one is let in.

use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{SessionId, UserId};
use alexandria_core::principal::Principal;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{FromQueryResult, Value};

use super::database::{execute, number, row};
use super::row::{timestamp, to_i64};
use super::{Catalog, Doing, Strength, commit, not_found, tenant};

/// Wrong codes after which each further one closes the way for a while.
pub const FACTOR_FAILURES_FREE: u32 = 5;

/// How long the way is closed after the first wrong code too many; it doubles with each.
const LOCK_FIRST: SignedDuration = SignedDuration::from_mins(1);

/// How long the way is closed at most.
const LOCK_LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The authenticator of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpFactor {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// When a code showed that it works; it counts from then on.
    pub confirmed: Option<Timestamp>,
}

impl Catalog {
    /// Keeps the sealed secret of a person's authenticator, in the place of one that was never
    /// confirmed.
    ///
    /// # Errors
    /// `Conflict` when there is one that was.
    pub async fn put_totp(&self, principal: &Principal, user: UserId, secret: &[u8]) -> Result<()> {
        let sql = "INSERT INTO totp_factors (user_id, tenant_id, secret, created) \
                   VALUES ($2, $1, $3, $4) ON CONFLICT (user_id) DO UPDATE \
                   SET secret = excluded.secret, created = excluded.created, step = 0 \
                   WHERE totp_factors.confirmed IS NULL AND totp_factors.tenant_id = $1";
        let mut values = whose(principal, user);
        values.extend([secret.to_vec().into(), self.now().into()]);
        let done = execute(self.database.write(), sql, values).await;
        if done.doing(|| "cannot keep an authenticator".to_owned())? == 0 {
            let sentence = "there is an authenticator already: remove it first";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        Ok(())
    }

    /// The authenticator of a person, confirmed or not.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn totp(&self, principal: &Principal, user: UserId) -> Result<Option<TotpFactor>> {
        let sql = "SELECT secret, confirmed FROM totp_factors \
                   WHERE tenant_id = $1 AND user_id = $2";
        let found = row::<TotpRow, _>(self.database.read(), sql, whose(principal, user)).await;
        let found = found.doing(|| "cannot look for an authenticator".to_owned())?;
        let read = |row: TotpRow| {
            Ok(TotpFactor {
                secret: row.secret,
                confirmed: row.confirmed.map(timestamp).transpose()?,
            })
        };
        found.map(read).transpose()
    }

    /// Uses up the code of a step in time, and with it those of all steps before. Says whether it was
    /// good: not used before, nor one after it.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn spend_totp(&self, principal: &Principal, user: UserId, step: u64) -> Result<bool> {
        let sql = "UPDATE totp_factors SET step = $3 WHERE tenant_id = $1 AND user_id = $2 \
                   AND step < $3 AND confirmed IS NOT NULL";
        let mut values = whose(principal, user);
        values.push(to_i64(step)?.into());
        let done = execute(self.database.write(), sql, values).await;
        Ok(done.doing(|| "cannot use up a code".to_owned())? > 0)
    }

    /// Makes an authenticator count, by the code of a step, which is used up. Says whether there was
    /// one to confirm.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn confirm_totp(
        &self,
        principal: &Principal,
        user: UserId,
        step: u64,
    ) -> Result<bool> {
        let sql = "UPDATE totp_factors SET step = $3, confirmed = $4 \
                   WHERE tenant_id = $1 AND user_id = $2 AND confirmed IS NULL";
        let mut values = whose(principal, user);
        values.extend([to_i64(step)?.into(), self.now().into()]);
        let done = execute(self.database.write(), sql, values).await;
        Ok(done.doing(|| "cannot confirm an authenticator".to_owned())? > 0)
    }

    /// Removes a person's authenticator.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn remove_totp(&self, principal: &Principal, user: UserId) -> Result<()> {
        let sql = "DELETE FROM totp_factors WHERE tenant_id = $1 AND user_id = $2";
        let done = execute(self.database.write(), sql, whose(principal, user)).await;
        match done.doing(|| "cannot remove an authenticator".to_owned())? {
            0 => Err(not_found("authenticator of", user)),
            _ => Ok(()),
        }
    }

    /// Gives a person other recovery codes, of which the digests are kept; the former are void.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn put_recovery_codes(
        &self,
        principal: &Principal,
        user: UserId,
        digests: &[[u8; 32]],
    ) -> Result<()> {
        let sentence = || "cannot keep recovery codes".to_owned();
        let tx = self.begin().await?;
        let sql = "DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2";
        let gone = execute(&tx, sql, whose(principal, user)).await;
        gone.doing(sentence)?;
        let sql = "INSERT INTO recovery_codes (tenant_id, user_id, digest, created) \
                   VALUES ($1, $2, $3, $4)";
        for digest in digests {
            let mut values = whose(principal, user);
            values.extend([digest.to_vec().into(), self.now().into()]);
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "recovery codes").await
    }

    /// Uses up a recovery code. Says whether it was one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn spend_recovery_code(
        &self,
        principal: &Principal,
        user: UserId,
        digest: [u8; 32],
    ) -> Result<bool> {
        let sql = "DELETE FROM recovery_codes \
                   WHERE tenant_id = $1 AND user_id = $2 AND digest = $3";
        let mut values = whose(principal, user);
        values.push(digest.to_vec().into());
        let done = execute(self.database.write(), sql, values).await;
        Ok(done.doing(|| "cannot use up a recovery code".to_owned())? > 0)
    }

    /// How many recovery codes a person has left.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn recovery_codes_left(&self, principal: &Principal, user: UserId) -> Result<u32> {
        let sql = "SELECT count(*) AS n FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2";
        let found = number(self.database.read(), sql, whose(principal, user)).await;
        let found = found.doing(|| "cannot count recovery codes".to_owned())?;
        Ok(u32::try_from(found).unwrap_or(u32::MAX))
    }

    /// Removes all that a person has beside a password, and what was counted of their guesses.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn remove_factors(&self, principal: &Principal, user: UserId) -> Result<()> {
        let tx = self.begin().await?;
        for table in [
            "totp_factors",
            "recovery_codes",
            "passkeys",
            "sign_in_challenges",
            "factor_attempts",
        ] {
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND user_id = $2");
            let gone = execute(&tx, sql, whose(principal, user)).await;
            gone.doing(|| "cannot remove second factors".to_owned())?;
        }
        commit(tx, "the removal of second factors").await
    }

    /// Counts a guess before it is looked at, as a wrong one; [`Self::forget_failures`] takes that
    /// back when it was right.
    ///
    /// # Errors
    /// `Exhausted` while the way is closed, saying for how long.
    pub async fn count_guess(&self, principal: &Principal, user: UserId) -> Result<()> {
        let sentence = || "cannot count wrong codes".to_owned();
        let now = self.now();
        let tx = self.begin().await?;
        // The row is made before it is read, so that two guesses at once wait for each other.
        let sql = "INSERT INTO factor_attempts (tenant_id, user_id, failed, locked_until) \
                   VALUES ($1, $2, 1, 0) ON CONFLICT (user_id) DO UPDATE \
                   SET failed = factor_attempts.failed + 1 WHERE factor_attempts.locked_until <= $3";
        let mut values = whose(principal, user);
        values.push(now.into());
        let counted = execute(&tx, sql, values).await.doing(sentence)? > 0;
        let sql = "SELECT failed, locked_until FROM factor_attempts \
                   WHERE tenant_id = $1 AND user_id = $2";
        let found = row::<AttemptsRow, _>(&tx, sql, whose(principal, user)).await;
        let found = found.doing(sentence)?;
        let found = found.ok_or_else(|| not_found("person", user))?;
        if !counted {
            return Err(closed(found.locked_until - now));
        }
        if let Some(lock) = lock(u32::try_from(found.failed).unwrap_or(u32::MAX)) {
            let sql = "UPDATE factor_attempts SET locked_until = $3 \
                       WHERE tenant_id = $1 AND user_id = $2";
            let mut values = whose(principal, user);
            let until = now.saturating_add(i64::try_from(lock.as_micros()).unwrap_or(i64::MAX));
            values.push(until.into());
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "a count of wrong codes").await
    }

    /// Forgets a person's wrong codes, because a right one came.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn forget_failures(&self, principal: &Principal, user: UserId) -> Result<()> {
        let sql = "DELETE FROM factor_attempts WHERE tenant_id = $1 AND user_id = $2";
        let done = execute(self.database.write(), sql, whose(principal, user)).await;
        done.doing(|| "cannot forget wrong codes".to_owned())?;
        Ok(())
    }

    /// Notes that a person has shown a second factor in a session, and ends their others that a
    /// single factor has begun.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn strengthen_session(
        &self,
        principal: &Principal,
        user: UserId,
        session: Option<SessionId>,
        strength: Strength,
    ) -> Result<()> {
        let sentence = || "cannot strengthen a session".to_owned();
        let tx = self.begin().await?;
        if let Some(session) = session {
            let sql = "UPDATE sessions SET strength = $4 \
                       WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
            let mut values = whose(principal, user);
            values.extend([session.as_uuid().into(), strength.name().into()]);
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        let sql = "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2 \
                   AND strength IN ($3, $4)";
        let mut values = whose(principal, user);
        let single = [Strength::Password, Strength::Oidc];
        values.extend(single.map(|strength| strength.name().into()));
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "the strength of a session").await
    }
}

/// How long the way is closed after so many wrong codes.
fn lock(failed: u32) -> Option<SignedDuration> {
    let more = failed.checked_sub(FACTOR_FAILURES_FREE)?;
    let longer = 1_i32.checked_shl(more.min(30)).unwrap_or(i32::MAX);
    Some(LOCK_FIRST.saturating_mul(longer).min(LOCK_LONGEST))
}

fn closed(micros_left: i64) -> Error {
    let seconds = micros_left / 1_000_000 + 1;
    let sentence = format!("there were too many wrong codes: try again in {seconds} s");
    let wait = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    Error::new(ErrorKind::Exhausted, sentence).with_retry_after(wait)
}

/// Whose, as the first two values of a statement.
pub(super) fn whose(principal: &Principal, user: UserId) -> Vec<Value> {
    vec![tenant(principal).into(), user.as_uuid().into()]
}

#[derive(Debug, FromQueryResult)]
struct TotpRow {
    secret: Vec<u8>,
    confirmed: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct AttemptsRow {
    failed: i64,
    locked_until: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_closed_for_longer_and_longer() {
        assert_eq!(lock(1), None);
        assert_eq!(lock(4), None);
        assert_eq!(lock(5), Some(SignedDuration::from_mins(1)));
        assert_eq!(lock(8), Some(SignedDuration::from_mins(8)));
        for many in [16, 40, u32::MAX] {
            assert_eq!(lock(many), Some(LOCK_LONGEST), "{many}");
        }
    }
}
