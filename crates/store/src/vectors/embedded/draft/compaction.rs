//! A space copied into files of its next epoch, without what is dead.

use std::path::Path;

use alexandria_core::error::Result;

use super::super::journal::Event;
use super::super::manifest::Manifest;
use super::super::record;
use super::super::snapshot::{Run, Snapshot, State};
use super::{Draft, to_usize};

/// Sequential reads while compacting.
const COPY_ROWS: u32 = 1_024;

impl Draft {
    /// Copies what is alive in a snapshot into the next epoch.
    pub(in super::super) fn compacted(directory: &Path, snapshot: &Snapshot) -> Result<Self> {
        let mut draft = Self::next_epoch(directory, &snapshot.manifest)?;
        let mut bytes = Vec::new();
        for run in &snapshot.state.runs {
            let Some(attributes) = snapshot.state.documents.attributes(run.document) else {
                continue;
            };
            let copied = draft.copy(snapshot, run, &mut bytes)?;
            if copied > 0 {
                let runs = vec![(run.version, copied)];
                draft.happen(&Event::Added {
                    attributes,
                    dead: Vec::new(),
                    runs,
                })?;
            }
        }
        Ok(draft)
    }

    /// Appends the living rows of a run, and says how many.
    fn copy(&mut self, snapshot: &Snapshot, run: &Run, bytes: &mut Vec<u8>) -> Result<u32> {
        let (files, shape) = (&snapshot.files, snapshot.shape());
        let end = run.start + run.rows;
        let mut copied = 0;
        for start in (run.start..end).step_by(to_usize(COPY_ROWS)) {
            let rows = COPY_ROWS.min(end - start);
            record::read_rows(&files.records, shape, start, to_usize(rows), bytes)?;
            let records = (start..start + rows).zip(bytes.chunks_exact(shape.record_bytes()));
            for (_, record) in records.filter(|(row, _)| snapshot.state.is_live(*row)) {
                self.append(record)?;
                copied += 1;
            }
        }
        Ok(copied)
    }

    /// Starts the next epoch with empty files.
    fn next_epoch(directory: &Path, before: &Manifest) -> Result<Self> {
        let manifest = Manifest {
            position: before.position,
            serial: before.serial,
            epoch: before.epoch + 1,
            dimensions: before.dimensions,
            ..Manifest::default()
        };
        Self::with(directory, manifest, State::default())
    }
}
