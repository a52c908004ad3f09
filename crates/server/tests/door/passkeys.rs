//! Passkeys, with an authenticator made of software.

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, sign_in};
use super::authenticator::{Authenticator, text};
use super::support::{Server, read};

const DOMAIN: &str = "library.example.org";

/// A server whose owner is Ada, under a domain of its own.
async fn with_domain() -> (Server, String) {
    let server = Server::start_with(&[("WEBAUTHN_RP_ID", DOMAIN)]);
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let (status, made) = server.send("POST", "/api/v1/init", &body).await;
    assert_eq!(status, 200, "{made}");
    let token = sign_in(&server, "ada@example.org", PASSWORD).await;
    (server, token["access_token"].as_str().unwrap().to_owned())
}

async fn add(caller: &Caller<'_>, key: &mut Authenticator) -> (u16, Value) {
    let (status, begun) = caller
        .send("POST", "/api/v1/me/factors/passkeys/options", &json!({}))
        .await;
    assert_eq!(status, 200, "{begun}");
    let body = json!({ "name": "My telephone", "credential": key.create(&begun["options"]) });
    caller
        .send("POST", "/api/v1/me/factors/passkeys", &body)
        .await
}

async fn options(server: &Server) -> Value {
    let request = server.request("POST", "/api/v1/auth/passkey/options");
    let (status, begun) = read(request).await;
    assert_eq!(status, 200, "{begun}");
    begun["options"].clone()
}

async fn show(server: &Server, credential: &Value) -> (u16, Value) {
    let body = json!({ "credential": credential });
    server.send("POST", "/api/v1/auth/passkey", &body).await
}

#[tokio::test]
async fn a_passkey_signs_in_by_itself_and_can_be_renamed_and_removed() {
    let (server, token) = with_domain().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let mut key = Authenticator::new(DOMAIN);
    let (status, added) = add(&ada, &mut key).await;
    assert_eq!(status, 201, "{added}");
    assert_eq!(added["name"], "My telephone");
    assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(add(&ada, &mut key).await.0, 409, "it is kept already");
    let asked = sign_in(&server, "ada@example.org", PASSWORD).await;
    assert_eq!(
        asked["methods"],
        json!(["passkey", "recovery_code"]),
        "{asked}"
    );
    let answer = key.get(&options(&server).await);
    let (status, begun) = show(&server, &answer).await;
    assert_eq!(status, 200, "{begun}");
    assert_eq!(begun["user"]["email"], "ada@example.org");
    assert_eq!(
        show(&server, &answer).await.0,
        401,
        "a challenge is good once"
    );
    let again = Caller {
        server: &server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    };
    let (_, sessions) = again.get("/api/v1/me/sessions").await;
    assert_eq!(sessions["items"][0]["strength"], "passkey", "{sessions}");
    let path = format!(
        "/api/v1/me/factors/passkeys/{}",
        added["id"].as_str().unwrap()
    );
    let (status, renamed) = again
        .send("PATCH", &path, &json!({ "name": "Old one" }))
        .await;
    assert_eq!(
        (status, &renamed["name"]),
        (200, &json!("Old one")),
        "{renamed}"
    );
    assert!(renamed["used"].is_string(), "{renamed}");
    assert_eq!(again.delete(&path).await, 204);
    assert_eq!(again.delete(&path).await, 404);
    let answer = key.get(&options(&server).await);
    assert_eq!(show(&server, &answer).await.0, 401, "it is gone");
    assert_eq!(
        sign_in(&server, "ada@example.org", PASSWORD).await["token_type"],
        "bearer"
    );
}

#[tokio::test]
async fn authenticators_of_every_sort_are_taken_that_verify_their_person() {
    for protection in [None, Some(1), Some(2), Some(3)] {
        let (server, token) = with_domain().await;
        let ada = Caller {
            server: &server,
            token,
        };
        let mut key = Authenticator::new(DOMAIN);
        key.protection = protection;
        key.verified = false;
        assert_eq!(add(&ada, &mut key).await.0, 422, "{protection:?}");
        key.verified = true;
        let (status, added) = add(&ada, &mut key).await;
        assert_eq!(status, 201, "{protection:?}: {added}");
        key.verified = false;
        let answer = key.get(&options(&server).await);
        assert_eq!(show(&server, &answer).await.0, 401, "nobody was verified");
        key.verified = true;
        let answer = key.get(&options(&server).await);
        assert_eq!(show(&server, &answer).await.0, 200, "{protection:?}");
    }
}

#[tokio::test]
async fn assertions_that_do_not_fit_let_nobody_in() {
    let (server, token) = with_domain().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let mut key = Authenticator::new(DOMAIN);
    key.origin = "https://evil.example.org".to_owned();
    assert_eq!(
        add(&ada, &mut key).await.0,
        422,
        "made on a page of another site"
    );
    key.origin = format!("https://{DOMAIN}");
    key.verified = false;
    assert_eq!(add(&ada, &mut key).await.0, 422, "nobody was verified");
    key.verified = true;
    assert_eq!(add(&ada, &mut key).await.0, 201);
    let check = async |key: &mut Authenticator, what: &str, change: &dyn Fn(&mut Value)| {
        let mut options = options(&server).await;
        options["rpId"] = json!(key.party);
        let mut answer = key.get(&options);
        change(&mut answer);
        let (status, told) = show(&server, &answer).await;
        assert!(status == 401 || status == 422, "{what}: {status} {told}");
        assert!(!told.to_string().contains("ada"), "{told}");
    };
    let same = |_: &mut Value| {};
    key.origin = "https://evil.example.org".to_owned();
    check(&mut key, "another origin", &same).await;
    key.origin = format!("http://{DOMAIN}");
    check(&mut key, "without encryption", &same).await;
    key.origin = format!("https://{DOMAIN}");
    key.party = "evil.example.org".to_owned();
    check(&mut key, "the digest of another domain", &same).await;
    key.party = DOMAIN.to_owned();
    key.verified = false;
    check(&mut key, "nobody was verified", &same).await;
    key.verified = true;
    check(&mut key, "another challenge", &|answer| {
        let data = json!({ "type": "webauthn.get", "challenge": text(&[7; 16]),
            "origin": format!("https://{DOMAIN}"), "crossOrigin": false });
        answer["response"]["clientDataJSON"] = json!(text(data.to_string().as_bytes()));
    })
    .await;
    check(&mut key, "another signature", &|answer| {
        answer["response"]["signature"] = json!(text(&[0x30, 6, 2, 1, 1, 2, 1, 1]));
    })
    .await;
    check(&mut key, "somebody else's handle", &|answer| {
        answer["response"]["userHandle"] = json!(text(&[7; 16]));
    })
    .await;
    check(&mut key, "nothing at all", &|answer| *answer = json!({})).await;
    key.counter = 1;
    check(&mut key, "a counter that goes back: a copy", &same).await;
    let mut stranger = Authenticator::new(DOMAIN);
    check(&mut stranger, "a passkey that nobody has", &same).await;
    key.counter = 100;
    let answer = key.get(&options(&server).await);
    assert_eq!(show(&server, &answer).await.0, 200);
}
