//! Why a file could not be read: a kind that the product acts on and a sentence for its owner.

use std::error::Error as StdError;
use std::fmt;

use alexandria_core::block::{Fault, FaultKind};
use alexandria_core::error::{BoxError, Error, ErrorKind};

/// The result of reading.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// A file, or a part of one, that cannot be read. The sentence is in lower case, has no full stop,
/// and names the remedy.
pub struct Failure {
    kind: FaultKind,
    message: String,
    source: Option<BoxError>,
}

impl Failure {
    /// A failure with nothing beneath it.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The file breaks the rules of its format.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Malformed, message)
    }

    /// The file passes a named limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(FaultKind::TooLarge, message)
    }

    /// The file needs a password.
    pub fn encrypted(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Encrypted, message)
    }

    /// The file is of a kind that is not read.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Unsupported, message)
    }

    /// Chains the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What sort of trouble.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same as a fault of the document, on one page or (with no page) the whole file.
    #[must_use]
    pub fn into_fault(self, page: Option<u32>) -> Fault {
        Fault {
            kind: self.kind,
            page,
            message: self.message,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.kind, self.message)?;
        self.source
            .as_ref()
            .map_or(Ok(()), |source| write!(formatter, ": {source}"))
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FaultKind::TooLarge | FaultKind::Memory => ErrorKind::TooLarge,
            FaultKind::Timeout | FaultKind::Cancelled => ErrorKind::Timeout,
            FaultKind::Unsupported => ErrorKind::Unsupported,
            FaultKind::Encrypted | FaultKind::Malformed | FaultKind::NoText => ErrorKind::Invalid,
        };
        let error = Self::new(kind, failure.message);
        match failure.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}
