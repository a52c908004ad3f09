//! Stands between every parser and its sink: stops what passes the limits, cuts blocks that are too
//! long, collects text to tell the language, and notices files without any text.

use alexandria_core::block::{Block, Fault, FaultKind, PageSize};

use crate::failure::{Failure, Result};
use crate::language::Sample;
use crate::limits::Limits;
use crate::{About, Format, Sink, Source};

/// The longest block of a format without fixed layout, in bytes. A longer one is cut, at the end of
/// a line or at a space where there is one.
pub(crate) const BLOCK_BYTES_MAX: usize = 128 << 10;

/// Faults told about one file; more would only repeat.
const FAULTS_MAX: u32 = 200;

/// Reads a file of a known format into the sink, within the limits.
pub(crate) fn read(
    format: &Format,
    source: &Source,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut guard = Guard {
        sink,
        left: limits.output_bytes,
        pages_left: limits.pages,
        faults_left: FAULTS_MAX,
        is_cut: false,
        blocks: 0,
        needs_recognition: false,
        about: About::default(),
        sample: Sample::default(),
    };
    let result = (format.parse)(source, limits, &mut guard);
    guard.finish();
    let is_empty = guard.blocks == 0 && !guard.needs_recognition;
    match result {
        Ok(()) if is_empty => Err(Failure::new(
            FaultKind::NoText,
            "there is no text in this file; if it shows text as pictures, save it as PDF and add \
             that",
        )),
        // What was read before the trouble is good, and the trouble is told with it.
        Err(failure) if guard.blocks > 0 => {
            guard.fault(failure.into_fault(None));
            Ok(())
        }
        result => result,
    }
}

struct Guard<'a> {
    sink: &'a mut dyn Sink,
    left: u64,
    pages_left: u32,
    faults_left: u32,
    is_cut: bool,
    blocks: u64,
    needs_recognition: bool,
    about: About,
    sample: Sample,
}

impl Guard<'_> {
    /// Says the language, once the text is known.
    fn finish(&mut self) {
        let language = self.sample.language(self.about.language.as_deref());
        if language.is_some() {
            self.sink.about(About {
                language,
                ..About::default()
            });
        }
    }

    fn cut(&mut self, what: &str) {
        if !self.is_cut {
            self.is_cut = true;
            self.sink.fault(Fault {
                kind: FaultKind::TooLarge,
                page: None,
                message: format!(
                    "this file holds more {what} than one file may; the rest was left out; split \
                     the file to read all of it"
                ),
            });
        }
    }

    fn pass(&mut self, block: Block) {
        let bytes = block.text.len() as u64;
        if self.is_cut || bytes > self.left {
            self.left = 0;
            return self.cut("text");
        }
        self.left -= bytes;
        self.blocks += 1;
        self.sample.add(&block.text);
        self.sink.block(block);
    }
}

impl Sink for Guard<'_> {
    fn about(&mut self, mut about: About) {
        about.title = about
            .title
            .map(|title| short(&title))
            .filter(|title| !title.is_empty());
        about.authors = about.authors.iter().map(|author| short(author)).collect();
        about.authors.retain(|author| !author.is_empty());
        about.authors.truncate(AUTHORS_MAX);
        about.language = about
            .language
            .filter(|language| language.len() <= LANGUAGE_BYTES_MAX);
        self.about.merge(about.clone());
        // The stated language is told at the end, against what the text says.
        self.sink.about(About {
            language: None,
            ..about
        });
    }

    fn page(&mut self, size: PageSize) {
        if self.is_cut {
            return;
        }
        match self.pages_left.checked_sub(1) {
            Some(left) => self.pages_left = left,
            None => return self.cut("pages"),
        }
        self.needs_recognition |= size.needs_recognition;
        self.sink.page(size);
    }

    fn block(&mut self, mut block: Block) {
        if block.text.is_empty() {
            return;
        }
        while block.lines.is_empty() && block.text.len() > BLOCK_BYTES_MAX {
            let rest = block.text.split_off(cut_point(&block.text));
            let mut piece = block.clone();
            piece.text.truncate(piece.text.trim_end().len());
            block.text = rest.trim_start().to_owned();
            if !piece.text.is_empty() {
                self.pass(piece);
            }
        }
        if !block.text.is_empty() {
            self.pass(block);
        }
    }

    fn fault(&mut self, fault: Fault) {
        if let Some(left) = self.faults_left.checked_sub(1) {
            self.faults_left = left;
            self.sink.fault(fault);
        }
    }

    fn is_full(&self) -> bool {
        self.is_cut || self.sink.is_full()
    }
}

/// The longest title or author's name kept, in bytes.
const NAME_BYTES_MAX: usize = 500;

/// The longest stated language kept, in bytes.
const LANGUAGE_BYTES_MAX: usize = 40;

/// Authors kept.
const AUTHORS_MAX: usize = 50;

fn short(name: &str) -> String {
    let end = name.floor_char_boundary(NAME_BYTES_MAX * 2);
    let mut name = crate::tidy::tidy(name.get(..end).unwrap_or_default());
    name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
    name.truncate(name.trim_end().len());
    name
}

/// Where to cut a text longer than [`BLOCK_BYTES_MAX`]: after a line, else after a space, else
/// between two characters.
fn cut_point(text: &str) -> usize {
    let end = text.floor_char_boundary(BLOCK_BYTES_MAX);
    let head = text.get(..end).unwrap_or_default();
    let after = |character| {
        head.rfind(character)
            .map(|at: usize| at + 1)
            .filter(|at| *at > end / 2)
    };
    after('\n').or_else(|| after(' ')).unwrap_or(end)
}
