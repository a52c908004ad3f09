//! Cases: versions, chunks, vectors, passages, generations.

use alexandria_core::document::DocumentState;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{ChunkId, GenerationId};
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{GenerationState, NewVersion, VersionFacts, VersionState};
use uuid::Uuid;

use crate::fixture::{DIMENSIONS, Fixture, facts, new_chunk, new_version, owner, vectors};

pub(crate) async fn a_version_is_seen_whole_or_not_at_all(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let generation = fixture.generation().await.id;
    let new = NewVersion {
        generation,
        ..new_version(id)
    };
    let version = catalog.begin_version(&owner, new).await.unwrap();
    assert_eq!((version.number, version.state), (1, VersionState::Building));
    let first = catalog
        .append_chunks(&owner, version.id, (0..3).map(new_chunk).collect())
        .await;
    let then = catalog
        .append_chunks(&owner, version.id, (3..250).map(new_chunk).collect())
        .await;
    let ids: Vec<ChunkId> = first.unwrap().into_iter().chain(then.unwrap()).collect();
    assert_eq!(
        catalog
            .append_chunks(&owner, version.id, vec![])
            .await
            .unwrap(),
        []
    );
    let space = fixture.space(collection).await;
    assert_eq!(
        catalog.passages(&owner, generation, &ids).await.unwrap(),
        []
    );
    assert_eq!(catalog.changes(space, 0, 9).await.unwrap(), []);
    let hidden = catalog
        .neighbours(&owner, version.id, 0..9)
        .await
        .unwrap_err();
    assert_eq!(hidden.kind(), ErrorKind::NotFound);
    assert_eq!(catalog.document_chunks(&owner, id, 0..9).await.unwrap(), []);
    let title = Some("Dune".to_owned());
    let shown = VersionFacts {
        title,
        ..facts(250)
    };
    catalog
        .publish_version(&owner, version.id, shown.clone())
        .await
        .unwrap();
    catalog
        .publish_version(&owner, version.id, shown)
        .await
        .unwrap();
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!(
        (document.title.as_str(), document.state),
        ("Dune", DocumentState::Searchable)
    );
    assert_eq!((document.version, document.chunks), (Some(version.id), 250));
    assert_eq!(
        (document.authors, document.pages),
        (vec!["Hypatia".to_owned()], Some(3))
    );
    assert_eq!(
        catalog
            .passages(&owner, generation, &ids)
            .await
            .unwrap()
            .len(),
        250
    );
    assert_eq!(
        catalog.changes(space, 0, 9).await.unwrap().len(),
        1,
        "publishing twice tells once"
    );
    let chunks = catalog.neighbours(&owner, version.id, 1..4).await.unwrap();
    for (chunk, ordinal) in chunks.iter().zip(1..4) {
        let new = new_chunk(ordinal);
        assert_eq!((chunk.ordinal, chunk.id), (ordinal, ids[ordinal as usize]));
        assert_eq!(
            (&chunk.text, &chunk.place, chunk.kind),
            (&new.text, &new.place, new.kind)
        );
        assert_eq!(
            (chunk.fold_key, chunk.text_digest),
            (new.fold_key, new.text_digest)
        );
        assert!(!chunk.embedded);
    }
    let late = catalog
        .append_chunks(&owner, version.id, vec![new_chunk(0)])
        .await
        .unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
}

pub(crate) async fn a_new_version_replaces_the_former(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let first = fixture.publish(id, 2).await;
    let former = catalog.neighbours(&owner, first, 0..2).await.unwrap();
    let second = fixture.publish(id, 3).await;
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!((document.version, document.chunks), (Some(second), 3));
    let space = fixture.space(collection).await;
    let ids: Vec<_> = former.iter().map(|chunk| chunk.id).collect();
    assert_eq!(
        catalog
            .passages(&owner, space.generation(), &ids)
            .await
            .unwrap(),
        []
    );
    let told = catalog.changes(space, 0, 9).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|row| (row.kind.name(), row.version.unwrap()))
        .collect();
    assert_eq!(told, [("add", first), ("remove", first), ("add", second)]);
    let states: Vec<_> = catalog.versions(&owner, id).await.unwrap();
    let states: Vec<_> = states
        .iter()
        .map(|v| (v.number, v.state, v.published.is_some()))
        .collect();
    assert_eq!(
        states,
        [
            (1, VersionState::Retired, true),
            (2, VersionState::Published, true)
        ]
    );
    let again = catalog
        .publish_version(&owner, first, facts(2))
        .await
        .unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert_eq!(
        catalog.version(&owner, first).await.unwrap().characters,
        4_000
    );
}

