//! Every engine runs the one suite; Redis is a real server, which is also killed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alexandria_core::error::ErrorKind;
use jiff::Timestamp;
use proptest::prelude::*;

use super::suite::{history, rules};
use super::{Cache, Count, Counter, MemoryCache, RedisCache, StandbyCache};

#[path = "../../tests/support/redis.rs"]
mod redis;

/// Calls of the history that engines are compared by.
const CALLS: u64 = 2_000;

/// How long a connection may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn connected(server: &redis::Server) -> RedisCache {
    let cache = RedisCache::open(&server.url()).unwrap();
    until_it_answers(&cache).await;
    cache
}

async fn until_it_answers(cache: &dyn Cache) {
    let begun = Instant::now();
    while let Err(error) = cache.check().await {
        assert!(begun.elapsed() < PATIENCE, "{error:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn memory_keeps_the_rules() {
    rules(&MemoryCache::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_rules() {
    let Some(server) = redis::Server::start() else {
        return;
    };
    let cache = connected(&server).await;
    rules(&cache).await;
    cache.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_keeps_the_rules_while_redis_is_there_and_while_it_is_not() {
    let Some(server) = redis::Server::start() else {
        return;
    };
    let shared = connected(&server).await;
    rules(&StandbyCache::new(Arc::new(shared))).await;
    let nobody = RedisCache::open("redis://127.0.0.1:1").unwrap();
    let alone = StandbyCache::new(Arc::new(nobody));
    assert_eq!(
        history(&alone, 200).await,
        history(&MemoryCache::new(), 200).await
    );
    assert!(alone.is_away());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_tell_the_same_to_the_number() {
    let Some(server) = redis::Server::start() else {
        return;
    };
    let shared = connected(&server).await;
    let (told, expected) = (
        history(&shared, CALLS).await,
        history(&MemoryCache::new(), CALLS).await,
    );
    for (call, (told, expected)) in told.iter().zip(&expected).enumerate() {
        assert_eq!(told, expected, "call {call}");
    }
    assert_eq!(told.len(), expected.len());
    assert!(expected.iter().any(|told| told.contains("counted: false")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_a_quota_and_a_killed_server_is_stood_in_for() {
    let Some(mut server) = redis::Server::start() else {
        return;
    };
    let now = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
    let counter = [Counter::new("shared", 3, Duration::from_secs(60), 1)];
    let (one, other) = (
        StandbyCache::new(Arc::new(connected(&server).await)),
        StandbyCache::new(Arc::new(connected(&server).await)),
    );
    assert!(one.take(&counter, now(0)).await.unwrap().counted);
    assert!(other.take(&counter, now(0)).await.unwrap().counted);
    assert_eq!(
        one.take(&counter, now(0)).await.unwrap().counts[0].current,
        3
    );
    assert!(!other.take(&counter, now(0)).await.unwrap().counted);

    server.kill();
    // Each has the quota for itself, and no call fails or waits for long.
    let begun = Instant::now();
    for cache in [&one, &other] {
        for _ in 0..3 {
            assert!(cache.take(&counter, now(1)).await.unwrap().counted);
        }
        assert!(!cache.take(&counter, now(1)).await.unwrap().counted);
        assert!(cache.is_away());
        let kind = cache.check().await.unwrap_err().kind();
        assert!(matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout));
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );

    server.start_again();
    until_it_answers(&one).await;
    until_it_answers(&other).await;
    // A server that has lost its memory begins anew, script and counters.
    let taken = one.take(&counter, now(10)).await.unwrap();
    assert!(taken.counted && !one.is_away());
    assert_eq!(
        other.take(&counter, now(10)).await.unwrap().counts[0].current,
        2
    );
}

#[tokio::test]
async fn an_address_with_tls_is_taken() {
    let cache = RedisCache::open("rediss://user:word@127.0.0.1:1/2").unwrap();
    assert_eq!(
        cache.check().await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    cache.close().await;
}

#[test]
fn an_address_that_is_none_is_refused() {
    for wrong in [
        "",
        "localhost:6379",
        "http://localhost",
        "redis-cluster://a:1",
        "redis://a:b:c",
    ] {
        let error = RedisCache::open(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn the_time_to_wait_is_the_shortest_that_helps(
        previous in 0_u64..400,
        current in 0_u64..400,
        elapsed_ms in 0_u64..1_000,
        quota in 1_u64..300,
    ) {
        let counter = Counter::new("any", quota, Duration::from_secs(1), 1);
        let later = |wait: u64| {
            let moment = elapsed_ms + wait;
            let (previous, current) = match moment / 1_000 {
                0 => (previous, current),
                1 => (current, 0),
                _ => (0, 0),
            };
            Count { previous, current, elapsed_ms: moment % 1_000 }.allows(&counter)
        };
        let count = Count { previous, current, elapsed_ms };
        let wait = u64::try_from(count.wait(&counter).as_millis()).unwrap();
        prop_assert!(later(wait));
        prop_assert!(wait == 0 || !later(wait - 1));
        prop_assert_eq!(count.remaining(&counter) > 0, count.allows(&counter));
    }

    #[test]
    fn no_span_of_a_window_holds_twice_the_quota(gaps in prop::collection::vec(0_u64..300, 1..400)) {
        const QUOTA: usize = 10;
        let cache = MemoryCache::new();
        let counter = [Counter::new("span", QUOTA as u64, Duration::from_secs(1), 1)];
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut now = 1_800_000_000_000_u64;
        let mut counted = Vec::new();
        for gap in gaps {
            now += gap / 10;
            let moment = Timestamp::from_millisecond(now.cast_signed()).unwrap();
            if runtime.block_on(cache.take(&counter, moment)).unwrap().counted {
                counted.push(now);
            }
        }
        for (at, first) in counted.iter().enumerate() {
            let span = counted[at..].iter().filter(|moment| **moment < first + 1_000);
            prop_assert!(span.count() < 2 * QUOTA);
        }
    }
}
