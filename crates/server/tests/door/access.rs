//! Accounts, sessions, keys and tenants, through the API and the command line; here is what these tests
//! and others make them with.

mod entrance;
mod keys;
mod labels;
mod people;
mod tenants;
mod ways;

use serde_json::{Value, json};

use super::support::{Server, read};

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
