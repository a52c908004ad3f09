//! A model behind the door of its provider: how many calls at once, and who tells the door how a stream
//! has ended.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::remote::Remote;
use super::{Delta, Generator, GeneratorModel, Price, Prompt};
use crate::provider::{Door, Limits, Permit};

/// How long a sign of life counts: those who watch over a service ask often.
const CHECK_KEPT: Duration = Duration::from_secs(5);

/// A provider's model behind its door.
#[derive(Debug)]
pub(super) struct Guarded {
    remote: Remote,
    limits: Limits,
    door: Arc<Door>,
    places: Arc<Semaphore>,
    checked: tokio::sync::Mutex<Option<Checked>>,
}

#[derive(Debug)]
struct Checked {
    at: Instant,
    /// The kind and the sentence of what was wrong.
    fault: Option<(ErrorKind, String)>,
}

impl Guarded {
    pub(super) fn new(remote: Remote, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self {
            door: Door::new(remote.provider().name(), clock),
            remote,
            limits,
            places: Arc::new(Semaphore::new(limits.calls_max.max(1))),
            checked: tokio::sync::Mutex::new(None),
        }
    }

    async fn place(&self, deadline: Instant) -> Result<OwnedSemaphorePermit> {
        let deadline = deadline.min(Instant::now() + self.limits.first);
        let place = timeout_at(deadline, Arc::clone(&self.places).acquire_owned()).await;
        match place {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Error::new(
                ErrorKind::Exhausted,
                format!(
                    "{} calls of {} are under way, as many as the settings allow",
                    self.limits.calls_max,
                    self.remote.provider().name()
                ),
            )),
        }
    }
}

#[async_trait]
impl Generator for Guarded {
    fn model(&self) -> &GeneratorModel {
        self.remote.model()
    }

    fn price(&self) -> Price {
        self.remote.price()
    }

    async fn generate(&self, prompt: &Prompt) -> Result<BoxStream<'static, Result<Delta>>> {
        let deadline = Instant::now() + self.limits.whole;
        let place = self.place(deadline).await?;
        let begin = || self.remote.begin(prompt, deadline);
        let (stream, permit) = self.door.pass(&self.limits, deadline, begin).await?;
        Ok(watched(stream, permit, place))
    }

    async fn check(&self) -> Result<()> {
        let mut checked = self.checked.lock().await;
        let known = checked
            .as_ref()
            .filter(|known| known.at.elapsed() < CHECK_KEPT);
        if let Some(known) = known {
            return match &known.fault {
                None => Ok(()),
                Some((kind, sentence)) => Err(Error::new(*kind, sentence.clone())),
            };
        }
        let outcome = self.remote.check().await;
        let fault = outcome.as_ref().err();
        *checked = Some(Checked {
            at: Instant::now(),
            fault: fault.map(|error| (error.kind(), error.chain())),
        });
        outcome
    }
}

/// The stream, which says at its end how the call went, and then gives its place back.
fn watched(
    stream: BoxStream<'static, Result<Delta>>,
    permit: Permit,
    place: OwnedSemaphorePermit,
) -> BoxStream<'static, Result<Delta>> {
    let begin = (stream, permit, place);
    stream::unfold(begin, |(mut stream, mut permit, place)| async move {
        let item = stream.next().await?;
        match &item {
            Ok(Delta::Text(_)) => {}
            Ok(Delta::Done { .. }) => permit.succeeded(),
            Err(error) => permit.note(error),
        }
        Some((item, (stream, permit, place)))
    })
    .boxed()
}
