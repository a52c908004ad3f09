//! The OpenAI dialect as it stands on the wire: the form of errors and streams, limits, foreign ids.

use futures::StreamExt as _;
use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, form, read};

const UNKNOWN: &str = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";

fn question(text: &str) -> Value {
    json!({ "model": "alexandria", "messages": [{ "role": "user", "content": text }] })
}

#[expect(clippy::too_many_lines, reason = "one list of refusals")]
#[tokio::test]
async fn every_refusal_is_told_in_the_dialect_of_its_address() {
    let server = Server::start_with(&[("ALEXANDRIA_BODY_BYTES_MAX", "20000")]);
    let check = async |method: &str, path: &str, body: Option<Value>, status: u16, param: &str| {
        let mut request = server
            .request(method, path)
            .header("x-request-id", "test-1");
        if let Some(body) = body {
            let kind = "application/json";
            request = request.header("content-type", kind).body(body.to_string());
        }
        let reply = request.send().await.unwrap();
        let case = format!("{method} {path}");
        assert_eq!(reply.status(), status, "{case}");
        assert_eq!(
            reply.headers()["content-type"],
            "application/json",
            "{case}"
        );
        assert_eq!(reply.headers()["x-request-id"], "test-1", "{case}");
        let told: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        let error = &told["error"];
        assert!(!error["message"].as_str().unwrap().is_empty(), "{case}");
        assert_eq!(error["type"], "invalid_request_error", "{case}: {told}");
        let named = error["param"].as_str().unwrap_or_default();
        assert_eq!(named, param, "{case}: {told}");
        assert!(error.as_object().unwrap().contains_key("code"), "{case}");
    };
    let chat = "/v1/chat/completions";
    check("GET", "/v1/nowhere", None, 404, "").await;
    check("GET", "/v1", None, 404, "").await;
    check("GET", chat, None, 405, "").await;
    check("POST", chat, None, 415, "").await;
    check("POST", chat, Some(json!([])), 400, "").await;
    check(
        "POST",
        chat,
        Some(json!({ "model": "alexandria" })),
        400,
        "",
    )
    .await;
    check("POST", chat, Some(question("")), 400, "").await;
    check("POST", chat, Some(question(&"a ".repeat(5000))), 400, "").await;
    check("POST", chat, Some(question(&"a ".repeat(20_000))), 413, "").await;
    for (name, value) in [
        ("n", json!(2)),
        ("tools", json!([{ "type": "function" }])),
        ("logprobs", json!(true)),
        ("response_format", json!({ "type": "json_object" })),
        ("audio", json!({ "voice": "alloy" })),
        ("colour", json!("red")),
    ] {
        let mut body = question("Who?");
        body[name] = value;
        check("POST", chat, Some(body), 400, name).await;
    }
    for model in ["gpt-5", "alexandria/Nowhere", "alexandriaX", ""] {
        let mut body = question("Who?");
        body["model"] = json!(model);
        check("POST", chat, Some(body), 404, "model").await;
    }
    let parts = json!([{ "type": "image_url", "image_url": { "url": "data:," } }]);
    let body = json!({ "model": "alexandria", "messages": [{ "role": "user", "content": parts }] });
    check("POST", chat, Some(body), 400, "messages").await;
    let body = json!({ "model": "alexandria", "messages": [{ "role": "system", "content": "a" }] });
    check("POST", chat, Some(body), 400, "messages").await;

    let ask = |more: Value| {
        let mut body = json!({ "model": "alexandria", "input": "Who?" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        Some(body)
    };
    let responses = "/v1/responses";
    check(
        "POST",
        responses,
        ask(json!({ "background": true })),
        400,
        "background",
    )
    .await;
    check(
        "POST",
        responses,
        ask(json!({ "conversation": "c" })),
        400,
        "conversation",
    )
    .await;
    let tools = json!([{ "type": "web_search" }]);
    check(
        "POST",
        responses,
        ask(json!({ "tools": tools })),
        400,
        "tools",
    )
    .await;
    let tools = json!([{ "type": "file_search", "vector_store_ids": [format!("vs_{UNKNOWN}")] }]);
    check("POST", responses, ask(json!({ "tools": tools })), 404, "").await;
    let items = json!([{ "type": "function_call_output", "call_id": "c", "output": "" }]);
    check(
        "POST",
        responses,
        ask(json!({ "input": items })),
        400,
        "input",
    )
    .await;

    // This library has no embedder.
    let body = json!({ "model": "alexandria", "input": "a" });
    check("POST", "/v1/embeddings", Some(body), 400, "model").await;
    check("GET", "/v1/models/other", None, 404, "model").await;
    check("GET", "/v1/models/alexandria/Nowhere", None, 404, "model").await;
    for path in [
        format!("/v1/files/file-{UNKNOWN}"),
        format!("/v1/files/file-{UNKNOWN}/content"),
        "/v1/files/file-7".to_owned(),
        format!("/v1/files/{UNKNOWN}"),
        format!("/v1/vector_stores/vs_{UNKNOWN}"),
        format!("/v1/vector_stores/vs_{UNKNOWN}/files"),
        format!("/v1/vector_stores/{UNKNOWN}"),
    ] {
        check("GET", &path, None, 404, "").await;
    }
    check("GET", "/v1/files?after=file-7", None, 404, "").await;
    check("GET", "/v1/files?colour=red", None, 400, "").await;
    check("POST", "/v1/files", Some(json!({})), 400, "").await;
}

#[tokio::test]
async fn an_id_of_nobody_is_told_like_one_that_cannot_be() {
    let server = Server::start();
    let told = async |id: &str| {
        let (status, told) = server.get(&format!("/v1/files/{id}")).await;
        (
            status,
            told["error"]["message"].as_str().unwrap().replace(id, "ID"),
        )
    };
    let unknown = told(&format!("file-{UNKNOWN}")).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(told("file-made-up").await, unknown);
}

#[tokio::test]
async fn a_file_is_a_document_and_a_vector_store_a_collection() {
    let server = Server::start();
    let put = async |fields: &[(&str, &str)]| {
        let (kind, body) = form(&[("orvane.md", LIGHTHOUSE.as_bytes())], fields);
        let request = server
            .request("POST", "/v1/files")
            .header("content-type", kind);
        read(request.body(body)).await
    };
    assert_eq!(put(&[]).await.1["error"]["param"], "purpose");
    let (status, file) = put(&[("purpose", "assistants"), ("collection", "Coast")]).await;
    assert_eq!(status, 200, "{file}");
    let id = file["id"].as_str().unwrap();
    let document = server.wait_for(id.strip_prefix("file-").unwrap()).await;
    assert_eq!(document["collection"], "Coast");
    let store = format!("vs_{}", document["collection_id"].as_str().unwrap());
    let (_, held) = server
        .get(&format!("/v1/vector_stores/{store}/files"))
        .await;
    assert_eq!(held["data"][0]["id"], id);
    assert_eq!(held["has_more"], false);

    // Taken into a second store, it is found there under both ids, and stays in the first.
    let (_, other) = server
        .send("POST", "/v1/vector_stores", &json!({ "name": "Inland" }))
        .await;
    let other = other["id"].as_str().unwrap();
    let files = format!("/v1/vector_stores/{other}/files");
    let (status, copy) = server.send("POST", &files, &json!({ "file_id": id })).await;
    assert_eq!(status, 200, "{copy}");
    assert_ne!(copy["id"], id);
    let (_, again) = server.send("POST", &files, &json!({ "file_id": id })).await;
    assert_eq!(again["id"], copy["id"]);
    let (_, found) = server.get(&format!("{files}/{id}")).await;
    assert_eq!(found["id"], copy["id"]);
    let (status, _) = read(server.request("DELETE", &format!("{files}/{id}"))).await;
    assert_eq!(status, 200);
    assert_eq!(server.get(&format!("{files}/{id}")).await.0, 404);
    assert_eq!(server.get(&format!("/v1/files/{id}")).await.0, 200);
    let (status, gone) = read(server.request("DELETE", &format!("/v1/files/{id}"))).await;
    assert_eq!((status, &gone["deleted"]), (200, &json!(true)));
    assert_eq!(server.get(&format!("/v1/files/{id}")).await.0, 404);
}

#[tokio::test]
async fn a_stream_has_the_form_that_clients_read_and_may_be_cut() {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let ask = |body: &Value| {
        let request = server.request("POST", "/v1/chat/completions");
        let request = request.header("content-type", "application/json");
        request.body(body.to_string()).send()
    };
    let mut body = question("Who built the lighthouse of Orvane? ☂");
    body["stream"] = json!(true);
    let reply = ask(&body).await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/event-stream");
    let told = reply.text().await.unwrap();
    let data: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(data.last(), Some(&"[DONE]"), "{told}");
    assert!(!told.contains("event:"), "{told}");
    let chunks: Vec<Value> = data[..data.len() - 1]
        .iter()
        .map(|chunk| serde_json::from_str(chunk).unwrap())
        .collect();
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], chunks[0]["id"]);
        assert!(chunk.get("usage").is_none(), "{chunk}");
    }
    let first = &chunks[0]["choices"][0];
    assert_eq!(first["delta"]["role"], "assistant");
    let said = &chunks[1]["choices"][0];
    assert!(
        said["delta"]["content"].as_str().unwrap().contains("[1]"),
        "{said}"
    );
    assert_eq!(said["finish_reason"], Value::Null);
    let note = &said["delta"]["annotations"][0];
    assert!(
        note["citation"]["quote"]
            .as_str()
            .unwrap()
            .contains("Tilda Marrow")
    );
    assert_eq!(
        chunks.last().unwrap()["choices"][0]["finish_reason"],
        "stop"
    );

    let mut cut = ask(&body).await.unwrap().bytes_stream();
    cut.next().await.unwrap().unwrap();
    drop(cut);
    let again = ask(&question("Who built the lighthouse of Orvane?"))
        .await
        .unwrap();
    assert_eq!(again.status(), 200);

    // A question that cannot be asked is refused before a stream is begun.
    body["messages"][0]["content"] = json!("");
    assert_eq!(ask(&body).await.unwrap().status(), 400);
}

#[tokio::test]
async fn an_empty_library_answers_that_it_holds_nothing() {
    let server = Server::start();
    let (status, reply) = server
        .send("POST", "/v1/chat/completions", &question("Who?"))
        .await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(
        reply["choices"][0]["message"]["content"],
        "Not found in your library."
    );
    let body = json!({ "model": "alexandria", "input": "Who?" });
    let (status, reply) = server.send("POST", "/v1/responses", &body).await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(reply["output"][0]["content"][0]["annotations"], json!([]));
    let (_, models) = server.get("/v1/models").await;
    assert_eq!(models["data"].as_array().unwrap().len(), 1, "{models}");
    for path in ["/v1/files", "/v1/vector_stores"] {
        let (status, listed) = server.get(path).await;
        assert_eq!((status, &listed["data"]), (200, &json!([])), "{path}");
    }
}
