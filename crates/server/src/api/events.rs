//! Replies that come piece by piece: server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use serde::Serialize;

use super::Shared;
use super::problem::Problem;

/// The media type of server-sent events.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// How often a silent stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What is told.
#[derive(Debug)]
pub(super) enum Told {
    /// An event of this name with this JSON.
    Event(&'static str, String),
    /// These words alone, under no name.
    Data(String),
    /// What went wrong; nothing comes after it.
    Problem(Problem),
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
}

/// The reply that tells it; it ends when the server stops.
pub(super) fn reply(app: &Shared, stream: impl Stream<Item = Told> + Send + 'static) -> Response {
    let stop = app.stop.clone();
    let stream = stream.map(|told| Ok::<_, Infallible>(render(told)));
    let stream = stream.take_until(async move { stop.cancelled().await });
    Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

fn render(told: Told) -> Event {
    match told {
        Told::Event(name, data) => Event::default().event(name).data(data),
        Told::Data(data) => Event::default().data(data),
        Told::Problem(problem) => {
            tracing::warn!("a stream failed: {}", problem.for_log());
            let data = serde_json::json!({
                "status": problem.status().as_u16(), "detail": problem.detail() });
            Event::default().event("problem").data(data.to_string())
        }
    }
}
