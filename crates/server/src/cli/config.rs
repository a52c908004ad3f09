//! `alexandria config`: every setting, its value and where it came from. This is the reference.

use alexandria_core::error::Result;
use clap::Args;

use super::paint::{FAINT, MARK, STRONG, paint};
use super::{Outcome, Setting};
use crate::config::{Origin, SETTINGS};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria config
  PORT=8001 alexandria config --json";

/// Show every setting, its value and where it came from.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowConfig {}

impl ShowConfig {
    /// Prints the reference.
    #[expect(clippy::unused_self, reason = "verbs are called alike")]
    pub(super) fn run(&self, setting: &Setting) -> Result<Outcome> {
        let config = setting.config();
        let origin = |key: &str| {
            setting
                .settled
                .origins
                .get(key)
                .cloned()
                .unwrap_or_default()
        };
        if setting.painter.is_json() {
            let rows = SETTINGS.iter().map(|row| {
                serde_json::json!({ "key": row.key, "environment": row.environment,
                    "value": (row.show)(config), "from": origin(row.key).to_string(),
                    "about": row.about.trim(), "secret": row.secret })
            });
            setting.painter.json(&rows.collect::<Vec<_>>())?;
            return Ok(Outcome::Done);
        }
        for row in SETTINGS {
            let value = (row.show)(config);
            let from = origin(row.key);
            let shade = if from == Origin::Default { FAINT } else { MARK };
            let from = paint(shade, from);
            let shown = if value.is_empty() {
                paint(FAINT, "(not set)")
            } else {
                value
            };
            setting
                .painter
                .say(format!("{} = {shown}  {from}", paint(STRONG, row.key)));
            let about = format!("    {} [{}]", row.about.trim(), row.environment.join(", "));
            setting.painter.say(paint(FAINT, about));
        }
        for warning in &setting.settled.warnings {
            setting.painter.tell(format!(
                "{} {warning}",
                paint(super::paint::WARN, "warning:")
            ));
        }
        Ok(Outcome::Done)
    }
}
