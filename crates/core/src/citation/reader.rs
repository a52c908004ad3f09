//! Reading what a language model writes: text and marks of passages, as it flows.
//!
//! A mark is the number of a passage in square brackets, `[2]` or `[1, 3]`, behind the words it
//! supports. Whatever else a model, or a passage that a model obeys, may put between brackets (links,
//! pictures, tags) leaves nothing but its words: no address that was hidden behind them gets out.

use crate::sentence::sentences;

/// The longest mark, in bytes; what goes on for longer is text.
const MARK_BYTES_MAX: usize = 80;

/// The longest address behind a link, in bytes; what goes on for longer is text.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// The longest tag, in bytes; what goes on for longer is text.
const TAG_BYTES_MAX: usize = 512;

/// How much of the next sentence must be there before one counts as ended, in bytes.
const LOOKAHEAD_BYTES: usize = 24;

/// The most that is read of one answer, in bytes; the rest is dropped.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What a model writes, alone, when the passages do not answer.
pub const NOTHING_FOUND: &str = "NOT_FOUND";

/// A sentence with the numbers of the passages that it names, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The sentence, without marks, links and tags.
    pub text: String,
    /// The passages it names, counted from 1.
    pub marks: Vec<u32>,
}

/// What a piece of a model's text has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Text that can be shown at once, as a draft.
    pub draft: String,
    /// Sentences that are whole now.
    pub sentences: Vec<Marked>,
}

/// Turns the stream of a model into sentences with marks.
#[derive(Debug, Default)]
pub struct CitationReader {
    /// What has been read and not understood yet: half a mark, link or tag.
    raw: String,
    /// The text so far, without marks.
    text: String,
    /// The marks so far, with the length of the text before them.
    marks: Vec<(usize, u32)>,
    /// Up to where sentences have been given.
    given: usize,
    /// Up to where the text has been shown as a draft.
    shown: usize,
    /// Inside a passage of thinking aloud, which nobody is shown.
    is_thinking: bool,
    read_bytes: usize,
}

impl CitationReader {
    /// Reads the next piece.
    pub fn push(&mut self, piece: &str) -> Flow {
        let room = ANSWER_BYTES_MAX.saturating_sub(self.read_bytes);
        let piece = piece
            .get(..piece.floor_char_boundary(room.min(piece.len())))
            .unwrap_or_default();
        self.read_bytes += piece.len();
        self.raw.push_str(piece);
        self.understand(Reach::SoFar);
        Flow {
            draft: self.draft(self.text.trim_end_matches(' ').len()),
            sentences: self.ended(LOOKAHEAD_BYTES),
        }
    }

    /// Reads what is left when nothing more comes.
    pub fn finish(mut self) -> Flow {
        self.understand(Reach::Whole);
        Flow {
            draft: self.draft(self.text.len()),
            sentences: self.ended(0),
        }
    }

    /// Whether the model has said that the passages do not answer.
    #[must_use]
    pub fn found_nothing(&self) -> bool {
        self.text.contains(NOTHING_FOUND)
    }

    /// What has not been shown of the text up to `end`. A space at the end waits, because a mark takes
    /// the one before it away.
    fn draft(&mut self, end: usize) -> String {
        let draft = self
            .text
            .get(self.shown..end)
            .unwrap_or_default()
            .to_owned();
        self.shown = self.shown.max(end);
        draft
    }

    /// Moves from `raw` to `text` and `marks` whatever can be understood.
    fn understand(&mut self, reach: Reach) {
        let raw = std::mem::take(&mut self.raw);
        let mut rest = raw.as_str();
        while let Some(first) = rest.chars().next() {
            let read = if self.is_thinking {
                self.thought(rest, reach)
            } else {
                match first {
                    '[' | '【' => self.bracket(rest, reach),
                    '!' => self.picture(rest, reach),
                    '<' => self.tag(rest, reach),
                    '*' | '_' if rest.len() == 1 && reach == Reach::SoFar => None,
                    '*' | '`' | '_' if emphasis(rest) > 0 => Some(emphasis(rest)),
                    _ => {
                        let plain = rest
                            .find(['[', '【', '!', '<', '*', '`', '_'])
                            .unwrap_or(rest.len())
                            .max(first.len_utf8());
                        self.write(rest.get(..plain).unwrap_or_default());
                        Some(plain)
                    }
                }
            };
            let Some(read) = read else {
                break;
            };
            rest = rest.get(read.max(1)..).unwrap_or_default();
        }
        self.raw = rest.to_owned();
    }

