//! What a tenant and each of its subjects have used in a calendar month (UTC).

use std::collections::HashMap;

use alexandria_core::budget::Subject;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use jiff::civil::Date;
use sea_orm::{DatabaseTransaction, FromQueryResult};

use super::{Spending, positive, stored};
use crate::catalog::database::{execute, row, rows};
use crate::catalog::{Catalog, Doing, commit, tenant};

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

    /// What every subject that has used anything in the month of a day has used.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn month_uses(
        &self,
        principal: &Principal,
        day: Date,
    ) -> Result<HashMap<Subject, MonthUse>> {
        let sql = "SELECT kind, subject, calls, tokens, cost_micros FROM usage_months \
                   WHERE tenant_id = $1 AND month = $2";
        let values = vec![tenant(principal).into(), month_of(day).into()];
        let found = rows::<SubjectRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read what the month has cost".to_owned())?;
        found.into_iter().map(SubjectRow::read).collect()
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
}

/// The month of a day, as stored: `2026-01`.
pub(in crate::catalog) fn month_of(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Takes the row of the tenant's month until the transaction ends.
pub(super) async fn take_month(
    tx: &DatabaseTransaction,
    principal: &Principal,
    month: &str,
) -> Result<()> {
    let sql = "INSERT INTO usage_months (tenant_id, month, kind, subject) \
               VALUES ($1, $2, 'tenant', '') \
               ON CONFLICT (tenant_id, month, kind, subject) DO UPDATE SET calls = usage_months.calls";
    let done = execute(tx, sql, vec![tenant(principal).into(), month.into()]).await;
    done.doing(|| "cannot look at what the month has cost".to_owned())?;
    Ok(())
}

pub(super) async fn add_to_month(
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

pub(super) async fn month_use<C: sea_orm::ConnectionTrait>(
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
    Ok(found.as_ref().map_or_else(MonthUse::default, UseRow::read))
}

#[derive(Debug, FromQueryResult)]
struct UseRow {
    calls: i64,
    tokens: i64,
    cost_micros: i64,
}

impl UseRow {
    fn read(&self) -> MonthUse {
        MonthUse {
            calls: positive(self.calls),
            tokens: positive(self.tokens),
            cost_micros: positive(self.cost_micros),
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct SubjectRow {
    kind: String,
    subject: String,
    calls: i64,
    tokens: i64,
    cost_micros: i64,
}

impl SubjectRow {
    fn read(self) -> Result<(Subject, MonthUse)> {
        let subject = Subject::named(self.kind.parse()?, &self.subject)?;
        let used = UseRow {
            calls: self.calls,
            tokens: self.tokens,
            cost_micros: self.cost_micros,
        };
        Ok((subject, used.read()))
    }
}
