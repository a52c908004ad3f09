//! Sends security events of medium and high severity to a web address of the operator's choice.
//!
//! Each is a POST of the event as the API gives it, under two headers: `X-Alexandria-Timestamp` with the
//! second at which it was signed, and `X-Alexandria-Signature` with `sha256=` and the HMAC-SHA-256 of
//! that second, a dot and the body in lower-case hexadecimal. A receiver computes it again and refuses
//! what is older than some minutes, so that nobody can send an event twice.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::clock::Clock as _;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::security::Severity;
use alexandria_library::clock::SystemClock;
use alexandria_library::security::SecurityEvent;
use sha2::{Digest as _, Sha256};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::api::security_events::SecurityEventBody;
use crate::config::Config;

/// How long the receiver may take.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How often an event is sent at most.
const TRIES_MAX: u32 = 4;

/// How long the first pause between two tries is; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// The bytes that SHA-256 works on at once.
const BLOCK_BYTES: usize = 64;

/// Where events are sent, and what they are signed with.
struct Webhook {
    client: reqwest::Client,
    url: String,
    secret: String,
}

/// Sends every event that is raised from now on, until the library is gone. Does nothing when the
/// settings name no address.
///
/// # Errors
/// When the system refuses to prepare for it.
pub(crate) fn sender(
    config: &Config,
    events: broadcast::Receiver<Arc<SecurityEvent>>,
) -> Result<Option<impl Future<Output = ()> + Send + use<>>> {
    let (Some(url), Some(secret)) = (
        config.security_webhook_url.clone(),
        config.security_webhook_secret.clone(),
    ) else {
        return Ok(None);
    };
    let client = crate::web::client_for_webhook()?;
    let webhook = Webhook {
        client,
        url,
        secret,
    };
    Ok(Some(webhook.run(events)))
}

impl Webhook {
    async fn run(self, mut events: broadcast::Receiver<Arc<SecurityEvent>>) {
        loop {
            match events.recv().await {
                Ok(event) if event.severity == Severity::Low => {}
                Ok(event) => self.send(&event).await,
                Err(RecvError::Lagged(missed)) => {
                    tracing::error!(missed, "security events were not sent: too many at once");
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Sends an event, some times if need be.
    async fn send(&self, event: &SecurityEvent) {
        let id = event.id;
        // Twins of the wire always have a JSON form.
        let twin = SecurityEventBody::from(event.clone());
        let body = serde_json::to_vec(&twin).unwrap_or_default();
        let mut pause = PAUSE;
        for attempt in 1..=TRIES_MAX {
            match self.post(body.clone()).await {
                Ok(()) => return,
                Err(error) if attempt == TRIES_MAX => {
                    tracing::error!(event.id = %id, error = %error.chain(), "cannot send a security event");
                }
                Err(_error) => tokio::time::sleep(pause).await,
            }
            pause = pause.saturating_mul(2);
        }
    }

    async fn post(&self, body: Vec<u8>) -> Result<()> {
        let second = SystemClock.now().as_second().to_string();
        let signature = signature(self.secret.as_bytes(), &second, &body);
        let sent = self
            .client
            .post(&self.url)
            .timeout(SEND_TIMEOUT)
            .header("content-type", "application/json")
            .header("x-alexandria-timestamp", second)
            .header("x-alexandria-signature", signature)
            .body(body)
            .send()
            .await;
        let about = || "the receiver of security events does not answer".to_owned();
        let reply = sent
            .map_err(reqwest::Error::without_url)
            .context(ErrorKind::Unavailable, about)?;
        let status = reply.status();
        if status.is_success() {
            return Ok(());
        }
        let sentence = format!("the receiver of security events answered {status}");
        Err(Error::new(ErrorKind::Unavailable, sentence))
    }
}

/// The signature of a body that is sent at a second.
fn signature(secret: &[u8], second: &str, body: &[u8]) -> String {
    let mac = hmac(secret, &[second.as_bytes(), b".", body]);
    let digits: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// HMAC-SHA-256 (RFC 2104) of a message in parts.
fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; BLOCK_BYTES];
    let hashed: [u8; 32];
    let key = if key.len() > BLOCK_BYTES {
        hashed = Sha256::digest(key).into();
        hashed.as_slice()
    } else {
        key
    };
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36));
    for part in message {
        inner.update(part);
    }
    let outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        let check = |key: &[u8], message: &[u8], expected: &str| {
            let mac = hmac(key, &[message]);
            let digits: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digits, expected);
        };
        // RFC 4231, cases 1, 2 and 6.
        check(
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        );
        check(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
        check(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }
}
