//! Keys of programs, from the catalog and from the environment; and the verbs that look after all of it.

use serde_json::{Value, json};

use super::super::support::{Server, json_of, program, read, run, text_of};
use super::{Caller, PASSWORD, with_accounts};

#[tokio::test]
async fn keys_are_shown_once_kept_as_digests_rotated_and_revoked() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let new = json!({ "name": "Web site", "scopes": ["ask"] });
    let (status, made) = ada.send("POST", "/api/v1/keys", &new).await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("alx_key_"), "{key}");
    let site = Caller {
        server: &server,
        token: key.to_owned(),
    };
    assert_eq!(site.get("/api/v1/documents").await.0, 200);
    assert_eq!(
        site.send("POST", "/api/v1/collections", &json!({"name": "x"}))
            .await
            .0,
        403
    );
    let sent = read(server.request("GET", "/api/v1/me").header("x-api-key", key))
        .await
        .1;
    assert!(
        sent["actor"].as_str().unwrap().starts_with("key:"),
        "{sent}"
    );
    let path = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    let (_, about) = ada.get(&path).await;
    assert!(
        about["used"].is_string() && about["key"].is_null(),
        "{about}"
    );
    let (_, rotated) = ada
        .send("POST", &format!("{path}/rotate"), &json!({}))
        .await;
    let new = Caller {
        server: &server,
        token: rotated["key"].as_str().unwrap().to_owned(),
    };
    assert_eq!(
        site.get("/api/v1/documents").await.0,
        200,
        "both are valid for a while"
    );
    assert_eq!(new.get("/api/v1/documents").await.0, 200);
    assert_eq!(
        ada.send("POST", &format!("{path}/rotate"), &json!({}))
            .await
            .0,
        409
    );
    assert_eq!(ada.delete(&path).await, 200);
    assert_eq!(site.get("/api/v1/documents").await.0, 401);
    assert_eq!(new.get("/api/v1/documents").await.0, 200);
    // Nothing of a key, a token or a password is in any file or in the log.
    let home = server.home.path();
    for secret in [key, rotated["key"].as_str().unwrap(), PASSWORD, &ada.token] {
        for file in [
            "data/catalog.sqlite",
            "data/catalog.sqlite-wal",
            "server.log",
        ] {
            let bytes = std::fs::read(home.join(file)).unwrap();
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{file} holds a secret");
        }
    }
}

