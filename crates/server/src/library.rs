//! Opening the library as the settings say.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::Library;
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::settings::{
    CATALOG_FILE, LibrarySettings, Recognition, Regions, Unsupported,
};
use alexandria_library::usage::Budget;
use alexandria_models::embedder::EmbedderConfig;

use alexandria_store::seal::{LocalRoot, RootKey};
use rustix::fs::{Access, access};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Doubted, Ocr};
use crate::vault::Transit;

/// Millionths of a dollar in a dollar.
const MICROS: u64 = 1_000_000;

/// How long to wait before trying again to work on jobs that another process works on.
const WORK_AGAIN: Duration = Duration::from_millis(500);

/// Opens the library. When the embedding model has not been fetched, texts are found by their words
/// alone, and a warning says so.
///
/// # Errors
/// Whatever keeps the library from opening.
pub(crate) async fn open(config: &Config) -> Result<Arc<Library>> {
    check_directory(&config.data)?;
    let settings = settings(config)?;
    let opened = Library::open(settings.clone(), Arc::new(SystemClock), Arc::new(SystemIds)).await;
    let error = match opened {
        Err(error) if error.kind() == ErrorKind::Unavailable && config.embedder != "off" => error,
        other => return other,
    };
    let without = LibrarySettings {
        embedder: EmbedderConfig::Off {},
        ..settings
    };
    let clock = Arc::new(SystemClock);
    let Ok(library) = Library::open(without, clock, Arc::new(SystemIds)).await else {
        return Err(error);
    };
    tracing::warn!(
        "documents are found by their words alone: {}",
        error.chain()
    );
    Ok(library)
}

/// Makes sure that there is a library to look at.
///
/// # Errors
/// `NotFound` when none has been begun in the data directory.
pub(crate) fn require(config: &Config) -> Result<()> {
    let begun = config.database_url.is_some() || config.data.join(CATALOG_FILE).is_file();
    if begun || !may_look(&config.data) {
        return Ok(());
    }
    let whole = std::path::absolute(&config.data).unwrap_or_else(|_| config.data.clone());
    Err(Error::new(
        ErrorKind::NotFound,
        format!(
            "there is no library in {}: `alexandria add FILE` begins one there, and --data DIR \
             looks in another folder",
            whole.display()
        ),
    ))
}

/// Whether it can be known what is in a folder; one that is not there is known to be empty.
fn may_look(folder: &Path) -> bool {
    match fs_err::read_dir(folder) {
        Ok(_entries) => true,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Refuses a data directory that cannot be used, with the remedy.
fn check_directory(data: &Path) -> Result<()> {
    let Ok(found) = fs_err::metadata(data) else {
        return Ok(());
    };
    let shown = data.display();
    if !found.is_dir() {
        let message =
            format!("the data directory {shown} is a file: name a folder with --data DIR");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let all = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
    access(data, all).map_err(|source| {
        let owner = std::os::unix::fs::MetadataExt::uid(&found);
        let message = format!(
            "may not read and write the data directory {shown}, which belongs to user {owner}: \
             start this as that user, or name another folder with --data DIR"
        );
        Error::new(ErrorKind::Forbidden, message).with_source(std::io::Error::from(source))
    })
}

/// Works on jobs until told to stop. While another process does, this one waits for its turn: that
/// one may be a verb of the command line that ends in a moment.
pub(crate) async fn work(library: &Arc<Library>, stop: &CancellationToken) {
    let mut told = false;
    while !stop.is_cancelled() {
        if let Err(error) = library.run_workers(stop.clone()).await
            && !told
        {
            tracing::info!("waiting for the right to work on jobs: {}", error.chain());
            told = true;
        }
        stop.run_until_cancelled(tokio::time::sleep(WORK_AGAIN))
            .await;
    }
}

/// What the library's files are encrypted with; nothing where encryption is off.
fn root_key(config: &Config) -> Result<Option<Arc<dyn RootKey>>> {
    Ok(
        match (&config.encryption_key, &config.encryption_transit_key) {
            (Some(key), _) => Some(Arc::new(LocalRoot::from_hex(key)?)),
            (None, Some(key)) => Some(Arc::new(Transit::open(config, key)?)),
            (None, None) => None,
        },
    )
}

/// The library's settings.
///
/// # Errors
/// When this program cannot find itself: it reads files by starting itself again.
pub(crate) fn settings(config: &Config) -> Result<LibrarySettings> {
    let program = std::env::current_exe().context(ErrorKind::Internal, || {
        "cannot find the path of this program".to_owned()
    })?;
    let mut settings = LibrarySettings::new(config.data.clone(), config.models.clone());
    settings.database.clone_from(&config.database_url);
    settings.encryption = root_key(config)?;
    settings.embedder = crate::config::embedder::settings(config)?;
    settings.generator = crate::config::generator::settings(config)?;
    settings.regions = Regions {
        storage: config.storage_region.clone(),
        embedder: config.embedder_region.clone(),
        generator: config.generator_region.clone(),
    };
    settings.reader.worker = Some(program);
    settings.reader.limits.memory_bytes = config.reading_memory_bytes_max;
    settings.reader.limits.cpu_seconds = config.reading_cpu_seconds_max;
    settings.recognition = match config.ocr {
        Ocr::Auto => Recognition::Auto,
        Ocr::Off => Recognition::Off,
    };
    settings.workers = config.workers;
    settings.answers.confidence_min = config.answer_threshold.value();
    settings.unsupported = match config.answer_unsupported {
        Doubted::Remove => Unsupported::Remove,
        Doubted::Mark => Unsupported::Mark,
    };
    settings.answers_kept_days = config.answer_kept_days;
    settings.conversations_kept_days = config.conversation_kept_days;
    settings.refresh_days = config.refresh_days;
    settings.relying_party = crate::config::relying_party(config);
    settings.audit_kept_days = config.audit_kept_days;
    settings.budget = Budget {
        month_micros_max: config.budget_month_usd_max.saturating_mul(MICROS),
        month_micros_alert: config.budget_month_usd_alert.saturating_mul(MICROS),
    };
    settings.limiting = crate::config::limits::settings(config);
    settings.alert_ways = crate::alerts::ways(config);
    settings.limits.upload_bytes_max = config.upload_bytes_max;
    settings.limits.answer_cache_bytes_max = config.answer_cache_bytes_max;
    settings.limits.answer_cache_seconds_max = config.answer_cache_seconds_max;
    Ok(settings)
}
