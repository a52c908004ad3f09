//! A reply while it is written: bytes become text, with an end to every wait and to every size.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use futures::stream::{self, BoxStream, StreamExt as _};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::meter::Meter;
use super::remote::{Piece, Protocol};
use super::{Delta, FinishReason};
use crate::provider::{Connection, Frames};

/// The longest reply, in bytes: every token comes in a frame of some hundred bytes.
const REPLY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The longest text, in bytes; no answer needs a tenth of it.
const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// When a reply has to go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// When the first text has to be there.
    pub(super) first: Instant,
    /// How long there may be no text afterwards.
    pub(super) silence: Duration,
    /// When everything has to be there.
    pub(super) whole: Instant,
}

/// A reply under way. Dropping it closes the connection, which ends the call.
#[derive(Debug)]
pub(super) struct Writing {
    response: Response,
    /// Nothing once the last byte has come.
    frames: Option<Frames>,
    connection: Arc<Connection>,
    protocol: Arc<dyn Protocol>,
    meter: Meter,
    deadlines: Deadlines,
    /// When the next text has to be there.
    next: Instant,
    reply_bytes: usize,
    text_bytes: usize,
    reason: Option<FinishReason>,
    is_over: bool,
    ready: VecDeque<Delta>,
}

impl Writing {
    pub(super) fn new(
        response: Response,
        connection: Arc<Connection>,
        protocol: Arc<dyn Protocol>,
        meter: Meter,
        deadlines: Deadlines,
    ) -> Self {
        Self {
            frames: Some(Frames::new(protocol.framing())),
            response,
            connection,
            protocol,
            meter,
            deadlines,
            next: deadlines.first,
            reply_bytes: 0,
            text_bytes: 0,
            reason: None,
            is_over: false,
            ready: VecDeque::new(),
        }
    }

    /// The pieces of text, then the end, or an error. Nothing comes after either.
    pub(super) fn stream(self) -> BoxStream<'static, Result<Delta>> {
        stream::unfold(Some(self), |writing| async move {
            let mut writing = writing?;
            match writing.next().await {
                Ok(Some(delta)) => Some((Ok(delta), Some(writing))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<Option<Delta>> {
        loop {
            if let Some(delta) = self.ready.pop_front() {
                return Ok(Some(delta));
            }
            if self.is_over {
                return Ok(None);
            }
            self.receive().await?;
        }
    }

    /// Takes the next bytes. Invariant: afterwards something is ready, or it is over, or more bytes
    /// may come.
    async fn receive(&mut self) -> Result<()> {
        let deadline = self.next.min(self.deadlines.whole);
        match timeout_at(deadline, self.response.chunk()).await {
            Err(_elapsed) => Err(self.connection.late()),
            Ok(Ok(Some(bytes))) => {
                self.reply_bytes = self.reply_bytes.saturating_add(bytes.len());
                if self.reply_bytes > REPLY_BYTES_MAX {
                    return Err(self.endless(REPLY_BYTES_MAX));
                }
                let frames = match &mut self.frames {
                    Some(frames) => frames.push(&bytes),
                    None => Ok(Vec::new()),
                };
                self.understand(frames)
            }
            Ok(Ok(None)) => {
                let rest = self.frames.take().map_or(Ok(Vec::new()), Frames::finish);
                self.understand(rest)?;
                self.end(None)
            }
            Ok(Err(error)) => {
                let error = self.connection.broken(error);
                self.end(Some(error))
            }
        }
    }

    fn understand(&mut self, frames: Result<Vec<Vec<u8>>>) -> Result<()> {
        let frames = frames.map_err(|error| {
            let name = self.connection.provider().name();
            Error::new(error.kind(), format!("cannot read what {name} writes")).with_source(error)
        })?;
        for frame in frames {
            for piece in self.protocol.read(&frame)? {
                self.take(piece)?;
            }
            if self.is_over {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, piece: Piece) -> Result<()> {
        match piece {
            Piece::Text(text) if text.is_empty() => {}
            Piece::Text(text) => {
                self.text_bytes = self.text_bytes.saturating_add(text.len());
                if self.text_bytes > TEXT_BYTES_MAX {
                    return Err(self.endless(TEXT_BYTES_MAX));
                }
                self.meter.wrote(&text);
                self.next = Instant::now() + self.deadlines.silence;
                self.ready.push_back(Delta::Text(text));
            }
            Piece::Tokens(tokens) => self.meter.told(tokens),
            // Who refuses and then stops has refused.
            Piece::Reason(reason) if self.reason != Some(FinishReason::Refused) => {
                self.reason = Some(reason);
            }
            Piece::Reason(_) => {}
            Piece::End => self.end(None)?,
        }
        Ok(())
    }

    /// Ends the reply. Invariant: without a reason for the end, half an answer has come.
    fn end(&mut self, broken: Option<Error>) -> Result<()> {
        if self.is_over {
            return Ok(());
        }
        let Some(reason) = self.reason else {
            let name = self.connection.provider().name();
            return Err(broken.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::Unavailable,
                    format!("{name} broke off in the middle of an answer"),
                )
            }));
        };
        self.is_over = true;
        let usage = self.meter.usage();
        self.ready.push_back(Delta::Done { reason, usage });
        Ok(())
    }

    fn endless(&self, bytes_max: usize) -> Error {
        let name = self.connection.provider().name();
        Error::new(
            ErrorKind::Unavailable,
            format!("{name} writes more than {bytes_max} bytes"),
        )
    }
}
