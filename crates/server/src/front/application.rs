//! The web application (`web/`): its files, which were taken into the binary compressed, and the one
//! page that they belong to. A program compiled for developing reads them where they were built.

use std::borrow::Cow;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::Shared;
use crate::api::problem::Problem;

/// The built application; nothing where the program was compiled without it.
#[derive(RustEmbed)]
#[folder = "$ALEXANDRIA_WEB"]
struct Files;

/// The one page.
const PAGE: &str = "index.html";

/// Files beside the page whose names stay when their content changes.
const FIXED: [&str; 6] = [
    "worker.js",
    "app.webmanifest",
    "icon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-512.png",
];

/// Compressed copies, the smallest first: what they are called in a request, and how their names end.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// What the page may load: the application's own files, and the API. Fonts and pictures of documents
/// are made in the page (`blob:`, `data:`); the reader of PDF draws some pictures with WebAssembly.
const FENCE: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                     img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; \
                     worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                     frame-ancestors 'none'";

/// A file that bears its digest in its name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Any other is asked for anew, and mostly not sent anew.
const ASKED_ANEW: &str = "no-cache";

/// Whether the program was compiled with the application.
pub(super) fn is_built_in() -> bool {
    Files::get(PAGE).is_some()
}

/// The files.
pub(super) fn files() -> Router<Shared> {
    let mut router = Router::new().route("/assets/{*path}", get(asset));
    for name in FIXED {
        let file = get(move |headers: HeaderMap| async move { found(name, &headers, ASKED_ANEW) });
        router = router.route(&format!("/{name}"), file);
    }
    router
}

/// The page, whatever its address: its script finds what belongs there.
pub(super) async fn page(headers: HeaderMap) -> Response {
    if !is_built_in() {
        return Problem::new(
            StatusCode::NOT_FOUND,
            "this program was compiled without the web application: `make build` takes it in; / is \
             the plain page and /docs the API",
        )
        .into_response();
    }
    let mut response = found(PAGE, &headers, ASKED_ANEW);
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, FENCE),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    found(&format!("assets/{path}"), &headers, FOR_EVER)
}

/// A file in the smallest form that the browser takes; 304 where it has it already.
fn found(path: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    let Some((file, encoding)) = encoded(path, headers) else {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    };
    let tag = tag(&file);
    let unchanged = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match file.data {
            Cow::Borrowed(bytes) => bytes.into_response(),
            Cow::Owned(bytes) => bytes.into_response(),
        }
    };
    let head = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&tag) {
        head.insert(header::ETAG, value);
    }
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type(path)),
    );
    if let Some(encoding) = encoding {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn encoded(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    // A compressed copy is a form of its file, and has no address of its own.
    if ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending)) {
        return None;
    }
    let compressed = ENCODINGS
        .into_iter()
        .filter(|(name, _)| accepts(headers, name));
    for (name, ending) in compressed {
        if let Some(file) = Files::get(&format!("{path}{ending}")) {
            return Some((file, Some(name)));
        }
    }
    Files::get(path).map(|file| (file, None))
}

/// Whether a browser takes an encoding (RFC 9110, section 12.5.3).
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut items = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    items.any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts.any(|part| {
            part.strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        });
        named && !refused
    })
}

fn tag(file: &EmbeddedFile) -> String {
    let digest = file.metadata.sha256_hash();
    let short: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("\"{short}\"")
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        Some("ttf" | "pfb") => "font/ttf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::accepts;

    #[test]
    fn encodings_are_taken_as_the_browser_says() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, deflate, BR;q=0.5, zstd;q=0"),
        );
        for (encoding, taken) in [("gzip", true), ("br", true), ("zstd", false), ("x", false)] {
            assert_eq!(accepts(&headers, encoding), taken, "{encoding}");
        }
    }
}
