//! Cases: erasing people and documents, what is given out, what is kept for a time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::access::{Role, Scopes};
use alexandria_core::audit::chain::{Link, verify};
use alexandria_core::audit::{Deed, Outcome};
use alexandria_core::erasure::{ErasedKind, Receipt};
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{UserId, VersionId};
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Origin, Principal};
use alexandria_core::tenant::{Retention, TenantSettings};
use alexandria_core::user::Email;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{
    AuditFilter, ConversationQuery, Erased, Instead, NewAnswer, NewEntry, NewTurn, NewUser,
    StoredReply, TenantChange, UNTOLD, of_tenant, of_user,
};

use crate::fixture::{Fixture, owner, stranger};

/// Somebody who has done everything that leaves a row.
async fn somebody(fixture: &Fixture, name: &str, role: Role) -> Principal {
    let new = NewUser {
        email: Email::parse(&format!("{name}@example.org")).unwrap(),
        name: Label::parse("person", name).unwrap(),
        role,
        password_hash: Some("hash".to_owned()),
    };
    let catalog = &fixture.catalog;
    let user = catalog.create_user(&owner(), new).await.unwrap();
    let actor = Actor::User(user.id);
    let origin = Origin {
        address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
        request: format!("request of {name}"),
    };
    let principal = Principal::authenticated(owner().tenant(), actor, Scopes::all());
    let principal = principal.asking_from(Arc::new(origin));
    let conversation = catalog.create_conversation(&principal, name).await.unwrap();
    let answer = NewAnswer {
        question: format!("a question of {name}"),
        body: "{}".to_owned(),
    };
    let id = catalog.keep_answer(&principal, answer).await.unwrap();
    let turn = NewTurn {
        question: format!("a question of {name}"),
        standalone: name.to_owned(),
        answer: Some(id),
        body: "{}".to_owned(),
        title: name.to_owned(),
    };
    catalog
        .add_turn(&principal, conversation.id, turn)
        .await
        .unwrap();
    let reply = StoredReply {
        status: 201,
        body: name.as_bytes().to_vec(),
    };
    let digest = Digest::of(name.as_bytes());
    catalog
        .keep_reply(&principal, name, digest, &reply)
        .await
        .unwrap();
    catalog
        .accept(&principal, user.id, "2026-01")
        .await
        .unwrap();
    let entry = NewEntry {
        principal: principal.clone(),
        deed: Deed::new("something_done", Outcome::Done),
    };
    catalog.append_audit(&[entry]).await.unwrap();
    principal
}

fn id_of(principal: &Principal) -> UserId {
    let Actor::User(id) = principal.actor() else {
        panic!("{} is no person", principal.actor())
    };
    *id
}

async fn erase(fixture: &Fixture, id: UserId) -> alexandria_core::error::Result<Receipt> {
    let catalog = &fixture.catalog;
    let receipt = |done: Erased| Receipt {
        id: catalog.next_erasure(),
        tenant_id: owner().tenant(),
        kind: ErasedKind::User,
        moment: fixture.now(),
        by: "owner".to_owned(),
        identifiers: BTreeMap::new(),
        erased: done.erased,
        remaining: done.remaining,
        public_key: String::new(),
        signature: String::new(),
    };
    let seal = |_holder, done| std::future::ready(Ok(receipt(done)));
    catalog.erase_user(&owner(), id, seal).await
}

pub(crate) async fn somebody_erased_is_in_no_row_and_others_stay(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let ada = somebody(fixture, "ada", Role::Owner).await;
    let eve = somebody(fixture, "eve", Role::Reader).await;
    let receipt = erase(fixture, id_of(&eve)).await.unwrap();
    for (table, count) in [
        ("users", 1),
        ("answers", 1),
        ("conversations", 1),
        ("turns", 1),
        ("idempotency_keys", 1),
        ("consents", 1),
        ("audit_addresses", 1),
    ] {
        assert_eq!(
            receipt.erased.get(table),
            Some(&count),
            "{table}: {receipt:?}"
        );
    }
    assert_eq!(receipt.remaining.get("audit_log"), Some(&1), "{receipt:?}");
    let owner = owner();
    let left = catalog.rows_of_user(&owner, id_of(&eve)).await.unwrap();
    assert_eq!(left, BTreeMap::new());
    let kept = catalog.rows_of_user(&owner, id_of(&ada)).await.unwrap();
    assert!(kept.len() >= 5, "{kept:?}");
    // The chain holds, and says nothing of where she was.
    let all = AuditFilter::default();
    let read = catalog.audit_after(&owner, &all, 0, 100).await.unwrap();
    let entries: Vec<_> = read.into_iter().map(|one| one.entry.unwrap()).collect();
    let head = catalog.audit_state(&owner).await.unwrap().head;
    verify(owner.tenant(), Link::START, &entries, head).unwrap();
    let seen: Vec<_> = entries.iter().map(|entry| entry.known_address()).collect();
    assert_eq!(seen, [Some("192.0.2.7"), None]);
    let found = catalog.erasure(&owner, receipt.id).await.unwrap();
    assert_eq!(found.receipt, receipt);
    let page = catalog.erasures(&owner, None, 10).await.unwrap();
    assert_eq!(page.items, [found]);
    let foreign = catalog.erasure(&stranger(), receipt.id).await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    let again = erase(fixture, id_of(&eve)).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
}

