//! People come, go on and go: invitations, roles, sessions, the last owner.

use serde_json::{Value, json};

use super::{Caller, PASSWORD, join, sign_in, with_accounts};

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
