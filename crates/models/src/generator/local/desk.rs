//! The thread at which a model writes one answer after the other.
//!
//! A call is given up as soon as nobody reads it or its time is over: between two tokens, or between
//! two batches of its prompt.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use alexandria_core::error::{Error, ErrorKind, Result};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout_at;

use super::text::Letters;
use super::weights::{Begun, Chooser, Weights, Writer};
use super::{LOCAL_NAME, LocalConfig};
use crate::generator::{Delta, FinishReason, Generator, GeneratorModel, Prompt, Usage};

/// Pieces that may wait to be read before the model pauses.
const PIECES_WAITING_MAX: usize = 64;

/// A call as the thread sees it.
struct Call {
    prompt: Prompt,
    pieces: mpsc::Sender<Result<Delta>>,
    deadline: Instant,
}

impl Call {
    fn is_over(&self) -> bool {
        self.pieces.is_closed() || Instant::now() >= self.deadline
    }

    /// Gives a piece to whoever reads; false when nobody does.
    fn give(&self, piece: Result<Delta>) -> bool {
        self.pieces.blocking_send(piece).is_ok()
    }
}

/// A model in this process.
#[derive(Debug)]
pub(super) struct Desk {
    config: LocalConfig,
    model: GeneratorModel,
    /// The way to the thread, which is started by the first call.
    calls: Mutex<Option<SyncSender<Call>>>,
}

impl Desk {
    pub(super) fn open(config: &LocalConfig) -> Self {
        let name = config.file.file_stem().unwrap_or_default();
        Self {
            model: GeneratorModel {
                provider: LOCAL_NAME.to_owned(),
                name: name.to_string_lossy().into_owned(),
                context_tokens_max: config.context_tokens_max,
            },
            config: config.clone(),
            calls: Mutex::new(None),
        }
    }

    /// Puts a call into the queue.
    fn put(&self, call: Call) -> Result<()> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match calls.take() {
            Some(sender) => sender,
            None => self.start()?,
        };
        let outcome = sender.try_send(call);
        match outcome {
            Ok(()) => {
                *calls = Some(sender);
                Ok(())
            }
            Err(TrySendError::Full(_)) => {
                *calls = Some(sender);
                Err(Error::new(
                    ErrorKind::Exhausted,
                    format!(
                        "{} calls of the language model are waiting, as many as the settings allow",
                        self.config.limits.calls_max
                    ),
                ))
            }
            // The next call starts another thread.
            Err(TrySendError::Disconnected(_)) => Err(broken()),
        }
    }

    fn start(&self) -> Result<SyncSender<Call>> {
        let (sender, receiver) = sync_channel(self.config.limits.calls_max.max(1));
        let config = self.config.clone();
        std::thread::Builder::new()
            .name("language-model".to_owned())
            .spawn(move || work(&config, &receiver))
            .map_err(|error| {
                Error::new(
                    ErrorKind::Unavailable,
                    "cannot start the thread of the language model",
                )
                .with_source(error)
            })?;
        Ok(sender)
    }
}

#[async_trait]
impl Generator for Desk {
    fn model(&self) -> &GeneratorModel {
        &self.model
    }

    async fn generate(&self, prompt: &Prompt) -> Result<BoxStream<'static, Result<Delta>>> {
        let limits = self.config.limits;
        let begun = Instant::now();
        let whole = begun + limits.whole;
        let (pieces, mut written) = mpsc::channel(PIECES_WAITING_MAX);
        self.put(Call {
            prompt: prompt.clone(),
            pieces,
            deadline: whole,
        })?;
        let first = receive(&mut written, limits.first, whole).await?;
        let rest = stream::unfold(Some(written), move |written| async move {
            let mut written = written?;
            match receive(&mut written, limits.silence, whole).await {
                Ok(done @ Delta::Done { .. }) => Some((Ok(done), None)),
                Ok(piece) => Some((Ok(piece), Some(written))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(match first {
            done @ Delta::Done { .. } => stream::iter([Ok(done)]).boxed(),
            piece @ Delta::Text(_) => stream::iter([Ok(piece)]).chain(rest).boxed(),
        })
    }

    async fn check(&self) -> Result<()> {
        super::readable(&self.config.file)
    }
}

/// The next piece, within this wait and before the end of all.
async fn receive(
    pieces: &mut mpsc::Receiver<Result<Delta>>,
    wait: Duration,
    whole: Instant,
) -> Result<Delta> {
    let deadline = whole.min(Instant::now() + wait);
    match timeout_at(deadline.into(), pieces.recv()).await {
        Ok(Some(piece)) => piece,
        Ok(None) => Err(broken()),
        Err(_) => Err(Error::new(
            ErrorKind::Timeout,
            "the language model in this process took too long: give it more time \
             (ALEXANDRIA_GENERATOR_FIRST_SECONDS_MAX, ALEXANDRIA_GENERATOR_SECONDS_MAX) or take a \
             smaller one",
        )),
    }
}

fn broken() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the language model in this process has stopped",
    )
}

/// The life of the thread: it loads the model for the first call and writes until nobody can ask any
/// more. A model that cannot be loaded is tried again with the next call.
fn work(config: &LocalConfig, calls: &Receiver<Call>) {
    while let Ok(call) = calls.recv() {
        let loaded = Weights::open(config);
        let weights = match loaded {
            Ok(weights) => weights,
            Err(error) => {
                call.give(Err(error));
                continue;
            }
        };
        match weights.writer() {
            Ok(mut writer) => {
                serve(&mut writer, &call);
                while let Ok(call) = calls.recv() {
                    serve(&mut writer, &call);
                }
                return;
            }
            Err(error) => {
                call.give(Err(error));
            }
        }
    }
}

fn serve(writer: &mut Writer<'_>, call: &Call) {
    if call.is_over() {
        return;
    }
    if let Err(error) = write(writer, call) {
        call.give(Err(error));
    }
}

/// Writes one answer, to its end or until it is given up.
fn write(writer: &mut Writer<'_>, call: &Call) -> Result<()> {
    let Some(begun) = writer.read(&call.prompt, &|| call.is_over())? else {
        return Ok(());
    };
    let mut chooser = Chooser::new(call.prompt.temperature);
    let mut letters = Letters::default();
    let mut tokens = 0;
    let mut reason = FinishReason::Length;
    while tokens < call.prompt.tokens_max {
        if call.is_over() {
            return Ok(());
        }
        let Some(bytes) = writer.next(&mut chooser)? else {
            reason = FinishReason::Stop;
            break;
        };
        tokens += 1;
        let text = letters.push(&bytes);
        if !text.is_empty() && !call.give(Ok(Delta::Text(text))) {
            return Ok(());
        }
    }
    call.give(Ok(Delta::Done {
        reason,
        usage: usage(begun, tokens),
    }));
    Ok(())
}

/// What an answer used; its tokens cost nothing but time.
fn usage(begun: Begun, written: u32) -> Usage {
    Usage {
        prompt_tokens: begun.tokens as u64,
        completion_tokens: u64::from(written),
        cached_tokens: begun.held as u64,
        cost_micros: 0,
        is_estimated: false,
    }
}
