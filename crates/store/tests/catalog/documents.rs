//! Cases: documents.

use alexandria_core::block::{Fault, FaultKind};
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::ErrorKind;
use alexandria_core::id::CollectionId;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{
    Created, DocumentChange, DocumentOrder, DocumentQuery, NewDocument, OutboxKind,
};
use uuid::Uuid;

use crate::fixture::{Fixture, job, new_document, owner, vectors};

pub(crate) async fn a_document_comes_with_its_job(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let new = NewDocument {
        tags: vec!["b".to_owned(), "a".to_owned(), "b".to_owned()],
        category: Some("fiction".to_owned()),
        ..new_document(collection, "dune")
    };
    let Created::New(document, job_id) = catalog
        .create_document(&owner, new.clone(), job())
        .await
        .unwrap()
    else {
        panic!("it is not there yet");
    };
    assert_eq!(document.tags, ["a", "b"]);
    assert_eq!(document.category.as_deref(), Some("fiction"));
    assert_eq!((document.state, document.bytes), (DocumentState::Queued, 4));
    assert_eq!(document.digest, new.digest.to_string());
    assert_eq!(
        catalog.document(&owner, document.id).await.unwrap(),
        document
    );
    let job = catalog.job(&owner, job_id).await.unwrap();
    assert_eq!(
        (job.document, job.kind.as_str()),
        (Some(document.id), "index_document")
    );
    assert_eq!(
        catalog.unfinished_jobs(&owner, document.id).await.unwrap(),
        [job]
    );
    let original = catalog.original(&owner, document.id).await.unwrap();
    assert_eq!(
        (original.blob, original.digest, original.bytes),
        (new.blob, new.digest, 4)
    );
    let nowhere = new_document(CollectionId::from_uuid(Uuid::nil()), "x");
    let error = catalog
        .create_document(&owner, nowhere, crate::fixture::job())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub(crate) async fn the_same_bytes_are_found_and_not_stored_twice(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (books, other) = (
        fixture.collection("books").await,
        fixture.collection("other").await,
    );
    let dune = fixture.document(books, "dune").await;
    let again = NewDocument {
        title: "Another".to_owned(),
        ..new_document(books, "dune")
    };
    match catalog.create_document(&owner, again, job()).await.unwrap() {
        Created::Existing(found) => assert_eq!((found.id, found.title.as_str()), (dune, "dune")),
        Created::New(..) => panic!("stored twice"),
    }
    assert_eq!(
        catalog
            .counts(&owner)
            .await
            .unwrap()
            .jobs
            .iter()
            .map(|(_, n)| n)
            .sum::<u64>(),
        1
    );
    let digest = Digest::of(b"dune");
    let found = catalog
        .find_document_by_digest(&owner, books, digest)
        .await
        .unwrap();
    assert_eq!(found.map(|document| document.id), Some(dune));
    assert_eq!(
        catalog
            .find_document_by_digest(&owner, other, digest)
            .await
            .unwrap(),
        None
    );
    fixture.document(other, "dune").await;
}

pub(crate) async fn the_same_bytes_put_in_at_once_make_one_document(fixture: &Fixture) {
    let owner = owner();
    let books = fixture.collection("books").await;
    let put = || {
        fixture
            .catalog
            .create_document(&owner, new_document(books, "dune"), job())
    };
    let (a, b, c, d) = tokio::join!(put(), put(), put(), put());
    let all = [a.unwrap(), b.unwrap(), c.unwrap(), d.unwrap()];
    assert_eq!(
        all.iter()
            .filter(|created| matches!(created, Created::New(..)))
            .count(),
        1
    );
    let counts = fixture.catalog.counts(&owner).await.unwrap();
    assert_eq!((counts.documents_total(), counts.jobs[0].1), (1, 1));
}

pub(crate) async fn a_document_can_be_described_anew(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let before = catalog.document(&owner, id).await.unwrap();
    let version = fixture.publish(id, 3).await;
    let space = fixture.space(collection).await;
    let head = catalog.outbox_head(space).await.unwrap();
    let change = DocumentChange {
        tags: Some(vec!["x".to_owned(), "a".to_owned()]),
        category: Some(Some("sand".to_owned())),
        ..Default::default()
    };
    let changed = catalog.update_document(&owner, id, change).await.unwrap();
    assert_eq!(
        (changed.tags, changed.title),
        (vec!["a".to_owned(), "x".to_owned()], before.title)
    );
    assert_eq!(changed.category.as_deref(), Some("sand"));
    assert!(changed.changed > before.changed);
    let told = catalog.changes(space, head, 9).await.unwrap();
    assert_eq!(
        told.iter().map(|row| row.kind).collect::<Vec<_>>(),
        [OutboxKind::Describe]
    );
    assert_eq!(
        catalog.attributes(space, id).await.unwrap().unwrap().tags,
        ["a", "x"]
    );
    let head = catalog.outbox_head(space).await.unwrap();
    let change = DocumentChange {
        title: Some("Dune Messiah".to_owned()),
        category: Some(None),
        ..Default::default()
    };
    let changed = catalog.update_document(&owner, id, change).await.unwrap();
    assert_eq!(
        (changed.title.as_str(), changed.category),
        ("Dune Messiah", None)
    );
    let told = catalog.changes(space, head, 9).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|r| (r.kind, r.version, r.to_ordinal))
        .collect();
    assert_eq!(told, [(OutboxKind::Add, Some(version), 3)]);
    let (_, entries) = catalog
        .version_entries(space, version, 0..1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(entries[0].title, "Dune Messiah");
}

pub(crate) async fn a_removed_document_stops_answering_and_may_come_again(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let version = fixture.publish(id, 3).await;
    let space = fixture.space(collection).await;
    let chunks = catalog.document_chunks(&owner, id, 0..9).await.unwrap();
    let ids: Vec<_> = chunks.iter().map(|chunk| chunk.id).collect();
    let head = catalog.outbox_head(space).await.unwrap();
    catalog.remove_document(&owner, id).await.unwrap();
    assert_eq!(
        catalog
            .passages(&owner, space.generation(), &ids)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        catalog.version_entries(space, version, 0..9).await.unwrap(),
        None
    );
    assert_eq!(
        catalog.version_points(space, version, 0..9).await.unwrap(),
        None
    );
    assert_eq!(
        catalog.published_versions(space, None, 9).await.unwrap(),
        []
    );
    for gone in [
        catalog.document(&owner, id).await.err(),
        catalog.original(&owner, id).await.err(),
        catalog.remove_document(&owner, id).await.err(),
        catalog.version(&owner, version).await.err(),
        catalog.versions(&owner, id).await.err(),
        catalog
            .set_document_state(&owner, id, DocumentState::Reading)
            .await
            .err(),
    ] {
        assert_eq!(gone.unwrap().kind(), ErrorKind::NotFound);
    }
    let told = catalog.changes(space, head, 9).await.unwrap();
    let told: Vec<_> = told.iter().map(|row| (row.kind, row.version)).collect();
    assert_eq!(told, [(OutboxKind::Remove, Some(version))]);
    assert_eq!(catalog.unfinished_jobs(&owner, id).await.unwrap(), []);
    assert_ne!(fixture.document(collection, "dune").await, id);
}

pub(crate) async fn documents_are_listed_by_what_is_asked(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (books, notes) = (
        fixture.collection("books").await,
        fixture.collection("notes").await,
    );
    for (collection, title, tag) in [
        (books, "Dune", "sand"),
        (books, "100% Cotton", "cloth"),
        (notes, "Dünen", "sand"),
        (notes, "snake_case", "code"),
    ] {
        let tags = vec![tag.to_owned()];
        let new = NewDocument {
            tags,
            ..new_document(collection, title)
        };
        catalog.create_document(&owner, new, job()).await.unwrap();
    }
    let read = catalog
        .find_document_by_digest(&owner, books, Digest::of(b"Dune"))
        .await
        .unwrap();
    fixture.publish(read.unwrap().id, 1).await;
    let check = async |query: DocumentQuery, titles: &[&str]| {
        let query = DocumentQuery { limit: 50, ..query };
        let page = catalog.documents(&owner, &query).await.unwrap();
        let found: Vec<_> = page
            .items
            .iter()
            .map(|document| document.title.as_str())
            .collect();
        assert_eq!(found, titles, "{query:?}");
    };
    let all = DocumentQuery::default;
    let text = |text: &str| Some(text.to_owned());
    check(all(), &["snake_case", "Dünen", "100% Cotton", "Dune"]).await;
    let oldest = DocumentQuery {
        order: DocumentOrder::OldestFirst,
        ..all()
    };
    check(oldest, &["Dune", "100% Cotton", "Dünen", "snake_case"]).await;
    check(
        DocumentQuery {
            collection: Some(notes),
            ..all()
        },
        &["snake_case", "Dünen"],
    )
    .await;
    check(
        DocumentQuery {
            tag: text("sand"),
            ..all()
        },
        &["Dünen", "Dune"],
    )
    .await;
    check(
        DocumentQuery {
            tag: text("Sand"),
            ..all()
        },
        &[],
    )
    .await;
    check(
        DocumentQuery {
            title: text("DÜNE"),
            ..all()
        },
        &["Dünen"],
    )
    .await;
    check(
        DocumentQuery {
            title: text("0%"),
            ..all()
        },
        &["100% Cotton"],
    )
    .await;
    check(
        DocumentQuery {
            title: text("e_c"),
            ..all()
        },
        &["snake_case"],
    )
    .await;
    check(
        DocumentQuery {
            title: text("!"),
            ..all()
        },
        &[],
    )
    .await;
    check(
        DocumentQuery {
            states: vec![DocumentState::Searchable],
            ..all()
        },
        &["Dune"],
    )
    .await;
    check(
        DocumentQuery {
            format: text("text"),
            ..all()
        },
        &["Dune"],
    )
    .await;
    check(
        DocumentQuery {
            language: text("en"),
            ..all()
        },
        &["Dune"],
    )
    .await;
    check(
        DocumentQuery {
            language: text("de"),
            ..all()
        },
        &[],
    )
    .await;
    for order in [DocumentOrder::NewestFirst, DocumentOrder::OldestFirst] {
        let whole = DocumentQuery {
            order,
            limit: 50,
            ..all()
        };
        let whole = catalog.documents(&owner, &whole).await.unwrap().items;
        let (mut seen, mut cursor): (Vec<Document>, _) = (Vec::new(), None);
        loop {
            let query = DocumentQuery {
                order,
                cursor,
                limit: 1,
                ..all()
            };
            let page = catalog.documents(&owner, &query).await.unwrap();
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, whole);
    }
}

pub(crate) async fn a_failed_document_says_why(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    catalog
        .set_document_state(&owner, id, DocumentState::Reading)
        .await
        .unwrap();
    assert_eq!(
        catalog.document(&owner, id).await.unwrap().state,
        DocumentState::Reading
    );
    let message = "it needs a password; put it in again without one".to_owned();
    let faults = vec![Fault {
        kind: FaultKind::Encrypted,
        page: None,
        message,
    }];
    catalog.fail_document(&owner, id, &faults).await.unwrap();
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!(
        (document.state, document.faults),
        (DocumentState::Failed, faults)
    );
}

pub(crate) async fn a_purged_document_gives_back_its_files(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (books, other) = (
        fixture.collection("books").await,
        fixture.collection("other").await,
    );
    let id = fixture.document(books, "dune").await;
    fixture.publish(id, 2).await;
    assert_eq!(
        catalog.purge_document(&owner, id).await.unwrap(),
        [],
        "it has not been removed"
    );
    fixture.document(other, "dune").await;
    catalog.remove_document(&owner, id).await.unwrap();
    assert_eq!(
        catalog.removed_documents(&owner, books, 9).await.unwrap(),
        [id]
    );
    let stranger = crate::fixture::stranger();
    assert_eq!(
        catalog
            .removed_documents(&stranger, books, 9)
            .await
            .unwrap(),
        []
    );
    assert_eq!(catalog.purge_document(&stranger, id).await.unwrap(), []);
    let original = new_document(other, "dune").blob;
    assert!(catalog.is_blob_used(&owner, &original).await.unwrap());
    let unused = catalog.purge_document(&owner, id).await.unwrap();
    assert_eq!(
        unused.len(),
        2,
        "the text and the layout; the original has another user"
    );
    assert!(!unused.contains(&original));
    assert_eq!(
        catalog.removed_documents(&owner, books, 9).await.unwrap(),
        []
    );
    assert_eq!(catalog.purge_document(&owner, id).await.unwrap(), []);
}

pub(crate) async fn vectors_of_texts_that_are_gone_are_forgotten(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let books = fixture.collection("books").await;
    let (short, long) = (
        fixture.document(books, "short").await,
        fixture.document(books, "long").await,
    );
    // Chunks with the same number hold the same text, so the first two share their vectors.
    for (document, chunks) in [(short, 2), (long, 3)] {
        let version = fixture.publish(document, chunks).await;
        catalog
            .record_embeddings(&owner, version, &vectors(0..chunks))
            .await
            .unwrap();
    }
    let stranger = crate::fixture::stranger();
    for (removed, forgotten) in [(None, 0), (Some(long), 1), (Some(short), 2)] {
        if let Some(id) = removed {
            catalog.remove_document(&owner, id).await.unwrap();
            assert_eq!(
                catalog.purge_embeddings(&owner).await.unwrap(),
                0,
                "not purged"
            );
            catalog.purge_document(&owner, id).await.unwrap();
        }
        assert_eq!(catalog.purge_embeddings(&stranger).await.unwrap(), 0);
        assert_eq!(catalog.purge_embeddings(&owner).await.unwrap(), forgotten);
    }
}
