//! `alexandria models`: fetch the embedding model, or say where it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use clap::{Args, Subcommand};

use super::paint::{GOOD, STRONG, WARN, bytes, clean, paint};
use super::{Outcome, Setting};
use crate::config::Config;

/// The script that fetches the model, beside the sources.
const SCRIPT: &str = "scripts/fetch-models";

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria models status
  alexandria models fetch";

/// Fetch the embedding model, or say where it is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Models {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Fetch what is missing, pinned and checked
    Fetch,
    /// Say what is there
    Status,
}

impl Models {
    /// Does it.
    pub(super) async fn run(self, setting: &Setting) -> Result<Outcome> {
        match self.verb {
            Verb::Fetch => {
                let config = setting.config().clone();
                tokio::task::spawn_blocking(move || fetch(&config))
                    .await
                    .context(ErrorKind::Internal, || {
                        "the thread that fetches the model broke".to_owned()
                    })??;
                status(setting)
            }
            Verb::Status => status(setting),
        }
    }
}

fn fetch(config: &Config) -> Result<()> {
    let script = script()?;
    let ended = Command::new(&script)
        .env("ALEXANDRIA_MODELS", &config.models)
        .status()
        .context(ErrorKind::Unavailable, || {
            format!("cannot run {}", script.display())
        })?;
    if ended.success() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unavailable,
        "the model was not fetched; the lines above say why",
    ))
}

/// The script, from the working directory upwards and from the program upwards.
fn script() -> Result<PathBuf> {
    let program = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    let beginnings = [
        here,
        program.and_then(|path| path.parent().map(Path::to_owned)),
    ];
    for beginning in beginnings.into_iter().flatten() {
        for folder in beginning.ancestors() {
            let script = folder.join(SCRIPT);
            if script.is_file() {
                return Ok(script);
            }
        }
    }
    Err(Error::new(
        ErrorKind::NotFound,
        format!(
            "cannot find {SCRIPT}: run this in the folder of the sources, or copy the model's \
                 folder from another machine and set ALEXANDRIA_MODELS"
        ),
    ))
}

/// The files of the model.
///
/// # Errors
/// `Unavailable` when it has not been fetched.
pub(super) fn find(config: &Config) -> Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    gather(&config.models, 0, &mut files);
    if files.is_empty() {
        let directory = config.models.display();
        let message = format!("the embedding model is not in {directory}");
        return Err(Error::new(ErrorKind::Unavailable, message));
    }
    Ok(files)
}

/// The files under a folder, two folders deep.
fn gather(folder: &Path, depth: usize, files: &mut Vec<(PathBuf, u64)>) {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        match entry.metadata() {
            Ok(metadata) if metadata.is_file() => files.push((entry.path(), metadata.len())),
            Ok(metadata) if metadata.is_dir() && depth < 2 => {
                gather(&entry.path(), depth + 1, files);
            }
            Ok(_) | Err(_) => {}
        }
    }
}

fn status(setting: &Setting) -> Result<Outcome> {
    let painter = setting.painter;
    let found = find(setting.config());
    let directory = setting.config().models.display().to_string();
    if painter.is_json() {
        let files = found.as_ref().map(Vec::as_slice).unwrap_or_default();
        let rows: Vec<_> = files
            .iter()
            .map(|(path, size)| serde_json::json!({ "file": path, "bytes": size }))
            .collect();
        painter.json(&serde_json::json!({ "directory": directory, "files": rows }))?;
        return Ok(if found.is_ok() {
            Outcome::Done
        } else {
            Outcome::Nothing
        });
    }
    match found {
        Ok(files) => {
            painter.say(format!(
                "{} {}",
                paint(STRONG, "Models in"),
                clean(&directory)
            ));
            for (path, size) in files {
                let name = path
                    .strip_prefix(&directory)
                    .unwrap_or(&path)
                    .display()
                    .to_string();
                painter.say(format!(
                    "  {} {} {}",
                    paint(GOOD, "✓"),
                    clean(&name),
                    bytes(size)
                ));
            }
            Ok(Outcome::Done)
        }
        Err(error) => {
            painter.say(format!(
                "{} {}",
                paint(WARN, "missing:"),
                clean(error.message())
            ));
            painter.say("Fetch it: alexandria models fetch");
            Ok(Outcome::Nothing)
        }
    }
}
