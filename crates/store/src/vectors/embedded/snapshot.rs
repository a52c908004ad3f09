//! A space as it was after one change: what searches read, and what the next change starts from.
//!
//! Snapshots share their pages; the rest is copied for each change, some bytes a document and one
//! bit a vector.

mod state;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::Filter;
use fs_err::File;
use fs_err::os::unix::fs::FileExt;

use super::codes::{PAGE_ROWS, Page};
use super::journal;
use super::manifest::{self, Manifest};
use super::record::{self, Record, Shape};
use crate::vectors::stamp::{Stamp, Watch};

use self::state::place;
pub(super) use self::state::{Run, State};

/// Filters whose rows are remembered while a snapshot lives, one bit a row each.
const FILTERS_KEPT_MAX: usize = 8;

/// The open files of one epoch.
#[derive(Debug)]
pub(super) struct Files {
    /// Vectors, by row.
    pub(super) records: File,
    /// Events.
    pub(super) journal: File,
    /// Full pages of codes.
    pub(super) codes: File,
}

impl Files {
    /// Opens the files of an epoch to read; writers open them with [`Files::create`].
    fn open(directory: &Path, epoch: u64) -> std::io::Result<Self> {
        let [records, journal, codes] = names(epoch).map(|name| directory.join(name));
        Ok(Self {
            records: File::open(records)?,
            journal: File::open(journal)?,
            codes: File::open(codes)?,
        })
    }

    /// Opens the files of an epoch to write, making those that are not there.
    pub(super) fn create(directory: &Path, epoch: u64) -> std::io::Result<Self> {
        let open = |name: &str| {
            let mut options = fs_err::OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            options.open(directory.join(name))
        };
        let [records, journal, codes] = names(epoch);
        Ok(Self {
            records: open(&records)?,
            journal: open(&journal)?,
            codes: open(&codes)?,
        })
    }
}

/// The names of the files of an epoch: records, journal, codes.
pub(super) fn names(epoch: u64) -> [String; 3] {
    ["records", "journal", "codes"].map(|kind| format!("{kind}.{epoch}"))
}

/// A space after one change.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// Which manifest this is.
    pub(super) watch: Option<Watch>,
    /// What the manifest says.
    pub(super) manifest: Manifest,
    /// The files it reads from.
    pub(super) files: Arc<Files>,
    /// What is kept in memory.
    pub(super) state: State,
    /// Set when a read met a damaged record.
    damaged: AtomicBool,
    /// One bit a row: whether its record has been read and found whole.
    whole: Vec<AtomicU32>,
    /// The rows that passed the latest filters.
    filtered: Mutex<Vec<(Filter, Arc<Vec<u32>>)>>,
}

impl Snapshot {
    /// Binds the parts together.
    pub(super) fn new(
        stamp: Option<Stamp>,
        manifest: Manifest,
        files: Arc<Files>,
        state: State,
    ) -> Self {
        let whole = state.live.iter().map(|_| AtomicU32::new(0)).collect();
        Self {
            watch: stamp.map(Watch::new),
            manifest,
            files,
            state,
            damaged: AtomicBool::new(false),
            whole,
            filtered: Mutex::default(),
        }
    }

