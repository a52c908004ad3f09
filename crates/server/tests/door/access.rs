//! Accounts, sessions, keys and tenants, through the API and the command line.

use serde_json::{Value, json};

use super::support::{Server, json_of, program, read, run, text_of};

/// Somebody who shows a token.
pub(super) struct Caller<'a> {
    pub(super) server: &'a Server,
    pub(super) token: String,
}

impl Caller<'_> {
    pub(super) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.server.request(method, path).bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path)).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, path);
        let request = request.header("content-type", "application/json");
        read(request.body(body.to_string())).await
    }

    pub(super) async fn delete(&self, path: &str) -> u16 {
        read(self.request("DELETE", path)).await.0
    }
}

pub(super) const PASSWORD: &str = "four words of hers";

/// A server whose owner is Ada.
pub(super) async fn with_accounts() -> (Server, String) {
    let server = Server::start();
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let (status, made) = server.send("POST", "/api/v1/init", &body).await;
    assert_eq!(status, 200, "{made}");
    let token = sign_in(&server, "ada@example.org", PASSWORD).await;
    (server, token["access_token"].as_str().unwrap().to_owned())
}

pub(super) async fn sign_in(server: &Server, email: &str, password: &str) -> Value {
    let body = json!({ "email": email, "password": password });
    let (status, begun) = server.send("POST", "/api/v1/auth/sign-in", &body).await;
    assert_eq!(status, 200, "{begun}");
    begun
}

/// Makes somebody one of the caller's tenant; gives their access token.
pub(super) async fn join(owner: &Caller<'_>, email: &str, role: &str) -> String {
    let body = json!({ "email": email, "role": role });
    let (status, invited) = owner.send("POST", "/api/v1/invitations", &body).await;
    assert_eq!(status, 201, "{invited}");
    accept(owner.server, invited["token"].as_str().unwrap()).await
}

pub(super) async fn accept(server: &Server, token: &str) -> String {
    let body = json!({ "token": token, "name": "Somebody", "password": PASSWORD });
    let (status, begun) = server.send("POST", "/api/v1/auth/invitation", &body).await;
    assert_eq!(status, 200, "{begun}");
    begun["access_token"].as_str().unwrap().to_owned()
}

/// Makes a tenant with an owner; gives the owner's access token.
pub(super) async fn tenant(operator: &Caller<'_>, name: &str, email: &str) -> (String, String) {
    let body = json!({ "name": name, "owner_email": email });
    let (status, made) = operator.send("POST", "/api/v1/tenants", &body).await;
    assert_eq!(status, 201, "{made}");
    let token = accept(operator.server, made["invited"]["token"].as_str().unwrap()).await;
    (made["id"].as_str().unwrap().to_owned(), token)
}

#[tokio::test]
async fn a_library_without_accounts_serves_this_machine_and_no_page_of_another_site() {
    let server = Server::start();
    assert_eq!(server.get("/api/v1/collections").await.0, 200);
    let (_, me) = server.get("/api/v1/me").await;
    assert_eq!(me["actor"], "owner");
    let status = async |name: &'static str, value: &str| {
        let request = server.request("GET", "/api/v1/collections");
        read(request.header(name, value)).await.0
    };
    let own = server.address.replace("http://", "");
    assert_eq!(status("host", "localhost:1234").await, 200);
    assert_eq!(
        status("host", "library.example.org").await,
        403,
        "a name pointed here"
    );
    assert_eq!(status("origin", &format!("http://{own}")).await, 200);
    assert_eq!(status("origin", "https://example.org").await, 403);
    assert_eq!(status("origin", "null").await, 403);
    // Clients of other dialects insist on sending some key.
    assert_eq!(status("authorization", "Bearer sk-anything").await, 200);
}

