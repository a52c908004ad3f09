//! The next state of a space while it is being made.
//!
//! Records and full pages go to the files as they come, beyond what the manifest calls valid; the
//! state is a copy. So until the manifest is replaced nothing has happened, and a draft that is
//! dropped leaves nothing behind but bytes that the next one overwrites.

mod compaction;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::Attributes;
use alexandria_core::id::{ChunkId, VersionId};
use fs_err::os::unix::fs::FileExt;

use super::codes::{PAGE_ROWS, Page};
use super::journal::{self, Event};
use super::manifest::{self, Manifest};
use super::record::{self, Record, Shape};
use super::snapshot::{Files, Snapshot, State, page_from, page_of};
use super::unit::unit;
use super::{DIMENSIONS_MAX, DIMENSIONS_STEP, ROWS_MAX};
use crate::vectors::{Point, VectorChange};

/// Records held back before they are written.
const BUFFER_BYTES_MAX: usize = 4 << 20;

/// The next state of a space.
#[derive(Debug)]
pub(super) struct Draft {
    manifest: Manifest,
    files: Files,
    state: State,
    /// Records that are not written yet, from row `buffer_start` on.
    buffer: Vec<u8>,
    buffer_start: u32,
    journal: Vec<u8>,
    /// Where the chunks of this change may be, by the hash of their ids.
    known: HashMap<u32, Vec<u32>>,
}

impl Draft {
    /// Starts from a snapshot, or from nothing.
    pub(super) fn of(directory: &Path, snapshot: Option<&Snapshot>) -> Result<Self> {
        let (manifest, state) = match snapshot {
            Some(snapshot) => (snapshot.manifest.clone(), snapshot.state.clone()),
            None => (Manifest::default(), State::default()),
        };
        Self::with(directory, manifest, state)
    }

    fn with(directory: &Path, manifest: Manifest, state: State) -> Result<Self> {
        let files = Files::create(directory, manifest.epoch).context(unavailable(), || {
            "cannot open the vectors of a collection for writing".to_owned()
        })?;
        let buffer_start = manifest.rows;
        Ok(Self {
            manifest,
            files,
            state,
            buffer: Vec::new(),
            buffer_start,
            journal: Vec::new(),
            known: HashMap::new(),
        })
    }

    /// Makes the changes, in order.
    pub(super) fn change(&mut self, changes: &[VectorChange]) -> Result<()> {
        self.look_up(changes);
        for change in changes {
            match change {
                VectorChange::Upsert(attributes, points) => self.upsert(attributes, points)?,
                VectorChange::Remove(version) => {
                    if self.state.runs.iter().any(|run| run.version == *version) {
                        self.happen(&Event::Removed(*version))?;
                    }
                }
                VectorChange::Describe(attributes) => self.describe(attributes)?,
            }
        }
        Ok(())
    }

    /// Makes the draft the space: data first, then the manifest.
    pub(super) fn commit(mut self, directory: &Path, position: u64) -> Result<Snapshot> {
        self.flush()?;
        let journal_start = self.manifest.journal_bytes;
        let synced = || -> std::io::Result<()> {
            self.files
                .journal
                .write_all_at(&self.journal, journal_start)?;
            self.files.records.sync_data()?;
            self.files.codes.sync_data()?;
            self.files.journal.sync_data()
        };
        if !self.journal.is_empty() || journal_start == 0 {
            synced().context(unavailable(), || {
                "cannot write the vectors of a collection; see whether the disk is full".to_owned()
            })?;
        }
        self.manifest.journal_bytes += length(&self.journal);
        self.manifest.journal_sum = sum_on(self.manifest.journal_sum, &self.journal);
        self.manifest.position = position;
        self.manifest.serial += 1;
        manifest::replace(directory, &self.manifest)?;
        let stamp = manifest::stamp(directory)?;
        Ok(Snapshot::new(
            stamp,
            self.manifest,
            Arc::new(self.files),
            self.state,
        ))
    }

