//! Second factors: authenticators, recovery codes, and tenants that ask for one.

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, join, sign_in, tenant, with_accounts};
use super::authenticator::{code, step_now};
use super::support::{Server, json_of, run};

const ADA: &str = "ada@example.org";

/// Adds an authenticator to the caller; gives its secret, the step of the code that was used, and the
/// recovery codes.
pub(super) async fn enrol(caller: &Caller<'_>) -> (String, u64, Vec<String>) {
    let begun = caller.request("POST", "/api/v1/me/factors/totp");
    let begun = begun.send().await.unwrap();
    assert_eq!(begun.status(), 201);
    assert_eq!(begun.headers()["cache-control"], "no-store");
    let begun = begun.bytes().await.unwrap();
    let begun: Value = serde_json::from_slice(&begun).unwrap();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let uri = begun["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Alexandria:") && uri.contains(&secret));
    let step = step_now();
    let body = json!({ "code": code(&secret, step) });
    let path = "/api/v1/me/factors/totp/confirm";
    let (status, confirmed) = caller.send("POST", path, &body).await;
    assert_eq!(status, 200, "{confirmed}");
    let codes = confirmed["recovery_codes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, step, codes.collect())
}

/// Shows the password; gives the token of the second step.
async fn first_step(server: &Server, email: &str) -> String {
    let asked = sign_in(server, email, PASSWORD).await;
    assert_eq!(asked["mfa_required"], true, "{asked}");
    assert!(asked.get("access_token").is_none(), "{asked}");
    asked["mfa_token"].as_str().unwrap().to_owned()
}

pub(super) async fn second_step(server: &Server, token: &str, code: &str) -> (u16, Value) {
    let body = json!({ "mfa_token": token, "code": code });
    server.send("POST", "/api/v1/auth/mfa", &body).await
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn with_an_authenticator_a_password_alone_signs_nobody_in() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token: token.clone(),
    };
    let other = sign_in(&server, ADA, PASSWORD).await;
    // A secret that no code has confirmed does not count.
    let (status, _) = ada
        .send("POST", "/api/v1/me/factors/totp", &json!({}))
        .await;
    assert_eq!(status, 201);
    assert_eq!(
        sign_in(&server, ADA, PASSWORD).await["token_type"],
        "bearer"
    );
    let wrong = json!({ "code": "000000x" });
    let confirm = "/api/v1/me/factors/totp/confirm";
    assert_eq!(ada.send("POST", confirm, &wrong).await.0, 422);
    let (secret, step, codes) = enrol(&ada).await;
    assert_eq!(codes.len(), 10);
    let (_, mine) = ada.get("/api/v1/me/factors").await;
    assert_eq!(mine["recovery_codes_left"], 10, "{mine}");
    assert!(mine["totp_since"].is_string(), "{mine}");
    assert_eq!(
        ada.send("POST", "/api/v1/me/factors/totp", &json!({}))
            .await
            .0,
        409
    );
    // The session that added it goes on, and those that a password alone has begun have ended.
    let (_, sessions) = ada.get("/api/v1/me/sessions").await;
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1, "{sessions}");
    assert_eq!(sessions["items"][0]["strength"], "mfa");
    let other = Caller {
        server: &server,
        token: other["access_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(other.get("/api/v1/me").await.0, 401);
    // The code that confirmed it is used up; the next one is good once.
    let open = first_step(&server, ADA).await;
    assert_eq!(
        second_step(&server, &open, &code(&secret, step)).await.0,
        401
    );
    let next = code(&secret, step + 1);
    let (status, begun) = second_step(&server, &open, &next).await;
    assert_eq!(status, 200, "{begun}");
    let again = Caller {
        server: &server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(again.get("/api/v1/documents").await.0, 200);
    assert_eq!(
        second_step(&server, &open, &codes[0]).await.0,
        401,
        "the token is used up"
    );
    let open = first_step(&server, ADA).await;
    assert_eq!(
        second_step(&server, &open, &next).await.0,
        401,
        "the code is used up"
    );
    for forged in ["", "alx_mfa_x", &open.replace("alx_mfa", "alx_ref"), &token] {
        assert_eq!(
            second_step(&server, forged, &codes[1]).await.0,
            401,
            "{forged}"
        );
    }
    // Removing it needs more than a session.
    let remove = "/api/v1/me/factors/totp/remove";
    for (proof, status) in [
        (json!({}), 422),
        (json!({ "code": "1", "password": "2" }), 422),
        (json!({ "code": next }), 403),
        (json!({ "password": "not this one, surely" }), 403),
        (json!({ "password": PASSWORD }), 204),
    ] {
        assert_eq!(
            again.send("POST", remove, &proof).await.0,
            status,
            "{proof}"
        );
    }
    assert_eq!(
        sign_in(&server, ADA, PASSWORD).await["token_type"],
        "bearer"
    );
    let (_, mine) = again.get("/api/v1/me/factors").await;
    assert_eq!(mine["recovery_codes_left"], 0, "{mine}");
}

#[tokio::test]
async fn of_two_who_show_one_code_at_the_same_time_one_is_let_in() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (secret, step, codes) = enrol(&ada).await;
    for code in [code(&secret, step + 1), codes[3].clone()] {
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(first_step(&server, ADA).await);
        }
        let tries = tokens
            .iter()
            .map(|token| second_step(&server, token, &code));
        let done = futures::future::join_all(tries).await;
        let let_in = done.iter().filter(|(status, _)| *status == 200).count();
        assert_eq!(let_in, 1, "{done:?}");
    }
    let (_, mine) = ada.get("/api/v1/me/factors").await;
    assert_eq!(mine["recovery_codes_left"], 9, "{mine}");
    let proof = json!({ "code": codes[4] });
    let (status, renewed) = ada
        .send("POST", "/api/v1/me/factors/recovery-codes", &proof)
        .await;
    assert_eq!(status, 200, "{renewed}");
    assert_eq!(renewed["recovery_codes"].as_array().unwrap().len(), 10);
    let open = first_step(&server, ADA).await;
    assert_eq!(
        second_step(&server, &open, &codes[5]).await.0,
        401,
        "the former are void"
    );
}

