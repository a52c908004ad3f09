//! Logs: JSON on standard output for machines, coloured lines for people, and files that rotate.
//!
//! Every line written while a request is served carries its `request_id`. The text of documents,
//! questions and answers never reaches a log.

use std::io::IsTerminal;
use std::sync::Mutex;

use alexandria_core::error::{Context, ErrorKind, Result};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;

use crate::config::{Config, LogFormat};

pub(crate) mod measures;
mod rotating;

use rotating::Rotating;

/// The target of the lines that go to the performance log: one for each request.
pub(crate) const PERFORMANCE: &str = "performance";

/// The file that holds what the log holds.
const LOG_FILE: &str = "alexandria.log";

/// The file that holds one line for each request.
const PERFORMANCE_FILE: &str = "performance.log";

/// Libraries whose inner life is of interest only to those who debug them.
const NOISY: [&str; 6] = [
    "hyper",
    "hyper_util",
    "reqwest",
    "sea_orm",
    "sqlx",
    "tantivy",
];

/// Starts logging for a server: to standard output, and to files when the settings say so.
///
/// # Errors
/// When the directory of the log files cannot be written.
pub(crate) fn begin_for_server(config: &Config) -> Result<()> {
    let level = config.log_level.filter();
    let pretty = match config.log_format {
        LogFormat::Auto => std::io::stdout().is_terminal(),
        LogFormat::Json => false,
        LogFormat::Pretty => true,
    };
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = Vec::new();
    layers.push(if pretty {
        let layer = tracing_subscriber::fmt::layer().with_target(false);
        layer.with_filter(everything_but_performance(level)).boxed()
    } else {
        json()
            .with_filter(everything_but_performance(level))
            .boxed()
    });
    if config.log_files.is_on() {
        let open = |name: &str| {
            let path = config.log_directory.join(name);
            Rotating::open(&path, config.log_file_bytes_max, config.log_files_kept)
                .context(ErrorKind::Unavailable, || {
                    format!("cannot write the log file {}", path.display())
                })
                .map(Mutex::new)
        };
        let log = json().with_writer(open(LOG_FILE)?);
        layers.push(log.with_filter(everything_but_performance(level)).boxed());
        let performance = json().with_writer(open(PERFORMANCE_FILE)?);
        layers.push(
            performance
                .with_filter(Targets::new().with_target(PERFORMANCE, Level::INFO))
                .boxed(),
        );
    }
    install(layers);
    Ok(())
}

/// Where documents that cannot be read are logged: the verbs of the command line say it themselves.
const JOBS: &str = "alexandria_library::jobs";

/// Starts logging for a verb of the command line: warnings, on standard error.
pub(crate) fn begin_for_verb() {
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time();
    install(vec![
        layer
            .with_filter(
                everything_but_performance(LevelFilter::WARN).with_target(JOBS, LevelFilter::ERROR),
            )
            .boxed(),
    ]);
}

fn install(layers: Vec<Box<dyn Layer<Registry> + Send + Sync>>) {
    let subscriber = tracing_subscriber::registry().with(layers);
    // A second subscriber can only be refused in a process that has one: the first goes on.
    tracing::subscriber::set_global_default(subscriber).ok();
}

fn json<S>() -> tracing_subscriber::fmt::Layer<
    S,
    tracing_subscriber::fmt::format::JsonFields,
    tracing_subscriber::fmt::format::Format<tracing_subscriber::fmt::format::Json>,
>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
}

fn everything_but_performance(level: LevelFilter) -> Targets {
    let quiet = level.min(LevelFilter::WARN);
    Targets::new()
        .with_default(level)
        .with_targets(NOISY.map(|target| (target, quiet)))
        .with_target(PERFORMANCE, LevelFilter::OFF)
}