    /// A mark, a link, or a bracket that is neither. Gives how much was read, or nothing when more has
    /// to come first.
    fn bracket(&mut self, rest: &str, reach: Reach) -> Option<usize> {
        let (open, close) = if rest.starts_with('[') {
            ('[', ']')
        } else {
            ('【', '】')
        };
        let inside = rest.get(open.len_utf8()..)?;
        let Some(length) = inside.find(close) else {
            if reach == Reach::SoFar && rest.len() < ADDRESS_BYTES_MAX {
                return None;
            }
            self.write(rest.get(..open.len_utf8())?);
            return Some(open.len_utf8());
        };
        let inner = inside.get(..length)?;
        let behind = open.len_utf8() + length + close.len_utf8();
        let after = rest.get(behind..)?;
        if after.is_empty() && reach == Reach::SoFar {
            return None;
        }
        let address = match address(after, reach) {
            Address::Incomplete => return None,
            Address::None => 0,
            Address::Bytes(bytes) => bytes,
        };
        match marks(inner) {
            Some(marks) => self.mark(&marks),
            None if address > 0 => self.write(inner),
            None => self.write(rest.get(..behind)?),
        }
        Some(behind + address)
    }

    /// A picture leaves nothing.
    fn picture(&mut self, rest: &str, reach: Reach) -> Option<usize> {
        let Some(inside) = rest.strip_prefix("![") else {
            if rest.len() == 1 && reach == Reach::SoFar {
                return None;
            }
            self.write("!");
            return Some(1);
        };
        let Some(close) = inside.find(']').filter(|close| *close < ADDRESS_BYTES_MAX) else {
            if reach == Reach::SoFar && rest.len() < ADDRESS_BYTES_MAX {
                return None;
            }
            self.write("!");
            return Some(1);
        };
        let after = inside.get(close + 1..)?;
        if after.is_empty() && reach == Reach::SoFar {
            return None;
        }
        match address(after, reach) {
            Address::Incomplete => None,
            Address::Bytes(bytes) => Some(2 + close + 1 + bytes),
            Address::None => {
                self.write("!");
                Some(1)
            }
        }
    }

    /// A tag leaves nothing; what a model thinks aloud neither.
    fn tag(&mut self, rest: &str, reach: Reach) -> Option<usize> {
        let inside = rest.get(1..)?;
        let Some(first) = inside.chars().next() else {
            if reach == Reach::SoFar {
                return None;
            }
            self.write("<");
            return Some(1);
        };
        let close = inside.find('>').filter(|close| *close < TAG_BYTES_MAX);
        match close {
            Some(close) if first.is_ascii_alphabetic() || matches!(first, '/' | '!') => {
                if inside
                    .get(..close)
                    .is_some_and(|name| name == "think" || name == "thinking")
                {
                    self.is_thinking = true;
                }
                Some(close + 2)
            }
            None if reach == Reach::SoFar
                && rest.len() < TAG_BYTES_MAX
                && (first.is_ascii_alphabetic() || matches!(first, '/' | '!')) =>
            {
                None
            }
            _ => {
                self.write("<");
                Some(1)
            }
        }
    }

    /// Passes over what a model thinks aloud.
    fn thought(&mut self, rest: &str, reach: Reach) -> Option<usize> {
        let end = ["</think>", "</thinking>"]
            .iter()
            .filter_map(|end| Some(rest.find(end)? + end.len()))
            .min();
        match end {
            Some(end) => {
                self.is_thinking = false;
                Some(end)
            }
            None if reach == Reach::Whole => Some(rest.len()),
            // The end may have come in half.
            None => {
                let kept = rest.rfind('<').unwrap_or(rest.len());
                (kept > 0).then_some(kept)
            }
        }
    }

