//! How often the checker sees a false sentence, and how often it raises a false alarm: true sentences
//! of a corpus, false ones made from them, and claims that people have judged, where the folder has
//! some.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::block::Span;
use alexandria_core::check::mutation::{
    Mutation, alter, change_number, negate, reworded, swap_entity,
};
use alexandria_core::check::{Source, is_instruction, quotes};
use alexandria_core::clock::Clock;
use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::sentence::sentences;
use alexandria_models::embedder::{self, Embedder, EmbedderConfig};
use serde::{Deserialize, Serialize};

use super::folder::{Record, records};
use crate::clock::SystemClock;
use crate::support::judge;

/// Sentences shorter or longer than this, in words, are not taken.
const SENTENCE_WORDS: std::ops::RangeInclusive<usize> = 7..=50;

/// How the checker is to be measured.
#[derive(Clone, Debug)]
pub struct CheckerRequest {
    /// The folder with `corpus.jsonl`, and perhaps `evidence.jsonl` and `sentences.jsonl`.
    pub folder: PathBuf,
    /// The language of the corpus (ISO 639-1).
    pub language: String,
    /// True sentences that are taken; from each, false ones are made.
    pub sentences: usize,
    /// The directory that holds the models.
    pub models: PathBuf,
    /// Which embedder compares meanings.
    pub embedder: EmbedderConfig,
}

/// What was measured of the checker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckerEvaluation {
    /// True sentences, as they stand and in other words, that are not found supported.
    pub false_alarms: Rate,
    /// False sentences that are not found supported, by how they were made.
    pub detected: Vec<(String, Rate)>,
    /// All of them together.
    pub detected_in_all: Rate,
    /// Claims that people judged supported by the sentences they named, and that the checker does not
    /// find so.
    pub human_false_alarms: Option<Rate>,
    /// Claims that people judged contradicted, and that the checker does not find supported.
    pub human_detected: Option<Rate>,
    /// The time for one sentence, finding its quotes included, in microseconds.
    pub sentence_us: f64,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// How many are counted.
    pub counted: usize,
    /// Of how many.
    pub of: usize,
}

impl Rate {
    fn count(&mut self, holds: bool) {
        self.of += 1;
        self.counted += usize::from(holds);
    }

    /// The share, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn share(&self) -> f64 {
        self.counted as f64 / self.of.max(1) as f64
    }
}

/// Measures the checker on sentences of a corpus.
///
/// # Errors
/// `Invalid` when the folder has no corpus, `Unavailable` when the model is not there.
pub async fn evaluate_checker(
    request: &CheckerRequest,
    report: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<CheckerEvaluation> {
    let documents: Vec<Record> = records(&request.folder.join("corpus.jsonl"), "_id and text")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let embedder = embedder::open(&request.embedder, &request.models, &clock)?;
    let bench = Bench {
        embedder,
        language: request.language.clone(),
    };
    let cases = cases(&documents, request.sentences);
    let mut false_alarms = Rate::default();
    let mut detected: HashMap<Mutation, Rate> = HashMap::new();
    let begun = Instant::now();
    let mut judged = 0_u32;
    for (at, case) in cases.iter().enumerate() {
        for sentence in reworded(case.sentence) {
            false_alarms.count(!bench.supports(&sentence, case.text).await);
            judged += 1;
        }
        for mutation in Mutation::ALL {
            if let Some(is_seen) = bench.sees(mutation, case, at as u64).await {
                detected.entry(mutation).or_default().count(is_seen);
                judged += 1;
            }
        }
        report(at + 1, cases.len());
    }
    let sentence_us = begun.elapsed().as_secs_f64() * 1e6 / f64::from(judged.max(1));
    let (human_false_alarms, human_detected) = bench.human(request).await?.unzip();
    let mut all = Rate::default();
    let detected: Vec<(String, Rate)> = Mutation::ALL
        .iter()
        .filter_map(|mutation| Some((mutation.name().to_owned(), *detected.get(mutation)?)))
        .collect();
    for (_, rate) in &detected {
        all.counted += rate.counted;
        all.of += rate.of;
    }
    Ok(CheckerEvaluation {
        false_alarms,
        detected,
        detected_in_all: all,
        human_false_alarms,
        human_detected,
        sentence_us,
    })
}

/// A true sentence, the text it stands in, and another sentence from another text.
struct Case<'a> {
    sentence: &'a str,
    span: Span,
    text: &'a str,
    other_sentence: &'a str,
    other_text: &'a str,
}

