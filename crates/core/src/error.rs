//! What went wrong, in the one shape that every crate uses: a kind to act on, a sentence to read,
//! the cause beneath.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// A cause of any type.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The result of anything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the caller can do about it. The server's one table turns a kind into an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is wrong and will stay wrong.
    Invalid,
    /// No such thing, or nothing that this principal may know of.
    NotFound,
    /// It contradicts what is there already.
    Conflict,
    /// The principal is known and may not do this.
    Forbidden,
    /// Larger than a named limit.
    TooLarge,
    /// A file of a kind that cannot be read.
    Unsupported,
    /// Too many requests, or a quota or budget is used up; see `retry_after`.
    Exhausted,
    /// It did not finish in the time it was given.
    Timeout,
    /// Something it needs (disk, database, provider) is not there at present; trying again may help.
    Unavailable,
    /// Stored data does not match its digest or its own rules.
    Corrupt,
    /// A fault of ours.
    Internal,
}

/// An error: what was being done to what, in lower case, with no full stop, and the remedy where
/// there is one. It never contains the text of its source: whoever prints it prints the chain.
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<BoxError>,
    retry_after: Option<Duration>,
}

impl Error {
    /// An error with nothing beneath it.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            retry_after: None,
        }
    }

    /// Chains the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence, without its causes.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When trying again makes sense, if that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The sentence and its causes, joined by colons: for logs and terminals.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.kind, self.chain())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// Adds what was being done to an error of another library.
pub trait Context<T> {
    /// Wraps the error under a sentence, with the kind that the caller can act on.
    ///
    /// # Errors
    /// Whatever this was, as an [`Error`].
    fn context(self, kind: ErrorKind, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<BoxError>> Context<T> for std::result::Result<T, E> {
    fn context(self, kind: ErrorKind, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::new(kind, message()).with_source(source))
    }
}
