//! False sentences made from true ones, to measure what the checker sees.
//!
//! Each mutation changes one thing, as a careless or a lying writer would. Everything is chosen by the
//! number given, so that a set can be made again.

use super::token::{Kind, tokens};
use crate::words::{Stems, words};

/// A way to make a false sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mutation {
    /// One number is another.
    Number,
    /// One name is another.
    Entity,
    /// What is said is denied, or what is denied said.
    Negation,
    /// The quotes are those of another document.
    Document,
    /// One letter of a quote is another.
    Quote,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Number,
        Self::Entity,
        Self::Negation,
        Self::Document,
        Self::Quote,
    ];

    /// Its name in tables and replies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number changed",
            Self::Entity => "entity swapped",
            Self::Negation => "negation added or removed",
            Self::Document => "wrong document",
            Self::Quote => "quote altered",
        }
    }
}

/// The sentence with one of its numbers replaced by another; nothing when it has none.
#[must_use]
pub fn change_number(sentence: &str, seed: u64) -> Option<String> {
    let numbers: Vec<_> = words(sentence)
        .filter(|word| word.is_number && word.text.chars().all(|c| c.is_ascii_digit()))
        .collect();
    let word = pick(&numbers, seed)?;
    let value: u64 = word.text.parse().ok()?;
    let step = 1 + seed % 9;
    let other = if seed.is_multiple_of(2) || value < step {
        value.checked_add(step)?
    } else {
        value - step
    };
    Some(replaced(
        sentence,
        word.span.start,
        word.span.end,
        &other.to_string(),
    ))
}

/// The sentence with one of its names replaced by a name of another sentence; nothing when one of the
/// two has none.
#[must_use]
pub fn swap_entity(sentence: &str, other: &str, seed: u64) -> Option<String> {
    let (own, theirs) = (names(sentence), names(other));
    let (start, end) = *pick(&own, seed)?;
    let known = sentence.to_lowercase();
    let fresh: Vec<&str> = theirs
        .iter()
        .filter_map(|(start, end)| other.get(*start..*end))
        .filter(|name| !known.contains(&name.to_lowercase()))
        .collect();
    let name = pick(&fresh, seed / 7)?;
    Some(replaced(sentence, start as u64, end as u64, name))
}

/// The sentence denied behind its first helping verb, or no longer denied; nothing when it has none.
#[must_use]
pub fn negate(sentence: &str) -> Option<String> {
    let all: Vec<_> = words(sentence).collect();
    if let Some(at) = all.iter().position(|word| word.text == "not") {
        let word = all.get(at)?;
        let from = usize::try_from(word.span.start).ok()?;
        let to = usize::try_from(word.span.end).ok()?;
        let rest = sentence.get(to..)?.trim_start();
        return Some(format!("{}{rest}", sentence.get(..from)?));
    }
    let helps = |word: &str| HELPING.split(' ').any(|helping| helping == word);
    let verb = all.iter().find(|word| helps(&word.text))?;
    let to = usize::try_from(verb.span.end).ok()?;
    Some(format!(
        "{} not{}",
        sentence.get(..to)?,
        sentence.get(to..)?
    ))
}

/// The quote with one of its letters replaced by another.
#[must_use]
pub fn alter(quote: &str, seed: u64) -> Option<String> {
    let letters: Vec<(usize, char)> = quote
        .char_indices()
        .filter(|(_, letter)| letter.is_alphanumeric())
        .collect();
    let (at, letter) = *pick(&letters, seed)?;
    let other = if letter == 'x' { "y" } else { "x" };
    Some(replaced(
        quote,
        at as u64,
        (at + letter.len_utf8()) as u64,
        other,
    ))
}

/// True sentences that say the same in other words: without what stands in brackets, without the
/// clause before the first comma, with numbers written otherwise, and as something reported.
#[must_use]
pub fn reworded(sentence: &str) -> Vec<String> {
    let mut all = vec![sentence.to_owned()];
    if let (Some(open), Some(close)) = (sentence.find(" ("), sentence.find(')'))
        && open < close
        && let (Some(before), Some(after)) = (sentence.get(..open), sentence.get(close + 1..))
    {
        all.push(format!("{before}{after}"));
    }
    if let Some((before, after)) = sentence.split_once(", ")
        && before.split(' ').count() <= 6
        && after.split(' ').count() >= 6
        && LEADING
            .split(' ')
            .any(|word| before.split(' ').next() == Some(word))
    {
        let mut letters = after.chars();
        if let Some(first) = letters.next() {
            all.push(first.to_uppercase().collect::<String>() + letters.as_str());
        }
    }
    let plain: Vec<_> = words(sentence)
        .filter(|word| word.is_number && word.text.len() > 3)
        .collect();
    for word in plain {
        let text = replaced(sentence, word.span.start, word.span.end, &word.text);
        if text != sentence {
            all.push(text);
            break;
        }
    }
    let mut letters = sentence.chars();
    if let Some(first) = letters.next()
        && sentence
            .split(' ')
            .next()
            .is_some_and(|word| OPENING.split(' ').any(|open| open == word))
    {
        let rest = letters.as_str();
        all.push(format!(
            "According to the text, {}{rest}",
            first.to_lowercase()
        ));
    }
    all
}

/// The names of a sentence as byte ranges; neighbouring words are one name.
fn names(sentence: &str) -> Vec<(usize, usize)> {
    let read = tokens(sentence, &Stems::of(Some("en")), true);
    let is_name = |lower: &str| {
        read.iter()
            .any(|token| token.kind == Kind::Name && token.lower == lower)
    };
    let mut names: Vec<(usize, usize)> = Vec::new();
    for word in words(sentence).filter(|word| word.is_capital && is_name(&word.text)) {
        let start = usize::try_from(word.span.start).unwrap_or_default();
        let end = usize::try_from(word.span.end).unwrap_or_default();
        match names.last_mut() {
            Some(last) if sentence.get(last.1..start) == Some(" ") => last.1 = end,
            _ => names.push((start, end)),
        }
    }
    names
}

fn pick<T>(items: &[T], seed: u64) -> Option<&T> {
    let count = u64::try_from(items.len()).ok().filter(|count| *count > 0)?;
    items.get(usize::try_from(seed % count).ok()?)
}

fn replaced(text: &str, start: u64, end: u64, with: &str) -> String {
    let start = usize::try_from(start).unwrap_or_default();
    let end = usize::try_from(end).unwrap_or_default();
    let (before, after) = (text.get(..start), text.get(end..));
    format!(
        "{}{with}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}

/// Helping verbs behind which "not" can stand.
const HELPING: &str = "is are was were can could will would should may might must has have had";

/// Words that open a clause which can be left out.
const LEADING: &str = "In On At During After Before By From With Since Under For Until Between";

/// Words that open a sentence and are no names.
const OPENING: &str = "The A An In On At During After Before By From With Since Under For This These Those \
    It He She They There Some Many Most";
