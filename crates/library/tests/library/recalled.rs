//! Answers given before: given again while nothing has changed, and not a moment longer.

use std::sync::Arc;

use alexandria_core::access::Scopes;
use alexandria_core::id::{DocumentId, KeyId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::ask::{Answer, AskEvent, AskRequest, Writer, WriterChoice};
use alexandria_library::documents::Upload;
use alexandria_library::{DocumentChange, Library};
use futures::StreamExt as _;
use uuid::Uuid;

use crate::model::{Model, Script};
use crate::support::{BREAD, Fixture, LIGHTHOUSE, open, stranger, words_only};

const QUESTION: &str = "Who was the architect of the lighthouse of Pharos?";
const SAID: &str = "The architect of the lighthouse was Sostratus of Cnidus [1].";

/// A library with a document about a lighthouse, and a model that writes.
async fn library(model: &Model, cache_bytes_max: usize) -> (Fixture, DocumentId) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = words_only(folder.path());
    settings.generator = model.config();
    settings.limits.answer_cache_bytes_max = cache_bytes_max;
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: Principal::owner(),
    };
    let document = fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    (fixture, document.id)
}

const BYTES: usize = 1 << 20;

fn cites(answer: &Answer, document: DocumentId) -> bool {
    let mut cited = answer.sentences.iter().flat_map(|one| &one.citations);
    cited.any(|citation| citation.document == document)
        || answer
            .passages
            .iter()
            .any(|found| found.passage.chunk.document == document)
}

