//! Rows with wide gaps in them to tables: where the gaps of several rows stand above each other,
//! they separate columns.

use super::row::{Cell, Row};

/// A table has at least this many rows with more than one cell.
const ROWS_MIN: usize = 3;

/// Rows of one table follow each other within this many font sizes.
const ROW_PITCH_MAX: f32 = 3.2;

/// A border between columns may be crossed by this part of the rows.
const CROSSED_MAX: f32 = 0.12;

/// The resolution, in points, at which borders between columns are looked for.
const BIN: f32 = 2.0;

/// A table is at most this many points wide.
const WIDTH_MAX: f32 = 10_000.0;

/// Cells longer than this on average, in bytes, are columns of running text.
const CELL_BYTES_MAX: usize = 60;

/// Signs that stand alone before a number.
const PREFIXES: [&str; 7] = ["$", "€", "£", "¥", "(", "$ (", "$("];

/// Signs that stand alone behind a number.
const SUFFIXES: [&str; 5] = [")", "%", ")%", ") %", "*"];

/// A table found among rows: which rows, and where its columns begin.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// The first of its rows.
    pub(super) start: usize,
    /// One past the last of its rows.
    pub(super) end: usize,
    /// The borders between columns, from left to right.
    pub(super) borders: Vec<f32>,
}

impl Table {
    /// The column in which a cell begins.
    pub(super) fn column(&self, cell: &Cell) -> usize {
        let middle = (cell.left + 1.0).min(cell.right);
        self.borders
            .iter()
            .filter(|border| **border <= middle)
            .count()
    }
}

/// The tables among rows in reading order.
pub(super) fn tables(rows: &[Row]) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let end = start + stretch(rows.get(start..).unwrap_or_default());
        let found = (end > start).then(|| table(rows, start, end)).flatten();
        start = end.max(start + 1);
        tables.extend(found);
    }
    tables
}

/// How many rows from the first on may belong to one table: rows with gaps, and single rows between
/// two of them.
fn stretch(rows: &[Row]) -> usize {
    if !rows.first().is_some_and(has_gaps) {
        return 0;
    }
    let mut length = 1;
    let mut last_with_gaps = 1;
    for pair in rows.windows(2) {
        let [one, other] = pair else { break };
        let pitch = other.baseline - one.baseline;
        let is_next = pitch > 0.0
            && pitch < ROW_PITCH_MAX * one.size.max(other.size)
            && one.angle == other.angle
            && !other.is_right_to_left;
        if !is_next || (length - last_with_gaps >= 2 && !has_gaps(other)) {
            break;
        }
        length += 1;
        if has_gaps(other) {
            last_with_gaps = length;
        }
    }
    last_with_gaps
}

fn has_gaps(row: &Row) -> bool {
    row.cells.len() > 1 && !row.is_right_to_left
}

fn table(rows: &[Row], start: usize, end: usize) -> Option<Table> {
    let inside = rows.get(start..end)?;
    let gapped: Vec<&Row> = inside.iter().filter(|row| has_gaps(row)).collect();
    let cells = || gapped.iter().flat_map(|row| row.cells.iter());
    let bytes: usize = cells().map(|cell| cell.end - cell.start).sum();
    if gapped.len() < ROWS_MIN || bytes > cells().count() * CELL_BYTES_MAX {
        return None;
    }
    let mut table = Table {
        start,
        end,
        borders: borders(&gapped)?,
    };
    absorb_signs(&mut table, &gapped);
    if table.borders.is_empty() {
        return None;
    }
    // Most rows must really have something in more than one column.
    let spread = gapped.iter().filter(|row| {
        let columns = row.cells.iter().map(|cell| table.column(cell));
        columns.clone().min() != columns.max()
    });
    (spread.count() * 10 >= gapped.len() * 7).then_some(table)
}

/// Takes columns that hold nothing but signs, such as `$` or `%`, into the column of their number.
fn absorb_signs(table: &mut Table, rows: &[&Row]) {
    let holds_only = |table: &Table, column: usize, signs: &[&str]| {
        let mut texts = rows.iter().flat_map(|row| {
            let cells = row.cells.iter().filter(|cell| table.column(cell) == column);
            cells.filter_map(|cell| row.text.get(cell.start..cell.end))
        });
        let mut any = false;
        texts.all(|text| {
            any = true;
            signs.contains(&text)
        }) && any
    };
    let mut column = 0;
    while column <= table.borders.len() {
        if column < table.borders.len() && holds_only(table, column, &PREFIXES) {
            table.borders.remove(column);
        } else if column > 0 && holds_only(table, column, &SUFFIXES) {
            table.borders.remove(column - 1);
        } else {
            column += 1;
        }
    }
}

/// The places that (almost) no row covers, as the middles of the gaps.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bins are small whole numbers: the width is checked against WIDTH_MAX"
)]
fn borders(rows: &[&Row]) -> Option<Vec<f32>> {
    let left = rows.iter().map(|row| row.left).reduce(f32::min)?;
    let right = rows.iter().map(|row| row.right).reduce(f32::max)?;
    if !(right - left > 0.0 && right - left < WIDTH_MAX) {
        return None;
    }
    let mut covered = vec![0_usize; ((right - left) / BIN) as usize + 1];
    for cell in rows.iter().flat_map(|row| row.cells.iter()) {
        let first = ((cell.left - left) / BIN).max(0.0) as usize;
        let last = ((cell.right - left) / BIN).max(0.0) as usize;
        for bin in covered.iter_mut().take(last + 1).skip(first) {
            *bin += 1;
        }
    }
    let crossed_max = (rows.len() as f32 * CROSSED_MAX) as usize;
    let mut borders = Vec::new();
    let mut gap_start = None;
    for (bin, count) in covered.iter().enumerate() {
        if *count > crossed_max {
            if let Some(start) = gap_start.take() {
                borders.push(left + (start + bin) as f32 / 2.0 * BIN);
            }
        } else if gap_start.is_none() && bin > 0 {
            gap_start = Some(bin);
        }
    }
    (!borders.is_empty()).then_some(borders)
}
