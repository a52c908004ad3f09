//! Names that people give to things: shown as they were written, compared as they are meant.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Error, ErrorKind, Result};

/// The longest name, in bytes.
pub const LABEL_BYTES_MAX: usize = 200;

/// A name for a tenant, a person, a key.
///
/// Invariant: 1 to [`LABEL_BYTES_MAX`] bytes, no spaces around it, a letter or digit in it, and no
/// character that cannot be seen, so that two names that look alike are not two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The name that a person has written, for a thing that is called this.
    ///
    /// # Errors
    /// `Invalid`, saying what is wrong with it.
    pub fn parse(noun: &str, text: &str) -> Result<Self> {
        let label: String = text.trim().nfc().collect();
        let refused = |why: &str| {
            let sentence = format!("that cannot be the name of a {noun}: {why}");
            Err(Error::new(ErrorKind::Invalid, sentence))
        };
        if label.len() > LABEL_BYTES_MAX {
            return refused(&format!("it is longer than {LABEL_BYTES_MAX} bytes"));
        }
        if label.chars().any(is_unseen) {
            return refused("it holds a line break or another character that cannot be seen");
        }
        if !label.chars().any(char::is_alphanumeric) {
            return refused("it has no letter and no digit");
        }
        Ok(Self(label))
    }

    /// A name that was checked before it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names are compared by.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// What a text is compared by: compatibility forms folded, small letters, single spaces.
    #[must_use]
    pub fn key_of(text: &str) -> String {
        let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a character leaves no mark: controls, and what changes the direction or joins invisibly.
pub(crate) fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        let key = |text| Label::parse("tenant", text).unwrap().key();
        assert_eq!(key(" ACME  Press "), key("acme press"));
        assert_eq!(key("ＡＣＭＥ press"), key("acme press"));
    }

    #[test]
    fn names_that_cannot_be_seen_are_refused() {
        for wrong in [
            "",
            "  ",
            "--",
            "a\nb",
            "ab\u{200B}c",
            "\u{202E}cba",
            &"a".repeat(201),
        ] {
            assert!(Label::parse("tenant", wrong).is_err(), "{wrong:?}");
        }
    }
}
