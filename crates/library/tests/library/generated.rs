//! Answers that a language model writes: what leaves is supported, whatever the model says.

use alexandria_library::NOT_FOUND;
use alexandria_library::ask::{Answer, AskEvent, AskRequest, Writer, WriterChoice};
use alexandria_library::settings::Unsupported;
use futures::StreamExt as _;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

use crate::model::{Model, Script};
use crate::support::{BREAD, Fixture, LIGHTHOUSE, WHALES, open, settings};

const QUESTION: &str = "Who was the architect of the lighthouse of Pharos?";

/// A library with three documents that asks this model.
async fn library(model: &Model, unsupported: Unsupported) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.generator = model.config();
    settings.unsupported = unsupported;
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: alexandria_core::principal::Principal::owner(),
    };
    for (name, text) in [
        ("pharos.md", LIGHTHOUSE),
        ("bread.md", BREAD),
        ("whales.md", WHALES),
    ] {
        fixture.read("notes", name, text).await;
    }
    fixture
}

/// Invariant of every answer: each quote is the stored text at its span, and what counts as supported
/// has at least one.
async fn check(fixture: &Fixture, answer: &Answer) {
    for sentence in answer.sentences.iter().chain(&answer.removed) {
        assert!(!sentence.verdict.supported || !sentence.citations.is_empty());
        for citation in &sentence.citations {
            let stored = fixture
                .library
                .stored_text(&fixture.owner, citation.document, Some(citation.place.span))
                .await
                .unwrap();
            assert_eq!(stored.text, citation.quote);
        }
    }
}

#[tokio::test]
async fn a_model_s_sentences_are_tied_to_the_words_that_support_them() {
    let model = Model::saying(
        "The architect of the lighthouse was Sostratus of Cnidus [1]. It was built by 900 Martians [1].",
    )
    .await;
    let fixture = library(&model, Unsupported::Remove).await;
    let answer = fixture.ask(QUESTION).await;
    check(&fixture, &answer).await;
    assert!(answer.answered, "{answer:?}");
    assert_eq!(
        answer.text,
        "The architect of the lighthouse was Sostratus of Cnidus."
    );
    assert!(answer.sentences[0].citations[0].quote.contains("Sostratus"));
    assert_eq!(answer.removed.len(), 1, "{answer:?}");
    assert!(matches!(&answer.writer, Writer::Model { name, .. } if name == "scripted"));
    assert_eq!(answer.usage.unwrap().prompt_tokens, 100);
    let asked = model.asked();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].contains("Sostratus") && asked[0].contains(QUESTION),
        "{}",
        asked[0]
    );
    let mut extractive = AskRequest::new(QUESTION);
    extractive.writer = WriterChoice::Extractive;
    let answer = fixture
        .library
        .ask(&fixture.owner, &extractive)
        .await
        .unwrap();
    assert_eq!(answer.writer, Writer::Extractive);
    assert_eq!(model.asked().len(), 1, "the model was not asked again");
}

#[tokio::test]
async fn unsupported_sentences_can_be_marked_instead_of_removed() {
    let model =
        Model::saying("Sostratus of Cnidus was the architect [1]. Martians helped him [2].").await;
    let fixture = library(&model, Unsupported::Mark).await;
    let answer = fixture.ask(QUESTION).await;
    check(&fixture, &answer).await;
    let supported: Vec<bool> = answer
        .sentences
        .iter()
        .map(|sentence| sentence.verdict.supported)
        .collect();
    assert_eq!(supported, [true, false], "{answer:?}");
}

