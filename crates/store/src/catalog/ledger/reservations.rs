//! What is set aside for calls under way, and whether there is room for one more.

use std::time::Duration;

use alexandria_core::budget::{Feature, Subject, SubjectKind};
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
use uuid::Uuid;

use super::month::{month_of, month_use, take_month};
use super::rules::{Refusal, Rules, ceilings, refusal};
use super::{positive, stored};
use crate::catalog::database::{execute, rows};
use crate::catalog::{Catalog, Doing, commit, tenant};

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

/// Whether a call may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and this is set aside for it.
    Yes(Reservation),
    /// It may not.
    Not(Refusal),
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
}

pub(super) async fn give_back(
    tx: &DatabaseTransaction,
    principal: &Principal,
    Reservation(id): Reservation,
) -> Result<()> {
    let sql = "DELETE FROM usage_reservations WHERE tenant_id = $1 AND id = $2";
    let done = execute(tx, sql, vec![tenant(principal).into(), id.into()]).await;
    done.doing(|| "cannot give back what was set aside for a call".to_owned())?;
    Ok(())
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
