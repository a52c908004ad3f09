//! Whether the parts of the library answer, each with its latency.

use std::time::{Duration, Instant};

use alexandria_core::error::{Error, ErrorKind, Result};
use serde::Serialize;

use crate::library::Library;
use crate::retrieve::milliseconds;

/// How long a part may take to answer.
const PART_TIMEOUT: Duration = Duration::from_secs(5);

/// What the part is called that writes answers.
pub(crate) const GENERATOR: &str = "generator";

/// How a part does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// It answers.
    Ok,
    /// It is switched off by the settings.
    Off,
    /// It does not answer.
    Failed,
}

/// A part of the library.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartHealth {
    /// `catalog`, `blobs`, `vectors`, `text`, `embedder` or `generator`.
    pub name: &'static str,
    /// Who does the part's work, where that is somebody else: `ollama`, `openai` and so on.
    pub provider: Option<String>,
    /// How it does.
    pub state: PartState,
    /// How long it took to answer, in milliseconds.
    pub latency_ms: f64,
    /// What is wrong, with the remedy, when it failed.
    pub message: Option<String>,
}

/// All parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    /// Each part, in a fixed order.
    pub parts: Vec<PartHealth>,
}

impl Health {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.parts
            .iter()
            .all(|part| part.state != PartState::Failed)
    }
}

impl Library {
    /// Asks every part for a sign of life, all at the same time.
    pub async fn health(&self) -> Health {
        let (catalog, blobs, vectors, text, embedder, generator) = tokio::join!(
            part("catalog", self.catalog.ping()),
            part("blobs", self.blobs.check()),
            part("vectors", self.vectors.check()),
            part("text", self.text.check()),
            self.embedder_health(),
            self.generator_health(),
        );
        Health {
            parts: vec![catalog, blobs, vectors, text, embedder, generator],
        }
    }

    async fn embedder_health(&self) -> PartHealth {
        let name = "embedder";
        match self.models.check_embedder() {
            Some(check) => part(name, check).await,
            None => off(name),
        }
    }

    /// Whether the language model's provider gives a sign of life; that costs nothing, and its own
    /// limit of time is shorter than that of the parts.
    async fn generator_health(&self) -> PartHealth {
        match self.models.check_generator() {
            Some(check) => PartHealth {
                provider: self.models.writing().map(|model| model.provider.clone()),
                ..part(GENERATOR, check).await
            },
            None => off(GENERATOR),
        }
    }
}

const fn off(name: &'static str) -> PartHealth {
    PartHealth {
        name,
        provider: None,
        state: PartState::Off,
        latency_ms: 0.0,
        message: None,
    }
}

async fn part(name: &'static str, check: impl Future<Output = Result<()>>) -> PartHealth {
    let started = Instant::now();
    let outcome = tokio::time::timeout(PART_TIMEOUT, check)
        .await
        .unwrap_or_else(|elapsed| {
            let seconds = PART_TIMEOUT.as_secs();
            Err(
                Error::new(ErrorKind::Timeout, format!("no answer within {seconds} s"))
                    .with_source(elapsed),
            )
        });
    let (state, message) = match outcome {
        Ok(()) => (PartState::Ok, None),
        Err(error) => (PartState::Failed, Some(error.chain())),
    };
    PartHealth {
        name,
        provider: None,
        state,
        latency_ms: milliseconds(started),
        message,
    }
}
