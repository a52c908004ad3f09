//! What a library is opened with, and every limit it keeps.
//!
//! Nothing here is read from the environment: the server reads settings from everywhere and hands
//! over these structs.

use std::path::PathBuf;
use std::sync::Arc;

use alexandria_core::answer::AnswerPolicy;
use alexandria_core::region::{Region, Residence, Seat};
use alexandria_extract::limits::Limits as ReadingLimits;
use alexandria_models::embedder::EmbedderConfig;
use alexandria_models::generator::GeneratorConfig;
use alexandria_store::catalog::Way;
use alexandria_store::seal::RootKey;
use serde::{Deserialize, Serialize};

use crate::access::RelyingParty;
use crate::audit::AUDIT_KEPT_DAYS_DEFAULT;
use crate::limits::LimitSettings;
use crate::usage::Budget;

/// The name of the SQLite catalog inside the data directory.
pub const CATALOG_FILE: &str = "catalog.sqlite";

/// Where a library lives and how it works.
#[derive(Clone, Debug)]
pub struct LibrarySettings {
    /// The one directory that holds everything: catalog, files, indexes.
    pub data: PathBuf,
    /// The address of the catalog's database; [`CATALOG_FILE`] in the data directory when none is
    /// given.
    pub database: Option<String>,
    /// What wraps the keys that files are encrypted with; files are stored as they are when there is
    /// none.
    pub encryption: Option<Arc<dyn RootKey>>,
    /// The directory that holds the models.
    pub models: PathBuf,
    /// Which embedder turns text into vectors.
    pub embedder: EmbedderConfig,
    /// Which language model writes answers.
    pub generator: GeneratorConfig,
    /// In which regions the operator says that all this is.
    pub regions: Regions,
    /// How foreign files are read.
    pub reader: ReaderSettings,
    /// Whether pages without text are recognised from their picture.
    pub recognition: Recognition,
    /// How many jobs run at the same time.
    pub workers: usize,
    /// When a question counts as answered.
    pub answers: AnswerPolicy,
    /// What becomes of a language model's sentences that nothing supports.
    pub unsupported: Unsupported,
    /// For how many days answers are kept to be verified again; 0 for not at all.
    pub answers_kept_days: u32,
    /// For how many days conversations are kept after their last question; 0 until they are deleted.
    pub conversations_kept_days: u32,
    /// Days after which a session ends that nobody goes on with.
    pub refresh_days: u32,
    /// For how many days the audit log and security events are kept; 0 for ever.
    pub audit_kept_days: u32,
    /// Under which name and addresses browsers reach this installation, for passkeys.
    pub relying_party: RelyingParty,
    /// What may be spent on models.
    pub budget: Budget,
    /// How people are told of alerts, beside the log.
    pub alert_ways: Vec<Way>,
    /// What a caller may ask for at most.
    pub limits: LibraryLimits,
    /// How often, how much at once, and how many tokens.
    pub limiting: LimitSettings,
}

impl LibrarySettings {
    /// The defaults for a library in `data` that finds its models in `models`. Files are read in
    /// this process until `reader.worker` names the program that does it.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>, models: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            database: None,
            encryption: None,
            models: models.into(),
            embedder: EmbedderConfig::default(),
            generator: GeneratorConfig::default(),
            regions: Regions::default(),
            reader: ReaderSettings::default(),
            recognition: Recognition::default(),
            workers: WORKERS_DEFAULT,
            answers: AnswerPolicy::default(),
            unsupported: Unsupported::default(),
            answers_kept_days: ANSWERS_KEPT_DAYS_DEFAULT,
            conversations_kept_days: CONVERSATIONS_KEPT_DAYS_DEFAULT,
            refresh_days: crate::access::REFRESH_DAYS_DEFAULT,
            audit_kept_days: AUDIT_KEPT_DAYS_DEFAULT,
            relying_party: RelyingParty::default(),
            budget: Budget::default(),
            alert_ways: Vec::new(),
            limits: LibraryLimits::default(),
            limiting: LimitSettings::default(),
        }
    }

    /// Where the library stores, and where its models run.
    #[must_use]
    pub fn residence(&self) -> Residence {
        let Regions {
            storage,
            embedder,
            generator,
        } = self.regions.clone();
        Residence {
            storage,
            embedder: match self.embedder {
                EmbedderConfig::Off {} => None,
                EmbedderConfig::MiniLm(_) => Some(Seat::Here),
                EmbedderConfig::OpenAi(_)
                | EmbedderConfig::Compatible(_)
                | EmbedderConfig::Gemini(_)
                | EmbedderConfig::Ollama(_) => Some(Seat::Provider(embedder)),
            },
            generator: match self.generator {
                GeneratorConfig::Off => None,
                GeneratorConfig::Local(_) => Some(Seat::Here),
                GeneratorConfig::OpenAi(_)
                | GeneratorConfig::Compatible(_)
                | GeneratorConfig::Gemini(_)
                | GeneratorConfig::Ollama(_)
                | GeneratorConfig::Anthropic(_) => Some(Seat::Provider(generator)),
            },
        }
    }
}

