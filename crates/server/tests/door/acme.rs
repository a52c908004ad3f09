//! Certificates that the server gets for itself, from a real authority.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::version::{TLS12, TLS13};
use serde_json::Value;

use super::sealed::refused;
use super::support::{PATIENCE, Server, json_of, run};
use super::tls::{ask, client, connect};

mod authority;
use authority::{Authority, is_apart};

/// The settings of a server that gets its certificate from an authority.
fn settings(authority: &Authority) -> [(&'static str, String); 4] {
    [
        ("TLS_ACME_DOMAINS", "localhost".to_owned()),
        ("TLS_ACME_DIRECTORY", Authority::directory()),
        ("TLS_ACME_CONTACT", "admin@example.org".to_owned()),
        (
            "TLS_ACME_ROOT",
            authority.root_path().to_str().unwrap().to_owned(),
        ),
    ]
}

fn start(port: u16, environment: &[(&'static str, String)]) -> Server {
    Server::start_on(tempfile::tempdir().unwrap(), port, &borrowed(environment))
}

fn borrowed<'a>(environment: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    let pairs = environment.iter();
    pairs.map(|(name, value)| (*name, value.as_str())).collect()
}

/// The certificate that the server shows to a client that trusts the authority alone; none while it
/// shows one that the authority has not issued.
async fn shown(server: &Server, root: &CertificateDer<'static>) -> Option<CertificateDer<'static>> {
    let stream = connect(server, root, &TLS13).await.ok()?;
    let certificates = stream.get_ref().1.peer_certificates().unwrap();
    Some(certificates[0].clone())
}

/// Waits until the server shows a certificate of the authority.
async fn certified(server: &Server, root: &CertificateDer<'static>) -> CertificateDer<'static> {
    let begun = Instant::now();
    loop {
        if let Some(certificate) = shown(server, root).await {
            return certificate;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "no certificate: {}",
            log(server)
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn log(server: &Server) -> String {
    std::fs::read_to_string(server.home.path().join("server.log")).unwrap()
}

/// The reply to a request by a client that trusts one certificate.
async fn get(server: &Server, trusted: &CertificateDer<'static>, path: &str) -> (u16, String) {
    let address = server.address.replace("127.0.0.1", "localhost");
    let asked = client(trusted).get(format!("{address}{path}"));
    let reply = asked.send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

async fn health(server: &Server, root: &CertificateDer<'static>) -> Value {
    let (_, text) = get(server, root, "/healthz?full=true").await;
    serde_json::from_str(&text).unwrap()
}

/// What is kept of the authority.
fn kept(home: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for authority in std::fs::read_dir(home.join("data/acme")).unwrap() {
        let files = std::fs::read_dir(authority.unwrap().path()).unwrap();
        found.extend(files.map(|file| file.unwrap().path()));
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_certificate_is_ordered_once_and_then_taken_from_the_disk() {
    if !is_apart("a_certificate_is_ordered_once_and_then_taken_from_the_disk") {
        return;
    }
    let mut authority = Authority::start("tls-alpn-01", "12h");
    let environment = settings(&authority);
    let mut server = start(443, &environment);
    let root = authority.root();
    let first = certified(&server, &root).await;

    // A browser that knows the authority's root has a connection like any other.
    let mut stream = connect(&server, &root, &TLS13).await.unwrap();
    assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
    let old = connect(&server, &root, &TLS12).await.unwrap_err();
    assert!(old.to_string().contains("ProtocolVersion"), "{old}");
    let told = health(&server, &root).await;
    assert_eq!(told["certificate"]["state"], "ok", "{told}");
    assert_eq!(told["certificate"]["renewal_failing"], false);
    let (_, measures) = get(&server, &root, "/metrics").await;
    assert!(
        measures.contains("\ntls_orders_total{outcome=\"issued\"} 1\n"),
        "{measures}"
    );
    let expires = measures.lines().find_map(|line| {
        let value = line.strip_prefix("tls_certificate_expiry_timestamp_seconds ")?;
        value.parse::<f64>().ok()
    });
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    let left = expires.unwrap() - now;
    assert!((11.0 * 3600.0..=12.0 * 3600.0).contains(&left), "{left}");
    let begun = Instant::now();
    loop {
        let status = json_of(&run(
            server.home.path(),
            &["--data", "data", "status", "--json"],
        ));
        if status["server"] == server.address {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{status}");
    }

    let files = kept(server.home.path());
    let names: Vec<_> = files.iter().map(|path| path.file_name().unwrap()).collect();
    assert_eq!(names, ["account.json", "certificate.pem"]);
    for path in &files {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }

    // Nothing is asked of an authority that is gone, and the certificate is the same.
    authority.stop();
    assert!(server.stop().success());
    server.kill_and_restart(&borrowed(&environment));
    assert_eq!(shown(&server, &root).await.unwrap(), first);
    let told = health(&server, &root).await;
    assert_eq!(told["status"], "ok", "{told}");
    let (_, measures) = get(&server, &root, "/metrics").await;
    assert!(!measures.contains("tls_orders_total{"), "{measures}");
}

#[tokio::test]
async fn an_authority_is_also_answered_on_the_port_that_sends_people_to_the_encrypted_one() {
    let name = "an_authority_is_also_answered_on_the_port_that_sends_people_to_the_encrypted_one";
    if !is_apart(name) {
        return;
    }
    let authority = Authority::start("http-01", "12h");
    let mut environment = settings(&authority).to_vec();
    environment.push(("TLS_REDIRECT_PORT", "80".to_owned()));
    let server = start(8443, &environment);
    let root = authority.root();
    certified(&server, &root).await;
    let ask = async |path: &str| {
        let asked = client(&root).get(format!("http://localhost{path}"));
        asked.send().await.unwrap()
    };
    let reply = ask("/docs?a=1").await;
    assert_eq!(reply.status(), 308);
    assert_eq!(
        reply.headers()["location"],
        "https://localhost:8443/docs?a=1"
    );
    // What was proved is not shown any longer, and never was to anybody without the token.
    let reply = ask("/.well-known/acme-challenge/guess").await;
    assert_eq!(reply.status(), 308);
}

/// A certificate for this machine that ends soon, with its key, in PEM.
fn ending_in(seconds: u64) -> (String, CertificateDer<'static>) {
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now - Duration::from_secs(1);
    params.not_after = epoch + now + Duration::from_secs(seconds);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (
        key.serialize_pem() + &certificate.pem(),
        certificate.der().clone(),
    )
}

#[tokio::test]
async fn a_certificate_is_renewed_in_time_while_people_are_connected() {
    if !is_apart("a_certificate_is_renewed_in_time_while_people_are_connected") {
        return;
    }
    // The authority issues for five minutes at least: one that ends sooner takes the place of its.
    let authority = Authority::start("tls-alpn-01", "12h");
    let environment = settings(&authority);
    let mut server = start(443, &environment);
    let root = authority.root();
    certified(&server, &root).await;
    server.stop();
    let (pem, ending) = ending_in(20);
    let file = kept(server.home.path()).pop().unwrap();
    std::fs::write(file, pem).unwrap();
    let begun = Instant::now();
    server.kill_and_restart(&borrowed(&environment));
    let mut open = connect(&server, &ending, &TLS13).await.unwrap();
    let mut made = 0;
    loop {
        assert!(ask(&mut open).await.starts_with("HTTP/1.1 200 OK"));
        if shown(&server, &ending).await.is_none() {
            break;
        }
        made += 1;
        assert!(begun.elapsed() < PATIENCE, "no renewal: {}", log(&server));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Whoever was refused the old one is shown the new one, and nobody was refused before.
    let renewed = begun.elapsed();
    assert!(shown(&server, &root).await.is_some(), "{}", log(&server));
    println!("renewed after {renewed:?} of 20 s, with {made} connections made meanwhile");
    assert!(renewed > Duration::from_secs(10), "{renewed:?}");
    assert!(renewed < Duration::from_secs(20), "{renewed:?}");
    assert!(ask(&mut open).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_server_without_an_authority_serves_and_asks_again() {
    if !is_apart("a_server_without_an_authority_serves_and_asks_again") {
        return;
    }
    let mut authority = Authority::start("tls-alpn-01", "12h");
    let root = authority.root();
    let environment = settings(&authority);
    authority.stop();
    let server = start(443, &environment);
    // The command line needs no authority: it knows the certificate that the server began with.
    let begun = Instant::now();
    while !log(&server).contains("tried again in 15 s") {
        assert!(begun.elapsed() < PATIENCE, "{}", log(&server));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        log(&server).contains("see to it that tls.acme_directory"),
        "{}",
        log(&server)
    );
    let status = json_of(&run(
        server.home.path(),
        &["--data", "data", "status", "--json"],
    ));
    assert_eq!(status["server"], server.address);
    assert!(shown(&server, &root).await.is_none());
    authority.run();
    certified(&server, &root).await;
    let told = health(&server, &root).await;
    assert_eq!(told["certificate"]["state"], "ok", "{told}");
}

#[tokio::test]
async fn what_an_authority_refuses_is_told_with_what_to_do() {
    if !is_apart("what_an_authority_refuses_is_told_with_what_to_do") {
        return;
    }
    let authority = Authority::start("tls-alpn-01", "12h");
    let good = settings(&authority);
    let check = async |name: &str, value: &str, part: &str| {
        let changed = good.iter().map(|(key, is)| {
            let value = if *key == name { value } else { is.as_str() };
            (*key, value.to_owned())
        });
        // Nothing leads from port 443 to this one.
        let server = start(8443, &changed.collect::<Vec<_>>());
        let begun = Instant::now();
        while !log(&server).contains(part) {
            assert!(
                begun.elapsed() < PATIENCE,
                "no \"{part}\": {}",
                log(&server)
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // It serves meanwhile, and says how it does; and an authority could still reach it.
        let trusting = reqwest::Client::builder().no_proxy();
        let trusting = trusting
            .tls_danger_accept_invalid_certs(true)
            .build()
            .unwrap();
        let asked = |path: &str| trusting.get(format!("https://localhost:8443{path}")).send();
        assert_eq!(asked("/health/ready").await.unwrap().status(), 200);
        let told = asked("/healthz?full=true")
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["status"], "degraded", "{told}");
        assert_eq!(told["certificate"]["state"], "provisional", "{told}");
        assert_eq!(told["certificate"]["renewal_failing"], true, "{told}");
    };
    check("", "", "port 443 from there to the server's port").await;
    let other = tempfile::NamedTempFile::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(other.path(), made.cert.pem()).unwrap();
    let path = other.path().to_str().unwrap();
    check("TLS_ACME_ROOT", path, "that tls.acme_root is").await;
    let elsewhere = Authority::directory().replace("directory", "nothing");
    check(
        "TLS_ACME_DIRECTORY",
        &elsewhere,
        "see to it that tls.acme_directory",
    )
    .await;
    check(
        "TLS_ACME_DOMAINS",
        "nothing.invalid",
        "does not find this server",
    )
    .await;
}

#[tokio::test]
async fn a_server_killed_while_it_orders_begins_again() {
    if !is_apart("a_server_killed_while_it_orders_begins_again") {
        return;
    }
    let mut authority = Authority::start("tls-alpn-01", "12h");
    let environment = settings(&authority);
    let root = authority.root();
    let mut server = start(443, &environment);
    for milliseconds in [0, 20, 50, 100, 200, 300, 400, 500, 700, 900, 1200] {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        server.kill_and_restart(&borrowed(&environment));
    }
    certified(&server, &root).await;
    // Of its files none is half written: another start takes them as they are.
    authority.stop();
    server.kill_and_restart(&borrowed(&environment));
    assert!(shown(&server, &root).await.is_some(), "{}", log(&server));
    assert!(!log(&server).contains("of no use"), "{}", log(&server));
}

#[test]
fn settings_that_no_certificate_can_be_ordered_with_are_refused_with_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let check = |environment: &[(&str, &str)], part: &str| {
        let said = refused(home.path(), environment);
        assert!(said.contains(part), "{said}");
    };
    let domain = ("TLS_ACME_DOMAINS", "library.example.org");
    let files = [("TLS_CERTIFICATE", "tls.pem"), ("TLS_KEY", "tls.key")];
    check(&[domain, files[0], files[1]], "are both set");
    for name in [
        "*.example.org",
        "127.0.0.1",
        "https://x.org",
        "x.org:443",
        "a..b",
    ] {
        check(&[("TLS_ACME_DOMAINS", name)], "must list domain names");
    }
    let many: Vec<_> = (0..101)
        .map(|number| format!("n{number}.example.org"))
        .collect();
    check(
        &[("TLS_ACME_DOMAINS", &many.join(","))],
        "100 names at most",
    );
    check(
        &[domain, ("TLS_ACME_DIRECTORY", "http://x.org/d")],
        "start with https://",
    );
    check(
        &[domain, ("TLS_ACME_CONTACT", "mailto:a@x.org")],
        "must be a mail address",
    );
    check(
        &[("TLS_ACME_CONTACT", "a@x.org")],
        "set tls.acme_domains as well",
    );
    check(
        &[domain, ("TLS_ACME_ROOT", "none.pem")],
        "cannot read the certificate of the authority",
    );
    std::fs::write(home.path().join("empty.pem"), "").unwrap();
    check(
        &[domain, ("TLS_ACME_ROOT", "empty.pem")],
        "there is none in it",
    );
}
