//! Asking those who vouch for people: small JSON documents, in little time, with no redirect.
//!
//! The operator chooses the issuer, but its documents name further addresses. All of them stay outside
//! of private networks unless the settings allow these.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use futures::stream::StreamExt as _;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;

use super::{CheckedNames, Fence, check_url, ready_encryption};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a question may take in all.
const ASK_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest document that is read, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Asks issuers.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    client: reqwest::Client,
    fence: Fence,
}

/// What an issuer replied.
#[derive(Clone, Debug)]
pub(crate) struct Replied {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    body: Vec<u8>,
}

impl Replied {
    /// The body of a successful reply.
    ///
    /// # Errors
    /// `Unavailable` when it did not succeed, or is not what was asked for.
    pub(crate) fn document<T: DeserializeOwned>(&self, url: &str) -> Result<T> {
        let about = || format!("cannot use what {url} says");
        if self.status != 200 {
            let sentence = format!("{url} answered with the status {}", self.status);
            return Err(Error::new(ErrorKind::Unavailable, sentence));
        }
        serde_json::from_slice(&self.body).context(ErrorKind::Unavailable, about)
    }
}

impl Asking {
    /// Prepares to ask.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn new(private_addresses: bool) -> Result<Self> {
        ready_encryption();
        let fence = Fence {
            bytes_max: DOCUMENT_BYTES_MAX as u64,
            private_addresses,
        };
        let client = reqwest::Client::builder()
            .user_agent(concat!("alexandria/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ASK_TIMEOUT)
            .no_proxy()
            .redirect(Policy::none())
            .dns_resolver(Arc::new(CheckedNames { fence }))
            .build()
            .context(ErrorKind::Internal, || {
                "cannot prepare to ask providers of identities".to_owned()
            })?;
        Ok(Self { client, fence })
    }

    /// Asks for a document.
    ///
    /// # Errors
    /// `Unavailable` when there is no reply, or the address may not be reached.
    pub(crate) async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Replied> {
        let checked = self.checked(url)?;
        let mut request = self.client.get(checked);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request, url).await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// As for [`Self::get`].
    pub(crate) async fn post(
        &self,
        url: &str,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Result<Replied> {
        let checked = self.checked(url)?;
        let mut request = self
            .client
            .post(checked)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(form));
        if let Some((name, secret)) = basic {
            request = request.basic_auth(escaped(name), Some(escaped(secret)));
        }
        send(request, url).await
    }

    /// An address that may be reached. That one may not is the fault of the issuer or the settings,
    /// and never of the one who signs in.
    fn checked(&self, url: &str) -> Result<Url> {
        self.fenced(url).context(ErrorKind::Unavailable, || {
            format!("{url} is not an address that providers of identities are asked at")
        })
    }

    fn fenced(&self, url: &str) -> Result<Url> {
        let parsed = Url::parse(url)
            .context(ErrorKind::Invalid, || format!("{url} is not a web address"))?;
        if parsed.scheme() != "https" && !self.fence.private_addresses {
            let sentence = format!("{url} does not start with https://, so nothing is told to it");
            return Err(Error::new(ErrorKind::Forbidden, sentence));
        }
        check_url(&parsed, self.fence)?;
        Ok(parsed)
    }
}

async fn send(request: RequestBuilder, url: &str) -> Result<Replied> {
    let about = || format!("cannot reach {url}");
    let request = request.header("accept", "application/json");
    let response = request.send().await;
    let response = response.map_err(reqwest::Error::without_url);
    let response = response.context(ErrorKind::Unavailable, about)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(part) = stream.next().await {
        let part = part.map_err(reqwest::Error::without_url);
        let part = part.context(ErrorKind::Unavailable, about)?;
        if body.len() + part.len() > DOCUMENT_BYTES_MAX {
            let sentence = format!("what {url} says is larger than {DOCUMENT_BYTES_MAX} bytes");
            return Err(Error::new(ErrorKind::Unavailable, sentence));
        }
        body.extend_from_slice(&part);
    }
    Ok(Replied { status, body })
}

/// Fields as a form carries them.
fn encoded(form: &[(&str, &str)]) -> String {
    let fields: Vec<_> = form
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    fields.join("&")
}

/// A text in which everything but letters, digits and `-._~` is percent-encoded.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_form_ends_no_field() {
        assert_eq!(
            encoded(&[("a b", "c&d=é"), ("x", "-._~")]),
            "a%20b=c%26d%3D%C3%A9&x=-._~"
        );
    }

    #[tokio::test]
    async fn nothing_is_asked_of_private_addresses_unless_allowed() {
        let asking = Asking::new(false).unwrap();
        for url in [
            "http://id.example.org/",
            "https://127.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://me:secret@id.example.org/",
            "file:///etc/passwd",
        ] {
            let error = asking.get(url, &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{url}: {error:?}");
            assert!(error.to_string().contains("is not an address"), "{error:?}");
        }
    }
}