/// In which regions things are, as the operator says; in none where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// The data directory and the database.
    pub storage: Option<Region>,
    /// The provider of the embedding model.
    pub embedder: Option<Region>,
    /// The provider of the language model.
    pub generator: Option<Region>,
}

/// Jobs that run at the same time unless the settings say otherwise: one reads while one embeds.
pub const WORKERS_DEFAULT: usize = 2;

/// For how many days answers are kept unless the settings say otherwise.
pub const ANSWERS_KEPT_DAYS_DEFAULT: u32 = 365;

/// The most answers kept in memory to be given again unless the settings say otherwise, in bytes: some
/// hundreds of answers.
pub const ANSWER_CACHE_BYTES_MAX_DEFAULT: usize = 16 * 1024 * 1024;

/// How long an answer is given again at most unless the settings say otherwise, in seconds.
pub const ANSWER_CACHE_SECONDS_MAX_DEFAULT: u64 = 3_600;

/// For how many days conversations are kept unless the settings say otherwise: until they are deleted.
pub const CONVERSATIONS_KEPT_DAYS_DEFAULT: u32 = 0;

/// What becomes of a language model's sentences that nothing in the library supports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsupported {
    /// They are taken out of the answer.
    #[default]
    Remove,
    /// They stay, and their verdict says that they are not supported.
    Mark,
}

/// How foreign files are read.
#[derive(Clone, Debug, Default)]
pub struct ReaderSettings {
    /// The program that is run as `PROGRAM parse-worker …` for every file, with limits of its own.
    /// Without one, files are read in this process: only for tests and trusted files.
    pub worker: Option<PathBuf>,
    /// What reading one file may cost.
    pub limits: ReadingLimits,
}

/// Whether pages without text are recognised (OCR).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recognition {
    /// With the recogniser found on this machine; without one such pages become faults.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// What a caller may ask for at most, and how long parts may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LibraryLimits {
    /// The largest file that can be added, in bytes.
    pub upload_bytes_max: u64,
    /// The most passages a search returns.
    pub search_passages_max: usize,
    /// The longest question or query, in bytes.
    pub query_bytes_max: usize,
    /// How long the text index may take for one search, in milliseconds.
    pub search_text_timeout_ms: u64,
    /// How long embedding the question and the vector store may take, in milliseconds.
    pub search_vectors_timeout_ms: u64,
    /// The most bytes of stored text that one call returns.
    pub stored_text_bytes_max: u64,
    /// The most pictures of pages kept in memory, in bytes.
    pub picture_cache_bytes_max: usize,
    /// The most answers kept in memory to be given again, in bytes; 0 for none.
    pub answer_cache_bytes_max: usize,
    /// How long an answer is given again at most, in seconds.
    pub answer_cache_seconds_max: u64,
    /// The finest picture of a page, in dots per inch.
    pub picture_dots_per_inch_max: u32,
    /// How often an interrupted or failed job is tried.
    pub job_attempts_max: u32,
}

impl Default for LibraryLimits {
    fn default() -> Self {
        Self {
            upload_bytes_max: 512 * 1024 * 1024,
            search_passages_max: 100,
            query_bytes_max: 8 * 1024,
            search_text_timeout_ms: 5_000,
            search_vectors_timeout_ms: 5_000,
            stored_text_bytes_max: 1024 * 1024,
            picture_cache_bytes_max: 16 * 1024 * 1024,
            answer_cache_bytes_max: ANSWER_CACHE_BYTES_MAX_DEFAULT,
            answer_cache_seconds_max: ANSWER_CACHE_SECONDS_MAX_DEFAULT,
            picture_dots_per_inch_max: 300,
            job_attempts_max: 5,
        }
    }
}
