//! A certificate and its key in two files that somebody else writes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use tokio_util::sync::CancellationToken;

use super::pair::Pair;
use super::{Certificates, Shown};
use crate::config::Config;

/// How often it is looked whether the files have changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The largest file of certificates, in bytes.
const PEM_BYTES_MAX: u64 = 1024 * 1024;

/// The two files.
#[derive(Debug)]
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Those that the settings name; nothing where they name none.
    pub(super) fn of(config: &Config) -> Option<Self> {
        Some(Self {
            certificate: PathBuf::from(config.tls_certificate.as_ref()?),
            key: PathBuf::from(config.tls_key.as_ref()?),
        })
    }

    /// What stands in them.
    ///
    /// # Errors
    /// `Invalid` when a file cannot be read, holds nothing of its kind, or the two do not match.
    pub(super) fn read(&self) -> Result<Shown> {
        let (certificate, key) = (&self.certificate, &self.key);
        let about = |wrong: super::pair::Wrong| {
            let sentence = wrong.sentence(
                &certificate.display().to_string(),
                &key.display().to_string(),
            );
            Error::new(ErrorKind::Invalid, sentence).with_source(wrong)
        };
        let pair = Pair::of(&pem(certificate)?, &pem(key)?).map_err(about)?;
        Ok(Shown::from(pair))
    }

    /// Reads the files again whenever they have changed, and calls out; until it is cancelled.
    pub(super) async fn follow(
        &self,
        certificates: &Certificates,
        stop: &CancellationToken,
        changed: impl Fn(&str),
    ) {
        let mut seen = self.stamps();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            let now = self.stamps();
            if now == seen {
                continue;
            }
            match self.read() {
                Ok(shown) => {
                    certificates.show(shown);
                    tracing::info!("the certificate was read again");
                    changed(&certificates.fingerprint());
                }
                // The two files are written one after the other: the next change makes them fit.
                Err(error) => tracing::warn!(
                    "the certificate in use stays until its files are in order: {}",
                    error.chain()
                ),
            }
            seen = now;
        }
    }

    /// What tells one state of the files from the next.
    fn stamps(&self) -> [Option<(u64, i64, i64, u64)>; 2] {
        use std::os::unix::fs::MetadataExt as _;
        [&self.certificate, &self.key].map(|path| {
            let of = fs_err::metadata(path).ok()?;
            Some((of.ino(), of.mtime(), of.mtime_nsec(), of.size()))
        })
    }
}

/// Reads a file in PEM, which is never large.
///
/// # Errors
/// `Invalid` when it cannot be read.
pub(super) fn pem(path: &Path) -> Result<Vec<u8>> {
    let about = || format!("cannot read {} for TLS", path.display());
    let size = fs_err::metadata(path).context(ErrorKind::Invalid, about)?;
    if size.len() > PEM_BYTES_MAX {
        return Err(Error::new(
            ErrorKind::Invalid,
            about() + ": it is too large",
        ));
    }
    fs_err::read(path).context(ErrorKind::Invalid, about)
}
