//! The age of the database's tables, and the way from one age to another and back.
//!
//! A migration is two lists of SQL statements, one up and one down, that give the same tables on
//! SQLite and PostgreSQL. All the steps of one call run in one transaction under a lock, so the
//! tables are never between two ages and two processes starting together do not collide.
//!
//! Rule: a migration that has been released is not edited any more, and every one can be taken back.
//! Add first, move the data, remove a release later, so that the running version survives both ways.

mod m0001_create_table_catalog;
mod m0002_add_documents_category;
mod m0003_add_chunks_header;
mod m0004_create_table_answers;
mod m0005_create_table_conversations;
mod m0006_create_table_personas;
mod m0007_create_table_feedback;
mod m0008_create_table_experiments;
mod m0009_create_table_usage;
mod m0010_create_table_users;
mod m0011_create_table_audit;
mod m0012_create_table_factors;
mod m0013_create_table_budgets;
mod m0014_create_table_user_identities;
mod m0015_create_table_erasures;
mod m0016_add_documents_cover;
mod m0017_add_documents_orders;
mod m0018_create_table_evaluations;
mod name;
mod target;
mod template;
mod wall;

use alexandria_core::error::{Error, ErrorKind, Result};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement};

use crate::catalog::{Catalog, Doing, commit};

pub use self::name::check_name;
pub use self::target::Target;
pub use self::template::{MigrationFile, new_migration_file};

use self::target::{steps_down, steps_up};

/// Every migration, oldest first. A new one adds its line at the end.
static MIGRATIONS: &[&Migration] = &[
    &m0001_create_table_catalog::MIGRATION,
    &m0002_add_documents_category::MIGRATION,
    &m0003_add_chunks_header::MIGRATION,
    &m0004_create_table_answers::MIGRATION,
    &m0005_create_table_conversations::MIGRATION,
    &m0006_create_table_personas::MIGRATION,
    &m0007_create_table_feedback::MIGRATION,
    &m0008_create_table_experiments::MIGRATION,
    &m0009_create_table_usage::MIGRATION,
    &m0010_create_table_users::MIGRATION,
    &m0011_create_table_audit::MIGRATION,
    &m0012_create_table_factors::MIGRATION,
    &m0013_create_table_budgets::MIGRATION,
    &m0014_create_table_user_identities::MIGRATION,
    &m0015_create_table_erasures::MIGRATION,
    &m0016_add_documents_cover::MIGRATION,
    &m0017_add_documents_orders::MIGRATION,
    &m0018_create_table_evaluations::MIGRATION,
];

/// The lock that two migrating processes take in PostgreSQL, one after the other.
const POSTGRES_LOCK: i64 = 0x616c_6578_616e_6472;

/// What a statement begins with that is for `SQLite` alone, as triggers are.
const FOR_SQLITE: &str = "{sqlite}";

/// What a statement begins with that is for PostgreSQL alone.
const FOR_POSTGRES: &str = "{postgres}";

/// One step of the tables' age.
#[derive(Debug)]
struct Migration {
    /// `mNNNN_` and a name that follows [`check_name`].
    name: &'static str,
    /// What taking it back destroys, as the object of "loses …"; empty when nothing.
    down_loses: &'static str,
    /// The statements forwards; `{uuid}` and the like stand for what the databases name differently.
    up: &'static [&'static str],
    /// The statements back.
    down: &'static [&'static str],
}

/// A migration, and when it was applied to this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// When it was applied; none while it is pending.
    pub applied: Option<Timestamp>,
    /// What taking it back destroys; empty when nothing.
    pub down_loses: &'static str,
}

/// Looks at and changes the age of a catalog's tables.
#[derive(Debug)]
pub struct Migrator<'a> {
    catalog: &'a Catalog,
}

impl<'a> Migrator<'a> {
    /// For this catalog, which may have been opened as it is.
    #[must_use]
    pub const fn of(catalog: &'a Catalog) -> Self {
        Self { catalog }
    }

    /// The newest migration applied, if any.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked, `Conflict` when it is newer than this program.
    pub async fn current(&self) -> Result<Option<String>> {
        Ok(self
            .history()
            .await?
            .into_iter()
            .rfind(|s| s.applied.is_some())
            .map(|step| step.name))
    }

    /// Every migration, oldest first, with the moment it was applied.
    ///
    /// # Errors
    /// As for [`Migrator::current`].
    pub async fn history(&self) -> Result<Vec<Step>> {
        let applied = self.applied().await?;
        refuse_unknown(&applied)?;
        Ok(MIGRATIONS
            .iter()
            .map(|migration| step(migration, &applied))
            .collect())
    }

