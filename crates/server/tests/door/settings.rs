//! The settings, as those who look after the installation read them.

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, join, sign_in};
use super::support::Server;

const SECRET: &str = "a secret that nobody may read here";

#[tokio::test]
async fn settings_are_told_with_where_they_came_from_and_without_secrets() {
    let home = tempfile::tempdir().unwrap();
    let file = "[app]\nname = \"The Reading Room\"\n";
    std::fs::write(home.path().join("alexandria.toml"), file).unwrap();
    let server = Server::start_in(home, &[("SECRET_KEY", SECRET), ("LOG_LEVEL", "warning")]);
    let (status, told) = server.get("/api/v1/settings").await;
    assert_eq!(status, 200, "{told}");
    assert!(!told.to_string().contains(SECRET));
    let find = |key: &str| -> Value {
        let mut all = told["items"].as_array().unwrap().iter();
        all.find(|setting| setting["key"] == key).unwrap().clone()
    };
    let name = find("app.name");
    assert_eq!(name["value"], "The Reading Room");
    assert_eq!(name["source"], "file");
    assert!(name["from"].as_str().unwrap().ends_with("alexandria.toml"));
    assert!(!name["about"].as_str().unwrap().is_empty());
    let secret = find("app.secret_key");
    assert_eq!(
        (&secret["value"], &secret["set"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(
        (&secret["secret"], &secret["source"]),
        (&json!(true), &json!("environment"))
    );
    assert_eq!(find("log.level")["from"], "environment LOG_LEVEL");
    assert_eq!(find("server.port")["source"], "command_line");
    assert_eq!(find("server.body_bytes_max")["source"], "default");
    let unset = find("database.url");
    assert_eq!(
        (&unset["value"], &unset["set"]),
        (&json!(null), &json!(false))
    );
}

#[tokio::test]
async fn settings_are_for_those_who_look_after_the_installation() {
    let server = Server::start();
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    assert_eq!(server.send("POST", "/api/v1/init", &body).await.0, 200);
    let begun = sign_in(&server, "ada@example.org", PASSWORD).await;
    let token = begun["access_token"].as_str().unwrap().to_owned();
    let ada = Caller {
        server: &server,
        token,
    };
    assert_eq!(ada.get("/api/v1/settings").await.0, 200);
    let token = join(&ada, "bob@example.org", "admin").await;
    let bob = Caller {
        server: &server,
        token,
    };
    assert_eq!(bob.get("/api/v1/settings").await.0, 403);
    assert_eq!(server.get("/api/v1/settings").await.0, 401);
}
