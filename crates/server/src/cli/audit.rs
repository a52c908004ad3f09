//! `alexandria audit`: who did what, whether the log of it is untouched, and its export.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use axum::body::Body;
use axum::http::{Method, Request};
use clap::{Args, Subcommand, ValueEnum};
use futures::TryStreamExt as _;

use super::door::{Door, Work};
use super::list::{encode, gather};
use super::paint::{GOOD, WARN, clean, counted, paint};
use super::{Outcome, Setting};
use crate::api::audit::{AUDIT_PATH, AuditEntryBody, AuditVerdictBody};
use crate::api::security_events::{SECURITY_EVENTS_PATH, SecurityEventBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria audit list
  alexandria audit list --actor owner --action documents_remove --since 2026-01-01T00:00:00Z
  alexandria audit verify
  alexandria audit export --format cef --to audit.cef
  alexandria audit events";

/// Read the audit log, verify it, and take it along.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List what was done, newest first
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Verify that nobody has touched the log; exits with 1 and names the first entry that does not hold
    Verify {
        /// What an earlier verification printed as the head, kept elsewhere
        #[arg(long, value_name = "SEQUENCE:HASH")]
        kept: Option<String>,
    },
    /// Write the log as lines, oldest first
    Export {
        /// How entries are written
        #[arg(long, value_enum, default_value_t = Format::Jsonl)]
        format: Format,
        #[command(flatten)]
        which: Which,
        /// Into this file instead of to the screen
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// List what looked like an attack, newest first
    Events {
        /// Only of this kind, such as `mass_export`
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
}

/// Which entries.
#[derive(Debug, Args)]
struct Which {
    /// Only of this actor
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only of this action, by its name in the API's description
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only from this moment on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "MOMENT")]
    since: Option<String>,
    /// Only before this moment
    #[arg(long, value_name = "MOMENT")]
    until: Option<String>,
}

impl Which {
    fn query(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("actor", self.actor.as_deref()),
            ("action", self.action.as_deref()),
            ("since", self.since.as_deref()),
            ("until", self.until.as_deref()),
        ]
    }
}

/// How entries are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One JSON object a line
    Jsonl,
    /// The Common Event Format
    Cef,
}

impl Audit {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let done = match &self.verb {
            Verb::List { which, limit } => list(setting, &door, which, *limit).await,
            Verb::Verify { kept } => verify(setting, &door, kept.as_deref()).await,
            Verb::Export { format, which, to } => {
                export(setting, &door, *format, which, to.as_deref()).await
            }
            Verb::Events { kind, limit } => events(setting, &door, kind.as_deref(), *limit).await,
        };
        door.close().await;
        done
    }
}

async fn list(setting: &Setting, door: &Door, which: &Which, limit: usize) -> Result<Outcome> {
    let items: Vec<AuditEntryBody> = gather(door, AUDIT_PATH, &which.query(), limit).await?;
    let row = |entry: &AuditEntryBody| {
        let target = entry.target.as_ref();
        vec![
            entry.sequence.to_string(),
            entry.moment.to_string(),
            clean(&entry.actor),
            clean(&entry.action),
            clean(&entry.outcome),
            target.map_or_else(String::new, |target| {
                clean(&format!("{} {}", target.kind, target.id))
            }),
            clean(entry.address.as_deref().unwrap_or_default()),
        ]
    };
    let headings = [
        "ENTRY", "MOMENT", "ACTOR", "ACTION", "OUTCOME", "TARGET", "ADDRESS",
    ];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

async fn verify(setting: &Setting, door: &Door, kept: Option<&str>) -> Result<Outcome> {
    let query = kept.map_or_else(String::new, |kept| format!("?kept={}", encode(kept)));
    let verdict: AuditVerdictBody = door.get(&format!("{AUDIT_PATH}/verify{query}")).await?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&verdict)?;
    } else if let Some(broken) = &verdict.broken {
        let entries = counted(
            verdict.entries,
            "entry before it holds",
            "entries before it hold",
        );
        let sentence = clean(&broken.sentence);
        painter.say(format!("{} {sentence}; {entries}", paint(WARN, "✗")));
    } else {
        let entries = counted(verdict.entries, "entry holds", "entries hold");
        painter.say(format!("{} {entries}", paint(GOOD, "✓")));
        painter.say(format!("keep this elsewhere: {}", clean(&verdict.head)));
    }
    Ok(if verdict.holds {
        Outcome::Done
    } else {
        Outcome::Incomplete
    })
}

