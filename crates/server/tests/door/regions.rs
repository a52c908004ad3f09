//! A tenant's region, enforced: where it is stored, and which providers hear a word of it.

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, accept, sign_in};
use super::recorder::Recorder;
use super::support::{PATIENCE, Server, form, json_of, program, read, run, text_of};

/// A word that stands nowhere but in the documents and questions of the tenant.
const CANARY: &str = "Zyrquand";

/// What the provider answers; it is a sentence of the document.
const SAYS: &str = "The observatory of Zyrquand was opened in 1821 [1].";

const DOCUMENT: &str = "# Zyrquand\n\nThe observatory of Zyrquand was opened in 1821. Its dome is \
    made of copper and turns by hand.\n";

const QUESTION: &str = "When was the observatory of Zyrquand opened?";

/// Settings of a server whose models are a recorder's.
fn settings<'a>(
    recorder: &'a Recorder,
    storage: Option<&'a str>,
    models: Option<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut settings = recorder.settings();
    settings.extend(storage.map(|region| ("ALEXANDRIA_STORAGE_REGION", region)));
    settings.extend(models.map(|region| ("ALEXANDRIA_GENERATOR_REGION", region)));
    settings.extend(models.map(|region| ("ALEXANDRIA_EMBEDDER_REGION", region)));
    settings
}

/// A server with an operator.
async fn begin(settings: &[(&str, &str)]) -> (Server, String) {
    let server = Server::start_with(settings);
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let (status, made) = server.send("POST", "/api/v1/init", &body).await;
    assert_eq!(status, 200, "{made}");
    let token = operator(&server).await;
    (server, token)
}

async fn operator(server: &Server) -> String {
    let token = sign_in(server, "ada@example.org", PASSWORD).await;
    token["access_token"].as_str().unwrap().to_owned()
}

/// A tenant in a region, with an owner; their token.
async fn tenant(ada: &Caller<'_>, name: &str, region: Option<&str>) -> String {
    let email = format!("{}@example.org", name.to_lowercase());
    let body = json!({ "name": name, "owner_email": email, "region": region });
    let (status, made) = ada.send("POST", "/api/v1/tenants", &body).await;
    assert_eq!(status, 201, "{made}");
    accept(ada.server, made["invited"]["token"].as_str().unwrap()).await
}

async fn upload(caller: &Caller<'_>, name: &str, text: &str) -> (u16, Value) {
    let (kind, body) = form(&[(name, text.as_bytes())], &[]);
    let request = caller.request("POST", "/api/v1/documents");
    read(request.header("content-type", kind).body(body)).await
}

