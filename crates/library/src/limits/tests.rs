//! Limits with a clock that a test moves.

use std::sync::Mutex;
use std::time::Duration;

use alexandria_core::access::Scopes;
use alexandria_core::id::{TENANT_DEFAULT, TenantId, UserId};
use alexandria_core::principal::Actor;
use jiff::Timestamp;
use uuid::Uuid;

use super::applying::Rate;
use super::*;

#[derive(Debug)]
struct TestClock(Mutex<Timestamp>);

impl TestClock {
    fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += jiff::SignedDuration::from_secs(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn limits(settings: LimitSettings) -> (Limits, Arc<TestClock>) {
    let begin = Timestamp::from_second(1_800_000_000).unwrap();
    let clock = Arc::new(TestClock(Mutex::new(begin)));
    let limits = Limits::open(settings, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    (limits, clock)
}

fn user(tenant: TenantId, number: u128) -> Principal {
    let actor = Actor::User(UserId::from_uuid(Uuid::from_u128(number)));
    Principal::authenticated(tenant, actor, Scopes::all())
}

fn other_tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(77))
}

#[tokio::test]
async fn one_person_who_asks_too_much_is_refused_and_others_are_not() {
    let mut settings = LimitSettings::default();
    settings.rates.user = Rate {
        per_second: 1,
        burst: 2,
    };
    let (limits, clock) = limits(settings);
    let one = user(TENANT_DEFAULT, 1);
    for left in [2, 1, 0] {
        let verdict = limits.admit_principal(&one).await;
        let tightest = verdict.tightest().unwrap();
        assert!(verdict.allowed && verdict.refusal().is_none());
        assert_eq!(tightest.applied.name, "user-burst");
        assert_eq!(tightest.count.remaining(&tightest.applied.counter), left);
    }
    let refused = limits.admit_principal(&one).await;
    let error = refused.refusal().unwrap();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert!(error.message().contains("\"user-burst\""), "{error}");
    let wait = error.retry_after().unwrap();
    assert!(
        wait > Duration::ZERO && wait <= Duration::from_secs(2),
        "{wait:?}"
    );
    assert!(
        limits
            .admit_principal(&user(TENANT_DEFAULT, 2))
            .await
            .allowed
    );
    assert!(
        limits
            .admit_principal(&user(other_tenant(), 1))
            .await
            .allowed
    );
    clock.advance(2);
    assert!(limits.admit_principal(&one).await.allowed);
    let product = Principal::system(TENANT_DEFAULT, "testing limits");
    for _ in 0..1_000 {
        assert!(limits.admit_principal(&product).await.allowed);
    }
}

#[tokio::test]
async fn people_of_one_tenant_share_its_limit() {
    let mut settings = LimitSettings::default();
    settings.rates.tenant = Rate {
        per_second: 1,
        burst: 4,
    };
    let (limits, _clock) = limits(settings);
    for number in 0..5 {
        assert!(
            limits
                .admit_principal(&user(TENANT_DEFAULT, number))
                .await
                .allowed
        );
    }
    let refused = limits.admit_principal(&user(TENANT_DEFAULT, 6)).await;
    assert_eq!(refused.refusing().unwrap().applied.name, "tenant-burst");
    assert!(
        limits
            .admit_principal(&user(other_tenant(), 6))
            .await
            .allowed
    );
}

#[test]
fn a_place_is_given_back_however_its_holder_ends() {
    let mut settings = LimitSettings::default();
    settings.places.tenant_requests_max = 3;
    settings.places.user_requests_max = 2;
    let (limits, _clock) = limits(settings);
    let (one, two) = (user(TENANT_DEFAULT, 1), user(TENANT_DEFAULT, 2));
    let first = limits.take_place(&one).unwrap();
    let second = limits.take_place(&one).unwrap();
    let error = limits.take_place(&one).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert!(error.message().contains("\"user-requests\""), "{error}");
    let third = limits.take_place(&two).unwrap();
    let error = limits.take_place(&two).unwrap_err();
    assert!(error.message().contains("\"tenant-requests\""), "{error}");
    assert!(limits.take_place(&user(other_tenant(), 1)).is_ok());
    assert_eq!(limits.under_way()[0].count, 3);
    drop(first);
    let panicked = std::thread::spawn(move || {
        let _held = second;
        panic!("the holder of a place breaks");
    });
    assert!(panicked.join().is_err());
    drop(third);
    assert_eq!(limits.under_way(), []);
    assert!(limits.take_place(&two).is_ok());
}

#[tokio::test]
async fn answers_have_places_of_their_own() {
    let (limits, _clock) = limits(LimitSettings::default());
    let owner = Principal::owner();
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(limits.begin_answer(&owner, "Why?").await.unwrap());
    }
    let error = limits.begin_answer(&owner, "Why?").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert!(error.message().contains("\"tenant-answers\""), "{error}");
    assert!(limits.take_place(&owner).is_ok());
    held.pop();
    assert!(limits.begin_answer(&owner, "Why?").await.is_ok());
}

