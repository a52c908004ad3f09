//! Experiments on live traffic, with many people.

use alexandria_core::access::Scopes;
use alexandria_core::error::ErrorKind;
use alexandria_core::experiment::{Guardrail, Metric};
use alexandria_core::feedback::{Opinion, Thumb};
use alexandria_core::id::KeyId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::ask::{Participation, WriterChoice};
use alexandria_library::experiments::{Changes, Plan, Unit, Variant};
use alexandria_library::{Answer, AskRequest, ExperimentState, SearchMode};
use uuid::Uuid;

use crate::support::{Fixture, LIGHTHOUSE};

const QUESTION: &str = "Who was the architect of the lighthouse of Pharos?";

fn person(number: u128) -> Principal {
    let actor = Actor::Key(KeyId::from_uuid(Uuid::from_u128(number)));
    Principal::authenticated(Principal::owner().tenant(), actor, Scopes::all())
}

fn variant(name: &str, changes: Changes) -> Variant {
    Variant {
        name: name.to_owned(),
        weight: 1,
        changes,
    }
}

/// An experiment whose variant answers nothing.
fn sceptical() -> Plan {
    Plan {
        hypothesis: "A sceptic answers less.".to_owned(),
        unit: Unit::Actor,
        metric: Metric::AnsweredRate,
        difference: None,
        variants: vec![
            variant("control", Changes::default()),
            variant(
                "sceptic",
                Changes {
                    answer_threshold: Some(1.0),
                    ..Changes::default()
                },
            ),
        ],
        guardrails: Vec::new(),
    }
}

fn live(text: &str) -> AskRequest {
    AskRequest {
        participation: Participation {
            takes_part: true,
            ..Participation::default()
        },
        ..AskRequest::new(text)
    }
}

async fn library() -> Fixture {
    let fixture = Fixture::words_only().await;
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    fixture
}

async fn ask(fixture: &Fixture, who: u128) -> Answer {
    let asked = fixture.library.ask(&person(who), &live(QUESTION)).await;
    asked.unwrap()
}

#[tokio::test]
async fn people_keep_their_variant_and_their_answers_say_which() {
    let fixture = library().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let plan = sceptical();
    let made = library.create_experiment(owner, "scepticism", 100, &plan);
    made.await.unwrap();
    assert_eq!(
        ask(&fixture, 1).await.trial,
        None,
        "it has not been started"
    );
    library.start_experiment(owner, "scepticism").await.unwrap();
    let mut counts = [0, 0];
    for who in 0..40 {
        let answer = ask(&fixture, who).await;
        let tried = answer.trial.unwrap();
        counts[tried.variant as usize] += 1;
        assert_eq!(answer.answered, tried.variant == 0, "{tried:?}");
        let again = ask(&fixture, who).await.trial.unwrap();
        assert_eq!(again, tried);
        let who = person(who);
        let given = library.given_answer(&who, answer.id.unwrap());
        assert_eq!(given.await.unwrap().said.trial, Some(tried));
    }
    assert!(counts.iter().all(|count| *count >= 8), "{counts:?}");
    // What is not live traffic takes no part.
    let aside = library.ask(&person(1), &AskRequest::new(QUESTION)).await;
    assert_eq!(aside.unwrap().trial, None);

    let found = library.find_experiment(owner, "scepticism").await.unwrap();
    let report = library.report(owner, &found).await.unwrap();
    let asked: Vec<u64> = report.variants.iter().map(|one| one.asked).collect();
    assert_eq!(asked, [counts[0] * 2, counts[1] * 2]);
    let units: Vec<u64> = report.variants.iter().map(|one| one.units).collect();
    assert_eq!(units, counts);
    assert!(report.verdicts[0].contains("not enough yet"), "{report:?}");
    assert!(report.imbalance.unwrap() > 0.001, "{report:?}");

    // A smaller share lets people go and moves nobody; a larger one brings the same back.
    let shared = async |share| {
        let changed = library.share_experiment(owner, "scepticism", share);
        changed.await.unwrap();
        let mut tried = Vec::new();
        for who in 0..40 {
            tried.push(ask(&fixture, who).await.trial.map(|one| one.variant));
        }
        tried
    };
    let (all, some, none) = (shared(100).await, shared(30).await, shared(0).await);
    assert!(none.iter().all(Option::is_none));
    let kept = some.iter().zip(&all).filter(|(some, _)| some.is_some());
    assert!(kept.clone().all(|(some, all)| some == all));
    assert!((2..30).contains(&kept.count()), "{some:?}");
}

#[tokio::test]
async fn a_breached_guardrail_stops_the_experiment() {
    let fixture = library().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let mut plan = sceptical();
    plan.guardrails = vec![Guardrail {
        metric: Metric::AnsweredRate,
        worse_by: 0.2,
        observations_min: 10,
    }];
    library
        .create_experiment(owner, "guarded", 100, &plan)
        .await
        .unwrap();
    library.start_experiment(owner, "guarded").await.unwrap();
    let mut asked = 0;
    for who in 0..200 {
        if ask(&fixture, who).await.trial.is_none() {
            break;
        }
        asked += 1;
    }
    assert!((20..80).contains(&asked), "{asked}");
    let found = library.find_experiment(owner, "guarded").await.unwrap();
    assert_eq!(found.state, ExperimentState::Stopped);
    let why = found.stopped_why.unwrap();
    assert!(
        why.contains("answered_rate") && why.contains("sceptic"),
        "{why}"
    );
    // Everybody is answered as before.
    assert!(ask(&fixture, 3).await.answered);
}

