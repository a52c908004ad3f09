//! `alexandria ask`: an answer in quoted sentences, each with the page it stands on.

use alexandria_core::error::Result;
use clap::Args;

use super::conversation;
use super::door::{Door, Work};
use super::paint::{FAINT, MARK, STRONG, WARN, clean, counted, paint, wrap};
use super::search::{FilterFlags, describe, say_place};
use super::{Outcome, Setting};
use crate::api::requests::{QuestionBody, WriterChoiceBody};
use crate::api::wire::{AnswerBody, CitationBody, PassageBody, WriterKind};

/// How many near misses are shown when nothing was found.
const NEAR_MISSES: usize = 3;

/// Characters of a near miss that are shown at most.
const NEAR_MISS_CHARACTERS: usize = 300;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria ask \"Who built the lighthouse?\"
  alexandria ask --persona Aristotle \"What is courage?\"
  alexandria ask --collection Novels \"Who built the lighthouse?\"
  alexandria ask --continue \"And when was he born?\"";

/// Ask a question and get an answer in quoted sentences.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Ask {
    /// The question
    #[arg(required = true, value_name = "QUESTION")]
    question: Vec<String>,
    #[command(flatten)]
    filter: FilterFlags,
    /// How many passages are looked through [default: 10]
    #[arg(long, value_name = "N")]
    passages: Option<usize>,
    /// The persona that answers; `alexandria persona list` shows them
    #[arg(long, value_name = "NAME")]
    persona: Option<String>,
    /// Answer with exact sentences, although a language model is set
    #[arg(long)]
    extractive: bool,
    /// Answer anew, although the same has been answered before
    #[arg(long)]
    fresh: bool,
    /// Go on with this conversation
    #[arg(long, value_name = "ID", conflicts_with = "go_on")]
    conversation: Option<String>,
    /// Go on with the last conversation, or begin one
    #[arg(long = "continue")]
    go_on: bool,
}

impl Ask {
    /// Asks.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let named = self.conversation.as_deref().map(str::parse).transpose()?;
        let mut body = QuestionBody {
            question: self.question.join(" "),
            filter: self.filter.body()?,
            passages: self.passages,
            writer: self.extractive.then_some(WriterChoiceBody::Extractive),
            persona: self.persona.clone(),
            conversation_id: named,
            fresh: self.fresh,
        };
        let door = Door::open(setting, Work::Look).await?;
        if self.go_on {
            body.conversation_id = Some(conversation::latest(&door).await?);
        }
        let answer: Result<AnswerBody> = door.post("/api/v1/ask", &body).await;
        door.close().await;
        let answer = answer?;
        if setting.painter.is_json() {
            setting.painter.json(&answer)?;
        } else {
            show(setting, &answer);
        }
        Ok(if answer.answered {
            Outcome::Done
        } else {
            Outcome::Nothing
        })
    }
}

/// A near miss with no more of its text than shows what it is about.
fn beginning(passage: &PassageBody) -> PassageBody {
    let mut near = passage.clone();
    let rest = near.text.char_indices().nth(NEAR_MISS_CHARACTERS);
    if let Some((end, _)) = rest {
        let cut = near.text.get(..end).unwrap_or_default();
        let cut = cut
            .rsplit_once(char::is_whitespace)
            .map_or(cut, |(before, _)| before);
        near.text = format!("{cut} …");
    }
    near
}

pub(super) fn show(setting: &Setting, answer: &AnswerBody) {
    let painter = setting.painter;
    for sentence in &answer.degraded {
        painter.tell(format!("{} {}", paint(WARN, "note:"), clean(sentence)));
    }
    if let Some(standalone) = &answer.standalone {
        painter.say(paint(FAINT, format!("{}\n", clean(standalone))));
    }
    if !answer.answered {
        painter.say(paint(WARN, clean(&answer.answer)));
        if !answer.passages.is_empty() {
            painter.say(paint(FAINT, "\nNearest passages:\n"));
        }
        for (index, passage) in answer.passages.iter().take(NEAR_MISSES).enumerate() {
            painter.say(describe(index + 1, &beginning(passage)));
        }
        return;
    }
    let mut citations: Vec<&CitationBody> = Vec::new();
    let mut text = String::new();
    for sentence in &answer.sentences {
        text.push_str(sentence.text.trim());
        if !sentence.verdict.supported {
            text.push_str(" [not supported]");
        }
        for citation in &sentence.citations {
            citations.push(citation);
            let mark = citations.len();
            text.extend([" [", &mark.to_string(), "]"]);
        }
        text.push(' ');
    }
    painter.say(format!("{}\n", wrap(&text, "")));
    for (index, citation) in citations.iter().enumerate() {
        let place = say_place(
            &citation.title,
            citation.page,
            citation.part.as_deref(),
            citation.item,
            &citation.section,
        );
        let number = paint(MARK, format!("[{}]", index + 1));
        painter.say(format!(
            "{number} {}{place}",
            paint(STRONG, clean(&citation.title))
        ));
        painter.say(paint(FAINT, wrap(&format!("“{}”", citation.quote), "    ")));
    }
    let mut closing = format!("\nanswered in {:.0} ms", answer.timings_ms.total);
    if answer.cached {
        closing.push_str(" from the answers given before");
    }
    if let (WriterKind::Model, Some(name)) = (answer.writer.kind, &answer.writer.name) {
        closing.push_str(&format!(" by {}", clean(name)));
    }
    if !answer.removed.is_empty() {
        let removed = counted(answer.removed.len() as u64, "sentence", "sentences");
        closing.push_str(&format!("; {removed} that nothing supports left out"));
    }
    if let Some(id) = answer.id {
        closing.push_str(&format!(
            "; check it again with: alexandria answer verify {id}"
        ));
    }
    painter.say(paint(FAINT, closing));
}
