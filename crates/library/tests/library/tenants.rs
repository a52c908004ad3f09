//! Two tenants in one library see nothing of each other.

use alexandria_core::access::{Scope, Scopes};
use alexandria_core::error::ErrorKind;
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::documents::Upload;
use alexandria_library::{AskRequest, DocumentChange, DocumentQuery, Rebuild, SearchRequest};

use crate::support::{BREAD, Fixture, LIGHTHOUSE, stranger};

#[expect(
    clippy::too_many_lines,
    reason = "one list of everything that can be asked"
)]
#[tokio::test]
async fn what_one_tenant_has_does_not_exist_for_another() {
    let fixture = Fixture::words_only().await;
    let bread = fixture.read("notes", "bread.md", BREAD).await;
    let other = stranger(&fixture.library).await;
    let library = &fixture.library;

    let collection = library.ensure_collection(&other, "notes").await.unwrap();
    assert_ne!(
        collection.id, bread.collection,
        "the same name is another collection"
    );
    let found = library
        .search(&other, &SearchRequest::new("flour"))
        .await
        .unwrap();
    assert!(found.passages.is_empty());
    let mut named = SearchRequest::new("flour");
    named.filter.collections = vec![bread.collection];
    assert_eq!(
        library.search(&other, &named).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    named.filter.collections.clear();
    named.filter.documents = vec![bread.id];
    assert!(
        library
            .search(&other, &named)
            .await
            .unwrap()
            .passages
            .is_empty()
    );
    assert!(
        !library
            .ask(&other, &AskRequest::new("What needs flour?"))
            .await
            .unwrap()
            .answered
    );

    let unknown = |error: alexandria_core::error::Error| {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    };
    unknown(library.document(&other, bread.id).await.unwrap_err());
    unknown(library.original(&other, bread.id).await.unwrap_err());
    unknown(
        library
            .stored_text(&other, bread.id, None)
            .await
            .unwrap_err(),
    );
    unknown(library.picture(&other, bread.id, 1, 72).await.unwrap_err());
    unknown(library.remove_document(&other, bread.id).await.unwrap_err());
    let change = DocumentChange {
        title: Some("Mine".to_owned()),
        ..DocumentChange::default()
    };
    unknown(
        library
            .update_document(&other, bread.id, change)
            .await
            .unwrap_err(),
    );
    unknown(
        library
            .collection(&other, bread.collection)
            .await
            .unwrap_err(),
    );
    unknown(
        library
            .remove_collection(&other, bread.collection)
            .await
            .unwrap_err(),
    );
    let upload = Upload::new(bread.collection, "a.md");
    unknown(
        library
            .add_document(&other, upload, LIGHTHOUSE.as_bytes())
            .await
            .unwrap_err(),
    );
    let query = DocumentQuery {
        limit: 10,
        ..DocumentQuery::default()
    };
    assert!(
        library
            .documents(&other, &query)
            .await
            .unwrap()
            .items
            .is_empty()
    );

    // The same bytes are another document, and both answer their own.
    let upload = Upload::new(collection.id, "bread.md");
    let added = library
        .add_document(&other, upload, BREAD.as_bytes())
        .await
        .unwrap();
    assert!(!added.duplicate);
    library
        .drain(&other, &[added.document.id], &mut |_| {})
        .await
        .unwrap();
    library
        .remove_document(&fixture.owner, bread.id)
        .await
        .unwrap();
    let found = library
        .search(&other, &SearchRequest::new("flour"))
        .await
        .unwrap();
    assert_eq!(found.passages.len(), 1);
    assert!(library.original(&other, added.document.id).await.is_ok());
}

#[tokio::test]
async fn every_call_asks_for_its_scope() {
    let fixture = Fixture::words_only().await;
    let bread = fixture.read("notes", "bread.md", BREAD).await;
    let library = &fixture.library;
    let with = |scopes: &[Scope]| {
        Principal::authenticated(fixture.owner.tenant(), Actor::Owner, Scopes::of(scopes))
    };
    let forbidden = |error: alexandria_core::error::Error| {
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error:?}");
    };
    let reader = with(&[Scope::Ask]);
    assert!(
        library
            .search(&reader, &SearchRequest::new("flour"))
            .await
            .is_ok()
    );
    let upload = Upload::new(bread.collection, "a.md");
    forbidden(
        library
            .add_document(&reader, upload, LIGHTHOUSE.as_bytes())
            .await
            .unwrap_err(),
    );
    forbidden(
        library
            .create_collection(&reader, "new", "")
            .await
            .unwrap_err(),
    );
    forbidden(
        library
            .remove_document(&reader, bread.id)
            .await
            .unwrap_err(),
    );
    forbidden(
        library
            .remove_collection(&reader, bread.collection)
            .await
            .unwrap_err(),
    );
    forbidden(library.rebuild(&reader, Rebuild::All).await.unwrap_err());
    forbidden(library.doctor(&reader).await.unwrap_err());
    let writer = with(&[Scope::Ingest]);
    forbidden(
        library
            .search(&writer, &SearchRequest::new("flour"))
            .await
            .unwrap_err(),
    );
    forbidden(
        library
            .ask(&writer, &AskRequest::new("flour?"))
            .await
            .unwrap_err(),
    );
    forbidden(library.original(&writer, bread.id).await.unwrap_err());
    forbidden(library.status(&writer).await.unwrap_err());
}
