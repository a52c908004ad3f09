//! Streams of an answer's events that can be read again: a reader who was cut off goes on where it was,
//! and nothing is asked or paid for twice.
//!
//! The events of an answer are written into a log as they come, and readers read the log. Everything is
//! bounded: events of one stream, streams of one asker, bytes of all, the time after the end and the time
//! without a reader. Invariant: a stream is found by the one who asked alone; for everybody else it does
//! not exist.

mod log;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::log::Log;
use super::Shared;
use super::events::{self, Told};
use super::extract::{Asker, Segments};
use super::problem::Problem;

/// Streams of one asker that are kept at most; the oldest that has ended makes room.
const STREAMS_PER_ASKER_MAX: usize = 16;

/// Streams that are kept at most.
const STREAMS_MAX: usize = 128;

/// Bytes of all streams that are kept at most; the oldest that has ended makes room.
const STREAMS_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How often it is looked whether anybody reads.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The header of a reply that can be gone on with.
pub(super) const STREAM_ID: HeaderName = HeaderName::from_static("x-stream-id");

/// The header of a reader that goes on.
const LAST_EVENT_ID: &str = "last-event-id";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/streams/{stream}",
        get_with(resume, |operation| {
            operation
                .id("streams_resume")
                .tag("ask")
                .summary("Go on reading the events of an answer")
                .description(
                    "The events of an answer that was asked for with `Accept: text/event-stream`, from \
                     the one after the header `Last-Event-ID`, or from the first. The stream's id is in \
                     the header `X-Stream-Id` of the reply to the question, and before the slash in the \
                     id of every event. An answer can be gone on with for a while after its end; then \
                     the stream is not found any more.",
                )
        }),
    )
}

/// The streams that can be read.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    kept: Mutex<HashMap<Uuid, Kept>>,
    /// The tasks that write them.
    pub(crate) tracker: TaskTracker,
}

/// A stream, and whose it is.
#[derive(Clone, Debug)]
struct Kept {
    owner: Owner,
    log: Arc<Log>,
}

/// Who may read a stream.
type Owner = (TenantId, String);

fn owner(principal: &Principal) -> Owner {
    (principal.tenant(), principal.actor().to_string())
}

impl Streams {
    /// Makes room for a new stream.
    ///
    /// # Errors
    /// `Exhausted` when too many are still being written.
    fn begin(
        &self,
        principal: &Principal,
        id: Uuid,
        kept_for: Duration,
    ) -> Result<Arc<Log>, Error> {
        let owner = owner(principal);
        let mut kept = self.kept();
        kept.retain(|_, stream| !stream.log.ended_before(kept_for));
        loop {
            let own = kept.values().filter(|stream| stream.owner == owner).count();
            let bytes: usize = kept.values().map(|stream| stream.log.bytes()).sum();
            let own_full = own >= STREAMS_PER_ASKER_MAX;
            if !own_full && kept.len() < STREAMS_MAX && bytes < STREAMS_BYTES_MAX {
                break;
            }
            let ended = kept
                .iter()
                .filter(|(_, stream)| !own_full || stream.owner == owner)
                .filter_map(|(id, stream)| Some((stream.log.ended()?, *id)));
            let Some((_, oldest)) = ended.min() else {
                let sentence =
                    "too many answers are being written at once; wait until one has ended";
                return Err(Error::new(ErrorKind::Exhausted, sentence)
                    .with_retry_after(Duration::from_secs(2)));
            };
            kept.remove(&oldest);
        }
        let log = Arc::new(Log::new(id));
        let stream = Kept {
            owner,
            log: Arc::clone(&log),
        };
        kept.insert(id, stream);
        Ok(log)
    }

    /// The stream with this id, if it belongs to the one who asks for it and can still be read.
    fn find(&self, principal: &Principal, id: Uuid, kept_for: Duration) -> Option<Arc<Log>> {
        let kept = self.kept();
        let stream = kept.get(&id)?;
        let readable = stream.owner == owner(principal) && !stream.log.ended_before(kept_for);
        readable.then(|| Arc::clone(&stream.log))
    }

