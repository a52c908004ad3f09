//! Conversations over HTTP and on the command line.

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, json_of, program, read, run, text_of};

const UNKNOWN: &str = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";

async fn library() -> Server {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    server
}

async fn ask(server: &Server, question: &str, conversation: &str) -> Value {
    let body = json!({ "question": question, "conversation_id": conversation });
    let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn a_conversation_is_begun_gone_on_with_renamed_and_deleted() {
    let server = library().await;
    let create = async |key: &str| {
        let request = server
            .request("POST", "/api/v1/conversations")
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        read(request.body("{}")).await
    };
    let (status, begun) = create("a").await;
    assert_eq!((status, &begun["title"]), (201, &json!("")), "{begun}");
    assert_eq!(create("a").await.1["id"], begun["id"], "begun once");
    let id = begun["id"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{id}");

    let first = ask(&server, "Who built the lighthouse of Orvane?", id).await;
    assert_eq!(first["conversation_id"], id);
    assert_eq!(first.get("standalone"), None);
    let second = ask(&server, "And how tall is it?", id).await;
    assert_eq!(
        second["standalone"],
        "How tall is the lighthouse of Orvane?"
    );
    assert_eq!(second["answered"], true, "{second}");

    let (_, whole) = server.get(&path).await;
    assert_eq!(
        whole["conversation"]["title"],
        "Who built the lighthouse of Orvane?"
    );
    assert_eq!(whole["conversation"]["turns"], 2);
    assert_eq!(whole["turns"][1]["question"], "And how tall is it?");
    assert_eq!(whole["turns"][1]["answer_id"], second["id"]);
    let (status, renamed) = server
        .send("PATCH", &path, &json!({ "title": " Lights " }))
        .await;
    assert_eq!((status, &renamed["title"]), (200, &json!("Lights")));
    for title in ["", "a\nb", &"a".repeat(201)] {
        let (status, _) = server
            .send("PATCH", &path, &json!({ "title": title }))
            .await;
        assert_eq!(status, 422, "{title:?}");
    }

    let reply = server.request("GET", &format!("{path}/export?format=markdown"));
    let reply = reply.send().await.unwrap();
    assert_eq!(
        reply.headers()["content-type"],
        "text/markdown; charset=utf-8"
    );
    let text = reply.text().await.unwrap();
    assert!(text.starts_with("# Lights\n"), "{text}");
    assert!(text.contains("## 2. And how tall is it?"), "{text}");
    assert!(
        text.contains("*Understood as: How tall is the lighthouse of Orvane?*"),
        "{text}"
    );
    assert!(
        text.contains("- \\[1\\] The Lighthouse of Orvane"),
        "{text}"
    );
    let (_, exported) = server.get(&format!("{path}/export")).await;
    assert_eq!(exported["turns"], whole["turns"]);

    let (_, listed) = server.get("/api/v1/conversations").await;
    assert_eq!(listed["items"][0]["id"], id);
    let (status, _) = read(server.request("DELETE", &path)).await;
    assert_eq!(status, 204);
    assert_eq!(server.get(&path).await.0, 404);
    let answer = format!("/api/v1/answers/{}", second["id"].as_str().unwrap());
    assert_eq!(
        server.get(&answer).await.0,
        404,
        "its answers are deleted with it"
    );
}

#[tokio::test]
async fn an_unknown_conversation_is_told_the_same_however_it_is_asked_for() {
    let server = library().await;
    let path = format!("/api/v1/conversations/{UNKNOWN}");
    let told = format!("there is no conversation {UNKNOWN}");
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/export")),
    ] {
        let (status, problem) = read(server.request(method, &path)).await;
        assert_eq!(
            (status, &problem["detail"]),
            (404, &json!(told)),
            "{method} {path}"
        );
    }
    let body = json!({ "question": "Who?", "conversation_id": UNKNOWN });
    for accept in ["application/json", "text/event-stream"] {
        let request = server
            .request("POST", "/api/v1/ask")
            .header("content-type", "application/json")
            .header("accept", accept);
        let (status, problem) = read(request.body(body.to_string())).await;
        assert_eq!(
            (status, &problem["detail"]),
            (404, &json!(told)),
            "{accept}"
        );
    }
    let (_, first) = server
        .send("POST", "/api/v1/conversations", &json!({ "title": "A" }))
        .await;
    let (_, second) = server
        .send("POST", "/api/v1/conversations", &json!({ "title": "B" }))
        .await;
    let (_, page) = server.get("/api/v1/conversations?limit=1").await;
    assert_eq!(page["items"][0]["id"], second["id"]);
    let next = page["next"].as_str().unwrap();
    let (_, page) = server
        .get(&format!("/api/v1/conversations?limit=1&cursor={next}"))
        .await;
    assert_eq!(
        (&page["items"][0]["id"], &page["next"]),
        (&first["id"], &Value::Null)
    );
    assert_eq!(server.get("/api/v1/conversations?cursor=x").await.0, 422);
    assert_eq!(server.get("/api/v1/conversations?limit=201").await.0, 422);
}

#[tokio::test]
async fn the_command_line_goes_on_with_the_last_conversation_with_and_without_a_server() {
    let mut server = library().await;
    for stopped in [false, true] {
        if stopped {
            server.stop();
        }
        let run = |arguments: &[&str]| {
            let mut all = vec!["--data", "data", "--json"];
            all.extend(arguments);
            program(server.home.path(), &all, &[]).output().unwrap()
        };
        let asked = json_of(&run(&[
            "ask",
            "--continue",
            "Who built the lighthouse of Orvane?",
        ]));
        let id = asked["conversation_id"].as_str().unwrap().to_owned();
        let asked = json_of(&run(&["ask", "--continue", "When was it built?"]));
        assert_eq!(asked["conversation_id"], id);
        assert_eq!(
            asked["standalone"],
            "When was the lighthouse of Orvane built?"
        );
        let asked = json_of(&run(&["ask", "--conversation", &id, "How tall is it?"]));
        assert_eq!(asked["standalone"], "How tall is the lighthouse of Orvane?");
        let listed = json_of(&run(&["conversation", "list"]));
        assert_eq!(
            (&listed[0]["id"], &listed[0]["turns"]),
            (&json!(id), &json!(3))
        );
        json_of(&run(&["conversation", "rename", &id, "Lights"]));
        let shown = json_of(&run(&["conversation", "show", &id]));
        assert_eq!(shown["conversation"]["title"], "Lights");
        let plain = ["--data", "data", "conversation", "export", &id];
        let exported = program(server.home.path(), &plain, &[]).output().unwrap();
        assert!(
            text_of(&exported).starts_with("# Lights"),
            "{}",
            text_of(&exported)
        );
        let deleted = run(&["conversation", "delete", &id]);
        assert!(deleted.status.success());
        assert_eq!(run(&["conversation", "show", &id]).status.code(), Some(3));
    }
}

#[tokio::test]
async fn a_chat_reads_a_question_a_line_and_goes_on_from_each() {
    use std::io::Write as _;
    use std::process::Stdio;

    let server = library().await;
    let arguments = ["--data", "data", "--json", "chat"];
    let mut chat = program(server.home.path(), &arguments, &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = "Who built the lighthouse of Orvane?\nHow tall is it?\n";
    chat.stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = chat.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let answers: Vec<Value> = answers.map(Result::unwrap).collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(
        answers[1]["standalone"],
        "How tall is the lighthouse of Orvane?"
    );
    assert_eq!(answers[0]["conversation_id"], answers[1]["conversation_id"]);
}

#[tokio::test]
async fn a_conversation_is_found_by_words_of_its_questions_and_answers() {
    let server = library().await;
    let begin = async |title: &str| {
        let body = json!({ "title": title });
        let (_, begun) = server.send("POST", "/api/v1/conversations", &body).await;
        begun["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (begin("Lights").await, begin("Something else").await);
    ask(&server, "Who built the lighthouse of Orvane?", &first).await;
    ask(&server, "How tall is the lighthouse of Orvane?", &second).await;
    let find = async |words: &str| {
        let path = format!("/api/v1/conversations?q={words}");
        let (status, page) = server.get(&path).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap().clone();
        let ids = items.iter().map(|item| item["id"].as_str().unwrap());
        (ids.map(str::to_owned).collect::<Vec<_>>(), items)
    };
    let (found, items) = find("tilda%20LIGHTS").await;
    assert_eq!(
        found,
        std::slice::from_ref(&first),
        "a word of an answer and one of a title"
    );
    let excerpt = items[0]["excerpt"].as_str().unwrap();
    assert!(excerpt.contains("Tilda Marrow"), "{excerpt}");
    let (found, items) = find("ELSE").await;
    assert_eq!(found, std::slice::from_ref(&second), "a word of a title");
    assert_eq!(items[0].get("excerpt"), None);
    assert_eq!(find("orvane").await.0, [second.clone(), first.clone()]);
    assert_eq!(find("orvane%20submarine").await.0, [""; 0]);
    let (_, page) = server.get("/api/v1/conversations?q=orvane&limit=1").await;
    let next = page["next"].as_str().unwrap();
    let path = format!("/api/v1/conversations?q=orvane&limit=1&cursor={next}");
    let (_, rest) = server.get(&path).await;
    assert_eq!(
        (&rest["items"][0]["id"], &rest["next"]),
        (&json!(first), &json!(null))
    );
    assert_eq!(server.get("/api/v1/conversations?q=%20").await.0, 422);
    let arguments = ["--data", "data", "--json", "conversation", "list", "lights"];
    let listed = json_of(&run(server.home.path(), &arguments));
    assert!(listed.to_string().contains(&first), "{listed}");
    assert!(!listed.to_string().contains(&second), "{listed}");
}
