//! Personas through the doors: the API, the path of the handbook, the command line.

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, json_of, read, run, text_of};

/// Asks as the operations handbook does.
async fn query(server: &Server, body: &Value) -> (u16, Value) {
    let request = server
        .request("POST", "/api/query")
        .header("authorization", "Bearer some-token")
        .header("content-type", "application/json");
    read(request.body(body.to_string())).await
}

#[expect(
    clippy::too_many_lines,
    reason = "one story from the beginning to the end"
)]
#[tokio::test]
async fn a_persona_is_made_looked_at_changed_and_removed() {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let (_, collections) = server.get("/api/v1/collections").await;
    let library = collections["items"][0]["id"].clone();
    let new = json!({ "name": "Tilda", "voice": "Briefly.", "collections": ["Library"] });
    let made = async || {
        let request = server
            .request("POST", "/api/v1/personas")
            .header("content-type", "application/json")
            .header("idempotency-key", "once");
        read(request.body(new.to_string())).await
    };
    let (status, tilda) = made().await;
    assert_eq!(
        (status, &tilda["collections"]),
        (201, &json!([library])),
        "{tilda}"
    );
    assert_eq!(
        made().await,
        (201, tilda.clone()),
        "the same key, the same reply"
    );
    let (status, taken) = server
        .send("POST", "/api/v1/personas", &json!({ "name": "TILDA" }))
        .await;
    assert_eq!(status, 409, "{taken}");
    for (body, word) in [
        (json!({ "name": "" }), "no letter"),
        (json!({ "name": "a\u{200b}b" }), "cannot be seen"),
        (
            json!({ "name": "x", "voice": "v".repeat(2_001) }),
            "2000 bytes",
        ),
        (json!({ "name": "x", "voices": "v" }), "unknown field"),
    ] {
        let (status, problem) = server.send("POST", "/api/v1/personas", &body).await;
        assert!(
            status == 422 && problem["detail"].as_str().unwrap().contains(word),
            "{problem}"
        );
    }
    let unknown = json!({ "name": "x", "collections": ["Nowhere"] });
    assert_eq!(
        server.send("POST", "/api/v1/personas", &unknown).await.0,
        404
    );
    let by_id = format!("/api/v1/personas/{}", tilda["id"].as_str().unwrap());
    for path in [by_id.as_str(), "/api/v1/personas/tilda"] {
        assert_eq!(server.get(path).await, (200, tilda.clone()));
    }
    let change = json!({ "name": "Tilda Marrow", "collections": [] });
    let (status, changed) = server.send("PATCH", &by_id, &change).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(
        (&changed["voice"], &changed["collections"]),
        (&json!("Briefly."), &json!([]))
    );
    let (_, second) = server
        .send("POST", "/api/v1/personas", &json!({ "name": "Anselm" }))
        .await;
    let (_, page) = server.get("/api/v1/personas?limit=1").await;
    assert_eq!(page["items"], json!([changed]));
    let next = format!(
        "/api/v1/personas?limit=1&cursor={}",
        page["next"].as_str().unwrap()
    );
    assert_eq!(
        server.get(&next).await.1,
        json!({ "items": [second], "next": null })
    );
    let deleted = read(server.request("DELETE", &by_id)).await;
    assert_eq!(deleted, (204, Value::Null));
    assert_eq!(read(server.request("DELETE", &by_id)).await.0, 404);
}