#[tokio::test]
async fn guessing_closes_the_way_until_somebody_resets_it() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let grace = Caller {
        server: &server,
        token: join(&ada, "grace@example.org", "editor").await,
    };
    let (_, _, codes) = enrol(&grace).await;
    let open = first_step(&server, "grace@example.org").await;
    for _ in 0..5 {
        let (status, told) = second_step(&server, &open, "not-a-code").await;
        assert_eq!(status, 401, "{told}");
    }
    let (status, told) = second_step(&server, &open, &codes[0]).await;
    assert_eq!(status, 429, "the right one comes too late: {told}");
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("too many wrong codes")
    );
    let path = "/api/v1/users/grace@example.org/factors";
    let (_, hers) = ada.get(path).await;
    assert_eq!(hers["recovery_codes_left"], 10, "{hers}");
    assert_eq!(grace.get(path).await.0, 403);
    let (_, stranger) = tenant(&ada, "Other", "eve@example.org").await;
    let eve = Caller {
        server: &server,
        token: stranger,
    };
    assert_eq!(eve.get(path).await.0, 404);
    assert_eq!(eve.delete(path).await, 404);
    let reset = [
        "--data",
        "data",
        "--json",
        "user",
        "reset-mfa",
        "grace@example.org",
    ];
    let reset = run(server.home.path(), &reset);
    assert_eq!(json_of(&reset)["factors_removed"], "grace@example.org");
    assert_eq!(
        grace.get("/api/v1/me").await.0,
        401,
        "her sessions have ended"
    );
    let begun = sign_in(&server, "grace@example.org", PASSWORD).await;
    assert_eq!(begun["token_type"], "bearer");
    let (_, log) = ada.get("/api/v1/audit?action=users_factors_reset").await;
    assert!(log.to_string().contains("users_factors_reset"), "{log}");
}

#[tokio::test]
async fn a_tenant_that_asks_for_a_second_factor_lets_nobody_work_without() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, eve) = tenant(&ada, "Careful", "eve@example.org").await;
    let eve = Caller {
        server: &server,
        token: eve,
    };
    assert_eq!(eve.get("/api/v1/documents").await.0, 200);
    let rule = json!({ "settings": { "mfa_required": true } });
    let (status, told) = ada
        .send("PATCH", &format!("/api/v1/tenants/{id}"), &rule)
        .await;
    assert_eq!(status, 200, "{told}");
    // A session from before loses what it could do at once.
    for path in ["/api/v1/documents", "/api/v1/users", "/api/v1/me/sessions"] {
        let (status, told) = eve.get(path).await;
        assert_eq!(status, 403, "{path}: {told}");
        assert!(
            told["detail"].as_str().unwrap().contains("second factor"),
            "{told}"
        );
    }
    let name = json!({ "name": "Eve II" });
    assert_eq!(eve.send("PATCH", "/api/v1/me", &name).await.0, 403);
    let (_, me) = eve.get("/api/v1/me").await;
    assert_eq!(me["scopes"], json!([]), "{me}");
    // So does a new one, until a factor is added in it.
    let begun = sign_in(&server, "eve@example.org", PASSWORD).await;
    assert_eq!(begun["must_enrol"], true, "{begun}");
    let eve = Caller {
        server: &server,
        token: begun["access_token"].as_str().unwrap().to_owned(),
    };
    assert_eq!(eve.get("/api/v1/documents").await.0, 403);
    let (_, _, codes) = enrol(&eve).await;
    assert_eq!(eve.get("/api/v1/documents").await.0, 200);
    let proof = json!({ "code": codes[0] });
    let remove = "/api/v1/me/factors/totp/remove";
    assert_eq!(
        eve.send("POST", remove, &proof).await.0,
        409,
        "it is the last"
    );
    let open = first_step(&server, "eve@example.org").await;
    let (status, begun) = second_step(&server, &open, &codes[1]).await;
    assert_eq!(
        (status, &begun["must_enrol"]),
        (200, &json!(false)),
        "{begun}"
    );
    assert_eq!(
        ada.get("/api/v1/documents").await.0,
        200,
        "other tenants decide for themselves"
    );
}
