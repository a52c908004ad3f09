//! Answers that a language model writes, sentence by sentence checked against the stored text.
//!
//! The model is given numbered passages and marks which of them supports each sentence. What it marks
//! is a hint, no evidence: the quotes are found in the passages here, read from the stored text again,
//! and the checker decides. A sentence that no passage supports is removed, or kept and said to be
//! unsupported, as the settings want it.

use alexandria_core::budget::Feature;
use alexandria_core::check::{Source, quotes};
use alexandria_core::citation::Citation;
use alexandria_core::citation::reader::{CitationReader, Flow, Marked};
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::prompt::{Shown, ground};
use alexandria_models::embedder::Embedder;
use alexandria_models::generator::{
    Delta, FinishReason, GeneratorModel, Message, Prompt, Role, Usage,
};

use super::{Asked, headings_of};
use crate::ask::{AnswerSentence, AskEvent};
use crate::library::Library;
use crate::metered::{Begun, Metered};
use crate::metrics::SENTENCES_CHECKED_TOTAL;
use crate::models::LentGenerator;
use crate::search::FoundPassage;
use crate::settings::Unsupported;
use crate::support;

/// Tokens that a model may write.
const ANSWER_TOKENS_MAX: u32 = 600;

/// The most tokens of passages that a model is given, however many it could take: more does not make
/// answers better and costs time and money.
const PROMPT_TOKENS_MAX: usize = 6_000;

/// Bytes that are counted as one token where the model's own tokens are not known.
const BYTES_PER_TOKEN: usize = 3;

/// What became of asking a model.
pub(super) enum Generated {
    /// It has written; perhaps nothing that is supported.
    Written(Written),
    /// It has not been asked, because a budget is used up, as the sentence says.
    Unaffordable(String),
    /// It has written nothing that counts, for this reason.
    Failed(String, Written),
}

/// What a model has written, checked.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) sentences: Vec<AnswerSentence>,
    /// Sentences that nothing supports and that were taken out.
    pub(super) removed: Vec<AnswerSentence>,
    pub(super) usage: Option<Usage>,
    /// Why it broke off, if it did.
    pub(super) broken: Option<String>,
}

impl Written {
    /// The share of all sentences that are supported.
    pub(super) fn confidence(&self) -> f32 {
        let supported = self.sentences.iter().filter(|one| one.verdict.supported);
        let (supported, all) = (supported.count(), self.sentences.len() + self.removed.len());
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^24")]
        let share = supported as f32 / all.max(1) as f32;
        share
    }
}

impl Library {
    /// Lets a model answer from the passages.
    pub(super) async fn generate(
        &self,
        asked: &Asked<'_>,
        generator: &LentGenerator,
    ) -> Result<Generated> {
        let (prompt, shown) = prompt(asked, generator);
        if shown == 0 {
            let name = &generator.model().name;
            let why = format!(
                "the model {name} takes too few tokens for a single \
                               passage: set models.generator_context_tokens_max to what it takes"
            );
            return Ok(Generated::Failed(why, Written::default()));
        }
        let ledger = self.ledger();
        let begun = Metered::begin(&ledger, Feature::Answer, generator, &prompt);
        let mut stream = match begun.await? {
            Begun::Call(stream) => stream,
            Begun::Refused(why) => return Ok(Generated::Unaffordable(why)),
            Begun::Failed(error) => {
                let why = failed(generator, &error);
                return Ok(Generated::Failed(why, Written::default()));
            }
        };
        let desk = Desk {
            library: self,
            asked,
            passages: asked.passages.get(..shown).unwrap_or_default(),
        };
        let mut reader = CitationReader::default();
        let mut written = Written::default();
        while let Some(delta) = stream.next().await {
            match delta {
                Ok(Delta::Text(text)) => {
                    let flow = reader.push(&text);
                    desk.take(flow, &mut written).await?;
                }
                Ok(Delta::Done { reason, usage }) => {
                    written.usage = Some(usage);
                    if reason == FinishReason::Refused {
                        written.broken = Some(format!(
                            "the model {} did not want to answer",
                            generator.model().name
                        ));
                    }
                }
                Err(error) => {
                    written.usage = Some(stream.usage());
                    written.broken = Some(failed(generator, &error));
                    break;
                }
            }
        }
        let declined = reader.found_nothing();
        if written.broken.is_none() || !written.sentences.is_empty() {
            // The last sentence of a model that broke off may be half of one; the checker sees to it
            // that it says nothing wrong.
            desk.take(reader.finish(), &mut written).await?;
        }
        let supported = written.sentences.iter().any(|one| one.verdict.supported);
        if !supported && !declined {
            let why = written.broken.take().unwrap_or_else(|| {
                let name = &generator.model().name;
                format!(
                    "the language model {name} wrote nothing that the library supports; this answer is \
                     made of exact sentences instead"
                )
            });
            written.removed.append(&mut written.sentences);
            return Ok(Generated::Failed(why, written));
        }
        Ok(Generated::Written(written))
    }
}

/// Where the sentences of one answer are checked.
struct Desk<'a> {
    library: &'a Library,
    asked: &'a Asked<'a>,
    /// The passages that the model has seen.
    passages: &'a [FoundPassage],
}

