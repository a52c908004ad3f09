//! `alexandria answer feedback`: say what you think of an answer, and look at what everybody said.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::AnswerId;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::door::Door;
use super::list::gather;
use super::paint::{FAINT, GOOD, STRONG, WARN, clean, paint, shorten, wrap};
use super::{Outcome, Setting};
use crate::api::wire::{FeedbackBody, OpinionBody, ReasonBody, ThumbBody};

/// The width of a question and of what was said, in characters.
const TEXT_CHARACTERS: usize = 40;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria answer feedback 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --up
  alexandria answer feedback 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --down --correction \"In 1743.\"
  alexandria answer feedback 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria answer feedback list --down";

/// Say what you think of an answer; without a thumb, show what you said.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group = ArgGroup::new("what").args(["up", "down", "remove"])
)]
pub(super) struct Feedback {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The answer's id
    #[arg(value_name = "ID", required = true)]
    id: Option<String>,
    /// It was of use
    #[arg(long)]
    up: bool,
    /// It was not
    #[arg(long)]
    down: bool,
    /// Take back what you said
    #[arg(long)]
    remove: bool,
    /// What was wrong with it
    #[arg(long, value_enum, value_name = "REASON", requires = "down")]
    reason: Option<ReasonFlag>,
    /// More in your own words
    #[arg(
        long,
        value_name = "TEXT",
        requires = "what",
        conflicts_with = "remove"
    )]
    comment: Option<String>,
    /// What it should have said
    #[arg(
        long,
        value_name = "TEXT",
        requires = "what",
        conflicts_with = "remove"
    )]
    correction: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List what everybody said, newest first
    List {
        /// Only thumbs up
        #[arg(long, conflicts_with = "down")]
        up: bool,
        /// Only thumbs down
        #[arg(long)]
        down: bool,
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
}

/// What was wrong with an answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ReasonFlag {
    /// It says something false
    Wrong,
    /// Something is missing, or nothing was found although it is there
    Incomplete,
    /// The library does not answer the question, and it should have said so
    NotInLibrary,
    /// It rests on the wrong document
    WrongSource,
    /// It was right once
    Outdated,
    /// It cannot be understood, or is not what was asked
    Unclear,
    /// Something else; the comment says what
    Other,
}

impl From<ReasonFlag> for ReasonBody {
    fn from(flag: ReasonFlag) -> Self {
        match flag {
            ReasonFlag::Wrong => Self::Wrong,
            ReasonFlag::Incomplete => Self::Incomplete,
            ReasonFlag::NotInLibrary => Self::NotInLibrary,
            ReasonFlag::WrongSource => Self::WrongSource,
            ReasonFlag::Outdated => Self::Outdated,
            ReasonFlag::Unclear => Self::Unclear,
            ReasonFlag::Other => Self::Other,
        }
    }
}

impl Feedback {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        if let Some(Verb::List { up, down, limit }) = &self.verb {
            let thumb = match (up, down) {
                (true, _) => Some("up"),
                (_, true) => Some("down"),
                (false, false) => None,
            };
            return list(setting, door, thumb, *limit).await;
        }
        let id = self.id.as_deref().unwrap_or_default();
        let id: AnswerId = id.parse()?;
        let path = format!("/api/v1/answers/{id}/feedback");
        if self.remove {
            door.delete(&path).await?;
            if setting.painter.is_json() {
                let removed = serde_json::json!({ "removed": id });
                setting.painter.json(&removed)?;
            } else {
                setting.painter.say(format!("{} removed", paint(GOOD, "✓")));
            }
            return Ok(Outcome::Done);
        }
        let said: FeedbackBody = match self.opinion()? {
            Some(opinion) => door.put(&path, &opinion).await?,
            None => door.get(&path).await?,
        };
        if setting.painter.is_json() {
            setting.painter.json(&said)?;
        } else {
            show(setting, &said);
        }
        Ok(Outcome::Done)
    }

    /// What is to be said; nothing when there is no thumb.
    fn opinion(&self) -> Result<Option<OpinionBody>> {
        let thumb = match (self.up, self.down) {
            (true, false) => ThumbBody::Up,
            (false, true) => ThumbBody::Down,
            (false, false) => return Ok(None),
            (true, true) => {
                let sentence = "a thumb is up or down, not both";
                return Err(Error::new(ErrorKind::Invalid, sentence));
            }
        };
        Ok(Some(OpinionBody {
            thumb,
            reason: self.reason.map(ReasonBody::from),
            comment: self.comment.clone(),
            correction: self.correction.clone(),
        }))
    }
}

fn show(setting: &Setting, said: &FeedbackBody) {
    let painter = setting.painter;
    painter.say(paint(STRONG, clean(&said.question)));
    let thumb = match said.thumb {
        ThumbBody::Up => paint(GOOD, "thumb up"),
        ThumbBody::Down => paint(WARN, "thumb down"),
    };
    let reason = said.reason.map(|reason| format!(": {}", word(reason)));
    painter.say(thumb + &reason.unwrap_or_default());
    for (name, text) in [("comment", &said.comment), ("correction", &said.correction)] {
        if let Some(text) = text {
            painter.say(paint(FAINT, name));
            painter.say(wrap(text, "    "));
        }
    }
}

async fn list(
    setting: &Setting,
    door: &Door,
    thumb: Option<&str>,
    limit: usize,
) -> Result<Outcome> {
    let query = [("thumb", thumb)];
    let items: Vec<FeedbackBody> = gather(door, "/api/v1/feedback", &query, limit).await?;
    let row = |said: &FeedbackBody| {
        let more = said.correction.as_deref().or(said.comment.as_deref());
        vec![
            word(said.thumb),
            said.reason.map(word).unwrap_or_default(),
            shorten(&said.question, TEXT_CHARACTERS),
            shorten(more.unwrap_or_default(), TEXT_CHARACTERS),
            said.answer_id.to_string(),
        ]
    };
    let headings = [
        "THUMB",
        "REASON",
        "QUESTION",
        "CORRECTION OR COMMENT",
        "ANSWER",
    ];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

/// The name of a value as it stands on the wire.
pub(super) fn word(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
