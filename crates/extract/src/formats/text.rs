//! Plain text of any encoding: paragraphs are parted by blank lines, or by line ends where lines are
//! long; chapter headings are recognised where they stand alone.

use alexandria_core::block::BlockKind;

use crate::encoding::decode;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::{About, Format, Sink, Source};

/// Plain text.
pub(crate) const FORMAT: Format = Format {
    name: "text",
    media_types: &["text/plain"],
    extensions: &[
        "txt", "text", "log", "rst", "adoc", "asciidoc", "tex", "srt", "vtt",
    ],
    paged: false,
    parse,
};

/// The longest line that can be a heading, in characters.
const HEADING_CHARS_MAX: usize = 80;

/// The longest word that is healed at a line's end, in bytes.
const WORD_BYTES_MAX: usize = 128;

/// Lines longer than this, in characters, are whole paragraphs: nobody wraps so late.
const WRAP_CHARS_MAX: usize = 140;

#[expect(
    clippy::unnecessary_wraps,
    reason = "all parsers of the table have one shape"
)]
fn parse(source: &Source, _limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = decode(source.bytes());
    let mut flow = Flow::new(sink);
    write_text(&text, &mut flow);
    Ok(())
}

/// Writes plain text as blocks; mails use it for their bodies as well.
pub(crate) fn write_text(text: &str, flow: &mut Flow<'_>) {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    if let Some(title) = gutenberg_title(&text) {
        flow.about(About {
            title: Some(title),
            ..About::default()
        });
    }
    let is_wrapped = is_wrapped(&text);
    let mut lines: Vec<&str> = Vec::new();
    let mut blank_before = 1;
    for line in text.split(['\n', '\u{c}']).chain([""]) {
        if flow.is_full() {
            return;
        }
        if !line.trim().is_empty() {
            lines.push(line);
            continue;
        }
        if lines.is_empty() {
            blank_before += 1;
        } else {
            paragraph(&lines, is_wrapped, blank_before, flow);
            lines.clear();
            blank_before = 1;
        }
    }
}

/// Whether line ends inside a paragraph are only there because lines were full: most lines that are
/// followed by another one are of nearly the same, moderate length.
fn is_wrapped(text: &str) -> bool {
    const LINES_LOOKED_AT: usize = 4000;
    let mut inner = Vec::new();
    let mut lines = text.lines().take(LINES_LOOKED_AT).peekable();
    while let Some(line) = lines.next() {
        if !line.trim().is_empty() && lines.peek().is_some_and(|next| !next.trim().is_empty()) {
            inner.push(line.chars().count());
        }
    }
    if inner.is_empty() {
        return true;
    }
    inner.sort_unstable();
    let at = |share: usize| {
        inner
            .get(inner.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let (middle, high) = (at(50), at(95));
    high <= WRAP_CHARS_MAX && middle * 10 >= high * 6
}

/// One group of lines between blank lines.
fn paragraph(lines: &[&str], is_wrapped: bool, blank_before: usize, flow: &mut Flow<'_>) {
    if let [line] = lines
        && let Some(level) = heading_level(line, blank_before)
    {
        return flow.heading(level, line.trim_start_matches('#'));
    }
    if let [line, rule] = lines
        && let Some(level) = underline_level(rule)
        && line.chars().count() <= HEADING_CHARS_MAX
    {
        return flow.heading(level, line);
    }
    if is_set_in_columns(lines) {
        return flow.lines(BlockKind::Code, &lines.join("\n"));
    }
    if is_wrapped {
        let mut start = 0;
        for (at, line) in lines.iter().enumerate().skip(1) {
            if is_list_item(line) {
                write_lines(lines.get(start..at).unwrap_or_default(), flow);
                start = at;
            }
        }
        return write_lines(lines.get(start..).unwrap_or_default(), flow);
    }
    for line in lines {
        write_lines(&[line], flow);
    }
}

fn write_lines(lines: &[&str], flow: &mut Flow<'_>) {
    let Some(first) = lines.first() else { return };
    let kind = if is_list_item(first) {
        BlockKind::ListItem(0)
    } else {
        BlockKind::Paragraph
    };
    flow.text(kind, &joined(lines));
}

/// Lines of a paragraph as one, a word parted by a hyphen at a line's end healed where the next line
/// goes on in lower case.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        let goes_on = line.chars().next().is_some_and(char::is_lowercase);
        let before = text
            .strip_suffix('-')
            .and_then(|head| head.chars().next_back());
        if goes_on && before.is_some_and(char::is_lowercase) && is_soft_break(&text) {
            text.pop();
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

/// A line that ends in a single hyphen after a part of a word without another hyphen: `recog-` but
/// neither `mother-in-` nor `and--`.
fn is_soft_break(text: &str) -> bool {
    // A bounded look back: lines that all end in hyphens must not cost the square of their number.
    let tail = text.get(text.floor_char_boundary(text.len().saturating_sub(WORD_BYTES_MAX))..);
    let word = tail
        .unwrap_or_default()
        .rsplit([' ', '—'])
        .next()
        .unwrap_or_default();
    word.matches('-').count() == 1 && word.chars().count() > 2
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with("- ") || line.starts_with("* ") || line.starts_with("• ") {
        return true;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && line
            .get(digits..)
            .is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(") "))
}

/// Several lines that all hold wide gaps or box marks: a table drawn with spaces.
fn is_set_in_columns(lines: &[&str]) -> bool {
    let is_column = |line: &&&str| {
        let line = line.trim();
        line.contains("   ") || line.contains('\t') || (line.starts_with('|') && line.len() > 2)
    };
    lines.len() >= 2 && lines.iter().filter(is_column).count() * 4 >= lines.len() * 3
}

/// The level of a heading that stands alone between blank lines.
fn heading_level(line: &str, blank_before: usize) -> Option<u8> {
    let text = line.trim();
    if text.chars().count() > HEADING_CHARS_MAX {
        return None;
    }
    let marks = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&marks) && text.get(marks..).is_some_and(|rest| rest.starts_with(' ')) {
        return u8::try_from(marks).ok();
    }
    let mut words = text.split([' ', '.', ':', '\u{2014}']);
    let first = words.next().unwrap_or_default().to_lowercase();
    let number = words.next().unwrap_or_default();
    let is_numbered = is_number(number);
    match first.as_str() {
        "book" | "part" | "volume" | "buch" | "teil" | "band" | "livre" | "partie" | "parte"
        | "libro"
            if is_numbered =>
        {
            Some(1)
        }
        "chapter" | "letter" | "act" | "canto" | "kapitel" | "chapitre" | "capítulo"
        | "capitolo" | "глава" | "section" | "§"
            if is_numbered =>
        {
            Some(2)
        }
        "preface" | "introduction" | "prologue" | "epilogue" | "contents" | "foreword"
        | "appendix" | "conclusion" | "abstract" | "vorwort" | "einleitung" | "préface"
            if text.split_whitespace().count() <= 2 =>
        {
            Some(2)
        }
        _ => is_shouted(text, blank_before).then_some(3),
    }
}

/// A number in digits, Roman digits or as a word.
fn is_number(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', ')']).to_lowercase();
    let is_digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_roman = !word.is_empty() && word.chars().all(|c| "ivxlcdm".contains(c));
    let words = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "the", "first", "second", "third", "last",
    ];
    is_digits || is_roman || words.contains(&word.as_str())
}

