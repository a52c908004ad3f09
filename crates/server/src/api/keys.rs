//! The keys that programs call with.
//!
//! What these paths answer with is not kept for a repeated request, as other replies are: it holds the
//! key itself, of which nothing but a digest is ever stored.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::access::{Classification, Scope};
use alexandria_core::id::{CollectionId, KeyId};
use alexandria_library::access::{
    KEY_OVERLAP_SECONDS_DEFAULT, KEY_OVERLAP_SECONDS_MAX, KeyDraft, KeyRotation, MadeKey,
};
use alexandria_store::catalog::ApiKey;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::problem::Problem;
use super::wire::{PageBody, PageParameters};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/keys",
            get_with(list, |operation| {
                operation
                    .id("keys_list")
                    .tag("people")
                    .summary("List the keys of programs")
                    .description("Those that have ended included; never the keys themselves.")
            })
            .post_with(create, |operation| {
                operation
                    .id("keys_create")
                    .tag("people")
                    .summary("Make a key for a program")
                    .description(
                        "The key is shown this once. It can do no more than the one who makes it.",
                    )
                    .response::<201, Json<MadeKeyBody>>()
            }),
        )
        .api_route(
            "/api/v1/keys/{key}",
            get_with(get, |operation| {
                operation
                    .id("keys_get")
                    .tag("people")
                    .summary("Look at a key")
            })
            .delete_with(revoke, |operation| {
                operation
                    .id("keys_revoke")
                    .tag("people")
                    .summary("Revoke a key")
                    .description("From now on it lets nobody in.")
            }),
        )
        .api_route(
            "/api/v1/keys/{key}/rotate",
            post_with(rotate, |operation| {
                operation
                    .id("keys_rotate")
                    .tag("people")
                    .summary("Put a new key in the place of one")
                    .description("Both are valid for a while, so that nothing stops meanwhile.")
                    .response::<201, Json<RotatedKeyBody>>()
            }),
        )
}

/// One thing that may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Scope")]
pub(crate) enum ScopeBody {
    /// Put documents in, change and remove them.
    Ingest,
    /// Search, ask and read.
    Ask,
    /// Read the metrics of the installation.
    Metrics,
    /// Look after the tenant's library.
    Admin,
    /// Look after people and keys.
    People,
    /// Read what has been used and what it cost.
    Usage,
    /// Set budgets.
    Budget,
    /// Read the audit log and who has access.
    Audit,
    /// Look after the tenant itself.
    Tenant,
    /// Look after the installation.
    Operate,
}

impl From<Scope> for ScopeBody {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Ingest => Self::Ingest,
            Scope::Ask => Self::Ask,
            Scope::Metrics => Self::Metrics,
            Scope::Admin => Self::Admin,
            Scope::People => Self::People,
            Scope::Usage => Self::Usage,
            Scope::Budget => Self::Budget,
            Scope::Audit => Self::Audit,
            Scope::Tenant => Self::Tenant,
            Scope::Operate => Self::Operate,
        }
    }
}

impl From<ScopeBody> for Scope {
    fn from(scope: ScopeBody) -> Self {
        match scope {
            ScopeBody::Ingest => Self::Ingest,
            ScopeBody::Ask => Self::Ask,
            ScopeBody::Metrics => Self::Metrics,
            ScopeBody::Admin => Self::Admin,
            ScopeBody::People => Self::People,
            ScopeBody::Usage => Self::Usage,
            ScopeBody::Budget => Self::Budget,
            ScopeBody::Audit => Self::Audit,
            ScopeBody::Tenant => Self::Tenant,
            ScopeBody::Operate => Self::Operate,
        }
    }
}

/// How closely a document is held, from the widest to the narrowest circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Classification")]
pub(crate) enum ClassificationBody {
    /// Anybody may know it.
    Public,
    /// For the tenant's people.
    Internal,
    /// For those who need it.
    Confidential,
    /// For the few who look after the tenant.
    Restricted,
}

impl From<Classification> for ClassificationBody {
    fn from(label: Classification) -> Self {
        match label {
            Classification::Public => Self::Public,
            Classification::Internal => Self::Internal,
            Classification::Confidential => Self::Confidential,
            Classification::Restricted => Self::Restricted,
        }
    }
}

impl From<ClassificationBody> for Classification {
    fn from(label: ClassificationBody) -> Self {
        match label {
            ClassificationBody::Public => Self::Public,
            ClassificationBody::Internal => Self::Internal,
            ClassificationBody::Confidential => Self::Confidential,
            ClassificationBody::Restricted => Self::Restricted,
        }
    }
}

