//! Putting documents in, finding them, changing and removing them.

use alexandria_core::document::DocumentState;
use alexandria_core::error::ErrorKind;
use alexandria_library::documents::Upload;
use alexandria_library::{DocumentChange, SearchMode, SearchRequest};

use crate::support::{BREAD, Fixture, LIGHTHOUSE, WHALES};

#[tokio::test]
async fn what_is_put_in_is_found_by_words_and_by_meaning() {
    let fixture = Fixture::new().await;
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("whales.md", WHALES),
    ] {
        let document = fixture.read("notes", name, text).await;
        assert_eq!(document.state, DocumentState::Ready);
        assert_eq!(document.embedded, document.chunks);
        assert!(document.chunks > 0);
    }
    let found = |query: &'static str, mode: SearchMode| {
        let request = SearchRequest {
            mode,
            ..SearchRequest::new(query)
        };
        let fixture = &fixture;
        async move {
            let reply = fixture
                .library
                .search(&fixture.owner, &request)
                .await
                .unwrap();
            reply
                .passages
                .first()
                .map(|first| first.passage.title.clone())
        }
    };
    let check = async |query, mode, title: &str| {
        assert_eq!(
            found(query, mode).await.as_deref(),
            Some(title),
            "{query} {mode:?}"
        );
    };
    check("Sostratus", SearchMode::Text, "The Lighthouse of Pharos").await;
    check("wild yeast", SearchMode::Text, "Baking bread").await;
    check("an enormous sea mammal", SearchMode::Vectors, "Whales").await;
    check(
        "who designed the tower by the harbour",
        SearchMode::Hybrid,
        "The Lighthouse of Pharos",
    )
    .await;
    let reply = fixture.search("krill").await;
    let best = &reply.passages[0];
    assert_eq!(best.collection_name, "notes");
    assert!(best.passage.score.lexical.is_some() && best.passage.score.semantic.is_some());
    assert!(reply.degraded.is_empty());
}

#[tokio::test]
async fn the_text_of_a_passage_is_the_stored_text_at_its_span() {
    let fixture = Fixture::words_only().await;
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    for found in fixture
        .search("lighthouse harbour stones architect")
        .await
        .passages
    {
        let chunk = found.passage.chunk;
        let stored = fixture
            .library
            .stored_text(&fixture.owner, chunk.document, Some(chunk.place.span))
            .await
            .unwrap();
        assert_eq!(stored.text, chunk.text);
        assert_eq!(stored.version, found.version);
    }
}

#[tokio::test]
async fn the_same_file_twice_is_found_and_not_stored_twice() {
    let fixture = Fixture::words_only().await;
    let first = fixture.add("notes", "one.md", BREAD).await;
    let again = fixture.add("notes", "two.md", BREAD).await;
    assert!(!first.duplicate && again.duplicate);
    assert_eq!(first.document.id, again.document.id);
    assert!(again.job.is_none());
    let elsewhere = fixture.add("other", "one.md", BREAD).await;
    assert!(!elsewhere.duplicate, "another collection is another place");
    let status = fixture.library.status(&fixture.owner).await.unwrap();
    assert_eq!(status.documents.total(), 2);
}

#[tokio::test]
async fn removing_a_document_takes_it_out_of_sight_at_once() {
    let fixture = Fixture::words_only().await;
    let bread = fixture.read("notes", "bread.md", BREAD).await;
    let whales = fixture.read("notes", "whales.md", WHALES).await;
    assert_eq!(fixture.titles("flour").await, ["Baking bread"]);
    let original = fixture
        .library
        .original(&fixture.owner, bread.id)
        .await
        .unwrap();
    fixture
        .library
        .remove_document(&fixture.owner, bread.id)
        .await
        .unwrap();
    assert!(fixture.titles("flour").await.is_empty());
    let error = fixture
        .library
        .document(&fixture.owner, bread.id)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    // A document that is finished lets the workers do whatever else is queued: the purge.
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    let jobs = fixture.library.status(&fixture.owner).await.unwrap().jobs;
    if jobs.waiting + jobs.running == 0 {
        let owner = &fixture.owner;
        let bytes = fixture.library.original_bytes(owner, &original, 0..1).await;
        let purged = bytes.unwrap_err().kind();
        assert_eq!(purged, ErrorKind::NotFound, "the file has been purged");
    }
    assert_eq!(fixture.titles("krill").await, [whales.title]);
    let again = fixture.add("notes", "bread.md", BREAD).await;
    assert!(!again.duplicate, "what was removed can be added again");
}

#[tokio::test]
async fn removing_a_collection_removes_its_passages() {
    let fixture = Fixture::words_only().await;
    fixture.read("kitchen", "bread.md", BREAD).await;
    fixture.read("sea", "whales.md", WHALES).await;
    let kitchen = fixture.collection("kitchen").await;
    fixture
        .library
        .remove_collection(&fixture.owner, kitchen.id)
        .await
        .unwrap();
    assert!(fixture.titles("flour").await.is_empty());
    assert_eq!(fixture.titles("krill").await, ["Whales"]);
    assert_eq!(
        fixture
            .library
            .status(&fixture.owner)
            .await
            .unwrap()
            .collections,
        1
    );
}

#[tokio::test]
async fn a_changed_title_and_tag_are_seen_by_the_next_search() {
    let fixture = Fixture::words_only().await;
    let whales = fixture.read("sea", "whales.md", WHALES).await;
    let change = DocumentChange {
        title: Some("Leviathans".to_owned()),
        tags: Some(vec!["animals".to_owned()]),
        category: None,
        classification: None,
    };
    fixture
        .library
        .update_document(&fixture.owner, whales.id, change)
        .await
        .unwrap();
    assert_eq!(fixture.titles("krill").await, ["Leviathans"]);
    let tagged = |tag: &str| {
        let mut request = SearchRequest::new("krill");
        request.filter.tags = vec![tag.to_owned()];
        request
    };
    let found = async |tag| {
        fixture
            .library
            .search(&fixture.owner, &tagged(tag))
            .await
            .unwrap()
            .passages
            .len()
    };
    assert_eq!((found("animals").await, found("plants").await), (1, 0));
}

#[tokio::test]
async fn a_title_that_a_person_gave_is_kept() {
    let fixture = Fixture::words_only().await;
    let mut upload = Upload::new(fixture.collection("sea").await.id, "w.md");
    upload.title = Some("My whales".to_owned());
    let added = fixture
        .library
        .add_document(&fixture.owner, upload, WHALES.as_bytes())
        .await
        .unwrap();
    assert_eq!(fixture.finish(added.document.id).await.title, "My whales");
    assert_eq!(
        fixture.read("sea", "bread.md", BREAD).await.title,
        "Baking bread"
    );
}

#[tokio::test]
async fn what_cannot_be_read_fails_with_a_fault_and_is_not_found() {
    let fixture = Fixture::words_only().await;
    for (name, bytes) in [
        ("zeros.pdf", vec![0; 4_000]),
        ("cut.pdf", b"%PDF-1.7 cut off".to_vec()),
    ] {
        let upload = Upload::new(fixture.collection("bad").await.id, name);
        let added = fixture
            .library
            .add_document(&fixture.owner, upload, &*bytes)
            .await
            .unwrap();
        let document = fixture.finish(added.document.id).await;
        assert_eq!(document.state, DocumentState::Failed, "{name}");
        assert!(!document.faults.is_empty(), "{name}");
        assert_eq!(document.version, None);
    }
}
