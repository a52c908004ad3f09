//! Secrets of the settings that are kept in a key server: `vault:PATH#FIELD`.

use alexandria_core::error::{Context, Error, ErrorKind, Result};

use super::Vault;
use crate::config::Config;

/// How a setting says that its value is in a key server.
const SCHEME: &str = "vault:";

/// Where a secret is: the path of the key server's API after `/v1/`, and the field there, such as
/// `vault:secret/data/alexandria#secret_key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    path: String,
    field: String,
}

impl Reference {
    /// The reference that a value is; nothing for a value that is none.
    ///
    /// # Errors
    /// What it must be, to stand after "it must be".
    pub(crate) fn parse(value: &str) -> Option<Result<Self, String>> {
        let text = value.trim().strip_prefix(SCHEME)?;
        let plain = |part: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            !part.is_empty() && part != ".." && part.bytes().all(fits)
        };
        let parsed = text
            .split_once('#')
            .filter(|(path, field)| path.split('/').all(plain) && plain(field));
        Some(match parsed {
            Some((path, field)) => Ok(Self {
                path: path.to_owned(),
                field: field.to_owned(),
            }),
            None => Err(format!(
                "{SCHEME}PATH#FIELD, such as {SCHEME}secret/data/alexandria#secret_key"
            )),
        })
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{SCHEME}{}#{}", self.path, self.field)
    }
}

/// Reads the secrets, before anything else runs.
///
/// # Errors
/// `Invalid` when a path or a field is not there, `Unavailable` when the key server is not.
pub(crate) fn read_all(config: &Config, references: &[Reference]) -> Result<Vec<String>> {
    let vault = Vault::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context(ErrorKind::Internal, || {
            "cannot prepare to reach the key server".to_owned()
        })?;
    runtime.block_on(async {
        let mut secrets = Vec::with_capacity(references.len());
        for reference in references {
            secrets.push(read(&vault, reference).await?);
        }
        Ok(secrets)
    })
}

async fn read(vault: &Vault, reference: &Reference) -> Result<String> {
    let Reference { path, field } = reference;
    let reply = vault.call(path, None).await?;
    // The second version of its store for keys and values puts the fields one level deeper.
    let found = ["/data/data", "/data"]
        .iter()
        .find_map(|at| reply.pointer(at)?.get(field)?.as_str());
    found.map(str::to_owned).ok_or_else(|| {
        let sentence = format!("the key server has no text in the field {field} at {path}");
        Error::new(ErrorKind::Invalid, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn a_reference_is_a_path_and_a_field_and_nothing_that_leads_elsewhere() {
        let check = |value: &str, expected: Option<bool>| {
            let found = Reference::parse(value).map(|parsed| parsed.is_ok());
            assert_eq!(found, expected, "{value}");
        };
        check("vault:secret/data/alexandria#secret_key", Some(true));
        check("vault:kv/a.b-c#X", Some(true));
        check("plain", None);
        check("vault:secret/data/alexandria", Some(false));
        check("vault:#field", Some(false));
        check("vault:a/../sys/seal#x", Some(false));
        check("vault:a?list=true#x", Some(false));
        check("vault:/a#x", Some(false));
        check("vault:a#", Some(false));
    }
}
