//! `alexandria key list`: every secret, and whether it is time to change it.

use alexandria_core::clock::Clock as _;
use alexandria_core::error::Result;
use alexandria_library::clock::SystemClock;
use jiff::Timestamp;
use serde::Serialize;

use super::KEY_DAYS_MAX;
use crate::api::encryption::{ENCRYPTION_PATH, EncryptionBody, EncryptionKeyState};
use crate::cli::door::{Door, Work};
use crate::cli::paint::{FAINT, GOOD, WARN, clean, paint, table};
use crate::cli::{Outcome, Setting};
use crate::config::{SETTINGS, Secret};

/// A secret, as it is told of.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    set: bool,
    since: Option<Timestamp>,
    days: Option<i64>,
    old: bool,
    from: String,
}

impl Row {
    fn new(name: String, since: Option<Timestamp>, now: Timestamp, from: String) -> Self {
        let days = since.map(|since| now.duration_since(since).as_hours() / 24);
        Self {
            name,
            set: true,
            since,
            days,
            old: days.is_some_and(|days| days > KEY_DAYS_MAX),
            from,
        }
    }
}

/// Lists them.
pub(super) async fn run(setting: &Setting) -> Result<Outcome> {
    let config = setting.config();
    let now = SystemClock.now();
    let ages = crate::ages::note(config, now)?;
    let mut rows = Vec::new();
    for secret in SETTINGS.iter().filter_map(Secret::of) {
        let from = setting.settled.origins.get(secret.key());
        let from = from.cloned().unwrap_or_default().to_string();
        let since = ages.get(secret.key()).copied();
        let mut row = Row::new(secret.name().to_owned(), since, now, from);
        row.set = !secret.reveal(config).is_empty();
        rows.push(row);
    }
    let encryption = encryption(setting).await;
    let keys = encryption.iter().flat_map(|of| &of.keys);
    for key in keys.filter(|key| key.state == EncryptionKeyState::Active) {
        let name = format!("encryption {}", key.id);
        let from = encryption.as_ref().and_then(|of| of.root.clone());
        let since = Some(key.created_at);
        rows.push(Row::new(name, since, now, from.unwrap_or_default()));
    }
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&serde_json::json!({ "secrets": rows, "encryption": encryption }))?;
        return Ok(Outcome::Done);
    }
    let lines: Vec<Vec<String>> = rows.iter().map(line).collect();
    painter.print(&table(&["SECRET", "AGE", "FROM"], &lines));
    if let Some(of) = encryption.filter(|of| of.pending) {
        painter.say(paint(
            FAINT,
            format!(
                "Bringing files under the newest encryption key: {} of {}.",
                of.files_done, of.files_total
            ),
        ));
    }
    for row in rows.iter().filter(|row| row.old && row.set) {
        let name = row.name.split(' ').next().unwrap_or_default();
        painter.tell(format!(
            "{} {name} is older than {KEY_DAYS_MAX} days: alexandria key rotate {name}",
            paint(WARN, "warning:")
        ));
    }
    Ok(Outcome::Done)
}

fn line(row: &Row) -> Vec<String> {
    let age = match row.days {
        _ if !row.set => paint(FAINT, "not set"),
        None => paint(FAINT, "the default"),
        Some(days) => {
            let style = if row.old { WARN } else { GOOD };
            paint(style, format!("{days} days"))
        }
    };
    vec![clean(&row.name), age, clean(&row.from)]
}

/// How the library's files are encrypted; nothing where there is no library to ask.
async fn encryption(setting: &Setting) -> Option<EncryptionBody> {
    let door = Door::open(setting, Work::Look).await.ok()?;
    let found = door.get(ENCRYPTION_PATH).await;
    door.close().await;
    found.ok()
}
