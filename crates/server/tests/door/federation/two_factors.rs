//! Whether the word of others is as good as a second factor.

use serde_json::{Value, json};

use super::super::access::{Caller, PASSWORD, sign_in};
use super::super::factors::{enrol, second_step};
use super::{Browser, Provider, Server, server, with_provider};

const DOCUMENTS: &str = "/api/v1/documents";

fn caller<'a>(server: &'a Server, begun: &Value) -> Caller<'a> {
    Caller {
        server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    }
}

/// A server whose tenant asks for a second factor, and its owner's recovery codes.
async fn strict(settings: &[(&str, &str)]) -> (Server, Vec<String>) {
    let server = server(settings).await;
    let begun = sign_in(&server, "ada@example.org", PASSWORD).await;
    let ada = caller(&server, &begun);
    let path = format!(
        "/api/v1/tenants/{}",
        begun["user"]["tenant_id"].as_str().unwrap()
    );
    let rule = json!({ "settings": { "mfa_required": true } });
    let (status, told) = ada.send("PATCH", &path, &rule).await;
    assert_eq!(status, 200, "{told}");
    let (_, _, codes) = enrol(&ada).await;
    (server, codes)
}

#[tokio::test]
async fn a_provider_that_asks_for_one_factor_does_not_stand_for_two() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let mut settings = with_provider(&provider).to_vec();
    settings.push((
        "ALEXANDRIA_OIDC_MFA_ACR",
        "urn:example:two,urn:example:more",
    ));
    let (server, codes) = strict(&settings).await;
    let begin = Browser::new(&provider, &server).start("").await;
    let asked = "acr_values=urn%3Aexample%3Atwo%20urn%3Aexample%3Amore";
    assert!(begin.contains(asked), "{begin}");
    // Who has a second factor here shows it, as after a password; on a page as well.
    provider.control("shown", json!({ "amr": ["pwd"] })).await;
    let mut browser = Browser::new(&provider, &server);
    let (status, asked) = browser.sign_in("ada").await;
    assert_eq!(
        (status, &asked["mfa_required"]),
        (200, &json!(true)),
        "{asked}"
    );
    assert!(asked.get("access_token").is_none(), "{asked}");
    let token = asked["mfa_token"].as_str().unwrap();
    assert_eq!(second_step(&server, token, "000000").await.0, 401);
    let (status, begun) = second_step(&server, token, &codes[0]).await;
    assert_eq!(
        (status, &begun["must_enrol"]),
        (200, &json!(false)),
        "{begun}"
    );
    assert_eq!(caller(&server, &begun).get(DOCUMENTS).await.0, 200);
    let mut browser = Browser::new(&provider, &server);
    let code = browser.sign_in_from_a_page("ada").await;
    let (_, asked) = browser.redeem(&code).await;
    let token = asked["mfa_token"].as_str().unwrap();
    let (status, _) = second_step(&server, token, &codes[1]).await;
    assert_eq!(status, 200);
    // Who has none adds one before anything else.
    let (status, begun) = Browser::new(&provider, &server).sign_in("grace").await;
    assert_eq!(
        (status, &begun["must_enrol"]),
        (200, &json!(true)),
        "{begun}"
    );
    let grace = caller(&server, &begun);
    assert_eq!(grace.get(DOCUMENTS).await.0, 403);
    // Another session of one factor ends when she has added it.
    let (_, other) = Browser::new(&provider, &server).sign_in("grace").await;
    enrol(&grace).await;
    assert_eq!(grace.get(DOCUMENTS).await.0, 200);
    assert_eq!(caller(&server, &other).get(DOCUMENTS).await.0, 401);
}

#[tokio::test]
async fn a_provider_that_asks_for_two_factors_is_believed() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let mut settings = with_provider(&provider).to_vec();
    settings.push(("ALEXANDRIA_OIDC_MFA_ACR", "urn:example:two"));
    let (server, _codes) = strict(&settings).await;
    for shown in [
        json!({ "amr": ["pwd", "otp", "mfa"] }),
        json!({ "amr": ["pwd", "hwk"] }),
        json!({ "acr": "urn:example:two" }),
    ] {
        provider.control("shown", shown.clone()).await;
        for login in ["ada", "grace"] {
            let (status, begun) = Browser::new(&provider, &server).sign_in(login).await;
            assert_eq!(status, 200, "{shown}: {begun}");
            assert_eq!(begun["must_enrol"], false, "{shown}: {begun}");
            let somebody = caller(&server, &begun);
            assert_eq!(somebody.get(DOCUMENTS).await.0, 200, "{shown}");
            let (_, sessions) = somebody.get("/api/v1/me/sessions").await;
            assert_eq!(sessions["items"][0]["strength"], "mfa", "{sessions}");
        }
        let mut browser = Browser::new(&provider, &server);
        let code = browser.sign_in_from_a_page("ada").await;
        let (_, begun) = browser.redeem(&code).await;
        assert_eq!(begun["must_enrol"], false, "{shown}: {begun}");
    }
    // What is said in other words is not believed.
    for shown in [
        json!({ "amr": ["otp"] }),
        json!({ "amr": ["pwd", "sms"] }),
        json!({ "acr": "urn:example:another" }),
    ] {
        provider.control("shown", shown.clone()).await;
        let (_, begun) = Browser::new(&provider, &server).sign_in("grace").await;
        assert_eq!(begun["must_enrol"], true, "{shown}: {begun}");
    }
}

#[tokio::test]
async fn a_token_of_one_factor_is_not_enough_where_two_are_asked_for() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let secret = "the secret of a project that signs with HS256";
    let issuers = json!([{ "issuer": provider.address, "audience": "library", "role": "reader",
        "mfa_values": ["two"] }]);
    let issuers = issuers.to_string();
    let settings = [
        ("ALEXANDRIA_AUTH_ISSUERS", issuers.as_str()),
        ("SUPABASE_URL", "https://project.example"),
        ("SUPABASE_JWT_SECRET", secret),
    ];
    let (server, _codes) = strict(&settings).await;
    let shows = async |how: Value| {
        let token = provider.token(how).await;
        let caller = Caller {
            server: &server,
            token,
        };
        let (status, told) = caller.get(DOCUMENTS).await;
        (
            status,
            told["detail"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let supabase = |level: &str| {
        let said = json!({ "iss": "https://project.example/auth/v1", "aud": "authenticated",
            "aal": level, "amr": [{ "method": "mfa" }] });
        json!({ "key": "secret", "secret": secret, "claims": provider.claims("ada", &said) })
    };
    let own = |said: Value| json!({ "key": "ec", "claims": provider.claims("grace", &said) });
    for strong in [
        own(json!({ "amr": ["mfa"] })),
        own(json!({ "acr": "two" })),
        supabase("aal2"),
    ] {
        assert_eq!(shows(strong.clone()).await.0, 200, "{strong}");
    }
    for weak in [
        own(json!({})),
        own(json!({ "amr": ["pwd"], "acr": "one", "aal": "aal2" })),
        supabase("aal1"),
    ] {
        let (status, told) = shows(weak.clone()).await;
        assert_eq!(status, 403, "{weak}: {told}");
        assert!(told.contains("second factor"), "{told}");
    }
}
