//! `alexandria conversation`: the conversations, reading one, renaming, taking along and deleting it.

use std::path::PathBuf;

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::ConversationId;
use axum::body::Body;
use axum::http::{Method, Request};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::door::{Door, Work};
use super::list::gather;
use super::paint::{FAINT, GOOD, MARK, STRONG, clean, counted, paint, shorten, wrap};
use super::{Outcome, Setting};
use crate::api::wire::{ConversationBody, TurnBody, WholeConversationBody};

/// The width of a title, in characters.
const TITLE_CHARACTERS: usize = 60;

/// The largest file that is written, in bytes.
const EXPORT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria ask --continue \"And when was it built?\"
  alexandria conversation list
  alexandria conversation list \"lighthouse keeper\"
  alexandria conversation export 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --format markdown --to talk.md";

/// Look at the conversations, and rename, take along or delete one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Conversation {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the conversations, the last gone on with first
    List {
        /// Only those in whose title, questions or answers these words stand
        #[arg(value_name = "WORDS")]
        words: Option<String>,
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show what was said in a conversation
    Show {
        /// The conversation's id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Give a conversation another title
    Rename {
        /// The conversation's id
        #[arg(value_name = "ID")]
        id: String,
        /// Its new title
        #[arg(value_name = "TITLE")]
        title: String,
    },
    /// Write a conversation to a file, or to standard output
    Export {
        /// The conversation's id
        #[arg(value_name = "ID")]
        id: String,
        /// As what
        #[arg(long, value_enum, default_value_t = Format::Markdown)]
        format: Format,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Delete a conversation with its turns and the answers given in it
    Delete {
        /// The conversation's id
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// As what a conversation is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For programs
    Json,
    /// For people, with numbered citations
    Markdown,
}

impl Conversation {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let done = match &self.verb {
            Verb::List { words, limit } => list(setting, &door, words.as_deref(), *limit).await,
            Verb::Show { id } => show(setting, &door, id).await,
            Verb::Rename { id, title } => rename(setting, &door, id, title).await,
            Verb::Export { id, format, to } => {
                export(setting, &door, id, (*format, to.as_ref())).await
            }
            Verb::Delete { id } => delete(setting, &door, id).await,
        };
        door.close().await;
        done
    }
}

/// The conversation that was gone on with last, or a new one.
pub(super) async fn latest(door: &Door) -> Result<ConversationId> {
    let last: Vec<ConversationBody> = gather(door, "/api/v1/conversations", &[], 1).await?;
    match last.first() {
        Some(last) => Ok(last.id),
        None => {
            let made: ConversationBody = door.post("/api/v1/conversations", &json!({})).await?;
            Ok(made.id)
        }
    }
}

async fn list(
    setting: &Setting,
    door: &Door,
    words: Option<&str>,
    limit: usize,
) -> Result<Outcome> {
    let wanted = [("q", words)];
    let items: Vec<ConversationBody> =
        gather(door, "/api/v1/conversations", &wanted, limit).await?;
    let row = |conversation: &ConversationBody| {
        vec![
            shorten(&conversation.title, TITLE_CHARACTERS),
            conversation.turns.to_string(),
            conversation.changed.strftime("%Y-%m-%d %H:%M").to_string(),
            conversation.id.to_string(),
        ]
    };
    let headings = ["TITLE", "TURNS", "LAST (UTC)", "ID"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

async fn show(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: ConversationId = id.parse()?;
    let whole: WholeConversationBody = door.get(&format!("/api/v1/conversations/{id}")).await?;
    if setting.painter.is_json() {
        setting.painter.json(&whole)?;
        return Ok(Outcome::Done);
    }
    let painter = setting.painter;
    painter.say(paint(STRONG, clean(&whole.conversation.title)));
    for turn in &whole.turns {
        show_turn(setting, turn);
    }
    let turns = counted(whole.turns.len() as u64, "turn", "turns");
    painter.say(paint(FAINT, format!("\n{turns}")));
    Ok(Outcome::Done)
}

fn show_turn(setting: &Setting, turn: &TurnBody) {
    let painter = setting.painter;
    let question = clean(&turn.question);
    painter.say(format!(
        "\n{} {question}",
        paint(MARK, format!("{}.", turn.position))
    ));
    if turn.standalone != turn.question {
        let understood = format!("   understood as: {}", clean(&turn.standalone));
        painter.say(paint(FAINT, understood));
    }
    painter.say(wrap(&turn.answer, "   "));
    for citation in turn.sentences.iter().flat_map(|one| &one.citations) {
        let page = citation.page.map(|page| format!(", page {page}"));
        let source = format!("   {}{}", clean(&citation.title), page.unwrap_or_default());
        painter.say(paint(FAINT, source));
    }
}

async fn rename(setting: &Setting, door: &Door, id: &str, title: &str) -> Result<Outcome> {
    let id: ConversationId = id.parse()?;
    let path = format!("/api/v1/conversations/{id}");
    let renamed: ConversationBody = door.patch(&path, &json!({ "title": title })).await?;
    if setting.painter.is_json() {
        setting.painter.json(&renamed)?;
    } else {
        let told = format!("{} now called {}", paint(GOOD, "✓"), clean(&renamed.title));
        setting.painter.say(told);
    }
    Ok(Outcome::Done)
}

async fn export(
    setting: &Setting,
    door: &Door,
    id: &str,
    (format, to): (Format, Option<&PathBuf>),
) -> Result<Outcome> {
    let id: ConversationId = id.parse()?;
    let format = match format {
        Format::Markdown if !setting.painter.is_json() => "markdown",
        Format::Json | Format::Markdown => "json",
    };
    let about = || "cannot take the conversation along".to_owned();
    let path = format!("/api/v1/conversations/{id}/export?format={format}");
    let request = Request::builder().method(Method::GET).uri(path);
    let request = request
        .body(Body::empty())
        .context(ErrorKind::Internal, about)?;
    let reply = door.send(request).await?;
    let bytes = axum::body::to_bytes(reply.into_body(), EXPORT_BYTES_MAX)
        .await
        .context(ErrorKind::Unavailable, about)?;
    match to {
        Some(file) => {
            fs_err::write(file, &bytes).context(ErrorKind::Unavailable, about)?;
            let told = format!("{} written to {}", paint(GOOD, "✓"), file.display());
            setting.painter.tell(told);
        }
        None => setting
            .painter
            .say(String::from_utf8_lossy(&bytes).trim_end()),
    }
    Ok(Outcome::Done)
}

async fn delete(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: ConversationId = id.parse()?;
    door.delete(&format!("/api/v1/conversations/{id}")).await?;
    if setting.painter.is_json() {
        setting.painter.json(&json!({ "deleted": id }))?;
    } else {
        setting.painter.say(format!("{} deleted", paint(GOOD, "✓")));
    }
    Ok(Outcome::Done)
}
