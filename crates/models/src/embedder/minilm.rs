//! all-MiniLM-L6-v2 on this machine, without any other process, in bytes or in full precision.
//!
//! A call is cut into units of a few hundred tokens, each worked through by one thread from the first
//! layer to the last. Units of passages share a fixed number of lanes; a question takes none, so that
//! it never waits behind a book.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use alexandria_core::error::{Context, ErrorKind, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Embedded, Embedder, EmbeddingModel, Purpose, Usage};

mod attention;
mod forward;
mod kernel;
mod lane;
mod safetensors;
mod tokenizer;
mod vocabulary;
mod weights;

use forward::Scratch;
use kernel::Kernel;
use lane::Lanes;
use vocabulary::Vocabulary;
use weights::Weights;

/// The folder of the model among all models.
const FOLDER: &str = "all-minilm-l6-v2";
/// Pieces of a text, without the two marks around it.
const TOKENS_MAX: usize = weights::POSITIONS - 2;
/// Tokens of a unit, marks included, unless one text alone has more: about 40 ms of one core, and 4 MB
/// of memory.
const UNIT_TOKENS_MAX: usize = 512;

/// In what numbers the model computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// In bytes: four times as fast, a quarter of the memory, the same order of results.
    #[default]
    Int8,
    /// In numbers of 32 bits: the reference that bytes are compared with.
    F32,
}

/// How to run the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MiniLmConfig {
    /// In what numbers it computes: `int8` or `f32`.
    pub precision: Precision,
    /// How many threads work on passages at the same time; as many as there are cores by default.
    pub threads: Option<NonZeroUsize>,
}

/// The model, opened.
#[derive(Clone)]
pub struct MiniLm {
    shared: Arc<Shared>,
}

struct Shared {
    model: EmbeddingModel,
    vocabulary: Vocabulary,
    weights: Weights,
    kernel: Kernel,
    lanes: Lanes,
    /// Memory of units that are done, for the next ones; never more than units at the same time.
    scratches: Mutex<Vec<Scratch>>,
}

/// Texts that are worked through together: their numbers in the call and their pieces.
type Unit = Vec<(usize, Vec<u32>)>;

impl MiniLm {
    /// Opens the model in a directory of models. The first time, the weights are prepared, which
    /// takes about a second.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if the model has not been fetched, [`ErrorKind::Corrupt`] if its
    /// files are damaged.
    pub fn open(config: &MiniLmConfig, models: &Path) -> Result<Self> {
        Self::open_with(config, models, Kernel::detect())
    }

    fn open_with(config: &MiniLmConfig, models: &Path, kernel: Kernel) -> Result<Self> {
        let directory = models.join(FOLDER);
        let tokenizer = directory.join("tokenizer.json");
        let found = tokenizer.try_exists().context(ErrorKind::Unavailable, || {
            format!("cannot look for the embedding model in {directory:?}")
        })?;
        if !found {
            return Err(weights::missing(&directory));
        }
        let vocabulary = Vocabulary::read(&tokenizer, weights::PIECES)?;
        let weights = Weights::open(&directory, config.precision)?;
        let name = match config.precision {
            Precision::Int8 => "all-MiniLM-L6-v2/int8-1",
            Precision::F32 => "all-MiniLM-L6-v2/f32-1",
        };
        let threads = config
            .threads
            .or_else(|| thread::available_parallelism().ok());
        tracing::debug!(
            model = name,
            kernel = kernel.name(),
            "opened the embedding model"
        );
        Ok(Self {
            shared: Arc::new(Shared {
                model: EmbeddingModel {
                    name: name.to_owned(),
                    dimensions: weights::HIDDEN,
                    tokens_max: TOKENS_MAX,
                },
                vocabulary,
                weights,
                kernel,
                lanes: Lanes::new(threads.unwrap_or(NonZeroUsize::MIN)),
                scratches: Mutex::new(Vec::new()),
            }),
        })
    }