impl Desk<'_> {
    /// Takes what has flowed in: shows the draft, checks the sentences.
    async fn take(&self, flow: Flow, written: &mut Written) -> Result<()> {
        if !flow.draft.is_empty() {
            (self.asked.emit)(AskEvent::Draft(flow.draft)).await;
        }
        for marked in flow.sentences {
            let sentence = self.judge(&marked).await?;
            let outcome = if sentence.verdict.supported {
                "supported"
            } else {
                "unsupported"
            };
            metrics::counter!(SENTENCES_CHECKED_TOTAL, "outcome" => outcome).increment(1);
            let stays =
                sentence.verdict.supported || self.asked.way.unsupported == Unsupported::Mark;
            if stays {
                (self.asked.emit)(AskEvent::Sentence(sentence.clone())).await;
                written.sentences.push(sentence);
            } else {
                (self.asked.emit)(AskEvent::Removed(sentence.clone())).await;
                written.removed.push(sentence);
            }
        }
        Ok(())
    }

    /// Finds the quotes of a sentence and checks it against them: first in the passages it names, then
    /// in all that the model has seen, because a wrong mark does not make a sentence wrong.
    async fn judge(&self, marked: &Marked) -> Result<AnswerSentence> {
        let named: Vec<usize> = marked
            .marks
            .iter()
            .filter_map(|mark| usize::try_from(*mark).ok()?.checked_sub(1))
            .filter(|at| *at < self.passages.len())
            .collect();
        let all: Vec<usize> = (0..self.passages.len()).collect();
        let mut judged = self.judge_by(&marked.text, &named).await?;
        if !judged.verdict.supported {
            let other = self.judge_by(&marked.text, &all).await?;
            if other.verdict.supported || named.is_empty() {
                judged = other;
            }
        }
        Ok(judged)
    }

    async fn judge_by(&self, text: &str, places: &[usize]) -> Result<AnswerSentence> {
        let sources: Vec<Source<'_>> = places
            .iter()
            .filter_map(|at| self.passages.get(*at))
            .map(|found| Source {
                text: &found.passage.chunk.text,
            })
            .collect();
        let mut citations: Vec<Citation> = Vec::new();
        let mut headings = String::new();
        for (source, within) in quotes(text, &sources, self.asked.language) {
            let Some((at, found)) = places
                .get(source)
                .and_then(|at| Some((*at, self.passages.get(*at)?)))
            else {
                continue;
            };
            let span = within.shifted(found.passage.chunk.place.span.start);
            let cited = self
                .library
                .cite(self.asked.principal, self.passages, at, span)
                .await?;
            if let Some(citation) = cited {
                headings.push_str(&headings_of(&citation));
                citations.push(citation);
            }
        }
        let quotes: Vec<&str> = citations.iter().map(|one| one.quote.as_str()).collect();
        let embedder = self
            .library
            .embedder_for(self.asked.principal, Feature::SearchEmbedding);
        let embedder = embedder.await?.model();
        let embedder = embedder.as_ref().map(|embedder| embedder as &dyn Embedder);
        let verdict = support::judge(embedder, text, &quotes, &headings, self.asked.language).await;
        Ok(AnswerSentence {
            text: text.to_owned(),
            citations,
            verdict,
        })
    }
}

/// What the model is told, and how many of the passages are in it.
fn prompt(asked: &Asked<'_>, generator: &LentGenerator) -> (Prompt, usize) {
    let shown: Vec<Shown<'_>> = asked
        .passages
        .iter()
        .map(|found| Shown {
            title: &found.passage.title,
            text: &found.passage.chunk.text,
        })
        .collect();
    let room = generator.model().context_tokens_max;
    let answer = usize::try_from(ANSWER_TOKENS_MAX)
        .unwrap_or_default()
        .min(room / 3);
    let tokens_max = room.saturating_sub(answer).min(PROMPT_TOKENS_MAX);
    let count = |text: &str| text.len().div_ceil(BYTES_PER_TOKEN);
    let grounding = ground(&asked.request.text, &shown, asked.voice, tokens_max, &count);
    let prompt = Prompt {
        system: grounding.system,
        messages: vec![Message {
            role: Role::User,
            text: grounding.user,
        }],
        tokens_max: u32::try_from(answer).unwrap_or(ANSWER_TOKENS_MAX),
        temperature: 0.0,
    };
    (prompt, grounding.passages)
}

/// What a reader is told of a model that does not answer.
fn failed(generator: &LentGenerator, error: &alexandria_core::error::Error) -> String {
    let model = generator.model();
    tracing::warn!(provider = model.provider, model = model.name, error = %error.chain(),
        "a language model did not answer");
    let why = match error.kind() {
        ErrorKind::Timeout => "took too long",
        ErrorKind::Exhausted => "wants fewer questions at present",
        ErrorKind::Forbidden => "does not take the key",
        ErrorKind::Unavailable => "cannot be reached or broke off",
        ErrorKind::TooLarge => return too_long(model),
        ErrorKind::Invalid => "does not take the question",
        ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Unsupported
        | ErrorKind::Corrupt
        | ErrorKind::Internal
        | _ => "did not answer",
    };
    format!(
        "the language model {} ({}) {why}; this answer is made of exact sentences instead, as far as \
         it goes",
        model.name, model.provider
    )
}

/// What a reader is told of a model that takes fewer tokens than it is given.
fn too_long(model: &GeneratorModel) -> String {
    format!(
        "the language model {} ({}) does not take a question with so many tokens of passages: set \
         models.generator_context_tokens_max (ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX), which is {}, to \
         what the model takes, or ask with fewer passages; this answer is made of exact sentences instead",
        model.name, model.provider, model.context_tokens_max
    )
}
