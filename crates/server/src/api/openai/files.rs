//! Files: the documents of the library, under the same ids with `file-` before them.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, RequestBody, SchemaObject};
use alexandria_core::document::{Document, DocumentState};
use alexandria_store::catalog::{DocumentOrder, DocumentQuery};
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Refusal;
use super::{DeletedBody, FILES_PATH, ListBody, OrderBody, TAG};
use super::{document_of, file_id, invalid, missing, no_such};
use crate::api::Shared;
use crate::api::extract::{Asker, Parameters, Segments, plain};
use crate::api::originals;
use crate::api::problem::Problem;
use crate::api::upload::receive;
use crate::api::wire::DocumentBody;

/// The purposes for which a file can be put in: to be read and searched.
const PURPOSES: [&str; 2] = ["assistants", "user_data"];

/// The purpose that every file is told to have.
const PURPOSE: &str = "assistants";

/// A field of the form that is not the file, in bytes.
const FIELD_BYTES_MAX: usize = 1024;

/// Items on a page unless the caller says otherwise.
pub(super) const PAGE_ITEMS_DEFAULT: u32 = 20;

pub(super) fn routes() -> ApiRouter<Shared> {
    let upload = ApiRouter::new()
        .api_route(
            FILES_PATH,
            post_with(create, |operation| {
                operation
                    .id("openai_files_create")
                    .tag(TAG)
                    .summary("Put a file in")
                    .description(
                        "A form with `purpose` (`assistants` or `user_data`), `file` and, before \
                         the file, a `collection` of your choice; `Library` unless given. Reading \
                         goes on in the background: `status` goes from `uploaded` to `processed`.",
                    )
            }),
        )
        .layer(DefaultBodyLimit::disable());
    upload
        .api_route(
            FILES_PATH,
            get_with(list, |operation| {
                operation
                    .id("openai_files_list")
                    .tag(TAG)
                    .summary("List the files")
            }),
        )
        .api_route(
            "/v1/files/{file}",
            get_with(get, |operation| {
                operation
                    .id("openai_files_get")
                    .tag(TAG)
                    .summary("Look at a file")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("openai_files_delete")
                    .tag(TAG)
                    .summary("Remove a file")
                    .description("It stops being found before this call returns.")
            }),
        )
        .api_route(
            "/v1/files/{file}/content",
            get_with(content, |operation| {
                operation
                    .id("openai_files_content")
                    .tag(TAG)
                    .summary("Get a file as it was put in")
                    .response_with::<200, (), _>(|reply| reply.description("The file."))
            }),
        )
}

/// A file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiFile")]
struct FileBody {
    /// Its id: `file-` and the document's.
    id: String,
    /// Always `file`.
    object: &'static str,
    /// Its size.
    bytes: u64,
    /// When it was put in, in seconds since 1970.
    created_at: i64,
    /// Its name.
    filename: String,
    /// Always `assistants`.
    purpose: &'static str,
    /// `uploaded`, `processed` (it can be searched) or `error`.
    status: &'static str,
    /// What could not be read.
    status_details: Option<String>,
}

impl From<Document> for FileBody {
    fn from(document: Document) -> Self {
        Self::from(DocumentBody::new(document, String::new()))
    }
}

impl From<DocumentBody> for FileBody {
    fn from(document: DocumentBody) -> Self {
        Self {
            id: file_id(document.id),
            object: "file",
            bytes: document.bytes,
            created_at: document.added.as_second(),
            filename: document.name.clone(),
            purpose: PURPOSE,
            status: match document.state {
                DocumentState::Queued | DocumentState::Reading => "uploaded",
                DocumentState::Searchable | DocumentState::Ready => "processed",
                DocumentState::Failed => "error",
            },
            status_details: document.troubles(),
        }
    }
}

/// Which file.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The file's id.
    file: String,
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// The id of the file behind which the page begins.
    after: Option<String>,
    /// Items on the page; 20 unless given, 200 at most.
    limit: Option<u32>,
    /// The last put in first, or the first.
    order: OrderBody,
    /// Only files of this purpose; all have the purpose `assistants`.
    purpose: Option<String>,
}

/// A form with one file.
#[derive(Debug)]
struct Form(Multipart);

impl FromRequest<Shared> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        plain(request.headers())?;
        Ok(Self(Multipart::from_request(request, app).await?))
    }
}

