//! The form that all stored text has: NFC, no control or invisible characters, single spaces.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// One paragraph: every run of white space, line breaks included, becomes one space.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_tidy(text, &mut out);
    compose(out)
}

/// Text whose line breaks and indentation count. Tabs become four spaces; blank lines at the start
/// and end and spaces at the ends of lines go.
pub(crate) fn tidy_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0_usize;
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let start = out.len();
        if start > 0 {
            out.extend(std::iter::repeat_n('\n', blank.min(1) + 1));
        }
        let indented = out.len();
        for character in line.chars() {
            match character {
                '\t' => out.push_str("    "),
                _ if character.is_whitespace() => out.push(' '),
                _ if is_invisible(character) => {}
                _ => out.push(character),
            }
        }
        out.truncate(indented + out.get(indented..).map_or(0, |line| line.trim_end().len()));
        if out.len() == indented {
            out.truncate(start);
            blank += 1;
        } else {
            blank = 0;
        }
    }
    compose(out)
}

/// Whether a character says nothing that a reader can see: controls, soft hyphens, byte order marks,
/// zero-width spaces and the marks that only steer the direction of writing. The joiners stay: they
/// change how Persian, Indic scripts and emoji are read.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0001}')
}

fn push_tidy(text: &str, out: &mut String) {
    let mut space = false;
    for character in text.chars() {
        if character.is_whitespace() {
            space = true;
        } else if !is_invisible(character) {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push(character);
        }
    }
}

fn compose(text: String) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        IsNormalized::No | IsNormalized::Maybe => text.nfc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paragraphs_become_one_clean_line() {
        for (text, tidied) in [
            ("  a\r\n\tb  ", "a b"),
            ("soft\u{ad}hyphen\u{200b} x\u{feff}", "softhyphen x"),
            ("e\u{301}\u{0}", "é"),
            ("a\u{a0}b\u{85}c", "a b c"),
            ("نمی\u{200c}خواهم", "نمی\u{200c}خواهم"),
            ("\u{202b}שלום\u{202c}", "שלום"),
            ("", ""),
        ] {
            assert_eq!(tidy(text), tidied);
        }
    }

    #[test]
    fn code_keeps_its_lines_and_indentation() {
        assert_eq!(
            tidy_lines("\n\nif x:\r\n\ty()  \n\n\n\n  z\n\n"),
            "if x:\n\n    y()\n\n  z"
        );
    }

    proptest! {
        #[test]
        fn tidied_text_is_composed_visible_and_stays_as_it_is(text in any::<String>()) {
            for tidied in [tidy(&text), tidy_lines(&text)] {
                prop_assert!(tidied.chars().all(|c| c == '\n' || !is_invisible(c)));
                prop_assert!(tidied.nfc().eq(tidied.chars()));
                prop_assert_eq!(tidy_lines(&tidied), tidied.clone());
            }
            let once = tidy(&text);
            prop_assert_eq!(tidy(&once), once);
        }
    }
}
