//! What every cache must do. An engine runs [`rules`] on an empty cache; [`history`] gives what a long
//! mixed course of calls has told, to be compared between engines.

use std::time::Duration;

use jiff::Timestamp;

use super::{COUNTER_QUOTA_MAX, Cache, Count, Counter};

const SECOND: Duration = Duration::from_secs(1);

/// A moment, in milliseconds after the begin of a window of every length used here.
fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
}

fn counter(key: &str, quota: u64) -> Counter {
    Counter::new(key, quota, SECOND, 1)
}

/// Checks the rules of the contract.
pub(super) async fn rules(cache: &dyn Cache) {
    cache.check().await.unwrap();
    a_value_lives_its_time(cache).await;
    a_counter_slides(cache).await;
    all_count_or_none_does(cache).await;
    what_has_happened_is_counted_beyond_the_quota(cache).await;
    time_never_goes_back(cache).await;
    what_can_never_be_taken_is_refused(cache).await;
}

async fn a_value_lives_its_time(cache: &dyn Cache) {
    let get = async |milliseconds| cache.get("value", at(milliseconds)).await.unwrap();
    assert_eq!(get(0).await, None);
    cache.put("value", b"\0one", SECOND, at(0)).await.unwrap();
    assert_eq!(get(999).await.as_deref(), Some(&b"\0one"[..]));
    assert_eq!(get(1_000).await, None);
    cache.put("value", b"", SECOND, at(10)).await.unwrap();
    assert_eq!(get(500).await.as_deref(), Some(&b""[..]));
    let zero = Duration::ZERO;
    cache.put("value", b"gone", zero, at(20)).await.unwrap();
    assert_eq!(get(20).await, None);
}

async fn a_counter_slides(cache: &dyn Cache) {
    let counter = counter("slides", 10);
    let take = async |milliseconds| {
        let taken = cache
            .take(std::slice::from_ref(&counter), at(milliseconds))
            .await;
        let taken = taken.unwrap();
        (taken.counted, taken.counts[0])
    };
    for number in 1..=10 {
        let (counted, count) = take(400).await;
        assert!(counted);
        let told = Count {
            previous: 0,
            current: number,
            elapsed_ms: 400,
        };
        assert_eq!(count, told);
        assert_eq!(count.remaining(&counter), 10 - number);
    }
    let (counted, count) = take(400).await;
    assert!(!counted);
    a_full_counter_empties(&counter, count, take).await;
}

async fn a_full_counter_empties(
    counter: &Counter,
    count: Count,
    take: impl AsyncFn(i64) -> (bool, Count),
) {
    // 10 of the former window weigh 9 when a tenth of the next has gone.
    assert_eq!(count.wait(counter), Duration::from_millis(700));
    let (counted, count) = take(1_099).await;
    assert!(!counted);
    assert_eq!(count.wait(counter), Duration::from_millis(1));
    assert!(take(1_100).await.0);
    assert!(!take(1_199).await.0);
    assert!(take(1_200).await.0);
    // After two windows without a call nothing is left.
    let (counted, count) = take(4_000).await;
    assert!(counted);
    assert_eq!((count.previous, count.current), (0, 1));
}

async fn all_count_or_none_does(cache: &dyn Cache) {
    let (wide, narrow) = (counter("wide", 5), counter("narrow", 2));
    let both = [wide.clone(), narrow.clone()];
    let take = async |counters: &[Counter]| cache.take(counters, at(0)).await.unwrap();
    assert!(take(&both).await.counted);
    assert!(take(&both).await.counted);
    let refused = take(&both).await;
    assert!(!refused.counted);
    assert!(refused.counts[0].allows(&wide) && !refused.counts[1].allows(&narrow));
    let alone = take(&[wide]).await;
    assert!(alone.counted);
    assert_eq!(alone.counts[0].current, 3, "a refused call has counted");
    assert!(take(&[]).await.counted);
}

