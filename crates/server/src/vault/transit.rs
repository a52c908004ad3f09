//! A root key that never leaves the key server: its transit engine wraps and unwraps for us.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_store::seal::{KeyBytes, RootKey};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Vault;
use crate::config::Config;

/// A key of a transit engine.
#[derive(Debug)]
pub(crate) struct Transit {
    vault: Vault,
    mount: String,
    key: String,
}

impl Transit {
    /// The key of the settings.
    ///
    /// # Errors
    /// `Invalid` when the settings lack the key server, or a name is none.
    pub(crate) fn open(config: &Config, key: &str) -> Result<Self> {
        let mount = config.encryption_transit_mount.as_str();
        let is_name = |name: &str| {
            let part = |part: &str| {
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
                !part.is_empty() && part.bytes().all(plain)
            };
            name.split('/').all(part)
        };
        if !is_name(mount) || !is_name(key) || key.contains('/') {
            return Err(Error::new(
                ErrorKind::Invalid,
                "encryption.transit_mount and encryption.transit_key must be names of letters, \
                 digits, - and _",
            ));
        }
        Ok(Self {
            vault: Vault::open(config)?,
            mount: mount.to_owned(),
            key: key.to_owned(),
        })
    }

    async fn ask(&self, verb: &str, field: &str, body: Value) -> Result<String> {
        let path = format!("{}/{verb}/{}", self.mount, self.key);
        let reply = self.vault.call(&path, Some(body)).await?;
        let found = reply
            .pointer(&format!("/data/{field}"))
            .and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| {
            let sentence = format!("the key server answered {path} without {field}");
            Error::new(ErrorKind::Unavailable, sentence)
        })
    }
}

#[async_trait]
impl RootKey for Transit {
    fn name(&self) -> String {
        format!("transit:{}/{}", self.mount, self.key)
    }

    async fn wrap(&self, key: &KeyBytes, context: &str) -> Result<String> {
        let body = json!({
            "plaintext": STANDARD.encode(key.as_slice()),
            "associated_data": STANDARD.encode(context),
        });
        self.ask("encrypt", "ciphertext", body).await
    }

    async fn unwrap(&self, wrapped: &str, context: &str) -> Result<KeyBytes> {
        let body = json!({
            "ciphertext": wrapped,
            "associated_data": STANDARD.encode(context),
        });
        let plain = self.ask("decrypt", "plaintext", body).await?;
        let bytes = STANDARD.decode(plain).ok();
        let key = bytes.and_then(|bytes| bytes.as_slice().try_into().ok().map(KeyBytes::new));
        key.ok_or_else(|| {
            let sentence = format!("what {} gave back is no key", self.name());
            Error::new(ErrorKind::Corrupt, sentence)
        })
    }
}
