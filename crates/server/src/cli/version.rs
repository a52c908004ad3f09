//! `alexandria version`: which version this is.

use alexandria_core::error::Result;

use super::{Outcome, Setting};

/// Prints the version.
pub(super) fn run(setting: &Setting) -> Result<Outcome> {
    let version = env!("CARGO_PKG_VERSION");
    if setting.painter.is_json() {
        setting
            .painter
            .json(&serde_json::json!({ "name": "alexandria", "version": version }))?;
    } else {
        setting.painter.say(format!("alexandria {version}"));
    }
    Ok(Outcome::Done)
}
