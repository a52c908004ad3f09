//! A provider for tests that speaks as OpenAI does and keeps every request that it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::support::whole_request;

/// Numbers in its vectors.
const DIMENSIONS: &str = "4";

/// What it says of the tokens of each answer.
pub(super) const TOKENS: (u64, u64) = (900, 100);

/// A provider that answers every question with one sentence and embeds every text.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) address: String,
    requests: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Recorder {
    /// Begins to listen; `says` is its answer to everything.
    pub(super) async fn start(says: &'static str) -> Self {
        Self::thinking(says, Duration::ZERO).await
    }

    /// One that thinks for a while before each answer, so that several are asked at the same time.
    pub(super) async fn thinking(says: &'static str, time: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, Arc::clone(&kept), (says, time)));
            }
        });
        Self {
            address,
            requests,
            _serving: serving,
        }
    }

    /// The settings of a server both of whose models are this provider's, as `writer` and `vectors`.
    pub(super) fn settings(&self) -> Vec<(&str, &str)> {
        vec![
            ("ALEXANDRIA_GENERATOR", "compatible"),
            ("ALEXANDRIA_GENERATOR_NAME", "writer"),
            ("ALEXANDRIA_EMBEDDER", "compatible"),
            ("ALEXANDRIA_EMBEDDER_NAME", "vectors"),
            ("ALEXANDRIA_EMBEDDER_DIMENSIONS", DIMENSIONS),
            ("OPENAI_URL", &self.address),
        ]
    }

    /// How many requests to an address hold a word.
    pub(super) fn count(&self, path: &str, word: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        let line = format!("/v1{path} ");
        let holds = |request: &&String| {
            let first = request.lines().next().unwrap_or_default();
            first.contains(&line) && request.contains(word)
        };
        requests.iter().filter(holds).count()
    }

    /// Whether any request at all holds a word.
    pub(super) fn has_heard(&self, word: &str) -> bool {
        let requests = self.requests.lock().unwrap();
        requests.iter().any(|request| request.contains(word))
    }
}

async fn serve(
    mut stream: TcpStream,
    kept: Arc<Mutex<Vec<String>>>,
    (says, time): (&str, Duration),
) {
    let Some(request) = whole_request(&mut stream).await else {
        return;
    };
    let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let asked: Value = serde_json::from_str(body).unwrap_or_default();
    let (kind, reply) = if request.starts_with("POST /v1/embeddings") {
        ("application/json", embedded(&asked))
    } else {
        ("text/event-stream", written(says))
    };
    kept.lock().unwrap().push(request);
    tokio::time::sleep(time).await;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    );
    stream.write_all(head.as_bytes()).await.ok();
    stream.write_all(reply.as_bytes()).await.ok();
}

fn embedded(asked: &Value) -> String {
    let texts = asked["input"].as_array().map_or(1, Vec::len);
    let one = |at: usize| json!({ "index": at, "embedding": [1.0, 0.5, 0.25, 0.125] });
    let data: Vec<Value> = (0..texts).map(one).collect();
    json!({ "data": data, "usage": { "prompt_tokens": texts, "total_tokens": texts } }).to_string()
}

fn written(says: &str) -> String {
    let (prompt, completion) = TOKENS;
    let event = |value: Value| format!("data: {value}\n\n");
    let choice = |delta: Value, reason: Value| {
        event(json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] }))
    };
    let usage = json!({ "prompt_tokens": prompt, "completion_tokens": completion });
    choice(json!({ "content": says }), Value::Null)
        + &choice(json!({}), json!("stop"))
        + &event(json!({ "choices": [], "usage": usage }))
        + "data: [DONE]\n\n"
}
