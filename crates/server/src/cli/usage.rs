//! `alexandria usage`: what language models have used and cost, day by day.

use alexandria_core::error::Result;
use alexandria_library::usage::USAGE_DAYS_MAX;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{FAINT, STRONG, clean, paint};
use super::{Outcome, Setting};
use crate::api::usage::{USAGE_DAYS_DEFAULT, UsageReportBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria usage
  alexandria usage --days 7
  alexandria usage --days 1 --json";

/// Say what language models have used and cost, day by day.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Usage {
    /// Days to report, today included.
    #[arg(long, value_name = "N", default_value_t = USAGE_DAYS_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(USAGE_DAYS_MAX)))]
    days: u32,
}

impl Usage {
    /// Says it.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let path = format!("/api/v1/usage?days={}", self.days);
        let report: Result<UsageReportBody> = door.get(&path).await;
        door.close().await;
        let report = report?;
        let painter = setting.painter;
        if painter.is_json() {
            painter.json(&report)?;
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
