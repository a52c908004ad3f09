//! The pages of a file, one after the other, into the sink.

use std::collections::VecDeque;

use alexandria_core::block::{BlockKind, FaultKind};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::{InterpreterCache, InterpreterSettings, RenderContent};

use super::bookmark::bookmarks;
use super::device::TextDevice;
use super::draft::{Compounds, Draft};
use super::furniture::{Candidates, NEIGHBOURS, candidates, furniture};
use super::heading::{Census, Headings};
use super::page::{Sheet, read_page};
use super::paragraph::{Style, begins_lower, ends_sentence, paragraphs};
use super::{open, text_string};
use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::{About, Sink, Source};

/// How many pages are read before the first is given out: running heads and the body's font size
/// show only over several pages.
const LOOKAHEAD: usize = NEIGHBOURS + 3;

/// Fonts and colours of a document are kept for this many pages, then loaded again: a file may have
/// a font of its own on every page.
const CACHED_PAGES: usize = 256;

/// A title longer than this, in bytes, is a mistake of the program that wrote the file.
const TITLE_BYTES_MAX: usize = 300;

/// What becomes of running heads, running feet and page numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Furniture {
    /// They are no part of the text.
    LeftOut,
    /// They stand where the page has them: for comparison with readers that know none.
    Kept,
}

/// Reads a file into a sink.
pub(crate) fn read(
    source: &Source,
    limits: &Limits,
    furniture: Furniture,
    sink: &mut dyn Sink,
) -> Result<()> {
    let pdf = open(source)?;
    sink.about(about(&pdf));
    let settings = InterpreterSettings {
        render_content: RenderContent::PAGE,
        ..InterpreterSettings::default()
    };
    let mut device = TextDevice::new();
    let mut flow = Flow::new(Headings::new(bookmarks(&pdf)), furniture);
    let mut cache = InterpreterCache::new();
    let mut glyphs_left = limits.glyphs;
    for (index, page) in pdf.pages().iter().enumerate() {
        if index % CACHED_PAGES == 0 {
            cache = InterpreterCache::new();
        }
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if number > limits.pages || glyphs_left == 0 || sink.is_full() {
            break;
        }
        let glyphs_max = limits.glyphs_per_page.min(glyphs_left);
        let sheet = read_page(page, number, glyphs_max, &cache, &settings, &mut device);
        glyphs_left = glyphs_left.saturating_sub(device.glyphs_seen());
        flow.push(sheet, sink);
    }
    flow.finish(sink);
    if glyphs_left == 0 {
        let message = format!(
            "this file draws more than {} characters; the pages after that were left out; split it \
             and add the parts",
            limits.glyphs
        );
        sink.fault(Failure::new(FaultKind::TooLarge, message).into_fault(None));
    } else if pdf.pages().len() > limits.pages as usize {
        let message = format!(
            "this file has {} pages, of which the first {} were read; split it and add the parts",
            pdf.pages().len(),
            limits.pages
        );
        sink.fault(Failure::new(FaultKind::TooLarge, message).into_fault(None));
    }
    Ok(())
}

/// What the file says of itself, where that is sane.
fn about(pdf: &Pdf) -> About {
    let metadata = pdf.metadata();
    let title = metadata
        .title
        .as_deref()
        .map(text_string)
        .filter(|title| is_title(title));
    let author = metadata
        .author
        .as_deref()
        .map(text_string)
        .unwrap_or_default();
    let authors = author
        .split([';', '\n'])
        .map(str::trim)
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let language = catalog
        .and_then(|catalog| catalog.get::<PdfString<'_>>("Lang"))
        .map(|language| text_string(language.as_bytes()))
        .filter(|language| language.len() >= 2 && language.len() <= 35);
    About {
        title,
        authors,
        language,
        pages: u32::try_from(pdf.pages().len()).ok(),
    }
}

/// Whether a title was written by a person rather than by a program.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let is_file = [
        ".doc", ".docx", ".dvi", ".tex", ".indd", ".qxd", ".pdf", ".ps", ".rtf", ".odt",
    ]
    .iter()
    .any(|extension| lower.ends_with(extension));
    let is_default = [
        "untitled",
        "microsoft word -",
        "powerpoint pres",
        "no title",
        "title",
        "slide 1",
    ]
    .iter()
    .any(|start| {
        if *start == "title" {
            lower == "title"
        } else {
            lower.starts_with(start)
        }
    });
    let letters = title
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    !is_file
        && !is_default
        && title.len() <= TITLE_BYTES_MAX
        && letters >= 2
        && !title.contains(char::REPLACEMENT_CHARACTER)
}

fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_default = [
        "unknown",
        "user",
        "admin",
        "administrator",
        "author",
        "owner",
        "root",
    ]
    .contains(&lower.as_str());
    !is_default
        && name
            .chars()
            .filter(|character| character.is_alphabetic())
            .count()
            >= 2
        && name.len() <= TITLE_BYTES_MAX
        && !name.contains(char::REPLACEMENT_CHARACTER)
}

/// Pages on their way from the reader to the sink.
struct Flow {
    waiting: VecDeque<Sheet>,
    edges: VecDeque<Candidates>,
    census: Census,
    compounds: Compounds,
    headings: Headings,
    /// The last paragraph of the page before, if its sentence is not at an end, and the footnotes
    /// after it.
    held: Vec<(Draft, Vec<String>)>,
    furniture: Furniture,
}

impl Flow {
    fn new(headings: Headings, furniture: Furniture) -> Self {
        Self {
            waiting: VecDeque::new(),
            edges: VecDeque::new(),
            census: Census::new(),
            compounds: Compounds::default(),
            headings,
            held: Vec::new(),
            furniture,
        }
    }

    fn push(&mut self, sheet: Sheet, sink: &mut dyn Sink) {
        for row in &sheet.rows {
            self.census.count(row);
            self.compounds.learn(&row.text);
        }
        self.edges
            .push_back(candidates(sheet.number, sheet.size.1, &sheet.rows));
        self.waiting.push_back(sheet);
        if self.waiting.len() > LOOKAHEAD {
            self.give(sink);
        }
        while self.edges.len() > LOOKAHEAD + 1 + NEIGHBOURS {
            self.edges.pop_front();
        }
    }

    fn finish(mut self, sink: &mut dyn Sink) {
        while !self.waiting.is_empty() {
            self.give(sink);
        }
        self.release(sink);
    }

    /// Gives the oldest page to the sink.
    fn give(&mut self, sink: &mut dyn Sink) {
        let Some(mut sheet) = self.waiting.pop_front() else {
            return;
        };
        sink.page(sheet.page_size());
        if let Some(failure) = sheet.failure.take() {
            sink.fault(failure.into_fault(Some(sheet.number)));
        }
        if self.furniture == Furniture::LeftOut {
            self.leave_out_furniture(&mut sheet);
        }
        let style = Style {
            body_size: self.census.body_size(),
            is_monospace: self.census.is_monospace(),
            compounds: &self.compounds,
        };
        let drafts = paragraphs(&sheet.rows, sheet.number, sheet.size.1, &style);
        let mut drafts = self.headings.assign(sheet.number, drafts, &self.census);
        if drafts.is_empty() {
            // A page of pictures, or an empty one: what is held may go on behind it.
            return;
        }
        self.join_with_held(&mut drafts);
        self.release(sink);
        let tail = drafts
            .iter()
            .rposition(|(draft, _)| draft.kind != BlockKind::Footnote)
            .filter(|index| {
                drafts
                    .get(*index)
                    .is_some_and(|(draft, _)| is_cut_off(draft))
            });
        self.held = drafts.split_off(tail.unwrap_or(drafts.len()));
        for (draft, section) in drafts {
            sink.block(draft.finish(section));
        }
    }

    fn leave_out_furniture(&self, sheet: &mut Sheet) {
        let Some(own) = self.edges.iter().find(|edges| edges.is_of(sheet.number)) else {
            return;
        };
        let out = furniture(own, &self.edges);
        let mut index = 0;
        sheet.rows.retain(|_| {
            index += 1;
            !out.contains(&(index - 1))
        });
    }

    /// A paragraph that goes on in the middle of a sentence at the top of this page becomes whole.
    fn join_with_held(&mut self, drafts: &mut Vec<(Draft, Vec<String>)>) {
        let Some((held, _)) = self.held.first_mut() else {
            return;
        };
        let goes_on = drafts.first().is_some_and(|(draft, _)| {
            draft.kind == BlockKind::Paragraph
                && begins_lower(&draft.text)
                && (draft.size - held.size).abs() < 0.05 * held.size
        });
        if goes_on {
            let (rest, _) = drafts.remove(0);
            held.append(rest, &self.compounds);
        }
    }

    fn release(&mut self, sink: &mut dyn Sink) {
        for (draft, section) in self.held.drain(..) {
            sink.block(draft.finish(section));
        }
    }
}

/// Whether a block may go on on the next page.
fn is_cut_off(draft: &Draft) -> bool {
    draft.kind == BlockKind::Paragraph && !ends_sentence(&draft.text)
}
