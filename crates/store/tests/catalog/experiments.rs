//! Cases: experiments and their figures.

use alexandria_core::error::ErrorKind;
use alexandria_core::experiment::Metric;
use alexandria_core::feedback::{AnswerCopy, Opinion, Thumb};
use alexandria_core::id::AnswerId;
use alexandria_store::catalog::{Experiment, ExperimentState, NewExperiment, NewFeedback, Outcome};
use uuid::Uuid;

use crate::fixture::{Fixture, owner, stranger};

async fn make(fixture: &Fixture, name: &str) -> Experiment {
    let new = NewExperiment {
        name: name.to_owned(),
        plan: "{}".to_owned(),
        variants: 2,
        share: 50,
    };
    fixture
        .catalog
        .create_experiment(&owner(), new)
        .await
        .unwrap()
}

fn outcome(variant: u32, unit: u8) -> Outcome {
    Outcome {
        variant,
        unit: [unit; 16],
        troubled: unit == 3,
        answered: unit != 3,
        support: (unit != 3).then_some(0.5),
        latency_ms: Some(f64::from(unit) * 10.0),
        cost_micros: 1_000,
    }
}

pub(crate) async fn an_experiment_runs_once_and_alone(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let (first, second) = (make(fixture, "first").await, make(fixture, "second").await);
    let twice = NewExperiment {
        name: "first".to_owned(),
        plan: String::new(),
        variants: 2,
        share: 1,
    };
    let taken = catalog.create_experiment(&owner, twice).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict);
    assert_eq!((first.state, first.share), (ExperimentState::Draft, 50));
    assert_eq!(catalog.running_experiment(&owner).await.unwrap(), None);
    catalog.start_experiment(&owner, first.id).await.unwrap();
    for refused in [first.id, second.id] {
        let error = catalog.start_experiment(&owner, refused).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    }
    let running = catalog.running_experiment(&owner).await.unwrap().unwrap();
    assert_eq!((running.id, running.started.is_some()), (first.id, true));
    let removing = catalog.remove_experiment(&owner, first.id).await;
    assert_eq!(removing.unwrap_err().kind(), ErrorKind::Conflict);
    catalog.share_experiment(&owner, first.id, 0).await.unwrap();
    let stop = async || catalog.stop_experiment(&owner, first.id, "enough").await;
    assert!(stop().await.unwrap());
    assert!(!stop().await.unwrap(), "it had stopped");
    let stopped = catalog.experiment_by_name(&owner, "first").await.unwrap();
    let stopped = stopped.unwrap();
    assert_eq!(stopped.stopped_why.as_deref(), Some("enough"));
    assert_eq!(
        (stopped.state, stopped.share),
        (ExperimentState::Stopped, 0)
    );
    let shared = catalog.share_experiment(&owner, first.id, 5).await;
    assert_eq!(shared.unwrap_err().kind(), ErrorKind::Conflict);
    let again = catalog.start_experiment(&owner, first.id).await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    let page = catalog.experiments(&owner, None, 1).await.unwrap();
    assert_eq!(page.items[0].id, second.id);
    let page = catalog.experiments(&owner, page.next.as_deref(), 1).await;
    assert_eq!(page.unwrap().items[0].id, first.id);

    let other = &stranger();
    for refused in [
        catalog.experiment(other, first.id).await.err(),
        catalog.start_experiment(other, second.id).await.err(),
        catalog.share_experiment(other, second.id, 5).await.err(),
        catalog.remove_experiment(other, second.id).await.err(),
    ] {
        assert_eq!(refused.unwrap().kind(), ErrorKind::NotFound);
    }
    assert!(!catalog.stop_experiment(other, second.id, "").await.unwrap());
    assert_eq!(catalog.experiments(other, None, 9).await.unwrap().items, []);
    assert_eq!(catalog.standings(other, first.id).await.unwrap(), []);
    catalog.remove_experiment(&owner, first.id).await.unwrap();
    assert!(catalog.experiment(&owner, first.id).await.is_err());
}

pub(crate) async fn outcomes_written_at_once_are_all_counted(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let id = make(fixture, "counted").await.id;
    let record = async |variant: u32| {
        for number in 0..20 {
            let outcome = outcome(variant, number % 4 + 1);
            catalog.record_outcome(&owner, id, &outcome).await.unwrap();
        }
    };
    tokio::join!(record(0), record(0), record(1));
    let answer = |number| AnswerId::from_uuid(Uuid::from_u128(number));
    for (number, thumb) in [(1, Thumb::Up), (2, Thumb::Up), (3, Thumb::Down)] {
        let new = NewFeedback {
            answer: answer(number),
            opinion: Opinion {
                thumb,
                reason: None,
                comment: None,
                correction: None,
            },
            question: String::new(),
            copy: AnswerCopy::default(),
            trial: Some((id, 0)),
        };
        catalog.keep_feedback(&owner, new).await.unwrap();
    }
    let found = catalog.standings(&owner, id).await.unwrap();
    let [control, variant] = found.as_slice() else {
        panic!("{found:?}")
    };
    let tally = &control.tally;
    assert_eq!((tally.asked, tally.troubled, tally.answered), (40, 10, 30));
    assert_eq!((tally.ups, tally.downs), (2, 1));
    assert_eq!((tally.support.count, tally.support.sum), (30, 15.0));
    assert!((tally.support.squares - 7.5).abs() < 1e-9);
    assert_eq!(tally.latency.mean(), Some(25.0));
    assert!((tally.latency.variance().unwrap() - 10.0 * 500.0 / 39.0).abs() < 1e-6);
    assert!((tally.cost.mean().unwrap() - 0.001).abs() < 1e-12);
    assert_eq!(tally.latencies.count(), 40);
    let slow = tally.estimate(Metric::LatencyP95).unwrap().value;
    assert!((38.0..43.0).contains(&slow), "{slow}");
    assert_eq!(variant.tally.asked, 20);
    // The four units were counted where they came first.
    assert_eq!(control.units + variant.units, 4);
    // A thumb that is taken back counts no more.
    catalog.forget_feedback(&owner, answer(1)).await.unwrap();
    let found = catalog.standings(&owner, id).await.unwrap();
    assert_eq!(found[0].tally.ups, 1);
    let huge = Outcome {
        latency_ms: Some(f64::INFINITY),
        cost_micros: u64::MAX,
        ..outcome(1, 1)
    };
    catalog.record_outcome(&owner, id, &huge).await.unwrap();
    assert_eq!(
        catalog.standings(&owner, id).await.unwrap()[1].tally.asked,
        21
    );
}
