//! Security events and the audit log: what authentication notices, and who may read it.

use std::net::{IpAddr, Ipv4Addr};

use alexandria_core::access::{Scope, Scopes};
use alexandria_core::audit::{Deed, Outcome};
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{KeyId, TENANT_DEFAULT, TenantId, UserId};
use alexandria_core::principal::{Actor, Origin, Principal};
use alexandria_core::security::{BRUTE_FORCE, EventKind, PASSWORD_SPRAYING, SCOPE_PROBING};
use alexandria_library::Library;
use alexandria_library::audit::AuditQuery;
use alexandria_library::security::{Account, Alarm, Reused, SecurityEvent, SecurityEventQuery};
use uuid::Uuid;

use crate::support::Fixture;

fn from(last: u8) -> Origin {
    Origin {
        address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))),
        request: format!("request-{last}"),
    }
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

async fn events(library: &Library, principal: &Principal, kind: EventKind) -> Vec<SecurityEvent> {
    let query = SecurityEventQuery {
        kind: Some(kind),
        limit: 200,
        ..SecurityEventQuery::default()
    };
    let page = library.security_events(principal, &query).await.unwrap();
    page.items
}

#[tokio::test]
async fn spraying_is_seen_by_its_address_and_brute_force_by_its_account() {
    let fixture = Fixture::words_only().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let security = library.security();
    for number in 0..PASSWORD_SPRAYING.threshold {
        let name = format!("person{number}@example.org");
        security
            .sign_in_failed(None, Account::Named(&name), &from(1))
            .await;
    }
    let sprayed = events(library, owner, EventKind::PasswordSpraying).await;
    assert_eq!(sprayed.len(), 1);
    assert_eq!(sprayed[0].event.subject, "192.0.2.1");
    assert_eq!(sprayed[0].event.count, PASSWORD_SPRAYING.threshold as u64);
    assert!(
        events(library, owner, EventKind::BruteForce)
            .await
            .is_empty()
    );
    for last in 0..u8::try_from(BRUTE_FORCE.threshold).unwrap() {
        let account = Account::Known(user(7));
        let tenant = Some(TENANT_DEFAULT);
        security
            .sign_in_failed(tenant, account, &from(100 + last))
            .await;
    }
    let forced = events(library, owner, EventKind::BruteForce).await;
    assert_eq!(forced.len(), 1);
    assert_eq!(forced[0].event.subject, format!("user:{}", user(7)));
    let failed = events(library, owner, EventKind::SignInFailed).await;
    assert_eq!(
        failed.len(),
        PASSWORD_SPRAYING.threshold + BRUTE_FORCE.threshold
    );
    let whole = format!("{failed:?}{sprayed:?}");
    assert!(
        !whole.contains("example.org"),
        "no mail address is kept: {whole}"
    );
}

#[tokio::test]
async fn what_is_used_again_is_told_to_its_tenant_at_once() {
    let fixture = Fixture::words_only().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let tenant = TenantId::from_uuid(Uuid::from_u128(0xbad));
    let theirs = |actor| Principal::authenticated(tenant, actor, Scopes::all());
    let mut listener = library.security().listen();
    let key = KeyId::from_uuid(Uuid::from_u128(9));
    let principal = theirs(Actor::Key(key));
    let security = library.security();
    security.token_reused(&principal, Reused::RevokedKey).await;
    security
        .key_compromised(&principal, key, Alarm::Drill)
        .await;
    let reused = events(library, &principal, EventKind::TokenReused).await;
    assert_eq!(reused.len(), 1);
    assert_eq!(reused[0].event.details["what"], "revoked_key");
    assert_eq!(reused[0].event.subject, format!("key:{key}"));
    let drill = events(library, &principal, EventKind::KeyCompromised).await;
    assert_eq!(drill[0].event.details["drill"], "true");
    assert_eq!(*listener.recv().await.unwrap(), reused[0]);
    assert!(
        events(library, owner, EventKind::TokenReused)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn probing_counts_for_each_actor_of_each_tenant() {
    let fixture = Fixture::words_only().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let other = TenantId::from_uuid(Uuid::from_u128(0xbad));
    let ours = Principal::authenticated(TENANT_DEFAULT, Actor::User(user(1)), Scopes::all());
    let theirs = Principal::authenticated(other, Actor::User(user(1)), Scopes::all());
    for _ in 0..SCOPE_PROBING.threshold / 2 {
        library.security().forbidden(&ours, "usage").await;
        library.security().forbidden(&theirs, "usage").await;
    }
    assert!(
        events(library, owner, EventKind::ScopeProbing)
            .await
            .is_empty()
    );
    for _ in 0..SCOPE_PROBING.threshold {
        library.security().forbidden(&ours, "usage").await;
    }
    assert_eq!(
        events(library, owner, EventKind::ScopeProbing).await.len(),
        1
    );
    assert!(
        events(library, &theirs, EventKind::ScopeProbing)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn only_auditors_read_the_log_and_only_their_tenants() {
    let fixture = Fixture::words_only().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let other = TenantId::from_uuid(Uuid::from_u128(0xbad));
    let theirs = Principal::authenticated(other, Actor::Owner, Scopes::all());
    let reader = Principal::authenticated(
        TENANT_DEFAULT,
        Actor::Owner,
        Scopes::of(&[Scope::Ask, Scope::Ingest, Scope::Admin, Scope::Operate]),
    );
    // What is written at the same time is written by few transactions, each entry once.
    let deeds = (0..100).map(|number| {
        let deed = Deed::new("collections_create", Outcome::Done).with("n", number.to_string());
        library.recorder().record(owner, vec![deed])
    });
    for written in futures::future::join_all(deeds).await {
        written.unwrap();
    }
    let verdict = library.verify_audit(owner, None).await.unwrap();
    assert_eq!((verdict.entries, verdict.broken), (100, None));
    let none = library.verify_audit(&theirs, None).await.unwrap();
    assert_eq!((none.entries, none.broken), (0, None));
    let query = AuditQuery {
        limit: 200,
        ..AuditQuery::default()
    };
    let page = library.audit_entries(owner, &query).await.unwrap();
    let mut numbers: Vec<u32> = page
        .items
        .iter()
        .map(|entry| entry.deed.details["n"].parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    let page = library.audit_entries(&theirs, &query).await.unwrap();
    assert!(page.items.is_empty());
    let all = &query.filter;
    let refused = [
        library.audit_entries(&reader, &query).await.err(),
        library.verify_audit(&reader, None).await.err(),
        library.audit_after(&reader, all, 0).await.err(),
        library
            .security_events(&reader, &SecurityEventQuery::default())
            .await
            .err(),
    ];
    for error in refused {
        assert_eq!(error.unwrap().kind(), ErrorKind::Forbidden);
    }
}