#[tokio::test]
async fn a_wrong_mark_does_not_lead_to_a_wrong_citation() {
    let model = Model::saying("The architect of the lighthouse was Sostratus of Cnidus [3].").await;
    let fixture = library(&model, Unsupported::Remove).await;
    let answer = fixture.ask(QUESTION).await;
    check(&fixture, &answer).await;
    assert!(
        answer.sentences[0].citations[0].quote.contains("Sostratus"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_model_may_say_that_nothing_was_found() {
    let model = Model::saying("NOT_FOUND").await;
    let fixture = library(&model, Unsupported::Remove).await;
    let answer = fixture.ask(QUESTION).await;
    assert!(!answer.answered && answer.text == NOT_FOUND && answer.sentences.is_empty());
    assert!(answer.degraded.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_model_that_fails_is_replaced_by_exact_sentences() {
    for script in [
        Script::Fails(500),
        Script::Fails(429),
        Script::Fails(401),
        Script::Breaks(Vec::new()),
        Script::Breaks(vec!["The architect".to_owned()]),
        Script::Says(Vec::new()),
    ] {
        let model = Model::start(script.clone()).await;
        let fixture = library(&model, Unsupported::Remove).await;
        let answer = fixture.ask(QUESTION).await;
        check(&fixture, &answer).await;
        assert!(answer.text.contains("Sostratus"), "{script:?}: {answer:?}");
        assert_eq!(answer.writer, Writer::Extractive, "{script:?}");
        assert!(
            answer.degraded[0].contains("scripted"),
            "{script:?}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn what_was_checked_before_a_model_broke_off_stays() {
    let model = Model::start(Script::Breaks(vec![
        "The architect of the lighthouse was Sostratus of Cnidus [1]. ".to_owned(),
        "It stood on the island of Pharos and then the".to_owned(),
    ]))
    .await;
    let fixture = library(&model, Unsupported::Remove).await;
    let answer = fixture.ask(QUESTION).await;
    check(&fixture, &answer).await;
    assert!(
        answer.text.starts_with("The architect of the lighthouse"),
        "{answer:?}"
    );
    assert!(!answer.degraded.is_empty());
    let usage = answer.usage.unwrap();
    assert!(
        usage.is_estimated && usage.prompt_tokens > 100 && usage.completion_tokens > 15,
        "{usage:?}"
    );
}

#[tokio::test]
async fn drafts_flow_before_sentences_and_removed_ones_are_told() {
    let model = Model::saying(
        "The architect of the lighthouse was Sostratus of Cnidus [1]. Martians paid for it [1].",
    )
    .await;
    let fixture = library(&model, Unsupported::Remove).await;
    let events: Vec<AskEvent> = fixture
        .library
        .ask_stream(fixture.owner.clone(), AskRequest::new(QUESTION))
        .map(Result::unwrap)
        .collect()
        .await;
    let at = |is: fn(&AskEvent) -> bool| events.iter().position(is).unwrap();
    let draft = at(|event| matches!(event, AskEvent::Draft(_)));
    let sentence = at(|event| matches!(event, AskEvent::Sentence(_)));
    let removed = at(|event| matches!(event, AskEvent::Removed(_)));
    assert!(draft < sentence && sentence < removed, "{events:?}");
    assert!(matches!(events.last(), Some(AskEvent::Done(_))));
}

#[test]
fn no_citation_leaves_whose_quote_is_not_in_the_source() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let corpus = [LIGHTHOUSE, BREAD, WHALES].join(" ");
    let words: Vec<String> = corpus.split_whitespace().map(str::to_owned).collect();
    let pieces = prop::collection::vec(
        prop_oneof![
            prop::sample::select(words),
            "\\[[0-9]{1,2}\\]",
            "[a-z]{1,8}\\.",
            "[A-Z][a-z]{2,8}",
            "[0-9]{1,4}",
            "\\PC{0,6}",
        ],
        0..60,
    );
    let mut runner = TestRunner::new(Cases::with_cases(24));
    runner
        .run(&pieces, |pieces| {
            runtime.block_on(async {
                let model = Model::saying(&pieces.join(" ")).await;
                let fixture = library(&model, Unsupported::Mark).await;
                let answer = fixture.ask(QUESTION).await;
                check(&fixture, &answer).await;
            });
            Ok(())
        })
        .unwrap();
}
