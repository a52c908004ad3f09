//! `alexandria search`: passages by their words and their meaning.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::DocumentId;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::door::{Door, Work};
use super::paint::{FAINT, MARK, STRONG, WARN, clean, counted, paint, wrap};
use super::{Outcome, Setting};
use crate::api::requests::{FilterBody, ModeBody, SearchQuery};
use crate::api::wire::{PassageBody, PlaceBody, SearchBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria search lighthouse keeper
  alexandria search '\"modern Prometheus\"' --mode text
  alexandria search Leuchtturm --language de -n 5";

/// Find passages by their words and their meaning.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Search {
    /// Words or a question; words in "double quotes" must stand together
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    filter: FilterFlags,
    /// How many passages
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
    /// By what to search: hybrid (words and meaning), text (words alone), vectors (meaning alone)
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = ModeFlag::Hybrid)]
    mode: ModeFlag,
    /// Say how each passage came to its place
    #[arg(long)]
    explain: bool,
}

/// By what to search.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModeFlag {
    /// Words and meaning
    Hybrid,
    /// Words alone
    Text,
    /// Meaning alone
    Vectors,
}

/// Which documents are looked at.
#[derive(Debug, Default, Args)]
pub(super) struct FilterFlags {
    /// Only in this collection (name or id); may be given several times
    #[arg(long = "collection", value_name = "NAME")]
    collections: Vec<String>,
    /// Only in this document
    #[arg(long = "document", value_name = "ID")]
    documents: Vec<String>,
    /// Only documents with this tag
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only in this language, such as de
    #[arg(long = "language", value_name = "CODE")]
    languages: Vec<String>,
    /// Only in this format, such as pdf
    #[arg(long = "format", value_name = "NAME")]
    formats: Vec<String>,
    /// Only documents added at this time or later, such as 2026-01-31 or 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    added_after: Option<String>,
    /// Only documents added before this time
    #[arg(long, value_name = "TIME")]
    added_before: Option<String>,
}

impl FilterFlags {
    /// The filter as the API takes it.
    pub(super) fn body(&self) -> Result<FilterBody> {
        let documents: Result<Vec<DocumentId>> =
            self.documents.iter().map(|id| id.parse()).collect();
        Ok(FilterBody {
            collections: self.collections.clone(),
            documents: documents?,
            tags: self.tags.clone(),
            languages: self.languages.clone(),
            formats: self.formats.clone(),
            added_after: self.added_after.as_deref().map(moment).transpose()?,
            added_before: self.added_before.as_deref().map(moment).transpose()?,
        })
    }
}

/// A moment as people write it: a time, or a day, which begins at midnight UTC.
fn moment(text: &str) -> Result<Timestamp> {
    let day = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(day).ok_or_else(|| {
        let message = format!("{text:?} is not a time such as 2026-01-31 or 2026-01-31T12:00:00Z");
        Error::new(ErrorKind::Invalid, message)
    })
}

impl Search {
    /// Searches.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let query = SearchQuery {
            query: self.words.join(" "),
            filter: self.filter.body()?,
            limit: Some(self.limit),
            mode: match self.mode {
                ModeFlag::Hybrid => ModeBody::Hybrid,
                ModeFlag::Text => ModeBody::Text,
                ModeFlag::Vectors => ModeBody::Vectors,
            },
            explain: self.explain,
        };
        let door = Door::open(setting, Work::Look).await?;
        let found: Result<SearchBody> = door.post("/api/v1/search", &query).await;
        door.close().await;
        let found = found?;
        if setting.painter.is_json() {
            setting.painter.json(&found)?;
        } else {
            show(setting, &found);
        }
        Ok(if found.passages.is_empty() {
            Outcome::Nothing
        } else {
            Outcome::Done
        })
    }
}

fn show(setting: &Setting, found: &SearchBody) {
    let painter = setting.painter;
    for sentence in &found.degraded {
        painter.tell(format!("{} {}", paint(WARN, "note:"), clean(sentence)));
    }
    if found.passages.is_empty() {
        painter.say("Nothing was found. Fewer words, or other ones, may find more.");
        return;
    }
    for (index, passage) in found.passages.iter().enumerate() {
        painter.say(describe(index + 1, passage));
    }
    let total = found.timings_ms.total;
    painter.say(paint(
        FAINT,
        format!(
            "{} in {total:.0} ms",
            counted(found.passages.len() as u64, "passage", "passages")
        ),
    ));
}

/// A passage as people read it.
pub(super) fn describe(number: usize, passage: &PassageBody) -> String {
    let place = place(&passage.title, &passage.place);
    let score = passage.score;
    let part = |name: &str, value: Option<f32>| value.map(|value| format!(" {name} {value:.2}"));
    let scores = format!(
        "{:.2}{}{}",
        score.fused,
        part("words", score.lexical).unwrap_or_default(),
        part("meaning", score.semantic).unwrap_or_default()
    );
    let mut text = format!(
        "{} {}{place}  {}\n{}\n",
        paint(MARK, format!("[{number}]")),
        paint(STRONG, clean(&passage.title)),
        paint(FAINT, scores),
        wrap(&passage.text, "    "),
    );
    if let Some(explanation) = &passage.explanation {
        let rank = |rank: Option<u32>| rank.map_or("-".to_owned(), |rank| rank.to_string());
        let line = format!(
            "    by words: place {}, by meaning: place {}, joined from {}, {} like it folded\n",
            rank(explanation.lexical_rank),
            rank(explanation.semantic_rank),
            explanation.joined,
            explanation.folded
        );
        text.push_str(&paint(FAINT, line));
    }
    text
}

/// Where something stands, as people say it.
fn place(title: &str, place: &PlaceBody) -> String {
    say_place(
        title,
        place.page,
        place.part.as_deref(),
        place.item,
        &place.section,
    )
}

/// Where something stands, from its parts; what the title says is not said again.
pub(super) fn say_place(
    title: &str,
    page: Option<u32>,
    part: Option<&str>,
    item: Option<u32>,
    section: &[String],
) -> String {
    let mut words = Vec::new();
    if let Some(page) = page {
        words.push(format!("page {page}"));
    }
    if let Some(part) = part {
        words.push(clean(part));
    }
    let said = |heading: &&String| heading.as_str() != title && Some(heading.as_str()) != part;
    if let Some(heading) = section.last().filter(said) {
        words.push(clean(heading));
    }
    if let (Some(item), None) = (item, page) {
        words.push(format!("¶ {item}"));
    }
    if words.is_empty() {
        String::new()
    } else {
        format!(", {}", words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_day_is_a_time_too() {
        assert_eq!(
            moment("2026-01-31").unwrap().to_string(),
            "2026-01-31T00:00:00Z"
        );
        assert_eq!(
            moment("2026-01-31T12:30:00Z").unwrap().to_string(),
            "2026-01-31T12:30:00Z"
        );
        assert!(moment("yesterday").is_err());
    }
}
