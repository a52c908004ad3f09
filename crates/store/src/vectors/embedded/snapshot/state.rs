//! What a snapshot keeps in memory: which rows there are, whose they are, which are alive.

use std::sync::Arc;

use alexandria_core::filter::Filter;
use alexandria_core::id::VersionId;

use super::super::codes::Page;
use super::super::journal::Event;
use super::super::kernel::BLOCK_ROWS;
use crate::vectors::documents::Documents;

/// Rows that came together: one document, one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Run {
    /// Its first row.
    pub(in super::super) start: u32,
    /// How many rows.
    pub(in super::super) rows: u32,
    /// The number of its document.
    pub(in super::super) document: u32,
    /// Its version.
    pub(in super::super) version: VersionId,
}

/// What a snapshot keeps in memory.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct State {
    /// The codes; all pages but the last are full.
    pub(in super::super) pages: Vec<Arc<Page>>,
    /// One bit a row: whether it is alive.
    pub(in super::super) live: Vec<u32>,
    /// How many rows are alive.
    pub(in super::super) live_count: u32,
    /// All rows, in order.
    pub(in super::super) runs: Vec<Run>,
    /// What is known of the documents.
    pub(in super::super) documents: Documents,
}

impl State {
    /// What an event does to rows and documents; the pages follow separately.
    pub(in super::super) fn replay(&mut self, event: &Event) {
        match event {
            Event::Added {
                attributes,
                dead,
                runs,
            } => {
                let document = self.documents.put(attributes);
                for row in dead {
                    self.kill(*row);
                }
                for (version, rows) in runs {
                    self.append(document, *version, *rows);
                }
            }
            Event::Removed(version) => self.remove(*version),
            Event::Described(attributes) => {
                if self.documents.number(attributes.document).is_some() {
                    self.documents.put(attributes);
                }
            }
        }
    }

    /// Whether a row is alive.
    pub(in super::super) fn is_live(&self, row: u32) -> bool {
        let (word, bit) = place(row);
        self.live.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// The run that holds a row.
    pub(in super::super) fn run_of(&self, row: u32) -> Option<&Run> {
        let next = self.runs.partition_point(|run| run.start <= row);
        self.runs.get(next.checked_sub(1)?)
    }

    /// One bit a row, for documents that pass; dead rows may have theirs set.
    pub(in super::super) fn passing(&self, filter: &Filter) -> Vec<u32> {
        let documents = self.documents.passing(filter);
        let mut rows = vec![0; self.live.len()];
        for run in &self.runs {
            let number = usize::try_from(run.document).unwrap_or(usize::MAX);
            if documents.get(number).copied().unwrap_or(false) {
                fill(&mut rows, run.start, run.rows);
            }
        }
        rows
    }

    fn append(&mut self, document: u32, version: VersionId, rows: u32) {
        let start = self.runs.last().map_or(0, |run| run.start + run.rows);
        let end = usize::try_from(start + rows).unwrap_or(usize::MAX);
        self.live.resize(end.div_ceil(BLOCK_ROWS), 0);
        fill(&mut self.live, start, rows);
        self.live_count += rows;
        match self.runs.last_mut() {
            Some(run) if run.document == document && run.version == version => run.rows += rows,
            _ => self.runs.push(Run {
                start,
                rows,
                document,
                version,
            }),
        }
    }

    fn kill(&mut self, row: u32) {
        let (word, bit) = place(row);
        if let Some(word) = self.live.get_mut(word) {
            self.live_count -= *word >> bit & 1;
            *word &= !(1 << bit);
        }
    }

    fn remove(&mut self, version: VersionId) {
        let gone: Vec<Run> = self
            .runs
            .iter()
            .filter(|run| run.version == version)
            .copied()
            .collect();
        for row in gone.iter().flat_map(|run| run.start..run.start + run.rows) {
            self.kill(row);
        }
    }
}

/// The word and the bit of a row, where there is one bit a row.
pub(super) fn place(row: u32) -> (usize, u32) {
    (usize::try_from(row / 32).unwrap_or(usize::MAX), row % 32)
}

/// Sets the bits of a range of rows.
fn fill(bits: &mut [u32], start: u32, rows: u32) {
    let end = start + rows;
    let mut row = start;
    while row < end {
        let (word, bit) = place(row);
        let count = (32 - bit).min(end - row);
        let ones = if count == 32 {
            u32::MAX
        } else {
            ((1 << count) - 1) << bit
        };
        if let Some(word) = bits.get_mut(word) {
            *word |= ones;
        }
        row += count;
    }
}
