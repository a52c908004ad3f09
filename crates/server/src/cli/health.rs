//! `alexandria health`: whether the library answers, as the health paths do. For containers without
//! a web client.

use alexandria_core::error::Result;
use axum::body::Body;
use axum::http::Request;
use clap::Args;

use super::door::{Door, Work, read_json};
use super::paint::{BAD, GOOD, WARN, clean, paint};
use super::{Outcome, Setting};
use crate::api::health::Verdict;

/// Say whether the library answers, as the health paths do.
#[derive(Debug, Args)]
pub(super) struct HealthCheck {}

impl HealthCheck {
    /// Checks.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let request = Request::get("/healthz?full=true").body(Body::empty());
        let response = match request {
            Ok(request) => door.send_plainly(request).await,
            Err(error) => Err(alexandria_core::error::Error::new(
                alexandria_core::error::ErrorKind::Internal,
                "cannot make the request",
            )
            .with_source(error)),
        };
        let verdict: Result<Verdict> = match response {
            Ok(response) => read_json(response).await,
            Err(error) => Err(error),
        };
        door.close().await;
        let verdict = verdict?;
        if setting.painter.is_json() {
            setting.painter.json(&verdict)?;
        } else {
            show(setting, &verdict);
        }
        Ok(if verdict.errors.is_empty() {
            Outcome::Done
        } else {
            Outcome::Incomplete
        })
    }
}

fn show(setting: &Setting, verdict: &Verdict) {
    for (name, state) in &verdict.checks {
        let style = match state.as_str() {
            "ok" => GOOD,
            "off" => WARN,
            _ => BAD,
        };
        let latency = verdict.latencies_ms.get(name).copied().unwrap_or_default();
        setting.painter.say(format!(
            "{name:<10} {} {latency:.1} ms",
            paint(style, state)
        ));
    }
    for error in &verdict.errors {
        setting
            .painter
            .tell(format!("{} {}", paint(BAD, "error:"), clean(error)));
    }
}