pub(crate) async fn the_last_owner_is_not_erased_and_nothing_of_them_is(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let ada = somebody(fixture, "ada", Role::Owner).await;
    let before = catalog.rows_of_user(&owner(), id_of(&ada)).await.unwrap();
    let refused = erase(fixture, id_of(&ada)).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Conflict);
    let after = catalog.rows_of_user(&owner(), id_of(&ada)).await.unwrap();
    assert_eq!(after, before);
    let eve = somebody(fixture, "eve", Role::Owner).await;
    // Two owners who erase each other: one of them stays.
    let (first, second) = tokio::join!(erase(fixture, id_of(&ada)), erase(fixture, id_of(&eve)));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}

pub(crate) async fn nothing_is_kept_for_somebody_who_is_gone(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    somebody(fixture, "ada", Role::Owner).await;
    let eve = somebody(fixture, "eve", Role::Reader).await;
    erase(fixture, id_of(&eve)).await.unwrap();
    let answer = NewAnswer {
        question: "why?".to_owned(),
        body: "{}".to_owned(),
    };
    let kept = catalog.keep_answer(&eve, answer).await;
    assert_eq!(kept.unwrap_err().kind(), ErrorKind::NotFound);
    let begun = catalog.create_conversation(&eve, "late").await;
    assert_eq!(begun.unwrap_err().kind(), ErrorKind::NotFound);
    // What is kept by another way is swept.
    let reply = StoredReply {
        status: 201,
        body: b"late".to_vec(),
    };
    catalog
        .keep_reply(&eve, "late", Digest::of(b"late"), &reply)
        .await
        .unwrap();
    let actors = [eve.actor().to_string()];
    let swept = catalog.sweep_actors(&owner(), &actors).await.unwrap();
    assert_eq!(swept, 1);
    let left = catalog.rows_of_user(&owner(), id_of(&eve)).await.unwrap();
    assert_eq!(left, BTreeMap::new());
}

pub(crate) async fn what_quotes_an_erased_document_is_emptied(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let books = fixture.collection("books").await;
    let dune = fixture.document(books, "dune").await;
    let other = fixture.document(books, "emma").await;
    let version = fixture.publish(dune, 2).await;
    let mut answers = Vec::new();
    for quoted in [dune, other] {
        let answer = NewAnswer {
            question: "who?".to_owned(),
            body: format!("{{\"text\":\"his words\",\"document\":\"{quoted}\"}}"),
        };
        answers.push(catalog.keep_answer(&owner, answer).await.unwrap());
    }
    assert_eq!(catalog.versions_of(&owner, dune).await.unwrap(), [version]);
    let found = catalog.rows_of_document(&owner, dune).await.unwrap();
    assert_eq!(found.get("answers"), Some(&1), "{found:?}");
    let instead = Instead {
        answer: "{\"text\":\"erased\"}".to_owned(),
        copy: "{}".to_owned(),
    };
    // As another tenant, nothing is touched.
    let (stranger, versions) = (stranger(), [version]);
    let foreign = catalog.erase_traces(&stranger, dune, &versions, &instead);
    assert_eq!(foreign.await.unwrap(), BTreeMap::new());
    let none: [VersionId; 0] = [];
    let erased = catalog.erase_traces(&owner, dune, &none, &instead).await;
    assert_eq!(erased.unwrap().get("answers"), Some(&1));
    let emptied = catalog.answer(&owner, answers[0]).await.unwrap();
    assert_eq!(
        (emptied.question.as_str(), emptied.body.as_str()),
        ("who?", "{\"text\":\"erased\"}")
    );
    let kept = catalog.answer(&owner, answers[1]).await.unwrap();
    assert!(kept.body.contains("his words"));
}

