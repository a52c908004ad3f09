//! The Model Context Protocol as it stands on the wire, over HTTP and over standard input and output.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, program};

const CURRENT: &str = "2026-07-28";

/// A request that stands for itself, as the current revision has it.
fn modern(method: &str, params: Value) -> Value {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": CURRENT,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

/// A request of the revision before.
fn legacy(method: &str, params: Value) -> Value {
    let mut request = json!({ "jsonrpc": "2.0", "id": 7, "method": method });
    request["params"] = params;
    request
}

async fn send(server: &Server, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let mut request = server
        .request("POST", "/mcp")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let reply = request.body(body.to_owned()).send().await.unwrap();
    let status = reply.status().as_u16();
    let bytes = reply.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[expect(clippy::too_many_lines, reason = "one list of requests")]
#[tokio::test]
async fn headers_and_revisions_are_held_to_the_message() {
    let server = Server::start();
    let list = modern("tools/list", json!({})).to_string();
    let call = modern("tools/call", json!({ "name": "list" })).to_string();
    let version = ("mcp-protocol-version", CURRENT);
    let method = ("mcp-method", "tools/list");
    let called = ("mcp-method", "tools/call");
    let check = async |headers: &[(&str, &str)], body: &str, status: u16, code: i64| {
        let (answered, told) = send(&server, headers, body).await;
        assert_eq!(answered, status, "{headers:?} {body}: {told}");
        let found = told["error"]["code"].as_i64().unwrap_or_default();
        assert_eq!(found, code, "{headers:?} {body}: {told}");
    };
    check(&[version, method], &list, 200, 0).await;
    check(&[version, called, ("mcp-name", "list")], &call, 200, 0).await;
    check(
        &[version, called, ("mcp-name", "=?base64?bGlzdA==?=")],
        &call,
        200,
        0,
    )
    .await;
    check(&[version, called], &call, 400, -32_020).await;
    check(&[version, called, ("mcp-name", "ask")], &call, 400, -32_020).await;
    check(&[version, called], &list, 400, -32_020).await;
    check(&[version], &list, 400, -32_020).await;
    check(&[method], &list, 400, -32_020).await;
    let other = list.replace(CURRENT, "1900-01-01");
    check(
        &[("mcp-protocol-version", "1900-01-01"), method],
        &other,
        400,
        -32_022,
    )
    .await;
    let bare = legacy("tools/list", json!({})).to_string();
    check(&[("mcp-protocol-version", "2025-11-25")], &bare, 200, 0).await;
    check(&[], &bare, 200, 0).await;
    check(
        &[("mcp-protocol-version", "1900-01-01")],
        &bare,
        400,
        -32_022,
    )
    .await;
    check(&[version, method], &bare, 400, -32_602).await;
    let unknown = modern("resources/list", json!({})).to_string();
    check(
        &[version, ("mcp-method", "resources/list")],
        &unknown,
        404,
        -32_601,
    )
    .await;
    let unknown = legacy("resources/list", json!({})).to_string();
    check(&[], &unknown, 200, -32_601).await;
    check(&[], "{", 400, -32_700).await;
    check(&[], "[]", 400, -32_600).await;
    check(
        &[],
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        202,
        0,
    )
    .await;
    for method in ["GET", "DELETE"] {
        let reply = server.request(method, "/mcp").send().await.unwrap();
        assert_eq!(reply.status(), 405, "{method}");
    }
    let large = "x".repeat(300_000);
    let large = legacy(
        "tools/call",
        json!({ "name": "ask", "arguments": { "question": large } }),
    );
    assert_eq!(send(&server, &[], &large.to_string()).await.0, 413);
}

#[tokio::test]
async fn pages_of_other_sites_are_not_served() {
    let server = Server::start_with(&[("ALLOWED_ORIGINS", "https://library.example")]);
    let ping = legacy("ping", json!({})).to_string();
    let check = async |origin: &str, status: u16| {
        let (answered, told) = send(&server, &[("origin", origin)], &ping).await;
        assert_eq!(answered, status, "{origin}: {told}");
    };
    check("http://localhost:6274", 200).await;
    check("http://127.0.0.1:8000", 200).await;
    check("http://[::1]:8000", 200).await;
    check("https://library.example", 200).await;
    check("https://evil.example", 403).await;
    check("http://localhost.evil.example", 403).await;
    check("null", 403).await;
}

#[tokio::test]
async fn the_handshake_settles_on_a_revision_that_both_speak() {
    let server = Server::start();
    for (asked, given) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2024-11-05", "2025-11-25"),
        (CURRENT, "2025-11-25"),
    ] {
        let params = json!({ "protocolVersion": asked, "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" } });
        let body = legacy("initialize", params).to_string();
        let (status, told) = send(&server, &[], &body).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(told["result"]["protocolVersion"], given);
        assert_eq!(told["result"]["serverInfo"]["name"], "alexandria");
    }
    let headers = [
        ("mcp-protocol-version", CURRENT),
        ("mcp-method", "server/discover"),
    ];
    let body = modern("server/discover", json!({})).to_string();
    let (_, told) = send(&server, &headers, &body).await;
    let result = &told["result"];
    assert_eq!(result["resultType"], "complete");
    let spoken = json!([CURRENT, "2025-11-25", "2025-06-18"]);
    assert_eq!(result["supportedVersions"], spoken);
    let who = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(who["name"], "alexandria");
}

#[tokio::test]
async fn over_pipes_every_line_is_answered_by_one_line() {
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    talk(server.home.path(), "through the server");
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("orvane.md"), LIGHTHOUSE).unwrap();
    let added = program(home.path(), &["--data", "data", "add", "orvane.md"], &[]).output();
    assert!(added.unwrap().status.success());
    talk(home.path(), "alone");
}

fn talk(home: &std::path::Path, how: &str) {
    let mut child = program(
        home,
        &["--data", "data", "mcp"],
        &[("ALEXANDRIA_BODY_BYTES_MAX", "20000")],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let arguments = json!({ "question": "Who built the lighthouse of Orvane? ☂" });
    let call = json!({ "name": "ask", "arguments": arguments });
    let mut exchange = |line: &str| -> Value {
        writeln!(input, "{line}").unwrap();
        serde_json::from_str(&output.next().unwrap().unwrap()).unwrap()
    };
    for request in [
        modern("tools/call", call.clone()),
        legacy("tools/call", call),
    ] {
        let told = exchange(&request.to_string());
        assert_eq!(told["id"], 7, "{how}: {told}");
        let text = told["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("Tilda Marrow"), "{how}: {told}");
    }
    let told = exchange("\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n{");
    assert_eq!(told["error"]["code"], -32_700, "{how}: {told}");
    let told = exchange(&format!("{{\"text\":\"{}\"}}", "x".repeat(50_000)));
    assert_eq!(told["error"]["code"], -32_603, "{how}: {told}");
    let told = exchange(&modern("nonsense", json!({})).to_string());
    assert_eq!(told["error"]["code"], -32_601, "{how}: {told}");
    drop(input);
    assert!(child.wait().unwrap().success(), "{how}");
}
