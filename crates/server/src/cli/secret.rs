//! `alexandria secret`: a key that nobody else has.

use alexandria_core::error::{Context, ErrorKind, Result};

use super::{Outcome, Setting};

/// The length of a secret, in bytes.
const SECRET_BYTES: usize = 32;

/// A new secret, in hexadecimal.
///
/// # Errors
/// `Unavailable` when the system gives no random bytes.
pub(crate) fn new_secret() -> Result<String> {
    let mut bytes = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).context(ErrorKind::Unavailable, || {
        "cannot get random bytes from the system".to_owned()
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Prints a secret.
pub(super) fn run(setting: &Setting) -> Result<Outcome> {
    let secret = new_secret()?;
    if setting.painter.is_json() {
        setting
            .painter
            .json(&serde_json::json!({ "secret_key": secret }))?;
    } else {
        setting.painter.say(secret);
    }
    Ok(Outcome::Done)
}