fn flooding() -> LimitSettings {
    LimitSettings {
        flood: FloodPolicy {
            tokens_max: 100,
            window: Duration::from_secs(60),
            open: Duration::from_secs(120),
        },
        ..LimitSettings::default()
    }
}

/// Asks a question whose answer takes so many tokens.
async fn ask(limits: &Limits, principal: &Principal, tokens: u64) -> Result<()> {
    let admitted = limits.admit_tokens(principal, 5).await?;
    limits.settle_tokens(&admitted.unwrap(), tokens).await
}

#[tokio::test]
async fn a_flood_opens_the_circuit_of_its_caller_alone_and_one_trial_closes_it() {
    let (limits, clock) = limits(flooding());
    let (one, two) = (user(TENANT_DEFAULT, 1), user(TENANT_DEFAULT, 2));
    ask(&limits, &one, 60).await.unwrap();
    assert_eq!(limits.circuits(), []);
    ask(&limits, &one, 60).await.unwrap();
    let circuit = &limits.circuits()[0];
    assert_eq!(
        (circuit.state, circuit.tenant),
        (CircuitState::Open, TENANT_DEFAULT)
    );
    let error = limits.admit_tokens(&one, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert!(limits.admit_tokens(&two, 1).await.is_ok());
    assert!(
        limits
            .admit_tokens(&user(other_tenant(), 1), 1)
            .await
            .is_ok()
    );

    clock.advance(120);
    assert_eq!(limits.circuits()[0].state, CircuitState::HalfOpen);
    let trial = limits.admit_tokens(&one, 5).await.unwrap().unwrap();
    assert!(
        limits.admit_tokens(&one, 5).await.is_err(),
        "two trials at once"
    );
    limits.settle_tokens(&trial, 10).await.unwrap();
    assert_eq!(limits.circuits(), []);
    ask(&limits, &one, 10).await.unwrap();
}

#[tokio::test]
async fn answers_that_nobody_waits_for_count_too() {
    let mut settings = flooding();
    settings.flood.tokens_max = 1_500;
    let (limits, _clock) = limits(settings);
    let one = user(TENANT_DEFAULT, 1);
    for _ in 0..2 {
        drop(limits.begin_answer(&one, "Why?").await.unwrap());
    }
    let error = limits.begin_answer(&one, "Why?").await.unwrap_err();
    assert!(error.message().contains("\"user-tokens\""), "{error}");
    assert!(
        limits
            .begin_answer(&user(TENANT_DEFAULT, 2), "Why?")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_trial_that_floods_opens_the_circuit_again() {
    let (limits, clock) = limits(flooding());
    let one = user(TENANT_DEFAULT, 1);
    ask(&limits, &one, 500).await.unwrap();
    for _ in 0..3 {
        clock.advance(120);
        ask(&limits, &one, 500).await.unwrap();
        assert!(limits.admit_tokens(&one, 1).await.is_err());
        assert_eq!(limits.circuits()[0].state, CircuitState::Open);
    }
    // A trial that never ends makes room for another one.
    clock.advance(120);
    assert!(limits.admit_tokens(&one, 1).await.is_ok());
    assert!(limits.admit_tokens(&one, 1).await.is_err());
    clock.advance(50);
    assert!(limits.admit_tokens(&one, 1).await.is_err());
    clock.advance(10);
    assert!(limits.admit_tokens(&one, 1).await.is_ok());
    // Nobody tries for a window: the circuit is forgotten.
    clock.advance(180);
    ask(&limits, &one, 1).await.unwrap();
    assert_eq!(limits.circuits(), []);
}

#[tokio::test]
async fn a_question_that_is_too_much_by_itself_opens_the_circuit() {
    let (narrow, _clock) = limits(flooding());
    let one = user(TENANT_DEFAULT, 1);
    assert!(narrow.admit_tokens(&one, 101).await.is_err());
    assert_eq!(narrow.circuits().len(), 1);
    let off = LimitSettings {
        flood: FloodPolicy {
            tokens_max: 0,
            ..FloodPolicy::default()
        },
        ..LimitSettings::default()
    };
    let (free, _clock) = limits(off);
    assert!(free.admit_tokens(&one, u64::MAX).await.unwrap().is_none());
}
