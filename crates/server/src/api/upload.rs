//! Putting files in: a form with one or several files, streamed from the wire to the disk, or a web
//! address that the library fetches itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::JobId;
use alexandria_core::principal::Principal;
use alexandria_library::documents::{Added, Upload};
use alexandria_store::blobs::{Digest, Hasher};
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::TryStreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_util::io::StreamReader;
use uuid::Uuid;

use super::documents::twin;
use super::extract::{Asker, Incoming};
use super::form::unescape;
use super::idempotency::{Key, Reply};
use super::problem::Problem;
use super::record::PutIn;
use super::wire::DocumentBody;
use super::{Shared, UPLOAD_PATH};

pub(super) mod address;
mod labels;
mod name;

use labels::{Labels, give_late, read_label};
use name::tidy_name;

/// The collection of files for which none is named.
const COLLECTION_DEFAULT: &str = "Library";

/// Files in one form.
const FILES_MAX: usize = 100;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            UPLOAD_PATH,
            post_with(upload, |operation| {
                operation
                    .id("documents_add")
                    .tag("documents")
                    .summary("Put files in")
                    .description(
                        "Either a form (multipart/form-data) with one or more files, or a web \
                         address as JSON, which is fetched. Of a form, the fields \
                         `collection` (a name or an id; the collection is made if there is none of that \
                         name), `tag` (may come several times), `category` and `title` hold for the \
                         files that come after them; what comes after the last file holds for all \
                         that were new, except for `collection`, which is refused there. The reply \
                         comes as soon as the files are \
                         stored; reading goes on in the background. A file that is there already \
                         is found, not stored twice.",
                    )
                    .response::<202, Json<UploadBody>>()
            }),
        )
        .layer(DefaultBodyLimit::disable())
}

/// What became of the files of a form.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Upload")]
pub(crate) struct UploadBody {
    /// The files that were taken.
    pub(crate) documents: Vec<AddedBody>,
    /// The files that were not taken.
    pub(crate) refused: Vec<RefusedBody>,
}

/// A file that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Added")]
pub(crate) struct AddedBody {
    /// The document: the new one, or the one that holds exactly these bytes already.
    pub(crate) document: DocumentBody,
    /// Whether it was there already.
    pub(crate) duplicate: bool,
    /// The job that reads it, when it is new.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) job_id: Option<JobId>,
}

/// A file that was not taken.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Refused")]
pub(crate) struct RefusedBody {
    /// Its name.
    pub(crate) name: String,
    /// The status that it alone would have had.
    pub(crate) status: u16,
    /// Why, and what to do about it.
    pub(crate) detail: String,
}

/// What is done with the files of a form.
enum Purpose {
    /// They are put in.
    Keep,
    /// They are only compared with those of an earlier request.
    Compare,
}

/// The digest of a request: its fields and files in their order.
#[derive(Debug, Default)]
struct Seen {
    hasher: Hasher,
    files: usize,
    fields: usize,
}

impl Seen {
    fn note(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), value] {
            self.hasher.update(&(part.len() as u64).to_le_bytes());
            self.hasher.update(part);
        }
    }
}

async fn upload(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    incoming: Incoming,
) -> Result<Response, Problem> {
    match incoming {
        Incoming::Form(form) => add_files(&app, &principal, &key, form).await,
        Incoming::Address(body) => address::add(&app, &principal, &key, body).await,
    }
}

async fn add_files(
    app: &Shared,
    principal: &Principal,
    key: &Key,
    mut form: Multipart,
) -> Result<Response, Problem> {
    let known = key.is_known(app, principal).await?;
    let purpose = if known {
        Purpose::Compare
    } else {
        Purpose::Keep
    };
    let mut seen = Seen::default();
    let mut labels = Labels::default();
    let mut late = Labels::default();
    let mut taken = UploadBody {
        documents: Vec::new(),
        refused: Vec::new(),
    };
    let mut first_problem = None;
    while let Some(field) = form.next_field().await? {
        if field.file_name().is_none() {
            let mut label = Labels::default();
            read_label(field, &mut label, &mut seen).await?;
            labels.absorb(&label);
            late.absorb(&label);
            continue;
        }
        seen.files += 1;
        late = Labels::default();
        if seen.files > FILES_MAX {
            return Err(too_many("files", FILES_MAX));
        }
        let name = tidy_name(&unescape(field.file_name().unwrap_or_default()));
        match purpose {
            Purpose::Compare => compare(field, &name, &mut seen).await?,
            Purpose::Keep => match keep(app, principal, field, &name, &labels).await {
                Ok(added) => {
                    seen.note(&name, added.document.digest.as_bytes());
                    taken.documents.push(added);
                }
                Err(Refusal::File(problem)) => {
                    taken.refused.push(RefusedBody {
                        name,
                        status: problem.status().as_u16(),
                        detail: problem.detail().to_owned(),
                    });
                    first_problem.get_or_insert(problem);
                }
                Err(Refusal::Request(problem)) => return Err(problem),
            },
        }
    }
    if !taken.documents.is_empty() && !late.is_empty() {
        give_late(app, principal, &late, &mut taken).await?;
    }
    let request = seen.hasher.finish();
    if let Some(reply) = key.recall(app, principal, request).await? {
        return Ok(reply);
    }
    finish(app, principal, key, request, (taken, first_problem)).await
}