pub(crate) async fn every_table_is_given_out_or_named_with_the_reason(fixture: &Fixture) {
    let catalog = &fixture.catalog;
    let told: Vec<&str> = of_tenant().map(|holding| holding.table()).collect();
    for table in catalog.tables_of_tenants().await.unwrap() {
        let is_told = told.contains(&table.as_str());
        let is_untold = UNTOLD.iter().any(|(name, _)| *name == table);
        assert!(
            is_told != is_untold,
            "{table} must be given out by an export, or be named with the reason why not"
        );
    }
    // Every part can be read, and what is a person's is theirs alone.
    somebody(fixture, "ada", Role::Owner).await;
    let eve = somebody(fixture, "eve", Role::Reader).await;
    let owner = owner();
    let tables = catalog.tables_of_tenants().await.unwrap();
    let is_there = |table: &str| tables.iter().any(|one| one == table);
    for holding in of_tenant().filter(|holding| is_there(holding.table())) {
        catalog
            .read_holding(&owner, holding, None, None)
            .await
            .unwrap();
        let foreign = catalog.read_holding(&stranger(), holding, None, None).await;
        assert!(foreign.unwrap().0.is_empty(), "{}", holding.name);
    }
    let holder = catalog.holder(&owner, id_of(&eve)).await.unwrap();
    let mut all = String::new();
    for holding in of_user().filter(|holding| is_there(holding.table())) {
        let read = catalog.read_holding(&owner, holding, Some(&holder), None);
        for item in read.await.unwrap().0 {
            all.push_str(&item.to_string());
        }
    }
    for word in [
        "eve@example.org",
        "a question of eve",
        "192.0.2.7",
        "2026-01",
    ] {
        assert!(all.contains(word), "{word}: {all}");
    }
    for word in ["ada", "hash"] {
        assert!(!all.contains(word), "{word}: {all}");
    }
    // Page after page, nothing is missed and nothing comes twice.
    let answers = of_tenant()
        .find(|holding| holding.name == "answers")
        .unwrap();
    for number in 0..450 {
        let answer = NewAnswer {
            question: format!("number {number}"),
            body: "{}".to_owned(),
        };
        catalog.keep_answer(&owner, answer).await.unwrap();
    }
    let (mut seen, mut after) = (std::collections::BTreeSet::new(), None);
    loop {
        let read = catalog.read_holding(&owner, answers, None, after.as_ref());
        let (items, next) = read.await.unwrap();
        for item in items {
            assert!(seen.insert(item["id"].to_string()), "{item}");
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 452);
}

pub(crate) async fn what_a_tenant_keeps_for_a_time_goes_by_itself(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    assert!(catalog.tenants_with_retention().await.unwrap().is_empty());
    let settings = TenantSettings {
        retention: Retention {
            conversations_days: 10,
            answers_days: 20,
            usage_days: 30,
        },
        ..TenantSettings::default()
    };
    let change = TenantChange {
        settings: Some(settings.clone()),
        ..TenantChange::default()
    };
    catalog
        .update_tenant(&owner, owner.tenant(), change)
        .await
        .unwrap();
    let found = catalog.tenants_with_retention().await.unwrap();
    assert_eq!(found, [(owner.tenant(), settings.retention)]);
    let ada = somebody(fixture, "ada", Role::Owner).await;
    let before = fixture.now();
    fixture.clock.advance(Duration::from_secs(60));
    somebody(fixture, "eve", Role::Owner).await;
    assert_eq!(
        catalog
            .prune_conversations_of(&stranger(), fixture.now())
            .await
            .unwrap(),
        0
    );
    let cut = before + jiff::SignedDuration::from_secs(1);
    assert_eq!(
        catalog.prune_conversations_of(&owner, cut).await.unwrap(),
        1
    );
    let all = ConversationQuery {
        limit: 10,
        ..ConversationQuery::default()
    };
    let left = catalog.conversations(&ada, &all).await.unwrap();
    assert!(left.items.is_empty());
    // The answer went with its conversation; eve's stays until its own time.
    assert_eq!(catalog.prune_answers_of(&owner, cut).await.unwrap(), 0);
    let later = fixture.now() + jiff::SignedDuration::from_secs(1);
    assert_eq!(catalog.prune_answers_of(&owner, later).await.unwrap(), 1);
    assert_eq!(catalog.prune_usage_of(&owner, later).await.unwrap(), 0);
}
