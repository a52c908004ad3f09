//! One space on disk: who may write, when to read again, when to tidy up.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::ChunkId;
use arc_swap::ArcSwapOption;
use fs_err::File;

use super::draft::Draft;
use super::manifest;
use super::record::{self, Record};
use super::scan::rows_of;
use super::snapshot::{Snapshot, names};
use crate::vectors::changes::Changes;
use crate::vectors::stamp::Stamp;
use crate::vectors::{Point, VectorChange, lock};

/// Rows below which dead ones are left where they are.
const COMPACT_ROWS_MIN: u32 = 1_024;

/// The share of dead rows, in percent, above which a space is written anew.
const COMPACT_DEAD_PERCENT: u64 = 30;

/// Journal bytes for each row above which a space is written anew: documents described again and
/// again.
const COMPACT_JOURNAL_BYTES_PER_ROW: u64 = 1_024;

/// Attempts to read a space that another process is rewriting.
const LOAD_ATTEMPTS_MAX: usize = 5;

/// A space that is open.
#[derive(Debug)]
pub(super) struct OpenSpace {
    directory: PathBuf,
    /// Counts the changes of all spaces of the store.
    changes: Arc<Changes>,
    current: ArcSwapOption<Snapshot>,
    /// One writer, and one reader of files, at a time in this process.
    writing: Mutex<()>,
    scroll: Mutex<Option<ScrollOrder>>,
}

/// What is known of a space at the cost of a look at one file.
#[derive(Debug)]
pub(super) enum Known {
    /// There is none.
    Absent,
    /// What is in memory is what is on disk.
    Current(Arc<Snapshot>),
    /// It has to be read.
    Stale,
}

/// The rows of a snapshot in the order of their chunks, kept while somebody pages through them.
#[derive(Clone, Debug)]
struct ScrollOrder {
    stamp: Option<Stamp>,
    rows: Arc<Vec<(ChunkId, u32)>>,
}

impl OpenSpace {
    /// The space in this directory, which need not be there yet. Reads nothing.
    pub(super) fn new(directory: PathBuf, changes: Arc<Changes>) -> Self {
        Self {
            directory,
            changes,
            current: ArcSwapOption::empty(),
            writing: Mutex::new(()),
            scroll: Mutex::new(None),
        }
    }

    /// What is known of the space when the store has changed so often: nothing is looked at if it was
    /// when this was last asked.
    pub(super) fn known_at(&self, changes: u64) -> Result<Known> {
        if let Some(snapshot) = self.current.load_full()
            && snapshot
                .watch
                .as_ref()
                .is_some_and(|watch| watch.held_at(changes))
        {
            return Ok(Known::Current(snapshot));
        }
        let known = self.known()?;
        if let Known::Current(snapshot) = &known
            && let Some(watch) = &snapshot.watch
        {
            watch.hold_at(changes);
        }
        Ok(known)
    }

    /// What is known of the space without reading it.
    pub(super) fn known(&self) -> Result<Known> {
        let Some(snapshot) = self.current.load_full() else {
            let is_there = manifest::is_there(&self.directory)?;
            return Ok(if is_there {
                Known::Stale
            } else {
                Known::Absent
            });
        };
        let holds = match &snapshot.watch {
            Some(watch) => manifest::holds(&self.directory, watch)?,
            None => false,
        };
        Ok(if holds {
            Known::Current(snapshot)
        } else {
            Known::Stale
        })
    }

    /// The latest snapshot; none when the space is not there.
    pub(super) fn latest(&self) -> Result<Option<Arc<Snapshot>>> {
        match self.known()? {
            Known::Absent => return Ok(None),
            Known::Current(snapshot) => return Ok(Some(snapshot)),
            Known::Stale => {}
        }
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.reload()
    }

