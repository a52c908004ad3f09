//! The connections to the one database beneath the catalog, and what differs between the two kinds.
//!
//! SQLite: one connection writes, several read, in WAL mode, so readers never wait. PostgreSQL: one
//! pool. Statements number their parameters `$1`, `$2`, …, which both understand.

use std::path::Path;
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sea_orm::sqlx::{Connection as _, Error as SqlxError};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    FromQueryResult, RuntimeErr, SqliteTransactionMode, SqlxSqliteConnector, Statement,
    TransactionOptions, TransactionTrait, Value,
};
use uuid::Uuid;

use super::trouble::Doing;

/// How long a writer waits for another process to finish its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a file is opened that another process holds. `SQLite` does not wait for its busy timeout
/// when two processes switch a new file to write-ahead logging together, so opening is tried again.
const OPEN_TRIES_MAX: u32 = 12;
/// How long the first such pause is; each further one is longer by as much.
const OPEN_PAUSE: Duration = Duration::from_millis(20);
/// How often it is tried to empty the write-ahead log while others read.
const EMPTY_TRIES_MAX: u32 = 10;
/// How long the first pause between two of these is; each further one is longer by as much.
const EMPTY_PAUSE: Duration = Duration::from_millis(20);
/// The part of the file that readers map into memory, in bytes.
const MMAP_BYTES: u64 = 256 << 20;
/// Pages of SQLite's own cache for each connection, in KiB.
const CACHE_KIB: u32 = 8 << 10;

/// Rows that SQLite's thread may be ahead of who reads them: a page of a list without waiting once.
const ROWS_AHEAD: usize = 256;

