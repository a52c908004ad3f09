//! The body of a Word file as blocks.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;

use super::note::Notes;
use super::numbering::{Counts, Numbering, Wanted};
use super::styles::{Look, Styles, outline};
use crate::chart;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml, decode};

/// Cells that a span may add to a row.
const SPAN_CELLS_MAX: usize = 64;

/// What the other parts of a file say of its body.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    pub(super) notes: HashMap<(Notes, String), String>,
    /// Charts and diagrams by the relations that lead to them.
    pub(super) charts: HashMap<String, Vec<u8>>,
    pub(super) diagrams: HashMap<String, Vec<u8>>,
}

/// Writes the body.
pub(super) fn write(text: &str, parts: &Parts, limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut body = Body {
        xml: Xml::new(text, limits),
        limits,
        parts,
        charts: Vec::new(),
        counts: Counts::default(),
        flow,
        paragraphs: Vec::new(),
        tables: Vec::new(),
        code: String::new(),
        choices: Vec::new(),
        waiting: Vec::new(),
    };
    let result = body.run();
    body.finish();
    result
}

struct Body<'b, 'x, 'f> {
    xml: Xml<'x>,
    limits: &'b Limits,
    parts: &'b Parts,
    counts: Counts,
    flow: &'b mut Flow<'f>,
    /// The open paragraphs: a text box stands inside another paragraph.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// Lines of code that stand one after another.
    code: String,
    /// For each open choice between drawings, whether one was taken.
    choices: Vec<bool>,
    /// Notes and pictures, to be written after what they stand in.
    waiting: Vec<(BlockKind, String)>,
    /// Relations of charts, to be written after them.
    charts: Vec<String>,
}

struct Paragraph {
    text: String,
    look: Look,
    /// The depth in its list.
    item: Option<u8>,
    style: Option<String>,
    /// The list that it says it belongs to, and the level there.
    list: Option<String>,
    level: Option<u8>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
    span: usize,
}

