//! A question as a row of words.

use super::table;
use crate::words::{Word, words};

/// A text and its words.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) whole: &'a str,
    pub(super) tokens: Vec<Word>,
}

impl<'a> Text<'a> {
    pub(super) fn read(whole: &'a str) -> Self {
        Self {
            whole,
            tokens: words(whole).collect(),
        }
    }

    /// The word at this place in small letters; empty beyond the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// The text from one word up to, and without, another.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        let (Some(first), Some(last)) = (self.tokens.get(from), to.checked_sub(1)) else {
            return "";
        };
        let end = self.tokens.get(last).map_or(0, |token| token.span.end);
        self.bytes(first.span.start, end)
    }

    /// The text before a word.
    pub(super) fn before(&self, at: usize) -> &'a str {
        let start = self
            .tokens
            .get(at)
            .map_or(self.whole.len() as u64, |token| token.span.start);
        self.bytes(0, start)
    }

    /// The text after a word.
    pub(super) fn after(&self, at: usize) -> &'a str {
        let end = self.tokens.get(at).map_or(0, |token| token.span.end);
        self.bytes(end, self.whole.len() as u64)
    }

    /// What stands between a word and the next.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(one), Some(next)) => self.bytes(one.span.end, next.span.start),
            _ => "",
        }
    }

    /// Whether one of these words, separated by spaces, is in it.
    pub(super) fn has_any(&self, list: &str) -> bool {
        self.tokens.iter().any(|token| is_in(list, &token.text))
    }

    /// Whether it begins with this phrase, and how many words that is.
    pub(super) fn begins(&self, from: usize, phrase: &str) -> Option<usize> {
        let count = phrase.split(' ').count();
        let fits = phrase
            .split(' ')
            .enumerate()
            .all(|(at, word)| self.word(from + at) == word);
        fits.then_some(count)
    }

    /// Whether it thanks or greets and asks nothing.
    pub(super) fn is_courtesy(&self) -> bool {
        !self.tokens.is_empty()
            && self
                .tokens
                .iter()
                .all(|token| is_in(table::COURTESY, &token.text))
    }

    fn bytes(&self, start: u64, end: u64) -> &'a str {
        let range = usize::try_from(start).unwrap_or(usize::MAX)
            ..usize::try_from(end).unwrap_or(usize::MAX);
        self.whole.get(range).unwrap_or_default()
    }
}

/// Whether a word is in a list of words separated by spaces.
pub(super) fn is_in(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|one| one == word)
}

/// A text with a capital letter at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A question with what it is about behind it.
pub(super) fn with_topic(question: &str, topic: &str) -> String {
    let bare = question.trim_end();
    let body = bare.trim_end_matches(['?', '.', '!', '？', '。', '؟', ' ']);
    let end = bare.get(body.len()..).unwrap_or_default().trim_start();
    let end = if end.is_empty() { "?" } else { end };
    if body.is_empty() {
        return format!("{topic}{end}");
    }
    format!("{body} ({topic}){end}")
}
