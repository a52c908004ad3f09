//! Cases: requests sent again.

use alexandria_core::error::ErrorKind;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::StoredReply;
use jiff::Timestamp;

use crate::fixture::{Fixture, owner};

fn reply(status: u16) -> StoredReply {
    StoredReply {
        status,
        body: vec![0, 159, 255],
    }
}

pub(crate) async fn a_request_sent_again_gets_the_first_reply(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let request = Digest::of(b"put this in");
    assert_eq!(catalog.reply(&owner, "key").await.unwrap(), None);
    let (first, second) = (reply(201), reply(202));
    let (a, b) = tokio::join!(
        catalog.keep_reply(&owner, "key", request, &first),
        catalog.keep_reply(&owner, "key", request, &second),
    );
    let (_, kept) = catalog.reply(&owner, "key").await.unwrap().unwrap();
    let (a, b) = (a.unwrap(), b.unwrap());
    let both_get_the_one_kept = (kept == first && a.is_none() && b == Some(first))
        || (kept == second && b.is_none() && a == Some(second));
    assert!(both_get_the_one_kept, "{kept:?}");
    let again = catalog
        .keep_reply(&owner, "key", request, &reply(500))
        .await;
    assert_eq!(again.unwrap(), Some(kept.clone()));
    assert_eq!(
        catalog.reply(&owner, "key").await.unwrap(),
        Some((request, kept))
    );

    let begun = Timestamp::UNIX_EPOCH;
    assert_eq!(catalog.prune_requests(begun).await.unwrap(), 0);
    let later = Timestamp::from_second(4_000_000_000).unwrap();
    assert_eq!(catalog.prune_requests(later).await.unwrap(), 1);
    assert_eq!(catalog.reply(&owner, "key").await.unwrap(), None);
}

pub(crate) async fn a_key_is_for_one_request_only(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let keep = async |request: &[u8]| {
        let request = Digest::of(request);
        catalog
            .keep_reply(&owner, "key", request, &reply(202))
            .await
    };
    assert_eq!(keep(b"one").await.unwrap(), None);
    assert_eq!(keep(b"two").await.unwrap_err().kind(), ErrorKind::Conflict);
}
