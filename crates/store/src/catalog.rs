//! The catalog: the relational truth about tenants, collections, documents, versions, chunks,
//! vectors, jobs and the outbox.
//!
//! One set of tables on two databases: SQLite for a library in one directory, PostgreSQL for one
//! shared by several processes. Everything that a caller is told has happened has been committed,
//! together with the outbox rows that tell the derived indexes of it.
//!
//! Invariant: every method that touches a tenant's data takes a [`Principal`] (or a
//! [`Space`](alexandria_core::space::Space), which is made of one) and looks at rows of that tenant
//! only; another tenant's id behaves exactly as one that does not exist.

mod answers;
mod audit;
mod budgets;
mod cases;
mod challenges;
mod chunks;
mod collections;
mod consents;
mod conversations;
mod counts;
mod cursor;
mod database;
mod documents;
mod embeddings;
mod ending;
mod erasing;
mod erasures;
mod evaluations;
mod experiments;
mod factors;
mod federation;
mod feedback;
mod generations;
mod grants;
mod holdings;
mod idempotency;
mod identities;
mod invitations;
mod jobs;
mod keys;
mod ledger;
mod notices;
mod outbox;
mod passages;
mod passkeys;
mod personas;
mod provisioning;
mod purge;
mod row;
mod security_events;
mod sessions;
mod sight;
mod spaces;
mod table;
mod tenants;
mod traces;
mod trouble;
mod usage;
mod users;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::IdSource;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

pub use self::answers::{AnswerQuery, KeptAnswer, NewAnswer};
pub use self::audit::{
    AUDIT_CUT_ENTRIES_MAX, AuditFilter, AuditQuery, AuditState, NewEntry, StoredEntry,
};
pub use self::budgets::OwnBudget;
pub use self::cases::{CASES_MAX, Case, NewCase};
pub use self::challenges::{CHALLENGES_MAX, Challenge, ChallengePurpose, NewChallenge};
pub use self::chunks::{NewChunk, StoredChunk};
pub use self::collections::{CollectionChange, CollectionName};
pub use self::conversations::{
    CONVERSATION_TURNS_MAX, Conversation, ConversationQuery, KeptTurn, NewTurn,
};
pub use self::counts::{CollectionCounts, Counts};
pub use self::cursor::{PAGE_ITEMS_MAX, Page};
pub use self::documents::{
    CoverFile, Created, DocumentChange, DocumentOrder, DocumentQuery, NewDocument, NoRoom,
    Original, TagCount,
};
pub use self::embeddings::{DIMENSIONS_MAX, NewEmbedding, Unembedded};
pub use self::erasing::{Erased, Holder};
pub use self::erasures::Erasure;
pub use self::evaluations::{EVALUATIONS_MAX, EvaluationQuery, KeptEvaluation, NewEvaluation};
pub use self::experiments::{
    EXPERIMENTS_MAX, Experiment, ExperimentState, NewExperiment, Outcome, Standing,
};
pub use self::factors::{FACTOR_FAILURES_FREE, TotpFactor};
pub use self::federation::{Arrived, Flow, Foreign, NewFlow};
pub use self::feedback::{Feedback, FeedbackQuery, NewFeedback};
pub use self::generations::{Generation, GenerationState};
pub use self::grants::{GRANTS_OF_COLLECTION_MAX, Grant};
pub use self::holdings::{HOLDING_ROWS_MAX, Holding, Place, UNTOLD, of_tenant, of_user};
pub use self::idempotency::StoredReply;
pub use self::identities::{
    Credentials, Identities, NewSession, Renewal, SignedIn, TENANTS_OF_EMAIL_MAX,
};
pub use self::invitations::{INVITATIONS_MAX, Invitation};
pub use self::jobs::{Job, JobQuery, JobState, NewJob, Progress};
pub use self::keys::{ApiKey, KEYS_MAX, NewApiKey};
pub use self::ledger::{
    Admission, Level, MonthUse, Reached, Refusal, Reservation, Rules, Spending, Wanted,
};
pub use self::notices::{NOTICE_ATTEMPTS_MAX, NewNotice, Notice, Way};
pub use self::outbox::{OutboxKind, OutboxRow};
pub use self::passages::StoredPassage;
pub use self::passkeys::{NewPasskey, PASSKEYS_MAX, Passkey};
pub use self::personas::{NewPersona, PersonaChange};
pub use self::provisioning::{ProvisionFilter, Provisioned};
pub use self::security_events::{NewSecurityEvent, SecurityEvent, SecurityEventQuery};
pub use self::sessions::{SESSIONS_OF_USER_MAX, Session, Strength};
pub use self::tenants::{NewTenant, TenantChange};
pub use self::traces::Instead;
pub use self::usage::{UsageBy, UsageEntry, Used, UsedBy, UsedOnDay};
pub use self::users::{NewUser, USERS_MAX, UserChange};
pub use self::versions::{NewVersion, Version, VersionFacts, VersionState};

pub(crate) use self::database::Database;
pub(crate) use self::trouble::Doing;

/// How many connections to PostgreSQL, or readers of SQLite, one process holds at most.
pub const CONNECTIONS_MAX_DEFAULT: u32 = 8;

/// How long a call waits for a free connection.
pub const ACQUIRE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);

