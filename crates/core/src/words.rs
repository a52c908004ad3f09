//! The words of a text and their stems, for comparing a question with a sentence.
//!
//! The text index has its own analysis; this one serves what is computed on a few passages. Scripts
//! that put no space between words (Chinese, Japanese, Thai, Lao, Khmer) give pairs of neighbouring
//! characters instead, which compare nearly as well as words found with a dictionary.

use rust_stemmers::{Algorithm, Stemmer};

use crate::block::Span;

/// The longest word that is compared, in bytes; what is beyond belongs to the next word.
const WORD_BYTES_MAX: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word in small letters; a number without the marks between its thousands.
    pub text: String,
    /// The bytes of the text it stands on.
    pub span: Span,
    /// Whether it begins with a capital letter.
    pub is_capital: bool,
    /// Whether it holds a digit.
    pub is_number: bool,
}

/// The words of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_letter)?;
        let run = text.get(start..)?;
        let first = run.chars().next()?;
        let (length, step) = if is_spaceless(first) {
            pair(run)
        } else {
            run_length(run)
        };
        at = start + step.max(1);
        let word = run.get(..length)?;
        let is_number = word.contains(|c: char| c.is_numeric());
        let lower = if is_number {
            word.replace([',', '\u{a0}'], "")
        } else {
            word.to_owned()
        };
        Some(Word {
            text: lower.to_lowercase(),
            span: Span::new(start as u64, (start + length) as u64),
            is_capital: first.is_uppercase(),
            is_number,
        })
    })
}

/// The stemmer of a language.
pub struct Stems(Option<Stemmer>);

impl Stems {
    /// The stemmer of a language (ISO 639-1). Unknown languages are taken for English, which leaves
    /// words of other scripts alone; known ones without a stemmer keep their words.
    #[must_use]
    pub fn of(language: Option<&str>) -> Self {
        let algorithm = match language.unwrap_or("en") {
            "ar" => Algorithm::Arabic,
            "da" => Algorithm::Danish,
            "nl" => Algorithm::Dutch,
            "en" => Algorithm::English,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "no" | "nb" | "nn" => Algorithm::Norwegian,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "es" => Algorithm::Spanish,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            _ => return Self(None),
        };
        Self(Some(Stemmer::create(algorithm)))
    }

    /// The stem of a word in small letters.
    #[must_use]
    pub fn stem(&self, word: &str) -> String {
        self.0.as_ref().map_or_else(
            || word.to_owned(),
            |stemmer| stemmer.stem(word).into_owned(),
        )
    }
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Stems")
            .field(&self.0.is_some())
            .finish()
    }
}

/// Letters, digits and the marks written above, below and between the letters of Indic scripts.
pub(crate) fn is_letter(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{963}'
            | '\u{981}'..='\u{9e3}' | '\u{a01}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}')
}

/// Letters of scripts without spaces between words.
pub(crate) const fn is_spaceless(character: char) -> bool {
    matches!(character, '\u{e01}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Two characters, and how far to go on: one character, or both at the end of the run.
fn pair(run: &str) -> (usize, usize) {
    let mut letters = run
        .char_indices()
        .take_while(|(_, c)| is_spaceless(*c))
        .map(|(at, c)| at + c.len_utf8());
    let first = letters.next().unwrap_or(0);
    let second = letters.next();
    let last = letters.next().is_none();
    match second {
        Some(second) => (second, if last { second } else { first }),
        None => (first, first),
    }
}

/// The length of a word, twice. A dot or comma between digits is part of it.
fn run_length(run: &str) -> (usize, usize) {
    let mut end = 0;
    let mut characters = run.char_indices().peekable();
    let mut digit_before = false;
    while let Some((at, character)) = characters.next() {
        let digit_after = characters
            .peek()
            .is_some_and(|(_, next)| next.is_ascii_digit());
        let inside = matches!(character, '.' | ',') && digit_before && digit_after;
        let letter = is_letter(character) && !is_spaceless(character);
        if !(letter || inside) || at + character.len_utf8() > WORD_BYTES_MAX {
            break;
        }
        digit_before = character.is_ascii_digit();
        end = at + character.len_utf8();
    }
    (end, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = words(text).map(|word| word.text).collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn words_are_runs_of_letters_and_numbers_keep_together() {
        check(
            "The 1,000 cats (3.5 kg).",
            &["the", "1000", "cats", "3.5", "kg"],
        );
        check("In 1945, he left.", &["in", "1945", "he", "left"]);
        check("Ärger über Straßen", &["ärger", "über", "straßen"]);
        check("विश्व का", &["विश्व", "का"]);
        check("", &[]);
        check("... !", &[]);
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        check("北京大学", &["北京", "京大", "大学"]);
        check("在 2008 年", &["在", "2008", "年"]);
        check("iPhone手机", &["iphone", "手机"]);
    }

    #[test]
    fn stems_follow_the_language() {
        assert_eq!(Stems::of(Some("en")).stem("running"), "run");
        assert_eq!(
            Stems::of(Some("de")).stem("häuser"),
            Stems::of(Some("de")).stem("haus")
        );
        assert_eq!(Stems::of(Some("zh")).stem("running"), "running");
        assert_eq!(Stems::of(None).stem("книги"), "книги");
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in "\\PC{0,200}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(word.span.of(&text).is_some_and(|part| !part.is_empty()));
                prop_assert!(word.span.start >= last);
                last = word.span.start;
            }
        }
    }
}
