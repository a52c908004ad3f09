//! `alexandria show`: one document, what is known of it, and its text.

use alexandria_core::error::Result;
use alexandria_core::id::DocumentId;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{BAD, FAINT, STRONG, WARN, bytes, clean, paint};
use super::{Outcome, Setting};
use crate::api::originals::TextBody;
use crate::api::wire::DocumentBody;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria show 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria show 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --text";

/// Show one document: what is known of it, and its text.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Show {
    /// The document's id; `alexandria list` shows them
    #[arg(value_name = "ID")]
    document: String,
    /// Print the whole stored text instead
    #[arg(long)]
    text: bool,
}

impl Show {
    /// Shows it.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let id: DocumentId = self.document.parse()?;
        let door = Door::open(setting, Work::Look).await?;
        let shown = if self.text {
            show_text(setting, &door, id).await
        } else {
            show_facts(setting, &door, id).await
        };
        door.close().await;
        shown
    }
}

/// Prints the stored text, piece by piece: a book is not held whole.
async fn show_text(setting: &Setting, door: &Door, id: DocumentId) -> Result<Outcome> {
    let mut start = 0;
    loop {
        let piece: TextBody = door
            .get(&format!("/api/v1/documents/{id}/text?start={start}"))
            .await?;
        setting.painter.print(&piece.text);
        start = piece.span.end;
        if start >= piece.bytes || piece.text.is_empty() {
            setting.painter.say("");
            return Ok(Outcome::Done);
        }
    }
}

async fn show_facts(setting: &Setting, door: &Door, id: DocumentId) -> Result<Outcome> {
    let document: DocumentBody = door.get(&format!("/api/v1/documents/{id}")).await?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&document)?;
        return Ok(Outcome::Done);
    }
    painter.say(paint(STRONG, clean(&document.title)));
    for (name, value) in facts(&document) {
        painter.say(format!(
            "  {} {}",
            paint(FAINT, format!("{name:<10}")),
            clean(&value)
        ));
    }
    for fault in &document.faults {
        let page = fault
            .page
            .map(|page| format!("page {page}: "))
            .unwrap_or_default();
        painter.say(format!(
            "  {} {page}{}",
            paint(WARN, "fault"),
            clean(&fault.message)
        ));
    }
    if document.faults.is_empty() && document.state.name() == "failed" {
        painter.say(paint(BAD, "  it could not be read"));
    }
    Ok(Outcome::Done)
}

fn facts(document: &DocumentBody) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("id", document.id.to_string()),
        ("collection", document.collection.clone()),
    ];
    if !document.authors.is_empty() {
        facts.push(("by", document.authors.join(", ")));
    }
    facts.push(("from", document.name.clone()));
    facts.push(("state", state(document)));
    let format = if document.format.is_empty() {
        &document.media_type
    } else {
        &document.format
    };
    facts.push(("format", format!("{format}, {}", bytes(document.bytes))));
    if let Some(pages) = document.pages {
        facts.push(("pages", pages.to_string()));
    }
    if let Some(language) = &document.language {
        facts.push(("language", language.clone()));
    }
    if let Some(category) = &document.category {
        facts.push(("about", category.clone()));
    }
    if !document.tags.is_empty() {
        facts.push(("tags", document.tags.join(", ")));
    }
    facts.push(("sha256", document.digest.clone()));
    facts.push(("added", document.added.to_string()));
    facts
}

fn state(document: &DocumentBody) -> String {
    let DocumentBody {
        chunks, embedded, ..
    } = document;
    match document.state.name() {
        "searchable" => {
            format!("searchable by its words; {embedded} of {chunks} passages embedded")
        }
        "ready" => format!("ready; {chunks} passages"),
        other => other.to_owned(),
    }
}
