//! What a call of a model may cost is set aside before it, and what it did cost is written down after it,
//! whatever becomes of whoever waits for it.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::budget::{Ceiling, Feature, Subject, SubjectKind};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_models::generator::Usage;
use alexandria_store::catalog::{
    Admission, Catalog, Level, Reached, Refusal, Reservation, Rules, Spending, Wanted, Way,
};
use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::budgets::OverBudget;
use crate::library::Library;
use crate::metrics::{BUDGET_REACHED_TOTAL, BUDGET_USED_SHARE, CALLS_REFUSED_TOTAL};
use crate::usage::{Budget, dollars};

/// How long a call can take at most: then what was set aside for it belongs to a process that is gone.
/// Longer than any time that a provider is given.
const CALL_LASTS_MAX: Duration = Duration::from_secs(30 * 60);

/// Where calls are paid.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    catalog: Catalog,
    tracker: TaskTracker,
    budget: Budget,
    ways: Arc<[Way]>,
}

/// A model that is about to be called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Called<'a> {
    pub(crate) feature: Feature,
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    /// Whether a call costs money.
    pub(crate) costs: bool,
}

/// Whether a call may be made.
#[derive(Debug)]
pub(crate) enum Permit {
    /// It may; the charge is to be settled.
    Yes(Box<Charge>),
    /// A budget is used up, as the sentence says.
    Not(String),
}

impl Library {
    /// Where calls are paid.
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger {
            catalog: self.catalog.clone(),
            tracker: self.tracker.clone(),
            budget: self.settings.budget,
            ways: self.settings.alert_ways.clone().into(),
        }
    }
}

impl Ledger {
    /// What holds for the tenant.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub(crate) async fn rules(&self, principal: &Principal) -> Result<Rules> {
        let plan = self.catalog.own_tenant(principal).await?.limits();
        let some = |micros: u64| (micros > 0).then_some(micros);
        Ok(Rules {
            tenant: Ceiling {
                micros_max: some(self.budget.month_micros_max),
                micros_alert: some(self.budget.month_micros_alert),
            },
            plan_micros: plan.cost_month_micros,
            plan_tokens: plan.tokens_month,
            ways: self.ways.to_vec(),
        })
    }

    /// Sets aside what a call uses at most, if there is room for it.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub(crate) async fn admit(
        &self,
        principal: &Principal,
        called: Called<'_>,
        worst: Usage,
    ) -> Result<Permit> {
        let rules = self.rules(principal).await?;
        let mut charge = Charge {
            ledger: self.clone(),
            runtime: Handle::current(),
            principal: principal.clone(),
            feature: called.feature,
            provider: called.provider.to_owned(),
            model: called.model.to_owned(),
            reservation: None,
            fallback: worst,
            is_open: true,
        };
        // What costs nothing needs no room, save where tokens are counted.
        if !called.costs && rules.plan_tokens.is_none() {
            return Ok(Permit::Yes(Box::new(charge)));
        }
        let wanted = Wanted {
            feature: called.feature,
            tokens: worst.prompt_tokens.saturating_add(worst.completion_tokens),
            cost_micros: worst.cost_micros,
            lasts: CALL_LASTS_MAX,
        };
        let admission = self.catalog.reserve(principal, &wanted, &rules).await;
        match admission.inspect_err(|_| charge.is_open = false)? {
            Admission::Yes(reservation) => {
                charge.reservation = Some(reservation);
                Ok(Permit::Yes(Box::new(charge)))
            }
            Admission::Not(refusal) => {
                charge.is_open = false;
                metrics::counter!(CALLS_REFUSED_TOTAL, "feature" => called.feature.name())
                    .increment(1);
                Ok(Permit::Not(sentence(&refusal)))
            }
        }
    }

    async fn settle(
        &self,
        principal: &Principal,
        reservation: Option<Reservation>,
        (feature, spending): (Feature, &Spending),
    ) -> Result<()> {
        let rules = self.rules(principal).await?;
        let settled = self
            .catalog
            .settle(principal, reservation, (feature, spending), &rules)
            .await?;
        tell(&settled);
        if spending.cost_micros > 0 {
            let tenant = Subject::tenant();
            let own = self.catalog.own_budget(principal, &tenant).await?;
            if let Some(max) = rules
                .ceiling(&tenant, own)
                .micros_max
                .filter(|max| *max > 0)
            {
                let today = self.catalog.today();
                let month = self.catalog.month_use(principal, today, &tenant).await?;
                metrics::gauge!(BUDGET_USED_SHARE).set(dollars(month.cost_micros) / dollars(max));
            }
        }
        Ok(())
    }
}

