//! A model in this process: a GGUF file, run by llama.cpp on the processor.
//!
//! Only a program that was built with the cargo feature `local-model` has it, because building
//! llama.cpp takes minutes and a C++ compiler. Every other program says so when it is asked for one.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};

use super::Generator;
use crate::provider::Limits;

#[cfg(feature = "local-model")]
mod desk;
#[cfg(feature = "local-model")]
mod text;
#[cfg(feature = "local-model")]
mod weights;

/// What it is called in settings, logs and answers.
pub const LOCAL_NAME: &str = "local";

/// What a GGUF file begins with.
const MAGIC: [u8; 4] = *b"GGUF";

/// A model in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalConfig {
    /// The GGUF file.
    pub file: PathBuf,
    /// Tokens of prompt and answer together; memory is set aside for them.
    pub context_tokens_max: usize,
    /// How long it may take; `calls_max` is how many may wait, because one is written at a time.
    pub limits: Limits,
}

/// Opens the model. It is loaded when it is first asked, so that commands that ask nothing do not
/// wait for it.
///
/// # Errors
/// `Invalid` when there is no such file or it holds no model; `Unsupported` when this program was
/// built without models in its own process.
pub(super) fn open(config: &LocalConfig) -> Result<Arc<dyn Generator>> {
    readable(&config.file)?;
    built(config)
}

/// Whether there is a file that begins as a model does.
fn readable(file: &Path) -> Result<()> {
    let shown = file.display();
    let mut magic = [0; MAGIC.len()];
    fs_err::File::open(file)
        .and_then(|mut file| file.read_exact(&mut magic))
        .context(ErrorKind::Invalid, || {
            format!(
                "cannot read the language model {shown}: set ALEXANDRIA_GENERATOR_FILE to a file in \
                 the GGUF format"
            )
        })?;
    if magic != MAGIC {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!(
                "{shown} is no language model: set ALEXANDRIA_GENERATOR_FILE to a file in the GGUF \
                 format"
            ),
        ));
    }
    Ok(())
}

#[cfg(feature = "local-model")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without the feature it always fails"
)]
fn built(config: &LocalConfig) -> Result<Arc<dyn Generator>> {
    Ok(Arc::new(desk::Desk::open(config)))
}

#[cfg(not(feature = "local-model"))]
fn built(_config: &LocalConfig) -> Result<Arc<dyn Generator>> {
    Err(Error::new(
        ErrorKind::Unsupported,
        "this program was built without language models in its own process: build it with `make build \
         LOCAL_MODEL=1`, or run the model in a server such as llama.cpp or Ollama and set \
         ALEXANDRIA_GENERATOR=compatible or ollama",
    ))
}
