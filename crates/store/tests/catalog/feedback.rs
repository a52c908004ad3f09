//! Cases: what people think of answers, and the cases made of it.

use alexandria_core::access::Scopes;
use alexandria_core::error::ErrorKind;
use alexandria_core::feedback::{AnswerCopy, Opinion, Reason, Thumb};
use alexandria_core::id::{AnswerId, ExperimentId, KeyId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_store::catalog::{FeedbackQuery, NewAnswer, NewCase, NewFeedback};
use uuid::Uuid;

use crate::fixture::{Fixture, owner, stranger};

fn opinion(thumb: Thumb) -> Opinion {
    Opinion {
        thumb,
        reason: (thumb == Thumb::Down).then_some(Reason::Wrong),
        comment: Some("ünd 🕯".to_owned()),
        correction: None,
    }
}

fn new(answer: AnswerId, thumb: Thumb) -> NewFeedback {
    NewFeedback {
        answer,
        opinion: opinion(thumb),
        question: "who?".to_owned(),
        copy: AnswerCopy {
            answered: true,
            quotes: vec!["he".to_owned()],
            ..AnswerCopy::default()
        },
        trial: Some((ExperimentId::from_uuid(Uuid::from_u128(9)), 1)),
    }
}

pub(crate) async fn feedback_is_one_for_each_person_and_answer(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let other = Principal::authenticated(
        owner.tenant(),
        Actor::Key(KeyId::from_uuid(Uuid::from_u128(7))),
        Scopes::all(),
    );
    let mut answers = Vec::new();
    for number in 0..3 {
        let answer = NewAnswer {
            question: format!("question {number}"),
            body: "{}".to_owned(),
        };
        answers.push(catalog.keep_answer(&owner, answer).await.unwrap());
    }
    for answer in &answers {
        let kept = catalog.keep_feedback(&owner, new(*answer, Thumb::Up)).await;
        assert_eq!(kept.unwrap().opinion, opinion(Thumb::Up));
    }
    let first = catalog.feedback(&owner, answers[0]).await.unwrap();
    let changed = catalog.keep_feedback(&owner, new(answers[0], Thumb::Down));
    let changed = changed.await.unwrap();
    assert_eq!((changed.id, changed.created), (first.id, first.created));
    assert_eq!(changed.opinion, opinion(Thumb::Down));
    assert_eq!(changed.trial, first.trial);
    assert_eq!(changed.copy.quotes, ["he"]);
    assert!(changed.changed > first.changed);
    catalog
        .keep_feedback(&other, new(answers[0], Thumb::Up))
        .await
        .unwrap();
    let newest = catalog.feedback_of_anybody(&owner, answers[0]).await;
    assert_eq!(newest.unwrap().unwrap().actor, other.actor().to_string());

    let list = async |who: &Principal, thumb, limit| {
        let mut query = FeedbackQuery {
            thumb,
            limit,
            ..FeedbackQuery::default()
        };
        let mut found = Vec::new();
        loop {
            let page = catalog.all_feedback(who, &query).await.unwrap();
            found.extend(page.items);
            query.cursor = page.next;
            if query.cursor.is_none() {
                return found;
            }
        }
    };
    assert_eq!(list(&owner, None, 1).await.len(), 4);
    assert_eq!(list(&owner, Some(Thumb::Up), 2).await.len(), 3);
    assert_eq!(list(&owner, Some(Thumb::Down), 9).await, [changed]);
    assert_eq!(list(&stranger(), None, 9).await, []);
    for who in [&other, &stranger()] {
        let unknown = catalog.feedback(who, answers[1]).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
        let unknown = catalog.forget_feedback(who, answers[1]).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::NotFound);
    }
    let foreign = catalog.feedback_of_anybody(&stranger(), answers[0]).await;
    assert_eq!(foreign.unwrap(), None);

    // Old answers are pruned, and what was said of them stays; an answer that is forgotten takes what its
    // asker said of it along.
    catalog.forget_answer(&owner, answers[1]).await.unwrap();
    assert!(catalog.feedback(&owner, answers[1]).await.is_err());
    let later = jiff::Timestamp::from_second(4_000_000_000).unwrap();
    catalog.prune_answers(later).await.unwrap();
    assert!(catalog.feedback(&owner, answers[2]).await.is_ok());
    catalog.forget_feedback(&owner, answers[2]).await.unwrap();
    assert_eq!(list(&owner, None, 9).await.len(), 2);
}

pub(crate) async fn cases_are_one_for_each_answer(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let case = |number: u128, answer: &str| NewCase {
        answer: AnswerId::from_uuid(Uuid::from_u128(number)),
        question: format!("question {number}"),
        answers: vec![answer.to_owned()],
        documents: Vec::new(),
        language: Some("en".to_owned()),
    };
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(catalog.keep_case(&owner, case(number, "a")).await.unwrap());
    }
    let again = catalog.keep_case(&owner, case(2, "b")).await.unwrap();
    assert_eq!(
        (again.id, again.new.answers),
        (made[2].id, vec!["b".to_owned()])
    );
    let page = catalog.cases(&owner, None, 3).await.unwrap();
    assert_eq!(page.items.len(), 3);
    let rest = catalog
        .cases(&owner, page.next.as_deref(), 3)
        .await
        .unwrap();
    assert_eq!(rest.items.last(), made.first());
    assert_eq!((rest.items.len(), rest.next), (2, None));
    assert_eq!(catalog.cases(&stranger(), None, 3).await.unwrap().items, []);
    let unknown = catalog.forget_case(&stranger(), made[0].id).await;
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
    catalog.forget_case(&owner, made[0].id).await.unwrap();
    let unknown = catalog.forget_case(&owner, made[0].id).await;
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
}
