//! The indexes are derived: they survive closing, and come back from the catalog when they are gone.

use alexandria_core::document::DocumentState;
use alexandria_library::settings::LibrarySettings;
use alexandria_library::{Rebuild, SearchMode, SearchRequest};

use crate::support::{BREAD, Fixture, LIGHTHOUSE, WHALES, open, settings};

async fn full() -> Fixture {
    let fixture = Fixture::new().await;
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("whales.md", WHALES),
    ] {
        fixture.read("notes", name, text).await;
    }
    fixture
}

/// What both legs find for a few queries.
async fn found(fixture: &Fixture) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for query in ["krill", "an enormous sea mammal", "architect", "crust"] {
        for mode in [SearchMode::Text, SearchMode::Vectors] {
            let request = SearchRequest {
                mode,
                ..SearchRequest::new(query)
            };
            let reply = fixture
                .library
                .search(&fixture.owner, &request)
                .await
                .unwrap();
            all.push(
                reply
                    .passages
                    .into_iter()
                    .map(|p| p.passage.chunk.id.to_string())
                    .collect(),
            );
        }
    }
    all
}

#[tokio::test]
async fn a_library_opened_again_finds_the_same() {
    let fixture = full().await;
    let before = found(&fixture).await;
    let fixture = fixture.reopen().await;
    assert_eq!(found(&fixture).await, before);
    assert!(
        fixture
            .library
            .doctor(&fixture.owner)
            .await
            .unwrap()
            .is_sound()
    );
}

#[tokio::test]
async fn deleted_indexes_come_back_when_the_library_is_opened() {
    let fixture = full().await;
    let before = found(&fixture).await;
    let Fixture {
        library,
        folder,
        owner,
    } = fixture;
    let settings = library.settings().clone();
    library.close().await.unwrap();
    drop(library);
    for index in ["vectors", "text"] {
        fs_err::remove_dir_all(folder.path().join("data").join(index)).unwrap();
    }
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner,
    };
    assert_eq!(found(&fixture).await, before);
    let diagnosis = fixture.library.doctor(&fixture.owner).await.unwrap();
    assert!(diagnosis.is_sound(), "{diagnosis:?}");
}

#[tokio::test]
async fn rebuilding_changes_nothing_that_is_found() {
    let fixture = full().await;
    let before = found(&fixture).await;
    let rebuilt = fixture
        .library
        .rebuild(&fixture.owner, Rebuild::All)
        .await
        .unwrap();
    assert!(rebuilt.entries > 0);
    assert_eq!(rebuilt.entries, rebuilt.points);
    assert_eq!(found(&fixture).await, before);
}

#[tokio::test]
async fn what_was_read_without_an_embedder_is_embedded_once_there_is_one() {
    let fixture = Fixture::words_only().await;
    let whales = fixture.read("sea", "whales.md", WHALES).await;
    assert_eq!(whales.state, DocumentState::Searchable);
    let Fixture {
        library,
        folder,
        owner,
    } = fixture;
    library.close().await.unwrap();
    drop(library);
    let with: LibrarySettings = settings(folder.path());
    let fixture = Fixture {
        library: open(with).await,
        folder,
        owner,
    };
    assert_eq!(fixture.finish(whales.id).await.state, DocumentState::Ready);
    let request = SearchRequest {
        mode: SearchMode::Vectors,
        ..SearchRequest::new("an enormous sea mammal")
    };
    let reply = fixture
        .library
        .search(&fixture.owner, &request)
        .await
        .unwrap();
    assert_eq!(reply.passages.len(), 1);
}

#[tokio::test]
async fn a_reply_is_remembered_until_something_changes() {
    let fixture = full().await;
    let first = fixture.search("krill").await;
    let again = fixture.search("krill").await;
    assert_eq!(first.passages, again.passages);
    assert!(
        again.timings.text.abs() < f64::EPSILON,
        "it came from memory: {:?}",
        again.timings
    );
    fixture
        .read("notes", "more.md", "# More\n\nShrimps are like krill.\n")
        .await;
    let changed = fixture.search("krill").await;
    assert!(changed.passages.len() > first.passages.len(), "{changed:?}");
}
