//! `alexandria status`: what the library holds and what it is working on.

use alexandria_core::error::Result;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{FAINT, STRONG, WARN, bytes, clean, counted, paint};
use super::{Outcome, Setting};
use crate::api::status::StatusBody;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria status
  alexandria --data /srv/library status --json";

/// Say what the library holds and what it is working on.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Status {}

impl Status {
    /// Says it.
    #[expect(clippy::too_many_lines, reason = "one straight list of lines to print")]
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let server = match &door {
            Door::Server(server) => Some(server.address().to_owned()),
            Door::Here(_) => None,
        };
        let status: Result<StatusBody> = door.get("/api/v1/status").await;
        door.close().await;
        let status = status?;
        let data = setting.config().data.display().to_string();
        let painter = setting.painter;
        if painter.is_json() {
            let body = serde_json::json!({ "data": data, "server": server, "library": status });
            painter.json(&body)?;
            return Ok(Outcome::Done);
        }
        let line = |name: &str, value: String| {
            painter.say(format!(
                "{} {}",
                paint(FAINT, format!("{name:<10}")),
                clean(&value)
            ));
        };
        let name = clean(&status.name);
        painter.say(paint(STRONG, format!("{name}, the library in {data}")));
        if status.environment != "local" {
            line("stands in", status.environment.clone());
        }
        line(
            "server",
            server.unwrap_or_else(|| "none is running; `alexandria serve`".to_owned()),
        );
        let documents = status.documents;
        line(
            "documents",
            format!(
                "{} on {}",
                documents.total,
                counted(status.collections, "collection", "collections")
            ),
        );
        line("ready", documents.ready.to_string());
        let waiting = documents.queued + documents.reading + documents.searchable;
        if waiting > 0 {
            line(
                "unfinished",
                format!(
                    "{} queued, {} being read, {} searchable by their words",
                    documents.queued, documents.reading, documents.searchable
                ),
            );
        }
        if documents.failed > 0 {
            let failed = format!("{}; alexandria list --state failed", documents.failed);
            painter.say(format!(
                "{} {failed}",
                paint(WARN, format!("{:<10}", "failed"))
            ));
        }
        line(
            "passages",
            format!("{}, {} embedded", status.chunks, status.embedded),
        );
        let (originals, rest) = (
            bytes(status.bytes.originals),
            bytes(status.bytes.catalog + status.bytes.indexes),
        );
        line(
            "disk",
            format!("{originals} of files, {rest} of catalog and indexes"),
        );
        let jobs = status.jobs;
        line(
            "jobs",
            format!(
                "{} waiting, {} running, {} failed",
                jobs.waiting, jobs.running, jobs.failed
            ),
        );
        line(
            "model",
            status
                .embedding_model
                .unwrap_or_else(|| "none: by words alone".to_owned()),
        );
        Ok(Outcome::Done)
    }
}
