//! Cases: background work.

use std::collections::HashSet;
use std::time::Duration;

use alexandria_core::error::ErrorKind;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Job, JobQuery, JobState, NewJob, Progress};
use jiff::SignedDuration;

use crate::fixture::{Fixture, owner, tenant};

const LEASE: Duration = Duration::from_secs(60);

async fn claim(fixture: &Fixture) -> Option<Job> {
    fixture
        .catalog
        .claim("worker", &["read", "embed"], LEASE)
        .await
        .unwrap()
}

pub(crate) async fn a_job_runs_from_claim_to_end(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    assert_eq!(claim(fixture).await, None);
    let other = NewJob::new("other", "{}");
    catalog.enqueue(&owner, other).await.unwrap();
    assert_eq!(claim(fixture).await, None, "nobody asked for this kind");
    assert_eq!(catalog.claim("worker", &[], LEASE).await.unwrap(), None);
    let id = catalog
        .enqueue(&owner, NewJob::new("read", "{\"n\":1}"))
        .await
        .unwrap();
    let job = claim(fixture).await.unwrap();
    assert_eq!(
        (job.id, job.state, job.attempts),
        (id, JobState::Running, 1)
    );
    assert_eq!(
        (job.payload.as_str(), job.lease_owner.as_deref()),
        ("{\"n\":1}", Some("worker"))
    );
    assert_eq!(claim(fixture).await, None);
    let progress = Progress {
        done: 3,
        total: 9,
        unit: "pages".to_owned(),
    };
    catalog.heartbeat(&job, &progress, LEASE).await.unwrap();
    let seen = catalog.job(&owner, id).await.unwrap();
    assert_eq!(seen.progress, progress);
    assert!(seen.lease_until > job.lease_until);
    let later = seen.lease_until.unwrap() + SignedDuration::from_secs(60);
    catalog
        .fail(&job, &"é".repeat(9_999), Some(later))
        .await
        .unwrap();
    let seen = catalog.job(&owner, id).await.unwrap();
    assert_eq!((seen.state, seen.run_at), (JobState::Waiting, later));
    assert!(seen.last_error.unwrap().len() <= 4_000);
    assert_eq!(claim(fixture).await, None, "it is not time yet");
    fixture.clock.advance(Duration::from_secs(600));
    let job = claim(fixture).await.unwrap();
    assert_eq!((job.id, job.attempts), (id, 2));
    catalog.hand_back(&job).await.unwrap();
    let seen = catalog.job(&owner, id).await.unwrap();
    assert_eq!((seen.state, seen.attempts), (JobState::Waiting, 1));
    assert_eq!((seen.lease_until, seen.lease_owner), (None, None));
    let job = claim(fixture).await.unwrap();
    assert_eq!(
        (job.id, job.attempts),
        (id, 2),
        "shutting down is no attempt"
    );
    catalog.complete(&job).await.unwrap();
    let seen = catalog.job(&owner, id).await.unwrap();
    assert_eq!(
        (seen.state, seen.lease_until, seen.last_error),
        (JobState::Done, None, None)
    );
    assert!(seen.finished.is_some());
    let id = catalog
        .enqueue(&owner, NewJob::new("read", "{}"))
        .await
        .unwrap();
    let job = claim(fixture).await.unwrap();
    catalog.fail(&job, "the file is gone", None).await.unwrap();
    let seen = catalog.job(&owner, id).await.unwrap();
    assert_eq!(
        (seen.state, seen.last_error.as_deref()),
        (JobState::Failed, Some("the file is gone"))
    );
}

