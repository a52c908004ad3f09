//! TLS, with real clients of both versions.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use reqwest::redirect::Policy;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::sealed::refused;
use super::support::{PATIENCE, Server, json_of, run};

/// Writes a new certificate for this machine and its key, and gives the certificate.
fn certify(home: &Path) -> CertificateDer<'static> {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = home.join("tls.key");
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(home.join("tls.pem"), made.cert.pem()).unwrap();
    made.cert.der().clone()
}

const FILES: [(&str, &str); 2] = [("TLS_CERTIFICATE", "tls.pem"), ("TLS_KEY", "tls.key")];

fn start(more: &[(&str, &str)]) -> (Server, CertificateDer<'static>) {
    let home = tempfile::tempdir().unwrap();
    let certificate = certify(home.path());
    let environment = [FILES.as_slice(), more].concat();
    (Server::start_in(home, &environment), certificate)
}

/// A client that trusts one certificate and follows nobody elsewhere.
pub(super) fn client(certificate: &CertificateDer<'_>) -> reqwest::Client {
    let certificate = reqwest::Certificate::from_der(certificate).unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([certificate])
        .redirect(Policy::none())
        .build()
        .unwrap()
}

/// Connects as a client that trusts one certificate and speaks one version.
pub(super) async fn connect(
    server: &Server,
    certificate: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = server.address.strip_prefix("https://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Asks once over a connection that stays open.
pub(super) async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    let question = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(question).await.unwrap();
    let mut reply = vec![0; 16 * 1024];
    let read = stream.read(&mut reply).await.unwrap();
    String::from_utf8_lossy(&reply[..read]).into_owned()
}

#[tokio::test]
async fn a_server_with_a_certificate_speaks_tls_1_3_and_nothing_older() {
    let (server, certificate) = start(&[]);
    let asked = client(&certificate).get(format!("{}/health/live", server.address));
    let reply = asked.send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(
        reply.headers()["strict-transport-security"],
        "max-age=31536000"
    );
    let new = connect(&server, &certificate, &rustls::version::TLS13).await;
    assert!(ask(&mut new.unwrap()).await.starts_with("HTTP/1.1 200 OK"));
    let old = connect(&server, &certificate, &rustls::version::TLS12).await;
    let error = old.unwrap_err().to_string();
    assert!(error.contains("ProtocolVersion"), "{error}");
    // Whoever comes without encryption gets none.
    let plain = server.address.replace("https://", "http://");
    let asked = client(&certificate).get(format!("{plain}/health/live"));
    assert!(asked.send().await.is_err());
}

#[tokio::test]
async fn the_command_line_finds_a_server_that_speaks_tls() {
    let (server, _) = start(&[]);
    let status = || {
        json_of(&run(
            server.home.path(),
            &["--data", "data", "status", "--json"],
        ))
    };
    assert_eq!(status()["server"], server.address);
    std::fs::write(server.home.path().join("book.md"), "# Orvane\n\nA tower.\n").unwrap();
    let added = run(
        server.home.path(),
        &["--data", "data", "add", "book.md", "--json"],
    );
    assert!(added.status.success(), "{added:?}");
    assert_eq!(status()["server"], server.address);
    assert_eq!(status()["library"]["documents"]["total"], 1);
}

#[tokio::test]
async fn a_new_certificate_is_shown_without_dropping_anybody() {
    let (server, old) = start(&[]);
    let version = &rustls::version::TLS13;
    let mut open = connect(&server, &old, version).await.unwrap();
    assert!(ask(&mut open).await.starts_with("HTTP/1.1 200"));
    std::fs::write(server.home.path().join("tls.pem"), "half a certifica").unwrap();
    let new = certify(server.home.path());
    let begun = Instant::now();
    while connect(&server, &new, version).await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(connect(&server, &old, version).await.is_err());
    assert!(ask(&mut open).await.starts_with("HTTP/1.1 200"));
    let begun = Instant::now();
    loop {
        let status = run(server.home.path(), &["--data", "data", "status", "--json"]);
        if json_of(&status)["server"] == server.address {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{status:?}");
    }
}

#[tokio::test]
async fn another_port_sends_everybody_to_the_encrypted_one() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let (server, certificate) = start(&[("TLS_REDIRECT_PORT", &port)]);
    let asked = client(&certificate).get(format!("http://127.0.0.1:{port}/docs?a=1"));
    let reply = asked.send().await.unwrap();
    assert_eq!(reply.status(), 308);
    let location = reply.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("{}/docs?a=1", server.address));
}

#[test]
fn files_that_are_no_certificate_are_refused_with_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let check = |environment: &[(&str, &str)], part: &str| {
        let said = refused(home.path(), environment);
        assert!(said.contains(part), "{said}");
    };
    check(&FILES[..1], "set both of them or none");
    check(&FILES, "cannot read tls.pem");
    certify(home.path());
    let other = tempfile::tempdir().unwrap();
    certify(other.path());
    std::fs::copy(other.path().join("tls.key"), home.path().join("tls.key")).unwrap();
    check(&FILES, "is not that of the certificate");
    std::fs::write(home.path().join("tls.key"), "nothing").unwrap();
    check(&FILES, "holds no private key");
    check(&[("TLS_REDIRECT_PORT", "1")], "TLS, which is off");
}
