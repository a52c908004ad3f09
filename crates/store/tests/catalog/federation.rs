//! Cases: people whom somebody else vouches for, and those whom a directory looks after.

use std::time::Duration;

use alexandria_core::access::Role;
use alexandria_core::clock::Clock as _;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::TENANT_DEFAULT;
use alexandria_core::label::Label;
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::Email;
use alexandria_store::catalog::{
    Arrived, Foreign, NewFlow, NewUser, ProvisionFilter, Strength, UserChange,
};
use jiff::Timestamp;

use crate::fixture::{Fixture, owner, stranger, tenant};

const FAR: Timestamp = Timestamp::constant(4_000_000_000, 0);

fn foreign(subject: &str, email: Option<&str>, role: Option<Role>) -> Foreign {
    Foreign {
        tenant: TENANT_DEFAULT,
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        email: email.map(|email| Email::parse(email).unwrap()),
        name: Label::parse("person", "Ada").unwrap(),
        role,
    }
}

fn new_user(email: &str) -> NewUser {
    NewUser {
        email: Email::parse(email).unwrap(),
        name: Label::parse("person", "Ada").unwrap(),
        role: Role::Owner,
        password_hash: None,
    }
}

pub(crate) async fn a_person_is_linked_by_a_verified_address_once(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let identities = catalog.identities();
    let ada = catalog.create_user(&owner, new_user("ada@b.org")).await;
    let ada = ada.unwrap().id;
    let meet = async |foreign: &Foreign| identities.meet(foreign).await.unwrap();
    let reader = Some(Role::Reader);
    assert_eq!(meet(&foreign("1", None, reader)).await, None, "no address");
    assert_eq!(meet(&foreign("2", Some("eve@b.org"), None)).await, None);
    assert_eq!(
        meet(&foreign("1", Some("Ada@B.org"), None)).await,
        Some(ada)
    );
    // From now on the subject counts, whatever becomes of the address.
    assert_eq!(
        meet(&foreign("1", Some("eve@b.org"), reader)).await,
        Some(ada)
    );
    assert_eq!(meet(&foreign("1", None, None)).await, Some(ada));
    let new = meet(&foreign("3", Some("eve@b.org"), reader))
        .await
        .unwrap();
    let known = identities
        .by_subject(TENANT_DEFAULT, "https://id.example", "3")
        .await;
    let known = known.unwrap().unwrap();
    assert_eq!((known.user.id, known.user.role), (new, Role::Reader));
    // An invitation is taken, and its role with it.
    let email = Email::parse("grace@b.org").unwrap();
    let token = Token::new(TokenKind::Invitation, &[7; 32]);
    let invited = catalog.create_invitation(&owner, (&email, Role::Editor), &token, FAR);
    invited.await.unwrap();
    let grace = meet(&foreign("4", Some("grace@b.org"), None))
        .await
        .unwrap();
    let grace = catalog.user(&owner, grace).await.unwrap();
    assert_eq!(grace.role, Role::Editor);
    let open = identities.by_invitation(token.digest()).await.unwrap();
    assert_eq!(open, None);
    // Another tenant knows nobody of them, and a person takes their links along.
    let other = tenant(catalog, "Others").await;
    let unknown = identities
        .by_subject(other, "https://id.example", "1")
        .await;
    assert!(unknown.unwrap().is_none());
    assert_eq!(
        identities.tenant_named(" OTHERS").await.unwrap(),
        Some(other)
    );
    assert_eq!(identities.tenant_named("nobody").await.unwrap(), None);
    catalog.remove_user(&owner, grace.id).await.unwrap();
    assert_eq!(meet(&foreign("4", Some("grace@b.org"), None)).await, None);
}

