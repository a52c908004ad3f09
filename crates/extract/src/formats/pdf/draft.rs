//! A block while its rows are still coming: its text and the lines that say where each byte stands.

use std::collections::HashSet;

use alexandria_core::block::{Block, BlockKind, CELL_SEPARATOR, Line, Place, Rect, Span};

use super::row::{Cell, Row};
use super::table::Table;

/// How many hyphenated words of a document are remembered.
const COMPOUNDS_MAX: usize = 100_000;

/// Edges count in this part of a point.
const EDGE_UNITS: f32 = 16.0;

/// How far code may be indented, in characters.
const INDENT_MAX: usize = 80;

/// The width of a letter of a monospaced font, in font sizes.
const MONOSPACE_ADVANCE: f32 = 0.6;

/// A block in the making.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    /// What it is.
    pub(super) kind: BlockKind,
    /// Its text so far.
    pub(super) text: String,
    /// The lines of the text.
    pub(super) lines: Vec<Line>,
    /// The page on which it begins.
    pub(super) page: u32,
    /// The font size of its first row.
    pub(super) size: f32,
    /// The left edge of its first row.
    pub(super) left: f32,
    /// The baseline of its first row.
    pub(super) baseline: f32,
    /// Whether all its rows are bold.
    pub(super) is_bold: bool,
}

/// Words that the document writes with a hyphen in the middle of a line: at the end of a line theirs
/// is real.
#[derive(Debug, Default)]
pub(super) struct Compounds(HashSet<String>);

impl Compounds {
    /// Remembers the hyphenated words of a row, but for one that the row's end cuts.
    pub(super) fn learn(&mut self, text: &str) {
        if !text.contains('-') || self.0.len() >= COMPOUNDS_MAX {
            return;
        }
        for word in text.split_whitespace().filter(|word| word.contains('-')) {
            let word = word.trim_matches(|character: char| !character.is_alphanumeric());
            if word.contains('-') {
                self.0.insert(word.to_lowercase());
            }
        }
    }

    fn has(&self, left: &str, right: &str) -> bool {
        self.0.contains(&format!("{left}-{right}").to_lowercase())
    }
}

/// What becomes of a hyphen at the end of a line.
enum Hyphen {
    /// It was put there by the typesetter.
    Drop,
    /// It belongs to the word.
    Keep,
    /// There is none, or it is a dash.
    No,
}

impl Draft {
    /// A block that begins with this row.
    pub(super) fn new(kind: BlockKind, row: &Row, page: u32) -> Self {
        let mut draft = Self {
            kind,
            text: String::new(),
            lines: Vec::new(),
            page,
            size: row.size,
            left: row.left,
            baseline: row.baseline,
            is_bold: row.is_bold,
        };
        draft.put(row, page);
        draft
    }

    /// A whole table, one line of text a row.
    pub(super) fn table(table: &Table, rows: &[Row], page: u32) -> Option<Self> {
        let first = rows.first()?;
        let mut draft = Self {
            kind: BlockKind::Table,
            text: String::new(),
            lines: Vec::new(),
            page,
            size: first.size,
            left: first.left,
            baseline: first.baseline,
            is_bold: false,
        };
        for row in rows {
            if !draft.text.is_empty() {
                draft.text.push('\n');
            }
            draft.put(&with_columns(row, table), page);
        }
        Some(draft)
    }

    /// Goes on with a row of running text; a word that the line's end cuts becomes whole again.
    pub(super) fn flow(&mut self, row: &Row, page: u32, compounds: &Compounds) {
        self.heal(&row.text, compounds);
        self.is_bold &= row.is_bold;
        self.put(row, page);
    }

    /// Goes on with a row of program text, as far to the right as it stands.
    pub(super) fn add_code(&mut self, row: &Row, page: u32) {
        self.text.push('\n');
        let indent = (row.left - self.left) / (MONOSPACE_ADVANCE * row.size);
        self.text
            .extend(std::iter::repeat_n(' ', whole(indent).min(INDENT_MAX)));
        self.put(row, page);
    }

    /// Takes over the rows of a block that the end of a page or column cut off.
    pub(super) fn append(&mut self, rest: Self, compounds: &Compounds) {
        self.heal(&rest.text, compounds);
        let offset = self.text.len() as u64;
        self.text.push_str(&rest.text);
        self.lines.extend(rest.lines.into_iter().map(|line| Line {
            span: line.span.shifted(offset),
            ..line
        }));
    }

    /// The block, in a section.
    pub(super) fn finish(self, section: Vec<String>) -> Block {
        let place = Place {
            page: Some(self.page),
            section,
            ..Place::default()
        };
        Block {
            kind: self.kind,
            text: self.text,
            place,
            lines: self.lines,
        }
    }

    fn put(&mut self, row: &Row, page: u32) {
        let start = self.text.len() as u64;
        self.text.push_str(&row.text);
        self.lines
            .push(line(row, Span::new(start, self.text.len() as u64), page));
    }

