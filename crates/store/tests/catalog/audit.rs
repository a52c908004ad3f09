//! Cases: the audit log and the security events.

use std::collections::BTreeMap;
use std::time::Duration;

use alexandria_core::audit::chain::{AUDIT_CUT, Link, Verifier};
use alexandria_core::audit::{Deed, Entry, Outcome, Target};
use alexandria_core::principal::Principal;
use alexandria_core::security::EventKind;
use alexandria_store::catalog::{
    AuditFilter, AuditQuery, Catalog, NewEntry, NewSecurityEvent, SecurityEventQuery,
};
use jiff::{SignedDuration, Timestamp};
use sea_orm::ConnectionTrait as _;

use crate::fixture::{Fixture, owner, stranger};

fn new(principal: &Principal, action: &str) -> NewEntry {
    let mut deed = Deed::new(action, Outcome::Done).with("status", "200");
    deed.target = Some(Target {
        kind: "document".to_owned(),
        id: "7".to_owned(),
    });
    NewEntry {
        principal: principal.clone(),
        deed,
    }
}

async fn entries(catalog: &Catalog, principal: &Principal) -> Vec<Entry> {
    let all = AuditFilter::default();
    let after = catalog.audit_after(principal, &all, 0, 100_000).await;
    let entries = after
        .unwrap()
        .into_iter()
        .map(|stored| stored.entry.unwrap());
    entries.collect()
}

/// The log of a tenant must hold from its beginning to its end; says how many entries it has.
async fn verify(catalog: &Catalog, principal: &Principal) -> u64 {
    let state = catalog.audit_state(principal).await.unwrap();
    let mut verifier = Verifier::after(principal.tenant(), state.cut);
    let mut count = 0;
    for entry in entries(catalog, principal).await {
        verifier.take(&entry).unwrap();
        count += 1;
    }
    verifier.end(state.head).unwrap();
    count
}

pub(crate) async fn entries_go_on_from_each_other_in_the_log_of_each_tenant(fixture: &Fixture) {
    let (catalog, owner, stranger) = (&fixture.catalog, owner(), stranger());
    assert_eq!(verify(catalog, &owner).await, 0, "an empty log holds");
    let batch = [
        new(&owner, "documents_add"),
        new(&stranger, "documents_add"),
        new(&owner, "documents_remove"),
    ];
    catalog.append_audit(&batch).await.unwrap();
    catalog
        .append_audit(&[new(&owner, "rebuild")])
        .await
        .unwrap();
    assert_eq!(verify(catalog, &owner).await, 3);
    assert_eq!(verify(catalog, &stranger).await, 1);
    let query = AuditQuery {
        limit: 2,
        ..AuditQuery::default()
    };
    let first = catalog.audit_entries(&owner, &query).await.unwrap();
    let actions = |page: &[Entry]| -> Vec<String> {
        page.iter().map(|entry| entry.deed.action.clone()).collect()
    };
    assert_eq!(actions(&first.items), ["rebuild", "documents_remove"]);
    assert!(first.items.iter().all(|entry| entry.actor == "owner"));
    let query = AuditQuery {
        cursor: first.next,
        ..query
    };
    let rest = catalog.audit_entries(&owner, &query).await.unwrap();
    assert_eq!(actions(&rest.items), ["documents_add"]);
    assert_eq!(rest.next, None);
    let moment = rest.items[0].moment;
    let later = moment + SignedDuration::from_micros(1);
    for (filter, count) in [
        (
            AuditFilter {
                action: Some("rebuild".to_owned()),
                ..AuditFilter::default()
            },
            1,
        ),
        (
            AuditFilter {
                actor: Some("owner".to_owned()),
                ..AuditFilter::default()
            },
            3,
        ),
        (
            AuditFilter {
                actor: Some("other".to_owned()),
                ..AuditFilter::default()
            },
            0,
        ),
        (
            AuditFilter {
                since: Some(later),
                ..AuditFilter::default()
            },
            2,
        ),
        (
            AuditFilter {
                until: Some(later),
                ..AuditFilter::default()
            },
            1,
        ),
    ] {
        let found = catalog.audit_after(&owner, &filter, 0, 10).await.unwrap();
        assert_eq!(found.len(), count, "{filter:?}");
    }
}

pub(crate) async fn entries_are_neither_changed_nor_removed(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let batch = [new(&owner, "a"), new(&owner, "b"), new(&owner, "c")];
    catalog.append_audit(&batch).await.unwrap();
    // A database in memory has no second door.
    if fixture.second().await.is_none() {
        return;
    }
    let encoded = fixture.url.replace(' ', "%20").replace('?', "%3F");
    let is_sqlite = encoded.starts_with("sqlite:");
    let url = if is_sqlite { &encoded } else { &fixture.url };
    let raw = sea_orm::Database::connect(url).await.unwrap();
    let mut attempts = vec![
        "UPDATE audit_log SET actor = 'nobody' WHERE sequence = 2",
        "DELETE FROM audit_log WHERE sequence = 2",
        "DELETE FROM audit_log",
    ];
    attempts.push(if is_sqlite {
        "INSERT OR REPLACE INTO audit_log SELECT tenant_id, sequence, moment, 'nobody', address, \
         request, action, target_kind, target_id, outcome, details, previous, hash FROM audit_log"
    } else {
        "TRUNCATE audit_log"
    });
    for sql in attempts {
        let error = raw.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("the audit log only grows"), "{sql}: {error}");
    }
    raw.close().await.unwrap();
    assert_eq!(verify(catalog, &owner).await, 3);
}

