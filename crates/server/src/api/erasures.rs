//! Erasing a person or a document for good, the receipts of it, and looking whether anything is left.

use std::collections::BTreeMap;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::erasure::Receipt;
use alexandria_core::error::{ErrorKind, Result as LibraryResult};
use alexandria_core::id::{DocumentId, ErasureId, UserId};
use alexandria_core::principal::Principal;
use alexandria_library::erasure::{ErasureCheck, ErasureProof};
use alexandria_store::catalog::Erasure;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Parameters, Segments};
use super::keys::made;
use super::problem::Problem;
use super::wire::{PageBody, PageParameters};

/// Where erasures are.
pub(crate) const ERASURES_PATH: &str = "/api/v1/erasures";

/// Where a document is erased, which takes as long as its answers are many.
pub(super) const DOCUMENT_PATH: &str = "/api/v1/documents/{document}/erasure";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/users/{user}/erasure",
            post_with(user, |operation| {
                operation
                    .id("users_erase")
                    .tag("privacy")
                    .summary("Erase a person")
                    .description(
                        "Who they were, how they signed in, what they asked and were answered, what \
                         they thought of it, and their keys are gone when this returns. Documents they \
                         have put in stay the tenant's. Entries of the audit log and of the ledger stay \
                         under an id that leads to nobody. Somebody who was removed before is named by \
                         their id. It cannot be taken back.",
                    )
                    .response::<201, Json<ProofBody>>()
            }),
        )
        .api_route(
            DOCUMENT_PATH,
            post_with(document, |operation| {
                operation
                    .id("documents_erase")
                    .tag("privacy")
                    .summary("Erase a document")
                    .description(
                        "Its file, its text, its entries in the indexes and its words in every answer \
                         that quotes it are gone when this returns. It cannot be taken back. Needs the \
                         scope `admin`.",
                    )
                    .response::<201, Json<ProofBody>>()
            }),
        )
        .api_route(
            ERASURES_PATH,
            get_with(list, |operation| {
                operation
                    .id("erasures_list")
                    .tag("privacy")
                    .summary("List the receipts of what was erased, newest first")
            }),
        )
        .api_route(
            "/api/v1/erasures/key",
            get_with(key, |operation| {
                operation
                    .id("erasures_key")
                    .tag("privacy")
                    .summary("Get the key that receipts are verified with")
            }),
        )
        .api_route(
            "/api/v1/erasures/{erasure}",
            get_with(get, |operation| {
                operation
                    .id("erasures_get")
                    .tag("privacy")
                    .summary("Get a receipt")
            }),
        )
        .api_route(
            "/api/v1/erasures/{erasure}/check",
            get_with(check, |operation| {
                operation
                    .id("erasures_check")
                    .tag("privacy")
                    .summary("Look whether anything is left of what was erased")
            }),
        )
}

/// What was erased, signed. The signature covers, each as four bytes of length and its UTF-8: the text
/// `alexandria-erasure-1`, `id`, `tenant_id`, `kind`, the moment in microseconds since 1970, `by`; then
/// `identifiers`, `erased` and `remaining`, each as the number of its entries and every name and value in
/// the order of the names; then `public_key`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ErasureReceipt")]
pub(crate) struct ReceiptBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// Whose it was.
    pub(crate) tenant_id: Uuid,
    /// `user` or `document`.
    pub(crate) kind: String,
    /// When it was erased.
    pub(crate) moment: Timestamp,
    /// Who asked for it.
    pub(crate) by: String,
    /// SHA-256 of a salt and each identifier, such as `id` and `email`, in hexadecimal.
    pub(crate) identifiers: BTreeMap<String, String>,
    /// How many rows of each table were erased or emptied.
    pub(crate) erased: BTreeMap<String, u64>,
    /// How many remain under an id that leads to nobody.
    pub(crate) remaining: BTreeMap<String, u64>,
    /// The Ed25519 key that it is signed with, in hexadecimal.
    pub(crate) public_key: String,
    /// The Ed25519 signature, in hexadecimal.
    pub(crate) signature: String,
}

