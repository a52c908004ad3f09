//! Cases: requests sent again.

use alexandria_core::error::ErrorKind;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{Idempotency, StoredReply};
use jiff::Timestamp;

use crate::fixture::{Fixture, owner};

pub(crate) async fn a_request_sent_again_gets_the_first_reply(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let request = Digest::of(b"put this in");
    let begin = || catalog.begin_request(&owner, "key", request);
    let (a, b) = tokio::join!(begin(), begin());
    let both = [a.unwrap(), b.unwrap()];
    assert!(
        both.contains(&Idempotency::New) && both.contains(&Idempotency::Running),
        "{both:?}"
    );
    let reply = StoredReply {
        status: 202,
        body: vec![0, 159, 255],
    };
    catalog.finish_request(&owner, "key", &reply).await.unwrap();
    assert_eq!(begin().await.unwrap(), Idempotency::Answered(reply.clone()));
    let twice = catalog
        .finish_request(&owner, "key", &reply)
        .await
        .unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::NotFound);
    catalog.abandon_request(&owner, "key").await.unwrap();
    assert_eq!(
        begin().await.unwrap(),
        Idempotency::Answered(reply),
        "an answer is not abandoned"
    );
    assert_eq!(
        catalog.prune_requests(Timestamp::UNIX_EPOCH).await.unwrap(),
        0
    );
    let later = Timestamp::from_second(4_000_000_000).unwrap();
    assert_eq!(catalog.prune_requests(later).await.unwrap(), 1);
    assert_eq!(begin().await.unwrap(), Idempotency::New);
    catalog.abandon_request(&owner, "key").await.unwrap();
    assert_eq!(begin().await.unwrap(), Idempotency::New);
}

pub(crate) async fn a_key_is_for_one_request_only(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    catalog
        .begin_request(&owner, "key", Digest::of(b"one"))
        .await
        .unwrap();
    let other = catalog
        .begin_request(&owner, "key", Digest::of(b"two"))
        .await
        .unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Conflict);
}
