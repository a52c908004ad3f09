//! `alexandria answer`: the answers that were given, and checking one again.

use alexandria_core::error::Result;
use alexandria_core::id::AnswerId;
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::list::gather;
use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, clean, counted, paint, shorten, wrap};
use super::{Outcome, Setting};
use crate::api::answers::{GivenAnswerBody, TextStateBody, VerificationBody};

/// The width of a question, in characters.
const QUESTION_CHARACTERS: usize = 60;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria answer list
  alexandria answer verify 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria answer feedback 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --up";

/// Look at the answers that were given, and check one again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Answer {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the answers, newest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show an answer as it was given
    Show {
        /// The answer's id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Check an answer against the texts it quotes: fails if one byte has changed
    Verify {
        /// The answer's id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Say what you think of an answer; without a thumb, show what you said
    Feedback(super::feedback::Feedback),
    /// Forget an answer
    Forget {
        /// The answer's id
        #[arg(value_name = "ID")]
        id: String,
    },
}

impl Answer {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let done = match &self.verb {
            Verb::List { limit } => list(setting, &door, *limit).await,
            Verb::Show { id } => show(setting, &door, id).await,
            Verb::Verify { id } => verify(setting, &door, id).await,
            Verb::Feedback(feedback) => feedback.run(setting, &door).await,
            Verb::Forget { id } => forget(setting, &door, id).await,
        };
        door.close().await;
        done
    }
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<Outcome> {
    let items: Vec<GivenAnswerBody> = gather(door, "/api/v1/answers", &[], limit).await?;
    let row = |answer: &GivenAnswerBody| {
        vec![
            shorten(&answer.question, QUESTION_CHARACTERS),
            if answer.answered { "yes" } else { "no" }.to_owned(),
            answer.created.strftime("%Y-%m-%d %H:%M").to_string(),
            answer.id.to_string(),
        ]
    };
    let headings = ["QUESTION", "ANSWERED", "GIVEN (UTC)", "ID"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

async fn show(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: AnswerId = id.parse()?;
    let given: GivenAnswerBody = door.get(&format!("/api/v1/answers/{id}")).await?;
    if setting.painter.is_json() {
        setting.painter.json(&given)?;
        return Ok(Outcome::Done);
    }
    let painter = setting.painter;
    painter.say(paint(STRONG, clean(&given.question)));
    painter.say(format!("\n{}\n", wrap(&given.answer, "")));
    for sentence in &given.sentences {
        for citation in &sentence.citations {
            painter.say(paint(STRONG, clean(&citation.title)));
            painter.say(paint(FAINT, wrap(&format!("“{}”", citation.quote), "    ")));
        }
    }
    Ok(Outcome::Done)
}

async fn verify(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: AnswerId = id.parse()?;
    let path = format!("/api/v1/answers/{id}/verify");
    let found: VerificationBody = door.post(&path, &serde_json::json!({})).await?;
    let outcome = if found.holds {
        Outcome::Done
    } else {
        Outcome::Incomplete
    };
    if setting.painter.is_json() {
        setting.painter.json(&found)?;
        return Ok(outcome);
    }
    let painter = setting.painter;
    for (sentence, now) in found.answer.sentences.iter().zip(&found.sentences) {
        let quotes = counted(sentence.citations.len() as u64, "quote", "quotes");
        let stands = now.quotes_standing == sentence.citations.len();
        let mark = match (stands, now.verdict.supported) {
            (true, true) => paint(GOOD, "✓"),
            (true, false) => paint(WARN, "?"),
            (false, _) => paint(BAD, "✗"),
        };
        painter.say(format!(
            "{mark} {}",
            wrap(&sentence.text, "  ").trim_start()
        ));
        if !stands {
            let sentence = format!(
                "  {} of {quotes} stand where they stood",
                now.quotes_standing
            );
            painter.say(paint(BAD, sentence));
        }
        for finding in &now.verdict.findings {
            let kind = serde_json::to_value(finding.kind).unwrap_or_default();
            let kind = kind.as_str().unwrap_or_default().to_owned();
            painter.say(paint(WARN, format!("  {kind}: {}", clean(&finding.words))));
        }
    }
    for (text, state) in found.answer.texts.iter().zip(&found.texts) {
        let told = match state {
            TextStateBody::Unchanged => continue,
            TextStateBody::Changed => "has changed since the answer was given",
            TextStateBody::Gone => "is not there any more: its document has been removed",
        };
        painter.say(paint(BAD, format!("✗ the text {} {told}", text.version_id)));
    }
    painter.say(match found.holds {
        true => paint(
            GOOD,
            "the answer holds: every text and every quote is as it was",
        ),
        false => paint(BAD, "the answer does not hold any more"),
    });
    Ok(outcome)
}

async fn forget(setting: &Setting, door: &Door, id: &str) -> Result<Outcome> {
    let id: AnswerId = id.parse()?;
    door.delete(&format!("/api/v1/answers/{id}")).await?;
    if setting.painter.is_json() {
        setting
            .painter
            .json(&serde_json::json!({ "forgotten": id }))?;
    } else {
        setting
            .painter
            .say(format!("{} forgotten", paint(GOOD, "✓")));
    }
    Ok(Outcome::Done)
}
