//! The audit log: writing down what was done, reading it, verifying that nobody has touched it, and
//! keeping it for as long as the settings say.

use alexandria_core::access::Scope;
use alexandria_core::audit::Entry;
use alexandria_core::audit::chain::{Break, Fault, Link, Verifier};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::AUDIT_CUT_ENTRIES_MAX;
pub use alexandria_store::catalog::{AuditFilter, AuditQuery, AuditState, Page, StoredEntry};
use jiff::SignedDuration;

use crate::library::Library;

mod recorder;

pub use self::recorder::Recorder;

/// For how many days entries and security events are kept unless the settings say otherwise: a year
/// and the weeks that an audit of it takes.
pub const AUDIT_KEPT_DAYS_DEFAULT: u32 = 400;

/// Entries that are read at once while a log is verified or exported.
pub const AUDIT_READ_ENTRIES: u32 = 1_000;

/// A beginning is cut off once it is older by so much than it has to be: each cut is an entry, too.
const CUT_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// How often a log is verified anew because its beginning was cut off meanwhile.
const VERIFY_TRIES_MAX: u32 = 3;

/// The longest name of an actor or action to look for, in bytes.
pub const AUDIT_NAME_BYTES_MAX: usize = 128;

/// What verifying a log has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Where the log begins and ends.
    pub state: AuditState,
    /// Entries that hold, from the beginning on.
    pub entries: u64,
    /// The first entry that does not.
    pub broken: Option<Break>,
}

impl Library {
    /// The entries of the tenant's log that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty or longer than [`AUDIT_NAME_BYTES_MAX`], for a cursor that this list has not given, and for a limit that is no page's; `Corrupt`
    /// when an entry is not the one that was written.
    pub async fn audit_entries(
        &self,
        principal: &Principal,
        query: &AuditQuery,
    ) -> Result<Page<Entry>> {
        principal.require(Scope::Audit)?;
        check(&query.filter)?;
        self.catalog.audit_entries(principal, query).await
    }

    /// The next entries after a sequence that a filter lets through, oldest first; none at the end.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty or longer than [`AUDIT_NAME_BYTES_MAX`]; `Corrupt` when one of them cannot be read, `Unavailable` when the catalog does not answer.
    pub async fn audit_after(
        &self,
        principal: &Principal,
        filter: &AuditFilter,
        after: u64,
    ) -> Result<Vec<Entry>> {
        principal.require(Scope::Audit)?;
        check(filter)?;
        let read = self
            .catalog
            .audit_after(principal, filter, after, AUDIT_READ_ENTRIES)
            .await?;
        let readable = |StoredEntry { sequence, entry }| {
            entry.ok_or_else(|| {
                Error::new(
                    ErrorKind::Corrupt,
                    format!("entry {sequence} of the audit log is not the one that was written"),
                )
            })
        };
        read.into_iter().map(readable).collect()
    }

    /// Verifies the tenant's whole log: every hash, every link, its beginning and its end; and, where
    /// one is given, that it still holds an entry that somebody has kept elsewhere.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer. A broken log is no error: the verdict says so.
    pub async fn verify_audit(
        &self,
        principal: &Principal,
        kept: Option<Link>,
    ) -> Result<AuditVerdict> {
        principal.require(Scope::Audit)?;
        let mut tries = 1;
        loop {
            let state = self.catalog.audit_state(principal).await?;
            let verdict = self.verify_from(principal, state, kept).await?;
            let after = self.catalog.audit_state(principal).await?;
            // Entries that were cut off while they were read are not missing.
            if verdict.broken.is_none() || after.cut == state.cut || tries >= VERIFY_TRIES_MAX {
                return Ok(verdict);
            }
            tries += 1;
        }
    }

    async fn verify_from(
        &self,
        principal: &Principal,
        state: AuditState,
        kept: Option<Link>,
    ) -> Result<AuditVerdict> {
        let verdict = |entries, broken| AuditVerdict {
            state,
            entries,
            broken,
        };
        let mut verifier = Verifier::after(principal.tenant(), state.cut);
        // What was cut off in due course cannot be looked at any more.
        if let Some(kept) = kept.filter(|kept| kept.sequence > state.cut.sequence) {
            verifier = verifier.with_kept(kept);
        }
        let begun = state.cut.sequence;
        loop {
            let after = verifier.last().sequence;
            let all = AuditFilter::default();
            let read = self
                .catalog
                .audit_after(principal, &all, after, AUDIT_READ_ENTRIES)
                .await?;
            let is_last = read.len() < AUDIT_READ_ENTRIES as usize;
            for StoredEntry { sequence, entry } in read {
                // Written since the head was read.
                let is_newer = entry.is_some() && sequence > state.head.sequence;
                if is_newer && verifier.last() == state.head {
                    break;
                }
                let taken = match entry {
                    Some(entry) => verifier.take(&entry),
                    None => Err(Break {
                        sequence,
                        fault: Fault::Changed,
                    }),
                };
                if let Err(broken) = taken {
                    let entries = verifier.last().sequence.saturating_sub(begun);
                    return Ok(verdict(entries, Some(broken)));
                }
            }
            if is_last || verifier.last().sequence >= state.head.sequence {
                break;
            }
        }
        let entries = verifier.last().sequence.saturating_sub(begun);
        Ok(verdict(entries, verifier.end(state.head).err()))
    }

    /// What writes to the log.
    #[must_use]
    pub const fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Cuts off entries, and forgets security events, that have been kept for as long as the settings
    /// say.
    pub(crate) async fn forget_old_audit(&self) -> Result<()> {
        let days = i64::from(self.settings.audit_kept_days);
        let kept = SignedDuration::from_hours(24 * days);
        let Ok(before) = self.clock.now().checked_sub(kept) else {
            return Ok(());
        };
        if days == 0 {
            return Ok(());
        }
        let Ok(due) = before.checked_sub(CUT_EVERY) else {
            return Ok(());
        };
        for tenant in self.catalog.tenants_audited_before(due).await? {
            let principal = Principal::system(tenant, "keeping the audit log for a time only");
            while self.catalog.cut_audit(&principal, before).await? >= AUDIT_CUT_ENTRIES_MAX {}
        }
        self.catalog.prune_security_events(before).await?;
        Ok(())
    }
}

/// An empty name finds nothing, and was hardly meant.
fn check(filter: &AuditFilter) -> Result<()> {
    let names = [("actor", &filter.actor), ("action", &filter.action)];
    for (what, name) in names {
        let fits = 1..=AUDIT_NAME_BYTES_MAX;
        if name
            .as_ref()
            .is_some_and(|name| !fits.contains(&name.len()))
        {
            let sentence = format!(
                "the {what} to look for in the audit log has 1 to {AUDIT_NAME_BYTES_MAX} bytes: name \
                 one or leave it out"
            );
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
    }
    Ok(())
}
