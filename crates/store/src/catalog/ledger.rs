//! The ledger of usage: what a call of a model may cost is set aside before it is made, and what it did
//! cost is written down after it, in the transaction that gives back what was set aside.
//!
//! Invariant: both transactions begin by taking the row of the tenant's month, so that they follow one
//! another for a tenant, whatever process they are of. A call is let through while what has been spent
//! and what is set aside for others stays below every ceiling; so a ceiling is passed by less than
//! what one call costs, however many processes share it.

mod month;
mod reservations;
mod rules;

use alexandria_core::budget::{Component, Feature, Subject};
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use sea_orm::{DatabaseTransaction, Value};

pub use self::month::MonthUse;
pub(super) use self::month::month_of;
use self::month::{add_to_month, month_use, take_month};
use self::reservations::give_back;
pub use self::reservations::{Admission, Reservation, Wanted};
use self::rules::ceilings;
pub use self::rules::{Refusal, Rules};
use super::database::execute;
use super::notices::NewNotice;
use super::{Catalog, Doing, commit, tenant};

/// What a call has used, or a bill comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// Who runs the model.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Tokens of the prompt, or of what was embedded.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// Tokens of the prompt that the provider had kept.
    pub cached_tokens: u64,
    /// What it cost, in millionths of a US dollar.
    pub cost_micros: u64,
    /// Whether the provider has not said how many tokens it used.
    pub is_estimated: bool,
}

/// A level of a budget that has been reached for the first time in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Whose budget it is.
    pub subject: Subject,
    /// Which level.
    pub level: Level,
    /// What has been spent this month, in millionths of a US dollar.
    pub spent: u64,
    /// Where the level lies.
    pub limit: u64,
}

/// A level of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// From where on people are told.
    Alert,
    /// From where on no call is begun.
    Cap,
}

impl Level {
    /// What a notice about it is called.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Alert => "budget-alert",
            Self::Cap => "budget-cap",
        }
    }
}

impl Catalog {
    /// Writes down what a call has used and gives back what was set aside for it; says which levels of
    /// which budgets are reached by it for the first time this month.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn settle(
        &self,
        principal: &Principal,
        reservation: Option<Reservation>,
        (feature, spending): (Feature, &Spending),
        rules: &Rules,
    ) -> Result<Vec<Reached>> {
        let tx = self.begin().await?;
        let month = month_of(self.today());
        take_month(&tx, principal, &month).await?;
        if let Some(reservation) = reservation {
            give_back(&tx, principal, reservation).await?;
        }
        let entry = (feature.name(), feature.component());
        self.enter(&tx, principal, entry, spending).await?;
        self.add_to_day(&tx, principal, (feature, spending)).await?;
        let subjects = Subject::of_call(principal, feature);
        let reached = self
            .count(&tx, principal, (&month, &subjects), spending, rules)
            .await?;
        commit(tx, "what a call has used").await?;
        Ok(reached)
    }

    /// Writes down what a part of the installation has cost by a bill.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn record_bill(
        &self,
        principal: &Principal,
        component: Component,
        cost_micros: u64,
        rules: &Rules,
    ) -> Result<Vec<Reached>> {
        let tx = self.begin().await?;
        let month = month_of(self.today());
        take_month(&tx, principal, &month).await?;
        let bill = Spending {
            provider: BILL.to_owned(),
            model: component.name().to_owned(),
            cost_micros,
            ..Spending::default()
        };
        self.enter(&tx, principal, (BILL, component), &bill).await?;
        let subjects = [Subject::component(component)];
        let reached = self
            .count(&tx, principal, (&month, &subjects), &bill, rules)
            .await?;
        commit(tx, "a bill").await?;
        Ok(reached)
    }

    async fn enter(
        &self,
        tx: &DatabaseTransaction,
        principal: &Principal,
        (feature, component): (&str, Component),
        spending: &Spending,
    ) -> Result<()> {
        let sql = "INSERT INTO usage_entries (id, tenant_id, moment, day, actor, request, feature, \
                   component, provider, model, prompt_tokens, completion_tokens, cached_tokens, \
                   cost_micros, estimated) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let request = principal.origin().map(|origin| origin.request.clone());
        let values: Vec<Value> = vec![
            self.next_id().into(),
            tenant(principal).into(),
            self.now().into(),
            self.today().to_string().into(),
            principal.actor().to_string().into(),
            request.into(),
            feature.into(),
            component.name().into(),
            spending.provider.clone().into(),
            spending.model.clone().into(),
            stored(spending.prompt_tokens).into(),
            stored(spending.completion_tokens).into(),
            stored(spending.cached_tokens).into(),
            stored(spending.cost_micros).into(),
            i64::from(spending.is_estimated).into(),
        ];
        let done = execute(tx, sql, values).await;
        done.doing(|| "cannot write down what a call has used".to_owned())?;
        Ok(())
    }

    /// Adds to what the subjects have used this month, and keeps a notice for each level reached.
    async fn count(
        &self,
        tx: &DatabaseTransaction,
        principal: &Principal,
        (month, subjects): (&str, &[Subject]),
        spending: &Spending,
        rules: &Rules,
    ) -> Result<Vec<Reached>> {
        let ceilings = ceilings(tx, principal, subjects, rules).await?;
        let mut found = Vec::new();
        for (subject, ceiling) in subjects.iter().zip(ceilings) {
            add_to_month(tx, principal, (month, subject), spending).await?;
            let spent = month_use(tx, principal, month, subject).await?.cost_micros;
            let levels = [
                (Level::Alert, ceiling.micros_alert),
                (Level::Cap, ceiling.micros_max),
            ];
            for (level, limit) in levels {
                let Some(limit) = limit.filter(|limit| spending.cost_micros > 0 && spent >= *limit)
                else {
                    continue;
                };
                let reached = Reached {
                    subject: subject.clone(),
                    level,
                    spent,
                    limit,
                };
                let notice = NewNotice::of_reached(&reached, month)?;
                if self
                    .keep_notice(tx, principal, &notice, &rules.ways)
                    .await?
                {
                    found.push(reached);
                }
            }
        }
        Ok(found)
    }
}

/// What a bill stands under where calls have what they are made for.
const BILL: &str = "bill";

/// A count as stored; nothing that is counted comes near the limit.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
