//! A language model of our own making: a server that speaks as `OpenAI` does and says what the test
//! tells it to. What it is asked is kept, so that a test can look at it.

use std::sync::{Arc, Mutex};

use alexandria_models::generator::GeneratorConfig;
use alexandria_models::provider::ProviderConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the model does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// It writes these pieces and ends.
    Says(Vec<String>),
    /// It writes these pieces and breaks off.
    Breaks(Vec<String>),
    /// It refuses with this status.
    Fails(u16),
    /// It does what passages tell it: for each of these orders that stands in a passage, it writes what
    /// belongs to the order and marks the passage.
    Obeys(Arc<Vec<Order>>),
}

/// An order, and what a model writes that obeys it.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) text: String,
    pub(crate) obeyed: Vec<String>,
}

/// What a model writes that obeys the orders in a prompt.
fn obey(body: &str, orders: &[Order]) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let messages = body["messages"].as_array().unwrap();
    let prompt = messages.last().unwrap()["content"].as_str().unwrap();
    let mut said = Vec::new();
    for (number, passage) in (1..).zip(prompt.split("<passage ").skip(1)) {
        for order in orders.iter().filter(|order| passage.contains(&order.text)) {
            for sentence in &order.obeyed {
                said.push(format!("{sentence} [{number}]\n"));
            }
        }
    }
    said
}

/// The running model.
pub(crate) struct Model {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// Calls end with it.
    _calls: tokio::task::JoinSet<()>,
}

impl Model {
    /// Starts a model that follows the script at each call.
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let mut calls = tokio::task::JoinSet::new();
        calls.spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (script, kept) = (script.clone(), Arc::clone(&kept));
                open.spawn(async move { serve(stream, &script, &kept).await });
            }
        });
        Self {
            address,
            asked,
            _calls: calls,
        }
    }

    /// A model that says this, a few letters at a time.
    pub(crate) async fn saying(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let pieces = letters
            .chunks(5)
            .map(|some| some.iter().collect())
            .collect();
        Self::start(Script::Says(pieces)).await
    }

    /// The settings under which a library asks this model.
    pub(crate) fn config(&self) -> GeneratorConfig {
        let mut config = ProviderConfig::new("scripted");
        config.url = Some(self.address.clone());
        GeneratorConfig::Compatible(config)
    }

    /// The bodies of all calls so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, script: &Script, asked: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    let body = loop {
        let mut some = [0; 4096];
        let read = stream.read(&mut some).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            break body.to_owned();
        }
    };
    asked.lock().unwrap().push(body.clone());
    let (pieces, ends) = match script {
        Script::Says(pieces) => (pieces.clone(), true),
        Script::Breaks(pieces) => (pieces.clone(), false),
        Script::Obeys(orders) => (obey(&body, orders), true),
        Script::Fails(status) => {
            let reply =
                format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(reply.as_bytes()).await.ok();
            return;
        }
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\
                Connection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.ok();
    for piece in pieces {
        let event =
            serde_json::json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] });
        chunk(&mut stream, &format!("data: {event}\n\n")).await;
    }
    if ends {
        let event = serde_json::json!({
            "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 100, "completion_tokens": 20 },
        });
        chunk(&mut stream, &format!("data: {event}\n\ndata: [DONE]\n\n")).await;
        stream.write_all(b"0\r\n\r\n").await.ok();
    }
}

async fn chunk(stream: &mut TcpStream, text: &str) {
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    stream.write_all(chunk.as_bytes()).await.ok();
}
