//! A call of a web address, signed so that whoever answers there knows who calls.

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_store::catalog::Notice;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use sha2::Sha256;

use super::headline;
use crate::config::Config;

/// The header with the moment of the call and its signature: `t=SECONDS,v1=HEX`.
pub(super) const SIGNATURE_HEADER: &str = "x-alexandria-signature";

/// The shortest secret, in bytes.
const SECRET_BYTES_MIN: usize = 16;

/// Where to call.
pub(super) struct Webhook {
    url: reqwest::Url,
    secret: String,
    client: reqwest::Client,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a key.
        formatter.write_str("Webhook")
    }
}

impl Webhook {
    /// The one that the settings name, if they do.
    pub(super) fn open(config: &Config) -> Result<Option<Self>> {
        let Some(url) = &config.alerts_webhook_url else {
            return Ok(None);
        };
        let refused = |why: &str| Err(Error::new(ErrorKind::Invalid, why.to_owned()));
        let Ok(url) = url.parse::<reqwest::Url>() else {
            return refused("the setting alerts.webhook_url is no web address");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return refused("the setting alerts.webhook_url begins with https:// or http://");
        }
        let secret = config.alerts_webhook_secret.clone().unwrap_or_default();
        if secret.len() < SECRET_BYTES_MIN {
            return refused(
                "the setting alerts.webhook_secret signs what is sent to alerts.webhook_url and has at \
                 least 16 characters: set it to what `alexandria secret` prints",
            );
        }
        Ok(Some(Self {
            url,
            secret,
            client: crate::web::client_for_settings()?,
        }))
    }

    /// Calls.
    ///
    /// # Errors
    /// `Unavailable` when nobody answers or the answer is no success.
    pub(super) async fn send(&self, notice: &Notice) -> Result<()> {
        let about = || "cannot reach the address of alerts.webhook_url".to_owned();
        let body = json!({
            "id": notice.id,
            "about": notice.about,
            "tenant": notice.tenant,
            "period": notice.period,
            "text": headline(notice),
            "details": serde_json::from_str::<Value>(&notice.body).unwrap_or_default(),
        })
        .to_string();
        let signature = signature(&self.secret, notice.created.as_second(), &body)?;
        let sent = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(body)
            .send()
            .await
            .map_err(reqwest::Error::without_url);
        let status = sent.context(ErrorKind::Unavailable, about)?.status();
        if status.is_success() {
            return Ok(());
        }
        let sentence = format!("the address of alerts.webhook_url answers {status}");
        Err(Error::new(ErrorKind::Unavailable, sentence))
    }
}

/// The moment, and the HMAC-SHA-256 of the moment, a point and the body.
fn signature(secret: &str, second: i64, body: &str) -> Result<String> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mut mac = mac.context(ErrorKind::Internal, || "cannot sign a call".to_owned())?;
    mac.update(format!("{second}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("t={second},v1={hex}"))
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// Computed with `printf '7.{}' | openssl dgst -sha256 -hmac a-secret-of-sixteen`.
    #[test]
    fn a_call_is_signed_as_others_sign() {
        let expected = "t=7,v1=dd286e6f7f3f1acf33a58536ab214ce73881bd7c96fe56594be8d6e3fbe74a31";
        assert_eq!(signature("a-secret-of-sixteen", 7, "{}").unwrap(), expected);
    }
}
