//! Characters that a file names for its glyphs and that stand for others, or for nothing.

/// The letters of a Latin ligature.
pub(super) fn ligature(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{FB00}' => "ff",
        '\u{FB01}' => "fi",
        '\u{FB02}' => "fl",
        '\u{FB03}' => "ffi",
        '\u{FB04}' => "ffl",
        '\u{FB05}' | '\u{FB06}' => "st",
        _ => return None,
    })
}

/// Arabic and Hebrew shapes that stand for ordinary letters, and full-width Latin stays as it is.
pub(super) fn is_presentation_form(character: char) -> bool {
    matches!(character, '\u{FB07}'..='\u{FDFB}' | '\u{FE70}'..='\u{FEFC}')
}

/// Characters that draw nothing and would break search.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    )
}

/// Old TeX fonts say a control character where they mean a ligature of their own encoding.
pub(super) fn control_ligature(character: char, code: u32) -> Option<&'static str> {
    if u32::from(character) != code {
        return None;
    }
    Some(match code {
        0x0B | 0x1B => "ff",
        0x0C | 0x1C => "fi",
        0x0D | 0x1D => "fl",
        0x0E | 0x1E => "ffi",
        0x0F | 0x1F => "ffl",
        _ => return None,
    })
}