    /// The names of the migrations not yet applied, oldest first.
    ///
    /// # Errors
    /// As for [`Migrator::current`].
    pub async fn pending(&self) -> Result<Vec<String>> {
        let steps = self.history().await?;
        Ok(steps
            .into_iter()
            .filter(|step| step.applied.is_none())
            .map(|step| step.name)
            .collect())
    }

    /// Applies pending migrations up to and including the target; says which.
    ///
    /// # Errors
    /// `NotFound` for a revision that does not exist, `Invalid` for one already passed; any error
    /// leaves the tables as they were.
    pub async fn up(&self, target: Target) -> Result<Vec<String>> {
        if target == Target::Newest && self.pending().await?.is_empty() {
            return Ok(Vec::new());
        }
        let tx = self.lock().await?;
        let applied = self.install(&tx).await?;
        let steps = steps_up(&target, applied.len())?;
        for migration in steps {
            self.run(&tx, migration.name, migration.up).await?;
            let sql = "INSERT INTO schema_migrations (name, applied) VALUES ($1, $2)";
            let values = [migration.name.into(), self.catalog.now().into()];
            let row = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
            tx.execute_raw(row)
                .await
                .doing(|| cannot("record", migration.name))?;
        }
        if self.catalog.database().is_postgres() {
            wall::put_up(&tx).await?;
        }
        commit(tx, "the new tables").await?;
        Ok(steps
            .iter()
            .map(|migration| migration.name.to_owned())
            .collect())
    }

    /// The steps that [`Migrator::down`] would take back, newest first, so that a person can be told
    /// what would be lost.
    ///
    /// # Errors
    /// As for [`Migrator::down`].
    pub async fn plan_down(&self, target: &Target) -> Result<Vec<Step>> {
        let applied = self.applied().await?;
        refuse_unknown(&applied)?;
        let steps = steps_down(target, applied.len())?;
        Ok(steps
            .iter()
            .rev()
            .map(|migration| step(migration, &applied))
            .collect())
    }

    /// Takes migrations back, newest first, until the target is the newest one applied; says which.
    ///
    /// # Errors
    /// `NotFound` for a revision that does not exist, `Invalid` for one that is not applied; any
    /// error leaves the tables as they were.
    pub async fn down(&self, target: &Target) -> Result<Vec<String>> {
        let tx = self.lock().await?;
        let applied = self.install(&tx).await?;
        let steps = steps_down(target, applied.len())?;
        for migration in steps.iter().rev() {
            self.run(&tx, migration.name, migration.down).await?;
            let sql = "DELETE FROM schema_migrations WHERE name = $1";
            let values = [migration.name.into()];
            let row = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
            tx.execute_raw(row)
                .await
                .doing(|| cannot("take back", migration.name))?;
        }
        commit(tx, "the former tables").await?;
        Ok(steps
            .iter()
            .rev()
            .map(|migration| migration.name.to_owned())
            .collect())
    }

    /// Fails when the tables are newer than this program.
    pub(crate) async fn refuse_newer(&self) -> Result<()> {
        refuse_unknown(&self.applied().await?)
    }