impl Body<'_, '_, '_> {
    fn run(&mut self) -> Result<()> {
        while !self.flow.is_full() {
            match self.xml.step()? {
                Step::Open(tag) => self.open(&tag)?,
                Step::Close(end) => self.close(end.name()),
                Step::Text(_) => {}
                Step::Done => break,
            }
        }
        Ok(())
    }

    /// Writes what is open when the text ends.
    fn finish(&mut self) {
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        while !self.tables.is_empty() {
            self.end_cell();
            self.end_row();
            self.end_table();
        }
        self.end_code();
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<()> {
        match tag.name() {
            "p" => {
                let paragraph = Paragraph {
                    text: String::new(),
                    look: Look::Plain,
                    item: None,
                    style: None,
                    list: None,
                    level: None,
                };
                self.paragraphs.push(paragraph);
            }
            "t" => {
                let text = self.xml.text()?;
                self.push(&text);
            }
            "tab" | "ptab" => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("\u{2011}"),
            "tbl" => {
                self.end_code();
                self.tables.push(Table::default());
            }
            "gridSpan" => self.span(tag),
            "pStyle" | "outlineLvl" | "ilvl" | "numId" => self.property(tag),
            "footnoteReference" => self.note(Notes::Foot, tag),
            "endnoteReference" => self.note(Notes::End, tag),
            "commentReference" => self.note(Notes::Margin, tag),
            "chart" => self.charts.extend(tag.relation("id")),
            "relIds" => self.diagram(tag)?,
            "docPr" => {
                let words = tag.get("descr").unwrap_or_default();
                self.waiting.push((BlockKind::Image, words));
            }
            "AlternateContent" => self.choices.push(false),
            "Choice" => {
                if let Some(taken) = self.choices.last_mut() {
                    *taken = true;
                }
            }
            "Fallback" if self.choices.last() == Some(&true) => {
                self.xml.skip()?;
            }
            // What was deleted, field codes, old formatting, and what only steers.
            "del" | "moveFrom" | "instrText" | "delText" | "pPrChange" | "rPrChange" | "sdtPr"
            | "sectPr" | "tblPr" | "trPr" | "rPr" | "fldData" | "txPr" | "sectPrChange" => {
                self.xml.skip()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "tc" => self.end_cell(),
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            "AlternateContent" => {
                self.choices.pop();
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn property(&mut self, tag: &Tag<'_>) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match tag.name() {
            "pStyle" => {
                let style = tag.get("val").unwrap_or_default();
                paragraph.look = self.parts.styles.look(&style);
                paragraph.style = Some(style);
            }
            "outlineLvl" => {
                if let Some(level) = outline(tag) {
                    paragraph.look = Look::Heading(level + 1);
                }
            }
            "ilvl" => {
                paragraph.level = tag.get("val").and_then(|level| level.parse().ok());
                paragraph.item = paragraph.level.or(Some(0));
            }
            // The list of number 0 is none: it takes a paragraph out of its style's list.
            _ if tag.get("val").as_deref() == Some("0") => {
                paragraph.item = None;
                paragraph.list = tag.get("val");
                if paragraph.look == Look::Item {
                    paragraph.look = Look::Plain;
                }
            }
            _ => {
                paragraph.item = paragraph.item.or(Some(0));
                paragraph.list = tag.get("val");
            }
        }
    }

    fn span(&mut self, tag: &Tag<'_>) {
        let span = tag
            .get("val")
            .and_then(|span| span.parse().ok())
            .unwrap_or(1_usize);
        if let Some(table) = self.tables.last_mut() {
            table.span = span.saturating_sub(1).min(SPAN_CELLS_MAX);
        }
    }

    fn note(&mut self, place: Notes, tag: &Tag<'_>) {
        let Some(id) = tag.get("id") else { return };
        if let Some(note) = self.parts.notes.get(&(place, id)) {
            self.waiting.push((BlockKind::Footnote, note.clone()));
        }
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else {
            return;
        };
        if let Some(number) = self.number(&paragraph) {
            paragraph.text = format!("{number} {}", paragraph.text);
        }
        if let Some(table) = self.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push(' ');
            }
            table.cell.push_str(&paragraph.text);
            return;
        }
        if paragraph.look == Look::Code {
            self.code.push_str(&paragraph.text);
            self.code.push('\n');
        } else {
            self.end_code();
            self.write(&paragraph);
        }
        if self.paragraphs.is_empty() {
            self.write_waiting();
        }
    }

    /// The words of a drawn diagram, a paragraph for each of its shapes.
    fn diagram(&mut self, tag: &Tag<'_>) -> Result<()> {
        let id = tag.relation("dm");
        let Some(bytes) = id.and_then(|id| self.parts.diagrams.get(&id)) else {
            return Ok(());
        };
        let text = decode(bytes);
        let mut xml = Xml::new(&text, self.limits);
        let mut words = String::new();
        loop {
            match xml.step()? {
                Step::Open(tag) if tag.name() == "t" => words.push_str(&xml.text()?),
                Step::Close(end) if end.name() == "p" => {
                    let words = std::mem::take(&mut words);
                    self.waiting.push((BlockKind::Paragraph, words));
                }
                Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
                Step::Done => return Ok(()),
            }
        }
    }

    /// The number that is printed before a paragraph.
    fn number(&mut self, paragraph: &Paragraph) -> Option<String> {
        let by_style = paragraph
            .style
            .as_deref()
            .and_then(|style| self.parts.styles.list(style));
        let list = paragraph
            .list
            .as_deref()
            .or(by_style.map(|(list, ..)| list))?;
        let wanted = Wanted {
            own: paragraph.level,
            style: by_style.map(|(.., style)| style),
            of_style: by_style.and_then(|(_, level, _)| level),
        };
        let number = self.parts.numbering.next(&mut self.counts, list, wanted)?;
        // An empty paragraph counts, but shows nothing that could be read.
        (!paragraph.text.trim().is_empty()).then_some(number)
    }

    fn write(&mut self, paragraph: &Paragraph) {
        let text = &paragraph.text;
        let kind = match (paragraph.look, paragraph.item) {
            (Look::Heading(level), _) => return self.flow.heading(level, text),
            (Look::Contents, _) => return,
            (_, Some(depth)) => BlockKind::ListItem(depth),
            (Look::Item, None) => BlockKind::ListItem(0),
            (Look::Quote, None) => BlockKind::Quote,
            (Look::Caption, None) => BlockKind::Caption,
            (Look::Plain | Look::Code, None) => BlockKind::Paragraph,
        };
        self.flow.text(kind, text);
    }

    fn write_waiting(&mut self) {
        for (kind, text) in std::mem::take(&mut self.waiting) {
            self.flow.text(kind, &text);
        }
        for id in std::mem::take(&mut self.charts) {
            let Some(bytes) = self.parts.charts.get(&id) else {
                continue;
            };
            // A damaged chart takes nothing from the text around it.
            if let Err(failure) = chart::write(&decode(bytes), self.limits, self.flow) {
                self.flow.sink().fault(failure.into_fault(None));
            }
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        self.flow.lines(BlockKind::Code, &code);
    }

    fn end_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        table.row.push(std::mem::take(&mut table.cell));
        let span = std::mem::take(&mut table.span);
        table.row.extend(std::iter::repeat_n(String::new(), span));
    }

    fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let row = std::mem::take(&mut table.row);
        table.rows.push(row);
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else {
            return;
        };
        if let Some(outer) = self.tables.last_mut() {
            // A table in a cell becomes part of the cell's text.
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
