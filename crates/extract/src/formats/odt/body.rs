//! The body of an `OpenDocument` text as blocks.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;

use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// How often a cell, row or space that says it is repeated is repeated.
const REPEATS_MAX: usize = 64;

/// Writes the body.
pub(super) fn write(text: &str, limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut body = Body {
        xml: Xml::new(text, limits),
        flow,
        parents: HashMap::new(),
        paragraphs: Vec::new(),
        lists: 0,
        tables: Vec::new(),
        notes: 0,
        waiting: Vec::new(),
        code: String::new(),
    };
    let result = body.run();
    while !body.paragraphs.is_empty() {
        body.end_paragraph();
    }
    while !body.tables.is_empty() {
        body.end_table();
    }
    body.end_code();
    result
}

struct Body<'b, 'x, 'f> {
    xml: Xml<'x>,
    flow: &'b mut Flow<'f>,
    /// The named style behind each automatic one.
    parents: HashMap<String, String>,
    /// The open paragraphs: notes and frames stand inside another.
    paragraphs: Vec<Paragraph>,
    lists: u8,
    tables: Vec<Table>,
    /// Open notes.
    notes: usize,
    waiting: Vec<(BlockKind, String)>,
    code: String,
}

struct Paragraph {
    text: String,
    kind: BlockKind,
    is_note: bool,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
    repeat: usize,
}

impl Body<'_, '_, '_> {
    fn run(&mut self) -> Result<()> {
        while !self.flow.is_full() {
            match self.xml.step()? {
                Step::Open(tag) => self.open(&tag)?,
                Step::Close(end) => self.close(end.name()),
                Step::Text(text) => self.push(&text),
                Step::Done => break,
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<()> {
        match tag.name() {
            "style" => {
                if let (Some(name), Some(parent)) = (tag.get("name"), tag.get("parent-style-name"))
                {
                    self.parents.insert(name, parent);
                }
            }
            "h" => {
                let level = tag
                    .get("outline-level")
                    .and_then(|level| level.parse().ok());
                self.begin(BlockKind::Heading(level.unwrap_or(1)));
            }
            "p" => {
                let kind = self.paragraph_kind(tag);
                self.begin(kind);
            }
            "list" => self.lists = self.lists.saturating_add(1),
            "table" => {
                self.end_code();
                self.tables.push(Table::default());
            }
            "table-cell" | "covered-table-cell" => {
                let repeat = tag
                    .get("number-columns-repeated")
                    .and_then(|count| count.parse().ok());
                if let Some(table) = self.tables.last_mut() {
                    table.repeat = repeat.unwrap_or(1).min(REPEATS_MAX);
                }
            }
            "note" => self.notes += 1,
            "s" => {
                let count = tag
                    .get("c")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1);
                self.push(&" ".repeat(count.min(REPEATS_MAX)));
            }
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            "desc" => {
                let words = self.xml.text()?;
                self.waiting.push((BlockKind::Image, words));
            }
            "note-citation" => {
                let mark = self.xml.text()?;
                self.push(&mark);
            }
            "tracked-changes"
            | "annotation"
            | "annotation-end"
            | "table-of-content"
            | "illustration-index"
            | "table-index"
            | "alphabetical-index-source"
            | "ruby-text"
            | "sequence-decls"
            | "binary-data"
            | "title"
            | "forms"
            | "scripts"
            | "font-face-decls"
            | "master-styles" => self.xml.skip()?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "h" | "p" => self.end_paragraph(),
            "list" => self.lists = self.lists.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                let Some(table) = self.tables.last_mut() else {
                    return;
                };
                let cell = std::mem::take(&mut table.cell);
                let repeat = if cell.is_empty() { table.repeat } else { 1 };
                table.row.extend(std::iter::repeat_n(cell, repeat));
            }
            "table-row" => {
                let Some(table) = self.tables.last_mut() else {
                    return;
                };
                let row = std::mem::take(&mut table.row);
                table.rows.push(row);
            }
            "table" => self.end_table(),
            "note" => self.notes = self.notes.saturating_sub(1),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn begin(&mut self, kind: BlockKind) {
        let is_note = self.notes > 0;
        self.paragraphs.push(Paragraph {
            text: String::new(),
            kind,
            is_note,
        });
    }

    /// What a paragraph is by its style and the list it stands in.
    fn paragraph_kind(&self, tag: &Tag<'_>) -> BlockKind {
        let style = tag.get("style-name").unwrap_or_default();
        let style = self.parents.get(&style).unwrap_or(&style);
        match style.as_str() {
            "Title" => BlockKind::Heading(1),
            "Preformatted_20_Text" | "Source_20_Code" => BlockKind::Code,
            "Quotations" => BlockKind::Quote,
            "Caption" | "Illustration" | "Figure" => BlockKind::Caption,
            _ if self.lists > 0 => BlockKind::ListItem(self.lists - 1),
            _ => BlockKind::Paragraph,
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        if paragraph.is_note {
            self.waiting.push((BlockKind::Footnote, paragraph.text));
            return;
        }
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push(' ');
            }
            table.cell.push_str(&paragraph.text);
            return;
        }
        if paragraph.kind == BlockKind::Code {
            self.code.push_str(&paragraph.text);
            self.code.push('\n');
            return;
        }
        self.end_code();
        if let BlockKind::Heading(level) = paragraph.kind {
            self.flow.heading(level, &paragraph.text);
        } else {
            self.flow.text(paragraph.kind, &paragraph.text);
        }
        if self.paragraphs.is_empty() {
            self.write_waiting();
        }
    }

    fn write_waiting(&mut self) {
        for (kind, text) in std::mem::take(&mut self.waiting) {
            self.flow.text(kind, &text);
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        self.flow.lines(BlockKind::Code, &code);
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else {
            return;
        };
        if let Some(outer) = self.tables.last_mut() {
            for cell in table.rows.iter().flatten().filter(|cell| !cell.is_empty()) {
                outer.cell.push(' ');
                outer.cell.push_str(cell);
            }
            return;
        }
        self.flow.table(&table.rows);
        if self.paragraphs.is_empty() {
            self.write_waiting();
        }
    }
}
