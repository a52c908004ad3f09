//! Telling people of budgets and of the use of each day, by a call of a web address and by mail, and of
//! what looks like an attack.
//!
//! What is told stands in the catalog and is taken from there, so several servers tell it once. A call
//! that nobody answers and a mail that nobody takes are tried again, up to a limit.

pub(crate) mod attacks;
mod mail;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TENANT_DEFAULT;
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_library::notices::DAILY_REPORT;
use alexandria_store::catalog::{NOTICE_ATTEMPTS_MAX, Notice, Way};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::config::Config;
use mail::Mail;
use webhook::Webhook;

/// How often it is looked whether there is something to be told.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The longest that telling one may take.
const TELL_TIMEOUT: Duration = Duration::from_secs(20);

/// The ways of telling that the settings name.
pub(crate) fn ways(config: &Config) -> Vec<Way> {
    let webhook = config.alerts_webhook_url.as_ref().map(|_| Way::Webhook);
    let mail = config.alerts_smtp_url.as_ref().map(|_| Way::Mail);
    webhook.into_iter().chain(mail).collect()
}

/// Refuses settings that cannot tell anybody.
///
/// # Errors
/// `Invalid` with what to set.
pub(crate) fn check(config: &Config) -> Result<()> {
    Alerts::new(config).map(drop)
}

/// How people are told.
#[derive(Debug)]
pub(crate) struct Alerts {
    webhook: Option<Webhook>,
    mail: Option<Mail>,
    report_hour: u16,
}

impl Alerts {
    /// As the settings say.
    ///
    /// # Errors
    /// `Invalid` for settings that cannot be.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        if config.alerts_report_hour > 23 {
            let sentence = "the setting alerts.report_hour is an hour from 0 to 23";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(Self {
            webhook: Webhook::open(
                "alerts.webhook_url",
                config.alerts_webhook_url.as_deref(),
                config.alerts_webhook_secret.as_deref(),
            )?,
            mail: Mail::open(config)?,
            report_hour: config.alerts_report_hour,
        })
    }

    /// Tells people, until it is dropped.
    pub(crate) async fn run(self, library: Arc<Library>) {
        let by = Principal::system(TENANT_DEFAULT, "telling people of budgets");
        let mut every = tokio::time::interval(LOOK_EVERY);
        let mut reported: Option<Date> = None;
        loop {
            every.tick().await;
            if let Err(error) = self.report(&library, &by, &mut reported).await {
                tracing::warn!("cannot keep the report of a day: {}", error.chain());
            }
            if let Err(error) = self.tell_due(&library, &by).await {
                tracing::warn!("cannot look for notices: {}", error.chain());
            }
        }
    }

    async fn report(
        &self,
        library: &Library,
        by: &Principal,
        reported: &mut Option<Date>,
    ) -> Result<()> {
        let yesterday = library.catalog().today().yesterday().ok();
        if reported.is_none() || *reported != yesterday {
            *reported = library.keep_daily_reports(by, self.report_hour).await?;
        }
        Ok(())
    }

    /// Tells everything that is due.
    async fn tell_due(&self, library: &Library, by: &Principal) -> Result<()> {
        while let Some(notice) = library.next_notice(by).await? {
            let told = tokio::time::timeout(TELL_TIMEOUT, self.tell(&notice)).await;
            let told = told.unwrap_or_else(|_elapsed| {
                let seconds = TELL_TIMEOUT.as_secs();
                let sentence = format!("nobody took it within {seconds} s");
                Err(Error::new(ErrorKind::Timeout, sentence))
            });
            let outcome = if told.is_ok() { "sent" } else { "failed" };
            let labels = [("way", notice.way.clone()), ("outcome", outcome.to_owned())];
            metrics::counter!(NOTICES_TOTAL, &labels).increment(1);
            let why = told.err().map(|error| error.chain());
            if let Some(why) = &why {
                tracing::warn!(
                    notice.id = %notice.id,
                    way = notice.way,
                    attempt = notice.attempts,
                    attempts_max = NOTICE_ATTEMPTS_MAX,
                    "a notice could not be sent: {why}"
                );
            }
            library.note_notice(by, notice.id, why.as_deref()).await?;
        }
        Ok(())
    }

    async fn tell(&self, notice: &Notice) -> Result<()> {
        let gone = || {
            let sentence = format!("the settings name no {} any more", notice.way);
            Error::new(ErrorKind::Invalid, sentence)
        };
        if notice.way == Way::Webhook.name() {
            let webhook = self.webhook.as_ref().ok_or_else(gone)?;
            webhook.send(body(notice)).await
        } else {
            self.mail.as_ref().ok_or_else(gone)?.send(notice).await
        }
    }
}

/// Counter: notices that were sent or could not be, by way (`webhook`, `mail`) and outcome (`sent`,
/// `failed`).
pub(crate) const NOTICES_TOTAL: &str = "notices_total";

/// What a web address is told.
fn body(notice: &Notice) -> Vec<u8> {
    json!({
        "id": notice.id,
        "about": notice.about,
        "tenant": notice.tenant,
        "period": notice.period,
        "text": headline(notice),
        "details": serde_json::from_str::<Value>(&notice.body).unwrap_or_default(),
    })
    .to_string()
    .into_bytes()
}

/// What a notice says, in a line for people.
fn headline(notice: &Notice) -> String {
    let body: Value = serde_json::from_str(&notice.body).unwrap_or_default();
    let field = |name: &str| body.get(name).cloned().unwrap_or_default();
    let usd = |name: &str| alexandria_library::usage::dollars(field(name).as_u64().unwrap_or(0));
    if notice.about == DAILY_REPORT {
        return format!(
            "{}: {} calls of models, {} tokens read, {} written, ${:.2}",
            notice.period,
            field("calls"),
            field("prompt_tokens"),
            field("completion_tokens"),
            usd("cost_micros")
        );
    }
    let subject = match field("subject").as_str() {
        None | Some("") => "the tenant".to_owned(),
        Some(name) => format!("the {} {name}", field("kind").as_str().unwrap_or("subject")),
    };
    let (spent, limit) = (usd("spent_micros"), usd("limit_micros"));
    let what = match notice.about.as_str() {
        "budget-cap" => "the most that may be spent",
        _ => "the alert",
    };
    format!(
        "{subject} has spent ${spent:.2} in {}: {what} is ${limit:.2}",
        notice.period
    )
}
