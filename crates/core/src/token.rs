//! Tokens: secrets that programs and messages carry, made of chance, recognisable, and never stored.
//!
//! `alx_key_` and 49 characters: what follows the prefix is 32 bytes of chance in base 62, ended by
//! six characters of checksum. The prefix lets secret scanners find one that
//! was published by mistake, the checksum lets them (and us) tell it from an example without asking.
//! What is kept is the SHA-256 of the whole: with 256 bits of chance a slow hash adds nothing.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind, Result};

/// Bytes of chance in a token.
pub const TOKEN_BYTES: usize = 32;

/// Characters that a token's chance takes in base 62: the least number that holds 256 bits.
const BODY_CHARACTERS: usize = 43;

/// Characters of checksum.
const CHECK_CHARACTERS: usize = 6;

/// Characters of a token's end that are shown, so that people can tell theirs apart.
const TAIL_CHARACTERS: usize = 4;

/// The signs of base 62, in order.
const SIGNS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a token is for; it stands in its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A key that a program calls with.
    Key,
    /// What a session is gone on with.
    Refresh,
    /// An invitation.
    Invitation,
    /// What is shown once within minutes: a step of signing in with a provider of identities.
    Once,
    /// What the second step of signing in is done with.
    SecondStep,
    /// What lets the operator in at the machine itself, for as long as a server runs.
    Local,
}

impl TokenKind {
    /// What a token of this kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Key => "alx_key_",
            Self::Refresh => "alx_ref_",
            Self::Invitation => "alx_inv_",
            Self::Once => "alx_one_",
            Self::SecondStep => "alx_mfa_",
            Self::Local => "alx_loc_",
        }
    }
}

/// A token. Shown once, to the one it was made for.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of these bytes of chance.
    #[must_use]
    pub fn new(kind: TokenKind, chance: &[u8; TOKEN_BYTES]) -> Self {
        let mut text = kind.prefix().to_owned();
        push_base62(&mut text, chance, BODY_CHARACTERS);
        let check = checksum(&text);
        push_base62(&mut text, &check, CHECK_CHARACTERS);
        Self(text)
    }

    /// The token in a text that somebody has sent.
    ///
    /// # Errors
    /// `Invalid` for what cannot be one of this kind; nothing of it is repeated.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self> {
        let refused = || {
            let prefix = kind.prefix();
            Error::new(
                ErrorKind::Invalid,
                format!(
                    "that is not a token that begins with {prefix}, or a part of it is missing"
                ),
            )
        };
        let whole = kind.prefix().len() + BODY_CHARACTERS + CHECK_CHARACTERS;
        if text.len() != whole || !text.is_ascii() || !text.starts_with(kind.prefix()) {
            return Err(refused());
        }
        let (body, check) = text.split_at(whole - CHECK_CHARACTERS);
        let mut expected = String::with_capacity(CHECK_CHARACTERS);
        push_base62(&mut expected, &checksum(body), CHECK_CHARACTERS);
        if expected != check {
            return Err(refused());
        }
        Ok(Self(text.to_owned()))
    }

    /// The token itself, for the one it was made for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        digest_of(&self.0)
    }

    /// Its last characters, by which people tell theirs apart.
    #[must_use]
    pub fn tail(&self) -> &str {
        self.0
            .get(self.0.len() - TAIL_CHARACTERS..)
            .unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token(…{})", self.tail())
    }
}

/// What is kept of a secret that was given as text.
#[must_use]
pub fn digest_of(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn checksum(text: &str) -> [u8; 4] {
    let digest = digest_of(text);
    let mut first = [0; 4];
    first
        .iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    first
}

/// Appends a number, given by its bytes with the highest first, in base 62 with leading zeros.
fn push_base62(text: &mut String, number: &[u8], characters: usize) {
    let mut digits = vec![0_u16; characters];
    for byte in number {
        let mut carry = u32::from(*byte);
        for digit in digits.iter_mut().rev() {
            carry += u32::from(*digit) << 8;
            *digit = u16::try_from(carry % 62).unwrap_or(0);
            carry /= 62;
        }
    }
    let sign = |digit: u16| SIGNS.get(usize::from(digit)).copied().unwrap_or(b'0');
    text.extend(digits.into_iter().map(|digit| char::from(sign(digit))));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_token_is_read_as_it_was_made_and_in_no_other_form(
            chance: [u8; TOKEN_BYTES], place in 8_usize..57, sign in 0_usize..62,
        ) {
            let token = Token::new(TokenKind::Key, &chance);
            prop_assert_eq!(&Token::parse(TokenKind::Key, token.reveal()).unwrap(), &token);
            prop_assert!(Token::parse(TokenKind::Refresh, token.reveal()).is_err());
            let mut other = token.reveal().to_owned().into_bytes();
            other[place] = SIGNS[sign];
            let other = String::from_utf8(other).unwrap();
            if other != token.reveal() {
                prop_assert!(Token::parse(TokenKind::Key, &other).is_err());
            }
        }

        #[test]
        fn different_chance_gives_different_tokens(one: [u8; TOKEN_BYTES], two: [u8; TOKEN_BYTES]) {
            let same = Token::new(TokenKind::Key, &one) == Token::new(TokenKind::Key, &two);
            prop_assert_eq!(same, one == two);
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            prop_assert!(Token::parse(TokenKind::Key, &text).is_err());
        }
    }

    #[test]
    fn the_end_of_the_range_fits() {
        let token = Token::new(TokenKind::Invitation, &[0xFF; TOKEN_BYTES]);
        assert_eq!(token.reveal().len(), 8 + 43 + 6);
        assert_eq!(format!("{token:?}"), format!("Token(…{})", token.tail()));
    }
}
