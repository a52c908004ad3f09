//! Whether a small file that is replaced by renaming is still the one that was read.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alexandria_core::error::{Context, ErrorKind, Result};
use fs_err::File;

/// The age from which a file cannot be replaced by one with the same time: clocks of file systems tick
/// every few milliseconds, or once a second.
const SETTLED: Duration = Duration::from_secs(2);

/// Tells one commit from another. The contents count as well as the file: numbers of files are
/// used again, and clocks tick slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    changed_s: i64,
    changed_ns: i64,
    contents: u32,
}

impl Stamp {
    /// The stamp of a file; none when it is not there.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when it cannot be read.
    pub(crate) fn of(path: &Path) -> Result<Option<Self>> {
        let looked = || -> std::io::Result<Self> {
            let mut file = File::open(path)?;
            let metadata = file.metadata()?;
            let mut bytes = Vec::with_capacity(4_096);
            file.read_to_end(&mut bytes)?;
            Ok(Self {
                inode: metadata.ino(),
                changed_s: metadata.ctime(),
                changed_ns: metadata.ctime_nsec(),
                contents: crc32fast::hash(&bytes),
            })
        };
        match looked() {
            Ok(stamp) => Ok(Some(stamp)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context(ErrorKind::Unavailable, cannot_look),
        }
    }

    /// Whether a file has this number and time.
    fn is_of(&self, found: &std::fs::Metadata) -> bool {
        let time = (found.ctime(), found.ctime_nsec());
        found.ino() == self.inode && time == (self.changed_s, self.changed_ns)
    }

    /// Whether a file that is put in its place from this moment on must have a later time.
    fn is_settled_at(&self, now: SystemTime) -> bool {
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH);
        let settled = since_epoch.ok().and_then(|now| now.checked_sub(SETTLED));
        settled.is_some_and(|settled| {
            let seconds = i64::try_from(settled.as_secs()).unwrap_or_default();
            (self.changed_s, self.changed_ns) < (seconds, i64::from(settled.subsec_nanos()))
        })
    }
}

/// A stamp that is asked again and again whether it still holds.
///
/// As long as the file was young when it was read, its contents are read each time. Once they have been
/// read later than [`SETTLED`] after its time, a look at its number and time is enough, which is six
/// times cheaper. And as long as a count of [`super::changes`] stands, no look is needed.
#[derive(Debug)]
pub(crate) struct Watch {
    stamp: Stamp,
    settled: AtomicBool,
    /// The count at which it was last found to hold.
    held_at: AtomicU64,
}

impl Watch {
    /// Watches a file that has this stamp.
    pub(crate) const fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            settled: AtomicBool::new(false),
            held_at: AtomicU64::new(u64::MAX),
        }
    }

    /// What it watches for.
    pub(crate) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Whether the file was found to hold when so much had changed.
    pub(crate) fn held_at(&self, count: u64) -> bool {
        self.held_at.load(Ordering::Acquire) == count
    }

    /// Remembers that the file was found to hold after this count was read.
    pub(crate) fn hold_at(&self, count: u64) {
        self.held_at.store(count, Ordering::Release);
    }

    /// Whether the file at this path is still the one that was read.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when it cannot be looked at.
    pub(crate) fn holds(&self, path: &Path) -> Result<bool> {
        if self.settled.load(Ordering::Relaxed) {
            return match fs_err::metadata(path) {
                Ok(found) => Ok(self.stamp.is_of(&found)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(error).context(ErrorKind::Unavailable, cannot_look),
            };
        }
        let now = wall_clock();
        if Stamp::of(path)? != Some(self.stamp) {
            return Ok(false);
        }
        if self.stamp.is_settled_at(now) {
            self.settled.store(true, Ordering::Relaxed);
        }
        Ok(true)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "compared with the times that the system gives to files"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}

fn cannot_look() -> String {
    "cannot look at the state of an index".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a file in place as every commit does, with the time it is to have.
    fn commit(path: &Path, contents: &str, at: SystemTime) {
        let new = path.with_extension("new");
        std::fs::write(&new, contents).unwrap();
        std::fs::rename(&new, path).unwrap();
        File::open(path).unwrap().file().set_modified(at).unwrap();
    }

    #[test]
    fn a_watch_sees_every_replacement_before_and_after_it_has_settled() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("manifest");
        let old = wall_clock();
        commit(&path, "one", old);
        let watch = Watch::new(Stamp::of(&path).unwrap().unwrap());
        assert!(watch.holds(&path).unwrap());
        assert!(
            !watch.settled.load(Ordering::Relaxed),
            "too young to settle"
        );
        // Within the same tick of the clock, with the same length: the contents tell.
        commit(&path, "two", old);
        assert!(!watch.holds(&path).unwrap());

        let watch = Watch::new(Stamp::of(&path).unwrap().unwrap());
        std::thread::sleep(SETTLED + Duration::from_millis(200));
        assert!(watch.holds(&path).unwrap());
        assert!(watch.settled.load(Ordering::Relaxed));
        assert!(watch.holds(&path).unwrap());
        commit(&path, "two", old);
        assert!(!watch.holds(&path).unwrap(), "another file, though alike");
        std::fs::remove_file(&path).unwrap();
        assert!(!watch.holds(&path).unwrap());
    }
}
