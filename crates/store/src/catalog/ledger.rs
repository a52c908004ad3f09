//! The ledger of usage: what a call of a model may cost is set aside before it is made, and what it did
//! cost is written down after it, in the transaction that gives back what was set aside.
//!
//! Invariant: both transactions begin by taking the row of the tenant's month, so that they follow one
//! another for a tenant, whatever process they are of. A call is let through while what has been spent
//! and what is set aside for others stays below every ceiling; so a ceiling is passed by less than
//! what one call costs, however many processes share it.

use std::time::Duration;

use alexandria_core::budget::{Ceiling, Component, Feature, Subject, SubjectKind};
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use jiff::civil::Date;
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, row, rows};
use super::notices::NewNotice;
use super::{Catalog, Doing, commit, tenant};

/// What is set aside for a call under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation(Uuid);

/// What a call is going to use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is made for.
    pub feature: Feature,
    /// Tokens of prompt and answer.
    pub tokens: u64,
    /// What they cost, in millionths of a US dollar.
    pub cost_micros: u64,
    /// How long the call can take: after that, what is set aside belongs to a process that is gone.
    pub lasts: Duration,
}

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
    pub ways: Vec<super::Way>,
}

/// Whether a call may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and this is set aside for it.
    Yes(Reservation),
    /// It may not.
    Not(Refusal),
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

/// What a call has used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// What it was made for.
    pub feature: Feature,
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

/// What a subject has used in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthUse {
    /// Calls.
    pub calls: u64,
    /// Tokens.
    pub tokens: u64,
    /// What they cost, in millionths of a US dollar.
    pub cost_micros: u64,
}