pub(crate) async fn a_version_without_all_its_chunks_is_not_published(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let version = fixture.building(id, 2).await;
    let early = catalog
        .publish_version(&owner, version, facts(3))
        .await
        .unwrap_err();
    assert_eq!(early.kind(), ErrorKind::Conflict);
    assert_eq!(catalog.document(&owner, id).await.unwrap().version, None);
    catalog
        .append_chunks(&owner, version, vec![new_chunk(2)])
        .await
        .unwrap();
    catalog
        .publish_version(&owner, version, facts(3))
        .await
        .unwrap();
    let empty = fixture.publish(id, 0).await;
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!(
        (document.version, document.state),
        (Some(empty), DocumentState::Ready)
    );
}

pub(crate) async fn unfinished_versions_are_cleared_away(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let seen = fixture.publish(id, 1).await;
    let (one, two) = (fixture.building(id, 5).await, fixture.building(id, 6).await);
    assert_eq!(catalog.abandon_versions(&owner, id).await.unwrap(), 2);
    assert_eq!(catalog.abandon_versions(&owner, id).await.unwrap(), 0);
    for gone in [one, two] {
        let error = catalog
            .append_chunks(&owner, gone, vec![new_chunk(0)])
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    assert_eq!(
        catalog.document(&owner, id).await.unwrap().version,
        Some(seen)
    );
    assert_eq!(
        catalog.neighbours(&owner, seen, 0..9).await.unwrap().len(),
        1
    );
}

pub(crate) async fn a_document_is_ready_when_all_vectors_are_there(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let version = fixture.publish(id, 5).await;
    let space = fixture.space(collection).await;
    let waiting = catalog.unembedded(&owner, version, 0, 9).await.unwrap();
    assert_eq!(
        waiting
            .iter()
            .map(|chunk| chunk.ordinal)
            .collect::<Vec<_>>(),
        [0, 1, 2, 3, 4]
    );
    assert_eq!(waiting[3].text, new_chunk(3).text);
    assert_eq!(waiting[3].section, new_chunk(3).place.section);
    let some = vec![
        vectors(0..1).remove(0),
        vectors(1..2).remove(0),
        vectors(3..4).remove(0),
    ];
    assert_eq!(
        catalog
            .record_embeddings(&owner, version, &some)
            .await
            .unwrap(),
        3
    );
    assert_eq!(
        catalog
            .record_embeddings(&owner, version, &some)
            .await
            .unwrap(),
        3
    );
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!(
        (document.state, document.embedded),
        (DocumentState::Searchable, 3)
    );
    let waiting = catalog.unembedded(&owner, version, 1, 9).await.unwrap();
    assert_eq!(
        waiting
            .iter()
            .map(|chunk| chunk.ordinal)
            .collect::<Vec<_>>(),
        [2, 4]
    );
    assert_eq!(
        catalog
            .record_embeddings(&owner, version, &vectors(0..5))
            .await
            .unwrap(),
        5
    );
    let document = catalog.document(&owner, id).await.unwrap();
    assert_eq!(
        (document.state, document.embedded),
        (DocumentState::Ready, 5)
    );
    assert_eq!(catalog.unembedded(&owner, version, 0, 9).await.unwrap(), []);
    let told = catalog.changes(space, 0, 99).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|r| (r.kind.name(), r.from_ordinal, r.to_ordinal))
        .collect();
    let vectors = |from: u32, to: u32| ("vectors", from, to);
    let expected = [
        ("add", 0, 5),
        vectors(0, 2),
        vectors(3, 4),
        vectors(2, 3),
        vectors(4, 5),
    ];
    assert_eq!(told, expected);
}

