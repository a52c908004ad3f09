//! Cases: collections, pages, counts.

use alexandria_core::document::DocumentState;
use alexandria_core::error::ErrorKind;
use alexandria_store::catalog::{CollectionChange, DocumentQuery, PAGE_ITEMS_MAX};

use crate::fixture::{Fixture, owner};

pub(crate) async fn a_collection_can_be_made_found_changed_and_removed(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let made = catalog
        .create_collection(&owner, "Poems", "in verse")
        .await
        .unwrap();
    assert_eq!(catalog.collection(&owner, made.id).await.unwrap(), made);
    assert_eq!(
        catalog.collection_by_name(&owner, "Poems").await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(
        catalog.collection_by_name(&owner, "poems").await.unwrap(),
        None
    );
    let change = CollectionChange {
        description: Some("odes".to_owned()),
        ..Default::default()
    };
    let changed = catalog
        .update_collection(&owner, made.id, change)
        .await
        .unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.description.as_str()),
        ("Poems", "odes")
    );
    assert_eq!(catalog.collection(&owner, made.id).await.unwrap(), changed);
    catalog.remove_collection(&owner, made.id).await.unwrap();
    assert_eq!(
        catalog.collection_by_name(&owner, "Poems").await.unwrap(),
        None
    );
    for gone in [
        catalog.collection(&owner, made.id).await.err(),
        catalog.remove_collection(&owner, made.id).await.err(),
        catalog
            .update_collection(&owner, made.id, CollectionChange::default())
            .await
            .err(),
    ] {
        assert_eq!(gone.unwrap().kind(), ErrorKind::NotFound);
    }
}

pub(crate) async fn two_collections_cannot_share_a_name(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let first = fixture.collection("Poems").await;
    let second = fixture.collection("Prose").await;
    let again = catalog
        .create_collection(&owner, "Poems", "")
        .await
        .unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert!(again.message().contains("\"Poems\" already"), "{again}");
    let change = CollectionChange {
        name: Some("Poems".to_owned()),
        ..Default::default()
    };
    let renamed = catalog
        .update_collection(&owner, second, change)
        .await
        .unwrap_err();
    assert_eq!(renamed.kind(), ErrorKind::Conflict);
    catalog.remove_collection(&owner, first).await.unwrap();
    fixture.collection("Poems").await;
}

pub(crate) async fn pages_follow_each_other_without_gaps(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(fixture.collection(&format!("collection {number}")).await);
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = catalog
            .collections(&owner, cursor.as_deref(), 3)
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|collection| collection.id));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((seen, pages), (made, 3));
    let all = catalog.collections(&owner, None, PAGE_ITEMS_MAX).await;
    let all = all.unwrap();
    assert_eq!((all.items.len(), all.next), (7, None));
    let names = catalog.collection_names(&owner, 5).await.unwrap();
    let of_page = all.items.iter().take(5);
    let of_page = of_page.map(|collection| (collection.id, &collection.name));
    assert!(
        names
            .iter()
            .map(|named| (named.id, &named.name))
            .eq(of_page)
    );
    for limit in [0, PAGE_ITEMS_MAX + 1] {
        let refused = catalog.collections(&owner, None, limit).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid, "{limit}");
    }
    let bad = catalog.collections(&owner, Some("x"), 3).await.unwrap_err();
    assert_eq!(bad.kind(), ErrorKind::Invalid);
}

pub(crate) async fn removing_a_collection_silences_its_documents(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let document = fixture.document(collection, "dune").await;
    let version = fixture.publish(document, 4).await;
    let space = fixture.space(collection).await;
    let chunks = catalog.neighbours(&owner, version, 0..4).await.unwrap();
    let ids: Vec<_> = chunks.iter().map(|chunk| chunk.id).collect();
    let generation = space.generation();
    assert_eq!(
        catalog
            .passages(&owner, generation, &ids)
            .await
            .unwrap()
            .len(),
        4
    );
    catalog.remove_collection(&owner, collection).await.unwrap();
    assert_eq!(
        catalog.passages(&owner, generation, &ids).await.unwrap(),
        []
    );
    let gone = catalog.document(&owner, document).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    let listed = catalog
        .documents(
            &owner,
            &DocumentQuery {
                limit: 9,
                ..Default::default()
            },
        )
        .await;
    assert_eq!(listed.unwrap().items, []);
    let told = catalog.changes(space, 0, 100).await.unwrap();
    assert_eq!(
        told.last().map(|row| (row.kind.name(), row.version)),
        Some(("remove", Some(version)))
    );
    assert!(
        catalog.spaces().await.unwrap().contains(&space),
        "its followers have to hear of it"
    );
    assert!(
        catalog
            .unfinished_jobs(&owner, document)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn counts_say_what_there_is(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    assert_eq!(catalog.counts(&owner).await.unwrap(), Default::default());
    let collection = fixture.collection("books").await;
    let dune = fixture.document(collection, "dune").await;
    fixture.document(collection, "emma").await;
    fixture.publish(dune, 5).await;
    let counts = catalog.counts(&owner).await.unwrap();
    let expected = vec![(DocumentState::Queued, 1), (DocumentState::Searchable, 1)];
    assert_eq!(counts.documents, expected);
    assert_eq!(
        (
            counts.collections,
            counts.chunks,
            counts.embedded,
            counts.bytes
        ),
        (1, 5, 0, 8)
    );
    assert_eq!(counts.documents_total(), 2);
    assert_eq!(counts.jobs.iter().map(|(_, n)| n).sum::<u64>(), 2);
    assert_eq!(catalog.queue_depth().await.unwrap(), (2, 0));
}
