//! A second port that sends whoever comes without encryption to the one with it, and shows an authority
//! that names lead here.

use std::net::SocketAddr;
use std::sync::Arc;

use alexandria_core::error::Result;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::certificates::Certificates;

/// The port of HTTPS, which need not be said.
const HTTPS_PORT: u16 = 443;

/// Where an authority looks whether a name leads here (RFC 8555, 8.3).
const PROOFS: &str = "/.well-known/acme-challenge/";

/// Sends everybody to the port with encryption, until told to stop.
pub(super) fn begin(
    listener: Option<TcpListener>,
    secure: SocketAddr,
    certificates: Option<&Arc<Certificates>>,
    stop: &CancellationToken,
    tracker: &TaskTracker,
) {
    let Some(listener) = listener else { return };
    let certificates = certificates.cloned();
    let router = Router::new().fallback(async move |request: Request| {
        let certificates = certificates.as_deref();
        let proof = certificates.and_then(|certificates| proof(certificates, &request));
        proof.unwrap_or_else(|| moved(&request, secure))
    });
    let (stop, port) = (
        stop.clone(),
        listener.local_addr().map(|bound| bound.port()),
    );
    tracing::info!(
        "redirecting from port {} to {}",
        port.unwrap_or_default(),
        secure.port()
    );
    tracker.spawn(async move {
        let ended = async { stop.cancelled().await };
        let serving = axum::serve(listener, router).into_future();
        // Its requests are answered at once: nothing is under way that must be waited for.
        tokio::select! {
            served = serving => if let Err(error) = served {
                tracing::warn!("the redirecting port fails: {error}");
            },
            () = ended => {}
        }
    });
}

/// Takes the port, or says what is in the way.
///
/// # Errors
/// As for the other port.
pub(super) async fn listen(config: &crate::config::Config) -> Result<Option<TcpListener>> {
    if config.tls_redirect_port == 0 {
        return Ok(None);
    }
    super::listen(&config.host, config.tls_redirect_port)
        .await
        .map(Some)
}

/// What an authority finds that looks whether a name leads here; nothing for everybody else.
fn proof(certificates: &Certificates, request: &Request) -> Option<Response> {
    let token = request.uri().path().strip_prefix(PROOFS)?;
    let text = certificates.proof(token)?;
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Some((kind, text).into_response())
}

fn moved(request: &Request, secure: SocketAddr) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).and_then(name);
    let location = host.and_then(|host| target(host, secure.port(), request.uri()));
    match location {
        Some(location) => {
            let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The name in a host header, without its port; nothing for what cannot be a name or an address.
fn name(host: &str) -> Option<&str> {
    let name = match host.strip_prefix('[') {
        Some(_) => host.split_inclusive(']').next()?,
        None => host.split(':').next()?,
    };
    let fits =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'[' | b']' | b':');
    (!name.is_empty() && name.bytes().all(fits)).then_some(name)
}

fn target(host: &str, port: u16, uri: &Uri) -> Option<HeaderValue> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let port = match port {
        HTTPS_PORT => String::new(),
        other => format!(":{other}"),
    };
    HeaderValue::from_str(&format!("https://{host}{port}{path}")).ok()
}

#[cfg(test)]
mod tests {
    use super::{name, target};

    #[test]
    fn only_a_host_is_taken_from_the_caller() {
        let check = |host: &str, expected: Option<&str>| assert_eq!(name(host), expected, "{host}");
        check("library.example.org", Some("library.example.org"));
        check("library.example.org:8080", Some("library.example.org"));
        check("127.0.0.1:80", Some("127.0.0.1"));
        check("[::1]:80", Some("[::1]"));
        check("", None);
        check("a b", None);
        check("evil.example/x", None);
        check("user@evil.example", None);
    }

    #[test]
    fn the_path_and_the_question_go_along() {
        let uri = "/docs?a=1".parse().unwrap();
        let at = |port| target("x.org", port, &uri).unwrap();
        assert_eq!(at(443), "https://x.org/docs?a=1");
        assert_eq!(at(8443), "https://x.org:8443/docs?a=1");
    }
}