/// The connections.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Database {
    /// Connects to `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    pub(crate) async fn connect(url: &str, connections_max: u32, wait: Duration) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::connect_sqlite(path, connections_max, wait).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::connect_postgres(url, connections_max, wait).await;
        }
        Err(Error::new(
            ErrorKind::Invalid,
            "the catalog's address is neither sqlite:PATH nor postgres://USER@HOST/DATABASE",
        ))
    }

    async fn connect_sqlite(path: &str, readers: u32, wait: Duration) -> Result<Self> {
        let shared = SqliteConnectOptions::new()
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", format!("-{CACHE_KIB}"))
            .pragma("temp_store", "memory")
            // What is removed is overwritten in the file, not only taken out of the tables.
            .pragma("secure_delete", "on")
            .synchronous(SqliteSynchronous::Full)
            .row_buffer_size(ROWS_AHEAD);
        let pool = SqlitePoolOptions::new()
            .acquire_timeout(wait)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        if path == ":memory:" {
            // A database in memory belongs to its one connection, which reads and writes.
            let options = shared.in_memory(true).shared_cache(false);
            let only =
                open_sqlite(pool.min_connections(1).max_connections(1), options, path).await?;
            return Ok(Self {
                write: only.clone(),
                read: only,
            });
        }
        let options = shared
            .filename(path.strip_prefix("//").unwrap_or(path))
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("mmap_size", MMAP_BYTES.to_string());
        let write = open_sqlite(
            pool.clone()
                .max_connections(1)
                .before_acquire(|connection, _| Box::pin(is_at_rest(connection))),
            options.clone().create_if_missing(true),
            path,
        )
        .await?;
        let readers = pool.max_connections(readers.max(1));
        let read = open_sqlite(readers, options.pragma("query_only", "on"), path).await?;
        Ok(Self { write, read })
    }

    async fn connect_postgres(url: &str, connections: u32, wait: Duration) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(connections.max(2))
            .acquire_timeout(wait)
            .connect_timeout(wait)
            .sqlx_logging(false)
            .record_stmt_in_spans(false);
        let pool = sea_orm::Database::connect(options)
            .await
            .doing(|| "cannot connect to PostgreSQL".to_owned())?;
        Ok(Self {
            write: pool.clone(),
            read: pool,
        })
    }

    /// The database's name for people.
    pub(crate) fn name(&self) -> &'static str {
        if self.is_postgres() {
            "PostgreSQL"
        } else {
            "SQLite"
        }
    }

    /// Whether it is PostgreSQL; otherwise it is SQLite.
    pub(crate) fn is_postgres(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// The connection to read from.
    pub(crate) const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for single statements that write.
    pub(crate) const fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that will write. SQLite takes its write lock at once, so that no
    /// transaction has to be given up half way.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let mode = (!self.is_postgres()).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions {
            sqlite_transaction_mode: mode,
            ..Default::default()
        };
        let begun = self.write.begin_with_options(options).await;
        begun.doing(|| "cannot begin to write to the catalog".to_owned())
    }

    /// Connections that are in use at this moment.
    pub(crate) fn connections_active(&self) -> u32 {
        let active =
            |size: u32, idle: usize| size.saturating_sub(u32::try_from(idle).unwrap_or(u32::MAX));
        if self.is_postgres() {
            let pool = self.read.get_postgres_connection_pool();
            return active(pool.size(), pool.num_idle());
        }
        let pools = [
            self.write.get_sqlite_connection_pool(),
            self.read.get_sqlite_connection_pool(),
        ];
        pools
            .iter()
            .map(|pool| active(pool.size(), pool.num_idle()))
            .sum()
    }

    /// Brings everything that is committed into the file and empties the write-ahead log, in which what
    /// has been removed still stands. PostgreSQL does so by itself, see its `VACUUM`.
    pub(crate) async fn empty_log(&self) -> Result<()> {
        if self.is_postgres() {
            return Ok(());
        }
        let sentence = || "cannot empty the write-ahead log of the catalog".to_owned();
        for attempt in 1..=EMPTY_TRIES_MAX {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let done = self
                .write
                .query_one_raw(statement(&self.write, sql, vec![]));
            let done = done.await.doing(sentence)?;
            // Somebody may be reading, who needs what is in the log.
            let is_busy = done.map_or(Ok(0), |row| row.try_get::<i32>("", "busy"));
            if is_busy.doing(sentence)? == 0 {
                return Ok(());
            }
            tokio::time::sleep(EMPTY_PAUSE * attempt).await;
        }
        tracing::warn!("the write-ahead log of the catalog is in use and is emptied later");
        Ok(())
    }

    pub(crate) async fn ping(&self) -> Result<()> {
        self.read
            .ping()
            .await
            .doing(|| "cannot reach the catalog".to_owned())
    }

    pub(crate) async fn close(&self) -> Result<()> {
        let sentence = || "cannot close the catalog".to_owned();
        self.read.clone().close().await.doing(sentence)?;
        self.write.clone().close().await.doing(sentence)
    }

    pub(crate) async fn bytes(&self) -> Result<u64> {
        let sql = if self.is_postgres() {
            "SELECT pg_database_size(current_database()) AS n"
        } else {
            "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
        };
        let bytes = number(&self.read, sql, vec![]).await;
        Ok(u64::try_from(bytes.doing(|| "cannot measure the catalog".to_owned())?).unwrap_or(0))
    }
}

/// Whether a connection that nobody uses is outside of any transaction, as it has to be.
///
/// On a full disk `SQLite` ends a transaction by itself; the rollback that follows fails, and the
/// connection goes on counting one transaction too many. What then looks like transactions are parts
/// of one that is never committed: everything would be acknowledged and lost. Such a connection is
/// closed and opened anew.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, SqlxError> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // A rollback may still be under way: what is asked now is answered after it.
    connection.ping().await?;
    let is_at_rest = !connection.is_in_transaction();
    if !is_at_rest {
        tracing::warn!("opening the catalog anew after a transaction that ended by itself");
    }
    Ok(is_at_rest)
}

