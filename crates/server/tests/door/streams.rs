//! Streams of events that are cut, and gone on with.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::support::{LIGHTHOUSE, Server};

/// What the model writes before it waits, and afterwards.
const PIECES: [&str; 2] = [
    "The lighthouse of Orvane was built in 1743 by the engineer Tilda Marrow. [1]\n",
    "It stands on the northern cliff and is 41 metres tall. [1]\n",
];

/// A language model that writes one sentence and waits until it is told to go on.
struct Slow {
    address: String,
    go_on: Arc<Notify>,
    /// Told when a call was ended by the one who asked.
    dropped: Arc<Notify>,
    calls: Arc<AtomicUsize>,
    _serving: tokio::task::JoinSet<()>,
}

impl Slow {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let (go_on, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let calls = Arc::new(AtomicUsize::new(0));
        let mut serving = tokio::task::JoinSet::new();
        let (waits, tells, counts) = (Arc::clone(&go_on), Arc::clone(&dropped), Arc::clone(&calls));
        serving.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.fetch_add(1, Ordering::SeqCst);
                Box::pin(write(stream, &waits, &tells)).await;
            }
        });
        Self {
            address,
            go_on,
            dropped,
            calls,
            _serving: serving,
        }
    }

    /// A server that asks this model, with a text, and with further settings.
    async fn server(&self, more: &[(&str, &str)]) -> Server {
        let mut settings = vec![
            ("ALEXANDRIA_GENERATOR", "compatible"),
            ("ALEXANDRIA_GENERATOR_NAME", "slow"),
            ("OPENAI_URL", self.address.as_str()),
            ("ALEXANDRIA_HEARTBEAT_SECONDS", "1"),
        ];
        settings.extend(more);
        let server = Server::start_with(&settings);
        server.add("orvane.md", LIGHTHOUSE).await;
        server
    }
}

async fn write(mut stream: TcpStream, go_on: &Notify, dropped: &Notify) {
    let mut buffer = [0; 65536];
    // The request comes in few pieces; the reply may begin before all of it has been read.
    assert!(stream.read(&mut buffer).await.unwrap() > 0);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let event = |delta: Value, reason: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": reason });
        format!("data: {}\n\n", json!({ "choices": [choice] }))
    };
    let first = event(json!({ "content": PIECES[0] }), Value::Null);
    stream.write_all(first.as_bytes()).await.unwrap();
    let ended = async { while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {} };
    tokio::select! {
        () = go_on.notified() => {}
        () = ended => return dropped.notify_one(),
    }
    let rest = event(json!({ "content": PIECES[1] }), Value::Null)
        + &event(json!({}), json!("stop"))
        + "data: [DONE]\n\n";
    stream.write_all(rest.as_bytes()).await.ok();
}

/// An event: its id, its name, its JSON.
type Event = (String, String, Value);

/// The events in what has been read; the last may be cut.
fn events(text: &str) -> Vec<Event> {
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    let read = |block: &str| {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_start_matches([':', ' ']).to_owned())
        };
        let data = serde_json::from_str(&field("data")?).unwrap();
        Some((field("id").unwrap(), field("event").unwrap(), data))
    };
    whole.split("\n\n").filter_map(read).collect()
}

fn ask(server: &Server) -> reqwest::RequestBuilder {
    let body = json!({ "question": "Who built the lighthouse of Orvane, and how tall is it?" });
    server
        .request("POST", "/api/v1/ask")
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .body(body.to_string())
}

/// Asks, reads until the stream is silent and says that it lives, and cuts it.
async fn ask_and_cut(server: &Server) -> (String, Vec<Event>) {
    let reply = ask(server).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let id = reply.headers()["x-stream-id"].to_str().unwrap().to_owned();
    let mut bytes = reply.bytes_stream();
    let mut text = String::new();
    while !text.contains("\n:") {
        text.push_str(std::str::from_utf8(&bytes.next().await.unwrap().unwrap()).unwrap());
    }
    (id, events(&text))
}

async fn resume(server: &Server, id: &str, last: Option<&str>) -> (u16, String) {
    let mut request = server.request("GET", &format!("/api/v1/streams/{id}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let reply = request.send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

#[tokio::test]
async fn a_stream_that_was_cut_goes_on_where_it_was_and_asks_nobody_again() {
    let model = Slow::start().await;
    let server = model.server(&[]).await;
    let (id, first) = ask_and_cut(&server).await;
    let names: Vec<&str> = first.iter().map(|(_, name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"draft") && !names.contains(&"done"),
        "{names:?}"
    );
    model.go_on.notify_one();
    let last = first.last().unwrap().0.clone();
    let (status, rest) = resume(&server, &id, Some(&last)).await;
    assert_eq!(status, 200, "{rest}");
    let mut all = first.clone();
    all.extend(events(&rest));
    let ids: Vec<String> = all.iter().map(|(id, ..)| id.clone()).collect();
    let expected: Vec<String> = (1..=all.len()).map(|at| format!("{id}/{at}")).collect();
    assert_eq!(ids, expected, "nothing is lost and nothing comes twice");
    let (_, name, done) = all.last().unwrap();
    assert_eq!(name, "done");
    let sentences = all.iter().filter(|(_, name, _)| name == "sentence").count();
    assert_eq!(done["sentences"].as_array().unwrap().len(), sentences);
    assert_eq!(
        model.calls.load(Ordering::SeqCst),
        1,
        "the model was asked once"
    );

    let (_, again) = resume(&server, &id, None).await;
    assert_eq!(events(&again), all, "the whole can be read again");
    let (_, end) = resume(&server, &id, Some(&all.len().to_string())).await;
    assert_eq!(events(&end), []);
    for last in ["x", "9999", "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69/1"] {
        assert_eq!(resume(&server, &id, Some(last)).await.0, 422, "{last}");
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_ends_after_a_while_and_so_does_the_model() {
    let model = Slow::start().await;
    let server = model
        .server(&[("ALEXANDRIA_STREAM_UNREAD_SECONDS_MAX", "1")])
        .await;
    let (id, _) = ask_and_cut(&server).await;
    model.dropped.notified().await;
    let (status, rest) = resume(&server, &id, None).await;
    assert_eq!(status, 200);
    let told = events(&rest);
    let (_, name, problem) = told.last().unwrap();
    assert_eq!(
        (name.as_str(), &problem["status"]),
        ("problem", &json!(410)),
        "{rest}"
    );
    // The same as a reply of its own would have said.
    assert_eq!(problem["type"], "urn:alexandria:problem:gone");
    assert_eq!(problem["title"], "It is not there any more");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("ask again"), "{detail}");
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    let request = problem["instance"].as_str().unwrap();
    assert!(!request.is_empty() && log.contains(request), "{request}");
}

#[tokio::test]
async fn a_stream_whose_time_is_over_is_told_with_the_remedy() {
    let server = Server::start_with(&[("ALEXANDRIA_STREAM_KEPT_SECONDS", "0")]);
    server.add("orvane.md", LIGHTHOUSE).await;
    let reply = ask(&server).send().await.unwrap();
    let id = reply.headers()["x-stream-id"].to_str().unwrap().to_owned();
    let told = events(&reply.text().await.unwrap());
    assert_eq!(told.last().unwrap().1, "done");
    for id in [id.as_str(), "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"] {
        let (status, problem) = resume(&server, id, None).await;
        let problem: Value = serde_json::from_str(&problem).unwrap();
        assert_eq!(status, 404, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("ask again") && detail.contains(id),
            "{detail}"
        );
    }
}
