//! Cases: conversations and their turns.

use alexandria_core::access::Scopes;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::id::{AnswerId, KeyId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_store::catalog::{CONVERSATION_TURNS_MAX, ConversationQuery, NewAnswer, NewTurn};
use jiff::Timestamp;
use uuid::Uuid;

use crate::fixture::{Fixture, owner, stranger};

fn turn(question: &str, answer: Option<AnswerId>) -> NewTurn {
    NewTurn {
        question: question.to_owned(),
        standalone: format!("{question} alone"),
        answer,
        body: "{}".to_owned(),
        title: format!("about {question}"),
    }
}

fn unknown<T: std::fmt::Debug>(told: Result<T>) {
    assert_eq!(told.unwrap_err().kind(), ErrorKind::NotFound);
}

pub(crate) async fn a_conversation_belongs_to_the_one_who_holds_it(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let actor = Actor::Key(KeyId::from_uuid(Uuid::from_u128(7)));
    let other = Principal::authenticated(owner.tenant(), actor, Scopes::all());
    let begun = catalog.create_conversation(&owner, "").await.unwrap();
    let id = begun.id;
    let new = NewAnswer {
        question: "who?".to_owned(),
        body: "{}".to_owned(),
    };
    let answer = catalog.keep_answer(&owner, new.clone()).await.unwrap();
    let elsewhere = catalog.keep_answer(&owner, new).await.unwrap();
    assert_eq!(
        catalog
            .add_turn(&owner, id, turn("who", Some(answer)))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        catalog
            .add_turn(&owner, id, turn("when", None))
            .await
            .unwrap(),
        2
    );
    let found = catalog.conversation(&owner, id).await.unwrap();
    assert_eq!((found.title.as_str(), found.turns), ("about who", 2));
    let turns = catalog.turns(&owner, id, 9).await.unwrap();
    let told: Vec<_> = turns
        .iter()
        .map(|turn| (turn.position, turn.question.as_str()))
        .collect();
    assert_eq!(told, [(1, "who"), (2, "when")]);
    assert_eq!((turns[0].answer, turns[1].answer), (Some(answer), None));
    assert_eq!(turns[1].standalone, "when alone");
    let last = catalog.turns(&owner, id, 1).await.unwrap();
    assert_eq!(last[0].position, 2);
    let renamed = catalog
        .rename_conversation(&owner, id, "Lights")
        .await
        .unwrap();
    assert_eq!((renamed.title.as_str(), renamed.turns), ("Lights", 2));

    for foreign in [&other, &stranger()] {
        unknown(catalog.conversation(foreign, id).await);
        unknown(catalog.turns(foreign, id, 9).await);
        unknown(catalog.add_turn(foreign, id, turn("why", None)).await);
        unknown(catalog.rename_conversation(foreign, id, "Mine").await);
        unknown(catalog.remove_conversation(foreign, id).await);
        let query = ConversationQuery {
            cursor: None,
            limit: 9,
        };
        assert_eq!(
            catalog.conversations(foreign, &query).await.unwrap().items,
            []
        );
    }
    assert_eq!(
        catalog.turns(&owner, id, 9).await.unwrap(),
        turns,
        "nothing was changed"
    );

    catalog.remove_conversation(&owner, id).await.unwrap();
    unknown(catalog.conversation(&owner, id).await);
    unknown(catalog.answer(&owner, answer).await);
    catalog.answer(&owner, elsewhere).await.unwrap();
    unknown(catalog.remove_conversation(&owner, id).await);
    unknown(catalog.add_turn(&owner, id, turn("why", None)).await);
}

pub(crate) async fn turns_added_at_once_are_all_there(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let id = catalog
        .create_conversation(&owner, "Many")
        .await
        .unwrap()
        .id;
    let mut adding = tokio::task::JoinSet::new();
    for at in 0..20 {
        let (catalog, owner) = (catalog.clone(), owner.clone());
        adding.spawn(async move {
            catalog
                .add_turn(&owner, id, turn(&format!("q{at}"), None))
                .await
        });
    }
    let mut positions: Vec<u32> = adding
        .join_all()
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=20).collect::<Vec<_>>());
    let mut questions: Vec<String> = (0..20).map(|at| format!("q{at}")).collect();
    let turns = catalog
        .turns(&owner, id, CONVERSATION_TURNS_MAX)
        .await
        .unwrap();
    let mut kept: Vec<String> = turns.into_iter().map(|turn| turn.question).collect();
    kept.sort();
    questions.sort();
    assert_eq!(kept, questions);
    for at in 20..CONVERSATION_TURNS_MAX {
        catalog
            .add_turn(&owner, id, turn(&format!("q{at}"), None))
            .await
            .unwrap();
    }
    let full = catalog
        .add_turn(&owner, id, turn("one more", None))
        .await
        .unwrap_err();
    assert_eq!(full.kind(), ErrorKind::Conflict);
    assert!(full.message().contains("begin a new one"), "{full}");
}

pub(crate) async fn conversations_are_listed_and_old_ones_forgotten(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let mut ids = Vec::new();
    for number in 0..5 {
        let title = format!("conversation {number}");
        ids.push(
            catalog
                .create_conversation(&owner, &title)
                .await
                .unwrap()
                .id,
        );
    }
    let mut query = ConversationQuery {
        cursor: None,
        limit: 2,
    };
    let mut listed = Vec::new();
    loop {
        let page = catalog.conversations(&owner, &query).await.unwrap();
        listed.extend(page.items.into_iter().map(|kept| kept.id));
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(sorted, ids, "each once");
    let early = catalog.prune_conversations(Timestamp::UNIX_EPOCH).await;
    assert_eq!(early.unwrap(), 0);
    let later = Timestamp::from_second(4_000_000_000).unwrap();
    assert_eq!(catalog.prune_conversations(later).await.unwrap(), 5);
    unknown(catalog.conversation(&owner, ids[0]).await);
}
