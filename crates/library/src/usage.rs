//! What models of providers use and cost: counted as it happens, reported by day, and no more than the
//! budget of the month.

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
pub use alexandria_store::catalog::{UsageBy, UsageEntry, UsedBy, UsedOnDay};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::library::Library;

/// Days that a report reaches back at most.
pub const USAGE_DAYS_MAX: u32 = 366;

/// Entries of the ledger that are read at once.
pub const USAGE_ENTRIES_AT_ONCE: u32 = 500;

/// What may be spent on models in a month unless the settings say otherwise, in millionths of a US
/// dollar: $500.
pub const BUDGET_MONTH_MICROS_DEFAULT: u64 = 500_000_000;

/// From what a month's spending is warned of unless the settings say otherwise: $400.
pub const BUDGET_ALERT_MICROS_DEFAULT: u64 = 400_000_000;

/// What may be spent on models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// In a calendar month (UTC), in millionths of a US dollar; 0 for no limit. From then on answers
    /// are made of exact sentences.
    pub month_micros_max: u64,
    /// From what a month's spending is warned of; 0 for never.
    pub month_micros_alert: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            month_micros_max: BUDGET_MONTH_MICROS_DEFAULT,
            month_micros_alert: BUDGET_ALERT_MICROS_DEFAULT,
        }
    }
}

/// What models have used, and how much of the month's budget is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// By day, feature and model; the latest day first.
    pub days: Vec<UsedOnDay>,
    /// The first day of the current month (UTC).
    pub month: Date,
    /// What the month has cost so far, in millionths of a US dollar.
    pub month_micros: u64,
    /// What it may cost.
    pub budget: Budget,
}

impl Library {
    /// What models have used on the last days, today included.
    ///
    /// # Errors
    /// `Invalid` for no day and for more than [`USAGE_DAYS_MAX`]; `Forbidden` without the scope to read
    /// usage; `Unavailable` when the catalog does not answer.
    pub async fn usage(&self, principal: &Principal, days: u32) -> Result<UsageReport> {
        principal.require(Scope::Usage)?;
        let first = self.first_of(days)?;
        let month = self.catalog.today().first_of_month();
        Ok(UsageReport {
            days: self.catalog.usage_since(principal, first).await?,
            month,
            month_micros: self.catalog.spent_since(principal, month).await?,
            budget: self.settings.budget,
        })
    }

    /// What has been used on the last days, today included, by what is asked for; the dearest first.
    ///
    /// # Errors
    /// As for [`Self::usage`].
    pub async fn usage_by(
        &self,
        principal: &Principal,
        by: UsageBy,
        days: u32,
    ) -> Result<Vec<UsedBy>> {
        principal.require(Scope::Usage)?;
        let first = self.first_of(days)?;
        self.catalog.usage_by(principal, by, first).await
    }

    /// Calls and bills of the month of a day, oldest first, after the one given; at most
    /// [`USAGE_ENTRIES_AT_ONCE`].
    ///
    /// # Errors
    /// As for [`Self::usage_by`].
    pub async fn usage_entries(
        &self,
        principal: &Principal,
        month: Date,
        after: Option<&UsageEntry>,
    ) -> Result<Vec<UsageEntry>> {
        principal.require(Scope::Usage)?;
        let after = after.map(|entry| (entry.moment.as_microsecond(), entry.id));
        self.catalog
            .usage_entries(principal, month, after, USAGE_ENTRIES_AT_ONCE)
            .await
    }

    /// The first of the last days, today included.
    fn first_of(&self, days: u32) -> Result<Date> {
        if !(1..=USAGE_DAYS_MAX).contains(&days) {
            let sentence = format!("usage is told of 1 to {USAGE_DAYS_MAX} days, not of {days}");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let back = i64::from(days) - 1;
        let first = self.catalog.today().checked_sub(back.days());
        Ok(first.unwrap_or(Date::MIN))
    }
}

/// Millionths of a dollar as dollars.
#[must_use]
pub fn dollars(micros: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "far below 2^53 millionths of a dollar"
    )]
    let dollars = micros as f64 / 1e6;
    dollars
}