#[tokio::test]
async fn an_equal_question_gets_the_same_answer_without_the_model_and_it_can_be_verified() {
    let model = Model::saying(SAID).await;
    let (fixture, _) = library(&model, BYTES).await;
    let first = fixture.ask(QUESTION).await;
    assert!(
        first.answered && !first.cached && first.usage.is_some(),
        "{first:?}"
    );
    let spaced = QUESTION.replace(' ', "  ");
    let again = fixture.ask(&spaced).await;
    assert!(again.cached, "{again:?}");
    assert_eq!(
        (&again.text, &again.sentences),
        (&first.text, &first.sentences)
    );
    assert_eq!((&again.writer, again.usage), (&first.writer, None));
    assert_eq!(model.asked().len(), 1);
    assert_ne!(
        again.id, first.id,
        "each asking is kept for the one who asked"
    );
    let (library, owner) = (&fixture.library, &fixture.owner);
    let kept = library
        .given_answer(owner, again.id.unwrap())
        .await
        .unwrap();
    assert!(kept.said.cached && kept.question == spaced, "{kept:?}");
    assert!(
        library
            .verify_answer(owner, again.id.unwrap())
            .await
            .unwrap()
            .holds
    );
    library
        .forget_answer(owner, first.id.unwrap())
        .await
        .unwrap();
    assert!(
        fixture.ask(QUESTION).await.cached,
        "what is kept and what is recalled are two things"
    );

    let events: Vec<AskEvent> = library
        .ask_stream(owner.clone(), AskRequest::new(QUESTION))
        .map(Result::unwrap)
        .collect()
        .await;
    assert!(matches!(&events[0], AskEvent::Passages(passages) if !passages.is_empty()));
    assert!(matches!(&events[1], AskEvent::Sentence(one) if *one == first.sentences[0]));
    let AskEvent::Done(done) = events.last().unwrap() else {
        panic!("{events:?}")
    };
    assert!(
        done.cached && done.id.is_some() && done.text == first.text,
        "{done:?}"
    );
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_is_gone_with_the_document_it_cites() {
    let model = Model::saying(SAID).await;
    let (fixture, pharos) = library(&model, BYTES).await;
    fixture.read("notes", "bread.md", BREAD).await;
    assert!(cites(&fixture.ask(QUESTION).await, pharos));
    assert!(fixture.ask(QUESTION).await.cached);
    fixture
        .library
        .remove_document(&fixture.owner, pharos)
        .await
        .unwrap();
    let after = fixture.ask(QUESTION).await;
    assert!(
        !after.cached && !cites(&after, pharos) && !after.answered,
        "{after:?}"
    );
}

#[tokio::test]
async fn an_answer_is_gone_with_every_change_of_what_it_was_made_from() {
    let model = Model::saying(SAID).await;
    let (fixture, pharos) = library(&model, BYTES).await;
    let library = &fixture.library;
    let fresh = async |what: &str| {
        let answer = fixture.ask(QUESTION).await;
        assert!(!answer.cached, "{what}");
        assert!(fixture.ask(QUESTION).await.cached, "{what}");
        answer
    };
    fresh("the first time").await;
    let change = DocumentChange {
        title: Some("Towers".to_owned()),
        ..DocumentChange::default()
    };
    library
        .update_document(&fixture.owner, pharos, change)
        .await
        .unwrap();
    let renamed = fresh("the title").await;
    assert_eq!(renamed.sentences[0].citations[0].title, "Towers");
    fixture.read("notes", "bread.md", BREAD).await;
    fresh("a new document").await;
    fixture.collection("another").await;
    fresh("a new collection").await;
}

/// Another process is another opening of the same data directory: nothing is shared but the files.
#[tokio::test]
async fn what_another_process_changes_counts_at_once() {
    let model = Model::saying(SAID).await;
    let (fixture, pharos) = library(&model, BYTES).await;
    let other = open(fixture.library.settings().clone()).await;
    let owner = &fixture.owner;
    let ask = async |library: &Arc<Library>| {
        library
            .ask(owner, &AskRequest::new(QUESTION))
            .await
            .unwrap()
    };
    for library in [&fixture.library, &other] {
        assert!(cites(&ask(library).await, pharos));
        assert!(ask(library).await.cached);
    }
    // What the first process puts in and reads is in the second one's next answer.
    fixture.read("notes", "bread.md", BREAD).await;
    for library in [&fixture.library, &other] {
        assert!(!ask(library).await.cached);
        assert!(ask(library).await.cached);
    }
    let notes = fixture.collection("notes").await.id;
    let renamed = alexandria_library::CollectionChange {
        name: Some("papers".to_owned()),
        ..Default::default()
    };
    other
        .update_collection(owner, notes, renamed)
        .await
        .unwrap();
    let answer = ask(&fixture.library).await;
    assert!(
        !answer.cached && answer.passages[0].collection_name == "papers",
        "{answer:?}"
    );
    // What the second process removes is in no answer of the first.
    assert!(ask(&fixture.library).await.cached);
    other.remove_document(owner, pharos).await.unwrap();
    for library in [&fixture.library, &other] {
        let after = ask(library).await;
        assert!(!after.cached && !cites(&after, pharos), "{after:?}");
    }
    other.close().await.unwrap();
}

#[tokio::test]
async fn other_questions_other_people_and_other_settings_share_nothing_they_should_not() {
    let model = Model::saying(SAID).await;
    let (fixture, pharos) = library(&model, BYTES).await;
    let library = &fixture.library;
    let ask =
        async |who: &Principal, request: &AskRequest| library.ask(who, request).await.unwrap();
    let plain = AskRequest::new(QUESTION);
    assert!(!ask(&fixture.owner, &plain).await.cached);
    let mut others = vec![
        AskRequest::new(QUESTION.to_lowercase()),
        AskRequest::new(QUESTION.trim_end_matches('?')),
        plain.clone(),
        plain.clone(),
        plain.clone(),
    ];
    others[2].writer = WriterChoice::Extractive;
    others[3].passages = 3;
    others[4].filter.documents = vec![pharos];
    for other in &others {
        assert!(!ask(&fixture.owner, other).await.cached, "{other:?}");
        assert!(ask(&fixture.owner, other).await.cached, "{other:?}");
    }
    // A colleague may read the same, and gets the same under an id of their own.
    let colleague = Actor::Key(KeyId::from_uuid(Uuid::from_u128(7)));
    let colleague = Principal::authenticated(fixture.owner.tenant(), colleague, Scopes::all());
    let theirs = ask(&colleague, &plain).await;
    assert!(theirs.cached, "{theirs:?}");
    let id = theirs.id.unwrap();
    assert!(library.given_answer(&colleague, id).await.is_ok());
    assert!(library.given_answer(&fixture.owner, id).await.is_err());
    // A stranger has another library.
    let stranger = stranger(library).await;
    let nothing = ask(&stranger, &plain).await;
    assert!(
        !nothing.cached && !nothing.answered && !cites(&nothing, pharos),
        "{nothing:?}"
    );
    let collection = library
        .create_collection(&stranger, "notes", "")
        .await
        .unwrap();
    let upload = Upload::new(collection.id, "bread.md");
    library
        .add_document(&stranger, upload, BREAD.as_bytes())
        .await
        .unwrap();
    assert!(!cites(&ask(&stranger, &plain).await, pharos));
    // Who may not ask gets nothing out of memory either.
    let nobody = Principal::authenticated(fixture.owner.tenant(), Actor::Owner, Scopes::of(&[]));
    assert!(library.ask(&nobody, &plain).await.is_err());
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_not_given_again() {
    let model = Model::start(Script::Breaks(vec!["The architect".to_owned()])).await;
    let (fixture, _) = library(&model, BYTES).await;
    for _ in 0..2 {
        let answer = fixture.ask(QUESTION).await;
        assert!(!answer.cached && !answer.degraded.is_empty(), "{answer:?}");
        assert_eq!(answer.writer, Writer::Extractive);
    }
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn nothing_is_given_again_when_that_is_switched_off() {
    let model = Model::saying(SAID).await;
    let (fixture, _) = library(&model, 0).await;
    for asked in 1..=2 {
        assert!(!fixture.ask(QUESTION).await.cached);
        assert_eq!(model.asked().len(), asked);
    }
}

#[tokio::test]
async fn equal_questions_at_the_same_time_ask_the_model_once() {
    let model = Model::saying(SAID).await;
    let (fixture, _) = library(&model, BYTES).await;
    let asking = (0..8).map(|_| fixture.ask(QUESTION));
    let answers = futures::future::join_all(asking).await;
    assert_eq!(model.asked().len(), 1);
    assert_eq!(answers.iter().filter(|answer| !answer.cached).count(), 1);
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    let mut ids: Vec<_> = answers.iter().map(|answer| answer.id.unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), answers.len());
}

#[tokio::test]
async fn whoever_waits_is_not_left_alone_when_the_first_one_goes_away() {
    let model = Model::saying(SAID).await;
    let (fixture, _) = library(&model, BYTES).await;
    // The first is dropped while it waits for the model: it has not been given a chance to end.
    let mut first = Box::pin(fixture.ask(QUESTION));
    let started = futures::poll!(&mut first);
    assert!(started.is_pending());
    let second = fixture.ask(QUESTION);
    let (second, ()) = futures::future::join(second, async move { drop(first) }).await;
    assert!(second.answered, "{second:?}");
}
