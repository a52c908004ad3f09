//! The one way into zip archives: every member is unpacked into memory under limits, and names are
//! only ever compared, never used as paths.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::failure::{Failure, Result};
use crate::limits::Limits;

/// Up to this size, in bytes, a member may shrink to almost nothing: it cannot hurt.
const RATIO_FREE_BYTES: u64 = 10 << 20;

/// Beyond that, how many times its packed size a member may be.
const RATIO_MAX: u64 = 200;

/// An open archive and what is left of its budget.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    entry_bytes_max: u64,
    bytes_left: u64,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|source| {
            Failure::malformed(
                "this file is cut short or damaged; save it again with its own program, or fetch \
                 it again, and add that",
            )
            .with_source(source)
        })?;
        let entries = zip.len();
        if entries > limits.zip_entries {
            let most = limits.zip_entries;
            return Err(Failure::too_large(format!(
                "this file holds {entries} packed parts, and at most {most} are read"
            )));
        }
        // A name in no known encoding stays empty: such a member is never asked for.
        let name = |name: std::result::Result<std::borrow::Cow<'_, str>, ZipError>| {
            name.map(std::borrow::Cow::into_owned).unwrap_or_default()
        };
        let names = zip.file_names().map(name).collect();
        Ok(Self {
            zip,
            names,
            entry_bytes_max: limits.zip_entry_bytes,
            bytes_left: limits.zip_total_bytes,
        })
    }

    /// The names of all members, as the archive spells them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// Unpacks a member, or gives nothing when there is none of this name.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.position(name) {
            Some(position) => self.read_at(position, name).map(Some),
            None => Ok(None),
        }
    }

    /// Unpacks a member that the file cannot do without.
    pub(crate) fn require(&mut self, name: &str) -> Result<Vec<u8>> {
        self.read(name)?.ok_or_else(|| {
            Failure::malformed(format!(
                "this file lacks its part \"{}\"; save it again with its own program",
                shown(name)
            ))
        })
    }

    /// Unpacks every member once and keeps nothing, for readers that unpack without limits.
    pub(crate) fn try_all(&mut self) -> Result<()> {
        for position in 0..self.zip.len() {
            let name = self.names.get(position).cloned().unwrap_or_default();
            self.unpack(position, &name, &mut std::io::sink())?;
        }
        Ok(())
    }

    fn position(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/');
        self.zip.index_for_name(name).or_else(|| {
            // Some programs write names in another case or with the other slash.
            let same = |other: &str| {
                let other = other.trim_start_matches(['/', '\\']);
                other.len() == name.len()
                    && other
                        .bytes()
                        .zip(name.bytes())
                        .all(|(a, b)| a.eq_ignore_ascii_case(&b) || (a == b'\\' && b == b'/'))
            };
            let other = self.names.iter().find(|other| same(other))?;
            self.zip.index_for_name(other)
        })
    }

    fn read_at(&mut self, position: usize, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.unpack(position, name, &mut bytes)?;
        Ok(bytes)
    }

    fn unpack(
        &mut self,
        position: usize,
        name: &str,
        target: &mut dyn std::io::Write,
    ) -> Result<()> {
        let entry = self
            .zip
            .by_index(position)
            .map_err(|source| broken(name, source))?;
        let packed = entry.compressed_size();
        let by_ratio = packed.saturating_mul(RATIO_MAX).max(RATIO_FREE_BYTES);
        let most = self.entry_bytes_max.min(self.bytes_left).min(by_ratio);
        let unpacked =
            std::io::copy(&mut entry.take(most.saturating_add(1)), target).map_err(|source| {
                Failure::malformed(format!(
                    "the part \"{}\" of this file is damaged; save it again with its own program, \
                     or fetch it again, and add that",
                    shown(name)
                ))
                .with_source(source)
            })?;
        if unpacked > most {
            return Err(Failure::too_large(format!(
                "the part \"{}\" of this file unpacks to more than the {most} bytes it may have; \
                 split the file",
                shown(name)
            )));
        }
        self.bytes_left -= unpacked;
        Ok(())
    }
}

fn broken(name: &str, source: ZipError) -> Failure {
    let is_locked =
        matches!(&source, ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED);
    if is_locked {
        return Failure::encrypted("this file needs a password; save it without one and add that");
    }
    Failure::malformed(format!(
        "the part \"{}\" of this file cannot be unpacked; save it again with its own program",
        shown(name)
    ))
    .with_source(source)
}

/// A member's name, fit for a message.
fn shown(name: &str) -> String {
    crate::tidy::tidy(
        name.get(..name.floor_char_boundary(100))
            .unwrap_or_default(),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// An archive of these members, packed.
    pub(crate) fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn members_are_found_by_name_only_and_unpacked_within_limits() {
        let bytes = packed(&[
            ("../../etc/passwd", b"harmless"),
            ("Word\\Document.xml", b"x"),
            ("big", &vec![0; 11 << 20]),
        ]);
        let limits = Limits {
            zip_entries: 3,
            ..Limits::default()
        };
        let mut archive = Archive::open(&bytes, &limits).unwrap();
        assert_eq!(
            archive.read("../../etc/passwd").unwrap().unwrap(),
            b"harmless"
        );
        assert_eq!(archive.read("/word/document.xml").unwrap().unwrap(), b"x");
        assert_eq!(archive.read("none").unwrap(), None);
        let failure = archive.read("big").unwrap_err();
        assert_eq!(failure.kind(), alexandria_core::block::FaultKind::TooLarge);
        assert!(archive.try_all().is_err());
        let few = Limits {
            zip_entries: 2,
            ..Limits::default()
        };
        assert!(Archive::open(&bytes, &few).is_err());
        assert!(Archive::open(&bytes[..bytes.len() / 2], &limits).is_err());
    }

    #[test]
    fn all_members_together_have_a_limit() {
        let bytes = packed(&[("a", &[7; 600]), ("b", &[8; 600])]);
        let limits = Limits {
            zip_total_bytes: 1000,
            ..Limits::default()
        };
        let mut archive = Archive::open(&bytes, &limits).unwrap();
        assert!(archive.read("a").is_ok());
        assert!(archive.read("b").is_err());
    }
}
