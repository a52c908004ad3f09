//! The child process that reads one file: what it is asked, what it answers, and how the answers
//! are framed.
//!
//! The parent starts the same binary again with the file as standard input and decodes its standard
//! output with [`Frames`]. Every frame is a length (4 bytes, least significant first) and a
//! [`Frame`] in postcard. Frames leave as soon as they are known, so a worker that is killed leaves a
//! partial result. Starting and killing the child is the caller's part; [`explain_death`] turns the
//! way it ended into a sentence.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use alexandria_core::block::{Block, Fault, FaultKind, PageSize};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result};
use crate::limits::{Limits, confine, forbid_processes};
use crate::{About, Sink, Source, cover, fence, guard, picture};

/// The largest frame, in bytes: a picture of a page is the largest thing sent.
pub const FRAME_BYTES_MAX: usize = 256 << 20;

/// The stack of the thread that parses, in bytes.
const PARSE_STACK_BYTES: usize = 64 << 20;

/// The signal that ends a worker whose processor time is used up.
pub const SIGNAL_PROCESSOR_TIME: i32 = 24;

/// Blocks between two frames that tell how far the worker is.
const PROGRESS_BLOCKS: u32 = 64;

/// What a worker is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Read the file.
    Read,
    /// Draw a page as PNG.
    Picture {
        /// The page, counted from 1.
        page: u32,
        /// Pixels to the inch.
        dots_per_inch: u32,
    },
    /// Make the small picture that the file is shown by, as JPEG.
    Cover,
}

/// What a worker answers. Exactly one of `Done`, `Failed` and `Picture` ends a healthy worker's
/// output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Frame {
    /// The format's name, first of all when reading.
    Format(String),
    /// What the file says of itself; a later field wins.
    About(About),
    /// The next page.
    Page(PageSize),
    /// The next block.
    Block(Block),
    /// A part that could not be read.
    Fault(Fault),
    /// How far the worker is.
    Progress {
        /// Pages begun.
        pages: u32,
        /// Blocks sent.
        blocks: u32,
    },
    /// Everything was read.
    Done,
    /// The file could not be read, or not to its end.
    Failed {
        /// What sort of trouble.
        kind: FaultKind,
        /// The sentence for the owner of the file.
        message: String,
    },
    /// A page as PNG, or a cover as JPEG. For a file without a cover there is none before `Done`.
    Picture(Vec<u8>),
}

/// Answers one request by frames. Whatever goes wrong with the file is a frame too.
///
/// # Errors
/// Only when the output cannot be written: the parent is gone.
pub fn serve(
    request: &Request,
    limits: &Limits,
    source: &Source,
    output: &mut (dyn Write + Send),
) -> std::io::Result<()> {
    let mut sink = FrameSink {
        output,
        pages: 0,
        blocks: 0,
        broken: None,
    };
    let result = contained(|| answer(request, limits, source, &mut sink));
    sink.send(&result.unwrap_or_else(|failure| Frame::Failed {
        kind: failure.kind(),
        message: failure.message().to_owned(),
    }));
    sink.finish()
}

/// What the child process calls: [`confine`]s the process, closes the [`fence`], then [`serve`]s without
/// the right to start or reach anything more.
///
/// # Errors
/// As [`serve`].
pub fn serve_confined(
    request: &Request,
    limits: &Limits,
    source: &Source,
    output: &mut (dyn Write + Send),
) -> std::io::Result<()> {
    let mut sink = FrameSink {
        output,
        pages: 0,
        blocks: 0,
        broken: None,
    };
    let result = contained(|| {
        confine(limits, source.bytes().len() as u64)?;
        forbid_processes();
        // Where the kernel cannot do it, the limits above are all there is.
        let _is_closed = fence::close();
        answer(request, limits, source, &mut sink)
    });
    sink.send(&result.unwrap_or_else(|failure| Frame::Failed {
        kind: failure.kind(),
        message: failure.message().to_owned(),
    }));
    sink.finish()
}

/// The sentence for a worker that ended without `Done` or `Failed`: by which signal, if any, and the
/// last it wrote to its standard error.
#[must_use]
pub fn explain_death(signal: Option<i32>, standard_error: &str) -> Failure {
    const ABORT: i32 = 6;
    const KILL: i32 = 9;
    let starved = standard_error.contains("memory allocation of");
    match signal {
        // The limits end a worker with other signals: only a system without memory kills it.
        _ if starved || signal == Some(KILL) => Failure::new(
            FaultKind::Memory,
            "reading this file needs more memory than one file may use; split it, or save it \
             again with another program, and add it again",
        ),
        Some(SIGNAL_PROCESSOR_TIME) => Failure::new(
            FaultKind::Timeout,
            "reading this file takes longer than one file may take; split it, or save it again \
             with another program, and add it again",
        ),
        Some(ABORT) => Failure::malformed(
            "reading this file broke its reader off; save it again with another program and add \
             it again",
        ),
        _ => Failure::malformed(
            "the reader of this file stopped without an answer; save the file again with another \
             program and add it again",
        ),
    }
}