pub(crate) async fn workers_at_once_get_each_job_exactly_once(fixture: &Fixture) {
    const JOBS: usize = 500;
    let (catalog, owner) = (&fixture.catalog, owner());
    for _ in 0..JOBS {
        catalog
            .enqueue(&owner, NewJob::new("read", "{}"))
            .await
            .unwrap();
    }
    let work = async |name: &str| {
        let mut claimed = Vec::new();
        while let Some(job) = catalog.claim(name, &["read"], LEASE).await.unwrap() {
            claimed.push(job.id);
            catalog.complete(&job).await.unwrap();
        }
        claimed
    };
    let (a, b, c, d, e, f, g, h) = tokio::join!(
        work("a"),
        work("b"),
        work("c"),
        work("d"),
        work("e"),
        work("f"),
        work("g"),
        work("h")
    );
    let all = [a, b, c, d, e, f, g, h].concat();
    assert_eq!(all.len(), JOBS);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), JOBS);
}

pub(crate) async fn tenants_take_turns(fixture: &Fixture) {
    let (catalog, first) = (&fixture.catalog, owner());
    let second = tenant(catalog, "second").await;
    let second = Principal::system(second, "testing turns");
    for _ in 0..4 {
        catalog
            .enqueue(&first, NewJob::new("read", "{}"))
            .await
            .unwrap();
    }
    for _ in 0..2 {
        catalog
            .enqueue(&second, NewJob::new("read", "{}"))
            .await
            .unwrap();
    }
    let mut turns = Vec::new();
    while let Some(job) = claim(fixture).await {
        turns.push(job.tenant == second.tenant());
    }
    assert_eq!(turns, [false, true, false, true, false, false]);
}

pub(crate) async fn a_thousand_jobs_of_one_tenant_do_not_delay_the_first_of_another(
    fixture: &Fixture,
) {
    const QUEUED: usize = 1_000;
    let (catalog, first) = (&fixture.catalog, owner());
    for _ in 0..QUEUED {
        let job = NewJob {
            priority: 9,
            ..NewJob::new("read", "{}")
        };
        catalog.enqueue(&first, job).await.unwrap();
    }
    // With one worker, which has nothing running when it claims.
    for _ in 0..3 {
        let job = claim(fixture).await.unwrap();
        catalog.complete(&job).await.unwrap();
    }
    for name in ["second", "third"] {
        let other = tenant(catalog, name).await;
        let other = Principal::system(other, "testing turns");
        let wanted = catalog
            .enqueue(&other, NewJob::new("read", "{}"))
            .await
            .unwrap();
        let mut before = 0;
        loop {
            let job = claim(fixture).await.unwrap();
            catalog.complete(&job).await.unwrap();
            if job.id == wanted {
                break;
            }
            before += 1;
        }
        assert!(before <= 1, "{before} jobs of the other tenant came first");
    }
}

pub(crate) async fn larger_priority_and_earlier_time_go_first(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let mut expected = Vec::new();
    for (priority, rank) in [(0, 2), (0, 3), (5, 0), (-5, 4), (5, 1)] {
        let job = NewJob {
            priority,
            ..NewJob::new("embed", "{}")
        };
        expected.push((rank, catalog.enqueue(&owner, job).await.unwrap()));
    }
    expected.sort_unstable();
    for (_, id) in expected {
        assert_eq!(claim(fixture).await.unwrap().id, id);
    }
}

