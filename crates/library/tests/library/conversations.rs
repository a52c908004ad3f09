//! Conversations: questions that go on from each other, and what is kept of them.

use alexandria_core::access::Scopes;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::{ConversationId, KeyId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::settings::LibrarySettings;
use alexandria_library::{Answer, AnswerQuery, AskRequest, ConversationQuery, Exchange};
use uuid::Uuid;

use crate::model::{Model, Script};
use crate::support::{BREAD, Fixture, LIGHTHOUSE, WHALES, open, words_only};

const FIRST: &str = "Who was the architect of the lighthouse of Pharos?";
const SECOND: &str = "And when was it finished?";
const ALONE: &str = "When was the lighthouse of Pharos finished?";

async fn with_texts(fixture: Fixture) -> Fixture {
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("whales.md", WHALES),
    ] {
        fixture.read("notes", name, text).await;
    }
    fixture
}

/// A library whose language model follows this script.
async fn with_model(script: Script) -> (Fixture, Model) {
    let folder = tempfile::tempdir().unwrap();
    let model = Model::start(script).await;
    let settings = LibrarySettings {
        generator: model.config(),
        ..words_only(folder.path())
    };
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: Principal::owner(),
    };
    (with_texts(fixture).await, model)
}

async fn begin(fixture: &Fixture) -> ConversationId {
    let begun = fixture
        .library
        .create_conversation(&fixture.owner, None)
        .await;
    begun.unwrap().id
}

fn asking(question: &str, conversation: ConversationId) -> AskRequest {
    AskRequest {
        conversation: Some(conversation),
        ..AskRequest::new(question)
    }
}

async fn ask(fixture: &Fixture, question: &str, conversation: ConversationId) -> Answer {
    let request = asking(question, conversation);
    fixture.library.ask(&fixture.owner, &request).await.unwrap()
}

#[tokio::test]
async fn a_question_goes_on_from_the_one_before_and_both_are_kept() {
    let fixture = with_texts(Fixture::words_only().await).await;
    let id = begin(&fixture).await;
    let first = ask(&fixture, FIRST, id).await;
    assert_eq!(first.standalone, None);
    let second = ask(&fixture, SECOND, id).await;
    assert_eq!(second.standalone.as_deref(), Some(ALONE));
    assert!(
        second.answered && second.text.contains("280 BC"),
        "{second:?}"
    );
    assert_eq!(second.conversation, Some(id));
    let changed = ask(&fixture, "What does the blue whale feed on?", id).await;
    assert_eq!(
        changed.standalone.as_deref(),
        Some("What does the blue whale feed on?")
    );

    let (conversation, turns) = fixture
        .library
        .conversation(&fixture.owner, id)
        .await
        .unwrap();
    assert_eq!(
        (conversation.title.as_str(), conversation.turns),
        (FIRST, 3)
    );
    assert_eq!(turns[1].question, SECOND);
    assert_eq!(turns[1].standalone, ALONE);
    assert_eq!(turns[1].said.text, second.text);
    assert_eq!(turns[1].answer, second.id);
    let kept = fixture
        .library
        .given_answer(&fixture.owner, second.id.unwrap())
        .await;
    assert_eq!(kept.unwrap().question, SECOND);

    fixture
        .library
        .remove_conversation(&fixture.owner, id)
        .await
        .unwrap();
    let query = AnswerQuery {
        cursor: None,
        limit: 9,
    };
    let left = fixture
        .library
        .answers(&fixture.owner, &query)
        .await
        .unwrap();
    assert!(
        left.items.is_empty(),
        "the answers go with the conversation"
    );
}

