//! What may be used in a month, and why a call is not let through.

use alexandria_core::budget::{Ceiling, Component, Subject, SubjectKind};
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use sea_orm::DatabaseTransaction;

use super::month::MonthUse;
use crate::catalog::Way;
use crate::catalog::budgets::own_ceiling;

/// What holds for a tenant where no budget of its own says otherwise, and what its plan allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Of the tenant as a whole.
    pub tenant: Ceiling,
    /// What the plan allows in a month, whatever the budgets say, in millionths of a US dollar.
    pub plan_micros: Option<u64>,
    /// Tokens that the plan allows in a month.
    pub plan_tokens: Option<u64>,
    /// How people are told of alerts.
    pub ways: Vec<Way>,
}

/// Why a call may not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The budget of a subject is used up.
    Budget {
        /// Whose it is.
        subject: Subject,
        /// What has been spent this month, in millionths of a US dollar.
        spent: u64,
        /// What is set aside for calls under way.
        reserved: u64,
        /// What may be spent.
        max: u64,
    },
    /// The tokens of the tenant's plan are used up.
    Tokens {
        /// Tokens used this month and set aside.
        used: u64,
        /// Tokens that may be used.
        max: u64,
    },
}

/// What holds for each of the subjects.
pub(super) async fn ceilings(
    tx: &DatabaseTransaction,
    principal: &Principal,
    subjects: &[Subject],
    rules: &Rules,
) -> Result<Vec<Ceiling>> {
    let mut found = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let own = own_ceiling(tx, principal, subject).await?;
        found.push(rules.ceiling(subject, own));
    }
    Ok(found)
}

impl Rules {
    /// What holds for a subject that has this budget of its own, or none.
    #[must_use]
    pub fn ceiling(&self, subject: &Subject, own: Option<Ceiling>) -> Ceiling {
        match subject.kind() {
            SubjectKind::Tenant => {
                let mut ceiling = own.unwrap_or(self.tenant);
                let both = [ceiling.micros_max, self.plan_micros];
                ceiling.micros_max = both.into_iter().flatten().min();
                ceiling
            }
            SubjectKind::Component => {
                let default = || {
                    subject
                        .name()
                        .parse()
                        .map_or(Ceiling::NONE, Component::ceiling)
                };
                own.unwrap_or_else(default)
            }
            SubjectKind::User | SubjectKind::Key | SubjectKind::Feature => {
                own.unwrap_or(Ceiling::NONE)
            }
        }
    }
}

/// Why a call may not be made on account of a subject, if it may not.
pub(super) fn refusal(
    subject: &Subject,
    (spent, reserved, tokens): (MonthUse, u64, u64),
    ceiling: Ceiling,
    rules: &Rules,
) -> Option<Refusal> {
    if let Some(max) = ceiling.micros_max
        && spent.cost_micros.saturating_add(reserved) >= max
    {
        return Some(Refusal::Budget {
            subject: subject.clone(),
            spent: spent.cost_micros,
            reserved,
            max,
        });
    }
    let used = spent.tokens.saturating_add(tokens);
    let max = rules.plan_tokens.filter(|max| used >= *max)?;
    (subject.kind() == SubjectKind::Tenant).then_some(Refusal::Tokens { used, max })
}
