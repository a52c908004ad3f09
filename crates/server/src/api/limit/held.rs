//! The body of a reply that holds a place until its end, or until nobody reads it any more.

use std::pin::Pin;
use std::task::{Context, Poll};

use alexandria_library::limits::Place;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

/// A body with its place.
#[derive(Debug)]
pub(super) struct Held {
    body: Body,
    _place: Place,
}

impl Held {
    /// The same body, which holds the place.
    pub(super) fn body(body: Body, place: Place) -> Body {
        Body::new(Self {
            body,
            _place: place,
        })
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