#[tokio::test]
async fn a_conversation_of_somebody_else_is_unknown_before_anything_is_searched() {
    let fixture = with_texts(Fixture::words_only().await).await;
    let id = begin(&fixture).await;
    let actor = Actor::Key(KeyId::from_uuid(Uuid::from_u128(7)));
    let other = Principal::authenticated(fixture.owner.tenant(), actor, Scopes::all());
    let library = &fixture.library;
    let mut told = Vec::new();
    for id in [id, ConversationId::from_uuid(Uuid::from_u128(1))] {
        let error = library.ask(&other, &asking(FIRST, id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        told.push(error.message().replace(&id.to_string(), "ID"));
        assert!(library.conversation(&other, id).await.is_err());
        assert!(
            library
                .rename_conversation(&other, id, "Mine")
                .await
                .is_err()
        );
        assert!(library.remove_conversation(&other, id).await.is_err());
    }
    assert_eq!(told[0], told[1]);
    let query = ConversationQuery {
        cursor: None,
        limit: 9,
    };
    assert!(
        library
            .conversations(&other, &query)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    for title in ["", "  ", "two\nlines", &"a".repeat(201)] {
        let refused = library.rename_conversation(&fixture.owner, id, title).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid, "{title:?}");
    }
}

#[tokio::test]
async fn questions_asked_at_once_are_each_kept_with_their_own_answer() {
    let fixture = with_texts(Fixture::words_only().await).await;
    let id = begin(&fixture).await;
    let questions = [
        FIRST,
        "How heavy is the heart of a blue whale?",
        "How long does the dough rest?",
        "What lives in the starter?",
        "How long do humpback whales sing?",
        "What damaged the tower?",
    ];
    let asked = questions.map(|question| ask(&fixture, question, id));
    let answers = futures::future::join_all(asked).await;
    let (_, turns) = fixture
        .library
        .conversation(&fixture.owner, id)
        .await
        .unwrap();
    assert_eq!(turns.len(), questions.len());
    for (question, answer) in questions.iter().zip(&answers) {
        let turn = turns
            .iter()
            .find(|turn| turn.question == *question)
            .unwrap();
        assert_eq!(turn.answer, answer.id);
        assert_eq!(turn.said.text, answer.text);
    }
}

#[tokio::test]
async fn what_was_said_elsewhere_is_gone_on_from_and_not_kept_as_a_conversation() {
    let fixture = with_texts(Fixture::words_only().await).await;
    let history = vec![Exchange {
        question: FIRST.to_owned(),
        answer: "The architect of the lighthouse was Sostratus of Cnidus. [1]".to_owned(),
    }];
    let request = AskRequest {
        history,
        ..AskRequest::new(SECOND)
    };
    let answer = fixture.library.ask(&fixture.owner, &request).await.unwrap();
    assert_eq!(answer.standalone.as_deref(), Some(ALONE));
    assert!(answer.text.contains("280 BC"), "{answer:?}");
    assert_eq!(answer.conversation, None);
}

#[tokio::test]
async fn a_conversation_is_kept_although_answers_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let settings = LibrarySettings {
        answers_kept_days: 0,
        ..words_only(folder.path())
    };
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: Principal::owner(),
    };
    let fixture = with_texts(fixture).await;
    let id = begin(&fixture).await;
    let answer = ask(&fixture, FIRST, id).await;
    assert_eq!(answer.id, None);
    let (_, turns) = fixture
        .library
        .conversation(&fixture.owner, id)
        .await
        .unwrap();
    assert_eq!(turns[0].said.text, answer.text);
}

#[tokio::test]
async fn the_language_model_says_what_a_question_stands_for_and_the_rules_when_it_does_not() {
    let wording = "When was the lighthouse of Pharos completed?";
    for (says, expected, calls) in [
        (wording, wording, 3),
        ("I cannot help with that.\nSorry.", ALONE, 3),
        ("When was Rome founded in 753?", ALONE, 3),
    ] {
        let (fixture, model) = with_model(Script::Says(vec![says.to_owned()])).await;
        let id = begin(&fixture).await;
        ask(&fixture, FIRST, id).await;
        let second = ask(&fixture, SECOND, id).await;
        assert_eq!(second.standalone.as_deref(), Some(expected), "{says}");
        let asked = model.asked();
        assert_eq!(asked.len(), calls, "{says}");
        assert!(
            asked[1].contains("Last question: And when was it finished?"),
            "{}",
            asked[1]
        );
        assert!(
            second.usage.is_some_and(|usage| usage.prompt_tokens == 200),
            "{:?}",
            second.usage
        );
    }
    let (fixture, model) = with_model(Script::Fails(500)).await;
    let id = begin(&fixture).await;
    ask(&fixture, FIRST, id).await;
    let second = ask(&fixture, SECOND, id).await;
    assert_eq!(second.standalone.as_deref(), Some(ALONE));
    assert!(second.answered, "{second:?}");
    assert!(!model.asked().is_empty());
}
