//! Feedback, cases and experiments through the API and the command line.

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, json_of, run, text_of};

const QUESTION: &str = "Who built the lighthouse of Orvane?";

async fn ask(server: &Server, question: &str) -> Value {
    let body = json!({ "question": question });
    let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[expect(
    clippy::too_many_lines,
    reason = "one story from the beginning to the end"
)]
#[tokio::test]
async fn feedback_becomes_a_case_by_one_call() {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let answer = ask(&server, QUESTION).await;
    assert_eq!(answer["answered"], true, "{answer}");
    let id = answer["id"].as_str().unwrap();
    let path = format!("/api/v1/answers/{id}/feedback");
    let (status, none) = server.get(&path).await;
    assert_eq!(status, 404, "{none}");
    let odd = json!({ "thumb": "up", "reason": "wrong" });
    assert_eq!(server.send("PUT", &path, &odd).await.0, 422);
    let said =
        json!({ "thumb": "down", "reason": "wrong", "correction": "The engineer Tilda Marrow" });
    let (status, kept) = server.send("PUT", &path, &said).await;
    assert_eq!(
        (status, &kept["correction"]),
        (200, &said["correction"]),
        "{kept}"
    );
    let unknown = "/api/v1/answers/0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69/feedback";
    assert_eq!(server.send("PUT", unknown, &said).await.0, 404);
    let (_, listed) = server.get("/api/v1/feedback?thumb=down").await;
    assert_eq!(listed["items"][0]["answer_id"], id, "{listed}");
    let (_, listed) = server.get("/api/v1/feedback?thumb=up").await;
    assert_eq!(listed["items"], json!([]));

    let new = json!({ "answer_id": id });
    let (status, case) = server.send("POST", "/api/v1/evaluation/cases", &new).await;
    assert_eq!(status, 201, "{case}");
    assert_eq!(case["answers"], json!(["The engineer Tilda Marrow"]));
    assert_eq!(
        case["documents"],
        json!([answer["sentences"][0]["citations"][0]["document_id"]])
    );

    // The same from the command line, through the server.
    let home = server.home.path();
    let data = |arguments: &[&str]| run(home, &[&["--data", "data"], arguments].concat());
    let listed = json_of(&data(&["--json", "answer", "feedback", "list", "--down"]));
    assert_eq!(listed[0]["reason"], "wrong", "{listed}");
    let up = data(&["answer", "feedback", id, "--up", "--comment", "good"]);
    assert!(text_of(&up).contains("thumb up"), "{up:?}");
    let case = json_of(&data(&["--json", "eval", "case", "add", id]));
    let quote = &answer["sentences"][0]["citations"][0]["quote"];
    let right = case["answers"].as_array().unwrap();
    assert!(right.contains(quote), "{case}");
    let exported = text_of(&data(&["eval", "case", "export"]));
    let line: Value = serde_json::from_str(exported.trim()).unwrap();
    assert_eq!(line["_id"], case["id"]);
    assert_eq!(line["question"], QUESTION);
    assert_eq!(line["answers"], case["answers"]);
    let measured = json_of(&data(&["--json", "eval", "--cases"]));
    let writer = &measured["writers"][0];
    assert_eq!(
        (&writer["questions"], &writer["answerable"]),
        (&json!(1), &json!(1)),
        "{measured}"
    );
    assert_eq!(
        writer["measures"]["holds_answer"]["value"], 1.0,
        "{measured}"
    );
    let before = home.join("before.json");
    std::fs::write(&before, measured.to_string()).unwrap();
    let before = before.to_str().unwrap();
    let same = data(&[
        "eval",
        "--cases",
        "--baseline",
        before,
        "--fail-below",
        "0.9",
    ]);
    assert!(same.status.success(), "{same:?}");
    assert!(text_of(&same).contains("token F1"), "{same:?}");
    let removed = data(&["eval", "case", "remove", case["id"].as_str().unwrap()]);
    assert!(removed.status.success(), "{removed:?}");
    assert_eq!(text_of(&data(&["eval", "case", "export"])), "");
    let removed = data(&["answer", "feedback", id, "--remove"]);
    assert!(removed.status.success(), "{removed:?}");
    assert_eq!(server.get(&path).await.0, 404);
}

/// Asks one question after another until no experiment runs; says how often each variant answered.
async fn ask_until_stopped(server: &Server) -> (u32, u32) {
    let (mut control, mut sceptic) = (0, 0);
    for number in 0..100 {
        // Another question each time, of the same words.
        let question = format!("{QUESTION}{}", "?".repeat(number));
        let answer = ask(server, &question).await;
        match answer["experiment"]["variant"].as_str() {
            Some("control") => control += 1,
            Some(_) => sceptic += 1,
            None => break,
        }
        if number == 0 {
            let again = ask(server, &question).await;
            assert_eq!(again["experiment"], answer["experiment"]);
            let given = format!("/api/v1/answers/{}", answer["id"].as_str().unwrap());
            let (_, given) = server.get(&given).await;
            assert_eq!(given["experiment"], answer["experiment"]);
        }
    }
    (control, sceptic)
}

#[tokio::test]
async fn an_experiment_runs_from_its_making_to_its_guardrail() {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let home = server.home.path();
    let data = |arguments: &[&str]| run(home, &[&["--data", "data"], arguments].concat());
    let idle = data(&[
        "experiment",
        "create",
        "idle",
        "--metric",
        "answered_rate",
        "--variant",
        "same: passages=10",
    ]);
    assert!(!idle.status.success(), "{idle:?}");
    let said = String::from_utf8_lossy(&idle.stderr).into_owned();
    assert!(said.contains("settings say already"), "{said}");
    let made = data(&[
        "experiment",
        "create",
        "scepticism",
        "--metric",
        "answered_rate",
        "--unit",
        "question",
        "--variant",
        "sceptic: answer_threshold=1",
        "--guardrail",
        "answered_rate 0.3 8",
    ]);
    assert!(made.status.success(), "{made:?}");
    let started = data(&["experiment", "start", "scepticism"]);
    assert!(started.status.success(), "{started:?}");

    let (control, sceptic) = ask_until_stopped(&server).await;
    assert!(control >= 7 && sceptic >= 7, "{control} {sceptic}");
    let (_, found) = server.get("/api/v1/experiments/scepticism").await;
    assert_eq!(found["experiment"]["state"], "stopped", "{found}");
    let why = found["experiment"]["stopped_why"].as_str().unwrap();
    assert!(why.contains("guardrail breached"), "{why}");
    assert_eq!(
        found["report"]["variants"][1]["guardrails"][0]["state"],
        "breached"
    );
    let shown = text_of(&data(&["experiment", "show", "scepticism"]));
    for words in [
        "answered_rate",
        "sceptic",
        "95 % INTERVAL",
        "not enough yet",
        "breached",
    ] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    let (_, measures) = read_text(&server, "/metrics").await;
    assert!(
        measures.contains("experiments_stopped_total{by=\"guardrail\"} 1"),
        "{measures}"
    );
    assert!(
        measures.contains("experiment_answers_total{variant=\"1\""),
        "{measures}"
    );
    let listed = json_of(&data(&["--json", "experiment", "list"]));
    assert_eq!(listed[0]["name"], "scepticism");
    assert!(
        data(&["experiment", "remove", "scepticism"])
            .status
            .success()
    );
    assert_eq!(server.get("/api/v1/experiments/scepticism").await.0, 404);
}

#[tokio::test]
async fn the_share_of_an_experiment_changes_while_it_runs() {
    let server = Server::start();
    let new = json!({
        "name": "more", "metric": "latency", "share": 0, "unit": "question",
        "variants": [{ "name": "control" }, { "name": "twenty", "changes": { "passages": 20 } }],
    });
    let create = || {
        let request = server.request("POST", "/api/v1/experiments");
        let request = request
            .header("idempotency-key", "one")
            .header("content-type", "application/json");
        super::support::read(request.body(new.to_string()))
    };
    let (status, made) = create().await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(create().await.1["id"], made["id"], "made once");
    let path = format!("/api/v1/experiments/{}", made["id"].as_str().unwrap());
    let (status, _) = server
        .send("POST", &format!("{path}/start"), &json!({}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(ask(&server, "Who?").await["experiment"], Value::Null);
    let (status, odd) = server.send("PATCH", &path, &json!({ "share": 101 })).await;
    assert_eq!(status, 422, "{odd}");
    let (status, changed) = server.send("PATCH", &path, &json!({ "share": 100 })).await;
    assert_eq!((status, &changed["share"]), (200, &json!(100)), "{changed}");
    assert_eq!(ask(&server, "Who?").await["experiment"]["name"], "more");
    let given = json!({ "question": "Who?", "passages": 5 });
    let (_, given) = server.send("POST", "/api/v1/ask", &given).await;
    assert_eq!(given["experiment"], Value::Null, "{given}");
    let (status, _) = server
        .send("POST", &format!("{path}/stop"), &json!({}))
        .await;
    assert_eq!(status, 200);
    let (status, _) = server
        .send("POST", &format!("{path}/start"), &json!({}))
        .await;
    assert_eq!(status, 409);
    assert_eq!(ask(&server, "Who?").await["experiment"], Value::Null);
}

async fn read_text(server: &Server, path: &str) -> (u16, String) {
    let reply = server.request("GET", path).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}