    fn reload(&self) -> Result<Option<Arc<Snapshot>>> {
        if let Known::Current(snapshot) = self.known()? {
            return Ok(Some(snapshot));
        }
        let mut attempt = 1;
        loop {
            let before = manifest::stamp(&self.directory)?;
            match Snapshot::load(&self.directory) {
                Ok(snapshot) => {
                    let snapshot = snapshot.map(Arc::new);
                    self.current.store(snapshot.clone());
                    return Ok(snapshot);
                }
                // The files went away because another process has replaced them meanwhile.
                Err(_)
                    if attempt < LOAD_ATTEMPTS_MAX
                        && manifest::stamp(&self.directory)? != before =>
                {
                    attempt += 1;
                }
                Err(error) => {
                    self.current.store(None);
                    return Err(error);
                }
            }
        }
    }

    /// Bytes that the codes in memory take.
    pub(super) fn resident_bytes(&self) -> usize {
        let current = self.current.load();
        current.as_ref().map_or(0, |snapshot| {
            snapshot.state.pages.iter().map(|p| p.bytes()).sum()
        })
    }

    /// The position of the space. A damaged one is taken away, and has none.
    pub(super) fn position(&self) -> Result<Option<u64>> {
        let damaged = match self.latest() {
            Ok(None) => return Ok(None),
            Ok(Some(snapshot)) if !snapshot.is_damaged() => {
                return Ok(Some(snapshot.manifest.position));
            }
            Ok(Some(_)) => None,
            Err(error) if error.kind() == ErrorKind::Corrupt => Some(error),
            Err(error) => return Err(error),
        };
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = self.lock()?;
        let directory = self.directory.display();
        let cause = damaged.as_ref().map(Error::chain).unwrap_or_default();
        tracing::warn!(%directory, cause, "vectors are damaged and will be built again");
        manifest::remove(&self.directory)?;
        self.current.store(None);
        self.changes.add()?;
        Ok(None)
    }