pub(crate) async fn equal_text_shares_its_vector(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let first = fixture.document(collection, "dune").await;
    let first = fixture.publish(first, 3).await;
    catalog
        .record_embeddings(&owner, first, &vectors(0..3))
        .await
        .unwrap();
    let document = fixture.document(collection, "dune, second edition").await;
    let second = fixture.building(document, 4).await;
    let waiting = catalog.unembedded(&owner, second, 0, 9).await.unwrap();
    assert_eq!(
        waiting.len(),
        4,
        "each version's chunks are told of by themselves"
    );
    let digests: Vec<Digest> = waiting.iter().map(|chunk| chunk.text_digest).collect();
    let known = catalog
        .cached_embeddings(&owner, "minilm", &digests)
        .await
        .unwrap();
    assert_eq!(known.len(), 3);
    for embedding in vectors(0..3) {
        assert_eq!(known[&embedding.text_digest], embedding.vector);
    }
    assert!(
        catalog
            .cached_embeddings(&owner, "other", &digests)
            .await
            .unwrap()
            .is_empty()
    );
    catalog
        .record_embeddings(&owner, second, &vectors(0..3))
        .await
        .unwrap();
    catalog
        .publish_version(&owner, second, facts(4))
        .await
        .unwrap();
    let shown = catalog.document(&owner, document).await.unwrap();
    assert_eq!(
        (shown.embedded, shown.state),
        (3, DocumentState::Searchable)
    );
    let space = fixture.space(collection).await;
    let told = catalog.changes(space, 0, 99).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .filter(|row| row.version == Some(second))
        .collect();
    assert_eq!(
        told.len(),
        1,
        "what was recorded before publication comes with it"
    );
    let (_, points) = catalog
        .version_points(space, second, 0..4)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(points.len(), 3);
}

pub(crate) async fn bad_vectors_are_refused(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let version = fixture.publish(id, 2).await;
    for vector in [vec![], vec![1.0; 3], vec![1.0, 0.0, 0.0, f32::NAN]] {
        let mut bad = vectors(0..2);
        bad[1].vector = vector;
        let error = catalog
            .record_embeddings(&owner, version, &bad)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    assert_eq!(
        catalog
            .unembedded(&owner, version, 0, 9)
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        catalog
            .record_embeddings(&owner, version, &[])
            .await
            .unwrap(),
        0
    );
    let beyond = vectors(7..8);
    assert_eq!(
        catalog
            .record_embeddings(&owner, version, &beyond)
            .await
            .unwrap(),
        0
    );
}

pub(crate) async fn passages_keep_the_order_asked_for(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let version = fixture.publish(id, 9).await;
    let chunks = catalog.document_chunks(&owner, id, 0..9).await.unwrap();
    let unknown = ChunkId::from_uuid(Uuid::from_u128(5));
    let asked = [
        chunks[7].id,
        unknown,
        chunks[2].id,
        chunks[7].id,
        chunks[0].id,
    ];
    let generation = fixture.generation().await.id;
    let found = catalog.passages(&owner, generation, &asked).await.unwrap();
    let ids: Vec<_> = found.iter().map(|passage| passage.chunk.id).collect();
    assert_eq!(ids, [chunks[7].id, chunks[2].id, chunks[0].id]);
    let first = &found[0];
    assert_eq!(
        (first.chunk.document, first.version, first.collection),
        (id, version, collection)
    );
    assert_eq!(
        (first.title.as_str(), first.format.as_str()),
        ("dune", "text")
    );
    assert_eq!(
        (&first.chunk.text, first.chunk.ordinal),
        (&chunks[7].text, 7)
    );
    assert_eq!(first.chunk.place, chunks[7].place);
    let other = GenerationId::from_uuid(Uuid::from_u128(5));
    assert_eq!(catalog.passages(&owner, other, &asked).await.unwrap(), []);
    assert_eq!(catalog.passages(&owner, generation, &[]).await.unwrap(), []);
}

pub(crate) async fn indexes_read_entries_and_points(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (books, notes) = (
        fixture.collection("books").await,
        fixture.collection("notes").await,
    );
    let id = fixture.document(books, "dune").await;
    let version = fixture.publish(id, 4).await;
    let (space, other) = (fixture.space(books).await, fixture.space(notes).await);
    catalog
        .record_embeddings(&owner, version, &vectors(1..3))
        .await
        .unwrap();
    assert_eq!(catalog.spaces().await.unwrap(), [space]);
    assert_eq!(
        catalog.published_versions(space, None, 9).await.unwrap(),
        [(version, 4)]
    );
    assert_eq!(
        catalog
            .published_versions(space, Some(version), 9)
            .await
            .unwrap(),
        []
    );
    let (attributes, entries) = catalog
        .version_entries(space, version, 1..3)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (attributes.document, attributes.language.as_str()),
        (id, "en")
    );
    assert_eq!(
        attributes.added,
        catalog.document(&owner, id).await.unwrap().added
    );
    let texts: Vec<_> = entries.iter().map(|entry| entry.text.clone()).collect();
    assert_eq!(texts, [new_chunk(1).text, new_chunk(2).text]);
    assert_eq!(
        (entries[0].version, &entries[0].title),
        (version, &"dune".to_owned())
    );
    assert_eq!(entries[0].section, new_chunk(1).place.section);
    let (_, points) = catalog
        .version_points(space, version, 0..4)
        .await
        .unwrap()
        .unwrap();
    let found: Vec<_> = points.into_iter().map(|point| point.vector).collect();
    assert_eq!(
        found,
        vectors(1..3)
            .into_iter()
            .map(|e| e.vector)
            .collect::<Vec<_>>()
    );
    assert_eq!(
        catalog.version_entries(other, version, 0..4).await.unwrap(),
        None
    );
    assert_eq!(
        catalog.version_points(other, version, 0..4).await.unwrap(),
        None
    );
    assert_eq!(catalog.attributes(other, id).await.unwrap(), None);
}

