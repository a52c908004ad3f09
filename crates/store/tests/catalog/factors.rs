//! Cases: second factors, passkeys, and what is open between two steps.

use std::time::Duration;

use alexandria_core::access::Role;
use alexandria_core::clock::Clock as _;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::UserId;
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::user::Email;
use alexandria_store::catalog::{
    ChallengePurpose, FACTOR_FAILURES_FREE, NewChallenge, NewPasskey, NewUser,
};
use jiff::SignedDuration;

use crate::fixture::{Fixture, owner, tenant};

async fn person(fixture: &Fixture, principal: &Principal, email: &str) -> UserId {
    let new = NewUser {
        email: Email::parse(email).unwrap(),
        name: Label::parse("person", "Somebody").unwrap(),
        role: Role::Owner,
        password_hash: None,
    };
    fixture
        .catalog
        .create_user(principal, new)
        .await
        .unwrap()
        .id
}

pub(crate) async fn a_code_is_used_up_once_and_with_it_those_before(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = person(fixture, &owner, "ada@example.org").await;
    assert_eq!(catalog.totp(&owner, ada).await.unwrap(), None);
    catalog.put_totp(&owner, ada, b"one").await.unwrap();
    assert!(
        !catalog.spend_totp(&owner, ada, 5).await.unwrap(),
        "not confirmed"
    );
    catalog.put_totp(&owner, ada, b"two").await.unwrap();
    assert!(catalog.confirm_totp(&owner, ada, 10).await.unwrap());
    assert!(!catalog.confirm_totp(&owner, ada, 11).await.unwrap());
    let again = catalog.put_totp(&owner, ada, b"three").await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    let kept = catalog.totp(&owner, ada).await.unwrap().unwrap();
    assert_eq!(kept.secret, b"two");
    for (step, good) in [
        (10, false),
        (9, false),
        (12, true),
        (12, false),
        (11, false),
        (13, true),
    ] {
        assert_eq!(
            catalog.spend_totp(&owner, ada, step).await.unwrap(),
            good,
            "{step}"
        );
    }
    let at_once = (0..8).map(|_| catalog.spend_totp(&owner, ada, 20));
    let done = futures_of(at_once).await;
    assert_eq!(done.iter().filter(|good| **good).count(), 1, "{done:?}");
    let digests: Vec<[u8; 32]> = (0..10).map(|number| [number; 32]).collect();
    catalog
        .put_recovery_codes(&owner, ada, &digests)
        .await
        .unwrap();
    let at_once = (0..8).map(|_| catalog.spend_recovery_code(&owner, ada, [3; 32]));
    let done = futures_of(at_once).await;
    assert_eq!(done.iter().filter(|good| **good).count(), 1, "{done:?}");
    assert_eq!(catalog.recovery_codes_left(&owner, ada).await.unwrap(), 9);
    catalog.remove_factors(&owner, ada).await.unwrap();
    assert_eq!(catalog.totp(&owner, ada).await.unwrap(), None);
    assert_eq!(catalog.recovery_codes_left(&owner, ada).await.unwrap(), 0);
}

/// Runs them on tasks of their own, one after the other where they wait for each other.
async fn futures_of(
    calls: impl Iterator<Item = impl Future<Output = alexandria_core::error::Result<bool>>>,
) -> Vec<bool> {
    let mut open: Vec<_> = calls.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        open.retain_mut(|call| match call.as_mut().poll(context) {
            std::task::Poll::Ready(good) => {
                done.push(good.unwrap());
                false
            }
            std::task::Poll::Pending => true,
        });
        if open.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

pub(crate) async fn guessing_closes_the_way_for_a_while(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = person(fixture, &owner, "ada@example.org").await;
    for _ in 0..FACTOR_FAILURES_FREE {
        catalog.count_guess(&owner, ada).await.unwrap();
    }
    let closed = catalog.count_guess(&owner, ada).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Exhausted);
    assert!(closed.retry_after().is_some());
    fixture.clock.advance(Duration::from_secs(61));
    catalog.count_guess(&owner, ada).await.unwrap();
    fixture.clock.advance(Duration::from_secs(61));
    let longer = catalog.count_guess(&owner, ada).await.unwrap_err();
    assert_eq!(longer.kind(), ErrorKind::Exhausted);
    catalog.forget_failures(&owner, ada).await.unwrap();
    catalog.count_guess(&owner, ada).await.unwrap();
}

