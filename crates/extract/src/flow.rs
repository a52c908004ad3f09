//! Writes blocks in reading order: keeps the section path, the part and the count of items, tidies
//! every text, so that a parser says only what it found.

use alexandria_core::block::{Block, BlockKind, CELL_SEPARATOR, Fault, FaultKind, Place};

use crate::section::Outline;
use crate::tidy::{tidy, tidy_lines};
use crate::{About, Sink};

/// Rows of a sheet in one block; the header row is repeated at the head of each.
pub(crate) const SHEET_ROWS_PER_BLOCK: usize = 30;

/// Levels of the outline above the headings, for what a table of contents says of a whole file.
pub(crate) const CONTENTS_LEVELS: u8 = 10;

/// The way from a parser to its sink.
pub(crate) struct Flow<'a> {
    sink: &'a mut dyn Sink,
    outline: Outline,
    part: Option<String>,
    page: Option<u32>,
    item: u32,
}

impl<'a> Flow<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self {
            sink,
            outline: Outline::default(),
            part: None,
            page: None,
            item: 0,
        }
    }

    /// The sink itself, for what is neither block nor heading.
    pub(crate) fn sink(&mut self) -> &mut dyn Sink {
        self.sink
    }

    pub(crate) fn about(&mut self, about: About) {
        self.sink.about(about);
    }

    pub(crate) fn fault(&mut self, kind: FaultKind, message: impl Into<String>) {
        self.sink.fault(Fault {
            kind,
            page: self.page,
            message: message.into(),
        });
    }

    pub(crate) fn is_full(&self) -> bool {
        self.sink.is_full()
    }

    /// Begins a part of the file, counting its items from 1.
    pub(crate) fn part(&mut self, name: &str) {
        let name = tidy(name);
        self.part = (!name.is_empty()).then_some(name);
        self.item = 0;
    }

    /// Begins a page or slide; its blocks name it.
    pub(crate) fn page(&mut self, page: u32) {
        self.page = Some(page);
    }

    /// The headings above what comes next.
    pub(crate) fn outline(&mut self) -> &mut Outline {
        &mut self.outline
    }

    /// A heading of level 1 to 6; what follows stands beneath it.
    pub(crate) fn heading(&mut self, level: u8, text: &str) {
        let text = tidy(text);
        if !text.is_empty() {
            let level = level.clamp(1, 6);
            self.outline.leave(level + CONTENTS_LEVELS);
            self.write(BlockKind::Heading(level), text.clone());
            self.outline.enter(level + CONTENTS_LEVELS, &text);
        }
    }

    /// Running text of any kind, in one line.
    pub(crate) fn text(&mut self, kind: BlockKind, text: &str) {
        self.write(kind, tidy(text));
    }

    /// Text whose line breaks count.
    pub(crate) fn lines(&mut self, kind: BlockKind, text: &str) {
        self.write(kind, tidy_lines(text));
    }

    /// A whole table. One that has a single cell is a frame around text, not a table.
    pub(crate) fn table(&mut self, rows: &[Vec<String>]) {
        let lines: Vec<String> = rows.iter().filter_map(|row| table_line(row)).collect();
        let is_frame = lines.len() == 1 && rows.iter().all(|row| row.len() <= 1);
        let kind = if is_frame {
            BlockKind::Paragraph
        } else {
            BlockKind::Table
        };
        self.write(kind, lines.join("\n"));
    }

    /// A piece of a sheet: header and rows as [`table_line`] made them. The item is the first row's
    /// number.
    pub(crate) fn sheet_rows(&mut self, header: Option<&str>, rows: &[String], first_row: u32) {
        if header.is_none() && rows.is_empty() {
            return;
        }
        let lines: Vec<&str> = header
            .into_iter()
            .chain(rows.iter().map(String::as_str))
            .collect();
        self.item = first_row.saturating_sub(1);
        self.write(BlockKind::Table, lines.join("\n"));
    }

    fn write(&mut self, kind: BlockKind, text: String) {
        if text.is_empty() {
            return;
        }
        self.item = self.item.saturating_add(1);
        let place = Place {
            page: self.page,
            section: self.outline.path(),
            part: self.part.clone(),
            item: Some(self.item),
            ..Place::default()
        };
        self.sink.block(Block {
            kind,
            text,
            place,
            lines: Vec::new(),
        });
    }
}

/// A row as a line of text, or nothing when all its cells are empty. Empty cells at its end go.
pub(crate) fn table_line(cells: &[String]) -> Option<String> {
    let mut cells: Vec<String> = cells.iter().map(|cell| tidy(cell)).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    // A line of the stored text neither begins with a space nor holds two in a row.
    (!cells.is_empty()).then(|| cells.join(CELL_SEPARATOR).trim_start().replace("  ", " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alexandria_core::block::Parsed;

    #[test]
    fn blocks_carry_section_part_and_item() {
        let mut parsed = Parsed::default();
        let mut flow = Flow::new(&mut parsed);
        flow.part("one.xhtml");
        flow.heading(1, " A\nheading ");
        flow.text(BlockKind::Paragraph, "text");
        flow.text(BlockKind::Paragraph, " \u{200b} ");
        flow.heading(1, "Next");
        flow.part("two.xhtml");
        flow.table(&[
            vec!["a".into(), "b ".into()],
            vec![],
            vec!["".into(), "c\nd".into()],
        ]);
        let seen: Vec<String> = parsed
            .blocks
            .iter()
            .map(|block| {
                let place = &block.place;
                format!(
                    "{:?}/{}/{:?}/{}",
                    place.section,
                    block.text,
                    place.part,
                    place.item.unwrap()
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                "[]/A heading/Some(\"one.xhtml\")/1",
                "[\"A heading\"]/text/Some(\"one.xhtml\")/2",
                "[]/Next/Some(\"one.xhtml\")/3",
                "[\"Next\"]/a | b\n| c d/Some(\"two.xhtml\")/1",
            ]
        );
    }
}
