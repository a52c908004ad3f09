//! Where the running server is: a file in the data directory, so that the command line finds it.
//!
//! The file may be left over from a server that was killed. It counts only when the server it names
//! answers with the same instance.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// The name of the file.
const PRESENCE_FILE: &str = "server.json";

/// The header in which a server says which instance it is.
pub(crate) const INSTANCE_HEADER: &str = "x-alexandria-instance";

/// The server that runs on a data directory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Presence {
    /// Its process.
    pub(crate) pid: u32,
    /// Where it answers, such as `http://127.0.0.1:8000`.
    pub(crate) address: String,
    /// Which start of the server this is; never the same twice.
    pub(crate) instance: String,
    /// Its version.
    pub(crate) version: String,
    /// SHA-256 of the certificate that it shows, where it speaks TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
    /// What lets in whoever can read this file, who can read the library as well.
    #[serde(default)]
    pub(crate) token: String,
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Presence");
        let shown = shown
            .field("pid", &self.pid)
            .field("address", &self.address);
        shown
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

/// A presence announced; withdrawn when dropped.
#[derive(Debug)]
pub(crate) struct Announced {
    path: PathBuf,
    presence: Presence,
}

impl Presence {
    /// The server that the data directory names, if it names one.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = fs_err::read_to_string(data.join(PRESENCE_FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes the file: whole, or not at all.
    ///
    /// # Errors
    /// `Unavailable` when the data directory cannot be written.
    pub(crate) fn announce(self, data: &Path) -> Result<Announced> {
        let path = self.write(data)?;
        Ok(Announced {
            path,
            presence: self,
        })
    }

    /// Writes the file anew for a server that shows another certificate from now on.
    ///
    /// # Errors
    /// As [`Self::announce`].
    pub(crate) fn show(&self, data: &Path, certificate: &str) -> Result<()> {
        let certificate = Some(certificate.to_owned());
        let presence = Self {
            certificate,
            ..self.clone()
        };
        presence.write(data).map(drop)
    }

    fn write(&self, data: &Path) -> Result<PathBuf> {
        let path = data.join(PRESENCE_FILE);
        let about = || format!("cannot write {}", path.display());
        let json = serde_json::to_vec_pretty(self).context(ErrorKind::Internal, about)?;
        let new = data.join(format!("{PRESENCE_FILE}.new"));
        write_private(&new, &json).context(ErrorKind::Unavailable, about)?;
        fs_err::rename(&new, &path).context(ErrorKind::Unavailable, about)?;
        Ok(path)
    }
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    // One left over by a server that was killed may have been made with other rights.
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = fs_err::OpenOptions::from_options(options).open(path)?;
    file.write_all(bytes)
}

impl Drop for Announced {
    fn drop(&mut self) {
        // Another server may have announced itself since: its file stays.
        let ours = Presence::read(self.path.parent().unwrap_or(Path::new(".")));
        if ours.is_some_and(|found| found.instance == self.presence.instance) {
            fs_err::remove_file(&self.path).ok();
        }
    }
}
