//! Case: no tenant reaches another's rows.

use alexandria_core::document::DocumentState;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::catalog::{
    CollectionChange, CollectionCounts, DocumentChange, DocumentQuery, JobQuery, NewVersion,
};

use crate::fixture::{
    Fixture, facts, job, new_chunk, new_document, new_version, owner, tenant, vectors,
};

fn unknown<T: std::fmt::Debug>(answer: Result<T>) {
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::NotFound);
}

/// Every method is called by a second tenant with the ids of the first.
pub(crate) async fn another_tenants_ids_behave_as_unknown(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let tenant = tenant(catalog, "stranger").await;
    let stranger = &Principal::system(tenant, "testing what a stranger sees");
    let books = fixture.collection("books").await;
    let dune = fixture.document(books, "dune").await;
    let version = fixture.publish(dune, 3).await;
    catalog
        .record_embeddings(&owner, version, &vectors(0..2))
        .await
        .unwrap();
    let building = fixture.building(dune, 1).await;
    let space = fixture.space(books).await;
    let generation = space.generation();
    let chunks = catalog.document_chunks(&owner, dune, 0..9).await.unwrap();
    let ids: Vec<_> = chunks.iter().map(|chunk| chunk.id).collect();
    let job_id = catalog.unfinished_jobs(&owner, dune).await.unwrap()[0].id;
    let before = catalog.document(&owner, dune).await.unwrap();
    let told = catalog.changes(space, 0, 99).await.unwrap();

    unknown(catalog.collection(stranger, books).await);
    unknown(
        catalog
            .update_collection(stranger, books, CollectionChange::default())
            .await,
    );
    unknown(catalog.remove_collection(stranger, books).await);
    assert_eq!(
        catalog.collection_by_name(stranger, "books").await.unwrap(),
        None
    );
    assert_eq!(
        catalog.collections(stranger, None, 9).await.unwrap().items,
        []
    );
    assert_eq!(catalog.collection_names(stranger, 9).await.unwrap(), []);

    unknown(catalog.document(stranger, dune).await);
    unknown(catalog.original(stranger, dune).await);
    unknown(
        catalog
            .update_document(stranger, dune, DocumentChange::default())
            .await,
    );
    unknown(catalog.remove_document(stranger, dune).await);
    unknown(
        catalog
            .set_document_state(stranger, dune, DocumentState::Failed)
            .await,
    );
    unknown(catalog.fail_document(stranger, dune, &[]).await);
    unknown(
        catalog
            .create_document(stranger, new_document(books, "new"), job())
            .await,
    );
    let digest = new_document(books, "dune").digest;
    assert_eq!(
        catalog
            .find_document_by_digest(stranger, books, digest)
            .await
            .unwrap(),
        None
    );
    let all = DocumentQuery {
        collection: Some(books),
        limit: 9,
        ..Default::default()
    };
    assert_eq!(catalog.documents(stranger, &all).await.unwrap().items, []);
    let counts = catalog.collection_counts(stranger, books).await.unwrap();
    assert_eq!(counts, CollectionCounts::default());

    let new = NewVersion {
        generation,
        ..new_version(dune)
    };
    unknown(catalog.begin_version(stranger, new).await);
    unknown(
        catalog
            .append_chunks(stranger, building, vec![new_chunk(1)])
            .await,
    );
    unknown(catalog.publish_version(stranger, building, facts(1)).await);
    unknown(catalog.abandon_versions(stranger, dune).await);
    unknown(catalog.version(stranger, version).await);
    unknown(catalog.versions(stranger, dune).await);
    unknown(catalog.neighbours(stranger, version, 0..9).await);
    unknown(catalog.document_chunks(stranger, dune, 0..9).await);
    assert_eq!(
        catalog.passages(stranger, generation, &ids).await.unwrap(),
        []
    );

    unknown(catalog.unembedded(stranger, version, 0, 9).await);
    unknown(
        catalog
            .record_embeddings(stranger, version, &vectors(2..3))
            .await,
    );
    let digests: Vec<_> = chunks.iter().map(|chunk| chunk.text_digest).collect();
    assert!(
        catalog
            .cached_embeddings(stranger, "minilm", &digests)
            .await
            .unwrap()
            .is_empty()
    );

    let foreign = Space::new(stranger, books, generation);
    assert_eq!(catalog.changes(foreign, 0, 99).await.unwrap(), []);
    assert_eq!(catalog.outbox_head(foreign).await.unwrap(), 0);
    assert_eq!(catalog.outbox_pruned(foreign).await.unwrap(), 0);
    assert_eq!(catalog.prune_outbox(stranger, books, 99).await.unwrap(), 0);
    assert_eq!(
        catalog
            .version_entries(foreign, version, 0..9)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        catalog
            .version_points(foreign, version, 0..9)
            .await
            .unwrap(),
        None
    );
    assert_eq!(catalog.attributes(foreign, dune).await.unwrap(), None);
    assert_eq!(
        catalog.published_versions(foreign, None, 9).await.unwrap(),
        []
    );

    unknown(catalog.job(stranger, job_id).await);
    unknown(catalog.cancel(stranger, job_id).await);
    assert_eq!(catalog.unfinished_jobs(stranger, dune).await.unwrap(), []);
    assert_eq!(
        catalog
            .jobs(
                stranger,
                &JobQuery {
                    limit: 9,
                    ..Default::default()
                }
            )
            .await
            .unwrap()
            .items,
        []
    );
    assert_eq!(catalog.counts(stranger).await.unwrap(), Default::default());

    assert_eq!(
        catalog.document(&owner, dune).await.unwrap(),
        before,
        "nothing was changed"
    );
    assert_eq!(catalog.changes(space, 0, 99).await.unwrap(), told);
    assert_eq!(catalog.version(&owner, building).await.unwrap().chunks, 1);
}