    /// One bit a row that is alive and belongs to a document that passes.
    pub(super) fn passing(&self, filter: &Filter) -> Arc<Vec<u32>> {
        let mut filtered = self.filtered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rows)) = filtered.iter().find(|(known, _)| known == filter) {
            return Arc::clone(rows);
        }
        let mut rows = self.state.passing(filter);
        rows.iter_mut()
            .zip(&self.state.live)
            .for_each(|(word, live)| *word &= live);
        let rows = Arc::new(rows);
        if filtered.len() == FILTERS_KEPT_MAX {
            filtered.remove(0);
        }
        filtered.push((filter.clone(), Arc::clone(&rows)));
        rows
    }

    /// A row's record, checked when it is read for the first time.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when it does not match its checksum.
    pub(super) fn record<'a>(&self, row: u32, bytes: &'a [u8]) -> Result<Record<'a>> {
        let (word, bit) = place(row);
        let word = self.whole.get(word);
        if word.is_some_and(|word| word.load(Ordering::Relaxed) >> bit & 1 == 1)
            && let Some(record) = Record::known(bytes)
        {
            return Ok(record);
        }
        let record = Record::read(bytes).map_err(|error| self.note(error))?;
        if let Some(word) = word {
            word.fetch_or(1 << bit, Ordering::Relaxed);
        }
        Ok(record)
    }

    /// Reads a space; none when there is no manifest.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when what the manifest promises is not there.
    pub(super) fn load(directory: &Path) -> Result<Option<Self>> {
        let stamp = manifest::stamp(directory)?;
        let Some(manifest) = manifest::read(directory)? else {
            return Ok(None);
        };
        let files = Files::open(directory, manifest.epoch).map_err(|source| {
            let kind = if source.kind() == std::io::ErrorKind::NotFound {
                ErrorKind::Corrupt
            } else {
                ErrorKind::Unavailable
            };
            Error::new(kind, "cannot open the vectors of a collection").with_source(source)
        })?;
        let journal = read_checked(&files.journal, manifest.journal_bytes, manifest.journal_sum)?;
        let mut state = State::default();
        for event in journal::read(&journal)? {
            state.replay(&event);
        }
        let snapshot = Self::new(stamp, manifest, Arc::new(files), state);
        snapshot.with_pages().map(Some)
    }

    /// Which manifest it was read from.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.watch.as_ref().map(Watch::stamp)
    }

    /// How vectors are laid out.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            dimensions: usize::try_from(self.manifest.dimensions).unwrap_or(0),
        }
    }

    /// Remembers an error that says the files are damaged, and passes it on.
    pub(super) fn note(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::Corrupt {
            self.mark_damaged();
        }
        error
    }

    /// Remembers that the files are damaged.
    pub(super) fn mark_damaged(&self) {
        self.damaged.store(true, Ordering::Release);
    }

    /// Whether a read has met damage.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    fn with_pages(mut self) -> Result<Self> {
        let shape = self.shape();
        let full = Page::full_bytes(shape);
        let pages = usize::try_from(self.manifest.pages).unwrap_or(0);
        let rows = usize::try_from(self.manifest.rows).unwrap_or(0);
        let length = u64::try_from(pages * full).unwrap_or(u64::MAX);
        let bytes = read_checked(&self.files.codes, length, self.manifest.codes_sum)?;
        let promised = self.state.runs.last().map_or(0, |run| run.start + run.rows);
        if promised != self.manifest.rows || pages != rows / PAGE_ROWS {
            return Err(damaged());
        }
        let loaded = bytes.chunks_exact(full.max(1));
        self.state.pages = loaded
            .map(|bytes| Arc::new(Page::from_bytes(shape, bytes)))
            .collect();
        let records = self
            .files
            .records
            .metadata()
            .context(ErrorKind::Unavailable, || {
                "cannot look at the vectors of a collection".to_owned()
            })?;
        if records.len() < u64::try_from(rows * shape.record_bytes()).unwrap_or(u64::MAX) {
            return Err(damaged());
        }
        let tail = rows % PAGE_ROWS;
        if tail > 0 {
            let start = u32::try_from(rows - tail).unwrap_or(u32::MAX);
            let page = page_of(&self.files.records, shape, start, tail)?;
            self.state.pages.push(Arc::new(page));
        }
        Ok(self)
    }
}

/// Reads rows back and makes their page anew.
pub(super) fn page_of(records: &File, shape: Shape, start: u32, rows: usize) -> Result<Page> {
    let mut bytes = Vec::new();
    record::read_rows(records, shape, start, rows, &mut bytes)?;
    page_from(shape, &bytes)
}

/// Makes a page of records.
pub(super) fn page_from(shape: Shape, records: &[u8]) -> Result<Page> {
    let rows: Result<Vec<(u32, Vec<f32>)>> = records
        .chunks_exact(shape.record_bytes())
        .map(|bytes| {
            Record::read(bytes).map(|record| (record::print(record.chunk), record.vector()))
        })
        .collect();
    Ok(Page::around_mean(shape, &rows?))
}

fn read_checked(file: &File, length: u64, sum: u32) -> Result<Vec<u8>> {
    let metadata = file.metadata().context(ErrorKind::Unavailable, || {
        "cannot look at the vectors of a collection".to_owned()
    })?;
    if metadata.len() < length {
        return Err(damaged());
    }
    let mut bytes =
        vec![0; usize::try_from(length).map_err(|source| damaged().with_source(source))?];
    file.read_exact_at(&mut bytes, 0)
        .context(ErrorKind::Unavailable, || {
            "cannot read the vectors of a collection".to_owned()
        })?;
    if crc32fast::hash(&bytes) != sum {
        return Err(damaged());
    }
    Ok(bytes)
}

fn damaged() -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "the vectors of a collection are not what their manifest says; they have to be built again",
    )
}
