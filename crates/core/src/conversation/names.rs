//! The names and years in an answer.

use super::table::Table;
use super::text::{Text, is_in};
use crate::sentence::sentences;

/// Names of an answer that are remembered.
const NAMES_MAX: usize = 8;

/// The longest text that is looked through, in bytes.
const ANSWER_BYTES_MAX: usize = 4_000;

/// The longest name, in words.
const NAME_WORDS_MAX: usize = 6;

/// The names and years in the text of an answer, in their order, each once, at most eight.
#[must_use]
pub fn names(answer: &str) -> Vec<String> {
    let answer = answer
        .get(..answer.floor_char_boundary(ANSWER_BYTES_MAX))
        .unwrap_or_default();
    let table = Table::of(answer, "").unwrap_or(Table::any());
    let mut found: Vec<String> = Vec::new();
    for span in sentences(answer) {
        let text = Text::read(span.of(answer).unwrap_or_default());
        let mut at = 0;
        while at < text.tokens.len() && found.len() < NAMES_MAX {
            let end = name_end(&text, at, table);
            if end > at {
                let name = text.slice(at, end);
                if !found.iter().any(|known| known == name) {
                    found.push(name.to_owned());
                }
            }
            at = end.max(at + 1);
        }
    }
    found
}

/// Where the name that begins at a word ends; there, if none begins.
fn name_end(text: &Text<'_>, from: usize, table: &Table) -> usize {
    let is_year = |at: usize| {
        let year = text.word(at);
        year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_year(from) {
        return from + 1;
    }
    let is_large = |at: usize| {
        text.tokens
            .get(at)
            .is_some_and(|token| token.is_capital && token.text.chars().nth(1).is_some())
    };
    let is_joined = |at: usize| matches!(text.gap(at), " " | "-" | ". " | "." | "'" | "’");
    let is_particle = |at: usize| {
        is_in(
            "of de da di van von der del della la le du ibn bin al y e",
            text.word(at),
        )
    };
    let initial = |at: usize| {
        text.tokens.get(at).is_some_and(|token| token.is_capital) && text.gap(at).starts_with('.')
    };
    let small = table.is_small(text.word(from));
    if !(is_large(from) || initial(from)) || small {
        return from;
    }
    // German writes every noun with a capital letter; one behind an article is a noun.
    let before = from.checked_sub(1).map_or("", |at| text.word(at));
    if table.language == "de" && is_in(table.articles, before) {
        return from;
    }
    let mut end = from + 1;
    while end - from < NAME_WORDS_MAX && is_joined(end - 1) {
        if is_large(end) && !table.is_small(text.word(end)) || initial(end) {
            end += 1;
        } else if is_particle(end) && is_joined(end) && is_large(end + 1) {
            end += 2;
        } else {
            break;
        }
    }
    // A lone word at the beginning has its capital letter from there; one in several is no name.
    let plural = end - from == 1 && from == 0 && text.word(from).ends_with('s');
    if plural { from } else { end }
}