/// What to do when the database's tables are older than this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// Bring them up to date while opening.
    #[default]
    Apply,
    /// Refuse to open, naming the command that brings them up to date.
    Refuse,
}

/// How a catalog is opened.
#[derive(Clone, Debug)]
pub struct CatalogOptions {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<dyn IdSource>,
    /// Connections to PostgreSQL, or readers of SQLite, at most.
    pub connections_max: u32,
    /// How long a call waits for a free connection.
    pub acquire_timeout: Duration,
    /// What to do with older tables.
    pub upgrade: Upgrade,
}

impl CatalogOptions {
    /// The defaults, with this clock and this source of ids.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            clock,
            ids,
            connections_max: CONNECTIONS_MAX_DEFAULT,
            acquire_timeout: ACQUIRE_TIMEOUT_DEFAULT,
            upgrade: Upgrade::Apply,
        }
    }
}

/// The catalog, open. Cloning it shares the connections.
///
/// A tenant's rows are reached by a principal, whose tenant every statement names:
/// ```
/// # use alexandria_core::{error::Result, id::DocumentId, principal::Principal};
/// # use alexandria_store::catalog::Catalog;
/// async fn find(catalog: &Catalog, principal: &Principal, id: DocumentId) -> Result<()> {
///     catalog.document(principal, id).await.map(drop)
/// }
/// ```
/// An id alone opens nothing:
/// ```compile_fail
/// # use alexandria_core::{error::Result, id::DocumentId, principal::Principal};
/// # use alexandria_store::catalog::Catalog;
/// async fn find(catalog: &Catalog, principal: &Principal, id: DocumentId) -> Result<()> {
///     catalog.document(id).await.map(drop)
/// }
/// ```
/// and the connections beneath cannot be had:
/// ```compile_fail
/// # use alexandria_store::catalog::Catalog;
/// fn beneath(catalog: &Catalog) {
///     let _connections = &catalog.database;
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Catalog {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    /// Whose jobs were claimed last.
    turn: Arc<jobs::Turn>,
}

impl Catalog {
    /// Opens the catalog at `sqlite:PATH`, `sqlite::memory:` or `postgres://…`.
    ///
    /// A SQLite file that does not exist is made.
    ///
    /// # Errors
    /// `Invalid` for an address of another kind, `Unavailable` when the database cannot be reached,
    /// `Conflict` when its tables are newer than this program or, with [`Upgrade::Refuse`], older.
    pub async fn open(url: &str, options: CatalogOptions) -> Result<Self> {
        let database =
            Database::connect(url, options.connections_max, options.acquire_timeout).await?;
        let catalog = Self {
            database,
            clock: options.clock,
            ids: options.ids,
            turn: Arc::default(),
        };
        let migrator = crate::migrate::Migrator::of(&catalog);
        migrator.refuse_newer().await?;
        match options.upgrade {
            Upgrade::Apply => {
                migrator.up(crate::migrate::Target::Newest).await?;
            }
            Upgrade::Refuse => migrator.refuse_older().await?,
        }
        Ok(catalog)
    }

    /// Opens the catalog as it stands, whatever the age of its tables: for the migration commands,
    /// which are all that may be called on it before the tables are of this program's age.
    ///
    /// # Errors
    /// As for [`Catalog::open`], save those about age.
    pub async fn open_as_it_is(url: &str, options: CatalogOptions) -> Result<Self> {
        let database =
            Database::connect(url, options.connections_max, options.acquire_timeout).await?;
        Ok(Self {
            database,
            clock: options.clock,
            ids: options.ids,
            turn: Arc::default(),
        })
    }

    /// Waits for the statements under way and closes every connection; for SQLite this also folds
    /// the write-ahead log into the file.
    ///
    /// # Errors
    /// `Unavailable` when the database goes away meanwhile.
    pub async fn close(&self) -> Result<()> {
        self.database.close().await
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// `Unavailable` when there is none.
    pub async fn ping(&self) -> Result<()> {
        self.database.ping().await
    }

    /// Connections to the database that are in use at this moment.
    #[must_use]
    pub fn connections_active(&self) -> u32 {
        self.database.connections_active()
    }

    /// The database's name for people: `SQLite` or `PostgreSQL`.
    #[must_use]
    pub fn database_name(&self) -> &'static str {
        self.database.name()
    }

    /// Bytes the database takes on disk (in memory, for one held there).
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn database_bytes(&self) -> Result<u64> {
        self.database.bytes().await
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// The present moment in microseconds, the unit of every time in the database.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_microsecond()
    }

    fn next_id(&self) -> Uuid {
        self.ids.next()
    }

    async fn begin(&self) -> Result<DatabaseTransaction> {
        self.database.begin().await
    }
}

/// Commits, so that what was done survives a kill.
pub(crate) async fn commit(tx: DatabaseTransaction, what: &str) -> Result<()> {
    tx.commit()
        .await
        .doing(|| format!("cannot make {what} permanent"))
}

/// The tenant of a principal, as stored.
fn tenant(principal: &Principal) -> Uuid {
    principal.tenant().as_uuid()
}

/// The one sentence for what is not there, or may not be known of.
fn not_found(noun: &str, id: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no {noun} {id}"))
}

/// A moment, as stored.
fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}
