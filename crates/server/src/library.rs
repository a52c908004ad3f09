//! Opening the library as the settings say.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_library::Library;
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::settings::{LibrarySettings, Recognition};
use alexandria_models::embedder::EmbedderConfig;
use alexandria_models::embedder::minilm::{MiniLmConfig, Precision};

use tokio_util::sync::CancellationToken;

use crate::config::{Config, Ocr};

/// How long to wait before trying again to work on jobs that another process works on.
const WORK_AGAIN: Duration = Duration::from_millis(500);

/// Opens the library. When the embedding model has not been fetched, texts are found by their words
/// alone, and a warning says so.
///
/// # Errors
/// Whatever keeps the library from opening.
pub(crate) async fn open(config: &Config) -> Result<Arc<Library>> {
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
    settings.embedder = embedder(config);
    settings.reader.worker = Some(program);
    settings.reader.limits.memory_bytes = config.reading_memory_bytes_max;
    settings.reader.limits.cpu_seconds = config.reading_cpu_seconds_max;
    settings.recognition = match config.ocr {
        Ocr::Auto => Recognition::Auto,
        Ocr::Off => Recognition::Off,
    };
    settings.workers = config.workers;
    settings.answers.confidence_min = config.answer_threshold.value();
    settings.limits.upload_bytes_max = config.upload_bytes_max;
    Ok(settings)
}

/// The embedder that the settings name.
pub(crate) fn embedder(config: &Config) -> EmbedderConfig {
    let precision = match config.embedder.as_str() {
        "off" => return EmbedderConfig::Off {},
        "f32" => Precision::F32,
        _ => Precision::Int8,
    };
    EmbedderConfig::MiniLm(MiniLmConfig {
        precision,
        ..MiniLmConfig::default()
    })
}
