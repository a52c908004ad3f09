//! `alexandria usage`: what language models have used and cost, day by day.

use alexandria_core::error::Result;
use alexandria_library::usage::USAGE_DAYS_MAX;
use clap::{Args, ValueEnum};

use super::door::{Door, Work};
use super::paint::{FAINT, STRONG, clean, paint};
use super::{Outcome, Setting};
use crate::api::usage::outlook::OutlookBody;
use crate::api::usage::{ByBody, USAGE_DAYS_DEFAULT, UsageReportBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria usage
  alexandria usage --days 7
  alexandria usage --by feature
  alexandria usage --forecast
  alexandria usage --days 1 --json";

/// Say what language models have used and cost, day by day.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Usage {
    /// Days to report, today included.
    #[arg(long, value_name = "N", default_value_t = USAGE_DAYS_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(USAGE_DAYS_MAX)))]
    days: u32,
    /// Sum up by this as well: what it costs per person, key, feature and so on.
    #[arg(long, value_name = "WHAT")]
    by: Option<ByBody>,
    /// Say what the month will cost, and what could be saved.
    #[arg(long, conflicts_with = "by")]
    forecast: bool,
}

impl Usage {
    /// Says it.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        if self.forecast {
            let found: Result<OutlookBody> = door.get("/api/v1/usage/outlook").await;
            door.close().await;
            return outlook(setting, &found?);
        }
        let mut path = format!("/api/v1/usage?days={}", self.days);
        if let Some(by) = self.by.as_ref().and_then(ValueEnum::to_possible_value) {
            path.push_str(&format!("&by={}", by.get_name()));
        }
        let report: Result<UsageReportBody> = door.get(&path).await;
        door.close().await;
        let report = report?;
        let painter = setting.painter;
        if painter.is_json() {
            painter.json(&report)?;
            return Ok(Outcome::Done);
        }
        if self.by.is_some() {
            summed(setting, &report);
            return Ok(Outcome::Done);
        }
        if report.days.is_empty() {
            painter.say(format!(
                "No language model has been used in the last {} days.",
                self.days
            ));
        } else {
            let head = format!(
                "{:<12}{:<11}{:>7}{:>12}{:>12}{:>11}  {}",
                "DAY", "FEATURE", "CALLS", "PROMPT", "WRITTEN", "COST", "MODEL"
            );
            painter.say(paint(FAINT, head));
        }
        for day in &report.days {
            painter.say(format!(
                "{:<12}{:<11}{:>7}{:>12}{:>12}{:>11}  {} ({})",
                day.day,
                clean(&day.feature),
                day.calls,
                day.prompt_tokens,
                day.completion_tokens,
                format!("${:.4}", day.cost_usd),
                clean(&day.model),
                clean(&day.provider)
            ));
        }
        let month = report.month;
        let of = match month.budget_usd {
            none if none <= 0.0 => "there is no budget".to_owned(),
            budget => format!("the budget is ${budget:.2}"),
        };
        painter.say(paint(
            STRONG,
            format!("This month: ${:.2}; {of}", month.cost_usd),
        ));
        Ok(Outcome::Done)
    }
}

/// What has been used by or for what.
fn summed(setting: &Setting, report: &UsageReportBody) {
    let painter = setting.painter;
    let head = format!(
        "{:>9}{:>7}{:>12}{:>12}{:>12}  {}",
        "COST", "CALLS", "PROMPT", "CACHED", "WRITTEN", "FOR"
    );
    painter.say(paint(FAINT, head));
    for used in &report.by {
        painter.say(format!(
            "{:>9}{:>7}{:>12}{:>12}{:>12}  {}",
            format!("${:.4}", used.cost_usd),
            used.calls,
            used.prompt_tokens,
            used.cached_tokens,
            used.completion_tokens,
            clean(&used.name)
        ));
    }
}

/// What the month will cost, and what could be saved.
fn outlook(setting: &Setting, found: &OutlookBody) -> Result<Outcome> {
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(found)?;
        return Ok(Outcome::Done);
    }
    let spent = found.spent_usd;
    painter.say(match &found.forecast {
        Some(forecast) => format!(
            "This month: ${spent:.2} so far; ${:.2} by its end, from ${:.2} to ${:.2} in four of five \
             such months ({} days looked at)",
            forecast.cost_usd, forecast.low_usd, forecast.high_usd, forecast.days
        ),
        None => format!(
            "This month: ${spent:.2} so far; {} whole days of use are too few for a forecast",
            found.days_known
        ),
    });
    for one in &found.recommendations {
        painter.say(paint(STRONG, clean(&one.title)));
        painter.say(clean(&one.reason));
    }
    Ok(Outcome::Done)
}
