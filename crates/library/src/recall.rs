//! Answers that can be given again, and those that are being made.
//!
//! Nothing here knows what an answer depends on: that is all in the key, under which an answer is never
//! found again once something has changed. What is here has two bounds, bytes and age, and goes with
//! the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alexandria_store::blobs::Digest;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::ask::Answer;
use crate::cache::Cache;

/// What is known under a key. Those who wait are told of an answer whatever it is; only what is whole
/// is known afterwards.
pub(crate) struct Recall {
    is_on: bool,
    age_max: SignedDuration,
    known: Cache<Digest, Known>,
    under_way: Mutex<HashMap<Digest, Told>>,
    /// How often everything was forgotten: an answer that was begun before is not known afterwards.
    epoch: AtomicU64,
}

#[derive(Clone)]
struct Known {
    answer: Arc<Answer>,
    since: Timestamp,
}

/// How those who wait are told.
pub(crate) type Told = watch::Receiver<Option<Arc<Answer>>>;

/// What there is for a question.
pub(crate) enum Entered<'a> {
    /// Its answer.
    Known(Arc<Answer>),
    /// Somebody is making it. The sender goes without a word when that fails.
    UnderWay(Told),
    /// Nothing: whoever has entered is to make it.
    Turn(Turn<'a>),
}

impl Recall {
    /// Keeps so many bytes of answers at most, none of them longer than so many seconds; no bytes switch
    /// it off.
    pub(crate) fn new(bytes_max: usize, seconds_max: u64) -> Self {
        Self {
            is_on: bytes_max > 0,
            age_max: SignedDuration::from_secs(i64::try_from(seconds_max).unwrap_or(i64::MAX)),
            known: Cache::new(bytes_max),
            under_way: Mutex::default(),
            epoch: AtomicU64::new(0),
        }
    }

    /// Forgets every answer, those that are being made included.
    pub(crate) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.known.clear();
    }

    /// Whether anything is ever recalled.
    pub(crate) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Looks for the answer to a question, and takes the turn to make it when there is none.
    pub(crate) fn enter(&self, key: Digest, now: Timestamp) -> Entered<'_> {
        // Held while what is known is looked at: whoever makes an answer lets it be known before the
        // turn ends, so that none is missed in between.
        let mut under_way = self.under_way();
        if let Some(known) = self.known.get(&key)
            && now.duration_since(known.since) < self.age_max
        {
            return Entered::Known(known.answer);
        }
        if let Some(told) = under_way.get(&key) {
            return Entered::UnderWay(told.clone());
        }
        let (teller, told) = watch::channel(None);
        under_way.insert(key, told);
        Entered::Turn(Turn {
            recall: self,
            key,
            epoch: self.epoch.load(Ordering::Acquire),
            teller,
        })
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<Digest, Told>> {
        // A map is whole between any two of its calls, whoever broke there.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to make an answer. Invariant: it ends when it is dropped, so that nobody waits for an answer
/// that is not being made.
pub(crate) struct Turn<'a> {
    recall: &'a Recall,
    key: Digest,
    epoch: u64,
    teller: watch::Sender<Option<Arc<Answer>>>,
}

impl Turn<'_> {
    /// The answer is made: it is told to those who wait and, if it is whole, known from now on.
    pub(crate) fn done(self, answer: &Answer, now: Timestamp) {
        let answer = Arc::new(answer.clone());
        let is_new = self.recall.epoch.load(Ordering::Acquire) == self.epoch;
        if answer.degraded.is_empty() && is_new {
            let known = Known {
                answer: Arc::clone(&answer),
                since: now,
            };
            self.recall.known.put(self.key, known, weight(&answer));
        }
        self.teller.send_replace(Some(answer));
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.recall.under_way().remove(&self.key);
    }
}

impl fmt::Debug for Recall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Recall({:?})", self.known)
    }
}

/// About how many bytes an answer takes: as many as it has as JSON.
fn weight(answer: &Answer) -> usize {
    // What cannot be written is too heavy for any cache.
    serde_json::to_vec(answer).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer {
            text: text.to_owned(),
            ..Answer::default()
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn make(recall: &Recall, key: Digest, answer: &Answer, now: Timestamp) {
        match recall.enter(key, now) {
            Entered::Turn(turn) => turn.done(answer, now),
            Entered::Known(_) | Entered::UnderWay(_) => panic!("it is there already"),
        }
    }

    #[test]
    fn an_answer_is_known_until_it_is_too_old() {
        let recall = Recall::new(10_000, 60);
        let key = Digest::of(b"why");
        make(&recall, key, &answer("because"), at(0));
        assert!(
            matches!(recall.enter(key, at(59)), Entered::Known(known) if known.text == "because")
        );
        make(&recall, key, &answer("because of that"), at(60));
        assert!(matches!(recall.enter(key, at(61)), Entered::Known(known) if known.text.len() > 7));
        assert!(matches!(
            recall.enter(Digest::of(b"how"), at(61)),
            Entered::Turn(_)
        ));
    }

    #[test]
    fn what_is_not_whole_is_told_and_not_known() {
        let recall = Recall::new(10_000, 60);
        let key = Digest::of(b"why");
        let Entered::Turn(turn) = recall.enter(key, at(0)) else {
            panic!("nobody has asked before")
        };
        let Entered::UnderWay(told) = recall.enter(key, at(0)) else {
            panic!("it is being made")
        };
        let mut broken = answer("because");
        broken.degraded.push("the text index is gone".to_owned());
        turn.done(&broken, at(0));
        assert_eq!(told.borrow().as_deref(), Some(&broken));
        assert!(matches!(recall.enter(key, at(0)), Entered::Turn(_)));
    }

    #[test]
    fn what_is_forgotten_while_it_is_made_is_not_known() {
        let recall = Recall::new(10_000, 60);
        let (known, made) = (Digest::of(b"why"), Digest::of(b"how"));
        make(&recall, known, &answer("because"), at(0));
        let Entered::Turn(turn) = recall.enter(made, at(0)) else {
            panic!("nobody has asked before")
        };
        recall.forget();
        turn.done(&answer("so"), at(0));
        for key in [known, made] {
            assert!(matches!(recall.enter(key, at(0)), Entered::Turn(_)));
        }
    }

    #[test]
    fn a_turn_that_is_given_up_is_somebody_elses() {
        let recall = Recall::new(10_000, 60);
        let key = Digest::of(b"why");
        let turn = recall.enter(key, at(0));
        let Entered::UnderWay(told) = recall.enter(key, at(0)) else {
            panic!("it is being made")
        };
        drop(turn);
        assert!(told.has_changed().is_err(), "those who wait are not told");
        assert!(matches!(recall.enter(key, at(0)), Entered::Turn(_)));
    }

    #[test]
    fn the_bytes_are_bounded() {
        let recall = Recall::new(weight(&answer("0")) * 3, 60);
        for number in 0..10_u8 {
            make(
                &recall,
                Digest::of(&[number]),
                &answer(&number.to_string()),
                at(0),
            );
        }
        let known = |number: u8| {
            matches!(
                recall.enter(Digest::of(&[number]), at(0)),
                Entered::Known(_)
            )
        };
        assert_eq!((0..10).filter(|number| known(*number)).count(), 3);
        assert!(known(9) && !known(0));
    }
}
