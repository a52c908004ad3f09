//! How verbs speak: coloured text for people, JSON for programs.
//!
//! Everything that comes from a file is cleaned before it reaches a terminal: a title may hold
//! control sequences.

use std::fmt::{Display, Write as _};
use std::io::Write;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// Titles and headings.
pub(crate) const STRONG: Style = Style::new().bold();

/// What is less important.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();

/// What deserves attention.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();

/// What failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Numbers of citations and ids.
pub(crate) const MARK: Style = AnsiColor::Cyan.on_default();

/// The most characters in a line of running text, and where nobody knows how wide the screen is.
const WIDTH_MAX: usize = 100;

/// The fewest characters in a line of running text, however narrow the screen.
const WIDTH_MIN: usize = 30;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Painter {
    /// Whether a program listens.
    pub(crate) json: bool,
    /// Whether colours are left out.
    pub(crate) plain: bool,
    /// Whether nothing moves: the terminal cannot go back to what it has written.
    pub(crate) still: bool,
}

impl Painter {
    /// Whether a program listens.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Says a list: as JSON, or as rows under headings.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub(crate) fn list<T: Serialize>(
        self,
        items: &[T],
        headings: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<()> {
        if self.is_json() {
            return self.json(&items);
        }
        let rows: Vec<_> = items.iter().map(row).collect();
        self.say(table(headings, &rows));
        Ok(())
    }

    /// Prints a value for a program.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).context(ErrorKind::Internal, || {
            "cannot write the reply as JSON".to_owned()
        })?;
        self.say(text);
        Ok(())
    }

    /// Prints a line on standard output. A reader who has gone away is no error.
    pub(crate) fn say(self, line: impl Display) {
        let mut out = AutoStream::new(std::io::stdout(), self.choice());
        writeln!(out, "{line}").ok();
    }

    /// Prints text on standard output as it is, without a line break.
    pub(crate) fn print(self, text: &str) {
        let mut out = AutoStream::new(std::io::stdout(), self.choice());
        write!(out, "{}", clean_lines(text)).ok();
    }

    /// Prints a line on standard error.
    pub(crate) fn tell(self, line: impl Display) {
        let mut out = AutoStream::new(std::io::stderr(), self.choice());
        writeln!(out, "{line}").ok();
    }

    /// Prints an error with its causes; for a program, as JSON.
    pub(crate) fn fail(self, error: &Error) {
        if self.json {
            let text = serde_json::json!({ "error": { "kind": format!("{:?}", error.kind()),
                "message": error.message(), "causes": causes(error) } });
            self.tell(text);
            return;
        }
        let mut text = format!("{} {}", paint(BAD, "error:"), clean(error.message()));
        for cause in causes(error) {
            let label = paint(FAINT, "because:");
            // Writing to a string cannot fail.
            write!(text, "\n  {label} {}", clean(&cause)).ok();
        }
        self.tell(text);
    }

    const fn choice(self) -> ColorChoice {
        if self.plain {
            ColorChoice::Never
        } else {
            ColorChoice::Auto
        }
    }
}

fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}

/// Text in a style; the style is dropped where colours are off.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Text without control characters: line breaks become spaces.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Text without control characters other than line breaks and tabs.
fn clean_lines(text: &str) -> String {
    let kept = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars()
        .map(|c| if kept(c) { c } else { ' ' })
        .collect()
}

/// How wide the screen is that standard output is shown on; the most where it is shown on none.
pub(crate) fn screen() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(usize::MAX, |(_rows, columns)| usize::from(columns))
}

/// Breaks running text into lines that fit on the screen, each after an indent.
pub(crate) fn wrap(text: &str, indent: &str) -> String {
    wrap_to(text, indent, screen().clamp(WIDTH_MIN, WIDTH_MAX))
}

fn wrap_to(text: &str, indent: &str, width: usize) -> String {
    let room = width.saturating_sub(indent.chars().count());
    let mut lines = vec![String::new()];
    for word in clean(text).split_whitespace() {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
        .iter()
        .map(|line| format!("{indent}{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Cuts a text to so many characters, showing that it was cut.
pub(crate) fn shorten(text: &str, characters: usize) -> String {
    let clean = clean(text);
    if clean.chars().count() <= characters {
        return clean;
    }
    let kept: String = clean.chars().take(characters.saturating_sub(1)).collect();
    kept + "…"
}

/// Bytes as people say them.
#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{value:.1} {name}")
    }
}

/// So many of something, as people say it.
pub(crate) fn counted(count: impl Into<u64>, one: &str, many: &str) -> String {
    let count = count.into();
    let noun = if count == 1 { one } else { many };
    format!("{count} {noun}")
}

/// Rows under headings, each column as wide as its widest cell.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        let heading = headings
            .get(column)
            .map_or(0, |heading| heading.chars().count());
        cells.max().unwrap_or_default().max(heading)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![paint(FAINT, line(headings.to_vec()))];
    lines.extend(
        rows.iter()
            .map(|row| line(row.iter().map(String::as_str).collect())),
    );
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{bytes, clean, counted, shorten, table, wrap_to};

    #[test]
    fn what_comes_from_files_cannot_command_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc"), "a [31mb  c");
        assert_eq!(shorten("four words of text", 10), "four word…");
    }

    #[test]
    fn text_is_laid_out_for_reading() {
        assert_eq!(wrap_to("one  two\nthree", "  ", 80), "  one two three");
        for width in [40, 80, 100] {
            let text = wrap_to(&"word ".repeat(60), "    ", width);
            assert!(text.lines().all(|line| line.chars().count() <= width));
        }
        assert_eq!(counted(1_u32, "page", "pages"), "1 page");
        assert_eq!(counted(0_u32, "page", "pages"), "0 pages");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        let rows = [
            vec!["1".to_owned(), "two".to_owned()],
            vec!["100".to_owned(), "x".to_owned()],
        ];
        let plain = anstream::adapter::strip_str(&table(&["N", "WORD"], &rows)).to_string();
        assert_eq!(plain, "N    WORD\n1    two\n100  x");
    }
}
