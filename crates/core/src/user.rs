//! People: who they are in a tenant, and the address that they sign in with.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::access::Role;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, UserId};
use crate::label::{Label, is_unseen};

/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
pub const EMAIL_BYTES_MAX: usize = 254;

/// The longest telephone number, in bytes.
pub const PHONE_NUMBER_BYTES_MAX: usize = 32;

/// The shortest password, in characters (NIST SP 800-63B-4, 3.1.1.2, for a password alone).
pub const PASSWORD_CHARACTERS_MIN: usize = 15;

/// The longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// A person of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// Whose.
    pub tenant: TenantId,
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: Label,
    /// Their telephone number, where they gave one.
    pub phone_number: Option<String>,
    /// What they are in the tenant.
    pub role: Role,
    /// Whether they may work.
    pub state: UserState,
    /// When they became one of the tenant's people.
    pub created: Timestamp,
    /// When they last signed in.
    pub signed_in: Option<Timestamp>,
    /// Whether they have a password.
    pub has_password: bool,
}

/// Whether a person may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserState {
    /// They may.
    Active,
    /// They are not let in.
    Suspended,
}

impl UserState {
    /// The state's name, as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl FromStr for UserState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            _ => {
                let sentence = "a person is active or suspended";
                Err(Error::new(ErrorKind::Invalid, sentence))
            }
        }
    }
}

/// An e-mail address.
///
/// Invariant: one `@` with something on both sides, at most [`EMAIL_BYTES_MAX`] bytes, no space and
/// no unseen character, and in the domain only ASCII: domains in other scripts are written in their
/// ASCII form (`xn--…`, RFC 5890), so that a look-alike domain is seen to be one. The local part may
/// be in one script beside common signs, never mixed with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address that a person has written.
    ///
    /// # Errors
    /// `Invalid`, saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let email: String = text.trim().nfc().collect();
        let refused = |why: &str| {
            let sentence = format!("that is not an e-mail address that can be used here: {why}");
            Err(Error::new(ErrorKind::Invalid, sentence))
        };
        if email.len() > EMAIL_BYTES_MAX {
            return refused(&format!("it is longer than {EMAIL_BYTES_MAX} bytes"));
        }
        let Some((local, domain)) = email.rsplit_once('@') else {
            return refused("it has no @");
        };
        if local.is_empty() || local.contains('@') || local.len() > 64 {
            return refused("what stands before the @ is empty, too long or holds another @");
        }
        if local
            .chars()
            .any(|sign| sign.is_whitespace() || is_unseen(sign) || "\"(),:;<>[\\]".contains(sign))
        {
            return refused("it holds a space or a sign that addresses do not have");
        }
        let latin = local.chars().any(is_latin);
        if latin
            && local
                .chars()
                .any(|sign| sign.is_alphabetic() && !is_latin(sign))
        {
            return refused("it mixes Latin letters with letters of another script");
        }
        let part = |part: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !part.is_empty() && part.len() <= 63 && part.bytes().all(fits)
        };
        if !domain.split('.').all(part) {
            return refused(
                "what follows the @ is not a domain in ASCII; write other scripts as xn--…",
            );
        }
        Ok(Self(email))
    }

    /// An address that was checked before it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What addresses are compared by: compatibility forms folded, in small letters.
    #[must_use]
    pub fn key(&self) -> String {
        Label::key_of(&self.0)
    }
}

/// Whether a letter is of the Latin script: ASCII, its supplements and extensions.
const fn is_latin(sign: char) -> bool {
    sign.is_ascii_alphabetic()
        || matches!(sign, '\u{AA}' | '\u{BA}' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A password that a person has chosen; never shown.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password for signing in: nothing is asked of it, it is right or wrong.
    ///
    /// # Errors
    /// `Invalid` when it is too long to be one.
    pub fn given(text: String) -> Result<Self> {
        if text.len() > PASSWORD_BYTES_MAX {
            let sentence = format!("a password has at most {PASSWORD_BYTES_MAX} bytes");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(Self(text))
    }

    /// A new password: long enough, not one character over and over, and not the address.
    ///
    /// # Errors
    /// `Invalid`, saying what is missing.
    pub fn chosen(text: String, email: &Email) -> Result<Self> {
        let password = Self::given(text)?;
        let refused = |why: String| Err(Error::new(ErrorKind::Invalid, why));
        let signs = password.0.chars().count();
        if signs < PASSWORD_CHARACTERS_MIN {
            return refused(format!(
                "a password needs at least {PASSWORD_CHARACTERS_MIN} characters: four words do"
            ));
        }
        let mut different: Vec<_> = password.0.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 5 {
            return refused("that password repeats a few characters: choose another".to_owned());
        }
        let folded = Label::key_of(&password.0);
        if folded.contains(&email.key()) {
            return refused("that password holds your address: choose another".to_owned());
        }
        Ok(password)
    }

    /// The password, for hashing: its compatibility form, so that every keyboard gives the same
    /// (NIST SP 800-63B-4, 3.1.1.2).
    #[must_use]
    pub fn normalised(&self) -> String {
        self.0.nfkc().collect()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(***)")
    }
}

/// A telephone number as a person writes it.
///
/// # Errors
/// `Invalid` for what cannot be one.
pub fn checked_phone_number(text: &str) -> Result<String> {
    let number = text.trim();
    let fits = |sign: char| sign.is_ascii_digit() || "+-() ./".contains(sign);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    if number.len() > PHONE_NUMBER_BYTES_MAX || digits < 3 || !number.chars().all(fits) {
        let sentence = "that is not a telephone number: write it such as +44 20 7946 0000";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_however_they_are_written() {
        let key = |text| Email::parse(text).unwrap().key();
        assert_eq!(key(" Ada@Example.ORG "), key("ada@example.org"));
        assert_eq!(
            key("müller@example.org"),
            key("mu\u{308}ller@example.org".to_uppercase().as_str())
        );
    }

    #[test]
    fn look_alikes_and_broken_addresses_are_refused() {
        for wrong in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a da@example.org",
            "ada@exam ple.org",
            "ada@@example.org",
            "ada@example..org",
            "\u{430}da@example.org",
            "ada@ex\u{430}mple.org",
            "ada\u{200B}@example.org",
            "ada@example.org\u{202E}",
            "<ada@example.org>",
            "ada,eve@example.org",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong:?}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        assert!(Email::parse(&long).is_err());
    }

    #[test]
    fn weak_passwords_are_refused() {
        let ada = Email::parse("ada@example.org").unwrap();
        for wrong in [
            "short",
            "aaaaaaaaaaaaaaaaaaaa",
            "my ada@example.org is it",
            &"x".repeat(2000),
        ] {
            assert!(
                Password::chosen(wrong.to_owned(), &ada).is_err(),
                "{wrong:?}"
            );
        }
        let right = Password::chosen("four words of mine".to_owned(), &ada).unwrap();
        assert_eq!(format!("{right:?}"), "Password(***)");
    }
}