pub(crate) async fn a_sign_in_under_way_is_there_once_and_for_a_while(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let identities = catalog.identities();
    let begin = async |digest: u8| {
        let new = NewFlow {
            digest: [digest; 32],
            tenant: TENANT_DEFAULT,
            nonce: "nonce".to_owned(),
            verifier: "verifier".to_owned(),
            return_to: Some("/library".to_owned()),
            expires: fixture.clock.now() + Duration::from_secs(60),
        };
        identities.begin_flow(new, 3).await.unwrap();
    };
    begin(1).await;
    begin(2).await;
    assert_eq!(identities.take_flow([9; 32]).await.unwrap(), None);
    let flow = identities.take_flow([1; 32]).await.unwrap().unwrap();
    assert_eq!(flow.return_to.as_deref(), Some("/library"));
    assert_eq!(
        (flow.nonce.as_str(), flow.verifier.as_str()),
        ("nonce", "verifier")
    );
    assert_eq!(
        identities.take_flow([1; 32]).await.unwrap(),
        None,
        "replayed"
    );
    // Beyond so many the oldest is forgotten, and the newest is not turned away.
    for digest in 3..=5 {
        fixture.clock.advance(Duration::from_millis(1));
        begin(digest).await;
    }
    assert_eq!(identities.take_flow([2; 32]).await.unwrap(), None, "oldest");
    assert!(identities.take_flow([3; 32]).await.unwrap().is_some());
    fixture.clock.advance(Duration::from_secs(61));
    assert_eq!(
        identities.take_flow([4; 32]).await.unwrap(),
        None,
        "too late"
    );
    // A code is its browser's, and gone once it is shown.
    let ada = catalog.create_user(&owner, new_user("ada@b.org")).await;
    let arrived = Arrived {
        tenant: TENANT_DEFAULT,
        user: ada.unwrap().id,
        strength: Strength::Mfa,
    };
    let keep = async |digest: u8, seconds: u64| {
        let expires = fixture.clock.now() + Duration::from_secs(seconds);
        let kept = identities.keep_code(([digest; 32], [1; 32]), arrived, expires);
        kept.await.unwrap();
    };
    let take = async |digest: u8, flow: u8| {
        let taken = identities.take_code([digest; 32], [flow; 32]);
        taken.await.unwrap()
    };
    keep(5, 60).await;
    assert_eq!(take(5, 2).await, None, "another browser");
    assert_eq!(take(5, 1).await, None, "somebody had a copy");
    keep(6, 60).await;
    assert_eq!(take(6, 1).await, Some(arrived));
    assert_eq!(take(6, 1).await, None);
    keep(7, 60).await;
    fixture.clock.advance(Duration::from_secs(61));
    assert_eq!(take(7, 1).await, None, "too late");
}

pub(crate) async fn a_directory_sees_the_people_of_its_tenant_by_its_own_names(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let ada = catalog.create_user(&owner, new_user("ada@b.org")).await;
    let ada = ada.unwrap().id;
    let eve = catalog.create_user(&owner, new_user("eve@b.org")).await;
    let eve = eve.unwrap().id;
    catalog
        .name_externally(&owner, ada, Some("x-1"))
        .await
        .unwrap();
    let again = catalog.name_externally(&owner, eve, Some("x-1")).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    catalog
        .name_externally(&owner, eve, Some("x-2"))
        .await
        .unwrap();
    catalog
        .name_externally(&owner, ada, Some("x-3"))
        .await
        .unwrap();
    let count = async |filter: ProvisionFilter| {
        let found = catalog.provisioned(&owner, &filter, (0, 10)).await.unwrap();
        assert_eq!(found.0, found.1.len() as u64);
        found.0
    };
    assert_eq!(count(ProvisionFilter::All).await, 2);
    assert_eq!(count(ProvisionFilter::Nobody).await, 0);
    assert_eq!(count(ProvisionFilter::Role(Role::Owner)).await, 2);
    assert_eq!(
        count(ProvisionFilter::ExternalId("x-1".to_owned())).await,
        0
    );
    assert_eq!(
        count(ProvisionFilter::ExternalId("x-3".to_owned())).await,
        1
    );
    let email = Email::parse("EVE@b.org").unwrap();
    assert_eq!(count(ProvisionFilter::Email(email)).await, 1);
    let all = ProvisionFilter::All;
    let (total, second) = catalog.provisioned(&owner, &all, (1, 1)).await.unwrap();
    assert_eq!((total, second[0].user.id), (2, eve));
    assert_eq!(second[0].external_id.as_deref(), Some("x-2"));
    let (theirs, _) = catalog
        .provisioned(&stranger(), &all, (0, 9))
        .await
        .unwrap();
    assert_eq!(theirs, 0);
    let foreign = catalog.name_externally(&stranger(), ada, Some("x-9")).await;
    assert_eq!(foreign.unwrap_err().kind(), ErrorKind::NotFound);
    catalog.name_externally(&owner, eve, None).await.unwrap();
    let known = catalog.provisioned_user(&owner, eve).await.unwrap();
    assert_eq!(known.external_id, None);
    // An address belongs to one of them.
    let change = |email: &str| UserChange {
        email: Some(Email::parse(email).unwrap()),
        ..UserChange::default()
    };
    let taken = catalog.update_user(&owner, eve, change("ada@b.org")).await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    let moved = catalog.update_user(&owner, eve, change("eva@b.org")).await;
    assert_eq!(moved.unwrap().email.as_str(), "eva@b.org");
}
