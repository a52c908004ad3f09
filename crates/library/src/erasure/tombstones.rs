//! What has been erased, in a file beside the catalog: a catalog that is put back from an older copy does
//! not bring back what the file names.
//!
//! A line is written and made durable before the erasure is permanent in the catalog. One that then
//! fails is done at the next start: it was asked for and allowed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use alexandria_core::erasure::Receipt;
use alexandria_core::error::{Context as _, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The file.
pub const TOMBSTONES_FILE: &str = "erasures.jsonl";

/// An erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    /// What was erased.
    pub(crate) subject: Uuid,
    /// Its receipt.
    pub(crate) receipt: Receipt,
}

/// The file of a data directory.
#[derive(Debug)]
pub(crate) struct Tombstones(PathBuf);

impl Tombstones {
    /// Of a data directory.
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join(TOMBSTONES_FILE))
    }

    /// Adds a line for good.
    pub(crate) fn add(&self, tombstone: &Tombstone) -> Result<()> {
        let about = || format!("cannot write the erasure down in {}", self.0.display());
        let mut line = serde_json::to_vec(tombstone).context(ErrorKind::Internal, about)?;
        // A line that was cut off by a crash before does not swallow this one.
        line.insert(0, b'\n');
        line.push(b'\n');
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        let mut file = fs_err::OpenOptions::from_options(options)
            .open(&self.0)
            .context(ErrorKind::Unavailable, about)?;
        file.write_all(&line)
            .and_then(|()| file.sync_all())
            .context(ErrorKind::Unavailable, about)
    }

    /// Every line that can be read, oldest first. One that was cut off by a crash was never told of.
    pub(crate) fn read(&self) -> Result<Vec<Tombstone>> {
        let about = || format!("cannot read what was erased in {}", self.0.display());
        let file = match fs_err::File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).context(ErrorKind::Unavailable, about),
        };
        let mut found = Vec::new();
        for line in BufReader::new(file).lines() {
            let line = line.context(ErrorKind::Unavailable, about)?;
            if line.is_empty() {
                continue;
            }
            match serde_json::from_str(&line) {
                Ok(tombstone) => found.push(tombstone),
                Err(error) => tracing::warn!(%error, "a line of {TOMBSTONES_FILE} cannot be read"),
            }
        }
        Ok(found)
    }
}
