//! What the measures say of a provider that breaks off, fails and is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::support::{LIGHTHOUSE, Server, whole_request};

/// A reply that ends in the middle of a sentence.
const BROKEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
    data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"It was built in 1743 \"}}]}\n\n";

/// A refusal for the length of the prompt, as servers of this kind write it.
const TOO_LONG: &str = "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\
    \"message\":\"the request exceeds the available context size\"}}";

/// A provider that breaks off at the first call, does not take the second, and fails from then on.
async fn provider() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.spawn(serve(stream, Arc::clone(&calls)));
        }
    });
    (address, serving)
}

async fn serve(mut stream: TcpStream, calls: Arc<AtomicUsize>) {
    if whole_request(&mut stream).await.is_none() {
        return;
    }
    let reply = match calls.fetch_add(1, Ordering::Relaxed) {
        0 => BROKEN.to_owned(),
        1 => format!(
            "HTTP/1.1 400 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{TOO_LONG}",
            TOO_LONG.len()
        ),
        _ => "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    };
    stream.write_all(reply.as_bytes()).await.ok();
}

#[tokio::test]
async fn what_a_failing_provider_costs_and_how_it_fails_is_measured() {
    let (address, mut serving) = provider().await;
    let home = tempfile::tempdir().unwrap();
    let prices = "[compatible.\"scripted\"]\nprompt = 100000.0\ncompletion = 100000.0\n";
    std::fs::write(home.path().join("prices.toml"), prices).unwrap();
    let server = Server::start_in(
        home,
        &[
            ("ALEXANDRIA_GENERATOR", "compatible"),
            ("ALEXANDRIA_GENERATOR_NAME", "scripted"),
            ("OPENAI_URL", &address),
            ("ALEXANDRIA_PRICES", "prices.toml"),
        ],
    );
    server.add("orvane.md", LIGHTHOUSE).await;
    let ask = async || {
        let body = json!({ "question": "When was the lighthouse of Orvane built?" });
        let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(
            (status, &answer["cached"]),
            (200, &json!(false)),
            "{answer}"
        );
        answer
    };
    let measure = async |line: &str| -> f64 {
        let reply = server.request("GET", "/metrics").send().await.unwrap();
        let text = reply.text().await.unwrap();
        let found = text.lines().find_map(|one| one.strip_prefix(line));
        let value = found.unwrap_or_else(|| panic!("{line} is missing in {text}"));
        value.trim().parse().unwrap()
    };
    let broken = ask().await;
    assert_eq!(broken["usage"]["estimated"], true, "{broken}");
    let (prompt, written) = (
        &broken["usage"]["prompt_tokens"],
        &broken["usage"]["completion_tokens"],
    );
    assert!(
        prompt.as_f64() > Some(100.0) && written.as_f64() > Some(3.0),
        "{broken}"
    );
    let tokens = "llm_tokens_total{provider=\"compatible\",kind=\"completion\",estimated=\"true\"}";
    assert_eq!(Some(measure(tokens).await), written.as_f64());
    // At ten cents a token, the money is a tenth of the tokens.
    let spent = measure("llm_cost_usd_total{provider=\"compatible\",estimated=\"true\"}").await;
    let tokens = prompt.as_f64().unwrap() + written.as_f64().unwrap();
    assert!((spent - tokens / 10.0).abs() < 0.01, "{spent} {tokens}");

    let refused = ask().await;
    let why = refused["degraded"].to_string();
    assert!(
        why.contains("models.generator_context_tokens_max") && why.contains("8192"),
        "{why}"
    );
    assert!(refused["usage"].is_null(), "{refused}");
    let failures = |kind: &str| {
        format!("llm_provider_failures_total{{provider=\"compatible\",kind=\"{kind}\"}}")
    };
    assert!((measure(&failures("too_large")).await - 1.0).abs() < 0.01);
    let state = "llm_provider_circuit_state{provider=\"compatible\"}";
    assert!(measure(state).await < 0.5, "it is still asked");
    for _ in 0..5 {
        ask().await;
    }
    assert!(measure(state).await > 1.5, "it is left alone");
    assert!(measure(&failures("unavailable")).await > 5.5);
    serving.abort_all();
}
