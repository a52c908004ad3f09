//! Reading a file: the hostile part in a child process, pages without text by recognition.
//!
//! What a worker said before it died is kept: a book whose last page breaks its reader gives all
//! the pages before, and a fault that names the page. Only a file that gives nothing at all fails.

mod child;
mod order;
mod recognise;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alexandria_core::block::{Fault, FaultKind, Parsed};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_extract::worker::{Frame, Request};
use alexandria_extract::{About, Sink};
use alexandria_models::recogniser::Recogniser;

pub use self::order::parse_worker;

use self::child::Ending;
use self::order::Order;
use crate::settings::ReaderSettings;

/// The processor time that making a cover may take, in seconds.
const COVER_SECONDS_MAX: u64 = 30;

/// Told how far reading has come: parts done, and how many there are where that is known.
pub(crate) type Report = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// Reads files as the settings say.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    settings: Arc<ReaderSettings>,
    recogniser: Option<Arc<dyn Recogniser>>,
    /// Recognition takes a processor for seconds a page: one page at a time for the whole process.
    recognising: Arc<tokio::sync::Semaphore>,
}

impl Reader {
    pub(crate) fn new(settings: ReaderSettings, recogniser: Option<Arc<dyn Recogniser>>) -> Self {
        let recognising = Arc::new(tokio::sync::Semaphore::new(1));
        Self {
            settings: Arc::new(settings),
            recogniser,
            recognising,
        }
    }

    /// Reads the file at `path`, which is called `name`. Whatever is wrong with the file is a fault
    /// in the result; a result without blocks is a file that could not be read, and says why.
    ///
    /// # Errors
    /// `Unavailable` when the machinery does not work; trying again later may help.
    pub(crate) async fn read(&self, path: &Path, name: &str, report: Report) -> Result<Parsed> {
        let (mut parsed, ending) = self.parse(path, name, Arc::clone(&report)).await?;
        match ending {
            // Pages without any text may be pictures in a way that the parser does not notice.
            Ending::Failed {
                kind: FaultKind::NoText,
                ..
            } if !parsed.pages.is_empty() => {
                parsed
                    .pages
                    .iter_mut()
                    .for_each(|page| page.needs_recognition = true);
            }
            Ending::Failed { kind, message } => {
                let page = last_page(&parsed);
                parsed.faults.push(Fault {
                    kind,
                    page,
                    message,
                });
            }
            Ending::Done => {}
        }
        if parsed.pages.iter().any(|page| page.needs_recognition) {
            self.recognise(&mut parsed, path, name, &report).await?;
        }
        if parsed.blocks.is_empty() && parsed.faults.is_empty() {
            parsed.faults.push(no_text());
        }
        Ok(parsed)
    }

    /// The picture of a page as PNG.
    ///
    /// # Errors
    /// `Invalid` when the file has no such picture, `Unavailable` when the machinery does not work.
    pub(crate) async fn picture(
        &self,
        path: &Path,
        name: &str,
        page: u32,
        dots_per_inch: u32,
    ) -> Result<Vec<u8>> {
        let request = Request::Picture {
            page,
            dots_per_inch,
        };
        let (picture, ending) = self.run(request, path, name, keep_picture).await?;
        match (picture, ending) {
            (Some(bytes), _) => Ok(bytes),
            (None, Ending::Failed { message, .. }) => Err(Error::new(ErrorKind::Invalid, message)),
            (None, Ending::Done) => Err(Error::new(
                ErrorKind::Internal,
                format!("the reader of files drew nothing for page {page}"),
            )),
        }
    }

    /// The cover of a file as JPEG; none for a file that has none, or is too damaged to show one.
    ///
    /// # Errors
    /// `Unavailable` when the machinery does not work.
    pub(crate) async fn cover(&self, path: &Path, name: &str) -> Result<Option<Vec<u8>>> {
        let (picture, ending) = self.run(Request::Cover, path, name, keep_picture).await?;
        if let Ending::Failed { message, .. } = ending {
            tracing::debug!(message, "a file has no cover");
        }
        Ok(picture)
    }

    async fn parse(&self, path: &Path, name: &str, report: Report) -> Result<(Parsed, Ending)> {
        let take = move |frame, reading: &mut Reading| {
            reading.take(frame);
            report(reading.done(), reading.expected);
        };
        let (reading, ending) = self.run(Request::Read, path, name, take).await?;
        Ok((reading.parsed, ending))
    }

    /// Runs one order and folds its frames into a value, off the runtime.
    async fn run<T: Default + Send + 'static>(
        &self,
        request: Request,
        path: &Path,
        name: &str,
        mut take: impl FnMut(Frame, &mut T) + Send + 'static,
    ) -> Result<(T, Ending)> {
        let mut limits = self.settings.limits.clone();
        if request == Request::Cover {
            limits.cpu_seconds = limits.cpu_seconds.min(COVER_SECONDS_MAX);
        }
        let order = Order {
            request,
            name: name.to_owned(),
            limits,
        };
        let (path, worker): (PathBuf, Option<PathBuf>) =
            (path.to_owned(), self.settings.worker.clone());
        let guard = CancelOnDrop::default();
        let cancelled = Arc::clone(&guard.cancelled);
        let work = move || {
            let mut value = T::default();
            let mut on_frame = |frame| take(frame, &mut value);
            let ending = match &worker {
                Some(program) => child::run(program, &order, &path, &cancelled, &mut on_frame),
                None => child::run_here(&order, &path, &mut on_frame),
            }?;
            Ok((value, ending))
        };
        let result = tokio::task::spawn_blocking(work)
            .await
            .context(ErrorKind::Internal, || {
                "the thread that reads a file broke".to_owned()
            })?;
        drop(guard);
        result
    }
}

/// Keeps the picture among the frames.
fn keep_picture(frame: Frame, picture: &mut Option<Vec<u8>>) {
    if let Frame::Picture(bytes) = frame {
        *picture = Some(bytes);
    }
}

/// Stops a worker whose reader has been dropped.
#[derive(Debug, Default)]
struct CancelOnDrop {
    cancelled: Arc<AtomicBool>,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Reading {
    parsed: Parsed,
    expected: Option<u64>,
}

impl Reading {
    fn take(&mut self, frame: Frame) {
        match frame {
            Frame::Format(name) => self.parsed.format = name,
            Frame::About(about) => self.about(about),
            Frame::Page(size) => self.parsed.page(size),
            Frame::Block(block) => self.parsed.block(block),
            Frame::Fault(fault) => self.parsed.fault(fault),
            Frame::Progress { .. } | Frame::Done | Frame::Failed { .. } | Frame::Picture(_) => {}
        }
    }

    fn about(&mut self, about: About) {
        self.expected = about.pages.map(u64::from).or(self.expected);
        self.parsed.about(about);
    }

    /// Pages, or blocks for formats without pages.
    fn done(&self) -> u64 {
        let parts = match self.parsed.pages.len() {
            0 => self.parsed.blocks.len(),
            pages => pages,
        };
        parts as u64
    }
}

fn last_page(parsed: &Parsed) -> Option<u32> {
    u32::try_from(parsed.pages.len())
        .ok()
        .filter(|pages| *pages > 0)
}

fn no_text() -> Fault {
    Fault {
        kind: FaultKind::NoText,
        page: None,
        message: "there is no text in this file".to_owned(),
    }
}
