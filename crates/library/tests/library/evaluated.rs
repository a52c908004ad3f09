//! Evaluating the answers of a library that a person uses.

use std::sync::Mutex;

use alexandria_core::evaluation::interval::Estimate;
use alexandria_core::principal::Principal;
use alexandria_library::settings::LibrarySettings;
use alexandria_library::{
    AnswerQuery, AskRequest, JudgedQuestion, QuestionsEvaluation, WriterChoice,
};

use crate::model::Model;
use crate::support::{BREAD, Fixture, LIGHTHOUSE, open, stranger, words_only};

/// A library of two documents, and one question that it answers and one that it does not.
async fn library(settings: impl FnOnce(&mut LibrarySettings)) -> (Fixture, Vec<JudgedQuestion>) {
    let folder = tempfile::tempdir().unwrap();
    let mut chosen = words_only(folder.path());
    settings(&mut chosen);
    let fixture = Fixture {
        library: open(chosen).await,
        folder,
        owner: Principal::owner(),
    };
    let pharos = fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    fixture.read("notes", "bread.md", BREAD).await;
    let answered = JudgedQuestion {
        id: "answered".to_owned(),
        text: "Who was the architect of the lighthouse of Pharos?".to_owned(),
        answers: vec!["Sostratus".to_owned(), "Sostratus of Cnidus".to_owned()],
        documents: vec![pharos.id],
        language: Some("en".to_owned()),
    };
    let unanswered = JudgedQuestion {
        id: "unanswered".to_owned(),
        text: "Which bank financed the railway from Oslo to Bergen?".to_owned(),
        ..JudgedQuestion::default()
    };
    (fixture, vec![answered, unanswered])
}

async fn evaluate(
    fixture: &Fixture,
    principal: &Principal,
    questions: &[JudgedQuestion],
    writer: WriterChoice,
) -> QuestionsEvaluation {
    let request = AskRequest {
        writer,
        ..AskRequest::new("")
    };
    let told = Mutex::new(Vec::new());
    let report = |done, of| told.lock().unwrap().push((done, of));
    let library = &fixture.library;
    let found = library.evaluate_questions(principal, questions, &request, &report);
    let found = found.await.unwrap();
    let of = questions.len();
    let steps: Vec<(usize, usize)> = (1..=of).map(|done| (done, of)).collect();
    assert_eq!(told.into_inner().unwrap(), steps);
    found
}

fn value(estimate: Option<Estimate>) -> f64 {
    estimate.unwrap().value
}

#[tokio::test]
async fn an_evaluation_leaves_nothing_among_a_person_s_answers() {
    let (fixture, questions) = library(|_| {}).await;
    let kept = fixture.ask("How long does the dough rest?").await.id;
    let owner = &fixture.owner;
    let found = evaluate(&fixture, owner, &questions, WriterChoice::Auto).await;
    assert_eq!(
        (found.writer.as_str(), found.questions, found.answerable),
        ("extractive", 2, 1)
    );
    assert_eq!(found.fallbacks, 0);
    let measures = &found.measures;
    assert!((value(measures.holds_answer) - 1.0).abs() < 1e-9);
    assert!((value(measures.quote_holds_answer) - 1.0).abs() < 1e-9);
    assert!((value(measures.citation_recall) - 1.0).abs() < 1e-9);
    assert!((value(measures.abstention_recall) - 1.0).abs() < 1e-9);
    assert!((value(measures.abstention_precision) - 1.0).abs() < 1e-9);
    assert!(found.costs.first_sentence_p50_ms.unwrap() <= found.costs.p95_ms);
    assert!(found.costs.cpu_ms > 0.0);
    let query = AnswerQuery {
        cursor: None,
        limit: 10,
    };
    let answers = fixture.library.answers(owner, &query).await.unwrap();
    let left: Vec<_> = answers.items.iter().map(|one| one.id).collect();
    assert_eq!(left, [kept.unwrap()]);
}

#[tokio::test]
async fn a_model_is_measured_by_what_the_checker_left_of_it() {
    let model = Model::saying(
        "The architect of the lighthouse was Sostratus of Cnidus [1]. It was built by 900 Martians [1].",
    )
    .await;
    let (fixture, questions) = library(|settings| settings.generator = model.config()).await;
    let answerable = &questions[..1];
    let owner = &fixture.owner;
    let found = evaluate(&fixture, owner, answerable, WriterChoice::Auto).await;
    assert_eq!(found.writer, "compatible/scripted");
    assert!((value(found.measures.support_rate) - 0.5).abs() < 1e-9);
    assert!((value(found.measures.holds_answer) - 1.0).abs() < 1e-9);
    assert_eq!(
        (found.fallbacks, found.measures.abstention_recall),
        (0, None)
    );
    assert!((found.costs.prompt_tokens - 100.0).abs() < 1e-9);

    let extractive = evaluate(&fixture, owner, answerable, WriterChoice::Extractive).await;
    assert_eq!(
        (extractive.writer.as_str(), extractive.fallbacks),
        ("extractive", 0)
    );
    assert!(extractive.costs.prompt_tokens.abs() < 1e-9);
}

#[tokio::test]
async fn a_model_that_writes_nothing_of_use_is_counted() {
    let model = Model::saying("It was built by 900 Martians [1].").await;
    let (fixture, questions) = library(|settings| settings.generator = model.config()).await;
    let owner = &fixture.owner;
    let found = evaluate(&fixture, owner, &questions[..1], WriterChoice::Auto).await;
    assert_eq!(
        (found.writer.as_str(), found.fallbacks),
        ("compatible/scripted", 1)
    );
}

#[tokio::test]
async fn another_tenant_s_documents_answer_nothing() {
    let (fixture, questions) = library(|_| {}).await;
    let other = stranger(&fixture.library).await;
    let found = evaluate(&fixture, &other, &questions, WriterChoice::Auto).await;
    assert!(value(found.measures.answered).abs() < 1e-9);
    assert_eq!(found.measures.citation_recall, None, "nothing was cited");
}
