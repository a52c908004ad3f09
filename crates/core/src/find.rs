//! Finding words in a text as a reader looks for them: small and capital letters, accents, ligatures
//! and the forms of quotation marks and dashes do not count, and any space between words is one.
//!
//! A text is looked through piece by piece; what is found names bytes of the piece.

use unicode_normalization::UnicodeNormalization as _;

use crate::block::Span;

/// The longest text that is looked for, in bytes.
pub const NEEDLE_BYTES_MAX: usize = 500;

/// What stands for an end of a paragraph; no needle holds it.
const PARAGRAPH: char = '\n';

/// A text that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    /// The needle of a query; none for one that has no letter or sign in it, or is longer than
    /// [`NEEDLE_BYTES_MAX`].
    #[must_use]
    pub fn new(query: &str) -> Option<Self> {
        if query.len() > NEEDLE_BYTES_MAX {
            return None;
        }
        let folded = Folded::of(query).text;
        let words: Vec<&str> = folded.split_whitespace().collect();
        (!words.is_empty()).then(|| Self(words.join(" ")))
    }

    /// Where it stands in a text: bytes on character boundaries, in order, without overlaps.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Span> {
        let folded = Folded::of(text);
        let mut found: Vec<Span> = Vec::new();
        for (at, _) in folded.text.match_indices(self.0.as_str()) {
            let start = folded.origin(at);
            let last = folded.origin(at + self.0.len() - 1);
            let Some(character) = text.get(last..).and_then(|rest| rest.chars().next()) else {
                continue;
            };
            // A letter that is several when folded is found once.
            if found.last().is_some_and(|before| before.end > start as u64) {
                continue;
            }
            let end = last + character.len_utf8();
            let marks = text.get(end..).unwrap_or_default().chars();
            let marks: usize = marks
                .take_while(|mark| is_accent(*mark))
                .map(char::len_utf8)
                .sum();
            found.push(Span::new(start as u64, (end + marks) as u64));
        }
        found
    }
}

/// A text as it is compared, and where each of its bytes comes from.
struct Folded {
    text: String,
    origins: Vec<u32>,
}

impl Folded {
    /// Folds a text; one of more than 4 GiB to its first 4.
    fn of(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len()),
        };
        let mut breaks = 0;
        let mut space = None;
        for (at, character) in text.char_indices() {
            let Ok(at) = u32::try_from(at) else { break };
            if character.is_whitespace() {
                breaks += u32::from(character == '\n');
                space.get_or_insert(at);
                continue;
            }
            if let Some(space) = space.take() {
                folded.push(if breaks > 1 { PARAGRAPH } else { ' ' }, space);
                breaks = 0;
            }
            folded.letter(character, at);
        }
        folded
    }

    fn letter(&mut self, character: char, at: u32) {
        if character.is_ascii() {
            return self.push(character.to_ascii_lowercase(), at);
        }
        if let Some(plain) = plain(character) {
            plain.chars().for_each(|letter| self.push(letter, at));
            return;
        }
        for lower in character.to_lowercase() {
            if keeps_its_marks(lower) {
                self.push(lower, at);
                continue;
            }
            for letter in std::iter::once(lower).nfkd() {
                // A decomposed letter may be a capital, as in the sign for a trademark.
                for letter in letter.to_lowercase().filter(|letter| !is_accent(*letter)) {
                    self.push(letter, at);
                }
            }
        }
    }

    fn push(&mut self, character: char, at: u32) {
        self.text.push(character);
        self.origins
            .extend(std::iter::repeat_n(at, character.len_utf8()));
    }

    /// The byte of the text that a byte of the folded text comes from.
    fn origin(&self, at: usize) -> usize {
        self.origins.get(at).map_or(0, |origin| *origin as usize)
    }
}

/// Marks that are written on a letter and may be left out: accents, vowel points of Arabic and Hebrew.
const fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'
        | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Letters of scripts in which a decomposed letter is another one: kana, Hangul.
const fn keeps_its_marks(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}')
}

/// What people type for a letter or sign that does not decompose.
const fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'ı' | 'İ' => "i",
        'þ' | 'Þ' => "th",
        '‘' | '’' | '‚' | '‛' | '′' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '−' => "-",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(query: &str, text: &str, expected: &[&str]) {
        let found = Needle::new(query).unwrap().find(text);
        let words: Vec<&str> = found.iter().map(|span| span.of(text).unwrap()).collect();
        assert_eq!(words, expected, "{query:?} in {text:?}");
    }

    #[test]
    fn case_accents_ligatures_and_signs_do_not_count() {
        check(
            "cafe",
            "Café, CAFÉ and cafe\u{301}s",
            &["Café", "CAFÉ", "cafe\u{301}"],
        );
        check("STRASSE", "die Straße", &["Straße"]);
        check("file", "a ﬁle", &["ﬁle"]);
        check("don't", "Don’t!", &["Don’t"]);
        check("\"so\"", "„so“ and «so»", &["„so“", "«so»"]);
        check("1914-1918", "1914–1918", &["1914–1918"]);
        check("ελλαδα", "Ελλάδα", &["Ελλάδα"]);
        check("كتب", "كَتَبَ", &["كَتَبَ"]);
        check("s", "ß", &["ß"]);
    }

    #[test]
    fn marks_that_make_another_letter_count() {
        check("か", "が か", &["か"]);
        check("가", "각 가", &["가"]);
    }

    #[test]
    fn a_space_is_any_space_but_no_end_of_a_paragraph() {
        check(
            "the  old man ",
            "The old\nman. The old\u{a0} man",
            &["The old\nman", "The old\u{a0} man"],
        );
        check("old man", "old\n\nman", &[]);
    }

    #[test]
    fn nothing_is_looked_for_in_vain() {
        for query in ["", "  \n", "\u{301}"] {
            assert_eq!(Needle::new(query), None, "{query:?}");
        }
        assert_eq!(Needle::new(&"x".repeat(NEEDLE_BYTES_MAX + 1)), None);
        check("aa", "aaaaa", &["aa", "aa"]);
    }

    proptest! {
        #[test]
        fn what_is_found_folds_to_what_was_looked_for(
            query in "[a-cA-Cäéß ’\\-]{1,4}", text in "[a-dA-Dàäéß\\n ’'\\-]{0,60}"
        ) {
            if let Some(needle) = Needle::new(&query) {
                for span in needle.find(&text) {
                    let words = span.of(&text).unwrap();
                    let folded = Folded::of(words).text;
                    prop_assert!(folded.contains(&needle.0), "{words:?}");
                }
                let folded = Folded::of(&text).text;
                prop_assert_eq!(folded.contains(&needle.0), !needle.find(&text).is_empty());
            }
        }
    }
}
