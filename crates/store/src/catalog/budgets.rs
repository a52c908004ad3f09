//! Budgets that a tenant has set for itself.

use alexandria_core::budget::{BUDGETS_MAX, Ceiling, Subject};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use super::database::{execute, number, row, rows};
use super::ledger::{positive, stored};
use super::row::timestamp;
use super::{Catalog, Doing, commit, not_found, tenant};

/// A budget that somebody has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnBudget {
    /// For whom.
    pub subject: Subject,
    /// How much.
    pub ceiling: Ceiling,
    /// Who said so.
    pub made_by: String,
    /// When.
    pub changed: Timestamp,
}

/// What is read of a budget.
const SELECT: &str =
    "SELECT kind, subject, micros_max, micros_alert, made_by, changed FROM budgets";

impl Catalog {
    /// The budgets that the tenant has set, by kind and name.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn budgets(&self, principal: &Principal) -> Result<Vec<OwnBudget>> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 ORDER BY kind, subject");
        let found = rows::<Row, _>(self.database.read(), sql, vec![tenant(principal).into()]).await;
        let found = found.doing(|| "cannot list the budgets".to_owned())?;
        found.into_iter().map(Row::read).collect()
    }

    /// Sets a budget, whether there was one or not.
    ///
    /// # Errors
    /// `Conflict` when there are as many as there may be.
    pub async fn set_budget(
        &self,
        principal: &Principal,
        subject: &Subject,
        ceiling: Ceiling,
    ) -> Result<()> {
        let sentence = || format!("cannot set the budget of {subject}");
        let tx = self.begin().await?;
        let sql = "SELECT count(*) AS n FROM budgets WHERE tenant_id = $1 \
                   AND NOT (kind = $2 AND subject = $3)";
        let others = vec![
            tenant(principal).into(),
            subject.kind().name().into(),
            subject.name().into(),
        ];
        let others = number(&tx, sql, others).await.doing(sentence)?;
        if usize::try_from(others).is_ok_and(|others| others >= BUDGETS_MAX) {
            let sentence = format!("there are {BUDGETS_MAX} budgets already; remove one first");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let sql = "INSERT INTO budgets (tenant_id, kind, subject, micros_max, micros_alert, made_by, \
                   changed) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (tenant_id, kind, subject) DO UPDATE SET \
                   micros_max = excluded.micros_max, micros_alert = excluded.micros_alert, \
                   made_by = excluded.made_by, changed = excluded.changed";
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            subject.kind().name().into(),
            subject.name().into(),
            ceiling.micros_max.map(stored).into(),
            ceiling.micros_alert.map(stored).into(),
            principal.actor().to_string().into(),
            self.now().into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a budget").await
    }

    /// Removes a budget; what holds by default holds again.
    ///
    /// # Errors
    /// `NotFound` when none is set.
    pub async fn remove_budget(&self, principal: &Principal, subject: &Subject) -> Result<()> {
        let sql = "DELETE FROM budgets WHERE tenant_id = $1 AND kind = $2 AND subject = $3";
        let values = vec![
            tenant(principal).into(),
            subject.kind().name().into(),
            subject.name().into(),
        ];
        let gone = execute(self.database.write(), sql, values).await;
        let gone = gone.doing(|| format!("cannot remove the budget of {subject}"))?;
        if gone == 0 {
            return Err(not_found("budget of", subject));
        }
        Ok(())
    }

    /// The budget that the tenant has set for a subject, if it has.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn own_budget(
        &self,
        principal: &Principal,
        subject: &Subject,
    ) -> Result<Option<Ceiling>> {
        own_ceiling(self.database.read(), principal, subject).await
    }
}

/// What the tenant has set for a subject.
pub(super) async fn own_ceiling<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    subject: &Subject,
) -> Result<Option<Ceiling>> {
    let sql = format!("{SELECT} WHERE tenant_id = $1 AND kind = $2 AND subject = $3");
    let values = vec![
        tenant(principal).into(),
        subject.kind().name().into(),
        subject.name().into(),
    ];
    let found = row::<Row, _>(connection, sql, values).await;
    let found = found.doing(|| format!("cannot read the budget of {subject}"))?;
    Ok(found.as_ref().map(Row::ceiling))
}

#[derive(Debug, FromQueryResult)]
struct Row {
    kind: String,
    subject: String,
    micros_max: Option<i64>,
    micros_alert: Option<i64>,
    made_by: String,
    changed: i64,
}

impl Row {
    fn ceiling(&self) -> Ceiling {
        Ceiling {
            micros_max: self.micros_max.map(positive),
            micros_alert: self.micros_alert.map(positive),
        }
    }

    fn read(self) -> Result<OwnBudget> {
        Ok(OwnBudget {
            subject: Subject::named(self.kind.parse()?, &self.subject)?,
            ceiling: self.ceiling(),
            made_by: self.made_by,
            changed: timestamp(self.changed)?,
        })
    }
}