/// A key to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewKey")]
pub(crate) struct NewKey {
    /// What it is called.
    pub(crate) name: String,
    /// What it may do.
    #[schemars(length(min = 1))]
    pub(crate) scopes: Vec<ScopeBody>,
    /// The only collections it reaches, by id.
    #[schemars(with = "Option<Vec<Uuid>>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) collections: Option<Vec<CollectionId>>,
    /// The highest label of documents it sees; its maker's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clearance: Option<ClassificationBody>,
    /// When it ends; never unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
}

/// A key, without the key itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Key")]
pub(crate) struct KeyBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// What it is called.
    pub(crate) name: String,
    /// Its last characters.
    pub(crate) tail: String,
    /// What it may do.
    pub(crate) scopes: Vec<ScopeBody>,
    /// The only collections it reaches, where it is bound to some.
    pub(crate) collections: Option<Vec<Uuid>>,
    /// The highest label of documents it sees.
    pub(crate) clearance: ClassificationBody,
    /// Who made it.
    pub(crate) made_by: String,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was last used, to the minute.
    pub(crate) used: Option<Timestamp>,
    /// When it ends.
    pub(crate) expires: Option<Timestamp>,
    /// When it was revoked.
    pub(crate) revoked: Option<Timestamp>,
    /// The key that takes its place, once it has been rotated.
    pub(crate) successor: Option<Uuid>,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        let ids = |ids: &[CollectionId]| ids.iter().map(CollectionId::as_uuid).collect();
        Self {
            id: key.id.as_uuid(),
            name: key.name.to_string(),
            tail: key.tail,
            scopes: key.scopes.iter().map(ScopeBody::from).collect(),
            collections: key.collections.as_deref().map(ids),
            clearance: key.clearance.into(),
            made_by: key.made_by,
            created: key.created,
            used: key.used,
            expires: key.expires,
            revoked: key.revoked,
            successor: key.successor.map(|id| id.as_uuid()),
        }
    }
}

/// A key just made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MadeKey")]
pub(crate) struct MadeKeyBody {
    /// What is kept of it.
    #[serde(flatten)]
    pub(crate) about: KeyBody,
    /// The key itself. It is shown this once.
    pub(crate) key: String,
}

impl From<MadeKey> for MadeKeyBody {
    fn from(made: MadeKey) -> Self {
        Self {
            key: made.token.reveal().to_owned(),
            about: made.key.into(),
        }
    }
}

/// A key just rotated.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RotatedKey")]
pub(crate) struct RotatedKeyBody {
    /// The key that takes the place of the former.
    #[serde(flatten)]
    pub(crate) made: MadeKeyBody,
    /// Until when the former is valid as well.
    pub(crate) former_until: Timestamp,
}

impl From<KeyRotation> for RotatedKeyBody {
    fn from(rotation: KeyRotation) -> Self {
        Self {
            made: rotation.made.into(),
            former_until: rotation.former_until,
        }
    }
}

/// How a key is rotated.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KeyRotation")]
pub(crate) struct RotateBody {
    /// Seconds for which the former key is still valid; a day unless given.
    #[schemars(range(max = KEY_OVERLAP_SECONDS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overlap_seconds: Option<u64>,
}

/// Which key.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The key's id.
    #[schemars(with = "Uuid")]
    key: KeyId,
}

/// The answer to making something whose body is not kept.
pub(super) fn made(location: &str, body: &impl Serialize) -> Response {
    // A struct of strings and numbers always has a JSON form.
    let json = serde_json::to_vec(body).unwrap_or_default();
    let mut response = (StatusCode::CREATED, json).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, kind);
    let secret = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, secret);
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(header::LOCATION, location);
    }
    response
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<KeyBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.keys(&principal, cursor, limit).await?;
    Ok(Json(page.into()))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<NewKey>,
) -> Result<Response, Problem> {
    let draft = KeyDraft {
        name: new.name,
        scopes: new.scopes.into_iter().map(Scope::from).collect(),
        collections: new.collections,
        clearance: new.clearance.map(Classification::from),
        expires: new.expires,
    };
    let key = MadeKeyBody::from(app.library.create_key(&principal, draft).await?);
    Ok(made(&format!("/api/v1/keys/{}", key.about.id), &key))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<KeyBody>, Problem> {
    let found = app.library.key(&principal, which.key).await?;
    Ok(Json(found.into()))
}

async fn rotate(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(how): Body<RotateBody>,
) -> Result<Response, Problem> {
    let overlap = how.overlap_seconds.unwrap_or(KEY_OVERLAP_SECONDS_DEFAULT);
    let rotated = app.library.rotate_key(&principal, which.key, overlap);
    let key = RotatedKeyBody::from(rotated.await?);
    Ok(made(&format!("/api/v1/keys/{}", key.made.about.id), &key))
}

async fn revoke(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<KeyBody>, Problem> {
    let revoked = app.library.revoke_key(&principal, which.key).await?;
    Ok(Json(revoked.into()))
}
