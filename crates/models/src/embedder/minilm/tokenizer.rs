//! Text to the numbers of its pieces: the uncased BERT tokenizer.
//!
//! It gives the same numbers as the reference implementation, without building a normalised copy of
//! the text: characters are cleaned, stripped of accents and lowered one by one, and a word is cut
//! into pieces as soon as it ends.

use std::ops::ControlFlow;

use unicode_normalization::char::decompose_canonical;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::vocabulary::{Position, Vocabulary};

/// Stands for a word that cannot be spelled.
const UNKNOWN: u32 = 100;
/// Put before every text.
pub(super) const CLASS: u32 = 101;
/// Put behind every text.
pub(super) const SEPARATOR: u32 = 102;
/// Longer words are unknown without being looked at.
const WORD_CHARACTERS_MAX: usize = 100;

/// The numbers of the pieces of a text, without the marks around it, at most `limit`.
pub(super) fn encode(vocabulary: &Vocabulary, text: &str, limit: usize) -> Vec<u32> {
    let mut ids = Vec::new();
    if limit > 0 {
        walk(vocabulary, text, &mut |pieces| {
            ids.extend(pieces);
            if ids.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
    }
    ids.truncate(limit);
    ids
}

/// How many pieces a text has.
pub(super) fn count(vocabulary: &Vocabulary, text: &str) -> usize {
    let mut count = 0;
    walk(vocabulary, text, &mut |pieces| {
        count += pieces.len();
        ControlFlow::Continue(())
    });
    count
}

/// Gives the pieces of one word after the other until told to stop.
fn walk(vocabulary: &Vocabulary, text: &str, give: &mut impl FnMut(&[u32]) -> ControlFlow<()>) {
    let mut word = Word {
        vocabulary,
        text: String::new(),
        characters: 0,
        pieces: Vec::new(),
        give,
    };
    let mut rest = text;
    while let Some((begin, end, id)) = vocabulary.find_special(rest) {
        let plain = rest.get(..begin).unwrap_or_default();
        if word.read(plain).is_break() || (word.give)(&[id]).is_break() {
            return;
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    // There is nothing left to stop.
    let _done = word.read(rest);
}

/// The word that is being read.
struct Word<'a, G> {
    vocabulary: &'a Vocabulary,
    text: String,
    characters: usize,
    pieces: Vec<u32>,
    give: &'a mut G,
}

impl<G: FnMut(&[u32]) -> ControlFlow<()>> Word<'_, G> {
    /// Reads text and ends the last word.
    fn read(&mut self, text: &str) -> ControlFlow<()> {
        for character in text.chars() {
            if character.is_ascii() {
                self.take_ascii(character)?;
            } else {
                self.take(character)?;
            }
        }
        self.end()
    }

    fn take_ascii(&mut self, character: char) -> ControlFlow<()> {
        match character {
            '\t' | '\n' | '\r' | ' ' => self.end(),
            character if character.is_ascii_control() => ControlFlow::Continue(()),
            character if character.is_ascii_punctuation() => self.take_alone(character),
            character => {
                self.push(character.to_ascii_lowercase());
                ControlFlow::Continue(())
            }
        }
    }

    fn take(&mut self, character: char) -> ControlFlow<()> {
        if is_dropped(character) {
            return ControlFlow::Continue(());
        }
        if character.is_whitespace() {
            return self.end();
        }
        let is_ideograph = is_ideograph(character);
        if is_ideograph {
            self.end()?;
        }
        let mut flow = ControlFlow::Continue(());
        decompose_canonical(character, |part| {
            if flow.is_continue() {
                flow = self.take_part(part);
            }
        });
        flow?;
        if is_ideograph {
            self.end()
        } else {
            ControlFlow::Continue(())
        }
    }

    fn take_part(&mut self, part: char) -> ControlFlow<()> {
        if part.general_category() == GeneralCategory::NonspacingMark {
            return ControlFlow::Continue(());
        }
        for lower in part.to_lowercase() {
            if is_punctuation(lower) {
                self.take_alone(lower)?;
            } else {
                self.push(lower);
            }
        }
        ControlFlow::Continue(())
    }

    fn push(&mut self, character: char) {
        self.characters += 1;
        // A longer word is unknown whatever it is; not keeping it bounds the memory.
        if self.characters <= WORD_CHARACTERS_MAX {
            self.text.push(character);
        }
    }

    /// A character that is a word of its own.
    fn take_alone(&mut self, character: char) -> ControlFlow<()> {
        self.end()?;
        self.push(character);
        self.end()
    }

    /// Cuts the word into the longest pieces from the left and gives them away.
    fn end(&mut self) -> ControlFlow<()> {
        if self.characters == 0 {
            return ControlFlow::Continue(());
        }
        self.pieces.clear();
        let mut rest = self.text.as_str();
        let mut position = Position::Beginning;
        if self.characters > WORD_CHARACTERS_MAX {
            self.pieces.push(UNKNOWN);
            rest = "";
        }
        while !rest.is_empty() {
            let Some((id, length)) = self.vocabulary.longest(position, rest) else {
                self.pieces.clear();
                self.pieces.push(UNKNOWN);
                break;
            };
            self.pieces.push(id);
            rest = rest.get(length..).unwrap_or_default();
            position = Position::Continuation;
        }
        self.text.clear();
        self.characters = 0;
        (self.give)(&self.pieces)
    }
}

/// Whether a character outside ASCII is taken away before anything else.
fn is_dropped(character: char) -> bool {
    character == char::REPLACEMENT_CHARACTER
        || matches!(
            character.general_category(),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        )
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(
            character.general_category(),
            GeneralCategory::ConnectorPunctuation
                | GeneralCategory::DashPunctuation
                | GeneralCategory::ClosePunctuation
                | GeneralCategory::FinalPunctuation
                | GeneralCategory::InitialPunctuation
                | GeneralCategory::OtherPunctuation
                | GeneralCategory::OpenPunctuation
        )
}

/// Whether a character is a word of its own because its script writes no spaces: the CJK ideographs,
/// not the syllabaries.
fn is_ideograph(character: char) -> bool {
    matches!(character,
        '\u{4E00}'..='\u{9FFF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{20000}'..='\u{2A6DF}'
        | '\u{2A700}'..='\u{2B73F}'
        | '\u{2B740}'..='\u{2B81F}'
        | '\u{2B920}'..='\u{2CEAF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{2F800}'..='\u{2FA1F}')
}
