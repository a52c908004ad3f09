//! Calls of a web address of the operator's choice, signed so that whoever answers there knows who calls.
//!
//! Each is a POST of JSON under two headers: `X-Alexandria-Timestamp` with the second at which it was
//! signed, and `X-Alexandria-Signature` with `sha256=` and the HMAC-SHA-256 (RFC 2104) of that second, a
//! dot and the body in lower-case hexadecimal. A receiver computes it again and refuses what is older than
//! some minutes, so that nobody can send a call twice.

use std::time::Duration;

use alexandria_core::clock::Clock as _;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::clock::SystemClock;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;

/// How long the receiver may take.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Where to call.
pub(super) struct Webhook {
    /// The setting that names the address, for sentences.
    setting: &'static str,
    url: String,
    secret: String,
    client: reqwest::Client,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a key.
        write!(formatter, "Webhook({})", self.setting)
    }
}

impl Webhook {
    /// The one that a setting names, if it does. That address and secret fit has been checked with all
    /// settings.
    ///
    /// # Errors
    /// When the system refuses to prepare for it.
    pub(super) fn open(
        setting: &'static str,
        url: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Option<Self>> {
        let (Some(url), Some(secret)) = (url, secret) else {
            return Ok(None);
        };
        Ok(Some(Self {
            setting,
            url: url.to_owned(),
            secret: secret.to_owned(),
            client: crate::web::client_for_settings()?,
        }))
    }

    /// Calls once.
    ///
    /// # Errors
    /// `Unavailable` when nobody answers or the answer is no success.
    pub(super) async fn send(&self, body: Vec<u8>) -> Result<()> {
        let second = SystemClock.now().as_second().to_string();
        let signature = signature(self.secret.as_bytes(), &second, &body)?;
        let sent = self
            .client
            .post(&self.url)
            .timeout(SEND_TIMEOUT)
            .header(CONTENT_TYPE, "application/json")
            .header("x-alexandria-timestamp", second)
            .header("x-alexandria-signature", signature)
            .body(body)
            .send()
            .await
            .map_err(reqwest::Error::without_url);
        let setting = self.setting;
        let reply = sent.context(ErrorKind::Unavailable, || {
            format!("cannot reach the address of {setting}")
        })?;
        let status = reply.status();
        if status.is_success() {
            return Ok(());
        }
        let sentence = format!("the address of {setting} answers {status}");
        Err(Error::new(ErrorKind::Unavailable, sentence))
    }
}

/// The signature of a body that is sent at a second.
fn signature(secret: &[u8], second: &str, body: &[u8]) -> Result<String> {
    let mac = Hmac::<Sha256>::new_from_slice(secret);
    let mut mac = mac.context(ErrorKind::Internal, || "cannot sign a call".to_owned())?;
    for part in [second.as_bytes(), b".", body] {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256={digits}"))
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// Computed with `printf '7.{}' | openssl dgst -sha256 -hmac a-secret-of-sixteen`.
    #[test]
    fn a_call_is_signed_as_others_sign() {
        let expected = "sha256=dd286e6f7f3f1acf33a58536ab214ce73881bd7c96fe56594be8d6e3fbe74a31";
        let signed = signature(b"a-secret-of-sixteen", "7", b"{}").unwrap();
        assert_eq!(signed, expected);
    }
}