/// Runs a parser on a thread with a large stack and turns a panic into a failure.
pub(crate) fn contained<T: Send>(parse: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let broken = || {
        Failure::malformed(
            "this file broke its reader, which is a fault of the reader as well; save the file \
             again with another program and add it again",
        )
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("parse".to_owned())
            .stack_size(PARSE_STACK_BYTES)
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(parse)));
        match thread {
            Ok(thread) => match thread.join() {
                Ok(Ok(result)) => result,
                Ok(Err(_)) | Err(_) => Err(broken()),
            },
            Err(source) => Err(Failure::new(
                FaultKind::Memory,
                "there is no memory left to start reading this file; try again later",
            )
            .with_source(source)),
        }
    })
}

fn answer(
    request: &Request,
    limits: &Limits,
    source: &Source,
    sink: &mut FrameSink<'_>,
) -> Result<Frame> {
    match request {
        Request::Picture {
            page,
            dots_per_inch,
        } => Ok(Frame::Picture(picture(
            source,
            *page,
            *dots_per_inch,
            limits,
        )?)),
        Request::Cover => Ok(match cover(source, limits)? {
            Some(picture) => Frame::Picture(picture),
            None => Frame::Done,
        }),
        Request::Read => {
            let format = crate::detect(source.bytes(), &source.name)?;
            sink.send(&Frame::Format(format.name.to_owned()));
            guard::read(format, source, limits, sink)?;
            Ok(Frame::Done)
        }
    }
}

/// Writes what a parser finds as frames.
struct FrameSink<'a> {
    output: &'a mut (dyn Write + Send),
    pages: u32,
    blocks: u32,
    /// The first failure to write; after it everything is dropped.
    broken: Option<std::io::Error>,
}

impl FrameSink<'_> {
    fn send(&mut self, frame: &Frame) {
        if self.broken.is_some() {
            return;
        }
        let written = match postcard::to_stdvec(frame) {
            Ok(bytes) if bytes.len() <= FRAME_BYTES_MAX => u32::try_from(bytes.len())
                .map_err(std::io::Error::other)
                .and_then(|length| self.output.write_all(&length.to_le_bytes()))
                .and_then(|()| self.output.write_all(&bytes)),
            Ok(_) => Err(std::io::Error::other("a frame larger than FRAME_BYTES_MAX")),
            Err(error) => Err(std::io::Error::other(error)),
        };
        self.broken = written.err();
    }

    fn finish(self) -> std::io::Result<()> {
        match self.broken {
            Some(error) => Err(error),
            None => self.output.flush(),
        }
    }

    fn progress(&mut self) {
        self.send(&Frame::Progress {
            pages: self.pages,
            blocks: self.blocks,
        });
    }
}

impl Sink for FrameSink<'_> {
    fn about(&mut self, about: About) {
        self.send(&Frame::About(about));
    }

    fn page(&mut self, size: PageSize) {
        self.pages = self.pages.saturating_add(1);
        self.send(&Frame::Page(size));
        self.progress();
    }

    fn block(&mut self, block: Block) {
        self.blocks = self.blocks.saturating_add(1);
        self.send(&Frame::Block(block));
        if self.blocks.is_multiple_of(PROGRESS_BLOCKS) {
            self.progress();
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.send(&Frame::Fault(fault));
    }

    fn is_full(&self) -> bool {
        self.broken.is_some()
    }
}

/// Decodes a worker's output, however it is cut: push bytes as they come, take frames until there
/// are none. Trusts nothing: an over-long or broken frame is an error.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    start: usize,
}

impl Frames {
    /// Adds bytes read from the worker.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, or nothing until more bytes are pushed.
    ///
    /// # Errors
    /// When the output is not frames: the worker is broken or has been taken over.
    pub fn next_frame(&mut self) -> Result<Option<Frame>> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        if length > FRAME_BYTES_MAX {
            return Err(Failure::malformed(
                "the reader of this file answered with nonsense",
            ));
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let frame = postcard::from_bytes(body).map_err(|source| {
            Failure::malformed("the reader of this file answered with nonsense").with_source(source)
        })?;
        self.start += 4 + length;
        Ok(Some(frame))
    }
}
