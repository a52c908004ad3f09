//! What models have used and cost, summed up by day (UTC), feature and model.

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sea_orm::{FromQueryResult, Value};

use super::database::{execute, row, rows};
use super::{Catalog, Doing, tenant};

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

impl Catalog {
    /// Adds to what has been used today.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn add_usage(&self, principal: &Principal, used: &Used) -> Result<()> {
        let sql = "INSERT INTO usage_days (tenant_id, day, feature, provider, model, calls, \
                   prompt_tokens, completion_tokens, cached_tokens, cost_micros) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   ON CONFLICT (tenant_id, day, feature, provider, model) DO UPDATE SET \
                   calls = usage_days.calls + excluded.calls, \
                   prompt_tokens = usage_days.prompt_tokens + excluded.prompt_tokens, \
                   completion_tokens = usage_days.completion_tokens + excluded.completion_tokens, \
                   cached_tokens = usage_days.cached_tokens + excluded.cached_tokens, \
                   cost_micros = usage_days.cost_micros + excluded.cost_micros";
        let mut values: Vec<Value> = vec![
            tenant(principal).into(),
            self.today().to_string().into(),
            used.feature.clone().into(),
            used.provider.clone().into(),
            used.model.clone().into(),
        ];
        let counts = [
            used.calls,
            used.prompt_tokens,
            used.completion_tokens,
            used.cached_tokens,
            used.cost_micros,
        ];
        values.extend(counts.map(|count| i64::try_from(count).unwrap_or(i64::MAX).into()));
        let done = execute(self.database.write(), sql, values).await;
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
