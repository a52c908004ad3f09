//! Bars that show how far adding has come, how fast it goes and how long it will still take: on a
//! terminal that can draw them; nothing elsewhere.

use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::api::jobs::JobBody;
use crate::cli::Painter;
use crate::cli::paint::shorten;

/// The width of a name beside a bar, in characters.
const NAME_CHARACTERS: std::ops::RangeInclusive<usize> = 10..=32;

/// The width of a bar, in characters.
const BAR_CHARACTERS: std::ops::RangeInclusive<usize> = 4..=24;

/// What stands beside name and bar, in characters: counts, a rate, a time.
const NUMBERS_CHARACTERS: usize = 40;

/// The width of a screen that does not say how wide it is, in characters.
const SCREEN_CHARACTERS: usize = 80;

/// The bars.
#[derive(Debug)]
pub(in crate::cli) struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
    job: ProgressBar,
    name_characters: usize,
    bar_characters: usize,
}

impl Bars {
    /// Bars on standard error, when a person looks at it.
    pub(in crate::cli) fn new(painter: Painter) -> Self {
        let shown = !painter.is_json() && !painter.still && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let size = console::Term::stderr().size_checked();
        let screen = size.map_or(SCREEN_CHARACTERS, |(_rows, columns)| usize::from(columns));
        let (name_characters, bar_characters) = widths(screen);
        let all = MultiProgress::with_draw_target(target);
        let whole = all.add(ProgressBar::no_length());
        let job = all.add(ProgressBar::no_length());
        Self {
            all,
            whole,
            job,
            name_characters,
            bar_characters,
        }
    }

    /// A file begins to be sent; what is returned is told of every piece.
    pub(super) fn sending(
        &self,
        name: &str,
        index: usize,
        of: usize,
    ) -> impl Fn(u64) + Send + Sync + 'static {
        self.overall("storing", "files", index as u64, of as u64);
        self.job.reset();
        self.job.set_style(self.style("{msg} {bytes}"));
        self.job.set_message(self.padded(name));
        let job = self.job.clone();
        move |bytes| job.inc(bytes)
    }

    /// So many of so many documents can be found by their words.
    pub(super) fn reading(&self, done: usize, of: usize) {
        self.overall("reading", "documents", done as u64, of as u64);
    }

    /// So many of so many passages can be found by their meaning.
    pub(super) fn embedding(&self, done: u64, of: u64) {
        self.overall("embedding", "passages", done, of);
    }

    /// How far everything has come. What is there when a stage begins counts for no rate.
    fn overall(&self, stage: &str, unit: &str, done: u64, of: u64) {
        let message = self.padded(stage);
        let begins = self.whole.message() != message;
        if begins {
            self.whole.reset();
            self.whole.set_message(message);
            let numbers = format!("{{pos}}/{{len}} {unit} {{rate}} {{left}}");
            self.whole
                .set_style(self.style(&format!("{{msg}} {{bar:BAR}} {numbers}")));
        }
        self.whole.set_length(of);
        self.whole.set_position(done);
        if begins {
            self.whole.reset_eta();
        }
    }

    /// A job has come so far.
    pub(super) fn working(&self, title: &str, job: &JobBody) {
        let unit = if job.progress.unit == "chunks" {
            "passages"
        } else {
            &job.progress.unit
        };
        let template = match job.progress.total {
            Some(_) => format!("{{msg}} {{bar:BAR}} {{pos}}/{{len}} {unit} {{rate}} {{left}}"),
            None => format!("{{msg}} {{pos}} {unit} {{rate}}"),
        };
        let message = self.padded(title);
        if self.job.message() != message {
            self.job.reset();
        }
        self.job.set_style(self.style(&template));
        self.job.set_message(message);
        if let Some(total) = job.progress.total {
            self.job.set_length(total);
        }
        self.job.set_position(job.progress.done);
    }

    /// Takes the bars away.
    pub(in crate::cli) fn clear(&self) {
        self.whole.finish_and_clear();
        self.job.finish_and_clear();
        // What cannot be cleared stays on the screen; nothing depends on it.
        self.all.clear().ok();
    }

    fn style(&self, template: &str) -> ProgressStyle {
        let template = template.replace("BAR", &self.bar_characters.to_string());
        ProgressStyle::with_template(&template)
            .unwrap_or_else(|_source| ProgressStyle::default_bar())
            .with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                // Writing to a string cannot fail.
                write!(out, "{}", rate(state.per_sec())).ok();
            })
            .with_key("left", |state: &ProgressState, out: &mut dyn Write| {
                write!(out, "{}", left(state.pos(), state.eta())).ok();
            })
    }

    fn padded(&self, name: &str) -> String {
        let width = self.name_characters;
        format!("{:<width$}", shorten(name, width))
    }
}

/// The widths of a name and of a bar on a screen of so many characters.
fn widths(screen: usize) -> (usize, usize) {
    let room = screen.saturating_sub(NUMBERS_CHARACTERS);
    let name = (room / 2).clamp(*NAME_CHARACTERS.start(), *NAME_CHARACTERS.end());
    let bar = room.saturating_sub(name + 2);
    (
        name,
        bar.clamp(*BAR_CHARACTERS.start(), *BAR_CHARACTERS.end()),
    )
}

/// A rate as people read it; nothing while it is not known.
fn rate(per_second: f64) -> String {
    if !per_second.is_finite() || per_second <= 0.0 {
        String::new()
    } else if per_second < 10.0 {
        format!("{per_second:.1}/s")
    } else {
        format!("{per_second:.0}/s")
    }
}

/// How long it will still take; nothing before anything is done.
fn left(done: u64, eta: Duration) -> String {
    let seconds = eta.as_secs();
    match seconds {
        _ if done == 0 => String::new(),
        0..60 => format!("{seconds}s left"),
        60..3600 => format!("{}m {:02}s left", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m left", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{left, rate, widths};

    #[test]
    fn numbers_beside_bars_are_short_and_never_made_up() {
        assert_eq!(rate(63.5681), "64/s");
        assert_eq!(rate(1.25), "1.2/s");
        assert_eq!(rate(0.0), "");
        assert_eq!(left(0, Duration::ZERO), "");
        assert_eq!(left(5, Duration::from_secs(74)), "1m 14s left");
        assert_eq!(left(5, Duration::from_secs(3_720)), "1h 02m left");
        assert_eq!(left(5, Duration::from_secs(9)), "9s left");
    }

    #[test]
    fn bars_fit_on_the_screen() {
        for screen in [60, 80, 120, 300] {
            let (name, bar) = widths(screen);
            assert!(name + bar + 2 + super::NUMBERS_CHARACTERS <= screen);
        }
    }
}