async fn export(
    setting: &Setting,
    door: &Door,
    format: Format,
    which: &Which,
    to: Option<&Path>,
) -> Result<Outcome> {
    let name = match format {
        Format::Jsonl => "jsonl",
        Format::Cef => "cef",
    };
    let mut path = format!("{AUDIT_PATH}/export?format={name}");
    for (name, value) in which.query() {
        if let Some(value) = value {
            path.extend(["&", name, "=", &encode(value)]);
        }
    }
    let request = Request::builder().method(Method::GET).uri(path);
    let request = request
        .body(Body::empty())
        .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
    let lines = door.send(request).await?.into_body();
    let Some(to) = to else {
        let print = |bytes: &[u8]| {
            setting.painter.print(&String::from_utf8_lossy(bytes));
            Ok(())
        };
        take(lines, print).await?;
        return Ok(Outcome::Done);
    };
    let shown = to.display();
    let about = || format!("cannot write the audit log to {shown}");
    let mut file = fs_err::File::create(to).context(ErrorKind::Unavailable, about)?;
    let write = |bytes: &[u8]| file.write_all(bytes).context(ErrorKind::Unavailable, about);
    let count = take(lines, write).await?;
    if setting.painter.is_json() {
        let written = serde_json::json!({ "entries": count, "file": to });
        setting.painter.json(&written)?;
    } else {
        let entries = counted(count, "entry", "entries");
        let line = format!("{} {entries} written to {shown}", paint(GOOD, "✓"));
        setting.painter.say(line);
    }
    Ok(Outcome::Done)
}

/// Takes lines as they come. Says how many there were.
async fn take(lines: Body, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut stream = lines.into_data_stream();
    let mut count = 0_u64;
    let mut begun = Vec::new();
    loop {
        let read = stream.try_next().await.map_err(|source| {
            let sentence = "the audit log broke off: one of its entries cannot be read, see \
                            `alexandria audit verify`, or the server went away";
            Error::new(ErrorKind::Unavailable, sentence).with_source(source)
        })?;
        let Some(bytes) = read else { break };
        begun.extend_from_slice(&bytes);
        // A piece may end within a line, and within a letter.
        let end = begun.iter().rposition(|byte| *byte == b'\n');
        let lines: Vec<u8> = begun.drain(..end.map_or(0, |end| end + 1)).collect();
        let breaks = lines.iter().filter(|byte| **byte == b'\n').count();
        count = count.saturating_add(breaks as u64);
        write(&lines)?;
    }
    Ok(count)
}

async fn events(
    setting: &Setting,
    door: &Door,
    kind: Option<&str>,
    limit: usize,
) -> Result<Outcome> {
    let query = [("kind", kind)];
    let items: Vec<SecurityEventBody> = gather(door, SECURITY_EVENTS_PATH, &query, limit).await?;
    let row = |event: &SecurityEventBody| {
        vec![
            event.moment.to_string(),
            named(&event.kind),
            named(&event.severity),
            clean(&event.subject),
            event.count.to_string(),
            clean(event.address.as_deref().unwrap_or_default()),
        ]
    };
    let headings = ["MOMENT", "KIND", "SEVERITY", "SUBJECT", "COUNT", "ADDRESS"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

/// The name of a twin of the wire.
fn named(twin: &impl serde::Serialize) -> String {
    // Twins that are names have a JSON form that is a text.
    let json = serde_json::to_value(twin).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}
