//! What is kept of an authority in the data directory: the account and the last certificate, in files
//! that only their owner can read.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use instant_acme::AccountCredentials;

use crate::config::write_alone;
use crate::serve::certificates::files::pem;
use crate::serve::certificates::pair::Pair;

/// The key of the account and its address.
const ACCOUNT_FILE: &str = "account.json";

/// The private key, the certificate and what it follows from, in PEM: one file, so that they always
/// belong together.
const CERTIFICATE_FILE: &str = "certificate.pem";

/// The permissions of a folder for its owner alone.
const FOLDER_MODE: u32 = 0o700;

/// The folder of an authority.
#[derive(Debug)]
pub(super) struct Shelf(PathBuf);

impl Shelf {
    /// The one of the authority with this directory: trying an authority out leaves nothing in the
    /// place of another one.
    pub(super) fn of(folder: &Path, directory: &str) -> Self {
        let address = directory.trim_start_matches("https://");
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let name = address.replace(|c| !fits(c), "_");
        // A name of dots alone would lead elsewhere.
        Self(folder.join(format!("at-{name}")))
    }

    /// The account, if one was made.
    ///
    /// # Errors
    /// `Invalid` when its file cannot be read.
    pub(super) fn account(&self) -> Result<Option<AccountCredentials>> {
        let path = self.0.join(ACCOUNT_FILE);
        let about = || format!("cannot read the authority's account in {}", path.display());
        let text = match fs_err::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.context(ErrorKind::Unavailable, about)?,
        };
        let account = serde_json::from_slice(&text);
        account.map(Some).map_err(|error| {
            let sentence = about() + "; remove the file, and another account is made";
            Error::new(ErrorKind::Invalid, sentence).with_source(error)
        })
    }

    /// Keeps the account.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub(super) fn keep_account(&self, account: &AccountCredentials) -> Result<()> {
        let text = serde_json::to_vec_pretty(account).context(ErrorKind::Internal, || {
            "cannot write down the authority's account".to_owned()
        })?;
        self.write(ACCOUNT_FILE, &text)
    }

    /// Forgets an account that the authority does not know any more.
    pub(super) fn forget_account(&self) {
        // What cannot be removed is found again, and its failure is told then.
        fs_err::remove_file(self.0.join(ACCOUNT_FILE)).ok();
    }

    /// The certificate and its key, if they are there and whole.
    pub(super) fn certificate(&self) -> Option<Pair> {
        let path = self.0.join(CERTIFICATE_FILE);
        if !path.try_exists().unwrap_or(true) {
            return None;
        }
        let named = path.display().to_string();
        let wrong = match pem(&path) {
            Ok(text) => match Pair::of(&text, &text) {
                Ok(pair) => return Some(pair),
                Err(wrong) => wrong.sentence(&named, &named),
            },
            Err(error) => error.chain(),
        };
        tracing::warn!("the certificate that was kept is of no use, another is ordered: {wrong}");
        None
    }

    /// Keeps the certificate and its key.
    ///
    /// # Errors
    /// `Unavailable` when they cannot be written.
    pub(super) fn keep_certificate(&self, pem: &str) -> Result<()> {
        self.write(CERTIFICATE_FILE, pem.as_bytes())
    }

    fn write(&self, name: &str, text: &[u8]) -> Result<()> {
        use std::os::unix::fs::DirBuilderExt as _;
        let about = || format!("cannot make the folder {}", self.0.display());
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true).mode(FOLDER_MODE);
        let made = folder.create(&self.0);
        made.context(ErrorKind::Unavailable, about)?;
        write_alone(&self.0.join(name), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::certificates::pair::is_for;

    #[test]
    fn each_authority_has_a_folder_of_its_own_below_that_of_all() {
        let check = |directory: &str, name: &str| {
            let shelf = Shelf::of(Path::new("data/acme"), directory);
            assert_eq!(shelf.0, Path::new("data/acme").join(name), "{directory}");
        };
        check(
            "https://acme-v02.api.letsencrypt.org/directory",
            "at-acme-v02.api.letsencrypt.org_directory",
        );
        check(
            "https://localhost:8443/acme/local/directory",
            "at-localhost_8443_acme_local_directory",
        );
        check("https://../../x", "at-.._.._x");
        check("https://", "at-");
    }

    #[test]
    fn what_is_kept_is_for_its_owner_alone_and_what_is_broken_is_left() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(&home.path().join("acme"), "https://authority.example");
        assert!(shelf.certificate().is_none());
        assert!(shelf.account().unwrap().is_none());
        let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        let pem = made.signing_key.serialize_pem() + &made.cert.pem();
        shelf.keep_certificate(&pem).unwrap();
        let pair = shelf.certificate().unwrap();
        assert!(is_for(&pair.key, "a.example") && !is_for(&pair.key, "b.example"));
        let file = shelf.0.join(CERTIFICATE_FILE);
        let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&shelf.0), mode(&file)), (0o700, 0o600));
        fs_err::write(&file, pem.get(..pem.len() / 2).unwrap()).unwrap();
        assert!(shelf.certificate().is_none());
        fs_err::write(shelf.0.join(ACCOUNT_FILE), "{").unwrap();
        let said = shelf.account().err().unwrap().to_string();
        assert!(said.contains("remove the file"), "{said}");
        shelf.forget_account();
        assert!(shelf.account().unwrap().is_none());
    }
}