async fn finish(
    app: &Shared,
    principal: &Principal,
    key: &Key,
    request: Digest,
    (taken, first_problem): (UploadBody, Option<Problem>),
) -> Result<Response, Problem> {
    let Some(first) = taken.documents.first() else {
        return Err(first_problem.unwrap_or_else(no_file));
    };
    let reply = Reply::new(StatusCode::ACCEPTED, Some(at(&first.document)), &taken);
    let documents = taken.documents.iter().map(|added| added.document.id);
    let put_in = PutIn(documents.collect());
    let mut response = if taken.refused.is_empty() {
        key.keep(app, principal, request, reply).await?
    } else {
        // A request that was served in part is not kept: sent again, it may succeed.
        reply.into_response()
    };
    response.extensions_mut().insert(put_in);
    Ok(response)
}

/// Where a document is looked at.
fn at(document: &DocumentBody) -> String {
    format!("{UPLOAD_PATH}/{}", document.id)
}

fn no_file() -> Problem {
    let message = "there is no file in this form: send it as a part with a filename";
    Error::new(ErrorKind::Invalid, message).into()
}

fn too_many(what: &str, most: usize) -> Problem {
    Error::new(
        ErrorKind::TooLarge,
        format!("a form may hold at most {most} {what}"),
    )
    .into()
}

/// Why a file was not taken.
enum Refusal {
    /// Because of the file: the others may be taken.
    File(Problem),
    /// Because of the request: nothing more of it can be read.
    Request(Problem),
}

/// Puts the one file of a form of another dialect in; in the usual collection when none is named.
pub(super) async fn receive(
    app: &Shared,
    principal: &Principal,
    field: Field<'_>,
    collection: Option<String>,
) -> Result<DocumentBody, Problem> {
    let name = tidy_name(&unescape(field.file_name().unwrap_or_default()));
    let labels = Labels {
        collection,
        ..Labels::default()
    };
    match keep(app, principal, field, &name, &labels).await {
        Ok(added) => Ok(added.document),
        Err(Refusal::File(problem) | Refusal::Request(problem)) => Err(problem),
    }
}

/// Puts a file in, as it comes.
async fn keep(
    app: &Shared,
    principal: &Principal,
    field: Field<'_>,
    name: &str,
    labels: &Labels,
) -> Result<AddedBody, Refusal> {
    let collection = labels.collection.as_deref().unwrap_or(COLLECTION_DEFAULT);
    let collection = collection_for(app, principal, collection)
        .await
        .map_err(Refusal::Request)?;
    let upload = Upload {
        collection,
        name: name.to_owned(),
        title: labels.title.clone(),
        tags: labels.tags.clone(),
        category: labels.category.clone(),
        classification: labels.classification.unwrap_or_default(),
        media_type: field.content_type().map(str::to_owned),
    };
    let broken = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&broken);
    let bytes = field.map_err(move |error| {
        told.store(true, Ordering::Relaxed);
        io::Error::other(error)
    });
    let mut reader = std::pin::pin!(StreamReader::new(bytes));
    let added = app
        .library
        .add_document(principal, upload, &mut reader)
        .await;
    if broken.load(Ordering::Relaxed) {
        let message = "the upload broke off before its end; nothing of this file was kept, so send \
                       it again";
        return Err(Refusal::Request(Problem::new(
            StatusCode::BAD_REQUEST,
            message,
        )));
    }
    let added = match added {
        Ok(added) => added,
        Err(error) => {
            let of_file = matches!(
                error.kind(),
                ErrorKind::Invalid | ErrorKind::Unsupported | ErrorKind::TooLarge
            );
            let problem = Problem::from(error);
            return Err(if of_file {
                Refusal::File(problem)
            } else {
                Refusal::Request(problem)
            });
        }
    };
    let told = self::added(app, principal, added).await;
    told.map_err(|error| Refusal::Request(error.into()))
}

/// What is told of a file that was taken.
async fn added(
    app: &Shared,
    principal: &Principal,
    added: Added,
) -> alexandria_core::error::Result<AddedBody> {
    Ok(AddedBody {
        document: twin(&app.library, principal, added.document).await?,
        duplicate: added.duplicate,
        job_id: added.job,
    })
}

/// The collection of this id or name; one of that name is made when there is none.
async fn collection_for(
    app: &Shared,
    principal: &Principal,
    id_or_name: &str,
) -> Result<alexandria_core::id::CollectionId, Problem> {
    match app.library.find_collection(principal, id_or_name).await {
        Ok(found) => Ok(found.id),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(app
            .library
            .ensure_collection(principal, id_or_name)
            .await?
            .id),
        Err(error) => Err(error.into()),
    }
}

/// Reads a file only to know whether it is the one that was sent before.
async fn compare(mut field: Field<'_>, name: &str, seen: &mut Seen) -> Result<(), Problem> {
    let mut hasher = Hasher::default();
    while let Some(chunk) = field.chunk().await? {
        hasher.update(&chunk);
    }
    seen.note(name, hasher.finish().to_string().as_bytes());
    Ok(())
}
