//! What models have used and cost, summed up by day (UTC), feature and model.

use alexandria_core::budget::Feature;
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, row, rows};
use super::ledger::{Spending, positive, stored};
use super::row::timestamp;
use super::{Catalog, Doing, tenant};

/// The most lines of usage that are summed up by something.
const USED_BY_MAX: u32 = 1_000;

/// What models used on a day for one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedOnDay {
    /// The day (UTC).
    pub day: Date,
    /// What it was used for.
    pub used: Used,
}

/// What a model used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// What for, in one word, such as `answer`.
    pub feature: String,
    /// Who runs the model.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Calls.
    pub calls: u64,
    /// Tokens of prompts, or of what was embedded.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// Tokens of prompts that the provider had kept.
    pub cached_tokens: u64,
    /// What it cost, in millionths of a US dollar.
    pub cost_micros: u64,
}

/// What usage is summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    /// Who acted: people, keys and the product itself.
    User,
    /// Keys of programs.
    Key,
    /// What calls were made for.
    Feature,
    /// Parts of the installation.
    Component,
    /// Models with their providers.
    Model,
    /// Days.
    Day,
}

impl UsageBy {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Key => "key",
            Self::Feature => "feature",
            Self::Component => "component",
            Self::Model => "model",
            Self::Day => "day",
        }
    }

    /// The expression to group by, and what is left out.
    const fn column(self) -> (&'static str, &'static str) {
        match self {
            Self::User => ("actor", ""),
            Self::Key => ("actor", " AND actor LIKE 'key:%'"),
            Self::Feature => ("feature", ""),
            Self::Component => ("component", ""),
            Self::Model => ("provider || '/' || model", " AND feature <> 'bill'"),
            Self::Day => ("day", ""),
        }
    }
}

/// What has been used by or for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedBy {
    /// Who or what.
    pub name: String,
    /// Calls.
    pub calls: u64,
    /// Tokens of prompts, or of what was embedded.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// Tokens of prompts that the provider had kept.
    pub cached_tokens: u64,
    /// What it cost, in millionths of a US dollar.
    pub cost_micros: u64,
}

/// A call in the ledger, or a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageEntry {
    /// Its identity.
    pub id: Uuid,
    /// When it ended.
    pub moment: Timestamp,
    /// Who caused it.
    pub actor: String,
    /// The request that caused it, if it was one.
    pub request: Option<String>,
    /// What for.
    pub feature: String,
    /// Which part of the installation.
    pub component: String,
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
    /// Whether the tokens are estimated.
    pub is_estimated: bool,
}

impl Catalog {
    /// Adds to what has been used today.
    pub(super) async fn add_to_day(
        &self,
        tx: &DatabaseTransaction,
        principal: &Principal,
        (feature, spending): (Feature, &Spending),
    ) -> Result<()> {
        let sql = "INSERT INTO usage_days (tenant_id, day, feature, provider, model, calls, \
                   prompt_tokens, completion_tokens, cached_tokens, cost_micros) \
                   VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9) \
                   ON CONFLICT (tenant_id, day, feature, provider, model) DO UPDATE SET \
                   calls = usage_days.calls + excluded.calls, \
                   prompt_tokens = usage_days.prompt_tokens + excluded.prompt_tokens, \
                   completion_tokens = usage_days.completion_tokens + excluded.completion_tokens, \
                   cached_tokens = usage_days.cached_tokens + excluded.cached_tokens, \
                   cost_micros = usage_days.cost_micros + excluded.cost_micros";
        let mut values: Vec<Value> = vec![
            tenant(principal).into(),
            self.today().to_string().into(),
            feature.name().into(),
            spending.provider.clone().into(),
            spending.model.clone().into(),
        ];
        let counts = [
            spending.prompt_tokens,
            spending.completion_tokens,
            spending.cached_tokens,
            spending.cost_micros,
        ];
        values.extend(counts.map(|count| stored(count).into()));
        let done = execute(tx, sql, values).await;
        done.doing(|| "cannot count what a model has used".to_owned())?;
        Ok(())
    }