pub(crate) async fn a_lost_lease_ends_what_a_worker_may_say(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let job = NewJob {
        attempts_max: 2,
        ..NewJob::new("read", "{}")
    };
    let id = catalog.enqueue(&owner, job).await.unwrap();
    let first = claim(fixture).await.unwrap();
    assert_eq!(catalog.release_expired().await.unwrap(), []);
    assert_eq!(claim(fixture).await, None);
    fixture.clock.advance(LEASE * 2);
    assert_eq!(catalog.release_expired().await.unwrap(), []);
    let second = claim(fixture).await.unwrap();
    assert_eq!((second.id, second.attempts), (id, 2));
    catalog.require_held(&second).await.unwrap();
    for lost in [
        catalog.require_held(&first).await,
        catalog.heartbeat(&first, &Progress::default(), LEASE).await,
        catalog.complete(&first).await,
        catalog.fail(&first, "x", None).await,
    ] {
        assert_eq!(lost.unwrap_err().kind(), ErrorKind::Conflict);
    }
    fixture.clock.advance(LEASE * 2);
    let given_up = catalog.release_expired().await.unwrap();
    assert_eq!(given_up.iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
    assert_eq!(
        catalog.job(&owner, id).await.unwrap().state,
        JobState::Failed
    );
    assert_eq!(
        catalog.complete(&second).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
}

pub(crate) async fn a_job_is_not_queued_twice_under_one_key(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let keyed = || NewJob {
        dedupe_key: Some("prune".to_owned()),
        ..NewJob::new("read", "{}")
    };
    let first = catalog.enqueue(&owner, keyed()).await.unwrap();
    assert_eq!(catalog.enqueue(&owner, keyed()).await.unwrap(), first);
    let job = claim(fixture).await.unwrap();
    assert_eq!(catalog.enqueue(&owner, keyed()).await.unwrap(), first);
    assert_eq!(claim(fixture).await, None);
    catalog.complete(&job).await.unwrap();
    let next = catalog.enqueue(&owner, keyed()).await.unwrap();
    assert_ne!(next, first);
}

pub(crate) async fn a_cancelled_job_stays_cancelled(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let id = catalog
        .enqueue(&owner, NewJob::new("read", "{}"))
        .await
        .unwrap();
    let job = claim(fixture).await.unwrap();
    catalog.cancel(&owner, id).await.unwrap();
    let error = catalog
        .heartbeat(&job, &Progress::default(), LEASE)
        .await
        .unwrap_err();
    assert!(error.message().contains("cancelled"), "{error}");
    assert_eq!(
        catalog.cancel(&owner, id).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    fixture.clock.advance(LEASE * 2);
    assert_eq!(catalog.release_expired().await.unwrap(), []);
    assert_eq!(claim(fixture).await, None);
    assert_eq!(
        catalog.job(&owner, id).await.unwrap().state,
        JobState::Cancelled
    );
}

pub(crate) async fn jobs_are_listed_newest_first(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    let document = DocumentId::from_uuid(uuid::Uuid::from_u128(77));
    let mut ids = Vec::new();
    for number in 0..5 {
        let kind = if number == 3 { "embed" } else { "read" };
        let document = (number == 1).then_some(document);
        let job = NewJob {
            document,
            ..NewJob::new(kind, "{}")
        };
        ids.insert(0, catalog.enqueue(&owner, job).await.unwrap());
    }
    let check = async |query: JobQuery, wanted: &[usize]| {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let query = JobQuery {
                cursor,
                limit: 2,
                ..query.clone()
            };
            let page = catalog.jobs(&owner, &query).await.unwrap();
            seen.extend(page.items.into_iter().map(|job| job.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let wanted: Vec<_> = wanted.iter().map(|position| ids[*position]).collect();
        assert_eq!(seen, wanted);
    };
    check(JobQuery::default(), &[0, 1, 2, 3, 4]).await;
    check(
        JobQuery {
            kind: Some("embed".to_owned()),
            ..Default::default()
        },
        &[1],
    )
    .await;
    check(
        JobQuery {
            document: Some(document),
            ..Default::default()
        },
        &[3],
    )
    .await;
    check(
        JobQuery {
            state: Some(JobState::Done),
            ..Default::default()
        },
        &[],
    )
    .await;
}

pub(crate) async fn the_jobs_of_dead_workers_are_taken_back_at_once(fixture: &Fixture) {
    let (catalog, owner) = (&fixture.catalog, owner());
    for _ in 0..2 {
        catalog
            .enqueue(&owner, NewJob::new("read", "{}"))
            .await
            .unwrap();
    }
    let mine = catalog
        .claim("mine/1", &["read"], LEASE)
        .await
        .unwrap()
        .unwrap();
    let theirs = catalog
        .claim("theirs/1", &["read"], LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(catalog.end_leases_of_others("mine").await.unwrap(), 1);
    catalog.release_expired().await.unwrap();
    assert_eq!(claim(fixture).await.map(|job| job.id), Some(theirs.id));
    catalog.complete(&mine).await.unwrap();
}