pub(crate) async fn generations_are_switched_and_switched_back(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    assert_eq!(catalog.live_generation().await.unwrap(), None);
    let live = fixture.generation().await;
    assert_eq!(live.state, GenerationState::Live);
    assert_eq!(fixture.generation().await, live);
    let next = catalog
        .ensure_generation("e5", DIMENSIONS, "structure-1")
        .await
        .unwrap();
    assert_eq!(next.state, GenerationState::Building);
    let collection = fixture.collection("books").await;
    let id = fixture.document(collection, "dune").await;
    let old = fixture.publish(id, 2).await;
    let new = NewVersion {
        generation: next.id,
        ..new_version(id)
    };
    let new = catalog.begin_version(&owner, new).await.unwrap().id;
    catalog
        .append_chunks(&owner, new, (0..3).map(new_chunk).collect())
        .await
        .unwrap();
    catalog
        .record_embeddings(&owner, new, &vectors(0..3))
        .await
        .unwrap();
    catalog
        .publish_version(&owner, new, facts(3))
        .await
        .unwrap();
    let check = async |version, chunks, state| {
        let document = catalog.document(&owner, id).await.unwrap();
        assert_eq!(
            (document.version, document.chunks, document.state),
            (Some(version), chunks, state)
        );
    };
    check(old, 2, DocumentState::Searchable).await;
    catalog.switch_generation(next.id).await.unwrap();
    assert_eq!(
        catalog.live_generation().await.unwrap().unwrap().id,
        next.id
    );
    check(new, 3, DocumentState::Ready).await;
    catalog.switch_generation(live.id).await.unwrap();
    check(old, 2, DocumentState::Searchable).await;
    assert_eq!(
        catalog.generation(next.id).await.unwrap().state,
        GenerationState::Retired
    );
    assert_eq!(catalog.generations().await.unwrap().len(), 2);
    let unknown = GenerationId::from_uuid(Uuid::nil());
    assert_eq!(
        catalog.switch_generation(unknown).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        catalog.live_generation().await.unwrap().unwrap().id,
        live.id
    );
}
