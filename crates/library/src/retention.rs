//! Forgetting what has been kept for as long as a tenant says. The installation's own limits hold beside
//! these: whichever is shorter counts.

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use jiff::{SignedDuration, Timestamp};

use crate::library::Library;

impl Library {
    /// Forgets conversations, answers and single calls of models that their tenants keep no longer.
    pub(crate) async fn forget_by_tenants(&self) -> Result<()> {
        let now = self.clock.now();
        for (tenant, kept) in self.catalog.tenants_with_retention().await? {
            let principal = Principal::system(tenant, "keeping things for a time only");
            let (mut conversations, mut answers, mut calls) = (0, 0, 0);
            if let Some(before) = before(now, kept.conversations_days) {
                let gone = self.catalog.prune_conversations_of(&principal, before);
                conversations = gone.await?;
            }
            if let Some(before) = before(now, kept.answers_days) {
                answers = self.catalog.prune_answers_of(&principal, before).await?;
            }
            if let Some(before) = before(now, kept.usage_days) {
                calls = self.catalog.prune_usage_of(&principal, before).await?;
            }
            tracing::debug!(tenant.id = %tenant, conversations, answers, calls, "forgot what is old");
        }
        Ok(())
    }
}

/// The moment before which nothing is kept; none where it is kept for ever.
fn before(now: Timestamp, days: u32) -> Option<Timestamp> {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    (days > 0).then(|| now.checked_sub(kept).ok()).flatten()
}
