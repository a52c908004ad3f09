//! What people are told beside the log: levels of budgets that were reached, and the report of each day.
//!
//! What is to be told stands in the catalog, once for each way of telling it, and whoever tells it
//! takes it from there; so nothing is told twice by two processes and nothing is lost with one.

use alexandria_core::access::Scope;
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{NewNotice, Notice, PAGE_ITEMS_MAX, UsedOnDay};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use uuid::Uuid;

use crate::library::Library;
use crate::usage::dollars;

/// The hour (UTC) from which on the report of the day before is told unless the settings say otherwise.
pub const REPORT_HOUR_DEFAULT: u16 = 6;

/// What a notice of the report of a day is called.
pub const DAILY_REPORT: &str = "daily-report";

/// What models used on a day.
#[derive(Serialize)]
struct Report {
    day: Date,
    calls: u64,
    prompt_tokens: u64,
    completion_tokens: u64,
    cached_tokens: u64,
    cost_micros: u64,
}

impl Library {
    /// Keeps the report of the day before for every tenant that has used models on it, once, as soon as
    /// the hour has come; gives the day when all are kept, and nothing before the hour.
    ///
    /// # Errors
    /// `Forbidden` without the scope to look after the installation; `Unavailable` when the catalog does
    /// not answer.
    pub async fn keep_daily_reports(
        &self,
        principal: &Principal,
        hour: u16,
    ) -> Result<Option<Date>> {
        principal.require(Scope::Operate)?;
        let now = self.clock.now().to_zoned(TimeZone::UTC);
        if i32::from(now.hour()) < i32::from(hour) {
            return Ok(None);
        }
        let Ok(day) = now.date().yesterday() else {
            return Ok(None);
        };
        let mut cursor = None;
        loop {
            let page = self
                .catalog
                .tenants(principal, cursor.as_deref(), PAGE_ITEMS_MAX)
                .await?;
            for tenant in &page.items {
                self.keep_daily_report(tenant.id, day).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(Some(day));
            }
        }
    }

    async fn keep_daily_report(&self, tenant: TenantId, day: Date) -> Result<()> {
        let of_tenant = Principal::system(tenant, "the report of the day");
        let used = self.catalog.usage_since(&of_tenant, day).await?;
        let used: Vec<&UsedOnDay> = used.iter().filter(|one| one.day == day).collect();
        if used.is_empty() {
            return Ok(());
        }
        let sum = |count: fn(&UsedOnDay) -> u64| used.iter().map(|one| count(one)).sum();
        let report = Report {
            day,
            calls: sum(|one| one.used.calls),
            prompt_tokens: sum(|one| one.used.prompt_tokens),
            completion_tokens: sum(|one| one.used.completion_tokens),
            cached_tokens: sum(|one| one.used.cached_tokens),
            cost_micros: sum(|one| one.used.cost_micros),
        };
        let body = serde_json::to_string(&report).context(ErrorKind::Internal, || {
            "cannot write the report of a day".to_owned()
        })?;
        let notice = NewNotice {
            about: DAILY_REPORT,
            subject: String::new(),
            period: day.to_string(),
            body,
        };
        let ways = &self.settings.alert_ways;
        if self.catalog.add_notice(&of_tenant, &notice, ways).await? {
            tracing::info!(
                tenant.id = %tenant,
                day = %day,
                calls = report.calls,
                prompt_tokens = report.prompt_tokens,
                completion_tokens = report.completion_tokens,
                cost_usd = dollars(report.cost_micros),
                "what models used on a day"
            );
        }
        Ok(())
    }

    /// The next notice that is due, of whatever tenant. It is the caller's to tell; if it says nothing
    /// more of it, it is due again later.
    ///
    /// # Errors
    /// As for [`Self::keep_daily_reports`].
    pub async fn next_notice(&self, principal: &Principal) -> Result<Option<Notice>> {
        principal.require(Scope::Operate)?;
        self.catalog.claim_notice(principal).await
    }

    /// Notes whether a notice could be told; with a reason, it is tried again some times.
    ///
    /// # Errors
    /// As for [`Self::keep_daily_reports`].
    pub async fn note_notice(
        &self,
        principal: &Principal,
        id: Uuid,
        failure: Option<&str>,
    ) -> Result<()> {
        principal.require(Scope::Operate)?;
        match failure {
            None => self.catalog.notice_sent(principal, id).await,
            Some(why) => self.catalog.notice_failed(principal, id, why).await,
        }
    }
}