    /// Fails when the tables are older than this program.
    pub(crate) async fn refuse_older(&self) -> Result<()> {
        let pending = self.pending().await?;
        let Some(first) = pending.first() else {
            return Ok(());
        };
        let count = pending.len();
        Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the catalog's tables are {count} migration(s) older than this program, the first \
                 being {first}; run \"alexandria migrate up\""
            ),
        ))
    }

    /// What has been applied, oldest first; nothing in a database never migrated.
    async fn applied(&self) -> Result<Vec<Applied>> {
        let read = self.catalog.database().read();
        let sql = if self.catalog.database().is_postgres() {
            "SELECT count(*) AS n FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = 'schema_migrations'"
        } else {
            "SELECT count(*) AS n FROM sqlite_master WHERE name = 'schema_migrations'"
        };
        let sentence = || "cannot read the age of the catalog's tables".to_owned();
        let exists = Statement::from_string(read.get_database_backend(), sql);
        let found = read.query_one_raw(exists).await.doing(sentence)?;
        let found = found
            .map_or(Ok(0), |row| row.try_get::<i64>("", "n"))
            .doing(sentence)?;
        if found == 0 {
            return Ok(Vec::new());
        }
        select_applied(read).await
    }

    /// Begins a transaction in which no other process migrates.
    async fn lock(&self) -> Result<DatabaseTransaction> {
        let tx = self.catalog.database().begin().await?;
        if self.catalog.database().is_postgres() {
            let sql = format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})");
            tx.execute_unprepared(&sql)
                .await
                .doing(|| "cannot keep other processes from migrating".to_owned())?;
        }
        Ok(tx)
    }

    /// Sees that the record of migrations exists and reads it.
    async fn install(&self, tx: &DatabaseTransaction) -> Result<Vec<Applied>> {
        let sql = self.spell(
            "CREATE TABLE IF NOT EXISTS schema_migrations \
             (name text NOT NULL PRIMARY KEY, applied {integer} NOT NULL){strict}",
        );
        tx.execute_unprepared(&sql)
            .await
            .doing(|| "cannot create the record of migrations".to_owned())?;
        let applied = select_applied(tx).await?;
        refuse_unknown(&applied)?;
        Ok(applied)
    }

    async fn run(&self, tx: &DatabaseTransaction, name: &str, statements: &[&str]) -> Result<()> {
        for sql in statements.iter().filter_map(|sql| self.meant(sql)) {
            tx.execute_unprepared(&self.spell(sql))
                .await
                .doing(|| cannot("run", name))?;
        }
        Ok(())
    }

    /// A statement without the mark of the database that it is for; nothing for the other one's.
    fn meant<'s>(&self, sql: &'s str) -> Option<&'s str> {
        let (own, other) = if self.catalog.database().is_postgres() {
            (FOR_POSTGRES, FOR_SQLITE)
        } else {
            (FOR_SQLITE, FOR_POSTGRES)
        };
        (!sql.starts_with(other)).then(|| sql.strip_prefix(own).unwrap_or(sql))
    }

    /// Puts in the words that the two databases do not share.
    fn spell(&self, sql: &str) -> String {
        let words: &[(&str, &str)] = if self.catalog.database().is_postgres() {
            &[
                ("{uuid}", "uuid"),
                ("{bytes}", "bytea"),
                ("{integer}", "bigint"),
                ("{boolean}", "boolean"),
                ("{false}", "false"),
                (
                    "{sequence}",
                    "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                ),
                ("{strict}", ""),
                ("{strict, without rowid}", ""),
                (
                    "{now}",
                    "CAST(extract(epoch FROM now()) * 1000000 AS bigint)",
                ),
                ("{default tenant}", "'01900000-0000-7000-8000-000000000001'"),
            ]
        } else {
            &[
                ("{uuid}", "blob"),
                ("{bytes}", "blob"),
                ("{integer}", "integer"),
                ("{boolean}", "integer"),
                ("{false}", "0"),
                // Without AUTOINCREMENT, SQLite gives a pruned number out again.
                ("{sequence}", "integer PRIMARY KEY AUTOINCREMENT"),
                ("{strict}", " STRICT"),
                ("{strict, without rowid}", " STRICT, WITHOUT ROWID"),
                ("{now}", "CAST(unixepoch('subsec') * 1000000 AS integer)"),
                ("{default tenant}", "x'01900000000070008000000000000001'"),
            ]
        };
        words.iter().fold(sql.to_owned(), |sql, (token, word)| {
            sql.replace(token, word)
        })
    }
}

#[derive(Debug, FromQueryResult)]
struct Applied {
    name: String,
    applied: i64,
}

async fn select_applied<C: ConnectionTrait>(connection: &C) -> Result<Vec<Applied>> {
    let sql = "SELECT name, applied FROM schema_migrations ORDER BY name";
    let query = Statement::from_string(connection.get_database_backend(), sql);
    let found = connection.query_all_raw(query).await;
    let read = found.and_then(|rows| {
        rows.iter()
            .map(|r| Applied::from_query_result(r, ""))
            .collect()
    });
    read.doing(|| "cannot read the age of the catalog's tables".to_owned())
}

/// Invariant: what is applied is the beginning of [`MIGRATIONS`], in order and without gaps.
fn refuse_unknown(applied: &[Applied]) -> Result<()> {
    for (position, row) in applied.iter().enumerate() {
        if MIGRATIONS
            .get(position)
            .is_none_or(|migration| migration.name != row.name)
        {
            let name = &row.name;
            return Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "the catalog's tables are newer than this program: it does not know the \
                     migration {name}; use the newer program, or let it take the migration back"
                ),
            ));
        }
    }
    Ok(())
}

fn step(migration: &Migration, applied: &[Applied]) -> Step {
    let row = applied.iter().find(|row| row.name == migration.name);
    Step {
        name: migration.name.to_owned(),
        applied: row.and_then(|row| Timestamp::from_microsecond(row.applied).ok()),
        down_loses: migration.down_loses,
    }
}

fn cannot(what: &str, name: &str) -> String {
    format!("cannot {what} the migration {name}, so the tables stay as they were")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_keeps_the_naming_rule_and_its_number() {
        for (position, migration) in MIGRATIONS.iter().enumerate() {
            let number = format!("m{:04}_", position + 1);
            let name = migration
                .name
                .strip_prefix(&number)
                .expect("numbers run without gaps");
            check_name(name).unwrap();
        }
    }

    #[test]
    fn every_migration_can_be_taken_back() {
        for migration in MIGRATIONS {
            assert!(
                !migration.up.is_empty() && !migration.down.is_empty(),
                "{}",
                migration.name
            );
        }
    }
}