    fn upsert(&mut self, attributes: &Attributes, points: &[Point]) -> Result<()> {
        let mut dead = Vec::new();
        let mut runs: Vec<(VersionId, u32)> = Vec::new();
        for point in last_of_each(points) {
            let vector = self.unit(point)?;
            let mut bytes = Vec::with_capacity(self.shape().record_bytes());
            record::write(point.chunk, &vector, &mut bytes);
            if let Some((row, before)) = self.find(point.chunk)? {
                if before == bytes && self.belongs(row, attributes, point.version) {
                    continue;
                }
                dead.push(row);
            }
            let row = self.append(&bytes)?;
            self.known
                .entry(record::print(point.chunk))
                .or_default()
                .push(row);
            match runs.last_mut() {
                Some((version, rows)) if *version == point.version => *rows += 1,
                _ => runs.push((point.version, 1)),
            }
        }
        if runs.is_empty() {
            return self.describe(attributes);
        }
        self.happen(&Event::Added {
            attributes: attributes.clone(),
            dead,
            runs,
        })
    }

    fn describe(&mut self, attributes: &Attributes) -> Result<()> {
        let number = self.state.documents.number(attributes.document);
        match number.and_then(|number| self.state.documents.attributes(number)) {
            Some(known) if known != *attributes => {
                self.happen(&Event::Described(attributes.clone()))
            }
            _ => Ok(()),
        }
    }

    fn happen(&mut self, event: &Event) -> Result<()> {
        journal::write(event, &mut self.journal)?;
        self.state.replay(event);
        Ok(())
    }

    /// Notes the rows where the chunks of these changes may be, by one pass over all hashes.
    fn look_up(&mut self, changes: &[VectorChange]) {
        for change in changes {
            if let VectorChange::Upsert(_, points) = change {
                let prints = points
                    .iter()
                    .map(|point| (record::print(point.chunk), Vec::new()));
                self.known.extend(prints);
            }
        }
        if self.known.is_empty() {
            return;
        }
        let mut sieve = vec![false; 1 << 16];
        let low = |print: u32| to_usize(print & 0xffff);
        for print in self.known.keys() {
            if let Some(wanted) = sieve.get_mut(low(*print)) {
                *wanted = true;
            }
        }
        let prints = self.state.pages.iter().flat_map(|page| page.prints());
        for (row, print) in (0_u32..).zip(prints) {
            if sieve.get(low(*print)).copied().unwrap_or(false)
                && let Some(rows) = self.known.get_mut(print)
            {
                rows.push(row);
            }
        }
    }

    /// The living row of a chunk and its record.
    fn find(&self, chunk: ChunkId) -> Result<Option<(u32, Vec<u8>)>> {
        let rows = self
            .known
            .get(&record::print(chunk))
            .map(Vec::as_slice)
            .unwrap_or_default();
        for row in rows.iter().copied().filter(|row| self.state.is_live(*row)) {
            let bytes = self.record(row)?;
            if Record::read(&bytes)?.chunk == chunk {
                return Ok(Some((row, bytes)));
            }
        }
        Ok(None)
    }

    fn belongs(&self, row: u32, attributes: &Attributes, version: VersionId) -> bool {
        let document = self.state.documents.number(attributes.document);
        let run = self.state.run_of(row);
        run.is_some_and(|run| run.version == version && Some(run.document) == document)
    }

    fn record(&self, row: u32) -> Result<Vec<u8>> {
        let size = self.shape().record_bytes();
        if let Some(back) = row.checked_sub(self.buffer_start) {
            let start = to_usize(back) * size;
            return Ok(self
                .buffer
                .get(start..start + size)
                .unwrap_or_default()
                .to_vec());
        }
        let mut bytes = Vec::new();
        record::read_rows(&self.files.records, self.shape(), row, 1, &mut bytes)?;
        Ok(bytes)
    }

