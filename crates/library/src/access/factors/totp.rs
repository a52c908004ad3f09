//! Codes of an authenticator: six digits that change every 30 seconds (RFC 6238 over HMAC-SHA-1, which
//! is what authenticators understand).

use jiff::Timestamp;
use ring::hmac;

/// Bytes of a secret: as many as a digest of SHA-1 has (RFC 4226, 4).
pub(super) const SECRET_BYTES: usize = 20;

/// Seconds for which a code is shown.
const STEP_SECONDS: i64 = 30;

/// Digits of a code.
const DIGITS: usize = 6;

/// The number of codes with that many digits.
const CODES: u32 = 1_000_000;

/// Steps by which the clock of an authenticator may differ.
const STEPS_APART: u64 = 1;

/// The signs of base 32 (RFC 4648, 6).
const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The number of a text that can be a code. A space in the middle, as authenticators show it, is no
/// part of it.
pub(super) fn parse(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let whole = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| digits.parse().ok()).flatten()
}

/// The step whose code this is, if it is the code of this moment or of a neighbouring step.
pub(super) fn step_of(secret: &[u8], code: u32, now: Timestamp) -> Option<u64> {
    let now = u64::try_from(now.as_second().div_euclid(STEP_SECONDS)).ok()?;
    let steps = now.saturating_sub(STEPS_APART)..=now.saturating_add(STEPS_APART);
    // All of them are computed, so the time it takes says nothing.
    steps.fold(None, |found, step| {
        let same = code_at(secret, step) == code;
        if same { Some(step) } else { found }
    })
}

/// The code of a step.
pub(super) fn code_at(secret: &[u8], step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let digest = hmac::sign(&key, &step.to_be_bytes());
    let digest = digest.as_ref();
    let start = usize::from(digest.last().copied().unwrap_or(0) & 0xF);
    let four = digest.get(start..).and_then(<[u8]>::first_chunk::<4>);
    let number = four.map_or(0, |four| u32::from_be_bytes(*four));
    (number & 0x7FFF_FFFF) % CODES
}

/// The address by which authenticators take a secret, most often from a picture of it.
pub(super) fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (encoded(issuer), encoded(account));
    let secret = base32(secret);
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1\
         &digits={DIGITS}&period={STEP_SECONDS}"
    )
}

/// Bytes in base 32, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0_u32);
    let sign = |five: u32| {
        let place = usize::try_from(five & 31).unwrap_or(0);
        char::from(SIGNS.get(place).copied().unwrap_or(b'A'))
    };
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(sign(held >> bits));
        }
    }
    if bits > 0 {
        text.push(sign(held << (5 - bits)));
    }
    text
}

/// A text with everything but letters, digits and `-._~` percent-encoded.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            write!(encoded, "%{byte:02X}").ok();
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        for (second, code) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            let step = u64::try_from(second / STEP_SECONDS).unwrap();
            assert_eq!(code_at(SECRET, step), code, "{second}");
            assert_eq!(step_of(SECRET, code, at(second)), Some(step));
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_neighbours() {
        let code = code_at(SECRET, 1_000);
        for (second, good) in [
            (29_969, false),
            (29_970, true),
            (30_000, true),
            (30_059, true),
            (30_060, false),
        ] {
            let found = step_of(SECRET, code, at(second));
            assert_eq!(found, good.then_some(1_000), "{second}");
        }
    }

    #[test]
    fn only_six_digits_are_a_code() {
        assert_eq!(parse("000042"), Some(42));
        assert_eq!(parse(" 123 456 "), Some(123_456));
        for wrong in ["", "12345", "1234567", "12345a", "-12345", "１２３４５６"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_written_as_authenticators_read_them() {
        // RFC 4648, 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(
            uri("My library", "ada@example.org", SECRET),
            "otpauth://totp/My%20library:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=My%20library&algorithm=SHA1&digits=6&period=30"
        );
    }
}
