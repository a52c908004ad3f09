//! What models of providers use and cost: counted as it happens, reported by day, and no more than the
//! budget of the month.

use alexandria_core::access::Scope;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_models::generator::{Generator, Usage};
use alexandria_store::catalog::Used;
pub use alexandria_store::catalog::UsedOnDay;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::library::Library;
use crate::metrics::BUDGET_USED_SHARE;

/// Days that a report reaches back at most.
pub const USAGE_DAYS_MAX: u32 = 366;

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

/// Whether a language model may be asked.
#[derive(Debug)]
pub(crate) enum Affordable<'a> {
    /// There is none.
    None,
    /// This one may.
    Yes(&'a dyn Generator),
    /// The budget is used up, as the sentence says.
    Not(String),
}

impl Library {
    /// What models have used on the last days, today included.
    ///
    /// # Errors
    /// `Forbidden` without the scope to read metrics; `Unavailable` when the catalog does not answer.
    pub async fn usage(&self, principal: &Principal, days: u32) -> Result<UsageReport> {
        principal.require(Scope::Usage)?;
        let today = self.catalog.today();
        let back = days.clamp(1, USAGE_DAYS_MAX) - 1;
        let first = today
            .checked_sub(i64::from(back).days())
            .unwrap_or(Date::MIN);
        let month = today.first_of_month();
        Ok(UsageReport {
            days: self.catalog.usage_since(principal, first).await?,
            month,
            month_micros: self.catalog.spent_since(principal, month).await?,
            budget: self.settings.budget,
        })
    }

    /// The language model, if there is one that the month's budget still pays for.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub(crate) async fn affordable_generator(
        &self,
        principal: &Principal,
    ) -> Result<Affordable<'_>> {
        let Some(generator) = self.generator.as_deref() else {
            return Ok(Affordable::None);
        };
        let max = self.settings.budget.month_micros_max;
        if max == 0 || !generator.costs() {
            return Ok(Affordable::Yes(generator));
        }
        let month = self.catalog.today().first_of_month();
        let spent = self.catalog.spent_since(principal, month).await?;
        if spent < max {
            return Ok(Affordable::Yes(generator));
        }
        Ok(Affordable::Not(format!(
            "language models have cost ${:.2} this month, and the budget is ${:.2}: answers are made \
             of exact sentences until the month ends or the setting budget.month_usd_max is raised",
            dollars(spent),
            dollars(max)
        )))
    }

    /// Counts what the language model has used for an answer. A failure is logged: what has been written
    /// is given all the same.
    pub(crate) async fn count_usage(&self, principal: &Principal, usage: Option<Usage>) {
        let (Some(usage), Some(generator)) = (usage, self.generator.as_deref()) else {
            return;
        };
        let model = generator.model();
        let used = Used {
            feature: "answer".to_owned(),
            provider: model.provider.clone(),
            model: model.name.clone(),
            calls: 1,
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cached_tokens: usage.cached_tokens,
            cost_micros: usage.cost_micros,
        };
        if let Err(error) = self.catalog.add_usage(principal, &used).await {
            tracing::error!(error = %error.chain(), "cannot count what a model has used");
            return;
        }
        if used.cost_micros > 0
            && let Err(error) = self.warn_of_spending(principal, used.cost_micros).await
        {
            tracing::error!(error = %error.chain(), "cannot see what models have cost");
        }
    }

    /// Warns once when the spending of the month passes the alert or the maximum.
    async fn warn_of_spending(&self, principal: &Principal, cost: u64) -> Result<()> {
        let budget = self.settings.budget;
        let month = self.catalog.today().first_of_month();
        let spent = self.catalog.spent_since(principal, month).await?;
        let before = spent.saturating_sub(cost);
        if budget.month_micros_max > 0 {
            metrics::gauge!(BUDGET_USED_SHARE)
                .set(dollars(spent) / dollars(budget.month_micros_max));
        }
        for (limit, what) in [
            (budget.month_micros_alert, "the alert"),
            (budget.month_micros_max, "the budget"),
        ] {
            if limit > 0 && before < limit && spent >= limit {
                tracing::warn!(
                    spent_usd = dollars(spent),
                    limit_usd = dollars(limit),
                    "models have cost as much this month as {what} of the settings"
                );
            }
        }
        Ok(())
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
