//! What people are to be told: alerts of budgets and the report of the day, each once for each way of
//! telling, however many processes there are.
//!
//! A process that is going to tell one puts the next attempt off first, so that no other tells it at the
//! same time, and one that dies meanwhile is followed by another.

use std::time::Duration;

use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use super::database::{execute, row};
use super::ledger::Reached;
use super::row::{timestamp, to_json};
use super::{Catalog, Doing, commit, tenant};

/// How often a notice is tried to be sent.
pub const NOTICE_ATTEMPTS_MAX: u32 = 8;

/// The wait before the second attempt; each further one doubles.
const NOTICE_RETRY_FIRST: Duration = Duration::from_secs(30);

/// A way of telling people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A line of the log; told by whoever keeps the notice.
    Log,
    /// A call of a web address.
    Webhook,
    /// A mail.
    Mail,
}

impl Way {
    /// The way's name in the catalog and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }
}

/// Something to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// What it is about, such as `budget-alert`.
    pub about: &'static str,
    /// Whom or what it concerns.
    pub subject: String,
    /// The month or the day; there is one notice for each.
    pub period: String,
    /// What is told, as JSON.
    pub body: String,
}

/// What is told of a level that has been reached.
#[derive(Serialize)]
struct ReachedBody<'a> {
    kind: &'a str,
    subject: &'a str,
    month: &'a str,
    spent_micros: u64,
    limit_micros: u64,
}

impl NewNotice {
    /// That a level of a budget has been reached.
    pub(super) fn of_reached(reached: &Reached, month: &str) -> Result<Self> {
        let (kind, name) = (reached.subject.kind().name(), reached.subject.name());
        Ok(Self {
            about: reached.level.about(),
            subject: format!("{kind}:{name}"),
            period: month.to_owned(),
            body: to_json(&ReachedBody {
                kind,
                subject: name,
                month,
                spent_micros: reached.spent,
                limit_micros: reached.limit,
            })?,
        })
    }
}

/// A notice that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its identity, the same at each attempt.
    pub id: Uuid,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it is about.
    pub about: String,
    /// Whom or what it concerns.
    pub subject: String,
    /// The month or the day.
    pub period: String,
    /// How it is told.
    pub way: String,
    /// What is told, as JSON.
    pub body: String,
    /// Since when it is to be told.
    pub created: Timestamp,
    /// Which attempt this is, from 1.
    pub attempts: u32,
}

impl Catalog {
    /// Keeps a notice to be told in each of these ways, unless it has been kept before; says whether it
    /// is new.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn add_notice(
        &self,
        principal: &Principal,
        notice: &NewNotice,
        ways: &[Way],
    ) -> Result<bool> {
        let tx = self.begin().await?;
        let new = self.keep_notice(&tx, principal, notice, ways).await?;
        commit(tx, "a notice").await?;
        Ok(new)
    }

    pub(super) async fn keep_notice(
        &self,
        tx: &DatabaseTransaction,
        principal: &Principal,
        notice: &NewNotice,
        ways: &[Way],
    ) -> Result<bool> {
        let sql = "INSERT INTO notices (id, tenant_id, about, subject, period, way, body, created, due, \
                   sent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
        let now = self.now();
        let mut is_new = false;
        for way in std::iter::once(&Way::Log).chain(ways.iter().filter(|way| **way != Way::Log)) {
            let told = (*way == Way::Log).then_some(now);
            let due = told.is_none().then_some(now);
            let values: Vec<Value> = vec![
                self.next_id().into(),
                tenant(principal).into(),
                notice.about.into(),
                notice.subject.clone().into(),
                notice.period.clone().into(),
                way.name().into(),
                notice.body.clone().into(),
                now.into(),
                due.into(),
                told.into(),
            ];
            let kept = execute(tx, sql, values).await;
            let kept = kept.doing(|| "cannot keep a notice".to_owned())?;
            is_new |= kept > 0 && *way == Way::Log;
            // A way that is set up later does not tell what has been told before.
            if *way == Way::Log && kept == 0 {
                return Ok(false);
            }
        }
        Ok(is_new)
    }

    /// The next notice that is due, of whatever tenant; its next attempt is put off meanwhile.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn claim_notice(&self, _by: &Principal) -> Result<Option<Notice>> {
        let sentence = || "cannot look for notices to be sent".to_owned();
        let now = self.now();
        let due = "SELECT id, tenant_id, about, subject, period, way, body, created, attempts \
                   FROM notices WHERE due <= $1 ORDER BY due, id LIMIT 1";
        let waiting = row::<Row, _>(self.database.read(), due, vec![now.into()]).await;
        if waiting.doing(sentence)?.is_none() {
            return Ok(None);
        }
        let tx = self.begin().await?;
        let due = match self.database.is_postgres() {
            true => format!("{due} FOR UPDATE SKIP LOCKED"),
            false => due.to_owned(),
        };
        let found = row::<Row, _>(&tx, due, vec![now.into()]).await;
        let Some(found) = found.doing(sentence)? else {
            return Ok(None);
        };
        let doubled = NOTICE_RETRY_FIRST.saturating_mul(1 << found.attempts.clamp(0, 16));
        let wait = i64::try_from(doubled.as_micros()).unwrap_or(i64::MAX);
        let last = found.attempts.saturating_add(1) >= i64::from(NOTICE_ATTEMPTS_MAX);
        let next = (!last).then_some(now.saturating_add(wait));
        let sql = "UPDATE notices SET attempts = attempts + 1, due = $2 WHERE id = $1";
        let values = vec![found.id.into(), next.into()];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "that a notice is being sent").await?;
        found.read().map(Some)
    }

    /// Notes that a notice has been told.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn notice_sent(&self, _by: &Principal, id: Uuid) -> Result<()> {
        let sql = "UPDATE notices SET sent = $2, due = NULL, last_error = NULL WHERE id = $1";
        let values = vec![id.into(), self.now().into()];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot note that a notice has been sent".to_owned())?;
        Ok(())
    }

    /// Notes why a notice could not be told this time.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn notice_failed(&self, _by: &Principal, id: Uuid, why: &str) -> Result<()> {
        let sql = "UPDATE notices SET last_error = $2 WHERE id = $1";
        let done = execute(self.database.write(), sql, vec![id.into(), why.into()]).await;
        done.doing(|| "cannot note that a notice has not been sent".to_owned())?;
        Ok(())
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    tenant_id: Uuid,
    about: String,
    subject: String,
    period: String,
    way: String,
    body: String,
    created: i64,
    attempts: i64,
}

impl Row {
    fn read(self) -> Result<Notice> {
        Ok(Notice {
            id: self.id,
            tenant: TenantId::from_uuid(self.tenant_id),
            about: self.about,
            subject: self.subject,
            period: self.period,
            way: self.way,
            body: self.body,
            created: timestamp(self.created)?,
            attempts: u32::try_from(self.attempts.saturating_add(1)).unwrap_or(u32::MAX),
        })
    }
}
