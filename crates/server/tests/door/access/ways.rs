//! What the page to sign in is told before anybody has signed in.

use serde_json::{Value, json};

use super::super::support::{Server, read};
use super::{PASSWORD, with_accounts};

/// The ways, for a page under this host and origin.
async fn ways(server: &Server, host: Option<&str>, origin: Option<&str>) -> Value {
    let mut request = server.request("GET", "/api/v1/auth/ways");
    for (name, value) in [("host", host), ("origin", origin)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let (status, told) = read(request).await;
    assert_eq!(status, 200, "{told}");
    told
}

#[tokio::test]
async fn a_page_learns_how_people_sign_in_and_nothing_of_them() {
    let server = Server::start();
    let told = ways(&server, None, None).await;
    let expected = json!({ "name": "Alexandria", "open": true, "first_account": true,
        "first_account_needs": "nothing", "password": false, "passkeys": false, "oidc": false });
    assert_eq!(told, expected);
    // A name that somebody has pointed here is let in nowhere.
    let told = ways(&server, Some("library.example.org"), None).await;
    assert_eq!(told["open"], false);
    assert_eq!(told["first_account_needs"], "machine");
    let told = ways(&server, None, Some("https://example.org")).await;
    assert_eq!(told["open"], false);

    let (server, _) = with_accounts().await;
    let told = ways(&server, None, None).await;
    let expected = json!({ "name": "Alexandria", "open": false, "first_account": false,
        "first_account_needs": null, "password": true, "passkeys": false, "oidc": false });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn passkeys_are_offered_on_the_pages_that_they_are_bound_to() {
    let server = Server::start_with(&[("WEBAUTHN_RP_ID", "library.example.org")]);
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let (status, made) = server.send("POST", "/api/v1/init", &body).await;
    assert_eq!(status, 200, "{made}");
    let check = async |host: Option<&str>, origin: Option<&str>, offered: bool| {
        let told = ways(&server, host, origin).await;
        assert_eq!(told["passkeys"], offered, "{host:?} {origin:?}");
    };
    check(None, None, false).await;
    check(Some("library.example.org"), None, true).await;
    check(Some("example.org"), None, false).await;
    check(None, Some("https://library.example.org"), true).await;
    check(None, Some("http://library.example.org"), false).await;
}

#[tokio::test]
async fn where_only_keys_are_known_the_first_account_needs_one() {
    let settings = [
        ("API_KEYS", "prod-key-1:ask"),
        ("APP_NAME", "The Reading Room"),
    ];
    let server = Server::start_with(&settings);
    let told = ways(&server, None, None).await;
    let expected = json!({ "name": "The Reading Room", "open": false, "first_account": true,
        "first_account_needs": "key", "password": false, "passkeys": false, "oidc": false });
    assert_eq!(told, expected);
}