    /// Forgets the streams of a tenant: somebody or something of it was erased. Who reads one goes on to
    /// its end.
    pub(super) fn forget_tenant(&self, tenant: TenantId) {
        self.kept().retain(|_, stream| stream.owner.0 != tenant);
    }

    fn forget(&self, id: Uuid) {
        self.kept().remove(&id);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Uuid, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a stream of events into a log and replies with it.
///
/// # Errors
/// `Exhausted` when too many are being written.
pub(super) fn reply(
    app: &Shared,
    principal: &Principal,
    told: BoxStream<'static, Told>,
) -> Result<Response, Problem> {
    let id = app.ids.next();
    let kept_for = Duration::from_secs(app.config.stream_kept_seconds);
    let log = app.streams.begin(principal, id, kept_for)?;
    // Attached before the writing begins, so that it never seems unread.
    let response = read(app, &log, 0);
    let (shared, asker) = (Shared::clone(app), principal.clone());
    app.streams.tracker.spawn(async move {
        if let Err(problem) = write(&shared, &log, told).await {
            let told = Told::problem(&shared, &asker, &problem);
            // The log takes a problem whatever it holds.
            log.push(told).ok();
        }
        log.end();
        let stop = shared.stop.clone();
        stop.run_until_cancelled(tokio::time::sleep(kept_for)).await;
        shared.streams.forget(id);
    });
    Ok(response)
}

/// Writes until the end or until the server stops.
///
/// # Errors
/// Why it was given up: nobody has read for long, or there is no more room.
async fn write(app: &Shared, log: &Log, mut told: BoxStream<'static, Told>) -> Result<(), Problem> {
    let unread_max = Duration::from_secs(app.config.stream_unread_seconds_max);
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            event = told.next() => match event {
                Some(event) => {
                    let is_last = matches!(event, Told::Problem(_));
                    log.push(event)?;
                    if is_last {
                        return Ok(());
                    }
                }
                None => return Ok(()),
            },
            _ = look.tick() => {
                if log.is_unread_for(unread_max) {
                    tracing::debug!("nobody reads an answer any more");
                    let seconds = unread_max.as_secs();
                    let sentence = format!(
                        "this answer was given up after nobody had read it for {seconds} seconds; ask again"
                    );
                    return Err(Problem::new(StatusCode::GONE, sentence));
                }
            }
            () = app.stop.cancelled() => return Ok(()),
        }
    }
}

/// The reply that reads a log from an event on.
fn read(app: &Shared, log: &Arc<Log>, from: usize) -> Response {
    let mut response = events::reply(app, Log::read(log, from));
    if let Ok(value) = HeaderValue::from_str(&log.id().to_string()) {
        response.headers_mut().insert(STREAM_ID, value);
    }
    response
}

/// Which stream.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The stream's id.
    stream: Uuid,
}

async fn resume(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    principal.require(Scope::Ask)?;
    let kept_for = Duration::from_secs(app.config.stream_kept_seconds);
    let Some(log) = app.streams.find(&principal, which.stream, kept_for) else {
        let sentence = format!(
            "there is no stream {}; one can be read for {} seconds after its end: ask again, or look \
             for the answer among those kept, with GET /api/v1/answers",
            which.stream, app.config.stream_kept_seconds
        );
        return Err(Error::new(ErrorKind::NotFound, sentence).into());
    };
    let last = headers.get(LAST_EVENT_ID).map(|value| value.as_bytes());
    let from = match last.map(|text| event_number(text, which.stream)) {
        None => 0,
        Some(Some(number)) if number <= log.len() => number,
        Some(_) => {
            let sentence = "the header Last-Event-ID does not name an event of this stream; leave it \
                            away to read from the first";
            return Err(Error::new(ErrorKind::Invalid, sentence).into());
        }
    };
    Ok(read(&app, &log, from))
}

