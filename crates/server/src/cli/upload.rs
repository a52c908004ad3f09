//! Sending one file to the library as a form, from the disk or the web to the wire, never whole in
//! memory.

use alexandria_core::error::{Context, ErrorKind, Result};
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio_util::io::ReaderStream;

use super::door::{Door, read_json};
use super::sources::Source;
use crate::api::documents::UploadBody;
use crate::api::{UPLOAD_PATH, form};
use crate::web::{Fence, Outcome, fetch};

/// How much of a file is read at once, in bytes.
const READ_BYTES: usize = 256 * 1024;

/// What goes with every file.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    /// The collection's name.
    pub(super) collection: Option<String>,
    /// The tags.
    pub(super) tags: Vec<String>,
    /// What it is about.
    pub(super) category: Option<String>,
    /// The title, where the person knows better than the file.
    pub(super) title: Option<String>,
    /// How closely it is held.
    pub(super) classification: Option<&'static str>,
}

/// Sends a file; `sent` is told of every piece that has left.
///
/// # Errors
/// When it cannot be read or fetched, and whatever the library says.
pub(super) async fn send(
    door: &Door,
    source: &Source,
    labels: &Labels,
    fence: Fence,
    sent: impl Fn(u64) + Send + Sync + 'static,
) -> Result<UploadBody> {
    let opened = open(source, fence).await?;
    let (media_type, content) = (opened.media_type, opened.content);
    let boundary = format!("alexandria-{}", uuid::Uuid::now_v7().simple());
    let mut head = String::new();
    for (name, value) in [
        ("collection", labels.collection.as_deref()),
        ("category", labels.category.as_deref()),
        ("title", labels.title.as_deref()),
        ("classification", labels.classification),
    ] {
        if let Some(value) = value {
            head.push_str(&form::field(&boundary, name, value));
        }
    }
    for tag in &labels.tags {
        head.push_str(&form::field(&boundary, "tag", tag));
    }
    head.push_str(&form::file(
        &boundary,
        &source.name(),
        media_type.as_deref(),
    ));
    let tail = form::end(&boundary);
    let content = content.inspect(move |piece| {
        if let Ok(piece) = piece {
            sent(piece.len() as u64);
        }
    });
    let whole = |text: String| stream::once(async move { Ok(Bytes::from(text)) });
    let request = Request::builder()
        .method(Method::POST)
        .uri(UPLOAD_PATH)
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(Body::from_stream(
            whole(head).chain(content).chain(whole(tail)),
        ))
        .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
    let reply = door.send(request).await;
    // When it was the site that broke off, that is what a person must know.
    if let Some(error) = opened.outcome.error() {
        return Err(error);
    }
    read_json(reply?).await
}

/// A source that is being read.
struct Opened {
    media_type: Option<String>,
    content: BoxStream<'static, std::io::Result<Bytes>>,
    outcome: Outcome,
}

async fn open(source: &Source, fence: Fence) -> Result<Opened> {
    match source {
        Source::File(path) => {
            let about = || format!("cannot read {}", path.display());
            let file = tokio::fs::File::open(path)
                .await
                .context(ErrorKind::Invalid, about)?;
            Ok(Opened {
                media_type: None,
                content: ReaderStream::with_capacity(file, READ_BYTES).boxed(),
                outcome: Outcome::default(),
            })
        }
        Source::Web(address) => {
            let fetched = fetch(address, fence).await?;
            Ok(Opened {
                media_type: fetched.media_type,
                content: fetched.body,
                outcome: fetched.outcome,
            })
        }
    }
}
