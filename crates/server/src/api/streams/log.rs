//! The events of one stream as they are written, and readers that follow it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::{Stream, stream};
use tokio::sync::watch;
use uuid::Uuid;

use crate::api::events::Told;
use crate::api::problem::Problem;

/// Bytes of the events of one stream at most.
const STREAM_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes that an event takes beside its words.
const EVENT_BYTES: usize = 64;

/// The log of a stream.
#[derive(Debug)]
pub(super) struct Log {
    id: Uuid,
    written: Mutex<Written>,
    /// Told whenever something has been written.
    news: watch::Sender<()>,
}

#[derive(Debug)]
struct Written {
    events: Vec<(&'static str, Arc<str>)>,
    bytes: usize,
    readers: usize,
    /// Since when nobody reads.
    unread: Option<Instant>,
    ended: Option<Instant>,
}

impl Log {
    pub(super) fn new(id: Uuid) -> Self {
        let written = Written {
            events: Vec::new(),
            bytes: 0,
            readers: 0,
            unread: Some(Instant::now()),
            ended: None,
        };
        Self {
            id,
            written: Mutex::new(written),
            news: watch::Sender::new(()),
        }
    }

    pub(super) const fn id(&self) -> Uuid {
        self.id
    }

    /// How many events have been written.
    pub(super) fn len(&self) -> usize {
        self.written().events.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.written().bytes
    }

    /// When it ended.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.written().ended
    }

    /// Whether it ended so long ago.
    pub(super) fn ended_before(&self, time: Duration) -> bool {
        self.ended().is_some_and(|ended| ended.elapsed() >= time)
    }

    /// Whether nobody has read it for so long.
    pub(super) fn is_unread_for(&self, time: Duration) -> bool {
        let unread = self.written().unread;
        unread.is_some_and(|since| since.elapsed() >= time)
    }

    /// Writes an event. The problem that ends a stream is always written.
    ///
    /// # Errors
    /// The problem to end it with, when there is no room for the event.
    pub(super) fn push(&self, told: Told) -> Result<(), Problem> {
        let is_problem = matches!(told, Told::Problem(_));
        let (name, data) = told.parts();
        let mut written = self.written();
        let bytes = data.len() + EVENT_BYTES;
        if !is_problem && written.bytes + bytes > STREAM_BYTES_MAX {
            let sentence = format!(
                "the events of an answer have at most {STREAM_BYTES_MAX} bytes: ask with fewer passages"
            );
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        written.bytes += bytes;
        written.events.push((name, data.into()));
        drop(written);
        self.news.send_replace(());
        Ok(())
    }

    /// Writes that nothing follows.
    pub(super) fn end(&self) {
        self.written().ended.get_or_insert_with(Instant::now);
        self.news.send_replace(());
    }

    /// The events from one on, those to come included, until the end.
    pub(super) fn read(log: &Arc<Self>, from: usize) -> impl Stream<Item = Told> + Send + use<> {
        let reader = Reader::new(Arc::clone(log));
        let news = log.news.subscribe();
        stream::unfold((reader, news, from), async |(reader, mut news, at)| {
            loop {
                news.borrow_and_update();
                let (event, ended) = {
                    let written = reader.0.written();
                    (written.events.get(at).cloned(), written.ended.is_some())
                };
                if let Some((name, data)) = event {
                    let id = format!("{}/{}", reader.0.id, at + 1);
                    return Some((Told::Kept(id, name, data), (reader, news, at + 1)));
                }
                if ended || news.changed().await.is_err() {
                    return None;
                }
            }
        })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who reads.
struct Reader(Arc<Log>);

impl Reader {
    fn new(log: Arc<Log>) -> Self {
        let mut written = log.written();
        written.readers += 1;
        written.unread = None;
        drop(written);
        Self(log)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut written = self.0.written();
        written.readers = written.readers.saturating_sub(1);
        if written.readers == 0 {
            written.unread = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    fn told(number: usize) -> Told {
        Told::event("draft", &serde_json::json!({ "text": number }))
    }

    fn ids(events: Vec<Told>) -> Vec<String> {
        let id = |told| {
            let Told::Kept(id, ..) = told else {
                panic!("{told:?}");
            };
            id.split_once('/').unwrap().1.to_owned()
        };
        events.into_iter().map(id).collect()
    }

    #[tokio::test]
    async fn whoever_goes_on_misses_nothing_and_gets_nothing_twice() {
        let log = Arc::new(Log::new(Uuid::from_u128(9)));
        for number in 0..3 {
            log.push(told(number)).unwrap();
        }
        let first: Vec<Told> = Log::read(&log, 0).take(2).collect().await;
        assert_eq!(ids(first), ["1", "2"]);
        assert!(log.is_unread_for(Duration::ZERO));
        let rest = Log::read(&log, 2);
        assert!(!log.is_unread_for(Duration::ZERO));
        let write = async {
            log.push(told(3)).unwrap();
            tokio::task::yield_now().await;
            log.end();
        };
        let (rest, ()) = tokio::join!(rest.collect::<Vec<_>>(), write);
        assert_eq!(ids(rest), ["3", "4"]);
        let again: Vec<Told> = Log::read(&log, 0).collect().await;
        assert_eq!(again.len(), 4);
    }

    #[tokio::test]
    async fn a_stream_that_grows_too_large_takes_nothing_but_a_problem() {
        let log = Arc::new(Log::new(Uuid::from_u128(9)));
        let large = Told::event("draft", &"a".repeat(STREAM_BYTES_MAX / 2));
        log.push(large).unwrap();
        let refused = log.push(Told::event("draft", &"a".repeat(STREAM_BYTES_MAX / 2)));
        let problem = refused.unwrap_err();
        assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(log.bytes() <= STREAM_BYTES_MAX);
        log.push(Told::Problem("{}".to_owned())).unwrap();
        log.end();
        let events: Vec<Told> = Log::read(&log, 0).collect().await;
        assert!(matches!(&events[..], [_, Told::Kept(_, "problem", _)]));
    }
}
