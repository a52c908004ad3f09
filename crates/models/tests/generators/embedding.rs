//! Embedding models of providers: vectors, their cost, and what is not taken for vectors.

use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_models::embedder::{self, Embedder, EmbedderConfig, Purpose, RemoteConfig};
use alexandria_models::provider::{ProviderConfig, Secret};

use crate::recordings::KEY;
use crate::server::{Act, Server, plain};
use crate::support::{TestClock, limits};

fn open(
    into: fn(RemoteConfig) -> EmbedderConfig,
    name: &str,
    url: &str,
) -> Result<Arc<dyn Embedder>> {
    let config = RemoteConfig {
        provider: ProviderConfig {
            url: Some(url.to_owned()),
            key: Some(Secret::new(KEY)),
            limits: limits(),
            ..ProviderConfig::new(name)
        },
        dimensions: 2,
    };
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    let nowhere = std::path::Path::new("nowhere");
    Ok(embedder::open(&into(config), nowhere, &clock)?.unwrap())
}

const TWO: &str = r#"{"data":[{"index":0,"embedding":[3,4]},{"index":1,"embedding":[0,-2]}],
    "usage":{"prompt_tokens":1000000,"total_tokens":1000000}}"#;

#[tokio::test]
async fn texts_become_vectors_of_length_one_and_their_cost_is_counted() {
    let scripts = vec![plain(503, "retry-after: 0\r\n", ""), plain(200, "", TWO)];
    let server = Server::start(scripts).await;
    let name = "text-embedding-3-small";
    let embedder = open(EmbedderConfig::OpenAi, name, &server.url()).unwrap();
    assert_eq!(embedder.model().name, "openai/text-embedding-3-small@2");
    let embedded = embedder
        .embed(&["whales", ""], Purpose::Passage)
        .await
        .unwrap();
    assert_eq!(embedded.vectors, [vec![0.6, 0.8], vec![0.0, -1.0]]);
    assert_eq!(embedded.usage.tokens, 1_000_000);
    assert_eq!(embedded.usage.cost_micros, 20_000);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].line, "POST /embeddings");
    assert_eq!(seen[1].body["input"], serde_json::json!(["whales", "-"]));
    assert!(!format!("{embedder:?}").contains(KEY));
}

#[tokio::test]
async fn each_provider_and_length_has_a_name_of_its_own() {
    let name = |into| {
        let embedder = open(into, "model", "http://127.0.0.1:1").unwrap();
        embedder.model().name.clone()
    };
    assert_eq!(name(EmbedderConfig::Compatible), "compatible/model@2");
    assert_eq!(name(EmbedderConfig::Gemini), "gemini/model@2");
    assert_eq!(name(EmbedderConfig::Ollama), "ollama/model@2");
}

#[tokio::test]
async fn what_are_not_the_vectors_of_the_texts_is_an_error() {
    let check = async |script: Vec<Act>, kind: ErrorKind| {
        let server = Server::start(vec![script]).await;
        let embedder = open(EmbedderConfig::Ollama, "model", &server.url()).unwrap();
        let outcome = embedder.embed(&["whales"], Purpose::Query).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(!error.chain().contains("secret-text"), "{error:?}");
    };
    let unavailable = [
        r#"{"embeddings":[]}"#,
        r#"{"embeddings":[[1,0],[0,1]]}"#,
        r#"{"embeddings":[[1,0,0]]}"#,
        r#"{"embeddings":[[0,0]]}"#,
        r#"{"embeddings":["secret-text"]}"#,
        "<html>",
    ];
    for body in unavailable {
        check(plain(200, "", body), ErrorKind::Unavailable).await;
    }
    check(plain(404, "", ""), ErrorKind::NotFound).await;
    check(plain(401, "", ""), ErrorKind::Forbidden).await;
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"embed".to_vec();
    check(vec![Act::Send(half)], ErrorKind::Unavailable).await;
}

#[tokio::test]
async fn a_long_text_is_cut_and_not_refused() {
    let server = Server::start(vec![plain(200, "", r#"{"embeddings":[[1,0]]}"#)]).await;
    let embedder = open(EmbedderConfig::Ollama, "model", &server.url()).unwrap();
    let long = "whale ".repeat(100_000);
    embedder.embed(&[&long], Purpose::Passage).await.unwrap();
    let sent = server.seen()[0].body["input"][0].as_str().unwrap().len();
    assert!((20_000..30_000).contains(&sent), "{sent}");
}
