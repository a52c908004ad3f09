//! Cases: people, sessions, invitations, keys and what each may see.

use std::time::Duration;

use alexandria_core::access::{Classification, Role, Scope, Scopes};
use alexandria_core::document::CollectionAccess;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Principal, Reach};
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::{Email, UserState};
use alexandria_store::catalog::{
    CollectionChange, DocumentChange, DocumentQuery, NewApiKey, NewSession, NewUser, Renewal,
    Strength, UserChange,
};
use jiff::SignedDuration;

use crate::fixture::{Fixture, owner, tenant};

fn new_user(name: &str, role: Role) -> NewUser {
    NewUser {
        email: Email::parse(&format!("{name}@example.org")).unwrap(),
        name: Label::parse("person", name).unwrap(),
        role,
        password_hash: Some("hash".to_owned()),
    }
}

fn new_session(tenant: TenantId, user: UserId, digest: u8, fixture: &Fixture) -> NewSession {
    NewSession {
        tenant,
        user,
        refresh_digest: [digest; 32],
        strength: Strength::Password,
        address: "127.0.0.1".to_owned(),
        agent: "a test".to_owned(),
        expires: fixture.now() + SignedDuration::from_hours(1),
    }
}

pub(crate) async fn a_person_s_session_goes_on_ends_and_is_ended(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let identities = catalog.identities();
    assert!(!identities.is_anybody().await.unwrap());
    let ada = catalog
        .create_user(&owner, new_user("ada", Role::Owner))
        .await
        .unwrap();
    assert!(identities.is_anybody().await.unwrap());
    let twice = catalog
        .create_user(&owner, new_user("ADA", Role::Reader))
        .await;
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::Conflict);
    let known = identities.by_email(&ada.email).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].password_hash.as_deref(), Some("hash"));
    let session = new_session(ada.tenant, ada.id, 1, fixture);
    let id = identities.begin_session(session).await.unwrap();
    let held = identities.by_session(id).await.unwrap().unwrap();
    assert_eq!((held.user.id, held.strength), (ada.id, Strength::Password));
    assert!(held.user.signed_in.is_some());
    let later = fixture.now() + SignedDuration::from_hours(2);
    let renew = async |former: u8, new: u8| {
        identities
            .renew_session([former; 32], [new; 32], later)
            .await
            .unwrap()
    };
    assert!(matches!(renew(1, 2).await, Renewal::Renewed(session) if session.id == id));
    assert!(matches!(renew(9, 3).await, Renewal::Unknown));
    // Both come with the token of before: one of them is a copy, and the session ends.
    assert!(matches!(renew(1, 3).await, Renewal::Reused(_)));
    assert!(identities.by_session(id).await.unwrap().is_none());
    assert!(matches!(renew(2, 3).await, Renewal::Unknown));
    // Many at once with one token: one goes on at most.
    let session = new_session(ada.tenant, ada.id, 10, fixture);
    identities.begin_session(session).await.unwrap();
    let all = futures::future::join_all((11..19).map(|new| renew(10, new))).await;
    let renewed = all
        .iter()
        .filter(|one| matches!(one, Renewal::Renewed(_)))
        .count();
    assert_eq!(renewed, 1);
    // Another role ends what was begun under the former.
    let bea = catalog
        .create_user(&owner, new_user("bea", Role::Admin))
        .await
        .unwrap();
    let session = new_session(bea.tenant, bea.id, 30, fixture);
    let id = identities.begin_session(session).await.unwrap();
    let change = UserChange {
        role: Some(Role::Reader),
        ..UserChange::default()
    };
    catalog.update_user(&owner, bea.id, change).await.unwrap();
    assert!(identities.by_session(id).await.unwrap().is_none());
    let session = new_session(bea.tenant, bea.id, 31, fixture);
    let id = identities.begin_session(session).await.unwrap();
    fixture.clock.advance(Duration::from_secs(3601));
    assert!(
        identities.by_session(id).await.unwrap().is_none(),
        "it has ended by itself"
    );
}

pub(crate) async fn a_tenant_always_has_an_owner(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = catalog
        .create_user(&owner, new_user("ada", Role::Owner))
        .await
        .unwrap();
    let eve = catalog
        .create_user(&owner, new_user("eve", Role::Owner))
        .await
        .unwrap();
    let second = fixture.second().await;
    let other = second.as_ref().unwrap_or(catalog);
    // Each removes the other, from two processes where there can be two.
    let (one, two) = tokio::join!(
        catalog.remove_user(&owner, eve.id),
        other.remove_user(&owner, ada.id),
    );
    assert_eq!(
        [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(),
        1
    );
    let left = catalog.users(&owner, None, 10).await.unwrap().items;
    assert_eq!(left.len(), 1);
    for change in [
        UserChange {
            role: Some(Role::Admin),
            ..UserChange::default()
        },
        UserChange {
            state: Some(UserState::Suspended),
            ..UserChange::default()
        },
    ] {
        let refused = catalog.update_user(&owner, left[0].id, change).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Conflict);
    }
    if let Some(second) = second {
        second.close().await.unwrap();
    }
}

