//! Cases: the changes that indexes follow.

use alexandria_store::catalog::{DocumentChange, OutboxKind};

use crate::fixture::{Fixture, facts, owner, vectors};
use OutboxKind::{Add, Describe, Remove, Vectors};

pub(crate) async fn every_change_is_told_in_order(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (books, notes) = (
        fixture.collection("books").await,
        fixture.collection("notes").await,
    );
    let space = fixture.space(books).await;
    assert_eq!(catalog.outbox_head(space).await.unwrap(), 0);
    let dune = fixture.document(books, "dune").await;
    let version = fixture.publish(dune, 2).await;
    let note = fixture.document(notes, "note").await;
    fixture.publish(note, 2).await;
    catalog
        .record_embeddings(&owner, version, &vectors(0..2))
        .await
        .unwrap();
    let change = DocumentChange {
        tags: Some(vec!["sand".to_owned()]),
        ..Default::default()
    };
    catalog.update_document(&owner, dune, change).await.unwrap();
    catalog.remove_document(&owner, dune).await.unwrap();
    let told = catalog.changes(space, 0, 99).await.unwrap();
    let kinds: Vec<_> = told.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [Add, Vectors, Describe, Remove]);
    assert!(told.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert!(told.iter().all(|row| row.document == dune));
    assert_eq!(catalog.outbox_head(space).await.unwrap(), told[3].seq);
    let rest = catalog.changes(space, told[1].seq, 1).await.unwrap();
    assert_eq!(rest, told[2..3]);
    assert_eq!(catalog.changes(space, u64::MAX >> 1, 9).await.unwrap(), []);
    let other = fixture.space(notes).await;
    let noted = catalog.outbox_head(other).await.unwrap();
    let mut changed = catalog.changed_spaces(0).await.unwrap();
    changed.sort_unstable_by_key(|(_, head)| *head);
    assert_eq!(changed, [(other, noted), (space, told[3].seq)]);
    let changed = catalog.changed_spaces(noted).await.unwrap();
    assert_eq!(changed, [(space, told[3].seq)]);
}

pub(crate) async fn pruned_changes_are_known_to_be_gone(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let books = fixture.collection("books").await;
    let space = fixture.space(books).await;
    let dune = fixture.document(books, "dune").await;
    for _ in 0..3 {
        fixture.publish(dune, 1).await;
    }
    let told = catalog.changes(space, 0, 99).await.unwrap();
    assert_eq!(
        (told.len(), catalog.outbox_pruned(space).await.unwrap()),
        (5, 0)
    );
    let before = told[3].seq;
    assert_eq!(
        catalog.prune_outbox(&owner, books, before).await.unwrap(),
        3
    );
    assert_eq!(
        catalog.prune_outbox(&owner, books, before).await.unwrap(),
        0
    );
    assert_eq!(catalog.outbox_pruned(space).await.unwrap(), told[2].seq);
    assert_eq!(catalog.changes(space, 0, 99).await.unwrap(), told[3..]);
    let head = catalog.outbox_head(space).await.unwrap();
    catalog.prune_outbox(&owner, books, u64::MAX).await.unwrap();
    assert_eq!(catalog.outbox_head(space).await.unwrap(), head);
    fixture.publish(dune, 1).await;
    let next = catalog.changes(space, head, 99).await.unwrap();
    assert_eq!(next.len(), 2, "numbers are not given out again");
}

/// A follower that reads all the time while several transactions append sees every change.
pub(crate) async fn changes_written_at_once_are_never_missed(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let books = fixture.collection("books").await;
    let space = fixture.space(books).await;
    let mut versions = Vec::new();
    for number in 0..24 {
        let document = fixture.document(books, &format!("book {number}")).await;
        versions.push(fixture.building(document, 1).await);
    }
    let publish = async |part: usize| {
        for version in versions.iter().skip(part).step_by(4) {
            catalog
                .publish_version(&owner(), *version, facts(1))
                .await
                .unwrap();
        }
    };
    let follow = async {
        let (mut position, mut seen) = (0, Vec::new());
        while seen.len() < versions.len() {
            let rows = catalog.changes(space, position, 3).await.unwrap();
            seen.extend(rows.iter().filter_map(|row| row.version));
            position = rows.last().map_or(position, |row| row.seq);
            tokio::task::yield_now().await;
        }
        seen
    };
    let all = async { tokio::join!(follow, publish(0), publish(1), publish(2), publish(3)).0 };
    let seen = tokio::time::timeout(std::time::Duration::from_secs(60), all).await;
    let mut seen = seen.expect("the follower has missed a change");
    seen.sort_unstable();
    versions.sort_unstable();
    assert_eq!(seen, versions);
}