/// The number in the id of an event, with the stream's id before it or without.
fn event_number(text: &[u8], stream: Uuid) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let number = match text.split_once('/') {
        Some((id, number)) => (id.parse() == Ok(stream)).then_some(number)?,
        None => text,
    };
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use alexandria_core::id::{TENANT_DEFAULT, UserId};
    use std::time::Instant;

    use alexandria_core::access::Scopes;
    use alexandria_core::principal::Actor;

    use super::*;

    const LONG: Duration = Duration::from_secs(300);

    fn reader(number: u128) -> Principal {
        let actor = Actor::User(UserId::from_uuid(Uuid::from_u128(number)));
        Principal::authenticated(TENANT_DEFAULT, actor, Scopes::all())
    }

    #[test]
    fn a_stream_does_not_exist_for_another_and_after_its_time() {
        let streams = Streams::default();
        let (mine, id) = (reader(1), Uuid::from_u128(9));
        let log = streams.begin(&mine, id, LONG).unwrap();
        assert!(streams.find(&mine, id, LONG).is_some());
        assert!(streams.find(&reader(2), id, LONG).is_none());
        assert!(streams.find(&Principal::owner(), id, LONG).is_none());
        log.end();
        assert!(streams.find(&mine, id, LONG).is_some());
        assert!(streams.find(&mine, id, Duration::ZERO).is_none());
    }

    #[test]
    fn the_oldest_that_has_ended_makes_room_and_one_under_way_does_not() {
        let streams = Streams::default();
        let mine = reader(1);
        let begin = |number: usize| streams.begin(&mine, Uuid::from_u128(number as u128), LONG);
        let logs: Vec<_> = (0..STREAMS_PER_ASKER_MAX)
            .map(|at| begin(at).unwrap())
            .collect();
        assert_eq!(begin(100).unwrap_err().kind(), ErrorKind::Exhausted);
        assert!(
            streams
                .begin(&reader(2), Uuid::from_u128(200), LONG)
                .is_ok()
        );
        logs[3].end();
        assert!(begin(100).is_ok());
        assert!(streams.find(&mine, Uuid::from_u128(3), LONG).is_none());
        assert!(streams.find(&mine, Uuid::from_u128(4), LONG).is_some());
    }

    #[test]
    fn what_a_tenant_has_is_forgotten_and_others_stay() {
        let streams = Streams::default();
        let mine = reader(1);
        let other = TenantId::from_uuid(Uuid::from_u128(5));
        let theirs = Principal::authenticated(other, mine.actor().clone(), Scopes::all());
        for (reader, id) in [(&mine, 9), (&theirs, 10)] {
            streams.begin(reader, Uuid::from_u128(id), LONG).unwrap();
        }
        streams.forget_tenant(TENANT_DEFAULT);
        assert!(streams.find(&mine, Uuid::from_u128(9), LONG).is_none());
        assert!(streams.find(&theirs, Uuid::from_u128(10), LONG).is_some());
    }

    #[test]
    fn the_id_of_an_event_is_read_with_its_stream_and_without() {
        let id = Uuid::from_u128(9);
        let check = |text: &str, number: Option<usize>| {
            assert_eq!(event_number(text.as_bytes(), id), number, "{text:?}");
        };
        check("7", Some(7));
        check(&format!("{id}/7"), Some(7));
        check(&format!("{}/7", Uuid::from_u128(8)), None);
        check("", None);
        check("-1", None);
    }

    #[test]
    fn an_instant_of_the_past_is_before_now() {
        let log = Log::new(Uuid::from_u128(9));
        assert!(!log.ended_before(Duration::ZERO) && log.ended().is_none());
        log.end();
        assert!(log.ended().is_some_and(|ended| ended <= Instant::now()));
    }
}