pub(crate) async fn an_invitation_is_accepted_once(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let identities = catalog.identities();
    let token = |number: u8| Token::new(TokenKind::Invitation, &[number; 32]);
    let until = fixture.now() + SignedDuration::from_hours(1);
    let email = Email::parse("grace@example.org").unwrap();
    let invite = async |number: u8| {
        let whom = (&email, Role::Editor);
        catalog
            .create_invitation(&owner, whom, &token(number), until)
            .await
    };
    invite(1).await.unwrap();
    invite(2).await.unwrap();
    assert!(
        identities
            .by_invitation(token(1).digest())
            .await
            .unwrap()
            .is_none(),
        "void"
    );
    let open = identities
        .by_invitation(token(2).digest())
        .await
        .unwrap()
        .unwrap();
    let digest = token(2).digest();
    let new = new_user("grace", Role::Editor);
    let accept = || identities.accept_invitation(digest, &open, &new);
    let all = futures::future::join_all((0..4).map(|_| accept())).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(invite(3).await.unwrap_err().kind(), ErrorKind::Conflict);
    let stranger = tenant(catalog, "other").await;
    let stranger = Principal::system(stranger, "a test");
    assert!(
        catalog
            .invitations(&stranger, None, 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        catalog
            .users(&stranger, None, 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

pub(crate) async fn a_key_is_rotated_once_and_revoked(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let identities = catalog.identities();
    let token = |number: u8| Token::new(TokenKind::Key, &[number; 32]);
    let new = |number: u8| NewApiKey {
        name: Label::parse("key", "site").unwrap(),
        token: token(number),
        scopes: Scopes::of(&[Scope::Ask]),
        collections: None,
        clearance: Classification::Internal,
        expires: None,
    };
    let first = catalog.create_key(&owner, new(1)).await.unwrap();
    let (found, _) = identities.by_key(token(1).digest()).await.unwrap().unwrap();
    assert_eq!((found.id, found.scopes), (first.id, first.scopes));
    identities.key_used(&found).await.unwrap();
    assert!(catalog.key(&owner, first.id).await.unwrap().used.is_some());
    let until = fixture.now() + SignedDuration::from_secs(60);
    let rotate = |number: u8| catalog.rotate_key(&owner, first.id, new(number), until);
    let all = futures::future::join_all((2..6).map(rotate)).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(catalog.keys(&owner, None, 10).await.unwrap().items.len(), 2);
    let former = catalog.key(&owner, first.id).await.unwrap();
    assert!(former.is_valid_at(fixture.now()) && former.successor.is_some());
    fixture.clock.advance(Duration::from_secs(61));
    assert!(!former.is_valid_at(fixture.now()));
    let successor = former.successor.unwrap();
    let revoked = catalog.revoke_key(&owner, successor).await.unwrap();
    assert!(!revoked.is_valid_at(fixture.now()));
    let stranger = Principal::system(tenant(catalog, "other").await, "a test");
    let unknown = catalog.revoke_key(&stranger, successor).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

pub(crate) async fn what_is_not_meant_for_somebody_is_not_seen(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let rita = catalog
        .create_user(&owner, new_user("rita", Role::Reader))
        .await
        .unwrap();
    let actor = Actor::User(rita.id);
    let reader = Principal::authenticated(rita.tenant, actor.clone(), Role::Reader.scopes())
        .reaching(Reach::Granted)
        .cleared_for(Classification::Confidential);
    let shelf = fixture.collection("shelf").await;
    let board = fixture.collection("board").await;
    let open = fixture.document(shelf, "open").await;
    let secret = fixture.document(shelf, "secret").await;
    let minutes = fixture.document(board, "minutes").await;
    for document in [open, secret, minutes] {
        fixture.publish(document, 1).await;
    }
    let label = DocumentChange {
        classification: Some(Classification::Restricted),
        ..DocumentChange::default()
    };
    catalog
        .update_document(&owner, secret, label)
        .await
        .unwrap();
    let access = |access| CollectionChange {
        access: Some(access),
        ..CollectionChange::default()
    };
    let change = access(CollectionAccess::Granted);
    catalog
        .update_collection(&owner, board, change)
        .await
        .unwrap();
    let query = DocumentQuery {
        limit: 10,
        ..DocumentQuery::default()
    };
    let chunks = async |document| {
        let chunks = catalog
            .document_chunks(&owner, document, 0..9)
            .await
            .unwrap();
        chunks.iter().map(|chunk| chunk.id).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for document in [open, secret, minutes] {
        all.extend(chunks(document).await);
    }
    let generation = fixture.space(shelf).await.generation();
    let sees = async |who: &Principal| {
        let listed = catalog.documents(who, &query).await.unwrap().items.len();
        let found = catalog.passages(who, generation, &all).await.unwrap().len();
        assert_eq!(listed, found);
        found
    };
    assert_eq!(sees(&owner).await, 3);
    assert_eq!(sees(&reader).await, 1);
    assert_eq!(
        catalog
            .collections(&reader, None, 10)
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert!(catalog.collection(&reader, board).await.is_err());
    assert!(
        catalog
            .collection_by_name(&reader, "board")
            .await
            .unwrap()
            .is_none()
    );
    assert!(catalog.document(&reader, secret).await.is_err());
    assert!(catalog.original(&reader, minutes).await.is_err());
    assert_eq!(
        catalog.documents_hidden(&reader, &[shelf]).await.unwrap(),
        [secret]
    );
    catalog.grant(&owner, board, &actor).await.unwrap();
    catalog.grant(&owner, board, &actor).await.unwrap();
    assert_eq!(sees(&reader).await, 2);
    let bound = reader.clone().reaching(Reach::Only([board].into()));
    assert_eq!(sees(&bound).await, 1);
    catalog.ungrant(&owner, board, &actor).await.unwrap();
    assert_eq!(sees(&reader).await, 1);
    assert_eq!(sees(&bound).await, 0);
    assert_eq!(
        catalog
            .ungrant(&owner, board, &actor)
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}