/// Logs and counts levels of budgets that have been reached.
pub(crate) fn tell(reached: &[Reached]) {
    for one in reached {
        let about = one.level.about();
        metrics::counter!(BUDGET_REACHED_TOTAL, "level" => about).increment(1);
        let what = match one.level {
            Level::Alert => "the alert",
            Level::Cap => "the most that may be spent",
        };
        tracing::warn!(
            subject = %one.subject,
            spent_usd = dollars(one.spent),
            limit_usd = dollars(one.limit),
            "spending of this month has reached {what}"
        );
    }
}

/// Why a call is not made, for whoever asked.
fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Budget {
            subject,
            spent,
            reserved,
            max,
        } => {
            let (spent, max) = (dollars(*spent), dollars(*max));
            let under_way = match reserved {
                0 => String::new(),
                reserved => {
                    let reserved = dollars(*reserved);
                    format!(" (${reserved:.2} more is set aside for calls under way)")
                }
            };
            let raise = match subject.kind() {
                SubjectKind::Tenant => "the setting budget.month_usd_max or the tenant's budget",
                SubjectKind::User
                | SubjectKind::Key
                | SubjectKind::Feature
                | SubjectKind::Component => "that budget",
            };
            format!(
                "models have cost ${spent:.2} this month{under_way}, and the budget of {subject} is \
                 ${max:.2}: answers are made of exact sentences and embedding waits until the month \
                 ends or {raise} is raised"
            )
        }
        Refusal::Tokens { used, max } => format!(
            "models have used {used} tokens this month, and the plan of the tenant allows {max}: \
             answers are made of exact sentences and embedding waits until the month ends or the \
             tenant has another plan"
        ),
    }
}

/// A call that is to be paid.
///
/// Invariant: it is settled once. Dropped while it is open, it is settled by what it would use at most.
#[derive(Debug)]
pub(crate) struct Charge {
    ledger: Ledger,
    runtime: Handle,
    principal: Principal,
    feature: Feature,
    provider: String,
    model: String,
    reservation: Option<Reservation>,
    fallback: Usage,
    is_open: bool,
}

impl Charge {
    /// Writes down what the call has used. It is written even when nobody waits for it any more.
    pub(crate) async fn settle(&mut self, usage: Usage) {
        if let Some(writing) = self.write_down(usage)
            && let Err(error) = writing.await
        {
            tracing::error!(error = %error, "the task that writes down what a model has used broke");
        }
    }

    /// The same without waiting for it.
    pub(crate) fn settle_later(&mut self, usage: Usage) {
        drop(self.write_down(usage));
    }

    /// Gives back what was set aside: the call has not been made.
    pub(crate) async fn release(&mut self) {
        self.is_open = false;
        let Some(reservation) = self.reservation.take() else {
            return;
        };
        let released = self.ledger.catalog.release(&self.principal, reservation);
        if let Err(error) = released.await {
            tracing::warn!(error = %error.chain(), "what was set aside for a call stays so for a while");
        }
    }

    fn write_down(&mut self, usage: Usage) -> Option<tokio::task::JoinHandle<()>> {
        if !std::mem::take(&mut self.is_open) {
            return None;
        }
        let feature = self.feature;
        let spending = Spending {
            provider: std::mem::take(&mut self.provider),
            model: std::mem::take(&mut self.model),
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cached_tokens: usage.cached_tokens,
            cost_micros: usage.cost_micros,
            is_estimated: usage.is_estimated,
        };
        let (ledger, principal) = (self.ledger.clone(), self.principal.clone());
        let reservation = self.reservation.take();
        let writing = async move {
            if let Err(error) = ledger
                .settle(&principal, reservation, (feature, &spending))
                .await
            {
                tracing::error!(error = %error.chain(), "cannot count what a model has used");
            }
        };
        Some(self.ledger.tracker.spawn_on(writing, &self.runtime))
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.settle_later(Usage {
            is_estimated: true,
            ..self.fallback
        });
    }
}

impl Library {
    /// Counts a question where the plan of the tenant allows only so many.
    ///
    /// # Errors
    /// `Exhausted` when the month has had as many, with the time until the next one begins.
    pub(crate) async fn count_question(&self, principal: &Principal) -> Result<()> {
        let limits = self.catalog.own_tenant(principal).await?.limits();
        let Some(max) = limits.questions_month else {
            return Ok(());
        };
        if self.catalog.count_question(principal, max).await? {
            return Ok(());
        }
        let sentence = format!(
            "the plan of the tenant allows {max} questions a month, and they have been asked: wait for \
             the next month (UTC) or have the plan changed"
        );
        let error = Error::new(ErrorKind::Exhausted, sentence).with_source(OverBudget);
        let now = self.clock.now();
        let next = self.catalog.today().last_of_month().tomorrow();
        let next = next.and_then(|day| day.to_zoned(TimeZone::UTC));
        let wait = next.map(|next| next.timestamp().duration_since(now));
        Err(match wait.map(Duration::try_from) {
            Ok(Ok(wait)) => error.with_retry_after(wait),
            Ok(Err(_)) | Err(_) => error,
        })
    }
}
