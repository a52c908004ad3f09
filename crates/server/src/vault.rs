//! A key server that speaks as HashiCorp Vault and OpenBao do: secrets read from it, and the root
//! key that never leaves it.

use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::config::Config;

mod secret;
mod transit;

pub(crate) use secret::{Reference, read_all};
pub(crate) use transit::Transit;

/// How long the key server may take to answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The header that carries the token.
const TOKEN_HEADER: &str = "x-vault-token";

/// The way to a key server.
pub(crate) struct Vault {
    url: String,
    token: HeaderValue,
    client: reqwest::Client,
}

impl Vault {
    /// The key server of the settings.
    ///
    /// # Errors
    /// `Invalid` when its address or its token is not set, or is none.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let missing = |name: &str| {
            let sentence = format!("the settings name a key server: set {name} as well");
            Error::new(ErrorKind::Invalid, sentence)
        };
        let url = config.vault_url.as_deref();
        let url = url.ok_or_else(|| missing("VAULT_ADDR"))?;
        let token = config.vault_token.as_deref();
        let token = token.ok_or_else(|| missing("VAULT_TOKEN"))?;
        let mut token = HeaderValue::from_str(token).context(ErrorKind::Invalid, || {
            "the setting vault.token is no token".to_owned()
        })?;
        token.set_sensitive(true);
        let client = crate::web::client_for_keys(config.vault_certificate.as_deref())?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            token,
            client,
        })
    }

    /// Asks for something; with a body it is sent.
    async fn call(&self, path: &str, body: Option<Value>) -> Result<Value> {
        let address = format!("{}/v1/{path}", self.url);
        let request = match body {
            Some(body) => self.client.post(address).body(body.to_string()),
            None => self.client.get(address),
        };
        let about = || {
            format!(
                "cannot reach the key server at {}; is it running and unsealed?",
                self.url
            )
        };
        let mut reply = request
            .header(TOKEN_HEADER, self.token.clone())
            .timeout(CALL_TIMEOUT)
            .send()
            .await
            .context(ErrorKind::Unavailable, about)?;
        let status = reply.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(part) = reply.chunk().await.context(ErrorKind::Unavailable, about)? {
            bytes.extend_from_slice(&part);
            if bytes.len() > ANSWER_BYTES_MAX {
                let sentence = format!("the key server at {} says too much", self.url);
                return Err(Error::new(ErrorKind::Unavailable, sentence));
            }
        }
        if status == 200 {
            return serde_json::from_slice(&bytes).context(ErrorKind::Unavailable, about);
        }
        Err(self.refused(status, path, &bytes))
    }

    /// What the key server's refusal means.
    fn refused(&self, status: u16, path: &str, bytes: &[u8]) -> Error {
        let url = &self.url;
        let (kind, sentence) = match status {
            403 => (
                ErrorKind::Unavailable,
                format!(
                    "the key server at {url} refuses {path}: the token of VAULT_TOKEN is wrong, has \
                     ended, or its policy does not allow this"
                ),
            ),
            404 => (
                ErrorKind::Invalid,
                format!("the key server at {url} has nothing at {path}"),
            ),
            400 => (
                ErrorKind::Corrupt,
                format!("the key server at {url} cannot do this at {path}"),
            ),
            _ => (
                ErrorKind::Unavailable,
                format!("the key server at {url} answered {status} for {path}"),
            ),
        };
        // Its own words name no secret: they say what is wrong with the request.
        let said: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let said = said.pointer("/errors/0").and_then(Value::as_str);
        let error = Error::new(kind, sentence);
        match said {
            Some(said) => {
                let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
                error.with_source(Error::new(kind, said))
            }
            None => error,
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Vault({})", self.url)
    }
}
