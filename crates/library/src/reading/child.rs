//! Running a parse worker: the parent's side.
//!
//! Everything here blocks and runs on one thread from start to end, because the kernel ties the
//! worker's life to the thread that started it.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alexandria_core::block::FaultKind;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_extract::worker::{Frame, Frames, SIGNAL_PROCESSOR_TIME, explain_death, serve};
use alexandria_extract::{Failure, Source};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use super::order::{Order, PARSE_WORKER_VERB};

/// How many times its processor time a worker may take by the clock on the wall: a loaded machine
/// must not fail a healthy file.
const WALL_FACTOR: u64 = 4;

/// A worker's output beyond its text: places, lines and edges take several times the text.
const OUTPUT_FACTOR: u64 = 8;

/// How often cancellation is looked for while the worker is silent.
const POLL: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// What is kept of a worker's standard error, in bytes.
const STANDARD_ERROR_BYTES_MAX: usize = 4 * 1024;

/// Bytes taken from a pipe at once.
const READ_BYTES: usize = 64 * 1024;

/// How reading ended, when the machinery itself worked.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The worker said all it had to say.
    Done,
    /// The file could not be read, or not to its end; what was said before is good.
    Failed {
        /// What sort of trouble.
        kind: FaultKind,
        /// The sentence for the owner of the file.
        message: String,
    },
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Self {
        Self::Failed {
            kind: failure.kind(),
            message: failure.message().to_owned(),
        }
    }
}

/// Runs the program on the file and hands over its frames as they come.
///
/// # Errors
/// `Unavailable` when the worker cannot be started or `cancelled` was set.
pub(crate) fn run(
    program: &Path,
    order: &Order,
    file: &Path,
    cancelled: &AtomicBool,
    on_frame: &mut dyn FnMut(Frame),
) -> Result<Ending> {
    let mut worker = Worker::start(program, order, file)?;
    let deadline = Instant::now() + wall_time(order);
    let bytes_max = order.limits.output_bytes.saturating_mul(OUTPUT_FACTOR);
    let mut frames = Frames::default();
    let mut ending = None;
    let mut bytes = 0_u64;
    loop {
        worker.wait_for_output()?;
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "reading was stopped: shutting down",
            ));
        }
        if Instant::now() > deadline {
            return Ok(explain_death(Some(SIGNAL_PROCESSOR_TIME), "").into());
        }
        let Some(chunk) = worker.output()? else { break };
        bytes += chunk.len() as u64;
        if bytes > bytes_max {
            return Ok(too_large());
        }
        frames.push(&chunk);
        loop {
            match frames.next_frame() {
                Ok(Some(Frame::Done)) => ending = Some(Ending::Done),
                Ok(Some(Frame::Failed { kind, message })) => {
                    ending = Some(Ending::Failed { kind, message });
                }
                Ok(Some(frame)) => {
                    if matches!(frame, Frame::Picture(_)) {
                        ending = Some(Ending::Done);
                    }
                    on_frame(frame);
                }
                Ok(None) => break,
                Err(failure) => return Ok(failure.into()),
            }
        }
    }
    worker.finish(ending)
}

/// Does the same in this process, for tests and trusted files.
///
/// # Errors
/// `Unavailable` when the file cannot be read.
pub(crate) fn run_here(
    order: &Order,
    file: &Path,
    on_frame: &mut (dyn FnMut(Frame) + Send),
) -> Result<Ending> {
    let bytes = fs_err::read(file).context(ErrorKind::Unavailable, || {
        "cannot read the original of a document".to_owned()
    })?;
    let source = Source::new(bytes, order.name.clone());
    let mut output = Here {
        frames: Frames::default(),
        on_frame,
        ending: None,
    };
    serve(&order.request, &order.limits, &source, &mut output)
        .context(ErrorKind::Internal, || {
            "cannot take what a parser gives".to_owned()
        })?;
    Ok(output.ending.unwrap_or(Ending::Done))
}

fn wall_time(order: &Order) -> Duration {
    Duration::from_secs(order.limits.cpu_seconds.saturating_mul(WALL_FACTOR).max(1))
}

fn too_large() -> Ending {
    Ending::Failed {
        kind: FaultKind::TooLarge,
        message: "this file gives more text than one file may give; split it and add the parts"
            .to_owned(),
    }
}

/// Takes frames inside this process.
struct Here<'a> {
    frames: Frames,
    on_frame: &'a mut (dyn FnMut(Frame) + Send),
    ending: Option<Ending>,
}