    /// Makes changes and moves the position: all of it durably, or nothing.
    pub(super) fn apply(&self, changes: &[VectorChange], position: u64) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        fs_err::create_dir_all(&self.directory).context(ErrorKind::Unavailable, || {
            "cannot make a directory for vectors; see whether the disk is full".to_owned()
        })?;
        let _lock = self.lock()?;
        let before = self.reload()?;
        if before
            .as_ref()
            .is_some_and(|snapshot| snapshot.is_damaged())
        {
            return Err(Error::new(
                ErrorKind::Corrupt,
                "the vectors of this collection are damaged; ask for their position and build \
                 them again",
            ));
        }
        if before.is_none() {
            self.sweep(None)?;
        }
        let mut draft = Draft::of(&self.directory, before.as_deref())?;
        draft
            .change(changes)
            .inspect_err(|error| self.note(before.as_deref(), error))?;
        let snapshot = Arc::new(draft.commit(&self.directory, position)?);
        self.publish(&snapshot)?;
        if is_worth_compacting(&snapshot) {
            self.compact(&snapshot, position)?;
        }
        Ok(())
    }

    /// Removes the space.
    pub(super) fn remove(&self) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if manifest::stamp(&self.directory)?.is_some() {
            let _lock = self.lock()?;
            manifest::remove(&self.directory)?;
        }
        self.current.store(None);
        self.changes.add()?;
        match fs_err::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
                .context(ErrorKind::Unavailable, || {
                    "cannot remove the vectors of a collection".to_owned()
                }),
            _ => Ok(()),
        }
    }

    /// Points in the order of their chunks, after the one given.
    pub(super) fn scroll(&self, after: Option<ChunkId>, limit: usize) -> Result<Vec<Point>> {
        let Some(snapshot) = self.latest()? else {
            return Ok(Vec::new());
        };
        let rows = self.order(&snapshot)?;
        let start = after.map_or(0, |after| {
            rows.partition_point(|(chunk, _)| *chunk <= after)
        });
        let mut points = Vec::new();
        let mut bytes = Vec::new();
        for (chunk, row) in rows.iter().skip(start).take(limit) {
            let shape = snapshot.shape();
            record::read_rows(&snapshot.files.records, shape, *row, 1, &mut bytes)?;
            let record = Record::read(&bytes).map_err(|error| snapshot.note(error))?;
            if let Some(run) = snapshot.state.run_of(*row) {
                let vector = record.vector();
                points.push(Point {
                    chunk: *chunk,
                    version: run.version,
                    vector,
                });
            }
        }
        if points.len() < limit {
            *self.scroll.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        Ok(points)
    }

    fn order(&self, snapshot: &Snapshot) -> Result<Arc<Vec<(ChunkId, u32)>>> {
        let mut kept = self.scroll.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(order) = kept
            .as_ref()
            .filter(|order| order.stamp == snapshot.stamp())
        {
            return Ok(Arc::clone(&order.rows));
        }
        let mut rows = Vec::new();
        let mut bytes = Vec::new();
        for row in rows_of(&snapshot.state.live) {
            record::read_rows(
                &snapshot.files.records,
                snapshot.shape(),
                row,
                1,
                &mut bytes,
            )?;
            let record = Record::read(&bytes).map_err(|error| snapshot.note(error))?;
            rows.push((record.chunk, row));
        }
        rows.sort_unstable();
        let rows = Arc::new(rows);
        *kept = Some(ScrollOrder {
            stamp: snapshot.stamp(),
            rows: Arc::clone(&rows),
        });
        Ok(rows)
    }

    fn compact(&self, snapshot: &Snapshot, position: u64) -> Result<()> {
        let draft = Draft::compacted(&self.directory, snapshot)
            .inspect_err(|error| self.note(Some(snapshot), error))?;
        let compacted = Arc::new(draft.commit(&self.directory, position)?);
        let epoch = compacted.manifest.epoch;
        self.publish(&compacted)?;
        self.sweep(Some(epoch))
    }

    /// Lets what was committed be seen, here and by other processes.
    fn publish(&self, snapshot: &Arc<Snapshot>) -> Result<()> {
        self.current.store(Some(Arc::clone(snapshot)));
        self.changes.add()
    }

    fn note(&self, snapshot: Option<&Snapshot>, error: &Error) {
        if let Some(snapshot) = snapshot.filter(|_| error.kind() == ErrorKind::Corrupt) {
            snapshot.mark_damaged();
        }
        tracing::debug!(directory = %self.directory.display(), "a change of vectors failed");
    }

    /// Removes the files of all epochs but one.
    fn sweep(&self, keep: Option<u64>) -> Result<()> {
        let kept = keep.map(names);
        let swept = || -> std::io::Result<()> {
            for entry in fs_err::read_dir(&self.directory)? {
                let name = entry?.file_name();
                let name = name.to_string_lossy();
                let is_data = ["records.", "journal.", "codes."]
                    .iter()
                    .any(|p| name.starts_with(p));
                if is_data
                    && !kept
                        .as_ref()
                        .is_some_and(|kept| kept.iter().any(|k| *k == name))
                {
                    fs_err::remove_file(self.directory.join(&*name))?;
                }
            }
            Ok(())
        };
        swept().context(ErrorKind::Unavailable, || {
            "cannot tidy up old vectors".to_owned()
        })
    }

    fn lock(&self) -> Result<File> {
        lock::exclusive(&self.directory)
    }
}

fn is_worth_compacting(snapshot: &Snapshot) -> bool {
    let rows = u64::from(snapshot.manifest.rows);
    let dead = rows - u64::from(snapshot.state.live_count);
    snapshot.manifest.rows >= COMPACT_ROWS_MIN
        && (dead * 100 > rows * COMPACT_DEAD_PERCENT
            || snapshot.manifest.journal_bytes > rows * COMPACT_JOURNAL_BYTES_PER_ROW)
}