    fn write(&mut self, text: &str) {
        let follows_mark = self
            .marks
            .last()
            .is_some_and(|(at, _)| *at == self.text.len());
        let joins = |c: char| c.is_alphanumeric() || matches!(c, '"' | '“' | '(');
        if follows_mark && text.starts_with(joins) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    fn mark(&mut self, marks: &[u32]) {
        let kept = self.text.trim_end_matches(' ').len();
        if kept > self.given {
            self.text.truncate(kept);
        }
        self.marks
            .extend(marks.iter().map(|mark| (self.text.len(), *mark)));
    }

    /// The sentences that are whole: those behind which at least `lookahead` bytes follow.
    fn ended(&mut self, lookahead: usize) -> Vec<Marked> {
        let spans = sentences(&self.text);
        let mut ended = Vec::new();
        for (at, span) in spans.iter().enumerate() {
            let Some(text) = span.of(&self.text) else {
                continue;
            };
            let start = usize::try_from(span.start).unwrap_or_default();
            if start < self.given {
                continue;
            }
            let next = spans.get(at + 1).map(|next| next.start);
            let follows = next.map_or(0, |next| self.text.len() as u64 - next);
            if lookahead > 0 && follows < lookahead as u64 {
                break;
            }
            let until = next
                .and_then(|next| usize::try_from(next).ok())
                .unwrap_or(usize::MAX);
            // A mark at the very beginning of the next sentence belongs to the one before it.
            let own = self
                .marks
                .iter()
                .filter(|(at, _)| *at > start && *at <= until);
            let mut marks: Vec<u32> = Vec::new();
            for (_, mark) in own {
                if !marks.contains(mark) {
                    marks.push(*mark);
                }
            }
            self.given = usize::try_from(span.end).unwrap_or(usize::MAX);
            if text.contains(NOTHING_FOUND) || !text.contains(char::is_alphanumeric) {
                continue;
            }
            ended.push(Marked {
                text: tidy(text),
                marks,
            });
        }
        ended
    }
}

/// How far a text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// More may come.
    SoFar,
    /// Nothing more comes.
    Whole,
}

/// What stands behind a bracket.
enum Address {
    /// Half an address.
    Incomplete,
    /// None.
    None,
    /// One of so many bytes, its brackets included.
    Bytes(usize),
}

fn address(after: &str, reach: Reach) -> Address {
    let Some(inside) = after.strip_prefix('(') else {
        return Address::None;
    };
    match inside.find(')') {
        Some(close) if close <= ADDRESS_BYTES_MAX => Address::Bytes(close + 2),
        None if reach == Reach::SoFar && after.len() < ADDRESS_BYTES_MAX => Address::Incomplete,
        // An address that never ends is dropped with everything behind it.
        None => Address::Bytes(after.len()),
        Some(_) => Address::None,
    }
}

/// The numbers of passages between two brackets, or nothing when it is no mark.
fn marks(inner: &str) -> Option<Vec<u32>> {
    if inner.len() > MARK_BYTES_MAX {
        return None;
    }
    let lower = inner.to_lowercase();
    let mut marks = Vec::new();
    for part in lower.split([',', ';', ' ', '&', '†', '-', '–']) {
        let part = part.trim().trim_start_matches('^');
        if matches!(
            part,
            "" | "passage" | "passages" | "source" | "sources" | "and" | "p."
        ) {
            continue;
        }
        marks.push(part.parse().ok()?);
    }
    (!marks.is_empty()).then_some(marks)
}

/// How many bytes only make their neighbours bold or slanted.
fn emphasis(rest: &str) -> usize {
    if rest.starts_with("**") || rest.starts_with("__") {
        2
    } else {
        usize::from(rest.starts_with('`'))
    }
}

/// A sentence without the signs of lists and headings in front of it and without doubled spaces.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches(['#', '-', '•', '*', '>', ' ']);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
