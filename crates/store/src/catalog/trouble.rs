//! What the database says went wrong, in the words and kinds of this product.

use alexandria_core::error::{Error, ErrorKind, Result};
use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr};

/// Adds what was being done to a database's error and gives it the kind a caller can act on.
pub(crate) trait Doing<T> {
    /// Wraps the error under a sentence saying what could not be done.
    fn doing(self, sentence: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for Result<T, DbErr> {
    fn doing(self, sentence: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| {
            let (kind, remedy) = kind(&error);
            let sentence = sentence();
            let message = match remedy {
                Some(remedy) => format!("{sentence}: {remedy}"),
                None => sentence,
            };
            Error::new(kind, message).with_source(error)
        })
    }
}

const DISK_FULL: &str = "the disk is full; free some space and try again";
const BUSY: &str = "another process holds the database; try again in a moment";
const GONE: &str = "the database does not answer; see that it runs and can be reached";
const NO_CONNECTION: &str = "every connection to the database is in use; try again in a moment";
const CORRUPT: &str = "the database file is damaged; restore it from a backup";
const UNREADABLE: &str = "the database file cannot be read or written; see whether the disk is \
                          full, and to the permissions of the file";
const TABLES: &str = "its tables are not of this program's age; run \"alexandria migrate up\"";

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other error is a fault of ours"
)]
fn kind(error: &DbErr) -> (ErrorKind, Option<&'static str>) {
    match error {
        DbErr::ConnectionAcquire(_) => (ErrorKind::Unavailable, Some(NO_CONNECTION)),
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => sqlx_kind(cause),
        _ => (ErrorKind::Internal, None),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other error is a fault of ours"
)]
fn sqlx_kind(error: &sqlx::Error) -> (ErrorKind, Option<&'static str>) {
    match error {
        sqlx::Error::PoolTimedOut => (ErrorKind::Unavailable, Some(NO_CONNECTION)),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => (ErrorKind::Unavailable, Some(GONE)),
        sqlx::Error::Configuration(_) => (ErrorKind::Invalid, None),
        sqlx::Error::Database(cause) if cause.is_unique_violation() => (ErrorKind::Conflict, None),
        sqlx::Error::Database(cause) => cause.code().map_or((ErrorKind::Internal, None), |code| {
            if cause
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .is_some()
            {
                postgres_kind(&code)
            } else {
                sqlite_kind(&code)
            }
        }),
        _ => (ErrorKind::Internal, None),
    }
}

/// SQLSTATE codes (PostgreSQL manual, appendix A).
fn postgres_kind(code: &str) -> (ErrorKind, Option<&'static str>) {
    match code {
        "53100" => (ErrorKind::Unavailable, Some(DISK_FULL)),
        "53300" => (ErrorKind::Unavailable, Some(NO_CONNECTION)),
        "40001" | "40P01" | "55P03" => (ErrorKind::Unavailable, Some(BUSY)),
        "42P01" | "42703" => (ErrorKind::Unavailable, Some(TABLES)),
        "XX001" | "XX002" => (ErrorKind::Corrupt, Some(CORRUPT)),
        "3D000" | "28P01" | "28000" => (ErrorKind::Unavailable, None),
        code if code.starts_with("08") || code.starts_with("57P") => {
            (ErrorKind::Unavailable, Some(GONE))
        }
        _ => (ErrorKind::Internal, None),
    }
}

/// Result codes of SQLite; the low byte of an extended code is the primary one.
fn sqlite_kind(code: &str) -> (ErrorKind, Option<&'static str>) {
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => (ErrorKind::Unavailable, Some(BUSY)),
        Ok(8 | 10 | 14 | 23) => (ErrorKind::Unavailable, Some(UNREADABLE)),
        Ok(11 | 26) => (ErrorKind::Corrupt, Some(CORRUPT)),
        Ok(13) => (ErrorKind::Unavailable, Some(DISK_FULL)),
        _ => (ErrorKind::Internal, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_become_kinds_that_can_be_acted_on() {
        let check = |got: (ErrorKind, Option<&str>), kind: ErrorKind, words: &str| {
            assert_eq!(got.0, kind);
            assert!(
                got.1.unwrap_or_default().contains(words),
                "{got:?} lacks {words:?}"
            );
        };
        check(
            sqlite_kind("13"),
            ErrorKind::Unavailable,
            "the disk is full",
        );
        check(
            sqlite_kind("517"),
            ErrorKind::Unavailable,
            "another process",
        );
        check(sqlite_kind("11"), ErrorKind::Corrupt, "backup");
        check(sqlite_kind("1"), ErrorKind::Internal, "");
        check(
            postgres_kind("53100"),
            ErrorKind::Unavailable,
            "the disk is full",
        );
        check(
            postgres_kind("57P01"),
            ErrorKind::Unavailable,
            "does not answer",
        );
        check(
            postgres_kind("40P01"),
            ErrorKind::Unavailable,
            "another process",
        );
        check(kind(&DbErr::Custom(String::new())), ErrorKind::Internal, "");
    }
}
