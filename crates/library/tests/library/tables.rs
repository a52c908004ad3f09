//! Long tables, which are cut into several chunks.

use std::fmt::Write as _;
use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::document::DocumentState;
use alexandria_library::SystemClock;
use alexandria_models::embedder::{self, Purpose};
use alexandria_store::blobs::Digest;

use crate::support::{Fixture, open, settings};

const HEADER: &str = "Harbour | Tonnage | Founded";

/// A table of so many rows under a heading, in Markdown.
fn harbours(rows: usize) -> String {
    let mut text = "# Harbours\n\n| Harbour | Tonnage | Founded |\n|---|---|---|\n".to_owned();
    for row in 0..rows {
        writeln!(
            text,
            "| Port Veldra {row} | {} | {} |",
            1200 + 7 * row,
            1500 + row
        )
        .unwrap();
    }
    text
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn the_header_row_of_a_table_is_embedded_with_every_later_piece_of_it() {
    let fixture = Fixture::words_only().await;
    let document = fixture.read("notes", "harbours.md", &harbours(60)).await;
    let version = document.version.expect("it has been read");
    let catalog = fixture.library.catalog();
    let chunks = catalog.unembedded(&fixture.owner, version, 0, 100).await;
    let (first, later) = {
        let mut chunks = chunks.unwrap();
        (chunks.remove(0), chunks)
    };
    assert!(first.text.contains(HEADER) && first.header.is_none());
    assert!(!later.is_empty(), "the table was not cut");
    let texts: Vec<[String; 2]> = later
        .iter()
        .map(|chunk| {
            assert_eq!(chunk.header.as_deref(), Some(HEADER));
            assert!(!chunk.text.contains(HEADER));
            let with = format!("Harbours\n{HEADER}\n{}", chunk.text);
            assert_eq!(chunk.text_digest, Digest::of(with.as_bytes()));
            [with, format!("Harbours\n{}", chunk.text)]
        })
        .collect();

    let Fixture {
        library,
        folder,
        owner,
    } = fixture;
    library.close().await.unwrap();
    drop(library);
    let with_embedder = settings(folder.path());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let embedder = embedder::open(&with_embedder.embedder, &with_embedder.models, &clock);
    let embedder = embedder.unwrap().expect("the settings name an embedder");
    let fixture = Fixture {
        library: open(with_embedder).await,
        folder,
        owner,
    };
    let document = fixture.finish(document.id).await;
    assert_eq!(document.state, DocumentState::Ready);
    let digests: Vec<Digest> = later.iter().map(|chunk| chunk.text_digest).collect();
    let stored = fixture
        .library
        .catalog()
        .cached_embeddings(&fixture.owner, &embedder.model().name, &digests)
        .await
        .unwrap();
    for (chunk, [with, without]) in later.iter().zip(&texts) {
        let embedded = embedder.embed(&[with, without], Purpose::Passage).await;
        let vectors = embedded.unwrap().vectors;
        let stored = &stored[&chunk.text_digest];
        let (with, without) = (dot(stored, &vectors[0]), dot(stored, &vectors[1]));
        assert!(with > 0.999, "{with} {:?}", chunk.text);
        assert!(without < with, "the header row says nothing: {without}");
    }
}

#[tokio::test]
async fn every_piece_of_a_table_is_found_by_the_words_of_its_header_row() {
    let fixture = Fixture::words_only().await;
    fixture.read("notes", "harbours.md", &harbours(60)).await;
    let reply = fixture.search("\"tonnage founded\" \"Veldra 59\"").await;
    let best = &reply
        .passages
        .first()
        .expect("the last row is found")
        .passage;
    assert!(best.chunk.text.contains("Port Veldra 59"), "{best:?}");
    assert!(!best.chunk.text.contains("Tonnage"), "{best:?}");
}
