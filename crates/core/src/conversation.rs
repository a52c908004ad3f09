//! Questions that go on from earlier ones, made to stand alone by rules.
//!
//! "And when was he born?" finds nothing; "When was Sostratus of Cnidus born?" does. The rules know
//! English well, German, French and Spanish by small tables, and of other languages the pronouns: there
//! the names of the question before are carried along. A question that stands alone stays as it is,
//! byte for byte, so that a change of topic inherits nothing.
//!
//! Left out: what only understanding would see, such as "the tower" for a lighthouse spoken of before.

mod ellipsis;
mod entity;
mod names;
mod pronoun;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use self::names::names;

use self::entity::{Entity, entities};
use self::table::Table;
use self::text::Text;
use crate::words::words;

/// The longest question that is made to stand alone, in bytes: a longer one says what it is about.
pub const FOLLOW_UP_BYTES_MAX: usize = 400;

/// How much longer than the question asked the one that stands alone can be, in bytes.
pub const CARRIED_BYTES_MAX: usize = 600;

/// How many turns back something that is spoken of is looked for.
pub const TURNS_LOOKED_AT: usize = 4;

/// The longest title that is made of a question, in bytes.
pub const TITLE_BYTES_MAX: usize = 80;

/// A question of more words than this says what it is about, in languages that are not known.
const SHORT_WORDS_MAX: usize = 6;

/// An earlier turn of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The question, as it stood alone.
    pub question: String,
    /// The names and years in its answer, as [`names`] finds them.
    pub names: Vec<String>,
}

/// A question that can be searched for without what was said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standalone {
    /// The question.
    pub text: String,
    /// Whether the question asked needs what was said before to be understood.
    pub depends: bool,
}

/// Makes a question stand alone after these turns, the last of which comes last.
///
/// The result is at most [`CARRIED_BYTES_MAX`] longer than the question.
#[must_use]
pub fn standalone(turns: &[Turn], question: &str) -> Standalone {
    let same = || Standalone {
        text: question.to_owned(),
        depends: false,
    };
    let Some(last) = turns.last() else {
        return same();
    };
    if question.trim().is_empty()
        || question.len() > FOLLOW_UP_BYTES_MAX
        || last.question.len() > FOLLOW_UP_BYTES_MAX
    {
        return same();
    }
    let table = Table::of(question, &last.question);
    let asked = Text::read(question);
    if asked.is_courtesy() {
        return same();
    }
    let first = turns.len().saturating_sub(TURNS_LOOKED_AT);
    let before = Before::read(turns.get(first..).unwrap_or_default(), table);
    let made = table
        .and_then(|table| {
            ellipsis::fill(&asked, &before, table)
                .or_else(|| pronoun::resolve(&asked, &before, table))
                .or_else(|| ellipsis::go_on(&asked, &before, table))
        })
        .or_else(|| carry(&asked, &before));
    match made {
        Some(text) if text != question && text.len() <= question.len() + CARRIED_BYTES_MAX => {
            Standalone {
                text,
                depends: true,
            }
        }
        // What cannot be said in bounds stays as it was asked, and is known to depend.
        Some(text) => Standalone {
            depends: text != question,
            ..same()
        },
        None => same(),
    }
}

/// A title for a conversation that begins with this question: its beginning, cut at a word.
#[must_use]
pub fn title(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if line.len() <= TITLE_BYTES_MAX {
        return line;
    }
    let room = TITLE_BYTES_MAX - '…'.len_utf8();
    let cut = line
        .get(..line.floor_char_boundary(room))
        .unwrap_or_default();
    let words = cut.rfind(' ').and_then(|end| cut.get(..end));
    let kept = words.unwrap_or(cut).trim_end_matches([',', ';', ':', '-']);
    format!("{kept}…")
}

/// What was said before, read.
#[derive(Debug)]
struct Before<'a> {
    /// The last question.
    last: Text<'a>,
    /// What was spoken of, the last turn first.
    turns: Vec<Spoken>,
}

/// What one turn spoke of.
#[derive(Debug)]
struct Spoken {
    /// Whether it asked who, and where.
    asks_who: bool,
    asks_where: bool,
    /// What the question names, in its order.
    question: Vec<Entity>,
    /// What the answer names and the question does not.
    answer: Vec<Entity>,
}

impl<'a> Before<'a> {
    fn read(turns: &'a [Turn], table: Option<&'static Table>) -> Self {
        let last = turns.last().map_or("", |turn| turn.question.as_str());
        let spoken = |turn: &'a Turn| {
            let text = Text::read(&turn.question);
            let lower = turn.question.to_lowercase();
            let table = table.unwrap_or(Table::any());
            let fresh = turn
                .names
                .iter()
                .filter(|name| !lower.contains(&name.to_lowercase()));
            Spoken {
                asks_who: text.has_any(table.who),
                asks_where: text.has_any(table.whereabouts),
                question: entities(&text, table),
                answer: fresh.map(|name| Entity::of_answer(name, table)).collect(),
            }
        };
        Self {
            last: Text::read(last),
            turns: turns.iter().rev().map(spoken).collect(),
        }
    }
}

/// Carries the names of the question before along with a short question that has a pronoun, or no
/// word of its own, in a language that there is no table for.
fn carry(asked: &Text<'_>, before: &Before<'_>) -> Option<String> {
    let short = asked.tokens.len() <= SHORT_WORDS_MAX;
    let lower = asked.whole.to_lowercase();
    let spaceless = table::SPACELESS_PRONOUNS
        .iter()
        .any(|pronoun| lower.contains(pronoun));
    let pronoun = asked.has_any(table::FOREIGN_PRONOUNS);
    let has_name = asked
        .tokens
        .iter()
        .enumerate()
        .any(|(at, token)| at > 0 && token.is_capital || token.is_number);
    if has_name || !(short && pronoun || spaceless && asked.tokens.len() <= 3 * SHORT_WORDS_MAX) {
        return None;
    }
    let last = &before.last;
    let names: Vec<String> = last
        .tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| *at > 0 && token.is_capital || token.is_number)
        .map(|(at, _)| last.slice(at, at + 1).to_owned())
        .collect();
    let carried = if names.is_empty() {
        words(last.whole).next().map(|_| {
            last.whole
                .trim_end_matches(['?', '？', '؟', ' '])
                .to_owned()
        })?
    } else {
        names.join(" ")
    };
    Some(text::with_topic(asked.whole, &carried))
}
