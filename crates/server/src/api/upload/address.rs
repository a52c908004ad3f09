//! Putting in what stands at a web address: fetched by the library itself, within the same fences as
//! `alexandria add`.

use alexandria_core::access::{Classification, Scope};
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::principal::Principal;
use alexandria_library::documents::Upload;
use alexandria_store::blobs::Digest;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_util::io::StreamReader;

use super::name::tidy_name;
use super::{COLLECTION_DEFAULT, Seen, UploadBody, added, at, collection_for};
use crate::api::Shared;
use crate::api::idempotency::{Key, Reply};
use crate::api::keys::ClassificationBody;
use crate::api::problem::Problem;
use crate::web::{Fence, fetch};

/// The longest web address, in bytes.
const URL_BYTES_MAX: usize = 4096;

/// What stands at a web address, to be put in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebAddress")]
pub(crate) struct AddressBody {
    /// The web address (http or https). It is fetched before the call returns, with limits on size,
    /// time and redirects; addresses of private networks are refused unless the settings allow them.
    #[schemars(length(min = 1, max = 4096), regex(pattern = "^https?://"))]
    pub(crate) url: String,
    /// The collection, by name or id; made if there is none of that name. `Library` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) collection: Option<String>,
    /// Its tags.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
    /// How closely it is held; `internal` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) classification: Option<ClassificationBody>,
    /// The title, where you know better than the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
}

/// Fetches a web address and puts it in.
pub(super) async fn add(
    app: &Shared,
    principal: &Principal,
    key: &Key,
    body: AddressBody,
) -> Result<Response, Problem> {
    principal.require(Scope::Ingest)?;
    if body.url.len() > URL_BYTES_MAX {
        let message = format!("a web address has at most {URL_BYTES_MAX} bytes");
        return Err(Error::new(ErrorKind::Invalid, message).into());
    }
    let request = digest(&body);
    if let Some(reply) = key.recall(app, principal, request).await? {
        return Ok(reply);
    }
    let fence = Fence {
        bytes_max: app.config.upload_bytes_max,
        private_addresses: app.config.web_private_addresses.is_on(),
    };
    let fetched = fetch(&body.url, fence)
        .await
        .map_err(|error| told(&error))?;
    let collection = body.collection.as_deref().unwrap_or(COLLECTION_DEFAULT);
    let upload = Upload {
        collection: collection_for(app, principal, collection).await?,
        name: tidy_name(&body.url),
        title: body.title,
        tags: body.tags,
        category: body.category,
        classification: body
            .classification
            .map(Classification::from)
            .unwrap_or_default(),
        media_type: fetched.media_type,
    };
    let outcome = fetched.outcome;
    let mut reader = std::pin::pin!(StreamReader::new(fetched.body));
    let stored = app
        .library
        .add_document(principal, upload, &mut reader)
        .await;
    if let Some(error) = outcome.error() {
        return Err(told(&error));
    }
    let taken = UploadBody {
        documents: vec![added(app, principal, stored?).await?],
        refused: Vec::new(),
    };
    let location = taken.documents.first().map(|first| at(&first.document));
    let reply = Reply::new(StatusCode::ACCEPTED, location, &taken);
    key.keep(app, principal, request, reply).await
}

/// The digest of a request, to know it again.
fn digest(body: &AddressBody) -> Digest {
    let mut seen = Seen::default();
    // A struct of strings always has a JSON form.
    seen.note("address", &serde_json::to_vec(body).unwrap_or_default());
    seen.hasher.finish()
}

/// What was in the way, with its causes: the caller chose the address and must know what became of
/// it. That the site has no such page is not that this address of ours does not exist.
fn told(error: &Error) -> Problem {
    let kind = if error.kind() == ErrorKind::NotFound {
        ErrorKind::Invalid
    } else {
        error.kind()
    };
    Error::new(kind, error.chain()).into()
}