#[tokio::test]
async fn thumbs_down_stop_an_experiment_too() {
    let fixture = library().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let mut plan = sceptical();
    plan.metric = Metric::ThumbsUpRate;
    plan.guardrails = vec![Guardrail {
        metric: Metric::ThumbsDownRate,
        worse_by: 0.1,
        observations_min: 10,
    }];
    library
        .create_experiment(owner, "liked", 100, &plan)
        .await
        .unwrap();
    library.start_experiment(owner, "liked").await.unwrap();
    let mut answers = Vec::new();
    for who in 0..60 {
        answers.push((person(who), ask(&fixture, who).await));
    }
    for (who, answer) in &answers {
        let opinion = Opinion {
            thumb: match answer.answered {
                true => Thumb::Up,
                false => Thumb::Down,
            },
            reason: None,
            comment: None,
            correction: None,
        };
        library
            .give_feedback(who, answer.id.unwrap(), opinion)
            .await
            .unwrap();
    }
    let found = library.find_experiment(owner, "liked").await.unwrap();
    assert!(
        found
            .stopped_why
            .clone()
            .unwrap()
            .contains("thumbs_down_rate")
    );
    let report = library.report(owner, &found).await.unwrap();
    let control = &report.variants[0].metrics;
    let liked = control
        .iter()
        .find(|one| one.metric == Metric::ThumbsUpRate);
    assert_eq!(liked.unwrap().estimate.value, 1.0);
}

#[tokio::test]
async fn who_says_how_to_be_answered_takes_no_part_in_an_experiment_on_it() {
    let fixture = library().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let mut plan = sceptical();
    plan.unit = Unit::Question;
    plan.variants[1].changes = Changes {
        passages: Some(3),
        ..Changes::default()
    };
    library
        .create_experiment(owner, "few", 100, &plan)
        .await
        .unwrap();
    library.start_experiment(owner, "few").await.unwrap();
    let mut seen = [false; 2];
    for number in 0..20 {
        let question = format!("Who was architect number {number}?");
        let mut request = live(&question);
        let tried = library.ask(owner, &request).await.unwrap().trial.unwrap();
        seen[tried.variant as usize] = true;
        request.text = format!("  {} ", question.to_uppercase());
        let same = library.ask(owner, &request).await.unwrap().trial.unwrap();
        assert_eq!(same.variant, tried.variant, "the same question");
        request.participation.gives_writer = true;
        request.writer = WriterChoice::Extractive;
        let other = library.ask(owner, &request).await.unwrap().trial;
        assert!(other.is_some(), "nothing is tried with the writer");
        request.participation.gives_passages = true;
        let given = library.ask(owner, &request).await.unwrap().trial;
        assert_eq!(given, None);
    }
    assert_eq!(seen, [true, true]);
}

#[tokio::test]
async fn a_plan_that_would_measure_nothing_is_refused() {
    let fixture = library().await;
    let (library, owner) = (&fixture.library, &fixture.owner);
    let check = async |why: &str, change: &dyn Fn(&mut Plan)| {
        let mut plan = sceptical();
        change(&mut plan);
        let made = library.create_experiment(owner, "odd", 100, &plan).await;
        let error = made.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.message().contains(why), "{error} for {why}");
    };
    let changes =
        |changes: Changes| move |plan: &mut Plan| plan.variants[1].changes = changes.clone();
    check("changes nothing", &changes(Changes::default())).await;
    let same = changes(Changes {
        passages: Some(10),
        ..Changes::default()
    });
    check("already", &same).await;
    let model = changes(Changes {
        writer: Some(WriterChoice::Extractive),
        ..Changes::default()
    });
    check("without a language model", &model).await;
    let mode = changes(Changes {
        search_mode: Some(SearchMode::Text),
        ..Changes::default()
    });
    check("without an embedder", &mode).await;
    let threshold = changes(Changes {
        answer_threshold: Some(f32::NAN),
        ..Changes::default()
    });
    check("from 0 to 1", &threshold).await;
    check("the control", &|plan| plan.variants.reverse()).await;
    check("2 to 8 variants", &|plan| plan.variants.truncate(1)).await;
    check("the name", &|plan| {
        plan.variants[1].name = "control".to_owned();
    })
    .await;
    check("weight", &|plan| plan.variants[0].weight = 0).await;
    check("latency_p95", &|plan| plan.metric = Metric::LatencyP95).await;
    check("difference", &|plan| plan.difference = Some(-1.0)).await;
    let plan = sceptical();
    let refused = library.create_experiment(owner, "x", 101, &plan);
    assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Invalid);
    let nobody = Principal::authenticated(owner.tenant(), Actor::Owner, Scopes::default());
    let refused = library.create_experiment(&nobody, "x", 1, &plan);
    assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Forbidden);
}
