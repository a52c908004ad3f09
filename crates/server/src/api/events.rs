//! Replies that come piece by piece: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::principal::Principal;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use serde::Serialize;

use super::Shared;
use super::problem::Problem;

/// The media type of server-sent events.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// What is told.
#[derive(Debug)]
pub(super) enum Told {
    /// An event of this name with this JSON.
    Event(&'static str, String),
    /// An event of a log: its id, its name, its JSON.
    Kept(String, &'static str, Arc<str>),
    /// These words alone, under no name.
    Data(String),
    /// What went wrong, as JSON; nothing comes after it.
    Problem(String),
}

impl Told {
    /// A value under no name.
    pub(super) fn data(value: &impl Serialize) -> Self {
        Self::Data(serde_json::to_string(value).unwrap_or_default())
    }

    /// An event with a value.
    pub(super) fn event(name: &'static str, value: &impl Serialize) -> Self {
        // Twins of the wire are made of strings, numbers and lists: they always have a JSON form.
        Self::Event(name, serde_json::to_string(value).unwrap_or_default())
    }

    /// What went wrong with what a principal has asked for: what a reply of its own would have said. The
    /// server's log is told.
    pub(super) fn problem(app: &Shared, principal: &Principal, problem: &Problem) -> Self {
        let request = principal
            .origin()
            .map_or("", |origin| origin.request.as_str());
        tracing::warn!(
            request_id = request,
            "a stream failed: {}",
            problem.for_log()
        );
        let body = problem.body(request, app.config.debug.is_on());
        Self::Problem(serde_json::to_string(&body).unwrap_or_default())
    }

    /// The name and the words, as a log keeps them.
    pub(super) fn parts(self) -> (&'static str, String) {
        match self {
            Self::Event(name, data) => (name, data),
            Self::Kept(_, name, data) => (name, data.to_string()),
            Self::Data(data) => ("message", data),
            Self::Problem(data) => ("problem", data),
        }
    }
}

/// The reply that tells it; it ends when the server stops.
pub(super) fn reply(app: &Shared, stream: impl Stream<Item = Told> + Send + 'static) -> Response {
    let stop = app.stop.clone();
    let heartbeat = Duration::from_secs(app.config.heartbeat_seconds);
    let stream = stream.map(|told| Ok::<_, Infallible>(render(told)));
    let stream = stream.take_until(async move { stop.cancelled().await });
    Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(heartbeat))
        .into_response()
}

fn render(told: Told) -> Event {
    match told {
        Told::Kept(id, name, data) => Event::default().id(id).event(name).data(data),
        Told::Data(data) => Event::default().data(data),
        Told::Event(..) | Told::Problem(_) => {
            let (name, data) = told.parts();
            Event::default().event(name).data(data)
        }
    }
}
