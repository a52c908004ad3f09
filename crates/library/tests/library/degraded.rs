//! A search goes on when one of its parts does not answer.

use alexandria_core::error::ErrorKind;
use alexandria_library::health::{Health, PartState};
use alexandria_library::{Library, SearchMode, SearchRequest};
use alexandria_models::generator::GeneratorConfig;
use alexandria_models::provider::ProviderConfig;
use std::sync::Arc;

use crate::support::{Fixture, WHALES, open};

/// A library with one text whose legs have these times, in milliseconds.
async fn hurried(text: u64, vectors: u64) -> (Arc<Library>, Fixture) {
    let fixture = Fixture::new().await;
    fixture.read("sea", "whales.md", WHALES).await;
    let mut settings = fixture.library.settings().clone();
    settings.limits.search_text_timeout_ms = text;
    settings.limits.search_vectors_timeout_ms = vectors;
    (open(settings).await, fixture)
}

#[tokio::test]
async fn without_vectors_the_words_still_find_and_the_reply_says_so() {
    let (library, fixture) = hurried(5_000, 0).await;
    let reply = library
        .search(&fixture.owner, &SearchRequest::new("krill"))
        .await
        .unwrap();
    assert_eq!(reply.passages.len(), 1);
    assert_eq!(reply.degraded.len(), 1, "{:?}", reply.degraded);
    assert!(
        reply.degraded[0].contains("meaning"),
        "{:?}",
        reply.degraded
    );
    let alone = SearchRequest {
        mode: SearchMode::Vectors,
        ..SearchRequest::new("krill")
    };
    let error = library.search(&fixture.owner, &alone).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn without_an_embedder_words_find_and_nothing_is_degraded() {
    let fixture = Fixture::words_only().await;
    fixture.read("sea", "whales.md", WHALES).await;
    let reply = fixture.search("krill").await;
    assert_eq!(reply.passages.len(), 1);
    assert!(reply.degraded.is_empty());
    let alone = SearchRequest {
        mode: SearchMode::Vectors,
        ..SearchRequest::new("krill")
    };
    let error = fixture
        .library
        .search(&fixture.owner, &alone)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn the_doctor_says_of_an_embedder_whether_it_answers_or_is_off() {
    let says = async |fixture: &Fixture| {
        let diagnosis = fixture.library.doctor(&fixture.owner).await.unwrap();
        assert!(diagnosis.is_sound(), "{diagnosis:?}");
        let answers = diagnosis
            .checked
            .contains(&"the embedder answers".to_owned());
        let found = |message| diagnosis.findings.iter().any(|one| one.message == message);
        (answers, found("the embedder is switched off"))
    };
    assert_eq!(says(&Fixture::new().await).await, (true, false));
    assert_eq!(says(&Fixture::words_only().await).await, (false, true));
}

#[tokio::test]
async fn a_language_model_that_is_away_degrades_the_library_and_nothing_else() {
    let fixture = Fixture::words_only().await;
    let health = fixture.library.health().await;
    let generator = |health: &Health| {
        let part = health.parts.iter().find(|part| part.name == "generator");
        part.unwrap().clone()
    };
    assert_eq!(generator(&health).state, PartState::Off);
    assert!(health.is_ready());

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut settings = fixture.library.settings().clone();
    settings.generator = GeneratorConfig::Ollama(ProviderConfig {
        url: Some(format!("http://{address}")),
        ..ProviderConfig::new("llama3.2")
    });
    let library = open(settings).await;
    let health = library.health().await;
    let part = generator(&health);
    assert_eq!(part.state, PartState::Failed);
    assert_eq!(part.provider.as_deref(), Some("ollama"));
    let message = part.message.unwrap();
    assert!(message.contains("ollama serve"), "{message}");
    let failed = health
        .parts
        .iter()
        .filter(|part| part.state == PartState::Failed);
    assert_eq!(failed.count(), 1);
}
