//! A person's own passkeys.

use aide::axum::ApiRouter;
use aide::axum::routing::{patch_with, post_with};
use alexandria_core::id::PasskeyId;
use alexandria_library::access::AddedPasskey;
use alexandria_store::catalog::Passkey;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::Shared;
use super::super::extract::{Asker, Body, Segments};
use super::super::keys::made;
use super::super::problem::Problem;
use super::super::second_step::OptionsBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/me/factors/passkeys/options",
            post_with(begin, |operation| {
                operation
                    .id("me_passkeys_options")
                    .tag("people")
                    .summary("Begin to add a passkey")
                    .description(
                        "Gives what a browser calls `navigator.credentials.create` with, as \
                         `PublicKeyCredential.parseCreationOptionsFromJSON` reads it. It is good \
                         once, for five minutes.",
                    )
            }),
        )
        .api_route(
            "/api/v1/me/factors/passkeys",
            post_with(add, |operation| {
                operation
                    .id("me_passkeys_add")
                    .tag("people")
                    .summary("Add the passkey that the browser has made")
                    .description(
                        "With the first second factor come recovery codes, shown this once.",
                    )
                    .response::<201, Json<AddedBody>>()
            }),
        )
        .api_route(
            "/api/v1/me/factors/passkeys/{passkey}",
            patch_with(rename, |operation| {
                operation
                    .id("me_passkeys_rename")
                    .tag("people")
                    .summary("Give a passkey another name")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("me_passkeys_remove")
                    .tag("people")
                    .summary("Remove a passkey")
                    .description("In a session that was begun with a second factor.")
                    .response::<204, ()>()
            }),
        )
}

/// A passkey.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Passkey")]
pub(super) struct PasskeyBody {
    /// Its id.
    id: Uuid,
    /// What its person calls it.
    name: String,
    /// When it was added.
    created: Timestamp,
    /// When somebody last signed in with it.
    used: Option<Timestamp>,
}

impl From<Passkey> for PasskeyBody {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.as_uuid(),
            name: passkey.name.to_string(),
            created: passkey.created,
            used: passkey.used,
        }
    }
}

/// A passkey just added.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AddedPasskey")]
struct AddedBody {
    /// The passkey.
    #[serde(flatten)]
    passkey: PasskeyBody,
    /// Recovery codes, shown this once; none when there are some from before.
    recovery_codes: Option<Vec<String>>,
}

impl From<AddedPasskey> for AddedBody {
    fn from(added: AddedPasskey) -> Self {
        Self {
            passkey: added.passkey.into(),
            recovery_codes: added.recovery_codes,
        }
    }
}

/// A passkey to be added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPasskey")]
struct NewBody {
    /// What you call it, such as the device it is on.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// What the browser gave, as its `toJSON` writes it.
    credential: Map<String, Value>,
}

/// Another name of a passkey.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyChange")]
struct ChangeBody {
    /// What you call it.
    #[schemars(length(min = 1, max = 200))]
    name: String,
}

/// Which passkey.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The passkey's id.
    #[schemars(with = "Uuid")]
    passkey: PasskeyId,
}

async fn begin(State(app): State<Shared>, asker: Asker) -> Result<Json<OptionsBody>, Problem> {
    let options = app.library.begin_passkey(&asker.0).await?;
    Ok(Json(options.into()))
}

async fn add(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<NewBody>,
) -> Result<Response, Problem> {
    let credential = Value::Object(new.credential);
    let added = app.library.add_passkey(&principal, &new.name, &credential);
    let added = AddedBody::from(added.await?);
    let location = format!("/api/v1/me/factors/passkeys/{}", added.passkey.id);
    Ok(made(&location, &added))
}

async fn rename(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<PasskeyBody>, Problem> {
    let renamed = app
        .library
        .rename_passkey(&principal, which.passkey, &change.name);
    Ok(Json(renamed.await?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let removed = app.library.remove_own_passkey(&principal, which.passkey);
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}
