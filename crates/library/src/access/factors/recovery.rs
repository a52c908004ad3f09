//! Recovery codes: ten, each good once, for whoever has lost their authenticator.

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::id::UserId;
use alexandria_core::token::digest_of;

use super::totp::base32;

/// How many codes there are.
pub const RECOVERY_CODES: usize = 10;

/// Bytes of chance in a code: no guessing finds 80 bits, even of a stolen catalog.
const CODE_BYTES: usize = 10;

/// Signs between two hyphens of a code.
const GROUP: usize = 4;

/// New codes, as they are shown this once.
///
/// # Errors
/// `Internal` when the system gives no random bytes.
pub(super) fn new_codes() -> Result<Vec<String>> {
    (0..RECOVERY_CODES).map(|_| new_code()).collect()
}

fn new_code() -> Result<String> {
    let mut chance = [0; CODE_BYTES];
    getrandom::fill(&mut chance).context(ErrorKind::Internal, || {
        "the system gives no random bytes".to_owned()
    })?;
    let mut code = String::new();
    for (place, sign) in base32(&chance).to_lowercase().chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(sign);
    }
    Ok(code)
}

/// What is kept of a code of a person, however they write it.
pub(super) fn digest(user: UserId, code: &str) -> [u8; 32] {
    let signs = code.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = signs.map(|sign| sign.to_ascii_lowercase()).collect();
    digest_of(&format!("recovery\0{user}\0{plain}"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn codes_are_different_and_read_however_they_are_written() {
        let codes = new_codes().unwrap();
        let different: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        let (ada, eve) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (ada, eve) = (UserId::from_uuid(ada), UserId::from_uuid(eve));
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            let other = format!(" {} ", code.replace('-', " ").to_uppercase());
            assert_eq!(digest(ada, code), digest(ada, &other));
            assert_ne!(digest(ada, code), digest(eve, code));
        }
    }
}
