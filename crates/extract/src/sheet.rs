//! Rows of a sheet as blocks: a few dozen rows each, the header row repeated at the head.

use alexandria_core::block::BlockKind;

use crate::flow::{Flow, SHEET_ROWS_PER_BLOCK, table_line};

/// Empty cells in a row that are kept; a longer gap is closed up.
const GAP_CELLS_MAX: usize = 8;

/// Bytes of text in one block of rows.
const BLOCK_BYTES: usize = 16 << 10;

/// Writes one sheet, row by row.
#[derive(Default)]
pub(crate) struct Sheet {
    header: Option<String>,
    is_header_written: bool,
    rows: Vec<String>,
    bytes: usize,
    first_row: u32,
    last_row: u32,
}

impl Sheet {
    /// The next row that has anything in it; `number` counts all rows of the sheet from 1.
    pub(crate) fn row(&mut self, number: u32, cells: &[String], flow: &mut Flow<'_>) {
        let cells = close_gaps(cells);
        let Some(line) = table_line(&cells) else {
            return;
        };
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let is_apart = number > self.last_row.saturating_add(1);
        self.last_row = number;
        let begins = self.header.is_none() || (is_apart && looks_like_header(&cells));
        if begins {
            self.flush(flow);
            self.header = None;
            if filled <= 1 {
                // A title above the table, not its header.
                return flow.text(BlockKind::Paragraph, &line);
            }
            self.header = Some(line);
            self.is_header_written = false;
            self.first_row = number;
            return;
        }
        let is_full = self.rows.len() >= SHEET_ROWS_PER_BLOCK || self.bytes >= BLOCK_BYTES;
        if is_full {
            self.flush(flow);
        }
        if self.rows.is_empty() {
            self.first_row = number;
        }
        self.bytes += line.len();
        self.rows.push(line);
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self, flow: &mut Flow<'_>) {
        self.flush(flow);
    }

    fn flush(&mut self, flow: &mut Flow<'_>) {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if self.header.is_some() && !(rows.is_empty() && self.is_header_written) {
            flow.sheet_rows(self.header.as_deref(), &rows, self.first_row);
            self.is_header_written = true;
        }
    }
}

/// Several cells, all words.
fn looks_like_header(cells: &[String]) -> bool {
    let filled = || cells.iter().filter(|cell| !cell.trim().is_empty());
    let is_number = |cell: &&String| cell.chars().any(|character| character.is_ascii_digit());
    filled().count() >= 2 && !filled().any(|cell| is_number(&cell))
}

fn close_gaps(cells: &[String]) -> Vec<String> {
    let mut closed = Vec::with_capacity(cells.len().min(256));
    let mut gap = 0;
    for cell in cells {
        gap = if cell.is_empty() { gap + 1 } else { 0 };
        if gap <= GAP_CELLS_MAX {
            closed.push(cell.clone());
        }
    }
    closed
}
