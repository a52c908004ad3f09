//! A log file that is put aside when it has reached its size: `name`, then `name.1`, `name.2`, …

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that rotates.
///
/// Invariant: a line is never cut in two: rotation happens between two writes, and the log writes a
/// line at once.
#[derive(Debug)]
pub(super) struct Rotating {
    path: PathBuf,
    file: fs_err::File,
    bytes: u64,
    bytes_max: u64,
    kept: u32,
}

impl Rotating {
    /// Opens the file for appending; its directory is made when missing.
    pub(super) fn open(path: &Path, bytes_max: u64, kept: u32) -> std::io::Result<Self> {
        if let Some(directory) = path.parent() {
            fs_err::create_dir_all(directory)?;
        }
        let file = append_to(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            bytes,
            bytes_max,
            kept,
        })
    }

    /// Puts the file aside and begins a new one.
    fn rotate(&mut self) -> std::io::Result<()> {
        self.file.flush()?;
        if self.kept == 0 {
            fs_err::remove_file(&self.path)?;
        } else {
            for number in (1..self.kept).rev() {
                let (from, to) = (self.numbered(number), self.numbered(number + 1));
                if from.try_exists()? {
                    fs_err::rename(from, to)?;
                }
            }
            fs_err::rename(&self.path, self.numbered(1))?;
        }
        self.file = append_to(&self.path)?;
        self.bytes = 0;
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }
}

fn append_to(path: &Path) -> std::io::Result<fs_err::File> {
    fs_err::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let length = line.len() as u64;
        if self.bytes > 0 && self.bytes.saturating_add(length) > self.bytes_max {
            self.rotate()?;
        }
        self.file.write_all(line)?;
        self.bytes = self.bytes.saturating_add(length);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Rotating;

    #[test]
    fn a_full_file_is_put_aside_and_only_so_many_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("logs/alexandria.log");
        let mut log = Rotating::open(&path, 8, 2).unwrap();
        for line in ["one\n", "two\n", "three\n", "four\n", "five\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        let read = |name: &str| fs_err::read_to_string(directory.path().join("logs").join(name));
        assert_eq!(read("alexandria.log").unwrap(), "five\n");
        assert_eq!(read("alexandria.log.1").unwrap(), "four\n");
        assert_eq!(read("alexandria.log.2").unwrap(), "three\n");
        assert!(read("alexandria.log.3").is_err());
        drop(log);
        let mut again = Rotating::open(&path, 100, 2).unwrap();
        again.write_all(b"six\n").unwrap();
        assert_eq!(read("alexandria.log").unwrap(), "five\nsix\n");
    }
}
