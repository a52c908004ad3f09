//! Who is let in at all: a library without accounts, the first account, wrong tokens, public addresses.

use serde_json::json;

use super::super::support::{Server, json_of, program, read, run};
use super::{Caller, PASSWORD, with_accounts};

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
        assert!(!told["detail"].to_string().contains("ada"), "{told}");
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