    /// What has been used since a day, that day included; the latest day first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn usage_since(&self, principal: &Principal, day: Date) -> Result<Vec<UsedOnDay>> {
        let sql = "SELECT day, feature, provider, model, calls, prompt_tokens, completion_tokens, \
                   cached_tokens, cost_micros FROM usage_days \
                   WHERE tenant_id = $1 AND day >= $2 ORDER BY day DESC, feature, provider, model";
        let values = vec![tenant(principal).into(), day.to_string().into()];
        let found = rows::<UsedRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read what models have used".to_owned())?;
        found.into_iter().map(UsedRow::used).collect()
    }

    /// What has been spent since a day, that day included, in millionths of a US dollar.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn spent_since(&self, principal: &Principal, day: Date) -> Result<u64> {
        let sql = "SELECT CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS spent FROM usage_days \
                   WHERE tenant_id = $1 AND day >= $2";
        let values = vec![tenant(principal).into(), day.to_string().into()];
        let found = row::<SpentRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read what models have cost".to_owned())?;
        Ok(found.map_or(0, |row| u64::try_from(row.spent).unwrap_or(0)))
    }

    /// What has been used since a day, that day included, by what is asked for; the dearest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn usage_by(
        &self,
        principal: &Principal,
        by: UsageBy,
        since: Date,
    ) -> Result<Vec<UsedBy>> {
        let (name, only) = by.column();
        let sql = format!(
            "SELECT {name} AS name, CAST(count(*) AS BIGINT) AS calls, \
             CAST(SUM(prompt_tokens) AS BIGINT) AS prompt_tokens, \
             CAST(SUM(completion_tokens) AS BIGINT) AS completion_tokens, \
             CAST(SUM(cached_tokens) AS BIGINT) AS cached_tokens, \
             CAST(SUM(cost_micros) AS BIGINT) AS cost_micros FROM usage_entries \
             WHERE tenant_id = $1 AND day >= $2{only} \
             GROUP BY {name} ORDER BY cost_micros DESC, name LIMIT {USED_BY_MAX}"
        );
        let values = vec![tenant(principal).into(), since.to_string().into()];
        let found = rows::<ByRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot sum usage up by {}", by.name()))?;
        Ok(found.into_iter().map(ByRow::read).collect())
    }

    /// The entries of the ledger of a month from its first day on, oldest first, after the one given.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn usage_entries(
        &self,
        principal: &Principal,
        month: Date,
        after: Option<(i64, Uuid)>,
        limit: u32,
    ) -> Result<Vec<UsageEntry>> {
        let month = super::ledger::month_of(month);
        let (moment, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
        let sql = format!(
            "SELECT id, moment, actor, request, feature, component, provider, model, prompt_tokens, \
             completion_tokens, cached_tokens, cost_micros, estimated FROM usage_entries \
             WHERE tenant_id = $1 AND day >= $2 AND day <= $3 \
             AND (moment > $4 OR (moment = $4 AND id > $5)) ORDER BY moment, id LIMIT {limit}"
        );
        let values: Vec<Value> = vec![
            tenant(principal).into(),
            format!("{month}-01").into(),
            format!("{month}-31").into(),
            moment.into(),
            id.into(),
        ];
        let found = rows::<EntryRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read the ledger of usage".to_owned())?;
        found.into_iter().map(EntryRow::read).collect()
    }

    /// Forgets single calls of models that ended before this moment; what they sum up to stays. Says how
    /// many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_usage_of(&self, principal: &Principal, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM usage_entries WHERE tenant_id = $1 AND moment < $2";
        let values = vec![tenant(principal).into(), before.as_microsecond().into()];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot forget old calls of models".to_owned())
    }

    /// The day it is (UTC).
    #[must_use]
    pub fn today(&self) -> Date {
        // The clock's microseconds always fit a time.
        let now = Timestamp::from_microsecond(self.now()).unwrap_or_default();
        now.to_zoned(TimeZone::UTC).date()
    }
}

#[derive(Debug, FromQueryResult)]
struct UsedRow {
    day: String,
    feature: String,
    provider: String,
    model: String,
    calls: i64,
    prompt_tokens: i64,
    completion_tokens: i64,
    cached_tokens: i64,
    cost_micros: i64,
}

impl UsedRow {
    fn used(self) -> Result<UsedOnDay> {
        let day = self.day.parse().context(ErrorKind::Corrupt, || {
            format!("the catalog counts usage on the day {:?}", self.day)
        })?;
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(UsedOnDay {
            day,
            used: Used {
                calls: count(self.calls),
                prompt_tokens: count(self.prompt_tokens),
                completion_tokens: count(self.completion_tokens),
                cached_tokens: count(self.cached_tokens),
                cost_micros: count(self.cost_micros),
                feature: self.feature,
                provider: self.provider,
                model: self.model,
            },
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct SpentRow {
    spent: i64,
}

#[derive(Debug, FromQueryResult)]
struct ByRow {
    name: String,
    calls: i64,
    prompt_tokens: i64,
    completion_tokens: i64,
    cached_tokens: i64,
    cost_micros: i64,
}

impl ByRow {
    fn read(self) -> UsedBy {
        UsedBy {
            name: self.name,
            calls: positive(self.calls),
            prompt_tokens: positive(self.prompt_tokens),
            completion_tokens: positive(self.completion_tokens),
            cached_tokens: positive(self.cached_tokens),
            cost_micros: positive(self.cost_micros),
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct EntryRow {
    id: Uuid,
    moment: i64,
    actor: String,
    request: Option<String>,
    feature: String,
    component: String,
    provider: String,
    model: String,
    prompt_tokens: i64,
    completion_tokens: i64,
    cached_tokens: i64,
    cost_micros: i64,
    estimated: i64,
}

impl EntryRow {
    fn read(self) -> Result<UsageEntry> {
        Ok(UsageEntry {
            id: self.id,
            moment: timestamp(self.moment)?,
            actor: self.actor,
            request: self.request,
            feature: self.feature,
            component: self.component,
            provider: self.provider,
            model: self.model,
            prompt_tokens: positive(self.prompt_tokens),
            completion_tokens: positive(self.completion_tokens),
            cached_tokens: positive(self.cached_tokens),
            cost_micros: positive(self.cost_micros),
            is_estimated: self.estimated != 0,
        })
    }
}
