//! Tokens of outside issuers, and of Supabase.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::access::{Caller, PASSWORD, sign_in};
use super::{Provider, server};

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn tokens_of_outside_issuers_let_those_in_whom_they_are_for() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let secret = "the secret of a project that signs with HS256";
    let issuers = json!([{ "issuer": provider.address, "audience": "library", "role": "reader",
        "role_claim": "app_metadata.role" }]);
    let issuers = issuers.to_string();
    let server = server(&[
        ("ALEXANDRIA_AUTH_ISSUERS", &issuers),
        ("SUPABASE_URL", &provider.address),
        ("SUPABASE_KEY", "the key of the gateway"),
        ("SUPABASE_JWT_SECRET", secret),
    ])
    .await;
    let me = async |token: String| {
        let caller = Caller {
            server: &server,
            token,
        };
        caller.get("/api/v1/me").await
    };
    for key in ["rsa", "ec", "ed"] {
        let claims = provider.claims("grace", &json!({}));
        let token = provider
            .token(json!({ "key": key, "claims": claims }))
            .await;
        let (status, told) = me(token).await;
        assert_eq!(status, 200, "{key}: {told}");
        assert_eq!(told["user"]["email"], "grace@example.org");
        assert_eq!(told["user"]["role"], "reader");
    }
    assert_eq!(provider.control("asked", json!({})).await["asked"], 1);
    let claimed = json!({ "app_metadata": { "role": "editor" } });
    let claims = provider.claims("edith", &claimed);
    let token = provider
        .token(json!({ "key": "ec", "claims": claims }))
        .await;
    assert_eq!(me(token).await.1["user"]["role"], "editor");
    let claimed = json!({ "app_metadata": { "role": "owner" } });
    let claims = provider.claims("eve", &claimed);
    let token = provider
        .token(json!({ "key": "ec", "claims": claims }))
        .await;
    assert_eq!(
        me(token).await.1["user"]["role"],
        "reader",
        "owners are made by owners"
    );
    let now = jiff::Timestamp::now().as_second();
    let supabase = |changes: Value| {
        let mut claims = provider.claims(
            "ada",
            &json!({ "email_verified": null,
            "iss": format!("{}/auth/v1", provider.address), "aud": "authenticated" }),
        );
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        json!({ "key": "secret", "secret": secret, "claims": claims })
    };
    // By the secret of the project, and by a key that it publishes.
    let claims = supabase(json!({}))["claims"].clone();
    for how in [
        supabase(json!({})),
        json!({ "key": "ec", "claims": claims }),
    ] {
        let (status, told) = me(provider.token(how).await).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(told["user"]["role"], "owner", "known by her address");
    }
    let unknown = supabase(json!({ "sub": "zoe", "email": "zoe@example.org" }));
    let right = |changes: Value| provider.claims("grace", &changes);
    let wrong = [
        unknown,
        supabase(json!({ "aud": "another" })),
        json!({ "key": "stranger", "claims": claims }),
        json!({ "key": "public", "claims": claims }),
        json!({ "key": "secret", "secret": secret, "claims": right(json!({})) }),
        json!({ "key": "public", "claims": right(json!({})) }),
        json!({ "key": "stranger", "claims": right(json!({})) }),
        json!({ "key": "ec", "kid": null, "claims": right(json!({})) }),
        json!({ "key": "ec", "kid": "unknown", "claims": right(json!({})) }),
        json!({ "key": "ec", "claims": right(json!({ "aud": "another" })) }),
        json!({ "key": "ec", "claims": right(json!({ "iss": "https://other.example" })) }),
        json!({ "key": "ec", "claims": right(json!({ "exp": now - 60 })) }),
        json!({ "key": "ec", "claims": right(json!({ "nbf": now + 120 })) }),
        json!({ "key": "ec", "claims": right(json!({ "sub": "" })) }),
        json!({ "key": "ec", "claims": right(json!({ "sub": "x", "email_verified": false })) }),
        json!({ "key": "ec", "claims": right(json!({ "filler": "x".repeat(9000) })) }),
    ];
    let mut said = Vec::new();
    for how in wrong {
        let (status, told) = me(provider.token(how.clone()).await).await;
        assert_eq!(status, 401, "{how}");
        said.push(told["detail"].as_str().unwrap().to_owned());
    }
    // The oversized one is refused before it is looked at.
    said.pop();
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    // Keys that change are asked for once, and the old ones are good for nothing.
    let old = provider
        .token(json!({ "key": "ec", "claims": right(json!({})) }))
        .await;
    let asked = provider.control("rotate", json!({})).await["asked"]
        .as_u64()
        .unwrap();
    assert_eq!(asked, 2, "an unknown key was asked for once");
    assert_eq!(me(old).await.0, 200, "the keys are kept");
}

#[tokio::test]
async fn the_cost_of_an_outside_token_is_told() {
    let Some(provider) = Provider::start() else {
        return;
    };
    let issuers = json!([{ "issuer": provider.address, "audience": "library", "role": "reader" }]);
    let issuers = issuers.to_string();
    let server = server(&[("ALEXANDRIA_AUTH_ISSUERS", &issuers)]).await;
    let session = sign_in(&server, "ada@example.org", PASSWORD).await;
    let mut tokens = vec![(
        "session",
        session["access_token"].as_str().unwrap().to_owned(),
    )];
    for key in ["rsa", "ec", "ed"] {
        let claims = provider.claims("ada", &json!({}));
        tokens.push((
            key,
            provider
                .token(json!({ "key": key, "claims": claims }))
                .await,
        ));
    }
    for (name, token) in tokens {
        let caller = Caller {
            server: &server,
            token,
        };
        let mut times = Vec::new();
        for _request in 0..100 {
            let begun = Instant::now();
            assert_eq!(caller.get("/api/v1/me").await.0, 200);
            times.push(begun.elapsed());
        }
        times.sort();
        println!(
            "{name}: half of the requests took less than {:?}",
            times[50]
        );
        assert!(
            times[50] < Duration::from_millis(500),
            "{name}: {:?}",
            times[50]
        );
    }
}
