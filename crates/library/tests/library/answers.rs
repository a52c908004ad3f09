//! Answers: exact quotes, or the statement that there is none.

use alexandria_core::block::Span;
use alexandria_library::{AskEvent, AskRequest, NOT_FOUND};
use futures::StreamExt as _;

use crate::support::{BREAD, Fixture, LIGHTHOUSE, WHALES};

async fn collection() -> Fixture {
    let fixture = Fixture::new().await;
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("whales.md", WHALES),
    ] {
        fixture.read("notes", name, text).await;
    }
    fixture
}

#[tokio::test]
async fn every_quote_is_the_stored_text_at_its_span() {
    let fixture = collection().await;
    for (question, words) in [
        (
            "Who was the architect of the lighthouse of Pharos?",
            "Sostratus",
        ),
        ("How heavy is the heart of a blue whale?", "180"),
        ("How long does the dough rest?", "twelve hours"),
    ] {
        let answer = fixture.ask(question).await;
        assert!(answer.answered, "{question}: {answer:?}");
        assert!(answer.text.contains(words), "{question}: {}", answer.text);
        for sentence in &answer.sentences {
            assert!(!sentence.citations.is_empty());
            for citation in &sentence.citations {
                let span: Span = citation.place.span;
                let owner = &fixture.owner;
                let stored = fixture
                    .library
                    .stored_text(owner, citation.document, Some(span))
                    .await
                    .unwrap();
                assert_eq!(stored.text, citation.quote);
                assert_eq!(stored.span, span);
                assert_eq!(stored.version, citation.version);
            }
        }
    }
}

#[tokio::test]
async fn a_question_about_something_else_is_not_answered() {
    let fixture = collection().await;
    let answer = fixture
        .ask("Which bank financed the railway from Oslo to Bergen?")
        .await;
    assert!(!answer.answered, "{answer:?}");
    assert_eq!(answer.text, NOT_FOUND);
    assert!(answer.sentences.is_empty());
}

#[tokio::test]
async fn an_empty_library_answers_that_nothing_was_found() {
    let fixture = Fixture::words_only().await;
    let answer = fixture.ask("What is krill?").await;
    assert!(!answer.answered && answer.passages.is_empty());
}

#[tokio::test]
async fn a_streamed_answer_sends_passages_then_sentences_then_the_whole() {
    let fixture = collection().await;
    let request = AskRequest::new("Who was the architect of the lighthouse of Pharos?");
    let events: Vec<AskEvent> = fixture
        .library
        .ask_stream(fixture.owner.clone(), request.clone())
        .map(Result::unwrap)
        .collect()
        .await;
    assert!(matches!(events.first(), Some(AskEvent::Passages(passages)) if !passages.is_empty()));
    let sentences = events
        .iter()
        .filter(|event| matches!(event, AskEvent::Sentence(_)))
        .count();
    let Some(AskEvent::Done(answer)) = events.last() else {
        panic!("no end: {events:?}")
    };
    assert_eq!(answer.sentences.len(), sentences);
    assert_eq!(events.len(), sentences + 2);
    let whole = fixture.library.ask(&fixture.owner, &request).await.unwrap();
    assert_eq!(whole.sentences, answer.sentences);
}