    /// Adds a record at the end and its code to the last page.
    fn append(&mut self, bytes: &[u8]) -> Result<u32> {
        let row = self.manifest.rows;
        if row >= ROWS_MAX {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "this collection holds {ROWS_MAX} vectors, as many as the embedded store can; \
                     divide it or use another vector store"
                ),
            ));
        }
        self.buffer.extend_from_slice(bytes);
        self.manifest.rows += 1;
        let record = Record::read(bytes)?;
        if to_usize(row).is_multiple_of(PAGE_ROWS) {
            self.state.pages.push(Arc::new(Page::empty(self.shape())));
        }
        if let Some(page) = self.state.pages.last_mut() {
            Arc::make_mut(page).push(record::print(record.chunk), &record.vector());
            let rows = page.rows();
            // A page is made anew around its mean as it doubles, and once more when it is full.
            if rows.is_power_of_two() {
                self.renew_last_page(rows)?;
            }
        }
        if self.buffer.len() > BUFFER_BYTES_MAX {
            self.flush()?;
        }
        Ok(row)
    }

    fn renew_last_page(&mut self, rows: usize) -> Result<()> {
        let size = self.shape().record_bytes();
        let start = self.manifest.rows - u32::try_from(rows).unwrap_or(u32::MAX);
        let page = match start.checked_sub(self.buffer_start) {
            Some(back) => page_from(
                self.shape(),
                self.buffer.get(to_usize(back) * size..).unwrap_or_default(),
            )?,
            None => {
                self.flush()?;
                page_of(&self.files.records, self.shape(), start, rows)?
            }
        };
        if rows == PAGE_ROWS {
            let bytes = page.to_bytes();
            let offset = u64::from(self.manifest.pages) * length(&bytes);
            self.files
                .codes
                .write_all_at(&bytes, offset)
                .context(unavailable(), || {
                    "cannot write the codes of vectors; see whether the disk is full".to_owned()
                })?;
            self.manifest.codes_sum = sum_on(self.manifest.codes_sum, &bytes);
            self.manifest.pages += 1;
        }
        if let Some(last) = self.state.pages.last_mut() {
            *last = Arc::new(page);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if !self.buffer.is_empty() {
            record::write_rows(
                &self.files.records,
                self.shape(),
                self.buffer_start,
                &self.buffer,
            )?;
        }
        self.buffer.clear();
        self.buffer_start = self.manifest.rows;
        Ok(())
    }

    fn shape(&self) -> Shape {
        Shape {
            dimensions: to_usize(self.manifest.dimensions),
        }
    }

    /// The vector of a point, made exactly one long; its length fixes the space's dimensions.
    fn unit(&mut self, point: &Point) -> Result<Vec<f32>> {
        let dimensions = point.vector.len();
        if self.manifest.dimensions == 0 && is_dimensions(dimensions) {
            self.manifest.dimensions = u32::try_from(dimensions).unwrap_or(0);
        }
        if dimensions != self.shape().dimensions {
            let expected = match self.manifest.dimensions {
                0 => format!("a multiple of {DIMENSIONS_STEP} up to {DIMENSIONS_MAX}"),
                known => format!("{known}, as the vectors that are there have"),
            };
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("a vector has {dimensions} numbers; the embedded store needs {expected}"),
            ));
        }
        unit(&point.vector)
    }
}

/// Whether the embedded store takes vectors of this length.
fn is_dimensions(dimensions: usize) -> bool {
    (DIMENSIONS_STEP..=DIMENSIONS_MAX).contains(&dimensions)
        && dimensions.is_multiple_of(DIMENSIONS_STEP)
}

/// Of points with the same chunk, the last.
fn last_of_each(points: &[Point]) -> Vec<&Point> {
    let mut places: HashMap<ChunkId, usize> = HashMap::with_capacity(points.len());
    for (place, point) in points.iter().enumerate() {
        places.insert(point.chunk, place);
    }
    let kept = points.iter().enumerate();
    kept.filter(|(place, point)| places.get(&point.chunk) == Some(place))
        .map(|(_, p)| p)
        .collect()
}

fn sum_on(sum: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(sum);
    hasher.update(bytes);
    hasher.finalize()
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

const fn unavailable() -> ErrorKind {
    ErrorKind::Unavailable
}
