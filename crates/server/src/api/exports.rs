//! Taking along what is kept of a person or a tenant: a ZIP archive, streamed.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::openapi::{MediaType, SchemaObject};
use aide::transform::{TransformOperation, TransformResponse};
use alexandria_core::error::Error;
use alexandria_library::exports::{Archived, Files};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream::unfold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::extract::{Asker, Parameters, Segments};
use super::problem::Problem;

/// The media type of an archive.
const ZIP: &str = "application/zip";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/users/{user}/export",
            get_with(user, |operation| {
                archive(operation)
                    .id("users_export")
                    .summary("Take along everything that is kept of a person")
                    .description(
                        "A ZIP archive of lists (JSON lines): account, sessions, passkeys, keys \
                         without their secrets, grants, what they accepted, conversations, answers, \
                         feedback, calls of models, entries of the audit log, documents they have put \
                         in. `manifest.json` at its end names each part with its SHA-256; an archive \
                         without one is not whole.",
                    )
            }),
        )
        .api_route(
            "/api/v1/me/export",
            get_with(me, |operation| {
                archive(operation)
                    .id("me_export")
                    .summary("Take along everything that is kept of you")
                    .description("As `GET /api/v1/users/{user}/export`.")
            }),
        )
        .api_route(
            "/api/v1/tenants/{tenant}/export",
            get_with(tenant, |operation| {
                archive(operation)
                    .id("tenants_export")
                    .summary("Take along everything that a tenant has")
                    .description(
                        "A ZIP archive of lists (JSON lines) and of the original files. \
                         `manifest.json` at its end names each part with its SHA-256. No password, \
                         key or other secret is among them.",
                    )
            }),
        )
}

fn archive(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.tag("privacy").response_with::<200, (), _>(zip)
}

fn zip(mut reply: TransformResponse<'_, ()>) -> TransformResponse<'_, ()> {
    let schema = SchemaObject {
        json_schema: schemars::json_schema!({ "type": "string", "format": "binary" }),
        example: None,
        external_docs: None,
    };
    let media = MediaType {
        schema: Some(schema),
        ..MediaType::default()
    };
    reply.inner().content.insert(ZIP.to_owned(), media);
    reply.description("The archive.")
}

/// What is taken along.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ExportParameters {
    /// Whether the files are taken along that the person has put in; not unless given.
    files: bool,
}

impl ExportParameters {
    const fn files(&self) -> Files {
        if self.files {
            Files::Included
        } else {
            Files::LeftOut
        }
    }
}

/// Which person.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichUser {
    /// The person's id or address.
    user: String,
}

/// Which tenant.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichTenant {
    /// The tenant's id or name.
    tenant: String,
}

async fn user(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichUser>,
    Parameters(wanted): Parameters<ExportParameters>,
) -> Result<Response, Problem> {
    let library = &app.library;
    let packed = library.export_user(&principal, &which.user, wanted.files());
    Ok(reply(packed.await?, "person.zip"))
}

async fn me(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ExportParameters>,
) -> Result<Response, Problem> {
    let packed = app.library.export_me(&principal, wanted.files()).await?;
    Ok(reply(packed, "me.zip"))
}

async fn tenant(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichTenant>,
) -> Result<Response, Problem> {
    let packed = app.library.export_tenant(&principal, &which.tenant).await?;
    Ok(reply(packed, "tenant.zip"))
}

/// The archive as it is made. A fault breaks it off, so that nobody takes a part for the whole.
fn reply(packed: Archived, name: &'static str) -> Response {
    let pieces = unfold(packed, |mut packed| async move {
        let piece: Result<Vec<u8>, Error> = packed.recv().await?;
        Some((piece, packed))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ZIP));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
