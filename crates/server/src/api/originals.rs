//! What a document consists of: the original file, its stored text, pictures of its pages, and where
//! a piece of text stands on them.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::block::Span;
use alexandria_core::error::Result;
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_library::stored::OriginalFile;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::description::file;
use super::documents::Which;
use super::extract::{Asker, Parameters, Segments};
use super::problem::Problem;
use super::wire::{RectangleBody, SpanBody};

mod range;

pub(super) use range::is_known;
use range::{Range, parse_range};

/// Dots per inch of a picture unless the caller says otherwise.
const DOTS_PER_INCH_DEFAULT: u32 = 110;

/// How much of a file is read at once, in bytes.
const READ_BYTES: u64 = 256 * 1024;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/documents/{document}/original",
            get_with(original, |operation| {
                operation
                    .id("documents_original")
                    .tag("documents")
                    .summary("Get the original file")
                    .description(
                        "As it was put in. A `Range` of bytes may be asked for, with `If-Range` to be \
                         sure that they belong to the same file; `If-None-Match` with the `ETag` of an \
                         earlier reply saves getting it again.",
                    )
                    .response_with::<200, (), _>(|reply| file(reply, &["*/*"], "The whole file."))
                    .response_with::<206, (), _>(|reply| file(reply, &["*/*"], "The bytes asked for."))
                    .response_with::<304, (), _>(|reply| reply.description("It is unchanged."))
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/text",
            get_with(text, |operation| {
                operation
                    .id("documents_text")
                    .tag("documents")
                    .summary("Read the stored text")
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/rectangles",
            get_with(rectangles, |operation| {
                operation
                    .id("documents_rectangles")
                    .tag("documents")
                    .summary("Find where a span of the text stands on the pages")
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/pages/{page}/picture",
            get_with(picture, |operation| {
                operation
                    .id("documents_picture")
                    .tag("documents")
                    .summary("Get the picture of a page, as PNG")
                    .response_with::<200, (), _>(|reply| file(reply, &["image/png"], "The picture."))
            }),
        )
}

/// A piece of a document's stored text.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StoredText")]
pub(crate) struct TextBody {
    /// The document.
    #[schemars(with = "Uuid")]
    pub(crate) document_id: DocumentId,
    /// The reading of it; its text never changes.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// Which bytes of the whole text these are.
    pub(crate) span: SpanBody,
    /// How many bytes the whole text has.
    pub(crate) bytes: u64,
    /// The text.
    pub(crate) text: String,
}

/// A part of a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    /// The first byte; 0 unless given.
    #[serde(default)]
    start: u64,
    /// One past the last byte; as much as one reply holds unless given.
    end: Option<u64>,
}

/// A span of a text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Where {
    /// The first byte.
    start: u64,
    /// One past the last byte.
    end: u64,
}

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct WhichPage {
    /// The document's id.
    #[schemars(with = "Uuid")]
    pub(super) document: DocumentId,
    /// The page, counted from 1.
    #[schemars(range(min = 1))]
    pub(super) page: u32,
}

/// How a picture is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Fineness {
    /// Dots per inch, 300 at most; 110 unless given.
    #[schemars(range(min = 1, max = 300))]
    dpi: Option<u32>,
}

async fn text(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(part): Parameters<Part>,
) -> Result<Json<TextBody>, Problem> {
    let most = app.library.settings().limits.stored_text_bytes_max;
    let end = part.end.unwrap_or_else(|| part.start.saturating_add(most));
    let span = Span::new(part.start, end);
    let found = app
        .library
        .stored_text(&principal, which.document, Some(span))
        .await?;
    Ok(Json(TextBody {
        document_id: which.document,
        version_id: found.version,
        span: found.span.into(),
        bytes: found.bytes,
        text: found.text,
    }))
}

async fn rectangles(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(wanted): Parameters<Where>,
) -> Result<Json<Vec<RectangleBody>>, Problem> {
    let span = Span::new(wanted.start, wanted.end);
    let found = app
        .library
        .rectangles(&principal, which.document, span)
        .await?;
    Ok(Json(found.into_iter().map(RectangleBody::from).collect()))
}

async fn picture(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichPage>,
    Parameters(fineness): Parameters<Fineness>,
) -> Result<Response, Problem> {
    let dpi = fineness.dpi.unwrap_or(DOTS_PER_INCH_DEFAULT);
    let png = app
        .library
        .picture(&principal, which.document, which.page, dpi)
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, png.as_ref().clone()).into_response())
}

