//! Encryption at rest: how it stands, and a new key for everything.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_library::encryption::Encryption;
use alexandria_store::seal::{KeyState, KeyringKey};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::Asker;
use super::problem::Problem;

/// Where encryption is looked at.
pub(crate) const ENCRYPTION_PATH: &str = "/api/v1/encryption";

/// Where a new key is made.
pub(crate) const ROTATION_PATH: &str = "/api/v1/encryption/rotation";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            ENCRYPTION_PATH,
            get_with(encryption, |operation| {
                operation
                    .id("encryption")
                    .tag("status")
                    .summary("How the encryption of what is stored stands")
                    .description(
                        "Whether originals, texts, layouts and covers are encrypted, the keys with their \
                         ages, and how far bringing everything under the newest key is. No key is \
                         ever told.",
                    )
            }),
        )
        .api_route(
            ROTATION_PATH,
            post_with(rotate, |operation| {
                operation
                    .id("rotate_encryption")
                    .tag("status")
                    .summary("Make a new encryption key")
                    .description(
                        "What is new is encrypted under it from now on. Everything else follows in \
                         the background: what is plain is encrypted, of what is encrypted the keys \
                         are wrapped again. Doing it twice makes two keys and harms nothing. 409 \
                         where encryption is off.",
                    )
                    .response::<202, Json<EncryptionBody>>()
            }),
        )
}

/// How encryption stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Encryption")]
pub(crate) struct EncryptionBody {
    /// Whether what is stored from now on is encrypted.
    pub(crate) on: bool,
    /// What the root key is called: `local:` and its fingerprint, or `transit:` and its name.
    pub(crate) root: Option<String>,
    /// The keys of the keyring, the oldest first.
    #[schemars(length(max = 730))]
    pub(crate) keys: Vec<EncryptionKeyBody>,
    /// Whether files are still to be brought under the newest key.
    pub(crate) pending: bool,
    /// Files looked at since that began in this process.
    pub(crate) files_done: u64,
    /// Files there are to look at.
    pub(crate) files_total: u64,
    /// Damaged files that were left as they are.
    pub(crate) files_failed: u64,
}

/// A key of the keyring.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EncryptionKey")]
pub(crate) struct EncryptionKeyBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// What it is used for.
    pub(crate) state: EncryptionKeyState,
}

/// What a key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EncryptionKeyState {
    /// It encrypts what is new.
    Active,
    /// It opens what has not been brought under the newest key yet.
    Former,
    /// It opens what a restored backup brings.
    Retired,
}

impl From<KeyringKey> for EncryptionKeyBody {
    fn from(key: KeyringKey) -> Self {
        Self {
            id: key.id,
            created_at: key.created,
            state: match key.state {
                KeyState::Active => EncryptionKeyState::Active,
                KeyState::Former => EncryptionKeyState::Former,
                KeyState::Retired => EncryptionKeyState::Retired,
            },
        }
    }
}

impl From<Encryption> for EncryptionBody {
    fn from(of: Encryption) -> Self {
        Self {
            on: of.root.is_some(),
            root: of.root,
            keys: of.keys.into_iter().map(EncryptionKeyBody::from).collect(),
            pending: of.pending,
            files_done: of.files_done,
            files_total: of.files_total,
            files_failed: of.files_failed,
        }
    }
}

async fn encryption(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<EncryptionBody>, Problem> {
    Ok(Json(app.library.encryption(&principal).await?.into()))
}

async fn rotate(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<(StatusCode, Json<EncryptionBody>), Problem> {
    let rotated = app.library.rotate_encryption(&principal).await?;
    Ok((StatusCode::ACCEPTED, Json(rotated.into())))
}
