//! Bars that show how far adding has come, on a terminal; nothing elsewhere.

use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::api::jobs::JobBody;
use crate::cli::Painter;
use crate::cli::paint::shorten;

/// The width of a name beside a bar, in characters.
const NAME_CHARACTERS: usize = 32;

/// The bars.
#[derive(Debug)]
pub(super) struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
    job: ProgressBar,
}

impl Bars {
    /// Bars on standard error, when a person looks at it.
    pub(super) fn new(painter: Painter) -> Self {
        let shown = !painter.is_json() && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let all = MultiProgress::with_draw_target(target);
        let whole = all.add(ProgressBar::no_length());
        let job = all.add(ProgressBar::no_length());
        Self { all, whole, job }
    }

    /// A file begins to be sent; what is returned is told of every piece.
    pub(super) fn sending(
        &self,
        name: &str,
        index: usize,
        of: usize,
    ) -> impl Fn(u64) + Send + Sync + 'static {
        self.whole
            .set_style(style("{msg} {bar:24} {pos}/{len} files  {eta} left"));
        self.whole.set_length(of as u64);
        self.whole.set_position(index as u64);
        self.whole.set_message(padded("storing"));
        self.job.reset();
        self.job.set_style(style("{msg} {bytes} {bytes_per_sec}"));
        self.job.set_message(padded(name));
        let job = self.job.clone();
        move |bytes| job.inc(bytes)
    }

    /// So many of so many documents can be found.
    pub(super) fn found(&self, done: usize, of: usize) {
        self.whole
            .set_style(style("{msg} {bar:24} {pos}/{len} documents  {eta} left"));
        self.whole.set_length(of as u64);
        self.whole.set_position(done as u64);
        self.whole.set_message(padded("reading"));
    }

    /// A job has come so far.
    pub(super) fn working(&self, title: &str, job: &JobBody) {
        let unit = &job.progress.unit;
        let template = match job.progress.total {
            Some(_) => {
                format!("{{msg}} {{bar:24}} {{pos}}/{{len}} {unit}  {{per_sec}}  {{eta}} left")
            }
            None => format!("{{msg}} {{pos}} {unit}  {{per_sec}}"),
        };
        if self.job.message() != padded(title) {
            self.job.reset();
        }
        self.job.set_style(style(&template));
        self.job.set_message(padded(title));
        if let Some(total) = job.progress.total {
            self.job.set_length(total);
        }
        self.job.set_position(job.progress.done);
    }

    /// Takes the bars away.
    pub(super) fn clear(&self) {
        self.whole.finish_and_clear();
        self.job.finish_and_clear();
        // What cannot be cleared stays on the screen; nothing depends on it.
        self.all.clear().ok();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_source| ProgressStyle::default_bar())
}

fn padded(name: &str) -> String {
    format!("{:<NAME_CHARACTERS$}", shorten(name, NAME_CHARACTERS))
}