async fn original(
    State(app): State<Shared>,
    Asker(principal): Asker,
    headers: HeaderMap,
    Segments(which): Segments<Which>,
) -> Result<Response, Problem> {
    send(&app, &principal, which.document, &headers).await
}

/// A document's original file, or the part of it that the headers ask for.
pub(super) async fn send(
    app: &Shared,
    principal: &Principal,
    document: DocumentId,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let file = app.library.original(principal, document).await?;
    let tag = format!("\"{}\"", file.digest);
    let given = |name: &header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if given(&header::IF_NONE_MATCH).is_some_and(|known| is_known(known, &tag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        set(&mut response, header::ETAG, &tag);
        return Ok(response);
    }
    // A part is only of use beside the parts that the caller has, when they are of the same file.
    let same = given(&header::IF_RANGE).is_none_or(|wanted| wanted == tag);
    let wanted = given(&header::RANGE).filter(|_range| same);
    let range = match wanted.map(|wanted| parse_range(wanted, file.bytes)) {
        None | Some(Range::Ignored) => None,
        Some(Range::Bytes(start, end)) => Some((start, end)),
        Some(Range::Impossible) => return Ok(impossible(file.bytes)),
    };
    let (start, end) = range.unwrap_or((0, file.bytes));
    let stream = pieces(Arc::clone(app), principal.clone(), file.clone(), start..end);
    let mut response = Body::from_stream(stream).into_response();
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = end.saturating_sub(1);
        set(
            &mut response,
            header::CONTENT_RANGE,
            &format!("bytes {start}-{last}/{}", file.bytes),
        );
    }
    describe(&mut response, &file, end - start);
    Ok(response)
}

/// A part of a file, piece by piece as it is taken.
fn pieces(
    app: Shared,
    principal: Principal,
    file: OriginalFile,
    wanted: std::ops::Range<u64>,
) -> impl Stream<Item = Result<Vec<u8>>> {
    futures::stream::try_unfold(wanted.start, move |start| {
        let (app, principal, file) = (Arc::clone(&app), principal.clone(), file.clone());
        let end = wanted.end.min(start.saturating_add(READ_BYTES));
        async move {
            if start >= end {
                return Ok(None);
            }
            let bytes = app
                .library
                .original_bytes(&principal, &file, start..end)
                .await?;
            // A file that has become shorter ends here, and the reply breaks off.
            let read = bytes.len() as u64;
            Ok((read > 0).then_some((bytes, start.saturating_add(read))))
        }
    })
}

/// Says what the file is. It is handed over to be kept, and never to be run: it comes from anybody.
fn describe(response: &mut Response, file: &OriginalFile, length: u64) {
    set(response, header::CONTENT_LENGTH, &length.to_string());
    set(response, header::ETAG, &format!("\"{}\"", file.digest));
    set(response, header::CACHE_CONTROL, "private, no-cache");
    set(response, header::CONTENT_TYPE, &file.media_type);
    set(response, header::ACCEPT_RANGES, "bytes");
    set(
        response,
        header::CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'",
    );
    set(
        response,
        header::CONTENT_DISPOSITION,
        &disposition(&file.name),
    );
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The name under which a browser keeps the file, for old and new browsers.
fn disposition(name: &str) -> String {
    let last = name
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or("file");
    let plain: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let full = crate::cli::encode(last);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

fn impossible(bytes: u64) -> Response {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        format!("the file has {bytes} bytes, and the range lies beyond them"),
    );
    let mut response = problem.into_response();
    set(
        &mut response,
        header::CONTENT_RANGE,
        &format!("bytes */{bytes}"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_cannot_break_out_of_their_header() {
        assert_eq!(
            disposition("a\"b\r\n📚.pdf"),
            "attachment; filename=\"a_b___.pdf\"; filename*=UTF-8''a%22b%0D%0A%F0%9F%93%9A.pdf"
        );
    }
}
