//! Turns the bytes of a file into blocks of text with their places.
//!
//! Every file is taken to be hostile. [`limits::Limits`] bound what a parser may use, parsers answer
//! bad input with a [`Failure`] and never with a panic, and the product runs them in a child process
//! of its own ([`worker`]) because no limit inside a process survives every bomb. Nothing here opens
//! a file, waits or talks to a network: bytes in, blocks out through a [`Sink`].
//!
//! A new format is one file in `formats/` and one line in [`FORMATS`].

#![warn(missing_docs)]

pub mod detect;
pub mod failure;
pub mod fence;
pub mod limits;
pub mod section;
pub mod worker;

mod chart;
mod detect_text;
mod dom;
mod encoding;
mod flow;
mod formats;
mod guard;
mod language;
mod markup;
mod relations;
mod sheet;
mod tidy;
mod xml;
mod zip;

use std::sync::Arc;

use alexandria_core::block::{Block, Fault, PageSize, Parsed};

pub use crate::detect::detect;
pub use crate::failure::{Failure, Result};
pub use crate::formats::cover::{COVER_HEIGHT_PIXELS, may_have_cover};
pub use crate::formats::{FORMATS, recognised};
pub use crate::limits::Limits;

/// A file to read.
#[derive(Clone)]
pub struct Source {
    /// Its bytes; they may be a memory map.
    pub bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    /// Its name, used to tell plain formats apart and never as a path.
    pub name: String,
}

impl Source {
    /// A file held in memory.
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static, name: impl Into<String>) -> Self {
        Self {
            bytes: Arc::new(bytes),
            name: name.into(),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Source({:?}, {} bytes)",
            self.name,
            self.bytes().len()
        )
    }
}

/// A line of the table of formats.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name in filters, replies and the database.
    pub name: &'static str,
    /// The media types it is sent under, the usual one first.
    pub media_types: &'static [&'static str],
    /// The extensions of its files, lower case, the usual one first.
    pub extensions: &'static [&'static str],
    /// Whether it has pages (or slides) that a citation can name.
    pub paged: bool,
    /// Reads a file of this format.
    pub parse: fn(&Source, &Limits, &mut dyn Sink) -> Result<()>,
}

/// What a file says of itself. Empty fields say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct About {
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its language, as the file states it, such as `en-GB`.
    pub language: Option<String>,
    /// How many pages to expect.
    pub pages: Option<u32>,
}

impl About {
    /// Takes over every field that `later` fills.
    pub fn merge(&mut self, later: Self) {
        self.title = later.title.or(self.title.take());
        self.language = later.language.or(self.language.take());
        self.pages = later.pages.or(self.pages);
        if !later.authors.is_empty() {
            self.authors = later.authors;
        }
    }
}

/// Takes what a parser finds, as it finds it, so that a parser that is killed leaves what it had.
pub trait Sink {
    /// What the file says of itself: at any time, as often as more is known; a later field wins.
    fn about(&mut self, about: About);

    /// The next page; the first call is page 1.
    fn page(&mut self, size: PageSize);

    /// The next block, in reading order, its place filled in but for the span.
    fn block(&mut self, block: Block);

    /// A part that could not be read.
    fn fault(&mut self, fault: Fault);

    /// Whether nothing more will be kept, so that a parser may stop.
    fn is_full(&self) -> bool {
        false
    }
}

impl Sink for Parsed {
    fn about(&mut self, about: About) {
        let mut merged = About {
            title: self.title.take(),
            authors: std::mem::take(&mut self.authors),
            language: self.language.take(),
            pages: None,
        };
        merged.merge(about);
        (self.title, self.authors, self.language) = (merged.title, merged.authors, merged.language);
    }

    fn page(&mut self, size: PageSize) {
        self.pages.push(size);
    }

    fn block(&mut self, block: Block) {
        self.blocks.push(block);
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }
}

/// Finds out what the file is, reads it, and tells its language where the file does not.
///
/// # Errors
/// A [`Failure`] whose kind and sentence go to the person whose file it is. What the sink got before
/// is good.
pub fn extract(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<&'static Format> {
    let format = detect(source.bytes(), &source.name)?;
    guard::read(format, source, limits, sink)?;
    Ok(format)
}

/// Reads a file in this process, behind a large stack and a net for panics. For tests and tools: a
/// server reads in a child process.
///
/// # Errors
/// As [`extract`].
pub fn collect(source: &Source, limits: &Limits) -> Result<Parsed> {
    let mut parsed = Parsed::default();
    let format = worker::contained(|| extract(source, limits, &mut parsed))?;
    parsed.format = format.name.to_owned();
    Ok(parsed)
}

/// Reads a PDF file as [`collect`] does, but keeps running heads, running feet and page numbers: for
/// comparing with readers that know none.
///
/// # Errors
/// As [`extract`].
pub fn collect_everything(source: &Source, limits: &Limits) -> Result<Parsed> {
    let mut parsed = Parsed::default();
    worker::contained(|| formats::read_everything(source, limits, &mut parsed))?;
    Ok(parsed)
}

/// The picture of a page of a paged file, or of an image file, as PNG.
///
/// # Errors
/// A [`Failure`] when the file's format has no pictures of pages or the page cannot be drawn.
pub fn picture(source: &Source, page: u32, dots_per_inch: u32, limits: &Limits) -> Result<Vec<u8>> {
    let format = detect(source.bytes(), &source.name)?;
    formats::picture(format, source, page, dots_per_inch, limits)
}

/// The small picture that a file is shown by, as JPEG at most [`COVER_HEIGHT_PIXELS`] high.
///
/// It is the first page of a PDF file, a picture itself, the cover that a book names, or the miniature
/// that an office program left in its file. Nothing for a file that has none of them.
///
/// # Errors
/// A [`Failure`] when the file is damaged, or larger than the limits.
pub fn cover(source: &Source, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let format = detect(source.bytes(), &source.name)?;
    formats::cover::cover(format, source, limits)
}
