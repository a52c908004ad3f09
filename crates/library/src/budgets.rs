//! Budgets: what may be spent in a month for whom, what has been spent, and what bills add to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alexandria_core::access::Scope;
use alexandria_core::budget::{Ceiling, Component, Subject, SubjectKind};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::UserId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::MonthUse;
use uuid::Uuid;

use crate::ledger::tell;
use crate::library::Library;

/// The most that a budget allows and a bill tells, in millionths of a US dollar: a million dollars.
pub const MICROS_MAX: u64 = 1_000_000_000_000;

/// That a budget, or what the plan of a tenant allows in a month, is used up. It stands beneath the error that
/// says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverBudget;

impl fmt::Display for OverBudget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the budget is used up")
    }
}

impl std::error::Error for OverBudget {}

/// A budget and how much of it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetStatus {
    /// For whom.
    pub subject: Subject,
    /// How much may be spent in a month, the plan of the tenant included.
    pub ceiling: Ceiling,
    /// Whether somebody has set it; else it holds by default.
    pub is_set: bool,
    /// What has been used this month.
    pub used: MonthUse,
}

impl Library {
    /// The budgets that somebody has set and those that hold by default, with what is used of them.
    ///
    /// # Errors
    /// `Forbidden` without the scope to set budgets or to read usage; `Unavailable` when the catalog does
    /// not answer.
    pub async fn budgets(&self, principal: &Principal) -> Result<Vec<BudgetStatus>> {
        principal.require_any(&[Scope::Budget, Scope::Usage])?;
        let set = self.catalog.budgets(principal).await?;
        let set: BTreeMap<Subject, Ceiling> = set
            .into_iter()
            .map(|one| (one.subject, one.ceiling))
            .collect();
        let mut subjects: BTreeSet<Subject> = set.keys().cloned().collect();
        subjects.insert(Subject::tenant());
        subjects.extend(Component::ALL.map(Subject::component));
        let rules = self.ledger().rules(principal).await?;
        let uses = self
            .catalog
            .month_uses(principal, self.catalog.today())
            .await?;
        let status = |subject: Subject| {
            let own = set.get(&subject).copied();
            BudgetStatus {
                ceiling: rules.ceiling(&subject, own),
                is_set: own.is_some(),
                used: uses.get(&subject).copied().unwrap_or_default(),
                subject,
            }
        };
        let is_worth_telling = |status: &BudgetStatus| {
            status.is_set || status.ceiling != Ceiling::NONE || status.used != MonthUse::default()
        };
        let found = subjects.into_iter().map(status);
        Ok(found.filter(is_worth_telling).collect())
    }

    /// Sets a budget, whether there was one or not.
    ///
    /// # Errors
    /// `Invalid` for an alert above the most that may be spent and for more than [`MICROS_MAX`];
    /// `NotFound` for a person whom the tenant does not have; `Conflict` when there are as many budgets as there may be.
    pub async fn set_budget(
        &self,
        principal: &Principal,
        subject: &Subject,
        ceiling: Ceiling,
    ) -> Result<BudgetStatus> {
        principal.require(Scope::Budget)?;
        check(ceiling)?;
        self.require_person(principal, subject).await?;
        self.catalog.set_budget(principal, subject, ceiling).await?;
        self.status_of_budget(principal, subject.clone()).await
    }

    /// Removes a budget; what holds by default holds again.
    ///
    /// # Errors
    /// `NotFound` when none is set.
    pub async fn remove_budget(&self, principal: &Principal, subject: &Subject) -> Result<()> {
        principal.require(Scope::Budget)?;
        self.catalog.remove_budget(principal, subject).await
    }

    /// Writes down what a part of the installation that is not counted call by call has cost by a bill.
    ///
    /// # Errors
    /// `Invalid` for a part that is counted by itself, and for more than [`MICROS_MAX`].
    pub async fn record_bill(
        &self,
        principal: &Principal,
        component: Component,
        cost_micros: u64,
    ) -> Result<BudgetStatus> {
        principal.require(Scope::Budget)?;
        if component.is_metered() {
            let name = component.name();
            let sentence =
                format!("the component {name} is counted call by call and takes no bills");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        check_amount(cost_micros)?;
        let rules = self.ledger().rules(principal).await?;
        let reached = self
            .catalog
            .record_bill(principal, component, cost_micros, &rules)
            .await?;
        tell(&reached);
        self.status_of_budget(principal, Subject::component(component))
            .await
    }

    /// That a budget for a person is for one whom the tenant has.
    async fn require_person(&self, principal: &Principal, subject: &Subject) -> Result<()> {
        if subject.kind() != SubjectKind::User || subject.is_owner_without_account() {
            return Ok(());
        }
        let unknown = || {
            Error::new(
                ErrorKind::NotFound,
                format!("there is no person {}", subject.name()),
            )
        };
        let Ok(id) = Uuid::try_parse(subject.name()) else {
            return Err(unknown());
        };
        self.catalog.user(principal, UserId::from_uuid(id)).await?;
        Ok(())
    }

    async fn status_of_budget(
        &self,
        principal: &Principal,
        subject: Subject,
    ) -> Result<BudgetStatus> {
        let rules = self.ledger().rules(principal).await?;
        let own = self.catalog.own_budget(principal, &subject).await?;
        let today = self.catalog.today();
        Ok(BudgetStatus {
            ceiling: rules.ceiling(&subject, own),
            is_set: own.is_some(),
            used: self.catalog.month_use(principal, today, &subject).await?,
            subject,
        })
    }
}

fn check(ceiling: Ceiling) -> Result<()> {
    let amounts = [ceiling.micros_max, ceiling.micros_alert];
    for micros in amounts.into_iter().flatten() {
        check_amount(micros)?;
    }
    if let (Some(max), Some(alert)) = (ceiling.micros_max, ceiling.micros_alert)
        && alert > max
    {
        let sentence = "the alert of a budget lies above the most that may be spent";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(())
}

fn check_amount(micros: u64) -> Result<()> {
    if micros <= MICROS_MAX {
        return Ok(());
    }
    let sentence = format!("an amount is at most ${}", MICROS_MAX / 1_000_000);
    Err(Error::new(ErrorKind::Invalid, sentence))
}

/// The subject that a person names by a kind and a name.
///
/// # Errors
/// `Invalid` for a name that no subject of the kind can have.
pub fn subject(kind: SubjectKind, name: &str) -> Result<Subject> {
    let name = if kind == SubjectKind::Tenant && name == "all" {
        ""
    } else {
        name
    };
    Subject::named(kind, name)
}