/// Puts a document in and waits until it is in one of these states and nothing is left to do.
async fn add(caller: &Caller<'_>, name: &str, text: &str, states: &[&str]) -> String {
    let (status, added) = upload(caller, name, text).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let begun = std::time::Instant::now();
    loop {
        let (_, document) = caller.get(&format!("/api/v1/documents/{id}")).await;
        let (_, status) = caller.get("/api/v1/status").await;
        let left = status["jobs"]["waiting"].as_u64().unwrap_or(0)
            + status["jobs"]["running"].as_u64().unwrap_or(0);
        if states.contains(&document["state"].as_str().unwrap()) && left == 0 {
            return id.to_owned();
        }
        assert!(begun.elapsed() < PATIENCE, "{document} {status}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Asks in every way in which a text could go to a model, and gives the answers as text.
async fn ask_every_way(caller: &Caller<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let message = |role: &str, text: &str| json!({ "role": role, "content": text });
    let messages = json!([
        message("user", &format!("What is {CANARY}?")),
        message("assistant", &format!("The observatory of {CANARY}.")),
        message("user", "When was it opened?"),
    ]);
    let chat =
        |stream: bool| json!({ "model": "alexandria", "messages": messages, "stream": stream });
    let responses = json!({ "model": "alexandria", "input": QUESTION });
    let (json, events) = ("application/json", "text/event-stream");
    for (path, accept, body) in [
        ("/api/v1/ask", json, json!({ "question": QUESTION })),
        (
            "/api/v1/ask",
            events,
            json!({ "question": QUESTION, "fresh": true }),
        ),
        ("/v1/chat/completions", json, chat(false)),
        ("/v1/chat/completions", json, chat(true)),
        ("/v1/responses", json, responses),
        ("/api/v1/search", json, json!({ "query": CANARY })),
        (
            "/v1/embeddings",
            json,
            json!({ "model": "alexandria", "input": CANARY }),
        ),
    ] {
        let request = caller.request("POST", path).header("accept", accept);
        let request = request.header("content-type", "application/json");
        let reply = request.body(body.to_string()).send().await.unwrap();
        let status = reply.status();
        let text = reply.text().await.unwrap();
        let is_embedding = path == "/v1/embeddings";
        assert!(status.is_success() || is_embedding, "{path}: {text}");
        said.push(text);
    }
    // What was answered is checked again, with the embedding model where there is one.
    let answer: Value = serde_json::from_str(&said[0]).unwrap();
    let id = answer["id"].as_str().unwrap();
    let path = format!("/api/v1/answers/{id}/verify");
    let (status, verified) = caller.send("POST", &path, &json!({})).await;
    assert_eq!(status, 200, "{verified}");
    said
}

#[tokio::test]
async fn a_provider_outside_the_region_hears_no_word_of_the_tenant() {
    for models in [None, Some("us-east")] {
        let recorder = Recorder::start(SAYS).await;
        let (server, token) = begin(&settings(&recorder, Some("eu-central"), models)).await;
        let server = &server;
        let ada = Caller { server, token };
        let token = tenant(&ada, "Bound", Some("eu-central")).await;
        let bound = Caller { server, token };
        add(&bound, "one.md", DOCUMENT, &["searchable"]).await;
        let said = ask_every_way(&bound).await;
        for (at, text) in said.iter().enumerate() {
            let says_why = text.contains("eu-central");
            assert!(says_why, "the way {at} does not say why: {text}");
        }
        let answer: Value = serde_json::from_str(&said[0]).unwrap();
        assert_eq!(answer["writer"]["kind"], "extractive", "{answer}");
        assert!(answer["answer"].as_str().unwrap().contains("1821"));
        assert!(!recorder.has_heard(CANARY), "outside: {models:?}");
        assert!(!recorder.has_heard("copper"), "outside: {models:?}");

        // A tenant without a region is served by the same models.
        let token = tenant(&ada, "Free", None).await;
        let free = Caller { server, token };
        let text = "# Yondrel\n\nThe harbour of Yondrel was dug in 1650.\n";
        add(&free, "two.md", text, &["ready"]).await;
        assert!(recorder.has_heard("Yondrel"));
        let (_, free) = ada.get("/api/v1/tenants/Free").await;
        assert_eq!(free["region_holds"], Value::Null, "{free}");
        let (_, bound) = ada.get("/api/v1/tenants/Bound").await;
        assert_eq!(bound["region_holds"], true, "{bound}");
        assert_eq!(
            bound["region_notes"].as_array().unwrap().len(),
            2,
            "{bound}"
        );
    }
}

#[tokio::test]
async fn a_provider_inside_the_region_is_asked() {
    let recorder = Recorder::start(SAYS).await;
    let region = Some("eu-central");
    let (server, token) = begin(&settings(&recorder, region, region)).await;
    let server = &server;
    let ada = Caller { server, token };
    let token = tenant(&ada, "Bound", region).await;
    let bound = Caller { server, token };
    add(&bound, "one.md", DOCUMENT, &["ready"]).await;
    let said = ask_every_way(&bound).await;
    let answer: Value = serde_json::from_str(&said[0]).unwrap();
    assert_eq!(answer["writer"]["kind"], "model", "{answer}");
    assert!(recorder.count("/chat/completions", CANARY) >= 2);
    assert!(recorder.count("/embeddings", CANARY) >= 2);
    let (_, bound) = ada.get("/api/v1/tenants/Bound").await;
    assert_eq!(bound["region_notes"], json!([]), "{bound}");
}

#[tokio::test]
async fn a_region_given_later_ends_what_the_providers_hear() {
    let recorder = Recorder::start(SAYS).await;
    let (server, token) = begin(&settings(&recorder, Some("eu"), Some("us"))).await;
    let server = &server;
    let ada = Caller { server, token };
    let token = tenant(&ada, "Bound", None).await;
    let bound = Caller { server, token };
    add(&bound, "one.md", DOCUMENT, &["ready"]).await;
    let ask = async |fresh: bool| {
        let body = json!({ "question": QUESTION, "fresh": fresh });
        let (status, answer) = bound.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    assert_eq!(ask(false).await["writer"]["kind"], "model");
    let path = "/api/v1/tenants/Bound";
    // The owner of a tenant does not place it, and nobody places it elsewhere.
    let eu = json!({ "region": "eu" });
    assert_eq!(bound.send("PATCH", path, &eu).await.0, 403);
    let (status, refused) = ada.send("PATCH", path, &json!({ "region": "mars" })).await;
    assert_eq!(status, 409, "{refused}");
    let (status, odd) = ada.send("PATCH", path, &json!({ "region": "EU!" })).await;
    assert_eq!(status, 422, "{odd}");
    let (status, placed) = ada.send("PATCH", path, &eu).await;
    assert_eq!((status, &placed["region"]), (200, &json!("eu")), "{placed}");
    let heard = recorder.count("/chat/completions", CANARY);
    let embedded = recorder.count("/embeddings", CANARY);
    // Not even an answer that is known already is given without saying what has changed.
    for fresh in [false, true] {
        let answer = ask(fresh).await;
        assert_eq!(answer["writer"]["kind"], "extractive", "{answer}");
        assert!(
            answer["degraded"].to_string().contains("region eu"),
            "{answer}"
        );
    }
    let second = "# More\n\nThe cellar of Zyrquand holds the old lenses.\n";
    add(&bound, "two.md", second, &["searchable"]).await;
    assert_eq!(recorder.count("/chat/completions", CANARY), heard);
    assert_eq!(recorder.count("/embeddings", CANARY), embedded);
    // Without a region again, what waits is embedded at the next start or the next document.
    let (status, freed) = ada.send("PATCH", path, &json!({ "region": null })).await;
    assert_eq!((status, &freed["region"]), (200, &Value::Null), "{freed}");
    assert_eq!(ask(true).await["writer"]["kind"], "model");
}

#[tokio::test]
async fn a_tenant_is_taken_only_in_the_region_that_is_stored_in() {
    for (storage, told) in [(None, "do not say"), (Some("us-east"), "us-east")] {
        let settings: Vec<_> = storage
            .map(|region| ("ALEXANDRIA_STORAGE_REGION", region))
            .into_iter()
            .collect();
        let server = Server::start_with(&settings);
        let body = json!({ "name": "Bound", "region": "eu-central" });
        let (status, refused) = server.send("POST", "/api/v1/tenants", &body).await;
        assert_eq!(status, 409, "{refused}");
        let why = refused["detail"].as_str().unwrap();
        for part in ["eu-central", told, "storage.region"] {
            assert!(why.contains(part), "{part}: {why}");
        }
        let (_, all) = server.get("/api/v1/tenants").await;
        assert!(!all.to_string().contains("Bound"), "{all}");
    }
}

#[tokio::test]
async fn a_tenant_in_the_wrong_place_can_leave_and_nothing_else() {
    let region = |label: &'static str| [("ALEXANDRIA_STORAGE_REGION", label)];
    let (mut server, token) = begin(&region("eu")).await;
    let token = {
        let ada = Caller {
            server: &server,
            token,
        };
        tenant(&ada, "Bound", Some("eu")).await
    };
    let bound = Caller {
        server: &server,
        token,
    };
    let id = add(&bound, "one.md", DOCUMENT, &["searchable", "ready"]).await;
    let token = bound.token;
    server.kill_and_restart(&region("us"));
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    assert!(log.contains("a tenant is in the wrong region"), "{log}");

    let (server, bound) = (
        &server,
        Caller {
            server: &server,
            token,
        },
    );
    let (status, refused) = upload(&bound, "two.md", "# Two\n\nMore of it.\n").await;
    let said = refused.to_string();
    assert!(
        (400..500).contains(&status) || said.contains("\"error\""),
        "{status} {said}"
    );
    assert!(
        said.contains("region eu") && said.contains("region us"),
        "{said}"
    );
    let path = format!("/api/v1/documents/{id}");
    let title = json!({ "title": "Another" });
    assert_eq!(bound.send("PATCH", &path, &title).await.0, 409);
    let shelf = json!({ "name": "Shelf" });
    assert_eq!(
        bound.send("POST", "/api/v1/collections", &shelf).await.0,
        409
    );
    // What it has is still read, found and taken along, and then removed.
    assert_eq!(bound.get(&path).await.0, 200);
    let (_, found) = bound
        .send("POST", "/api/v1/search", &json!({ "query": CANARY }))
        .await;
    assert_eq!(found["passages"].as_array().unwrap().len(), 1, "{found}");
    let token = operator(server).await;
    let ada = Caller { server, token };
    let (_, shown) = ada.get("/api/v1/tenants/Bound").await;
    assert_eq!(shown["region_holds"], false, "{shown}");
    let export = ada.request("GET", "/api/v1/tenants/Bound/export");
    let archive = export.send().await.unwrap().bytes().await.unwrap();
    assert!(archive.starts_with(b"PK"), "no archive");
    assert_eq!(bound.delete(&path).await, 204);
    let (_, all) = bound.get("/api/v1/documents").await;
    assert_eq!(all["items"], json!([]), "{all}");
}

#[test]
fn the_command_line_places_tenants_and_the_doctor_names_those_in_the_wrong_place() {
    let home = tempfile::tempdir().unwrap();
    let run_in = |region: &str, arguments: &[&str]| {
        let settings = [("ALEXANDRIA_STORAGE_REGION", region)];
        program(home.path(), arguments, &settings).output().unwrap()
    };
    let made = run_in("eu", &["tenant", "create", "Acme", "--region", "eu"]);
    assert!(made.status.success(), "{made:?}");
    let planned = run_in("eu", &["tenant", "plan", "Acme", "trial"]);
    assert!(planned.status.success(), "{planned:?}");
    let refused = run(home.path(), &["tenant", "region", "Acme", "eu"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("storage.region"),
        "{told}"
    );
    let shown = run_in("us", &["tenant", "show", "Acme", "--json"]);
    assert_eq!(json_of(&shown)["region_holds"], false);
    let listed = run_in("us", &["tenant", "list"]);
    assert!(
        text_of(&listed).contains("eu (not here)"),
        "{}",
        text_of(&listed)
    );
    let doctor = text_of(&run_in("us", &["doctor"]));
    assert!(
        doctor.contains("\"Acme\"") && doctor.contains("region eu"),
        "{doctor}"
    );
    let well = text_of(&run_in("eu", &["doctor"]));
    assert!(!well.contains("\"Acme\""), "{well}");
    let freed = run(
        home.path(),
        &["tenant", "region", "Acme", "--none", "--json"],
    );
    assert_eq!(json_of(&freed)["region"], Value::Null);
}