/// Sentences evenly spread over the corpus.
fn cases(documents: &[Record], wanted: usize) -> Vec<Case<'_>> {
    let mut all: Vec<(usize, Span, &str, &str)> = Vec::new();
    for (document, record) in documents.iter().enumerate() {
        for span in sentences(&record.text) {
            let Some(sentence) = span.of(&record.text) else {
                continue;
            };
            let words = sentence.split_whitespace().count();
            if SENTENCE_WORDS.contains(&words)
                && sentence.ends_with('.')
                && !is_instruction(sentence)
            {
                all.push((document, span, sentence, &record.text));
            }
        }
    }
    let step = (all.len() / wanted.max(1)).max(1);
    let half = all.len() / 2;
    let taken = (0..all.len()).step_by(step).take(wanted);
    taken
        .filter_map(|at| {
            let (document, span, sentence, text) = *all.get(at)?;
            // From far away in the corpus, so that it is about something else.
            let mut away = (0..all.len()).map(|step| (at + half + step) % all.len());
            let other = away.find_map(|at| all.get(at).filter(|other| other.0 != document))?;
            Some(Case {
                sentence,
                span,
                text,
                other_sentence: other.2,
                other_text: other.3,
            })
        })
        .collect()
}

struct Bench {
    embedder: Option<Arc<dyn Embedder>>,
    language: String,
}

impl Bench {
    /// Whether the sentence is found supported by a text, as an answer's sentence would be.
    async fn supports(&self, sentence: &str, text: &str) -> bool {
        let language = Some(self.language.as_str());
        let found = quotes(sentence, &[Source { text }], language);
        let quotes: Vec<&str> = found.iter().filter_map(|(_, span)| span.of(text)).collect();
        let embedder = self.embedder.as_deref();
        judge(embedder, sentence, &quotes, "", language)
            .await
            .supported
    }

    /// Whether a false sentence is seen; nothing when none can be made this way.
    async fn sees(&self, mutation: Mutation, case: &Case<'_>, seed: u64) -> Option<bool> {
        let made = match mutation {
            Mutation::Number => change_number(case.sentence, seed)?,
            Mutation::Entity => swap_entity(case.sentence, case.other_sentence, seed)?,
            Mutation::Negation => negate(case.sentence)?,
            Mutation::Document => {
                return Some(!self.supports(case.sentence, case.other_text).await);
            }
            Mutation::Quote => {
                let altered = alter(case.sentence, seed)?;
                return Some(case.span.of(case.text) != Some(altered.as_str()));
            }
        };
        Some(!self.supports(&made, case.text).await)
    }

    /// False alarms and detections on claims that people have judged; nothing when there are none.
    async fn human(&self, request: &CheckerRequest) -> Result<Option<(Rate, Rate)>> {
        let path = request.folder.join("evidence.jsonl");
        let there = path.try_exists().context(ErrorKind::Invalid, || {
            format!("cannot look for {}", path.display())
        })?;
        if !there {
            return Ok(None);
        }
        let claims: Vec<Claim> = records(&path, "claim, doc_id, label and sentences")?;
        let texts: Vec<Abstract> =
            records(&request.folder.join("sentences.jsonl"), "_id and sentences")?;
        let texts: HashMap<&str, &[String]> = texts
            .iter()
            .map(|text| (text.id.as_str(), text.sentences.as_slice()))
            .collect();
        let (mut alarms, mut detected) = (Rate::default(), Rate::default());
        for claim in &claims {
            let Some(text) = texts.get(claim.document.as_str()) else {
                continue;
            };
            let quotes: Vec<&str> = claim
                .sentences
                .iter()
                .filter_map(|at| text.get(*at).map(String::as_str))
                .collect();
            let embedder = self.embedder.as_deref();
            let language = Some(self.language.as_str());
            let verdict = judge(embedder, &claim.text, &quotes, "", language).await;
            match claim.label.as_str() {
                "SUPPORT" => alarms.count(!verdict.supported),
                _ => detected.count(!verdict.supported),
            }
        }
        Ok(Some((alarms, detected)))
    }
}

/// A claim that people have judged by some sentences of a text.
#[derive(Debug, Deserialize)]
struct Claim {
    #[serde(rename = "claim")]
    text: String,
    #[serde(rename = "doc_id")]
    document: String,
    label: String,
    sentences: Vec<usize>,
}

/// A text, cut into sentences by hand.
#[derive(Debug, Deserialize)]
struct Abstract {
    #[serde(rename = "_id")]
    id: String,
    sentences: Vec<String>,
}