/// A line in capitals with room above it.
fn is_shouted(text: &str, blank_before: usize) -> bool {
    let letters = text
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    let lower = text.chars().any(char::is_lowercase);
    let cased = text.chars().any(char::is_uppercase);
    let ends = text.ends_with([',', ';', '!', '?']);
    blank_before >= 2 && letters >= 4 && cased && !lower && !ends
}

/// The level of a heading underlined with a row of `=` or `-`.
fn underline_level(rule: &str) -> Option<u8> {
    let rule = rule.trim_end();
    let is_row = |mark: char| rule.len() >= 3 && rule.chars().all(|character| character == mark);
    if is_row('=') {
        return Some(1);
    }
    (is_row('-') || is_row('~')).then_some(2)
}

/// The title that a Project Gutenberg text names in its preamble.
fn gutenberg_title(text: &str) -> Option<String> {
    let head = text.get(..text.floor_char_boundary(4096)).unwrap_or(text);
    if !head.contains("Project Gutenberg") {
        return None;
    }
    let line = head.lines().find_map(|line| line.strip_prefix("Title:"))?;
    let title = line.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, collect};

    fn check(text: &str, expected: &[&str]) {
        let parsed = collect(&Source::new(text.to_owned(), "x.txt"), &Limits::default()).unwrap();
        let blocks: Vec<String> = parsed
            .blocks
            .iter()
            .map(|block| format!("{:?} {}", block.kind, block.text))
            .collect();
        assert_eq!(blocks, expected);
    }

    #[test]
    fn wrapped_lines_are_joined_and_hyphens_healed() {
        check(
            "CHAPTER I. The begin\n\nIt was a dark and stormy night and nothing was recog-\n\
             nizable in the well-\nknown streets of the old town by the\nriver.\n\nNext one.\n",
            &[
                "Heading(2) CHAPTER I. The begin",
                "Paragraph It was a dark and stormy night and nothing was recognizable in the \
                 wellknown streets of the old town by the river.",
                "Paragraph Next one.",
            ],
        );
    }

    #[test]
    fn long_lines_are_paragraphs_of_their_own() {
        let long = "word ".repeat(60);
        let long = long.trim();
        check(
            &format!("{long}\nshort one\n{long}\n"),
            &[
                &format!("Paragraph {long}"),
                "Paragraph short one",
                &format!("Paragraph {long}"),
            ],
        );
    }

    #[test]
    fn lists_tables_and_underlined_headings_are_seen() {
        check(
            "Title here\n==========\n\n- one item\n  goes on\n- two\n\na    b    c\n1    2    3\n",
            &[
                "Heading(1) Title here",
                "ListItem(0) - one item goes on",
                "ListItem(0) - two",
                "Code a    b    c\n1    2    3",
            ],
        );
    }
}