#[tokio::test]
async fn from_the_first_account_on_everybody_signs_in() {
    let (server, token) = with_accounts().await;
    for path in [
        "/api/v1/collections",
        "/v1/models",
        "/api/v1/me",
        "/metrics",
    ] {
        assert_eq!(server.get(path).await.0, 401, "{path}");
    }
    for path in ["/health/live", "/", "/openapi.json", "/docs"] {
        assert_eq!(
            server.request("GET", path).send().await.unwrap().status(),
            200,
            "{path}"
        );
    }
    let asked = server
        .request("GET", "/api/v1/collections")
        .send()
        .await
        .unwrap();
    assert!(
        asked.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    let ada = Caller {
        server: &server,
        token,
    };
    let (_, me) = ada.get("/api/v1/me").await;
    assert_eq!(me["user"]["email"], "ada@example.org");
    assert_eq!(me["user"]["role"], "owner");
    assert_eq!(ada.get("/api/v1/collections").await.0, 200);
    assert_eq!(
        ada.request("GET", "/metrics")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    // The first account is made once.
    let again = json!({ "email": "eve@example.org", "name": "Eve", "password": PASSWORD });
    assert_eq!(server.send("POST", "/api/v1/init", &again).await.0, 401);
    assert_eq!(ada.send("POST", "/api/v1/init", &again).await.0, 409);
    // Commands on the machine go on.
    let list = run(
        server.home.path(),
        &["--data", "data", "--json", "user", "list"],
    );
    assert_eq!(json_of(&list)[0]["email"], "ada@example.org");
    let presence = std::fs::metadata(server.home.path().join("data/server.json")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&presence.permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn wrong_tokens_let_nobody_in_and_say_nothing() {
    let (server, token) = with_accounts().await;
    let mut forged = token.clone();
    forged.replace_range(forged.len() - 4.., "AAAA");
    let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.";
    let long = "a".repeat(20_000);
    for wrong in [
        forged.as_str(),
        none,
        "a.b.c",
        "alx_key_short",
        "alx_loc_x",
        long.get(..9000).unwrap(),
        "x",
    ] {
        let caller = Caller {
            server: &server,
            token: wrong.to_owned(),
        };
        let (status, told) = caller.get("/api/v1/me").await;
        assert_eq!(status, 401, "{told}");
        assert!(!told.to_string().contains("ada"), "{told}");
    }
    for wrong in [
        json!({ "email": "ada@example.org", "password": "not this one, surely" }),
        json!({ "email": "eve@example.org", "password": PASSWORD }),
        json!({ "email": "\u{430}da@example.org", "password": PASSWORD }),
        json!({ "email": "ada@example.org", "password": PASSWORD, "tenant": "other" }),
    ] {
        let (status, told) = server.send("POST", "/api/v1/auth/sign-in", &wrong).await;
        assert_eq!(status, 401, "{told}");
        assert!(
            told["detail"]
                .as_str()
                .unwrap()
                .contains("address, the password or the tenant")
        );
    }
    // Two tokens are none, and a token in the address is none.
    let twice = server
        .request("GET", "/api/v1/me")
        .bearer_auth(&token)
        .header("x-api-key", "other");
    assert_eq!(read(twice).await.0, 401);
    assert_eq!(
        server
            .get(&format!("/api/v1/me?access_token={token}"))
            .await
            .0,
        401
    );
    // Only commands on the machine look into another tenant.
    let ada = Caller {
        server: &server,
        token,
    };
    let other = ada
        .request("GET", "/api/v1/me")
        .header("x-alexandria-tenant", "default");
    assert_eq!(read(other).await.0, 403);
}

#[tokio::test]
async fn a_session_goes_on_once_for_each_token_and_ends_when_one_is_used_twice() {
    let (server, _) = with_accounts().await;
    let begun = sign_in(&server, "ada@example.org", PASSWORD).await;
    let refresh = async |token: &Value| {
        let body = json!({ "refresh_token": token });
        server.send("POST", "/api/v1/auth/refresh", &body).await
    };
    let (status, second) = refresh(&begun["refresh_token"]).await;
    assert_eq!(status, 200, "{second}");
    let ada = Caller {
        server: &server,
        token: second["access_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(ada.get("/api/v1/me").await.0, 200);
    let (_, sessions) = ada.get("/api/v1/me/sessions").await;
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    // Somebody has a copy of the first token.
    assert_eq!(refresh(&begun["refresh_token"]).await.0, 401);
    assert_eq!(refresh(&second["refresh_token"]).await.0, 401);
    assert_eq!(
        ada.get("/api/v1/me").await.0,
        401,
        "the access token has ended with it"
    );
}

#[tokio::test]
async fn people_come_by_invitation_and_what_they_may_do_ends_at_once() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let token = join(&ada, "grace@example.org", "editor").await;
    let grace = Caller {
        server: &server,
        token,
    };
    assert_eq!(grace.get("/api/v1/documents").await.0, 200);
    assert_eq!(grace.get("/api/v1/users").await.0, 403);
    let invite = json!({ "email": "eve@example.org", "role": "reader" });
    assert_eq!(
        grace.send("POST", "/api/v1/invitations", &invite).await.0,
        403
    );
    // A token is good once, and a withdrawn or unknown one never.
    let (_, invited) = ada.send("POST", "/api/v1/invitations", &invite).await;
    let path = format!("/api/v1/invitations/{}", invited["id"].as_str().unwrap());
    assert_eq!(ada.delete(&path).await, 204);
    let body = json!({ "token": invited["token"], "name": "Eve", "password": PASSWORD });
    assert_eq!(
        server
            .send("POST", "/api/v1/auth/invitation", &body)
            .await
            .0,
        404
    );
    // Another role counts at once, and ends the sessions.
    let role = json!({ "role": "reader" });
    let (status, changed) = ada
        .send("PATCH", "/api/v1/users/grace@example.org", &role)
        .await;
    assert_eq!((status, &changed["role"]), (200, &json!("reader")));
    assert_eq!(grace.get("/api/v1/documents").await.0, 401);
    let again = sign_in(&server, "grace@example.org", PASSWORD).await;
    let grace = Caller {
        server: &server,
        token: again["access_token"].as_str().unwrap().into(),
    };
    assert_eq!(
        grace
            .send("POST", "/api/v1/collections", &json!({"name": "x"}))
            .await
            .0,
        403
    );
    let suspend = json!({ "state": "suspended" });
    assert_eq!(
        ada.send("PATCH", "/api/v1/users/grace@example.org", &suspend)
            .await
            .0,
        200
    );
    assert_eq!(grace.get("/api/v1/documents").await.0, 401);
    let body = json!({ "email": "grace@example.org", "password": PASSWORD });
    assert_eq!(
        server.send("POST", "/api/v1/auth/sign-in", &body).await.0,
        401
    );
    assert_eq!(ada.delete("/api/v1/users/grace@example.org").await, 204);
    assert_eq!(ada.get("/api/v1/users/grace@example.org").await.0, 404);
}

#[tokio::test]
async fn there_is_always_an_owner_and_nobody_gives_more_than_they_have() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let reader = json!({ "role": "reader" });
    assert_eq!(
        ada.send("PATCH", "/api/v1/users/ada@example.org", &reader)
            .await
            .0,
        409
    );
    assert_eq!(ada.delete("/api/v1/users/ada@example.org").await, 409);
    let token = join(&ada, "adam@example.org", "admin").await;
    let adam = Caller {
        server: &server,
        token,
    };
    assert_eq!(
        adam.send("PATCH", "/api/v1/users/ada@example.org", &reader)
            .await
            .0,
        403
    );
    assert_eq!(adam.delete("/api/v1/users/ada@example.org").await, 403);
    let owner = json!({ "email": "eve@example.org", "role": "owner" });
    assert_eq!(
        adam.send("POST", "/api/v1/invitations", &owner).await.0,
        403
    );
    let own = json!({ "role": "owner" });
    assert_eq!(
        adam.send("PATCH", "/api/v1/users/adam@example.org", &own)
            .await
            .0,
        403
    );
    let key = json!({ "name": "k", "scopes": ["operate"] });
    assert_eq!(adam.send("POST", "/api/v1/keys", &key).await.0, 403);
    // Two owners who remove each other at once leave one.
    let token = join(&ada, "olga@example.org", "owner").await;
    let olga = Caller {
        server: &server,
        token,
    };
    let (one, two) = tokio::join!(
        ada.delete("/api/v1/users/olga@example.org"),
        olga.delete("/api/v1/users/ada@example.org"),
    );
    let removed = [one, two].iter().filter(|status| **status == 204).count();
    assert_eq!(removed, 1, "{one} {two}");
}

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
        for file in ["data/catalog.db", "data/catalog.db-wal", "server.log"] {
            let bytes = std::fs::read(home.join(file)).unwrap_or_default();
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
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn tenants_see_nothing_of_each_other_and_stop_when_suspended() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "City Library", "bea@example.org").await;
    let bea = Caller {
        server: &server,
        token,
    };
    assert_eq!(
        ada.send("POST", "/api/v1/collections", &json!({"name": "mine"}))
            .await
            .0,
        201
    );
    assert_eq!(bea.get("/api/v1/collections").await.1["items"], json!([]));
    assert_eq!(bea.get("/api/v1/collections/mine").await.0, 404);
    assert_eq!(bea.get("/api/v1/tenants").await.0, 403);
    assert_eq!(
        bea.get(&format!("/api/v1/tenants/{id}")).await.1["name"],
        "City Library"
    );
    assert_eq!(
        bea.get("/api/v1/tenants/default").await.0,
        404,
        "as an unknown one"
    );
    assert_eq!(
        bea.request("GET", "/metrics")
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    let (_, users) = bea.get("/api/v1/users").await;
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
    // The same address in two tenants: the one to sign in to is named.
    join(&ada, "bea@example.org", "reader").await;
    let mut body = json!({ "email": "bea@example.org", "password": PASSWORD });
    assert_eq!(
        server.send("POST", "/api/v1/auth/sign-in", &body).await.0,
        409
    );
    body["tenant"] = json!("city library");
    let (status, begun) = server.send("POST", "/api/v1/auth/sign-in", &body).await;
    assert_eq!(
        (status, begun["user"]["tenant_id"].as_str()),
        (200, Some(id.as_str()))
    );
    let path = format!("/api/v1/tenants/{id}");
    assert_eq!(
        ada.send("POST", &format!("{path}/suspend"), &json!({}))
            .await
            .0,
        200
    );
    assert_eq!(bea.get("/api/v1/collections").await.0, 401);
    assert_eq!(
        ada.send("POST", &format!("{path}/resume"), &json!({}))
            .await
            .0,
        200
    );
    assert_eq!(bea.get("/api/v1/collections").await.0, 200);
    let (_, ending) = read(ada.request("DELETE", &format!("{path}?grace_days=7"))).await;
    assert_eq!(ending["state"], "ending");
    assert_eq!(bea.get("/api/v1/collections").await.0, 401);
    assert_eq!(
        read(ada.request("DELETE", "/api/v1/tenants/default"))
            .await
            .0,
        409
    );
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
    let unknown = run(home.path(), &line);
    assert_eq!(unknown.status.code(), Some(3), "{}", text_of(&unknown));
}

#[test]
fn a_public_address_is_served_only_with_accounts_or_keys() {
    let home = tempfile::tempdir().unwrap();
    let line = [
        "--data", "data", "serve", "--host", "0.0.0.0", "--port", "0",
    ];
    let refused = program(home.path(), &line, &[]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(
        said.contains("alexandria init") && said.contains("API_KEYS"),
        "{said}"
    );
    let server = Server::start_with(&[("HOST", "0.0.0.0"), ("API_KEYS", "prod-key-1:ask")]);
    drop(server);
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn collections_and_labels_keep_documents_from_those_who_are_not_meant() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let token = join(&ada, "rita@example.org", "reader").await;
    let rita = Caller {
        server: &server,
        token,
    };
    let token = join(&ada, "edda@example.org", "editor").await;
    let edda = Caller {
        server: &server,
        token,
    };
    let put =
        async |collection: &'static str, label: &'static str, name: &'static str, text: &str| {
            let fields = [("collection", collection), ("classification", label)];
            let (kind, body) = super::support::form(&[(name, text.as_bytes())], &fields);
            let request = ada
                .request("POST", "/api/v1/documents")
                .header("content-type", kind);
            let (status, added) = read(request.body(body)).await;
            assert_eq!(status, 202, "{added}");
            let id = added["documents"][0]["document"]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            let begun = std::time::Instant::now();
            loop {
                let (_, found) = ada.get(&format!("/api/v1/documents/{id}")).await;
                if found["state"] == "searchable" {
                    return id;
                }
                assert!(begun.elapsed() < super::support::PATIENCE, "{found}");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
    let open = put(
        "Shelf",
        "internal",
        "a.md",
        "# Open\n\nThe wombat sleeps in the open shelf.",
    )
    .await;
    let secret = put(
        "Shelf",
        "restricted",
        "b.md",
        "# Secret\n\nThe wombat guards the secret shelf.",
    )
    .await;
    let board = put(
        "Board",
        "internal",
        "c.md",
        "# Board\n\nThe wombat chairs the board meeting.",
    )
    .await;
    let closed = json!({ "access": "granted" });
    assert_eq!(
        edda.send("PATCH", "/api/v1/collections/Board", &closed)
            .await
            .0,
        403
    );
    assert_eq!(
        ada.send("PATCH", "/api/v1/collections/Board", &closed)
            .await
            .0,
        200
    );
    let sees = async |who: &Caller<'_>| {
        let (_, listed) = who.get("/api/v1/documents").await;
        let (_, found) = who.get("/api/v1/search?query=wombat").await;
        let listed = listed["items"].as_array().unwrap().len();
        let found = found["passages"].as_array().unwrap().len();
        assert_eq!(listed, found, "what is listed is what is found");
        found
    };
    assert_eq!(sees(&ada).await, 3);
    assert_eq!(sees(&rita).await, 1);
    assert_eq!(sees(&edda).await, 1);
    for (id, status) in [(&open, 200), (&secret, 404), (&board, 404)] {
        for path in ["", "/text", "/original"] {
            let path = format!("/api/v1/documents/{id}{path}");
            assert_eq!(
                rita.request("GET", &path).send().await.unwrap().status(),
                status,
                "{path}"
            );
        }
        let (_, unknown) = rita
            .get(&format!("/api/v1/documents/{}", uuid::Uuid::nil()))
            .await;
        assert!(
            unknown["detail"]
                .as_str()
                .unwrap()
                .starts_with("there is no document")
        );
    }
    assert_eq!(rita.get("/api/v1/collections/Board").await.0, 404);
    let question = json!({ "question": "Who chairs the board meeting?" });
    let (_, answer) = ada.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(answer["answered"], true, "{answer}");
    let (_, answer) = rita.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(
        answer["answered"], false,
        "an answer of another's is not given: {answer}"
    );
    // A grant opens it by name, and closes again.
    let path = "/api/v1/collections/Board/grants/rita@example.org";
    assert_eq!(ada.send("PUT", path, &json!({})).await.0, 204);
    assert_eq!(sees(&rita).await, 2);
    assert_eq!(sees(&edda).await, 1);
    let (_, answer) = rita.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(answer["answered"], true, "{answer}");
    assert_eq!(ada.delete(path).await, 204);
    assert_eq!(sees(&rita).await, 1);
    // Another label counts at once; nobody hides a document from themselves.
    let label = json!({ "classification": "confidential" });
    assert_eq!(
        ada.send("PATCH", &format!("/api/v1/documents/{secret}"), &label)
            .await
            .0,
        200
    );
    assert_eq!(sees(&rita).await, 2);
    let label = json!({ "classification": "restricted" });
    assert_eq!(
        edda.send("PATCH", &format!("/api/v1/documents/{open}"), &label)
            .await
            .0,
        403
    );
    // The owner may bar readers from what is confidential.
    let settings = json!({ "settings": { "clearances": { "reader": "internal" } } });
    assert_eq!(
        ada.send("PATCH", "/api/v1/tenants/default", &settings)
            .await
            .0,
        200
    );
    assert_eq!(sees(&rita).await, 1);
    assert_eq!(sees(&edda).await, 2);
    // A key bound to a collection reaches no other.
    let (_, shelf) = ada.get("/api/v1/collections/Shelf").await;
    let new = json!({ "name": "k", "scopes": ["ask"], "collections": [shelf["id"]] });
    let (_, made) = ada.send("POST", "/api/v1/keys", &new).await;
    let key = Caller {
        server: &server,
        token: made["key"].as_str().unwrap().to_owned(),
    };
    assert_eq!(sees(&key).await, 2);
}

#[tokio::test]
async fn a_tenant_holds_no_more_than_its_quota_however_many_come_at_once() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let quotas =
        json!({ "name": "Small", "quotas": { "documents": 3 }, "owner_email": "bea@example.org" });
    let (_, made) = ada.send("POST", "/api/v1/tenants", &quotas).await;
    let token = accept(&server, made["invited"]["token"].as_str().unwrap()).await;
    let bea = Caller {
        server: &server,
        token,
    };
    let put = async |number: usize| {
        let (name, text) = (format!("{number}.md"), format!("# Note {number}\n\nWords."));
        let (kind, body) = super::support::form(&[(&name, text.as_bytes())], &[]);
        let request = bea
            .request("POST", "/api/v1/documents")
            .header("content-type", kind);
        read(request.body(body)).await.0
    };
    let sent = futures::future::join_all((0..8).map(put)).await;
    let stored = sent.iter().filter(|status| **status == 202).count();
    assert_eq!(stored, 3, "{sent:?}");
    assert!(
        sent.iter().all(|status| [202, 403].contains(status)),
        "{sent:?}"
    );
}