#[expect(
    clippy::too_many_lines,
    reason = "one story from the beginning to the end"
)]
#[tokio::test]
async fn a_philosopher_is_asked_as_the_handbook_shows() {
    let mut server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let question = "When was the lighthouse of Orvane built?";
    let (status, problem) = query(
        &server,
        &json!({ "query": question, "philosopher": "Plato" }),
    )
    .await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        status == 404 && detail.contains("no other either"),
        "{problem}"
    );
    for name in ["Tilda", "Anselm"] {
        let body = json!({ "name": name, "collections": ["Library"] });
        assert_eq!(server.send("POST", "/api/v1/personas", &body).await.0, 201);
    }
    let (status, problem) = query(
        &server,
        &json!({ "query": question, "philosopher": "Plato" }),
    )
    .await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        status == 404 && detail.contains("\"Tilda\", \"Anselm\""),
        "{problem}"
    );
    for cached in [false, true] {
        let body = json!({ "query": question, "philosopher": "tilda" });
        let (status, answer) = query(&server, &body).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            (&answer["philosopher"], &answer["query"]),
            (&json!("Tilda"), &json!(question))
        );
        assert_eq!(
            (&answer["answered"], &answer["cached"]),
            (&json!(true), &json!(cached))
        );
        assert!(
            answer["answer"].as_str().unwrap().contains("1743"),
            "{answer}"
        );
        let quote = &answer["sentences"][0]["citations"][0]["quote"];
        assert!(quote.as_str().unwrap().contains("1743"), "{answer}");
        assert!(answer["latency_ms"].as_f64().unwrap() > 0.0, "{answer}");
        let verify = format!("/api/v1/answers/{}/verify", answer["id"].as_str().unwrap());
        let (_, verified) = server.send("POST", &verify, &json!({})).await;
        assert_eq!(
            (&verified["holds"], &verified["answer"]["cached"]),
            (&json!(true), &json!(cached))
        );
        assert_eq!(verified["answer"]["persona"], "Tilda", "{verified}");
    }
    let (status, answer) = query(&server, &json!({ "query": question })).await;
    assert_eq!(
        (status, &answer["philosopher"], &answer["cached"]),
        (200, &Value::Null, &json!(false))
    );
    for body in [
        json!({ "philosopher": "Tilda" }),
        json!({ "query": " " }),
        json!({ "query": 5 }),
    ] {
        assert_eq!(query(&server, &body).await.0, 422, "{body}");
    }
    let (_, text) = {
        let reply = server.request("GET", "/metrics").send().await.unwrap();
        (reply.status(), reply.text().await.unwrap())
    };
    for line in [
        "cache_lookups_total{cache=\"answers\",outcome=\"hit\"} 1",
        "cache_lookups_total{cache=\"answers\",outcome=\"miss\"} 2",
        "cache_hit_rate 0.",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    assert!(server.stop().success());
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told: Vec<Value> = lines.filter(|line| line.get("cached").is_some()).collect();
    assert_eq!(told.len(), 3, "{log}");
    assert_eq!(
        (&told[0]["philosopher"], &told[0]["cached"]),
        (&json!("Tilda"), &json!(false))
    );
    assert_eq!(
        (&told[1]["user_id"], &told[1]["cached"]),
        (&json!("owner"), &json!(true))
    );
    assert!(
        told[0]["latency_ms"].as_f64().unwrap() > 0.0 && !log.contains("lighthouse of"),
        "{log}"
    );
}

#[expect(
    clippy::too_many_lines,
    reason = "one story from the beginning to the end"
)]
#[tokio::test]
async fn the_sample_is_set_up_by_one_command_and_answers_with_citations() {
    let home = tempfile::tempdir().unwrap();
    let verb = |arguments: &[&str]| {
        let mut line = vec!["--data", "data"];
        line.extend_from_slice(arguments);
        let output = run(home.path(), &line);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        output
    };
    let first = json_of(&verb(&["persona", "sample", "--json"]));
    assert_eq!(first["name"], "Aristotle");
    assert_eq!(
        json_of(&verb(&["persona", "sample", "--json"])),
        first,
        "twice is once"
    );
    assert_eq!(
        json_of(&verb(&["list", "--json"]))
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let asked = [
        "ask",
        "--json",
        "--persona",
        "aristotle",
        "How does virtue of character come about?",
    ];
    let answer = json_of(&verb(&asked));
    assert!(
        answer["answer"].as_str().unwrap().contains("habit"),
        "{answer}"
    );
    assert_eq!(
        (&answer["persona"], &answer["cached"]),
        (&json!("Aristotle"), &json!(false))
    );
    let title = &answer["sentences"][0]["citations"][0]["title"];
    assert_eq!(title, "Notes on the Nicomachean Ethics");

    let server = Server::start_in(home, &[]);
    let through = |arguments: &[&str]| {
        let mut line = vec!["--data", "data"];
        line.extend_from_slice(arguments);
        run(server.home.path(), &line)
    };
    let body = json!({ "query": "What is happiness?", "philosopher": "Aristotle" });
    let (status, answer) = query(&server, &body).await;
    assert_eq!(
        (status, &answer["answered"]),
        (200, &json!(true)),
        "{answer}"
    );
    assert!(
        answer["answer"]
            .as_str()
            .unwrap()
            .contains("accordance with virtue"),
        "{answer}"
    );
    let listed = text_of(&through(&["persona", "list"]));
    assert!(
        listed.contains("Aristotle") && listed.contains("1 collection"),
        "{listed}"
    );
    let shown = text_of(&through(&["persona", "show", "ARISTOTLE"]));
    assert!(shown.contains("Notes on the Nicomachean Ethics"), "{shown}");
    let added = ["persona", "add", "Mary", "--voice", "Warmly.", "--json"];
    assert_eq!(json_of(&through(&added))["voice"], "Warmly.");
    let changed = [
        "persona",
        "change",
        "mary",
        "--rename",
        "Mary Shelley",
        "--json",
    ];
    assert_eq!(json_of(&through(&changed))["name"], "Mary Shelley");
    let unchanged = through(&["persona", "change", "Mary Shelley"]);
    assert_eq!(unchanged.status.code(), Some(1));
    assert!(
        through(&["persona", "remove", "mary shelley"])
            .status
            .success()
    );
    let gone = through(&["persona", "show", "Mary Shelley"]);
    let said = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(
        gone.status.code() == Some(3) && said.contains("known are \"Aristotle\""),
        "{said}"
    );
    let gone = through(&["ask", "--persona", "Plato", "Why?"]);
    assert_eq!(gone.status.code(), Some(3));
}
