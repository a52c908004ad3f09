//! What people think of their answers, and the cases made of it.

use alexandria_core::access::{Scope, Scopes};
use alexandria_core::error::ErrorKind;
use alexandria_core::feedback::{Opinion, Reason, Thumb};
use alexandria_core::id::KeyId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::FeedbackQuery;
use uuid::Uuid;

use crate::support::{Fixture, LIGHTHOUSE};

const QUESTION: &str = "Who was the architect of the lighthouse of Pharos?";

fn opinion(thumb: Thumb, reason: Option<Reason>, correction: Option<&str>) -> Opinion {
    Opinion {
        thumb,
        reason,
        comment: None,
        correction: correction.map(str::to_owned),
    }
}

#[tokio::test]
async fn feedback_becomes_a_case_that_outlives_the_answer() {
    let fixture = Fixture::words_only().await;
    let document = fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let answer = fixture.ask(QUESTION).await;
    assert!(answer.answered, "{answer:?}");
    let id = answer.id.unwrap();
    let quote = &answer.sentences[0].citations[0].quote;

    let down = opinion(Thumb::Down, Some(Reason::Wrong), None);
    library.give_feedback(owner, id, down).await.unwrap();
    let refused = library.add_case(owner, id, None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.message().contains("correction"), "{refused}");
    let given = library.add_case(owner, id, Some(vec!["Sostratus".to_owned()]));
    assert_eq!(given.await.unwrap().new.answers, ["Sostratus"]);

    let up = opinion(Thumb::Up, None, None);
    library.give_feedback(owner, id, up).await.unwrap();
    // Everything kept of answers goes; what was said of them stays.
    let later = jiff::Timestamp::from_second(4_000_000_000).unwrap();
    library.catalog().prune_answers(later).await.unwrap();
    assert!(library.given_answer(owner, id).await.is_err());
    let case = library.add_case(owner, id, None).await.unwrap();
    assert_eq!(case.new.question, QUESTION);
    assert!(case.new.answers.contains(quote), "{case:?}");
    assert_eq!(case.new.documents, [document.id]);
    assert_eq!(library.cases(owner, None, 9).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn feedback_is_for_those_who_got_the_answer_and_seen_by_those_who_may() {
    let fixture = Fixture::words_only().await;
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    let library = &fixture.library;
    let person = |number: u128, scopes: &[Scope]| {
        let actor = Actor::Key(KeyId::from_uuid(Uuid::from_u128(number)));
        Principal::authenticated(fixture.owner.tenant(), actor, Scopes::of(scopes))
    };
    let (reader, other) = (person(1, &[Scope::Ask]), person(2, &[Scope::Ask]));
    let request = alexandria_library::AskRequest::new(QUESTION);
    let id = library.ask(&reader, &request).await.unwrap().id.unwrap();
    let up = || opinion(Thumb::Up, None, None);
    library.give_feedback(&reader, id, up()).await.unwrap();
    let foreign = library.give_feedback(&other, id, up()).await.unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::NotFound);
    let query = FeedbackQuery {
        limit: 9,
        ..FeedbackQuery::default()
    };
    let refused = library.all_feedback(&reader, &query).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    let refused = library.add_case(&reader, id, None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    let seen = library.all_feedback(&fixture.owner, &query).await.unwrap();
    assert_eq!(seen.items[0].actor, reader.actor().to_string());
    // The admin makes a case of what somebody else was answered.
    library.add_case(&fixture.owner, id, None).await.unwrap();
    library.forget_feedback(&reader, id).await.unwrap();
    assert!(library.feedback(&reader, id).await.is_err());
}
