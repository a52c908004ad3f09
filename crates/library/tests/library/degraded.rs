//! A search goes on when one of its parts does not answer.

use alexandria_core::error::ErrorKind;
use alexandria_library::{Library, SearchMode, SearchRequest};
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
