//! Signing in with a provider of identities.

use serde_json::json;

use super::super::access::{Caller, PASSWORD, sign_in};
use super::{Browser, Provider, server, with_provider};

#[tokio::test]
async fn people_sign_in_with_a_provider_of_identities() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let server = server(&with_provider(&provider)).await;
    // Known by the address that the provider has verified, and from then on by who they are there.
    let (status, begun) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{begun}");
    assert_eq!(begun["user"]["role"], "owner");
    let ada = Caller {
        server: &server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    };
    let (_, sessions) = ada.get("/api/v1/me/sessions").await;
    assert_eq!(sessions["items"][0]["strength"], "oidc", "{sessions}");
    let (_, again) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(again["user"]["id"], begun["user"]["id"]);
    // New, and given the role of the settings.
    let (status, grace) = Browser::new(&provider, &server).sign_in("grace").await;
    assert_eq!(status, 200, "{grace}");
    assert_eq!(grace["user"]["role"], "reader");
    assert_eq!(grace["user"]["name"], "grace by name");
    // An address that is not verified, and one of another domain.
    for login in ["mallory", "olga"] {
        let (status, told) = Browser::new(&provider, &server).sign_in(login).await;
        assert_eq!(status, 401, "{told}");
    }
    // A page gets its session once, in the browser that began.
    let mut browser = Browser::new(&provider, &server);
    let code = browser.sign_in_from_a_page("ada").await;
    let mut other = Browser::new(&provider, &server);
    assert_eq!(other.redeem(&code).await.0, 401, "another browser");
    assert_eq!(browser.redeem(&code).await.0, 401, "somebody had a copy");
    let code = browser.sign_in_from_a_page("ada").await;
    let (status, paged) = browser.redeem(&code).await;
    assert_eq!(status, 200, "{paged}");
    assert_eq!(paged["user"]["id"], begun["user"]["id"]);
    assert_eq!(browser.redeem(&code).await.0, 401, "used");
    // Whoever is suspended is not let in by anybody's word.
    let path = format!("/api/v1/users/{}", grace["user"]["id"].as_str().unwrap());
    let (status, told) = ada
        .send("PATCH", &path, &json!({ "state": "suspended" }))
        .await;
    assert_eq!(status, 200, "{told}");
    let (status, _) = Browser::new(&provider, &server).sign_in("grace").await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_sign_in_that_is_not_what_was_begun_lets_nobody_in() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let server = server(&with_provider(&provider)).await;
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    for needed in [
        "code_challenge_method=S256",
        "state=",
        "nonce=",
        "scope=openid",
    ] {
        assert!(begin.contains(needed), "{begin}");
    }
    let back = browser.at_provider(&begin, "ada").await;
    let (status, _) = Browser::new(&provider, &server).come_back(&back).await;
    assert_eq!(status, 401, "a browser that has begun nothing");
    let other = back.replace("state=alx_one_", "state=alx_one_0");
    assert_eq!(browser.come_back(&other).await.0, 401, "another state");
    assert_eq!(browser.come_back(&back).await.0, 200);
    assert_eq!(browser.come_back(&back).await.0, 401, "replayed");
    // The code of one sign-in with the state of another: it was not begun with that verifier.
    let mut victim = Browser::new(&provider, &server);
    let begin = victim.start("").await;
    let own = victim.at_provider(&begin, "ada").await;
    let mut attacker = Browser::new(&provider, &server);
    let begin = attacker.start("").await;
    let foreign = attacker.at_provider(&begin, "grace").await;
    let code = |url: &str| {
        let after = url.split_once("code=").unwrap().1;
        after.split('&').next().unwrap().to_owned()
    };
    let mixed = own.replace(&code(&own), &code(&foreign));
    assert_ne!(mixed, own);
    assert_eq!(
        victim.come_back(&mixed).await.0,
        401,
        "a code that was pushed in"
    );
    // The token of another sign-in, by its nonce.
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    let nonce = begin
        .split_once("nonce=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap();
    let changed = begin.replace(nonce, "another");
    let back = browser.at_provider(&changed, "ada").await;
    assert_eq!(browser.come_back(&back).await.0, 401, "another nonce");
    // A provider that calls itself otherwise, or not at all.
    for named in ["iss=https%3A%2F%2Fevil.example&x=", "x="] {
        let begin = browser.start("").await;
        let back = browser.at_provider(&begin, "ada").await;
        let mixed = back.replace("iss=", named);
        assert_ne!(mixed, back);
        assert_eq!(browser.come_back(&mixed).await.0, 401, "{named}");
    }
    // Nobody is sent to another site.
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "library",
    ] {
        let path = format!("/api/v1/auth/oidc/start?return_to={elsewhere}");
        assert_eq!(server.get(&path).await.0, 422, "{elsewhere}");
    }
}

#[tokio::test]
async fn keys_that_change_are_asked_for_and_a_provider_that_is_gone_is_told() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let mut server = server(&with_provider(&provider)).await;
    let (status, _) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200);
    provider.control("rotate", json!({})).await;
    let (status, told) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{told}");
    let mut browser = Browser::new(&provider, &server);
    let begin = browser.start("").await;
    let back = browser.at_provider(&begin, "ada").await;
    provider.control("down", json!({ "down": true })).await;
    let (status, told) = browser.come_back(&back).await;
    assert_eq!(status, 503, "{told}");
    let settings = with_provider(&provider);
    let mut all = vec![("ALEXANDRIA_WEB_PRIVATE_ADDRESSES", "true")];
    all.extend(settings);
    server.kill_and_restart(&all);
    assert_eq!(server.get("/api/v1/auth/oidc/start").await.0, 503);
    // Passwords go on.
    sign_in(&server, "ada@example.org", PASSWORD).await;
    provider.control("down", json!({ "down": false })).await;
    let (status, told) = Browser::new(&provider, &server).sign_in("ada").await;
    assert_eq!(status, 200, "{told}");
}
