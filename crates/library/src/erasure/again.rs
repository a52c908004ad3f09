//! Erasing again: what an older copy of the catalog brings back, what somebody has left who was erased
//! while they acted, and what other processes remember.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use alexandria_core::erasure::ErasedKind;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::id::{DocumentId, ErasureId, TenantId, UserId};
use alexandria_core::principal::{Actor, Principal};
use jiff::SignedDuration;
use uuid::Uuid;

use super::Tombstone;
use crate::library::Library;

/// For how long an erasure is looked after: longer than any request takes.
const LOOKED_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// After what time what is in memory is forgotten a second time: requests that were under way have
/// ended by then.
const FORGET_AGAIN_AFTER: Duration = Duration::from_secs(300);

/// Erasures of the last time that this process knows of.
#[derive(Debug, Default)]
pub(crate) struct Lately {
    known: Mutex<HashMap<Uuid, Known>>,
    /// Under which names those have acted who were erased by this process.
    actors: Mutex<Vec<(ErasureId, TenantId, Vec<String>)>>,
}

#[derive(Debug)]
struct Known {
    since: Instant,
    forgotten_again: bool,
}

impl Lately {
    /// Notes an erasure of this process.
    pub(super) fn note(&self, id: ErasureId, tenant: TenantId, actors: Vec<String>) {
        let mut all = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((id, tenant, actors));
    }

    /// Whether one of these subjects is new to this process, or old enough to be forgotten again; those
    /// that are not among them are forgotten themselves.
    fn is_due(&self, subjects: &[Uuid]) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|subject, _| subjects.contains(subject));
        let mut is_due = false;
        for subject in subjects {
            let known = known.entry(*subject).or_insert_with(|| {
                is_due = true;
                Known {
                    since: Instant::now(),
                    forgotten_again: false,
                }
            });
            if !known.forgotten_again && known.since.elapsed() >= FORGET_AGAIN_AFTER {
                known.forgotten_again = true;
                is_due = true;
            }
        }
        is_due
    }

    /// Who was erased by this process and is looked after.
    fn actors(&self) -> Vec<(TenantId, Vec<String>)> {
        let all = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        let of =
            |(_, tenant, actors): &(ErasureId, TenantId, Vec<String>)| (*tenant, actors.clone());
        all.iter().map(of).collect()
    }

    fn end(&self) {
        self.actors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Library {
    /// Looks after what was erased lately, by this process and by others.
    pub(crate) async fn follow_erasures(&self) -> Result<()> {
        let Ok(since) = self.clock.now().checked_sub(LOOKED_AFTER) else {
            return Ok(());
        };
        let erased = self.catalog.erased_since(since).await?;
        if erased.is_empty() {
            self.lately.end();
            return Ok(());
        }
        let subjects: Vec<Uuid> = erased.iter().map(|(_, _, subject)| *subject).collect();
        if self.lately.is_due(&subjects) {
            self.forget_what_is_in_memory();
        }
        let mut left: Vec<(TenantId, Vec<String>)> = self.lately.actors();
        for (tenant, kind, subject) in erased {
            if kind == ErasedKind::User {
                let actor = Actor::User(UserId::from_uuid(subject)).to_string();
                left.push((tenant, vec![actor]));
            }
        }
        for (tenant, actors) in left {
            let principal = Principal::system(tenant, "looking after an erasure");
            let swept = self.catalog.sweep_actors(&principal, &actors).await?;
            if swept > 0 {
                tracing::info!(swept, "removed what somebody erased had left");
            }
        }
        Ok(())
    }

    /// Erases again what an older copy of the catalog has brought back.
    pub(crate) async fn erase_again(&self) -> Result<()> {
        let buried = self.buried().await?;
        for tombstone in &buried {
            let receipt = &tombstone.receipt;
            let principal = Principal::system(receipt.tenant_id, "erasing again");
            if self.catalog.knows_erasure(&principal, receipt.id).await? {
                continue;
            }
            // The copy is of a time at which that was the only owner: somebody has to see to it.
            if let Err(error) = self.erase_one_again(&principal, tombstone).await {
                tracing::error!(erasure.id = %receipt.id, error = %error.chain(),
                    "what was erased is back and cannot be erased again");
            }
        }
        // An erasure that was permanent when the process died may still stand in the log of the catalog.
        if !buried.is_empty() {
            self.catalog.empty_log().await?;
        }
        Ok(())
    }

    async fn erase_one_again(&self, principal: &Principal, tombstone: &Tombstone) -> Result<()> {
        let receipt = tombstone.receipt.clone();
        let subject = tombstone.subject;
        let done = match receipt.kind {
            ErasedKind::User => {
                let given = receipt.clone();
                let seal = |_holder, _done| std::future::ready(Ok(given));
                let user = UserId::from_uuid(subject);
                let erased = self.catalog.erase_user(principal, user, seal).await;
                erased.map(drop)
            }
            ErasedKind::Document => {
                self.erase_all_of(principal, DocumentId::from_uuid(subject))
                    .await
            }
        };
        match done {
            // The copy is of a time before it came.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other?,
        }
        self.catalog
            .keep_erasure(principal, &receipt, subject)
            .await?;
        tracing::info!(erasure.id = %receipt.id, "erased again what was put back");
        Ok(())
    }
}