async fn open_sqlite(
    pool: SqlitePoolOptions,
    options: SqliteConnectOptions,
    path: &str,
) -> Result<DatabaseConnection> {
    use sea_orm::sqlx::ConnectOptions as _;
    let options = options.disable_statement_logging();
    let mut tries = 1;
    let opened: Result<SqlitePool, _> = loop {
        let opened = pool.clone().connect_with(options.clone()).await;
        if tries >= OPEN_TRIES_MAX || !opened.as_ref().is_err_and(is_busy) {
            break opened;
        }
        tokio::time::sleep(OPEN_PAUSE * tries).await;
        tries += 1;
    };
    let opened = opened.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())));
    let shown = Path::new(path).display();
    let pool = opened.doing(|| format!("cannot open the catalog at {shown:?}"))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// Whether another process holds the file at this moment.
fn is_busy(error: &sea_orm::sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // SQLITE_BUSY and its variants share the low byte.
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xFF == 5)
}

/// A statement with its parameters.
pub(super) fn statement<C: ConnectionTrait>(
    connection: &C,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// Runs a statement and says how many rows it changed.
pub(super) async fn execute<C: ConnectionTrait>(
    connection: &C,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64, DbErr> {
    Ok(connection
        .execute_raw(statement(connection, sql, values))
        .await?
        .rows_affected())
}

/// All rows of a query.
pub(super) async fn rows<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<T>, DbErr> {
    let found = connection
        .query_all_raw(statement(connection, sql, values))
        .await?;
    found
        .iter()
        .map(|row| T::from_query_result(row, ""))
        .collect()
}

/// The first row of a query.
///
/// For queries that change nothing, or inside of a transaction: `SQLite` commits a lone statement at
/// its end, which is not waited for, so that a full disk would not be noticed. See [`rows`].
pub(super) async fn row<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Option<T>, DbErr> {
    let found = connection
        .query_one_raw(statement(connection, sql, values))
        .await?;
    found.map(|row| T::from_query_result(&row, "")).transpose()
}

/// The one number of a query, in its column `n`; zero when there is no row or it is null.
pub(super) async fn number<C: ConnectionTrait>(
    connection: &C,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<i64, DbErr> {
    let found = connection
        .query_one_raw(statement(connection, sql, values))
        .await?;
    found.map_or(Ok(0), |row| {
        Ok(row.try_get::<Option<i64>>("", "n")?.unwrap_or(0))
    })
}

/// Placeholders `$first, $first+1, …` for a list of `count` parameters.
pub(super) fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for index in first..first + count {
        if index > first {
            text.push(',');
        }
        text.push('$');
        text.push_str(&index.to_string());
    }
    text
}

/// Ids as parameters.
pub(super) fn uuids(ids: impl IntoIterator<Item = Uuid>) -> impl Iterator<Item = Value> {
    ids.into_iter().map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn count(database: &Database) -> i64 {
        let sql = "SELECT count(*) AS n FROM note";
        number(database.read(), sql, vec![]).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_committed_after_the_disk_was_full_is_there_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("catalog.db").display());
        let database = Database::connect(&url, 2, BUSY_TIMEOUT).await.unwrap();
        let write = |sql: &'static str| execute(database.write(), sql, vec![]);
        write("CREATE TABLE note (text TEXT)").await.unwrap();
        // What a full disk says, and from then on.
        write("PRAGMA max_page_count = 4").await.unwrap();
        let long = "INSERT INTO note VALUES (hex(zeroblob(1000000)))";
        let tx = database.begin().await.unwrap();
        let error = execute(&tx, long, vec![]).await.unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        drop(tx);
        write("PRAGMA max_page_count = 100000").await.unwrap();
        // Given up for some other reason.
        drop(database.begin().await.unwrap());
        for notes in 1..4 {
            let tx = database.begin().await.unwrap();
            let sql = "INSERT INTO note VALUES ('short')";
            execute(&tx, sql, vec![]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(count(&database).await, notes, "committed and not there");
        }
    }
}
