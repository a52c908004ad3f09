//! What models cost: counted, reported, and no more than the budget.

use alexandria_core::principal::Principal;
use alexandria_library::ask::{AskEvent, AskRequest, Writer};
use alexandria_library::usage::Budget;
use alexandria_models::generator::GeneratorConfig;
use futures::StreamExt as _;

use crate::model::Model;
use crate::support::{Fixture, LIGHTHOUSE, open, settings};

/// A library that asks this model, a call of which costs ten dollars.
async fn library(model: &Model, budget_usd: u64) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("prices.toml");
    std::fs::write(
        &prices,
        "[compatible.scripted]\nprompt = 100000\ncompletion = 0\n",
    )
    .unwrap();
    let mut settings = settings(folder.path());
    let GeneratorConfig::Compatible(mut config) = model.config() else {
        panic!("the scripted model speaks as OpenAI does");
    };
    config.prices = Some(prices);
    settings.generator = GeneratorConfig::Compatible(config);
    settings.budget = Budget {
        month_micros_max: budget_usd * 1_000_000,
        month_micros_alert: 0,
    };
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: Principal::owner(),
    };
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    fixture
}

#[tokio::test]
async fn at_the_end_of_the_budget_answers_go_on_without_the_model_and_say_so() {
    let said = "The architect of the lighthouse was Sostratus of Cnidus [1].";
    let model = Model::saying(said).await;
    // A call costs $10: two are within the budget when they begin.
    let fixture = library(&model, 15).await;
    let asking = [
        "Who was the architect of the lighthouse?",
        "Who was the architect of the lighthouse of Pharos?",
        "Who was the lighthouse's architect?",
    ];
    let mut written = Vec::new();
    for question in asking {
        let answer = fixture.ask(question).await;
        assert!(answer.answered, "{answer:?}");
        written.push((
            matches!(answer.writer, Writer::Model { .. }),
            answer.degraded,
        ));
    }
    assert_eq!(written[0], (true, Vec::new()));
    assert_eq!(written[1], (true, Vec::new()));
    let (by_model, degraded) = &written[2];
    assert!(!by_model);
    assert!(
        degraded[0].contains("$20.00") && degraded[0].contains("$15.00"),
        "{degraded:?}"
    );
    assert!(degraded[0].contains("budget.month_usd_max"));
    assert_eq!(model.asked().len(), 2);

    let report = fixture.library.usage(&fixture.owner, 30).await.unwrap();
    assert_eq!(report.month_micros, 20_000_000);
    let [today] = report.days.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(
        (today.used.model.as_str(), today.used.calls),
        ("scripted", 2)
    );
    assert_eq!(
        (today.used.prompt_tokens, today.used.completion_tokens),
        (200, 40)
    );
}

#[tokio::test]
async fn without_a_budget_the_model_is_always_asked() {
    let model = Model::saying("The architect was Sostratus of Cnidus [1].").await;
    let fixture = library(&model, 0).await;
    for question in ["Who was the architect?", "Who was the architect of Pharos?"] {
        assert!(fixture.ask(question).await.degraded.is_empty());
    }
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_paid_all_the_same() {
    let model = Model::saying("The architect was Sostratus of Cnidus [1].").await;
    let fixture = library(&model, 0).await;
    let request = AskRequest::new("Who was the architect?");
    let mut events = fixture.library.ask_stream(fixture.owner.clone(), request);
    while let Some(event) = events.next().await {
        if matches!(event, Ok(AskEvent::Draft(_))) {
            break;
        }
    }
    drop(events);
    // Everything that is done in the background ends before the library is closed.
    fixture.library.close().await.unwrap();
    let again = open(settings(fixture.folder.path())).await;
    let today = again.usage(&fixture.owner, 1).await.unwrap();
    assert_eq!(today.days.len(), 1, "{today:?}");
    assert_eq!(today.days[0].used.calls, 1);
    assert!(today.month_micros > 0);
}
