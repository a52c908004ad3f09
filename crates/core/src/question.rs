//! What a question asks: its words, the names in it, and what sort of thing would answer it.

use std::collections::HashSet;

use crate::words::{Stems, words};

mod asking;
pub(crate) mod denial;

/// The longest question that is read, in bytes; what is beyond is not looked at.
pub const QUESTION_BYTES_MAX: usize = 4_000;

/// What sort of words would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// Someone's name.
    Person,
    /// A date, a year, an hour.
    Time,
    /// A place's name.
    Place,
    /// A number or amount.
    Number,
    /// Anything.
    Other,
}

/// A word of a question that an answer should share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its stem.
    pub stem: String,
    /// Whether it names something: a capital letter inside the question, or a number.
    pub is_name: bool,
}

/// A question, read.
#[derive(Debug)]
pub struct Question {
    /// The words that an answer should share, each once, in order.
    pub terms: Vec<Term>,
    /// What sort of words would answer.
    pub kind: AnswerKind,
    /// Whether it asks for what is not so.
    pub(crate) is_denied: bool,
    /// How words of its language are compared.
    pub(crate) stems: Stems,
}

impl Question {
    /// Reads a question in a language (ISO 639-1), where that is known.
    ///
    /// The words that ask ("who", "wann") and helping verbs are left out, unless nothing else is left.
    #[must_use]
    pub fn read(text: &str, language: Option<&str>) -> Self {
        let text = text
            .get(..text.floor_char_boundary(QUESTION_BYTES_MAX))
            .unwrap_or_default();
        let stems = Stems::of(language);
        let bare = asking::without_asking(text, language);
        let found: Vec<_> = words(&bare).collect();
        // German writes every noun with a capital, so a capital names nothing there.
        let capitals_name = language != Some("de");
        let plain = words(text)
            .map(|word| word.text)
            .collect::<Vec<_>>()
            .join(" ");
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for (at, word) in found.iter().enumerate() {
            let stem = stems.stem(&word.text);
            if !seen.insert(stem.clone()) {
                continue;
            }
            let is_name = word.is_number || (capitals_name && word.is_capital && at > 0);
            all.push((asking::asks(&word.text, language), Term { stem, is_name }));
        }
        let some = all.iter().any(|(asks, _)| !asks);
        let terms = all
            .into_iter()
            .filter(|(asks, _)| !(some && *asks))
            .map(|(_, term)| term)
            .collect();
        Self {
            terms,
            kind: asking::kind(&plain, &text.to_lowercase(), language),
            is_denied: denial::is_denied(text, language),
            stems,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, language: Option<&str>, kind: AnswerKind, stems: &[&str]) {
        let question = Question::read(text, language);
        let found: Vec<&str> = question
            .terms
            .iter()
            .map(|term| term.stem.as_str())
            .collect();
        assert_eq!(
            (question.kind, found.as_slice()),
            (kind, stems),
            "in {text:?}"
        );
    }

    #[test]
    fn the_words_that_ask_are_left_out() {
        check(
            "Who wrote Frankenstein?",
            Some("en"),
            AnswerKind::Person,
            &["wrote", "frankenstein"],
        );
        check(
            "When did the war end?",
            None,
            AnswerKind::Time,
            &["the", "war", "end"],
        );
        check(
            "How many books did he own?",
            None,
            AnswerKind::Number,
            &["book", "he", "own"],
        );
        check("What is it?", None, AnswerKind::Other, &["it"]);
        check("Who?", None, AnswerKind::Person, &["who"]);
        check("", None, AnswerKind::Other, &[]);
        check(
            "谁写了书？",
            Some("zh"),
            AnswerKind::Person,
            &["写了", "了书"],
        );
        check("谁？", Some("zh"), AnswerKind::Person, &["谁"]);
    }

    #[test]
    fn other_languages_ask_with_their_own_words() {
        let kind = |text: &str, language: &str| Question::read(text, Some(language)).kind;
        assert_eq!(kind("Wann endete der Krieg?", "de"), AnswerKind::Time);
        assert_eq!(kind("¿Cuántos libros tenía?", "es"), AnswerKind::Number);
        assert_eq!(kind("Где он жил?", "ru"), AnswerKind::Place);
        assert_eq!(kind("谁写了这本书？", "zh"), AnswerKind::Person);
        assert_eq!(kind("सम्राट का जन्म कब हुआ?", "hi"), AnswerKind::Time);
        assert_eq!(kind("ใครเขียนหนังสือเล่มนี้", "th"), AnswerKind::Person);
        assert_eq!(kind("Quem escreveu?", "pt"), AnswerKind::Person);
    }

    #[test]
    fn names_and_numbers_are_told_apart() {
        let question = Question::read("Did Newton live in 1687?", Some("en"));
        let names: Vec<&str> = question
            .terms
            .iter()
            .filter(|term| term.is_name)
            .map(|term| term.stem.as_str())
            .collect();
        assert_eq!(names, ["newton", "1687"]);
        let question = Question::read("Wann wurde das Schloss gebaut?", Some("de"));
        assert!(question.terms.iter().all(|term| !term.is_name));
    }
}
