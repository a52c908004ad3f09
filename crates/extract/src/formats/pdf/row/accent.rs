//! Accents that are drawn as characters of their own, before or behind their letters.

use super::super::glyph::Glyph;

/// The combining mark for a spacing accent that old fonts draw over the letter.
pub(super) fn accent(character: char) -> Option<char> {
    Some(match character {
        '\u{00B4}' | '\u{02CA}' => '\u{0301}',
        '\u{0060}' | '\u{02CB}' => '\u{0300}',
        '\u{00A8}' => '\u{0308}',
        '\u{02C6}' => '\u{0302}',
        '\u{02DC}' => '\u{0303}',
        '\u{02C7}' => '\u{030C}',
        '\u{02D8}' => '\u{0306}',
        '\u{02D9}' => '\u{0307}',
        '\u{02DA}' => '\u{030A}',
        '\u{02DD}' => '\u{030B}',
        '\u{00B8}' => '\u{0327}',
        '\u{0300}'..='\u{036F}' => character,
        _ => return None,
    })
}

/// The letter that a dotless one is under an accent.
pub(super) fn dotted(letter: char) -> char {
    match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        _ => letter,
    }
}

/// Whether the middle of an accent stands between the sides of a letter.
pub(super) fn stands_over(accent: &Glyph, letter: &Glyph) -> bool {
    let middle = accent.along + accent.advance / 2.0;
    middle >= letter.along && middle < letter.end()
}

/// Whether an accent stands over a letter rather than beside it, a little beyond its sides too.
pub(super) fn overlap(accent: &Glyph, letter: &Glyph) -> bool {
    let middle = accent.along + accent.advance / 2.0;
    let reach = 0.1 * letter.size;
    middle > letter.along - reach && middle < letter.end() + reach
}