pub(crate) async fn a_challenge_is_good_once_and_for_a_while(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = person(fixture, &owner, "ada@example.org").await;
    let identities = catalog.identities();
    let purpose = ChallengePurpose::SecondFactor;
    let open = async |number: u8, purpose, of| {
        let new = NewChallenge {
            digest: [number; 32],
            purpose,
            of,
            state: vec![number],
            expires: fixture.clock.now() + SignedDuration::from_mins(5),
        };
        identities.open_challenge(new).await.unwrap();
    };
    let hers = Some((owner.tenant(), ada));
    open(1, purpose, hers).await;
    open(2, ChallengePurpose::Passkey, None).await;
    let found = identities
        .challenge(purpose, [1; 32])
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.of, found.state), (hers, vec![1]));
    assert_eq!(identities.challenge(purpose, [2; 32]).await.unwrap(), None);
    let done = futures_of((0..8).map(|_| identities.close_challenge([1; 32]))).await;
    assert_eq!(done.iter().filter(|closed| **closed).count(), 1, "{done:?}");
    open(3, purpose, hers).await;
    fixture.clock.advance(Duration::from_secs(301));
    assert_eq!(identities.challenge(purpose, [3; 32]).await.unwrap(), None);
    assert!(!identities.close_challenge([3; 32]).await.unwrap());
    // A person has ten open at most: the oldest goes.
    for number in 10..22 {
        open(number, purpose, hers).await;
    }
    assert_eq!(identities.challenge(purpose, [10; 32]).await.unwrap(), None);
    assert!(
        identities
            .challenge(purpose, [12; 32])
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn passkeys_belong_to_their_person(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = person(fixture, &owner, "ada@example.org").await;
    let other = tenant(catalog, "stranger").await;
    let stranger = Principal::system(other, "testing what a stranger sees");
    let eve = person(fixture, &stranger, "eve@example.org").await;
    let new = |number: u8| NewPasskey {
        name: Label::parse("passkey", "Key").unwrap(),
        credential: vec![number; 16],
        fixed: vec![1, 2, 3],
        moving: vec![0; 7],
        transports: 32,
    };
    let made = catalog.create_passkey(&owner, ada, new(1)).await.unwrap();
    assert_eq!((made.transports, made.used), (32, None));
    let taken = catalog
        .create_passkey(&stranger, eve, new(1))
        .await
        .unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict);
    let name = Label::parse("passkey", "Other").unwrap();
    for (principal, user) in [(&stranger, ada), (&stranger, eve), (&owner, eve)] {
        let gone = catalog.passkey(principal, user, made.id).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
        let gone = catalog
            .rename_passkey(principal, user, made.id, &name)
            .await;
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
        let gone = catalog.remove_passkey(principal, user, made.id).await;
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(catalog.passkeys(principal, user).await.unwrap().is_empty());
    }
    let identities = catalog.identities();
    let found = identities.by_passkey(&[1; 16]).await.unwrap().unwrap();
    assert_eq!(found, made);
    assert!(identities.passkey_used(&found, &[9; 7]).await.unwrap());
    assert!(
        !identities.passkey_used(&found, &[8; 7]).await.unwrap(),
        "it has changed meanwhile"
    );
    let renamed = catalog
        .rename_passkey(&owner, ada, made.id, &name)
        .await
        .unwrap();
    assert_eq!((renamed.name, renamed.moving), (name, vec![9; 7]));
    assert!(renamed.used.is_some());
    catalog.remove_passkey(&owner, ada, made.id).await.unwrap();
    assert_eq!(identities.by_passkey(&[1; 16]).await.unwrap(), None);
    catalog.put_totp(&owner, ada, b"hers").await.unwrap();
    assert_eq!(catalog.totp(&stranger, ada).await.unwrap(), None);
    assert!(!catalog.confirm_totp(&stranger, ada, 1).await.unwrap());
    let gone = catalog.remove_totp(&stranger, ada).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}