pub(crate) async fn two_processes_that_append_at_once_make_one_chain(fixture: &Fixture) {
    let owner = owner();
    let Some(second) = fixture.second().await else {
        return;
    };
    let append = |catalog: Catalog, name: &'static str| {
        let (owner, stranger) = (owner.clone(), stranger());
        async move {
            for _ in 0..40 {
                // Both tenants in either order, so that a wrong order of locks would show.
                let mut batch = vec![new(&owner, name), new(&stranger, name)];
                if name == "second" {
                    batch.reverse();
                }
                catalog.append_audit(&batch).await.unwrap();
            }
        }
    };
    tokio::join!(
        append(fixture.catalog.clone(), "first"),
        append(second.clone(), "second"),
    );
    assert_eq!(verify(&fixture.catalog, &owner).await, 80);
    assert_eq!(verify(&fixture.catalog, &stranger()).await, 80);
    let all = entries(&second, &owner).await;
    let of_first = all.iter().filter(|entry| entry.deed.action == "first");
    assert_eq!(of_first.count(), 40);
    second.close().await.unwrap();
}

pub(crate) async fn what_is_left_after_a_cut_says_so_and_holds(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let system = Principal::system(owner.tenant(), "a test");
    for action in ["a", "b", "c"] {
        catalog.append_audit(&[new(&owner, action)]).await.unwrap();
    }
    fixture.clock.advance(Duration::from_secs(3_600));
    catalog.append_audit(&[new(&owner, "d")]).await.unwrap();
    let whole = entries(catalog, &owner).await;
    let before = whole[3].moment;
    let long_ago = Timestamp::from_second(0).unwrap();
    assert_eq!(catalog.cut_audit(&system, long_ago).await.unwrap(), 0);
    assert_eq!(verify(catalog, &owner).await, 4, "nothing was old enough");
    assert_eq!(catalog.cut_audit(&system, before).await.unwrap(), 3);
    assert_eq!(catalog.cut_audit(&system, before).await.unwrap(), 0);
    assert_eq!(
        verify(catalog, &owner).await,
        2,
        "d and what says that there was more"
    );
    let state = catalog.audit_state(&owner).await.unwrap();
    let cut = Link {
        sequence: 3,
        hash: whole[2].hash,
    };
    assert_eq!(state.cut, cut);
    let rest = entries(catalog, &owner).await;
    let said = &rest[1].deed;
    assert_eq!(said.action, AUDIT_CUT);
    assert_eq!(said.details["cut_sequence"], "3");
    assert_eq!(said.details["cut_hash"], cut.hash.to_string());
    assert_eq!(rest[1].actor, "system");
    catalog.append_audit(&[new(&owner, "e")]).await.unwrap();
    // Everything there is may be old enough; what says so remains.
    fixture.clock.advance(Duration::from_secs(3_600));
    let now = rest[1].moment + SignedDuration::from_secs(3_600);
    assert_eq!(catalog.cut_audit(&system, now).await.unwrap(), 3);
    assert_eq!(verify(catalog, &owner).await, 1);
    let last = entries(catalog, &owner).await[0].moment;
    assert!(
        catalog
            .tenants_audited_before(last)
            .await
            .unwrap()
            .is_empty()
    );
    let after = last + SignedDuration::from_secs(1);
    let due = catalog.tenants_audited_before(after).await.unwrap();
    assert_eq!(due, [owner.tenant()]);
}

pub(crate) async fn security_events_are_listed_for_their_tenant(fixture: &Fixture) {
    let (catalog, owner, stranger) = (&fixture.catalog, owner(), stranger());
    let event = |kind| NewSecurityEvent {
        kind,
        subject: "owner".to_owned(),
        count: 20,
        details: BTreeMap::from([("action".to_owned(), "usage".to_owned())]),
    };
    let kinds = [
        EventKind::Forbidden,
        EventKind::ScopeProbing,
        EventKind::MassExport,
    ];
    for kind in kinds {
        catalog
            .add_security_event(&owner, event(kind))
            .await
            .unwrap();
    }
    let mut query = SecurityEventQuery {
        limit: 2,
        ..SecurityEventQuery::default()
    };
    let first = catalog.security_events(&owner, &query).await.unwrap();
    assert_eq!(first.items[0].event, event(EventKind::MassExport));
    query.cursor = first.next;
    let rest = catalog.security_events(&owner, &query).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0].event.kind, EventKind::Forbidden);
    query.cursor = None;
    query.kind = Some(EventKind::ScopeProbing);
    let probing = catalog.security_events(&owner, &query).await.unwrap();
    assert_eq!(probing.items.len(), 1);
    let none = catalog.security_events(&stranger, &query).await.unwrap();
    assert!(none.items.is_empty());
    let last = first.items[0].moment;
    assert_eq!(catalog.prune_security_events(last).await.unwrap(), 2);
}