#[tokio::test]
async fn keys_of_the_environment_do_what_their_scopes_say() {
    let keys = [("API_KEYS", "prod-key-1:ingest,ask;metrics-key:metrics")];
    let server = Server::start_with(&keys);
    let prod = Caller {
        server: &server,
        token: "prod-key-1".to_owned(),
    };
    let metrics = Caller {
        server: &server,
        token: "metrics-key".to_owned(),
    };
    assert_eq!(server.get("/api/v1/documents").await.0, 401);
    assert_eq!(prod.get("/api/v1/documents").await.0, 200);
    assert_eq!(
        prod.send("POST", "/api/v1/collections", &json!({"name": "x"}))
            .await
            .0,
        201
    );
    assert_eq!(
        prod.request("GET", "/metrics")
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    assert_eq!(prod.get("/api/v1/users").await.0, 403);
    assert_eq!(
        metrics
            .request("GET", "/metrics")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(metrics.get("/api/v1/documents").await.0, 403);
    // What is open to named people and keys only is not open to these.
    let found = run(
        server.home.path(),
        &["--data", "data", "--json", "list", "--collections"],
    );
    assert_eq!(json_of(&found)[0]["access"], "tenant");
    let local = std::fs::read(server.home.path().join("data/server.json")).unwrap();
    let local: Value = serde_json::from_slice(&local).unwrap();
    let operator = Caller {
        server: &server,
        token: local["token"].as_str().unwrap().to_owned(),
    };
    let closed = json!({ "access": "granted" });
    assert_eq!(
        operator
            .send("PATCH", "/api/v1/collections/x", &closed)
            .await
            .0,
        200
    );
    assert_eq!(prod.get("/api/v1/collections/x").await.0, 404);
    assert_eq!(operator.get("/api/v1/collections/x").await.0, 200);
}

#[test]
fn the_command_line_looks_after_people_keys_and_tenants() {
    let home = tempfile::tempdir().unwrap();
    let verb = |arguments: &[&str]| {
        let line = [&["--data", "data", "--json"], arguments].concat();
        json_of(&run(home.path(), &line))
    };
    let mut init = program(
        home.path(),
        &[
            "--data",
            "data",
            "--json",
            "init",
            "--email",
            "ada@example.org",
            "--name",
            "Ada",
            "--password-stdin",
        ],
        &[],
    );
    init.stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = init.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    assert_eq!(json_of(&child.wait_with_output().unwrap())["role"], "owner");
    assert!(verb(&["user", "invite", "bo@example.org", "--role", "editor"])["token"].is_string());
    let made = verb(&[
        "api-key",
        "create",
        "Importer",
        "--scopes",
        "ingest,ask",
        "--expires-days",
        "90",
    ]);
    let id = made["id"].as_str().unwrap();
    assert!(verb(&["api-key", "rotate", id, "--overlap-seconds", "0"])["key"].is_string());
    assert_eq!(verb(&["api-key", "revoke", id])["revoked_key"], made["id"]);
    assert_eq!(
        verb(&["tenant", "create", "Acme", "--plan", "trial"])["limits"]["documents"],
        100
    );
    let demo = verb(&["tenant", "demo"]);
    assert!(demo["key"].is_string(), "{demo}");
    assert!(
        verb(&["tenant", "demo"])["key"].is_null(),
        "twice does nothing twice"
    );
    let shelves = verb(&["--tenant", "Demo Tenant", "list", "--collections"]);
    assert_eq!(shelves.as_array().unwrap().len(), 1, "{shelves}");
    assert_eq!(verb(&["list", "--collections"]), json!([]));
    let line = ["--data", "data", "--tenant", "Nobody", "list"];
    // A drill: a key made for it is declared to be in the wrong hands.
    let drill = verb(&["api-key", "create", "Drill", "--scopes", "ask"]);
    let done = verb(&["api-key", "compromised", "Drill", "--drill"]);
    assert_eq!(done["key"]["id"], drill["id"]);
    assert!(done["key"]["revoked"].is_string(), "{done}");
    let events = verb(&["audit", "events"]);
    let told = &events.as_array().unwrap()[0];
    assert_eq!(told["kind"], "key_compromised", "{events}");
    assert_eq!(told["details"]["drill"], "true", "{events}");
    let unknown = run(home.path(), &line);
    assert_eq!(unknown.status.code(), Some(3), "{}", text_of(&unknown));
}

#[test]
fn the_command_line_takes_a_key_by_its_name_where_only_one_has_it() {
    let home = tempfile::tempdir().unwrap();
    let verb = |arguments: &[&str]| {
        let line = [&["--data", "data", "--json"], arguments].concat();
        json_of(&run(home.path(), &line))
    };
    let create = ["api-key", "create", "Site", "--scopes", "ask"];
    let (site, other) = (verb(&create), verb(&create));
    let several = run(
        home.path(),
        &["--data", "data", "api-key", "revoke", "Site"],
    );
    let told = String::from_utf8_lossy(&several.stderr).into_owned();
    assert!(told.contains("several keys are called Site"), "{told}");
    verb(&["api-key", "revoke", other["id"].as_str().unwrap()]);
    assert_eq!(
        verb(&["api-key", "revoke", "Site"])["revoked_key"],
        site["id"]
    );
    let unknown = run(
        home.path(),
        &["--data", "data", "api-key", "revoke", "Nobody's key"],
    );
    let told = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(told.contains("there is no key Nobody's key"), "{told}");
}