    /// Embeds texts on this thread and as many others as there are lanes. It blocks: async callers
    /// use [`Embedder::embed`].
    #[must_use]
    pub fn embed_blocking(&self, texts: &[&str], purpose: Purpose) -> Embedded {
        let shared = &*self.shared;
        let mut tokens = 0;
        let units = shared.cut(texts, &mut tokens);
        let workers = shared.lanes.count().min(units.len());
        let next = AtomicUsize::new(0);
        let work = || shared.work(&units, &next, purpose);
        let done = if workers <= 1 {
            work()
        } else {
            thread::scope(|scope| {
                let others = (1..workers).map(|_| scope.spawn(work)).collect::<Vec<_>>();
                let mut done = work();
                for other in others {
                    match other.join() {
                        Ok(more) => done.extend(more),
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
                done
            })
        };
        let mut vectors = vec![Vec::new(); texts.len()];
        for (index, vector) in done {
            if let Some(place) = vectors.get_mut(index) {
                *place = vector;
            }
        }
        Embedded {
            vectors,
            usage: Usage {
                tokens,
                cost_micros: 0,
            },
        }
    }
}

impl Shared {
    /// Cuts texts into pieces and gathers them in units, counting all tokens.
    fn cut(&self, texts: &[&str], tokens: &mut u64) -> Vec<Unit> {
        let mut units = Vec::<Unit>::new();
        let mut room = 0;
        for (index, text) in texts.iter().enumerate() {
            let mut pieces = vec![tokenizer::CLASS];
            pieces.extend(tokenizer::encode(&self.vocabulary, text, TOKENS_MAX));
            pieces.push(tokenizer::SEPARATOR);
            let length = pieces.len();
            *tokens += length as u64;
            match units.last_mut() {
                Some(unit) if length <= room => {
                    room -= length;
                    unit.push((index, pieces));
                }
                _ => {
                    room = UNIT_TOKENS_MAX.saturating_sub(length);
                    units.push(vec![(index, pieces)]);
                }
            }
        }
        units
    }

    /// Takes one unit after the other until none is left.
    fn work(&self, units: &[Unit], next: &AtomicUsize, purpose: Purpose) -> Vec<(usize, Vec<f32>)> {
        let mut done = Vec::new();
        // A question is short and somebody waits for it; many at once are work like any other.
        let is_urgent = purpose == Purpose::Query && units.len() == 1;
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            let lane = (!is_urgent).then(|| self.lanes.take());
            let sequences = unit
                .iter()
                .map(|(_, pieces)| pieces.as_slice())
                .collect::<Vec<_>>();
            let mut scratch = self.scratches().pop().unwrap_or_default();
            let vectors = forward::forward(&self.weights, self.kernel, &sequences, &mut scratch);
            self.scratches().push(scratch);
            drop(lane);
            done.extend(unit.iter().map(|(index, _)| *index).zip(vectors));
        }
        done
    }

    /// A panic elsewhere leaves nothing half-done in the list.
    fn scratches(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        self.scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MiniLm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MiniLm")
            .field("model", &self.shared.model)
            .field("kernel", &self.shared.kernel)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Embedder for MiniLm {
    fn model(&self) -> &EmbeddingModel {
        &self.shared.model
    }

    fn count_tokens(&self, text: &str) -> usize {
        tokenizer::count(&self.shared.vocabulary, text)
    }

    fn knows(&self, text: &str) -> bool {
        is_latin(text)
    }

    fn grasp(&self, text: &str) -> f32 {
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
            .collect();
        let pieces = self.count_tokens(&words.join(" "));
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^24")]
        let pieces_per_word = pieces as f32 / words.len().max(1) as f32;
        let (known, spelled) = (PIECES_OF_KNOWN_WORDS, PIECES_OF_SPELLED_WORDS);
        ((spelled - pieces_per_word) / (spelled - known)).clamp(0.0, 1.0)
    }

    async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded> {
        let texts = texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>();
        let this = self.clone();
        let work = move || {
            let texts = texts.iter().map(String::as_str).collect::<Vec<_>>();
            this.embed_blocking(&texts, purpose)
        };
        tokio::task::spawn_blocking(work)
            .await
            .context(ErrorKind::Internal, || {
                format!("cannot embed with {}", self.shared.model.name)
            })
    }
}

/// Pieces a word has on average, at most, in texts whose words the model knows. English questions have
/// 1.0 to 1.4, claims of biomedicine 1.2 to 1.6.
const PIECES_OF_KNOWN_WORDS: f32 = 1.3;

/// Pieces a word has on average, at least, in texts that the model spells out. German questions have
/// 1.9 to 2.6, Spanish and Romanian ones 1.6 to 2.1.
const PIECES_OF_SPELLED_WORDS: f32 = 1.8;

/// Whether at least half of a text's letters are Latin: the model was trained on English, and its
/// vocabulary has hardly more than single letters of other writings.
fn is_latin(text: &str) -> bool {
    let (mut latin, mut letters) = (0_usize, 0_usize);
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        letters += 1;
        let is_latin = matches!(letter, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
        latin += usize::from(is_latin);
    }
    latin * 2 >= letters
}

#[cfg(test)]
mod tests;