    /// Makes the end of the text ready for what follows on the next line: a space, or nothing where
    /// the line's end cut a word.
    fn heal(&mut self, next: &str, compounds: &Compounds) {
        match self.hyphen(next, compounds) {
            Hyphen::Drop => {
                let hyphen = self.text.pop().map_or(0, char::len_utf8) as u64;
                if let Some(line) = self.lines.last_mut() {
                    line.span.end -= hyphen;
                    line.edges.pop();
                }
            }
            Hyphen::Keep => {}
            Hyphen::No if joins_without_space(&self.text, next) => {}
            Hyphen::No => self.text.push(' '),
        }
    }

    fn hyphen(&self, next: &str, compounds: &Compounds) -> Hyphen {
        let Some(before) = self.text.strip_suffix(['-', '\u{2010}', '\u{2011}']) else {
            return Hyphen::No;
        };
        let is_part = |character: char| character.is_alphanumeric() || character == '\'';
        let left_start = before
            .char_indices()
            .rev()
            .take_while(|(_, character)| is_part(*character) || *character == '-')
            .last();
        let Some(left) = left_start.and_then(|(at, _)| before.get(at..)) else {
            return Hyphen::No;
        };
        let right_end = next
            .find(|character| !is_part(character))
            .unwrap_or(next.len());
        let right = next.get(..right_end).unwrap_or_default();
        if !right.chars().next().is_some_and(char::is_lowercase) {
            return if right.is_empty() {
                Hyphen::No
            } else {
                Hyphen::Keep
            };
        }
        if !left.ends_with(char::is_alphabetic) || compounds.has(left, right) {
            return Hyphen::Keep;
        }
        Hyphen::Drop
    }
}

/// Chinese and Japanese lines continue without a space.
fn joins_without_space(before: &str, after: &str) -> bool {
    let is_dense = |character: Option<char>| {
        character.is_some_and(|character| {
            matches!(character, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
                | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
        })
    };
    is_dense(before.chars().next_back()) && is_dense(after.chars().next())
}

/// A row of a table with separators between its columns.
fn with_columns(row: &Row, table: &Table) -> Row {
    let mut text = String::with_capacity(row.text.len() + 8);
    let mut edges = Vec::with_capacity(row.edges.len() + 8);
    let mut column = 0;
    let mut written_to = 0;
    for cell in &row.cells {
        let target = table.column(cell).max(column);
        let separators = CELL_SEPARATOR.repeat(target - column);
        let glue = if target == column && !text.is_empty() {
            " "
        } else {
            separators.as_str()
        };
        edges.extend(glue.chars().map(|_| cell.left));
        text.push_str(glue);
        column = target;
        let skipped = row
            .text
            .get(written_to..cell.start)
            .map_or(0, |gap| gap.chars().count());
        let characters = row.text.get(cell.start..cell.end).unwrap_or_default();
        let position = row
            .text
            .get(..written_to)
            .map_or(0, |done| done.chars().count())
            + skipped;
        edges.extend(
            row.edges
                .iter()
                .skip(position)
                .take(characters.chars().count()),
        );
        text.push_str(characters);
        written_to = cell.end;
    }
    if edges.len() != text.chars().count() {
        edges.clear();
    }
    let cells = vec![Cell {
        start: 0,
        end: text.len(),
        left: row.left,
        right: row.right,
    }];
    Row {
        text,
        edges,
        cells,
        ..*row
    }
}

/// Where a row stands on its page.
fn line(row: &Row, span: Span, page: u32) -> Line {
    if row.angle == 0 {
        let rect = Rect {
            x0: row.left,
            y0: row.top(),
            x1: row.right,
            y1: row.bottom(),
        };
        let edges = row
            .edges
            .iter()
            .map(|edge| sixteenths(edge - row.left))
            .collect();
        return Line {
            span,
            page,
            rect,
            edges,
        };
    }
    let (sine, cosine) = f32::from(row.angle).to_radians().sin_cos();
    let corners = [
        (row.left, row.top()),
        (row.right, row.top()),
        (row.left, row.bottom()),
        (row.right, row.bottom()),
    ]
    .map(|(along, across)| {
        (
            along * cosine - across * sine,
            along * sine + across * cosine,
        )
    });
    let mut rect = Rect {
        x0: f32::MAX,
        y0: f32::MAX,
        x1: f32::MIN,
        y1: f32::MIN,
    };
    for (x, y) in corners {
        rect = Rect {
            x0: rect.x0.min(x),
            y0: rect.y0.min(y),
            x1: rect.x1.max(x),
            y1: rect.y1.max(y),
        };
    }
    Line {
        span,
        page,
        rect,
        edges: Vec::new(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
fn sixteenths(points: f32) -> u16 {
    (points * EDGE_UNITS)
        .round()
        .clamp(0.0, f32::from(u16::MAX)) as u16
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
fn whole(number: f32) -> usize {
    number.round().clamp(0.0, 1e6) as usize
}
