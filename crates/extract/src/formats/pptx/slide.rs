//! The shapes of one slide or of its notes as blocks, and the comments on it.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;

use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// What a part draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A slide or a diagram on it: all its shapes.
    Slide,
    /// The notes to a slide: only the shape that holds them.
    Notes,
}

/// What a shape is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Title,
    /// The main text, set as a list.
    Body,
    /// Date, number and foot of the slide, and its picture in the notes.
    Furniture,
    Other,
}

/// Writes a part.
pub(super) fn write(text: &str, kind: Kind, limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut xml = Xml::new(text, limits);
    let mut shapes = Shapes {
        kind,
        ..Shapes::default()
    };
    loop {
        match xml.step()? {
            Step::Open(tag) => match tag.name() {
                "t" => {
                    let text = xml.text()?;
                    shapes.push(&text);
                }
                "rPr" | "extLst" | "fallback" => xml.skip()?,
                "Fallback" => xml.skip()?,
                _ => shapes.open(&tag),
            },
            Step::Close(end) => shapes.close(end.name()),
            Step::Text(_) => {}
            Step::Done => break,
        }
    }
    shapes.write(flow);
    Ok(())
}

/// Writes the comments of a part, under the names of those who made them.
pub(super) fn comments(
    text: &str,
    authors: &HashMap<String, String>,
    limits: &Limits,
    flow: &mut Flow<'_>,
) -> Result<()> {
    let mut xml = Xml::new(text, limits);
    // An answer stands inside the comment that it answers.
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match xml.step()? {
            Step::Open(tag) => match (tag.name(), open.last_mut()) {
                ("cm" | "reply", _) => {
                    let author = tag.get("authorId").and_then(|id| authors.get(&id));
                    let by = author.map(|author| format!(" by {author}"));
                    let start = format!("Comment{}: ", by.unwrap_or_default());
                    open.push((start, String::new()));
                }
                ("text" | "t", Some((_, comment))) => comment.push_str(&xml.text()?),
                ("extLst", _) => xml.skip()?,
                _ => {}
            },
            Step::Close(end) if matches!(end.name(), "cm" | "reply") => {
                if let Some((start, comment)) = open.pop().filter(|(_, text)| !text.is_empty()) {
                    flow.text(BlockKind::Footnote, &(start + &comment));
                }
            }
            Step::Close(_) | Step::Text(_) => {}
            Step::Done => return Ok(()),
        }
    }
}

/// The names of those who made comments, by their ids.
pub(super) fn authors(text: &str, limits: &Limits) -> Result<HashMap<String, String>> {
    let mut xml = Xml::new(text, limits);
    let mut authors = HashMap::new();
    loop {
        match xml.step()? {
            Step::Open(tag) if matches!(tag.name(), "cmAuthor" | "author") => {
                authors.extend(tag.get("id").zip(tag.get("name")));
            }
            Step::Done => return Ok(authors),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            kind: Kind::Slide,
            role: Role::Other,
            depth: 0,
            text: String::new(),
            shape: Vec::new(),
            table: None,
            row: Vec::new(),
            found: Vec::new(),
        }
    }
}

struct Shapes {
    kind: Kind,
    role: Role,
    /// The depth of the open paragraph in its list.
    depth: u8,
    /// The open paragraph, cell or value.
    text: String,
    /// The paragraphs of the open shape.
    shape: Vec<(u8, String)>,
    table: Option<Vec<Vec<String>>>,
    row: Vec<String>,
    found: Vec<Found>,
}

enum Found {
    Title(String),
    Text(BlockKind, String),
    Table(Vec<Vec<String>>),
}

impl Shapes {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "sp" => self.role = Role::Other,
            "ph" => {
                self.role = match tag.get("type").as_deref() {
                    Some("title" | "ctrTitle") => Role::Title,
                    Some("dt" | "ftr" | "hdr" | "sldNum" | "sldImg") => Role::Furniture,
                    Some("body" | "obj") | None => Role::Body,
                    Some(_) => Role::Other,
                };
            }
            "pPr" => {
                self.depth = tag
                    .get("lvl")
                    .and_then(|level| level.parse().ok())
                    .unwrap_or(0);
            }
            "br" => self.text.push('\n'),
            "tab" => self.text.push(' '),
            "tbl" => self.table = Some(Vec::new()),
            "cNvPr" if self.kind == Kind::Slide => {
                let words = tag.get("descr").unwrap_or_default();
                self.found.push(Found::Text(BlockKind::Image, words));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" if self.table.is_some() => self.text.push(' '),
            "p" => {
                let text = std::mem::take(&mut self.text);
                self.shape.push((std::mem::take(&mut self.depth), text));
            }
            "tc" => {
                let cell = std::mem::take(&mut self.text);
                self.row.push(cell);
            }
            "tr" => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.push(row);
                }
            }
            "tbl" => self.found.extend(self.table.take().map(Found::Table)),
            "sp" | "txSp" => self.end_shape(),
            _ => {}
        }
    }

    /// Files the paragraphs of a shape under what the shape is for.
    fn end_shape(&mut self) {
        let shape = std::mem::take(&mut self.shape);
        let role = std::mem::replace(&mut self.role, Role::Other);
        let is_wanted = match self.kind {
            Kind::Notes => role == Role::Body,
            Kind::Slide => role != Role::Furniture,
        };
        if !is_wanted {
            return;
        }
        if role == Role::Title {
            let words: Vec<String> = shape.into_iter().map(|(_, text)| text).collect();
            return self.found.push(Found::Title(words.join(" ")));
        }
        let filled = shape
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .count();
        let is_list = role == Role::Body && self.kind == Kind::Slide && filled > 1;
        for (depth, text) in shape {
            let is_item = is_list || depth > 0;
            let kind = if is_item {
                BlockKind::ListItem(depth)
            } else {
                BlockKind::Paragraph
            };
            self.found.push(Found::Text(kind, text));
        }
    }

    /// Writes the title first, wherever it was drawn, then all else in the order of drawing.
    fn write(mut self, flow: &mut Flow<'_>) {
        self.end_shape();
        let (titles, others): (Vec<Found>, Vec<Found>) = self
            .found
            .into_iter()
            .partition(|found| matches!(found, Found::Title(_)));
        for found in titles.into_iter().chain(others) {
            match found {
                Found::Title(text) => flow.heading(1, &text),
                Found::Text(kind, text) => flow.text(kind, &text),
                Found::Table(rows) => flow.table(&rows),
            }
        }
    }
}
