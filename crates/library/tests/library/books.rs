//! Whole books, where the corpora are there.

use std::path::PathBuf;
use std::time::Instant;

use alexandria_core::document::DocumentState;
use alexandria_library::documents::Upload;

use crate::support::Fixture;

/// The optional corpora beside the workspace.
fn corpora() -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if data.join("books").try_exists().unwrap_or(false) {
        return Some(data);
    }
    println!("skipped: there are no corpora at {}", data.display());
    None
}

#[tokio::test]
async fn a_book_is_found_by_its_words_and_answers_with_exact_quotes() {
    let Some(data) = corpora() else { return };
    let fixture = Fixture::words_only().await;
    let started = Instant::now();
    let collection = fixture.collection("books").await;
    let path = data.join("books/marcus-aurelius_meditations.epub");
    let file = tokio::fs::File::open(&path).await.unwrap();
    let upload = Upload::new(collection.id, "meditations.epub");
    let added = fixture
        .library
        .add_document(&fixture.owner, upload, file)
        .await
        .unwrap();
    let document = fixture.finish(added.document.id).await;
    assert_eq!(
        document.state,
        DocumentState::Searchable,
        "{:?}",
        document.faults
    );
    assert!(document.chunks > 100);
    println!(
        "{} chunks in {} ms",
        document.chunks,
        started.elapsed().as_millis()
    );
    let reply = fixture
        .search("\"the rational animal\" duty morning rise unwillingly")
        .await;
    assert!(!reply.passages.is_empty());
    for found in &reply.passages {
        let chunk = &found.passage.chunk;
        let span = Some(chunk.place.span);
        let stored = fixture
            .library
            .stored_text(&fixture.owner, chunk.document, span)
            .await
            .unwrap();
        assert_eq!(stored.text, chunk.text);
    }
    let answer = fixture
        .ask("In the morning when thou risest unwillingly, what should be present?")
        .await;
    for citation in answer
        .sentences
        .iter()
        .flat_map(|sentence| &sentence.citations)
    {
        let span = Some(citation.place.span);
        let stored = fixture
            .library
            .stored_text(&fixture.owner, citation.document, span)
            .await
            .unwrap();
        assert_eq!(stored.text, citation.quote);
    }
}

#[tokio::test]
async fn a_scan_is_found_by_the_words_that_are_recognised_in_it() {
    let Some(data) = corpora() else { return };
    if alexandria_models::recogniser::tesseract::Tesseract::find().is_none() {
        println!("skipped: there is no tesseract on this machine");
        return;
    }
    let fixture = Fixture::words_only().await;
    let collection = fixture.collection("scans").await;
    let file = tokio::fs::File::open(data.join("documents/ocrmypdf-resources/linn.pdf")).await;
    let upload = Upload::new(collection.id, "linn.pdf");
    let added = fixture
        .library
        .add_document(&fixture.owner, upload, file.unwrap())
        .await
        .unwrap();
    let document = fixture.finish(added.document.id).await;
    assert_eq!(
        document.state,
        DocumentState::Searchable,
        "{:?}",
        document.faults
    );
    let reply = fixture.search("sequencer").await;
    let place = &reply
        .passages
        .first()
        .expect("the word is found")
        .passage
        .chunk
        .place;
    assert_eq!(place.page, Some(1));
    assert!(
        !place.rectangles.is_empty(),
        "the words have their places on the page"
    );
}