impl aide::OperationInput for Form {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let json_schema = schemars::json_schema!({
            "type": "object",
            "properties": {
                "purpose": { "type": "string", "enum": PURPOSES },
                "collection": { "type": "string", "description":
                    "The collection, by name or id; made if there is none of that name." },
                "file": { "type": "string", "format": "binary" },
            },
            "required": ["purpose", "file"],
        });
        let media = MediaType {
            schema: Some(SchemaObject {
                json_schema,
                external_docs: None,
                example: None,
            }),
            ..MediaType::default()
        };
        let body = RequestBody {
            content: [("multipart/form-data".to_owned(), media)]
                .into_iter()
                .collect(),
            required: true,
            ..RequestBody::default()
        };
        aide::operation::set_body(ctx, operation, body);
    }
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Form(mut form): Form,
) -> Result<Json<FileBody>, Refusal> {
    let mut collection = None;
    let mut taken = None;
    let mut has_purpose = false;
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" if taken.is_some() => {
                return Err(invalid("file", "a form of this address holds one file"));
            }
            "file" => {
                let received = receive(&app, &principal, field, collection.take()).await;
                taken = Some(received.map_err(|problem| problem.at("file"))?);
            }
            "purpose" => {
                check_purpose(&read(field, "purpose").await?)?;
                has_purpose = true;
            }
            "collection" if taken.is_none() => collection = Some(read(field, "collection").await?),
            "collection" => {
                return Err(invalid("collection", "send the collection before the file"));
            }
            _ => {
                let sentence = format!("there is no parameter {name:?}");
                return Err(invalid(&name, sentence));
            }
        }
    }
    match taken {
        Some(document) if has_purpose => Ok(Json(document.into())),
        Some(_) => Err(invalid(
            "purpose",
            "the purpose is missing: send \"assistants\"",
        )),
        None => Err(invalid("file", "there is no file in this form")),
    }
}

fn check_purpose(purpose: &str) -> Result<(), Refusal> {
    if PURPOSES.contains(&purpose) {
        return Ok(());
    }
    let sentence = format!(
        "files are put in here to be read and searched: the purpose is \"assistants\" or \
         \"user_data\", and this is {purpose:?}"
    );
    Err(invalid("purpose", sentence))
}

/// The text of a field that is not the file.
async fn read(mut field: Field<'_>, name: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            let sentence = format!("the field {name:?} is larger than {FIELD_BYTES_MAX} bytes");
            return Err(invalid(name, sentence));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).ok();
    text.ok_or_else(|| invalid(name, format!("the field {name:?} is not UTF-8")))
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<ListBody<FileBody>>, Refusal> {
    if wanted.purpose.is_some_and(|purpose| purpose != PURPOSE) {
        return Ok(Json(ListBody::new(Vec::new(), false, |file: &FileBody| {
            &file.id
        })));
    }
    let mut query = DocumentQuery {
        order: match wanted.order {
            OrderBody::Asc => DocumentOrder::OldestFirst,
            OrderBody::Desc => DocumentOrder::NewestFirst,
        },
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        ..DocumentQuery::default()
    };
    if let Some(after) = &wanted.after {
        let last = app.library.document(&principal, document_of(after)?).await;
        query = query.after(&last.map_err(missing("file", after))?);
    }
    let page = app.library.documents(&principal, &query).await?;
    let data = page.items.into_iter().map(FileBody::from).collect();
    Ok(Json(ListBody::new(
        data,
        page.next.is_some(),
        |file: &FileBody| &file.id,
    )))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<FileBody>, Refusal> {
    let id = document_of(&which.file)?;
    let found = app.library.document(&principal, id).await;
    Ok(Json(found.map_err(missing("file", &which.file))?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<DeletedBody>, Refusal> {
    let id = document_of(&which.file)?;
    let removed = app.library.remove_document(&principal, id).await;
    removed.map_err(missing("file", &which.file))?;
    Ok(Json(DeletedBody::new(which.file, "file")))
}

async fn content(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    Segments(which): Segments<Which>,
) -> Result<Response, Refusal> {
    let id = document_of(&which.file)?;
    match originals::send(&app, &principal, id, &headers).await {
        Err(problem) if problem.status() == axum::http::StatusCode::NOT_FOUND => {
            Err(no_such("file", &which.file))
        }
        other => Ok(other?),
    }
}
