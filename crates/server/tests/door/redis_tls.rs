//! Limits that are shared through a Redis which is reached over TLS.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::rates::redis;
use super::support::{PATIENCE, Server};

/// How often the server's own account is looked at; it tries Redis once a second.
const LOOK_EVERY: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_redis_is_reached_over_tls_only_by_a_certificate_that_is_trusted() {
    let Some(shared) = redis::Server::start() else {
        return;
    };
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("redis.pem");
    std::fs::write(&trusted, made.cert.pem()).unwrap();
    let (port, _forwarding) = forward(&made, &shared.url()).await;
    let url = format!("rediss://localhost:{port}");

    let trusting = Server::start_with(&[
        ("REDIS_URL", url.as_str()),
        ("SSL_CERT_FILE", trusted.to_str().unwrap()),
    ]);
    until(async || trusting.get("/api/v1/limits").await.1["shared"] == true).await;

    let stranger = Server::start_with(&[("REDIS_URL", url.as_str())]);
    until(async || {
        let (status, limits) = stranger.get("/api/v1/limits").await;
        assert_eq!(
            (status, &limits["shared"]),
            (200, &false.into()),
            "{limits}"
        );
        log(stranger.home.path()).contains("UnknownIssuer")
    })
    .await;
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "it has not come to that");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn log(home: &Path) -> String {
    std::fs::read_to_string(home.join("server.log")).unwrap()
}

/// Takes connections over TLS and hands what comes to the server at this address.
async fn forward(made: &CertifiedKey<KeyPair>, to: &str) -> (u16, JoinSet<()>) {
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::from(key))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = to.strip_prefix("redis://").unwrap().to_owned();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            open.spawn(async move {
                // A client that does not trust the certificate says so and goes.
                let Ok(mut outside) = acceptor.accept(stream).await else {
                    return;
                };
                let mut inside = TcpStream::connect(to).await.unwrap();
                tokio::io::copy_bidirectional(&mut outside, &mut inside)
                    .await
                    .ok();
            });
        }
    });
    (port, serving)
}