async fn what_has_happened_is_counted_beyond_the_quota(cache: &dyn Cache) {
    let tokens = |cost| Counter::new("tokens", 100, SECOND, cost);
    let counts = cache.add(&[tokens(250)], at(0)).await.unwrap();
    assert_eq!(counts[0].current, 250);
    let refused = cache.take(&[tokens(1)], at(0)).await.unwrap();
    assert!(!refused.counted);
    let wait = refused.counts[0].wait(&tokens(1));
    // 250 × (1000 − e) ≤ 99 × 1000 from e = 604 on.
    assert_eq!(wait, Duration::from_millis(1_604));
    let wait = i64::try_from(wait.as_millis()).unwrap();
    assert!(
        !cache
            .take(&[tokens(1)], at(wait - 1))
            .await
            .unwrap()
            .counted
    );
    assert!(cache.take(&[tokens(1)], at(wait)).await.unwrap().counted);
    let most = cache.add(&[tokens(u64::MAX)], at(5_000)).await.unwrap();
    assert_eq!(most[0].current, COUNTER_QUOTA_MAX);
    let most = cache.add(&[tokens(u64::MAX)], at(5_000)).await.unwrap();
    assert_eq!(most[0].current, COUNTER_QUOTA_MAX);
}

async fn time_never_goes_back(cache: &dyn Cache) {
    let counter = [counter("clock", 10)];
    let take = async |milliseconds| cache.take(&counter, at(milliseconds)).await.unwrap();
    take(5_300).await;
    let earlier = take(2_700).await;
    let told = Count {
        previous: 0,
        current: 2,
        elapsed_ms: 0,
    };
    assert_eq!(earlier.counts, [told]);
    assert_eq!(take(6_000).await.counts[0].previous, 2);
}

async fn what_can_never_be_taken_is_refused(cache: &dyn Cache) {
    let large = Counter::new("large", 3, SECOND, 4);
    let taken = cache
        .take(std::slice::from_ref(&large), at(250))
        .await
        .unwrap();
    assert!(!taken.counted);
    assert!(taken.counts[0].wait(&large) >= SECOND);
    let none = Counter::new("none", 0, SECOND, 1);
    assert!(!cache.take(&[none], at(250)).await.unwrap().counted);
}

/// What a long course of calls has told, the same on every run.
pub(super) async fn history(cache: &dyn Cache, calls: u64) -> Vec<String> {
    let mut random = Random(42);
    let mut now = 0;
    let mut told = Vec::new();
    for _ in 0..calls {
        // Now and then backwards, as clocks of several machines are.
        now += i64::try_from(random.below(400)).unwrap() - 40;
        let counters: Vec<Counter> = (0..=random.below(4))
            .map(|at| some(&mut random, at))
            .collect();
        let key = format!("history {}", random.below(4));
        let lives = Duration::from_millis(random.below(900));
        told.push(match random.below(8) {
            0 => format!("{:?}", cache.add(&counters, at(now)).await.unwrap()),
            1 => {
                let value = random.below(99).to_string();
                let put = cache.put(&key, value.as_bytes(), lives, at(now)).await;
                format!("{put:?}")
            }
            2 => format!("{:?}", cache.get(&key, at(now)).await.unwrap()),
            _ => {
                let taken = cache.take(&counters, at(now)).await.unwrap();
                let both = counters.iter().zip(&taken.counts);
                let waits: Vec<Duration> = both.map(|(one, count)| count.wait(one)).collect();
                format!("{taken:?} {waits:?}")
            }
        });
    }
    told
}

fn some(random: &mut Random, number: u64) -> Counter {
    let window = [7, 100, 1_000, 10_000][usize::try_from(random.below(4)).unwrap()];
    let key = format!("history {number} {window}");
    let (quota, cost) = (random.below(30), random.below(6));
    Counter::new(key, quota, Duration::from_millis(window), cost)
}

/// Numbers that look random and are the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }
}