impl Write for Here<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.frames.push(bytes);
        while let Some(frame) = self.frames.next_frame().map_err(std::io::Error::other)? {
            match frame {
                Frame::Done => self.ending = Some(Ending::Done),
                Frame::Failed { kind, message } => {
                    self.ending = Some(Ending::Failed { kind, message });
                }
                frame @ (Frame::Format(_)
                | Frame::About(_)
                | Frame::Page(_)
                | Frame::Block(_)
                | Frame::Fault(_)
                | Frame::Progress { .. }
                | Frame::Picture(_)) => (self.on_frame)(frame),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A running worker. Dropping it kills it and everything it may have started.
struct Worker {
    child: Child,
    stdout: ChildStdout,
    stderr: ChildStderr,
    complaint: Vec<u8>,
    stderr_open: bool,
    stdout_ready: bool,
}

impl Worker {
    fn start(program: &Path, order: &Order, file: &Path) -> Result<Self> {
        let doing = || format!("cannot start the reader of files, {}", program.display());
        let (file, _) = fs_err::File::open(file)
            .context(ErrorKind::Unavailable, || {
                "cannot open the original of a document".to_owned()
            })?
            .into_parts();
        let mut child = Command::new(program)
            .arg(PARSE_WORKER_VERB)
            .arg(order.to_argument()?)
            .env_clear()
            .process_group(0)
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context(ErrorKind::Unavailable, doing)?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::new(ErrorKind::Internal, doing()));
        };
        let (complaint, stderr_open, stdout_ready) = (Vec::new(), true, false);
        Ok(Self {
            child,
            stdout,
            stderr,
            complaint,
            stderr_open,
            stdout_ready,
        })
    }

    /// Waits a moment for output; keeps the end of what is complained about.
    fn wait_for_output(&mut self) -> Result<()> {
        let mut fds = vec![PollFd::from_borrowed_fd(self.stdout.as_fd(), PollFlags::IN)];
        if self.stderr_open {
            fds.push(PollFd::from_borrowed_fd(self.stderr.as_fd(), PollFlags::IN));
        }
        match poll(&mut fds, Some(&POLL)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(source) => {
                return Err(
                    Error::new(ErrorKind::Internal, "cannot wait for the reader of files")
                        .with_source(source),
                );
            }
        }
        let ready = |index: usize| fds.get(index).is_some_and(|fd| !fd.revents().is_empty());
        let (stdout_ready, stderr_ready) = (ready(0), ready(1));
        self.stdout_ready = stdout_ready;
        if stderr_ready {
            self.listen_to_complaints();
        }
        Ok(())
    }

    /// What the worker has written since the last look; nothing at the end of its output.
    fn output(&mut self) -> Result<Option<Vec<u8>>> {
        if !self.stdout_ready {
            return Ok(Some(Vec::new()));
        }
        let mut bytes = vec![0; READ_BYTES];
        let count = self
            .stdout
            .read(&mut bytes)
            .context(ErrorKind::Unavailable, || {
                "cannot hear the reader of files".to_owned()
            })?;
        bytes.truncate(count);
        Ok((count > 0).then_some(bytes))
    }

    fn listen_to_complaints(&mut self) {
        let mut bytes = [0; 1024];
        let count = self.stderr.read(&mut bytes).unwrap_or(0);
        self.stderr_open = count > 0;
        self.complaint
            .extend_from_slice(bytes.get(..count).unwrap_or_default());
        let surplus = self
            .complaint
            .len()
            .saturating_sub(STANDARD_ERROR_BYTES_MAX);
        self.complaint.drain(..surplus);
    }

    /// Waits for the worker, whose output has ended, and says how it went.
    fn finish(mut self, ending: Option<Ending>) -> Result<Ending> {
        if let Some(ending) = ending {
            return Ok(ending);
        }
        while self.stderr_open {
            self.listen_to_complaints();
        }
        let status = self.child.wait().context(ErrorKind::Unavailable, || {
            "cannot wait for the reader of files".to_owned()
        })?;
        let complaint = String::from_utf8_lossy(&self.complaint).into_owned();
        tracing::warn!(
            signal = status.signal(),
            code = status.code(),
            "a parse worker died"
        );
        Ok(explain_death(status.signal(), &complaint).into())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A worker that has ended already cannot be killed, which is as well.
        if let Ok(Some(_)) = self.child.try_wait() {
            return;
        }
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process_group(pid, Signal::KILL).ok();
        }
        self.child.wait().ok();
    }
}