impl Catalog {
    /// Sets aside what a call may cost, if every budget that it counts for still has room.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn reserve(
        &self,
        principal: &Principal,
        wanted: &Wanted,
        rules: &Rules,
    ) -> Result<Admission> {
        let sentence = || "cannot set aside what a call may cost".to_owned();
        let tx = self.begin().await?;
        let now = self.now();
        let month = month_of(self.today());
        take_month(&tx, principal, &month).await?;
        let sql = "DELETE FROM usage_reservations WHERE tenant_id = $1 AND expires <= $2";
        let values = vec![tenant(principal).into(), now.into()];
        execute(&tx, sql, values).await.doing(sentence)?;
        let sql = "SELECT actor_kind, actor, feature, component, tokens, cost_micros \
                   FROM usage_reservations WHERE tenant_id = $1";
        let held = rows::<HeldRow, _>(&tx, sql, vec![tenant(principal).into()]).await;
        let held = held.doing(sentence)?;
        let subjects = Subject::of_call(principal, wanted.feature);
        let ceilings = ceilings(&tx, principal, &subjects, rules).await?;
        for (subject, ceiling) in subjects.iter().zip(&ceilings) {
            let spent = month_use(&tx, principal, &month, subject).await?;
            let matching = || held.iter().filter(|one| one.counts_for(subject));
            let reserved = matching().map(|one| positive(one.cost_micros)).sum::<u64>();
            let tokens = matching().map(|one| positive(one.tokens)).sum::<u64>();
            if let Some(refusal) = refusal(subject, (spent, reserved, tokens), *ceiling, rules) {
                return Ok(Admission::Not(refusal));
            }
        }
        let id = self.next_id();
        let actor = Subject::actor(principal);
        let sql = "INSERT INTO usage_reservations (id, tenant_id, actor_kind, actor, feature, \
                   component, tokens, cost_micros, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let lasts = i64::try_from(wanted.lasts.as_micros()).unwrap_or(i64::MAX);
        let values: Vec<Value> = vec![
            id.into(),
            tenant(principal).into(),
            actor.as_ref().map_or("", |one| one.kind().name()).into(),
            actor.as_ref().map_or("", Subject::name).into(),
            wanted.feature.name().into(),
            wanted.feature.component().name().into(),
            stored(wanted.tokens).into(),
            stored(wanted.cost_micros).into(),
            now.saturating_add(lasts).into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "what is set aside for a call").await?;
        Ok(Admission::Yes(Reservation(id)))
    }

    /// Gives back what was set aside for a call that has not been made.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written; it is given back by itself later.
    pub async fn release(&self, principal: &Principal, reservation: Reservation) -> Result<()> {
        let tx = self.begin().await?;
        give_back(&tx, principal, reservation).await?;
        commit(tx, "that a call has not been made").await
    }

    /// Writes down what a call has used and gives back what was set aside for it; says which levels of
    /// which budgets are reached by it for the first time this month.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn settle(
        &self,
        principal: &Principal,
        reservation: Option<Reservation>,
        spending: &Spending,
        rules: &Rules,
    ) -> Result<Vec<Reached>> {
        let tx = self.begin().await?;
        let month = month_of(self.today());
        take_month(&tx, principal, &month).await?;
        if let Some(reservation) = reservation {
            give_back(&tx, principal, reservation).await?;
        }
        let component = spending.feature.component();
        self.enter(
            &tx,
            principal,
            (spending.feature.name(), component),
            spending,
        )
        .await?;
        self.add_to_day(&tx, principal, spending).await?;
        let subjects = Subject::of_call(principal, spending.feature);
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
        // Of a bill nothing is read but what it costs.
        let bill = Spending {
            feature: Feature::Answer,
            provider: "bill".to_owned(),
            model: component.name().to_owned(),
            prompt_tokens: 0,
            completion_tokens: 0,
            cached_tokens: 0,
            cost_micros,
            is_estimated: false,
        };
        self.enter(&tx, principal, (BILL, component), &bill).await?;
        let subjects = [Subject::component(component)];
        let reached = self
            .count(&tx, principal, (&month, &subjects), &bill, rules)
            .await?;
        commit(tx, "a bill").await?;
        Ok(reached)
    }

    /// Counts a question unless the month has had as many as may be asked; says whether it may be.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn count_question(&self, principal: &Principal, max: u64) -> Result<bool> {
        let tx = self.begin().await?;
        let month = month_of(self.today());
        take_month(&tx, principal, &month).await?;
        let sql = "UPDATE usage_months SET questions = questions + 1 WHERE tenant_id = $1 \
                   AND month = $2 AND kind = 'tenant' AND subject = '' AND questions < $3";
        let values = vec![tenant(principal).into(), month.into(), stored(max).into()];
        let counted = execute(&tx, sql, values).await;
        let counted = counted.doing(|| "cannot count a question".to_owned())?;
        commit(tx, "that a question was asked").await?;
        Ok(counted > 0)
    }

    /// What a subject has used in the month of a day.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn month_use(
        &self,
        principal: &Principal,
        day: Date,
        subject: &Subject,
    ) -> Result<MonthUse> {
        month_use(self.database.read(), principal, &month_of(day), subject).await
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

/// The month of a day, as stored: `2026-01`.
pub(super) fn month_of(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Takes the row of the tenant's month until the transaction ends.
async fn take_month(tx: &DatabaseTransaction, principal: &Principal, month: &str) -> Result<()> {
    let sql = "INSERT INTO usage_months (tenant_id, month, kind, subject) \
               VALUES ($1, $2, 'tenant', '') \
               ON CONFLICT (tenant_id, month, kind, subject) DO UPDATE SET calls = usage_months.calls";
    let done = execute(tx, sql, vec![tenant(principal).into(), month.into()]).await;
    done.doing(|| "cannot look at what the month has cost".to_owned())?;
    Ok(())
}

async fn give_back(
    tx: &DatabaseTransaction,
    principal: &Principal,
    Reservation(id): Reservation,
) -> Result<()> {
    let sql = "DELETE FROM usage_reservations WHERE tenant_id = $1 AND id = $2";
    let done = execute(tx, sql, vec![tenant(principal).into(), id.into()]).await;
    done.doing(|| "cannot give back what was set aside for a call".to_owned())?;
    Ok(())
}

async fn add_to_month(
    tx: &DatabaseTransaction,
    principal: &Principal,
    (month, subject): (&str, &Subject),
    spending: &Spending,
) -> Result<()> {
    let sql = "INSERT INTO usage_months (tenant_id, month, kind, subject, calls, tokens, cost_micros) \
               VALUES ($1, $2, $3, $4, 1, $5, $6) \
               ON CONFLICT (tenant_id, month, kind, subject) DO UPDATE SET \
               calls = usage_months.calls + 1, \
               tokens = usage_months.tokens + excluded.tokens, \
               cost_micros = usage_months.cost_micros + excluded.cost_micros";
    let tokens = spending
        .prompt_tokens
        .saturating_add(spending.completion_tokens);
    let values = vec![
        tenant(principal).into(),
        month.into(),
        subject.kind().name().into(),
        subject.name().into(),
        stored(tokens).into(),
        stored(spending.cost_micros).into(),
    ];
    let done = execute(tx, sql, values).await;
    done.doing(|| "cannot add to what the month has cost".to_owned())?;
    Ok(())
}

/// What holds for each of the subjects.
async fn ceilings(
    tx: &DatabaseTransaction,
    principal: &Principal,
    subjects: &[Subject],
    rules: &Rules,
) -> Result<Vec<Ceiling>> {
    let mut found = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let own = super::budgets::own_ceiling(tx, principal, subject).await?;
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
fn refusal(
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

async fn month_use<C: sea_orm::ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    month: &str,
    subject: &Subject,
) -> Result<MonthUse> {
    let sql = "SELECT calls, tokens, cost_micros FROM usage_months \
               WHERE tenant_id = $1 AND month = $2 AND kind = $3 AND subject = $4";
    let values = vec![
        tenant(principal).into(),
        month.into(),
        subject.kind().name().into(),
        subject.name().into(),
    ];
    let found = row::<UseRow, _>(connection, sql, values).await;
    let found = found.doing(|| "cannot read what the month has cost".to_owned())?;
    Ok(found.map_or_else(MonthUse::default, |row| MonthUse {
        calls: positive(row.calls),
        tokens: positive(row.tokens),
        cost_micros: positive(row.cost_micros),
    }))
}

/// A count as stored; nothing that is counted comes near the limit.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[derive(Debug, FromQueryResult)]
struct UseRow {
    calls: i64,
    tokens: i64,
    cost_micros: i64,
}

#[derive(Debug, FromQueryResult)]
struct HeldRow {
    actor_kind: String,
    actor: String,
    feature: String,
    component: String,
    tokens: i64,
    cost_micros: i64,
}

impl HeldRow {
    fn counts_for(&self, subject: &Subject) -> bool {
        let name = subject.name();
        match subject.kind() {
            SubjectKind::Tenant => true,
            SubjectKind::User | SubjectKind::Key => {
                self.actor_kind == subject.kind().name() && self.actor == name
            }
            SubjectKind::Feature => self.feature == name,
            SubjectKind::Component => self.component == name,
        }
    }
}
