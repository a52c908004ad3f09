//! Cases: answers that are kept.

use alexandria_core::access::Scopes;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{AnswerId, KeyId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_store::catalog::{AnswerQuery, NewAnswer};
use jiff::Timestamp;
use uuid::Uuid;

use crate::fixture::{Fixture, owner, stranger};

fn answer(question: &str) -> NewAnswer {
    NewAnswer {
        question: question.to_owned(),
        body: format!("{{\"text\":\"to {question} ünd 🕯\"}}"),
    }
}

pub(crate) async fn an_answer_is_kept_for_the_one_who_asked(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let other = Principal::authenticated(
        owner.tenant(),
        Actor::Key(KeyId::from_uuid(Uuid::from_u128(7))),
        Scopes::all(),
    );
    let mut ids: Vec<AnswerId> = Vec::new();
    for number in 0..5 {
        let id = catalog.keep_answer(&owner, answer(&format!("question {number}")));
        ids.push(id.await.unwrap());
    }
    let theirs = catalog.keep_answer(&other, answer("mine")).await.unwrap();
    let kept = catalog.answer(&owner, ids[2]).await.unwrap();
    assert_eq!(kept.question, "question 2");
    assert_eq!(kept.body, answer("question 2").body);
    let mut query = AnswerQuery {
        limit: 2,
        ..AnswerQuery::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = catalog.answers(&owner, &query).await.unwrap();
        listed.extend(page.items.into_iter().map(|kept| kept.id));
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, ids.iter().rev().copied().collect::<Vec<_>>());
    for (who, id) in [(&owner, theirs), (&other, ids[0]), (&stranger(), ids[0])] {
        let unknown = catalog.answer(who, id).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
        let unknown = catalog.forget_answer(who, id).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
    }
    catalog.forget_answer(&owner, ids[0]).await.unwrap();
    assert!(catalog.answer(&owner, ids[0]).await.is_err());
    assert_eq!(
        catalog.prune_answers(Timestamp::UNIX_EPOCH).await.unwrap(),
        0
    );
    let later = Timestamp::from_second(4_000_000_000).unwrap();
    assert_eq!(catalog.prune_answers(later).await.unwrap(), 5);
}
