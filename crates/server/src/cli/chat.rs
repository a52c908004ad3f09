//! `alexandria chat`: question after question in one conversation, as they are typed.

use std::io::{BufRead as _, IsTerminal as _};

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::ConversationId;
use clap::Args;
use serde_json::json;

use super::ask::show;
use super::conversation::latest;
use super::door::{Door, Work};
use super::paint::{FAINT, paint};
use super::search::FilterFlags;
use super::{Outcome, Setting};
use crate::api::requests::QuestionBody;
use crate::api::wire::{AnswerBody, ConversationBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria chat
  alexandria chat --continue --collection Novels";

/// Ask question after question in one conversation, one a line.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Chat {
    #[command(flatten)]
    filter: FilterFlags,
    /// Go on with this conversation instead of a new one
    #[arg(long, value_name = "ID", conflicts_with = "go_on")]
    conversation: Option<String>,
    /// Go on with the last conversation
    #[arg(long = "continue")]
    go_on: bool,
}

impl Chat {
    /// Asks until there are no more lines.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let named = self.conversation.as_deref().map(str::parse).transpose()?;
        let door = Door::open(setting, Work::Look).await?;
        let talked = self.talk(setting, &door, named).await;
        door.close().await;
        talked
    }

    async fn talk(
        &self,
        setting: &Setting,
        door: &Door,
        named: Option<ConversationId>,
    ) -> Result<Outcome> {
        let id = match (named, self.go_on) {
            (Some(id), _) => id,
            (None, true) => latest(door).await?,
            (None, false) => {
                let path = "/api/v1/conversations";
                let made: ConversationBody = door.post(path, &json!({})).await?;
                made.id
            }
        };
        let painter = setting.painter;
        if std::io::stdin().is_terminal() {
            painter.tell(paint(FAINT, "Ask; an empty line ends the conversation."));
        }
        while let Some(question) = next_line().await? {
            let body = QuestionBody {
                question,
                filter: self.filter.body()?,
                passages: None,
                writer: None,
                persona: None,
                fresh: false,
                conversation_id: Some(id),
            };
            let answer: AnswerBody = door.post("/api/v1/ask", &body).await?;
            if painter.is_json() {
                painter.json(&answer)?;
            } else {
                show(setting, &answer);
            }
        }
        let told = format!("go on with: alexandria chat --conversation {id}");
        painter.tell(paint(FAINT, told));
        Ok(Outcome::Done)
    }
}

/// The next line of standard input; none at its end, and for an empty one.
async fn next_line() -> Result<Option<String>> {
    let about = || "cannot read the question".to_owned();
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        Ok::<_, std::io::Error>(line.trim().to_owned())
    });
    let line = read
        .await
        .context(ErrorKind::Internal, about)?
        .context(ErrorKind::Invalid, about)?;
    Ok((!line.is_empty()).then_some(line))
}
