//! Tenants that share an installation.

use serde_json::json;

use super::super::support::read;
use super::{Caller, PASSWORD, join, tenant, with_accounts};

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