impl From<Receipt> for ReceiptBody {
    fn from(receipt: Receipt) -> Self {
        let prints = receipt.identifiers.into_iter();
        Self {
            id: receipt.id.as_uuid(),
            tenant_id: receipt.tenant_id.as_uuid(),
            kind: receipt.kind.name().to_owned(),
            moment: receipt.moment,
            by: receipt.by,
            identifiers: prints
                .map(|(what, print)| (what, print.to_string()))
                .collect(),
            erased: receipt.erased,
            remaining: receipt.remaining,
            public_key: receipt.public_key,
            signature: receipt.signature,
        }
    }
}

impl From<Erasure> for ReceiptBody {
    fn from(erasure: Erasure) -> Self {
        erasure.receipt.into()
    }
}

/// A receipt just made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ErasureProof")]
pub(crate) struct ProofBody {
    /// The receipt, which is kept.
    pub(crate) receipt: ReceiptBody,
    /// The salt of its identifiers, in hexadecimal. It is shown this once and not kept: with it the one
    /// it is about can show that the receipt is about them.
    pub(crate) salt: String,
}

impl From<ErasureProof> for ProofBody {
    fn from(proof: ErasureProof) -> Self {
        Self {
            receipt: proof.receipt.into(),
            salt: proof.salt,
        }
    }
}

/// What is left of something that was erased.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ErasureCheck")]
pub(crate) struct CheckBody {
    /// Whether nothing is left and the receipt is genuine.
    pub(crate) clean: bool,
    /// Whether the receipt is the one that was signed.
    pub(crate) genuine: bool,
    /// Where something was looked for.
    pub(crate) looked_at: Vec<String>,
    /// What was found, by place.
    pub(crate) found: BTreeMap<String, u64>,
    /// The receipt.
    pub(crate) receipt: ReceiptBody,
}

impl From<ErasureCheck> for CheckBody {
    fn from(check: ErasureCheck) -> Self {
        Self {
            clean: check.genuine && check.found.is_empty(),
            genuine: check.genuine,
            looked_at: check.looked_at.into_iter().map(str::to_owned).collect(),
            found: check.found,
            receipt: check.erasure.into(),
        }
    }
}

/// The key of receipts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ErasureKey")]
pub(crate) struct KeyBody {
    /// The Ed25519 public key, in hexadecimal. Keep it elsewhere.
    pub(crate) public_key: String,
}

/// Which person.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichUser {
    /// The person's id or address.
    user: String,
}

/// Which document.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichDocument {
    /// The document's id.
    #[schemars(with = "Uuid")]
    document: DocumentId,
}

/// Which erasure.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The erasure's id.
    #[schemars(with = "Uuid")]
    erasure: ErasureId,
}

async fn user(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichUser>,
) -> Result<Response, Problem> {
    let id = person(&app, &principal, &which.user).await?;
    let proof = app.library.erase_user(&principal, id).await?;
    app.streams.forget_tenant(principal.tenant());
    Ok(proved(proof))
}

/// The id of a person, who may have been removed.
async fn person(app: &Shared, principal: &Principal, named: &str) -> LibraryResult<UserId> {
    match (app.library.find_user(principal, named).await, named.parse()) {
        (Ok(user), _) => Ok(user.id),
        (Err(error), Ok(id)) if error.kind() == ErrorKind::NotFound => Ok(id),
        (Err(error), _) => Err(error),
    }
}

async fn document(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichDocument>,
) -> Result<Response, Problem> {
    let library = &app.library;
    let proof = library.erase_document(&principal, which.document).await?;
    app.streams.forget_tenant(principal.tenant());
    Ok(proved(proof))
}

fn proved(proof: ErasureProof) -> Response {
    let body = ProofBody::from(proof);
    made(&format!("{ERASURES_PATH}/{}", body.receipt.id), &body)
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<ReceiptBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.erasures(&principal, cursor, limit).await?;
    Ok(Json(page.into()))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<ReceiptBody>, Problem> {
    let found = app.library.erasure(&principal, which.erasure).await?;
    Ok(Json(found.into()))
}

async fn check(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<CheckBody>, Problem> {
    let found = app.library.check_erasure(&principal, which.erasure).await?;
    Ok(Json(found.into()))
}

async fn key(State(app): State<Shared>, Asker(principal): Asker) -> Result<Json<KeyBody>, Problem> {
    let public_key = app.library.erasure_key(&principal)?;
    Ok(Json(KeyBody { public_key }))
}
