//! Personas: a name, a voice, and the collections that it answers from.
//!
//! A persona shapes how an answer is said and which documents it is made of. It never widens what the
//! one who asks may read.

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{CollectionId, PersonaId};

/// The longest name of a persona, in bytes.
pub const PERSONA_NAME_BYTES_MAX: usize = 200;

/// The longest voice of a persona, in bytes: some three hundred words.
pub const PERSONA_VOICE_BYTES_MAX: usize = 2_000;

/// The most collections that a persona is bound to.
pub const PERSONA_COLLECTIONS_MAX: usize = 100;

/// The most personas of one tenant.
pub const PERSONAS_MAX: u64 = 1_000;

/// Marks of this class (Unicode's canonical combining class) and above are accents; those below are
/// vowels and other letters of their writings.
const ACCENT_CLASS_MIN: u8 = 200;

/// A persona.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persona {
    /// Its identity.
    pub id: PersonaId,
    /// Its name as it was written, unique within the tenant as [`PersonaName::key`] compares names.
    pub name: String,
    /// How it speaks; may be empty.
    pub voice: String,
    /// The collections it answers from; all that the one who asks may read when there are none. One
    /// that has been removed stays in the list, so that its removal never opens the whole library.
    pub collections: Vec<CollectionId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// The name of a persona.
///
/// Invariant: it has 1 to [`PERSONA_NAME_BYTES_MAX`] bytes, no spaces around it, at least one letter or
/// digit, and no character that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonaName(String);

impl PersonaName {
    /// The name that a person has written.
    ///
    /// # Errors
    /// `Invalid`, saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let name = text.trim();
        let refused = |why: &str| {
            let sentence = format!("that cannot be a persona's name: {why}");
            Err(Error::new(ErrorKind::Invalid, sentence))
        };
        if name.len() > PERSONA_NAME_BYTES_MAX {
            return refused(&format!("it is longer than {PERSONA_NAME_BYTES_MAX} bytes"));
        }
        if name
            .chars()
            .any(|sign| sign.is_control() || is_unseen(sign))
        {
            return refused("it holds a line break or another character that cannot be seen");
        }
        if !Self::key_of(name).chars().any(char::is_alphanumeric) {
            return refused("it has no letter and no digit");
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names are compared by: see [`Self::key_of`].
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// What a text is looked up under: two texts have the same key when they differ only in case, in
    /// accents, in spaces, or in forms of the same letters (NFKC).
    #[must_use]
    pub fn key_of(text: &str) -> String {
        let plain = bare(text);
        // Up and down again brings together what has no single lower case, such as ß and ss, σ and ς.
        let upper: String = plain.chars().flat_map(char::to_uppercase).collect();
        let lower: String = upper.chars().flat_map(char::to_lowercase).collect();
        let folded: String = bare(&lower).nfkc().collect();
        folded.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The letters without their accents, taken apart (NFKD).
fn bare(text: &str) -> String {
    text.nfkd()
        .filter(|sign| canonical_combining_class(*sign) < ACCENT_CLASS_MIN)
        .collect()
}

/// Characters without a shape, by which two names could look the same and not be.
const fn is_unseen(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The voice that a person has written, without spaces around it.
///
/// # Errors
/// `Invalid` when it is longer than [`PERSONA_VOICE_BYTES_MAX`], or holds a control character other
/// than a line break or a tab.
pub fn checked_voice(text: &str) -> Result<&str> {
    let voice = text.trim();
    let refused = |why: &str| {
        let sentence = format!("that cannot be a persona's voice: {why}");
        Err(Error::new(ErrorKind::Invalid, sentence))
    };
    if voice.len() > PERSONA_VOICE_BYTES_MAX {
        return refused(&format!(
            "it is longer than {PERSONA_VOICE_BYTES_MAX} bytes"
        ));
    }
    let is_bad = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t');
    if voice.chars().any(is_bad) {
        return refused("it holds a control character");
    }
    Ok(voice)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_people_take_for_the_same_have_one_key() {
        for (one, other) in [
            ("Aristotle", "ARISTOTLE"),
            ("Aristotle", "  aristotle "),
            ("Aristotle", "Ａｒｉｓｔｏｔｌｅ"),
            ("Aristoteles", "Aristotélês"),
            ("Zoë", "Zoe\u{308}"),
            ("Zoë", "zoe"),
            ("Ἀριστοτέλης", "ΑΡΙΣΤΟΤΕΛΗΣ"),
            ("Weiß", "WEISS"),
            ("İbn Rüşd", "ibn rusd"),
            ("Ibn  Rushd", "ibn\u{a0}rushd"),
            ("ﬁne", "Fine"),
            ("Paul Ⅳ", "paul iv"),
        ] {
            assert_eq!(
                PersonaName::key_of(one),
                PersonaName::key_of(other),
                "{one} {other}"
            );
        }
        for (one, other) in [
            ("Plato", "Plat"),
            ("Ibn Rushd", "IbnRushd"),
            // Vowel signs are letters, not accents.
            ("कि", "का"),
            ("が", "か"),
        ] {
            assert_ne!(
                PersonaName::key_of(one),
                PersonaName::key_of(other),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_name() {
        for text in [
            "",
            "  ",
            "\u{301}",
            "...",
            "Ari\nstotle",
            "Ari\u{200b}stotle",
            "\u{202e}eltotsirA",
            &"a".repeat(PERSONA_NAME_BYTES_MAX + 1),
        ] {
            assert_eq!(
                PersonaName::parse(text).unwrap_err().kind(),
                ErrorKind::Invalid,
                "{text:?}"
            );
        }
        assert_eq!(
            PersonaName::parse("  Mary Shelley ").unwrap().as_str(),
            "Mary Shelley"
        );
        assert_eq!(PersonaName::parse("孔子").unwrap().as_str(), "孔子");
    }

    #[test]
    fn a_voice_has_a_length_and_no_control_characters() {
        assert_eq!(
            checked_voice(" Plainly.\nIn short words. ").unwrap(),
            "Plainly.\nIn short words."
        );
        assert_eq!(checked_voice("").unwrap(), "");
        for text in [
            "a\u{0}b",
            "a\u{1b}[31m",
            &"é".repeat(PERSONA_VOICE_BYTES_MAX / 2 + 1),
        ] {
            assert_eq!(checked_voice(text).unwrap_err().kind(), ErrorKind::Invalid);
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,40}") {
            let key = PersonaName::key_of(&text);
            prop_assert_eq!(PersonaName::key_of(&key), key);
        }
    }
}
