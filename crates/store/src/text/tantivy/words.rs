//! Text into words, the same way for what is stored and for what is asked.
//!
//! Writing with spaces gives one token a word. Writing without (Chinese, Japanese, Korean, Thai,
//! Lao, Khmer, Burmese) gives each character and each pair of neighbours, at the character's place.

use unicode_normalization::char::is_combining_mark;

use super::language::{Language, lower};

/// Characters of a word that count; what follows is cut off.
const WORD_CHARS_MAX: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As written, in lower case.
    pub(super) plain: String,
    /// Its place, counted in words.
    pub(super) place: usize,
    /// What stands here.
    pub(super) kind: WordKind,
}

/// What a word was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// A word between spaces: it has a stem.
    Spaced,
    /// One character of writing without spaces, with no pair beginning here.
    Single,
    /// One character with a neighbour: the pair follows at the same place.
    Lead,
    /// Two neighbouring characters.
    Pair,
}

impl Word {
    /// The form under which it is found in a language.
    pub(super) fn form(&self, language: Language) -> String {
        match self.kind {
            WordKind::Spaced => language.form(&self.plain),
            WordKind::Single | WordKind::Lead | WordKind::Pair => self.plain.clone(),
        }
    }
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let text = lower(text);
    let mut reading = Reading::default();
    for char in text.chars() {
        match class(char) {
            Class::Word => {
                reading.close_unspaced();
                reading.spaced.push(char);
            }
            Class::Mark if !reading.unspaced.is_empty() => {
                if let Some(cluster) = reading.unspaced.last_mut() {
                    cluster.push(char);
                }
            }
            Class::Mark if !reading.spaced.is_empty() => reading.spaced.push(char),
            Class::Unspaced => {
                reading.close_spaced();
                reading.unspaced.push(char.to_string());
            }
            Class::Invisible => {}
            Class::Mark | Class::Gap => {
                reading.close_spaced();
                reading.close_unspaced();
            }
        }
    }
    reading.close_spaced();
    reading.close_unspaced();
    reading.words
}

#[derive(Default)]
struct Reading {
    words: Vec<Word>,
    place: usize,
    spaced: String,
    /// Characters with their marks.
    unspaced: Vec<String>,
}

impl Reading {
    fn close_spaced(&mut self) {
        if self.spaced.is_empty() {
            return;
        }
        let plain = match self.spaced.char_indices().nth(WORD_CHARS_MAX) {
            Some((end, _)) => self.spaced.get(..end).unwrap_or_default().to_owned(),
            None => std::mem::take(&mut self.spaced),
        };
        self.spaced.clear();
        self.words.push(Word {
            plain,
            place: self.place,
            kind: WordKind::Spaced,
        });
        self.place += 1;
    }

    fn close_unspaced(&mut self) {
        let clusters = std::mem::take(&mut self.unspaced);
        for (index, cluster) in clusters.iter().enumerate() {
            let next = clusters.get(index + 1);
            let kind = if next.is_some() {
                WordKind::Lead
            } else {
                WordKind::Single
            };
            self.words.push(Word {
                plain: cluster.clone(),
                place: self.place,
                kind,
            });
            if let Some(next) = next {
                let plain = format!("{cluster}{next}");
                self.words.push(Word {
                    plain,
                    place: self.place,
                    kind: WordKind::Pair,
                });
            }
            self.place += 1;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Word,
    Unspaced,
    Mark,
    Invisible,
    Gap,
}

fn class(char: char) -> Class {
    if char.is_ascii() {
        return if char.is_ascii_alphanumeric() {
            Class::Word
        } else {
            Class::Gap
        };
    }
    match char {
        '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {
            Class::Invisible
        }
        _ if is_combining_mark(char) => Class::Mark,
        '\u{e01}'..='\u{edf}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
            if char.is_alphanumeric() =>
        {
            Class::Unspaced
        }
        _ if char.is_alphanumeric() => Class::Word,
        _ => Class::Gap,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_become_words() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = words(text).into_iter().map(|word| word.plain).collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("", &[]);
        check(
            "The cat's  WHISKERS—3.5 mm!",
            &["the", "cat", "s", "whiskers", "3", "5", "mm"],
        );
        check("co\u{ad}operate", &["cooperate"]);
        check("图书馆", &["图", "图书", "书", "书馆", "馆"]);
        check("Rust语言2024", &["rust", "语", "语言", "言", "2024"]);
        check("ที่นี่", &["ที่", "ที่นี่", "นี่"]);
        check("हिन्दी में", &["हिन्दी", "में"]);
        check("ＡＢＣ ①", &["abc", "1"]);
    }

    #[test]
    fn places_count_words_and_pairs_share_one() {
        let places: Vec<usize> = words("a 图书 b").iter().map(|word| word.place).collect();
        assert_eq!(places, [0, 1, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_text_gives_words_in_order_and_no_empty_ones(text in any::<String>()) {
            let words = words(&text);
            prop_assert!(words.is_sorted_by_key(|word| word.place));
            prop_assert!(words.iter().all(|word| !word.plain.is_empty()));
        }
    }
}
