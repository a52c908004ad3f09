//! A real key server: a root key that never leaves it, and secrets of the settings.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::sealed::{plain, refused};
use super::servers::installed;
use super::support::{LIGHTHOUSE, PATIENCE, Server, json_of, program};

/// Where `scripts/fetch-servers` puts it.
const PROGRAM: &str = "openbao-2.7.2/bao";

/// The token of the key server, which is gone with it.
const TOKEN: &str = "token-of-a-test";

/// A key server in memory.
struct KeyServer {
    child: Child,
    address: String,
    client: reqwest::Client,
    _home: tempfile::TempDir,
}

impl KeyServer {
    /// Starts one; none where it is not installed, which is said.
    async fn start() -> Option<Self> {
        let program = installed("OpenBao", PROGRAM, "ALEXANDRIA_TEST_OPENBAO")?;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let home = tempfile::tempdir().unwrap();
        let child = Command::new(program)
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-listen-address={address}"))
            .arg(format!("-dev-root-token-id={TOKEN}"))
            .env_clear()
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::builder();
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = client.no_proxy().tls_certs_only([]).build().unwrap();
        let address = format!("http://{address}");
        let server = Self {
            child,
            address,
            client,
            _home: home,
        };
        let begun = Instant::now();
        let health = format!("{}/v1/sys/health", server.address);
        loop {
            let answered = server.client.get(&health).send().await;
            if answered.is_ok_and(|reply| reply.status() == 200) {
                return Some(server);
            }
            assert!(begun.elapsed() < PATIENCE, "the key server does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn post(&self, path: &str, body: Value) {
        let asked = self.client.post(format!("{}/v1/{path}", self.address));
        let asked = asked.header("x-vault-token", TOKEN).body(body.to_string());
        let reply = asked.send().await.unwrap();
        let status = reply.status();
        assert!(
            status.is_success(),
            "{path}: {}",
            reply.text().await.unwrap()
        );
    }

    fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn a_library_under_a_key_of_a_key_server_follows_its_rotation() {
    let Some(mut keys) = KeyServer::start().await else {
        return;
    };
    keys.post("sys/mounts/transit", json!({ "type": "transit" }))
        .await;
    keys.post("transit/keys/library", json!({})).await;
    let address = keys.address.clone();
    let environment = [
        ("VAULT_ADDR", address.as_str()),
        ("VAULT_TOKEN", TOKEN),
        ("ENCRYPTION_TRANSIT_KEY", "library"),
    ];
    let mut server = Server::start_with(&environment);
    server.add("lighthouse.md", LIGHTHOUSE).await;
    assert_eq!(plain(server.home.path()), 0);
    let (_, told) = server.get("/api/v1/encryption").await;
    assert_eq!(told["root"], "transit:transit/library");
    let keyring = server.home.path().join("data/keyring.json");
    let text = || std::fs::read_to_string(&keyring).unwrap();
    assert!(text().contains("vault:v1:"), "{}", text());

    // The key server's key is rotated, and ours is: nothing needs the former version any more.
    keys.post("transit/keys/library/rotate", json!({})).await;
    let (status, begun) = server
        .send("POST", "/api/v1/encryption/rotation", &json!({}))
        .await;
    assert_eq!(status, 202, "{begun}");
    assert!(!text().contains("vault:v1:"), "{}", text());
    assert!(text().contains("vault:v2:"), "{}", text());
    let oldest = json!({ "min_decryption_version": 2 });
    keys.post("transit/keys/library/config", oldest).await;
    server.kill_and_restart(&environment);
    let (_, doctor) = server.get("/api/v1/doctor").await;
    assert_eq!(doctor["sound"], true, "{doctor}");
    server.stop();

    let home = server.home.path();
    let check = |changed: (&'static str, &str), part: &str| {
        let others = environment
            .into_iter()
            .filter(|(name, _)| *name != changed.0);
        let environment: Vec<_> = others.chain([changed]).collect();
        let said = refused(home, &environment);
        assert!(said.contains(part), "{said}");
        assert!(!said.contains(TOKEN), "{said}");
    };
    check(("VAULT_TOKEN", "wrong"), "refuses transit/decrypt/library");
    check(("ENCRYPTION_TRANSIT_KEY", "other"), "not the key");
    check(("ENCRYPTION_TRANSIT_KEY", "../sys"), "must be names");
    keys.stop();
    check(("VAULT_TOKEN", TOKEN), "cannot reach the key server");
}

#[tokio::test]
async fn secrets_of_the_settings_are_read_from_a_key_server() {
    let Some(keys) = KeyServer::start().await else {
        return;
    };
    let secret = "0123456789abcdef0123456789abcdef";
    let data = json!({ "data": { "secret_key": secret, "number": 7 } });
    keys.post("secret/data/alexandria", data).await;
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    std::fs::write(&token, TOKEN).unwrap();
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let config = |reference: &str| {
        let environment = [
            ("VAULT_ADDR", keys.address.as_str()),
            ("VAULT_TOKEN_FILE", token.to_str().unwrap()),
            ("SECRET_KEY", reference),
            ("PROD", "true"),
        ];
        program(home.path(), &["config", "--json"], &environment)
            .output()
            .unwrap()
    };
    let reference = "vault:secret/data/alexandria#secret_key";
    let output = config(reference);
    assert!(output.status.success(), "{output:?}");
    let told = json_of(&output);
    let rows = told.as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["key"] == "app.secret_key")
        .unwrap();
    assert_eq!(row["value"], "***");
    assert_eq!(row["from"], format!("key server {reference}"));
    let check = |reference: &str, part: &str| {
        let output = config(reference);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(part), "{said}");
        assert!(!said.contains(TOKEN) && !said.contains(secret), "{said}");
    };
    check(
        "vault:secret/data/alexandria#none",
        "no text in the field none",
    );
    check(
        "vault:secret/data/alexandria#number",
        "no text in the field number",
    );
    check(
        "vault:secret/data/nothing#x",
        "has nothing at secret/data/nothing",
    );
    check("vault:secret/data/alexandria", "PATH#FIELD");
}
