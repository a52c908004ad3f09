//! `alexandria eval case`: questions with the answers they should get, made of feedback.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::{AnswerId, CaseId};
use axum::body::Body;
use axum::http::{Method, Request};
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::list::gather;
use super::paint::{FAINT, GOOD, WARN, clean, counted, paint, shorten};
use super::{Outcome, Setting};
use crate::api::wire::{CaseBody, NewCaseBody};

/// Where cases are.
const PATH: &str = "/api/v1/evaluation/cases";

/// The width of a question and of an answer, in characters.
const TEXT_CHARACTERS: usize = 45;

/// The largest export that is taken, in bytes.
const EXPORT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria eval case add 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria eval case add 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --answer 1743 --answer \"in 1743\"
  alexandria eval case list
  alexandria eval case export --to questions.jsonl";

/// Keep questions with the answers they should get.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Case {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a case of an answer and its feedback
    Add {
        /// The answer's id
        #[arg(value_name = "ANSWER")]
        answer: String,
        /// A right answer, instead of what the feedback says; may come several times
        #[arg(long = "answer", value_name = "TEXT")]
        answers: Vec<String>,
        /// The question must not be answered
        #[arg(long, conflicts_with = "answers")]
        unanswerable: bool,
    },
    /// List the cases, newest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Remove a case
    Remove {
        /// The case's id
        #[arg(value_name = "CASE")]
        id: String,
    },
    /// Write all cases as a question set, one JSON object a line
    Export {
        /// Into this file instead of to the screen
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

impl Case {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let done = match &self.verb {
            Verb::Add {
                answer,
                answers,
                unanswerable,
            } => {
                let given = (*unanswerable || !answers.is_empty()).then(|| answers.clone());
                add(setting, &door, answer, given).await
            }
            Verb::List { limit } => list(setting, &door, *limit).await,
            Verb::Remove { id } => remove(setting, &door, id).await,
            Verb::Export { to } => export(setting, &door, to.as_deref()).await,
        };
        door.close().await;
        done
    }
}

async fn add(
    setting: &Setting,
    door: &Door,
    answer: &str,
    answers: Option<Vec<String>>,
) -> Result<Outcome> {
    let answer_id: AnswerId = answer.parse()?;
    let made: CaseBody = door.post(PATH, &NewCaseBody { answer_id, answers }).await?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&made)?;
        return Ok(Outcome::Done);
    }
    painter.say(format!("{} {}", paint(GOOD, "✓"), clean(&made.question)));
    if made.answers.is_empty() {
        painter.say(paint(WARN, "  must not be answered"));
    }
    for right in &made.answers {
        painter.say(paint(FAINT, format!("  {}", clean(right))));
    }
    Ok(Outcome::Done)
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<Outcome> {
    let items: Vec<CaseBody> = gather(door, PATH, &[], limit).await?;
    let row = |case: &CaseBody| {
        let first = case.answers.first().map(String::as_str);
        vec![
            shorten(&case.question, TEXT_CHARACTERS),
            shorten(first.unwrap_or("must not be answered"), TEXT_CHARACTERS),
            case.documents.len().to_string(),
            case.id.to_string(),
        ]
    };
    let headings = ["QUESTION", "RIGHT ANSWER", "DOCUMENTS", "CASE"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

async fn remove(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: CaseId = id.parse()?;
    door.delete(&format!("{PATH}/{id}")).await?;
    if setting.painter.is_json() {
        let removed = serde_json::json!({ "removed": id });
        setting.painter.json(&removed)?;
    } else {
        setting.painter.say(format!("{} removed", paint(GOOD, "✓")));
    }
    Ok(Outcome::Done)
}

/// All cases as a question set.
///
/// # Errors
/// What the library said.
pub(super) async fn exported(door: &Door) -> Result<String> {
    let request = Request::builder()
        .method(Method::GET)
        .uri(format!("{PATH}/export"));
    let request = request
        .body(Body::empty())
        .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
    let reply = door.send(request).await?;
    let bytes = axum::body::to_bytes(reply.into_body(), EXPORT_BYTES_MAX).await;
    let bytes = bytes.context(ErrorKind::Unavailable, || {
        "cannot read the library's reply".to_owned()
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn export(setting: &Setting, door: &Door, to: Option<&Path>) -> Result<Outcome> {
    let text = exported(door).await?;
    let Some(path) = to else {
        setting.painter.print(&text);
        return Ok(Outcome::Done);
    };
    fs_err::write(path, text.as_bytes()).context(ErrorKind::Unavailable, || {
        format!("cannot write the cases to {}", path.display())
    })?;
    let count = text.lines().count();
    if setting.painter.is_json() {
        let written = serde_json::json!({ "cases": count, "file": path });
        setting.painter.json(&written)?;
    } else {
        let cases = counted(count as u64, "case", "cases");
        let line = format!("{} {cases} written to {}", paint(GOOD, "✓"), path.display());
        setting.painter.say(line);
    }
    Ok(Outcome::Done)
}
