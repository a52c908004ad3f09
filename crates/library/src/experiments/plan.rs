//! What an experiment changes and measures, and which plans make no sense.

use alexandria_core::answer::AnswerPolicy;
use alexandria_core::budget::Feature;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::experiment::{Guardrail, Metric};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::Experiment;
use serde::{Deserialize, Serialize};

use super::EXPERIMENT_NAME_BYTES_MAX;
use crate::ask::{ASK_PASSAGES_DEFAULT, AskRequest, Participation, WriterChoice};
use crate::library::Library;
use crate::search::SearchMode;
use crate::settings::Unsupported;

/// Variants of an experiment, the control among them.
pub const VARIANTS_MAX: usize = 8;

/// Guardrails of an experiment.
pub const GUARDRAILS_MAX: usize = 16;

/// The longest hypothesis, in bytes.
pub const HYPOTHESIS_BYTES_MAX: usize = 4_000;

/// The largest weight of a variant.
pub const WEIGHT_MAX: u32 = 1_000;

/// The most observations that a guardrail may wait for.
pub const OBSERVATIONS_MAX: u64 = 1_000_000;

/// Sentences that an answer may be made of at most.
pub const ANSWER_SENTENCES_MAX: usize = 20;

/// What an experiment changes and measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is expected, and why.
    pub hypothesis: String,
    /// What always gets the same variant.
    pub unit: Unit,
    /// The metric that decides.
    pub metric: Metric,
    /// The difference of it that matters, in its unit.
    pub difference: Option<f64>,
    /// The variants; the first is the control.
    pub variants: Vec<Variant>,
    /// What must not become worse.
    pub guardrails: Vec<Guardrail>,
}

/// What always gets the same variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A person or key.
    #[default]
    Actor,
    /// A question, whoever asks it: for a library that one person uses.
    Question,
}

/// One way of answering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// How much of the traffic it gets, beside the others' weights.
    pub weight: u32,
    /// What it changes; nothing for the control.
    pub changes: Changes,
}

/// What a variant changes. What is absent stays as the settings have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Which indexes are asked.
    pub search_mode: Option<SearchMode>,
    /// How many passages are looked through.
    pub passages: Option<usize>,
    /// Who writes the answer.
    pub writer: Option<WriterChoice>,
    /// What becomes of a language model's sentences that nothing supports.
    pub unsupported: Option<Unsupported>,
    /// How sure exact sentences have to be to count as an answer, from 0 to 1.
    pub answer_threshold: Option<f32>,
    /// How many exact sentences an answer has at most.
    pub answer_sentences: Option<usize>,
}

/// How questions are answered without an experiment, and what there is to change.
#[derive(Clone, Debug)]
pub(crate) struct Ways {
    pub(crate) policy: AnswerPolicy,
    pub(crate) unsupported: Unsupported,
    pub(crate) passages_max: usize,
    pub(crate) has_embedder: bool,
    pub(crate) has_model: bool,
}

impl Library {
    /// How questions are answered without an experiment.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub(crate) async fn ways(&self, principal: &Principal) -> Result<Ways> {
        let embedder = self.embedder_for(principal, Feature::SearchEmbedding);
        Ok(Ways {
            policy: self.settings.answers,
            unsupported: self.settings.unsupported,
            passages_max: self.settings.limits.search_passages_max,
            has_embedder: embedder.await?.is_model(),
            has_model: self.generator_for(principal).await?.is_model(),
        })
    }
}

impl Plan {
    /// The plan of an experiment.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be read.
    pub fn read(experiment: &Experiment) -> Result<Self> {
        serde_json::from_str(&experiment.plan).context(ErrorKind::Corrupt, || {
            format!("cannot read the plan of the experiment {}", experiment.id)
        })
    }

    /// Whether somebody who asks so leaves open all that this experiment changes. One who does not takes
    /// no part, in the control neither: the variants would not be of the same questions.
    pub(crate) fn leaves_open(&self, participation: Participation) -> bool {
        let any = |changes: fn(&Changes) -> bool| {
            let mut all = self.variants.iter();
            all.any(|variant| changes(&variant.changes))
        };
        participation.takes_part
            && !(participation.gives_passages && any(|changes| changes.passages.is_some()))
            && !(participation.gives_writer && any(|changes| changes.writer.is_some()))
    }

    /// Refuses a plan that cannot be carried out or would measure nothing.
    pub(crate) fn check(&self, ways: &Ways) -> Result<()> {
        if self.hypothesis.len() > HYPOTHESIS_BYTES_MAX {
            return refused(format!(
                "the hypothesis is longer than {HYPOTHESIS_BYTES_MAX} bytes"
            ));
        }
        if !(2..=VARIANTS_MAX).contains(&self.variants.len()) {
            return refused(format!(
                "an experiment has 2 to {VARIANTS_MAX} variants; the first is the control"
            ));
        }
        if self.metric == Metric::LatencyP95 {
            return refused("latency_p95 is for guardrails: compare by latency".to_owned());
        }
        if self.metric == Metric::Cost && !ways.has_model {
            return refused("nothing costs anything: there is no language model".to_owned());
        }
        let positive = |amount: f64| amount.is_finite() && amount > 0.0;
        let difference = self.difference.unwrap_or(1e-3);
        if !positive(difference) || (self.metric.is_share() && difference > 1.0) {
            return refused(
                "the difference that matters must be above 0, and at most 1 for a share".to_owned(),
            );
        }
        self.check_guardrails()?;
        for (at, variant) in self.variants.iter().enumerate() {
            check_name("a variant", &variant.name)?;
            self.check_variant(at, variant, ways)?;
        }
        Ok(())
    }

    fn check_guardrails(&self) -> Result<()> {
        if self.guardrails.len() > GUARDRAILS_MAX {
            return refused(format!(
                "an experiment has {GUARDRAILS_MAX} guardrails at most"
            ));
        }
        for guardrail in &self.guardrails {
            let name = guardrail.metric.name();
            let amount = guardrail.worse_by;
            if !amount.is_finite() || amount < 0.0 || (guardrail.metric.is_share() && amount >= 1.0)
            {
                return refused(format!(
                    "the guardrail of {name} must allow 0 or more, and less than 1 for a share"
                ));
            }
            if !(2..=OBSERVATIONS_MAX).contains(&guardrail.observations_min) {
                return refused(format!(
                    "the guardrail of {name} must wait for 2 to {OBSERVATIONS_MAX} observations"
                ));
            }
        }
        Ok(())
    }

    fn check_variant(&self, at: usize, variant: &Variant, ways: &Ways) -> Result<()> {
        let name = &variant.name;
        if !(1..=WEIGHT_MAX).contains(&variant.weight) {
            return refused(format!(
                "the weight of the variant {name:?} must be 1 to {WEIGHT_MAX}"
            ));
        }
        let earlier = self.variants.get(..at).unwrap_or_default();
        if earlier.iter().any(|other| other.name == *name) {
            return refused(format!("two variants have the name {name:?}"));
        }
        if at == 0 {
            if variant.changes != Changes::default() {
                return refused(format!(
                    "the first variant, {name:?}, is the control and must change nothing"
                ));
            }
            return Ok(());
        }
        if variant.changes == Changes::default() {
            return refused(format!("the variant {name:?} changes nothing"));
        }
        let same = |other: &&Variant| other.changes == variant.changes;
        if let Some(other) = earlier.iter().find(same) {
            let other = &other.name;
            return refused(format!("the variants {other:?} and {name:?} are the same"));
        }
        if let Some(why) = variant.changes.idle(ways) {
            return refused(format!("the variant {name:?} is not possible: {why}"));
        }
        Ok(())
    }
}

impl Changes {
    /// Why one of the changes does nothing or cannot be, if one does.
    fn idle(&self, ways: &Ways) -> Option<String> {
        let extractive = self.writer == Some(WriterChoice::Extractive);
        let same = |what: &str| Some(format!("{what} is what the settings say already"));
        match self.search_mode {
            Some(SearchMode::Hybrid) => return same("the search mode hybrid"),
            Some(SearchMode::Text | SearchMode::Vectors) if !ways.has_embedder => {
                return Some("without an embedder there is one search mode only".to_owned());
            }
            Some(SearchMode::Text | SearchMode::Vectors) | None => {}
        }
        match self.passages {
            Some(ASK_PASSAGES_DEFAULT) => return same("that number of passages"),
            Some(passages) if !(1..=ways.passages_max).contains(&passages) => {
                return Some(format!(
                    "1 to {} passages can be looked through",
                    ways.passages_max
                ));
            }
            Some(_) | None => {}
        }
        match self.writer {
            Some(WriterChoice::Auto) => return same("the writer auto"),
            Some(WriterChoice::Extractive) if !ways.has_model => {
                return Some(
                    "without a language model answers are exact sentences anyway".to_owned(),
                );
            }
            Some(WriterChoice::Extractive) | None => {}
        }
        match self.unsupported {
            Some(unsupported) if unsupported == ways.unsupported => {
                return same("that treatment of unsupported sentences");
            }
            Some(_) if !ways.has_model || extractive => {
                return Some("only a language model writes unsupported sentences".to_owned());
            }
            Some(_) | None => {}
        }
        self.idle_policy(&ways.policy)
    }

    fn idle_policy(&self, policy: &AnswerPolicy) -> Option<String> {
        if let Some(threshold) = self.answer_threshold {
            if !(0.0..=1.0).contains(&threshold) {
                return Some("the answer threshold is a number from 0 to 1".to_owned());
            }
            if (threshold - policy.confidence_min).abs() < 1e-6 {
                return Some("that answer threshold is what the settings say already".to_owned());
            }
        }
        let sentences = self.answer_sentences?;
        if !(1..=ANSWER_SENTENCES_MAX).contains(&sentences) {
            return Some(format!(
                "an answer has 1 to {ANSWER_SENTENCES_MAX} sentences"
            ));
        }
        (sentences == policy.sentences_max)
            .then(|| "that number of sentences is what answers have already".to_owned())
    }

    /// What to set or ask for, one line for each change, for whoever keeps this variant.
    #[must_use]
    pub fn to_keep(&self) -> Vec<String> {
        let word = |value: Option<serde_json::Value>| {
            let value = value.unwrap_or_default();
            value.as_str().unwrap_or_default().to_owned()
        };
        let mut lines = Vec::new();
        if let Some(mode) = self.search_mode {
            let mode = word(serde_json::to_value(mode).ok());
            lines.push(format!(
                "search_mode = {mode}: no setting does this yet; let the experiment run at 100 % with that \
                 variant"
            ));
        }
        if let Some(passages) = self.passages {
            lines.push(format!("ask with \"passages\": {passages}"));
        }
        if let Some(writer) = self.writer {
            let writer = word(serde_json::to_value(writer).ok());
            lines.push(format!(
                "ask with \"writer\": \"{writer}\", or set generator.provider to \"off\""
            ));
        }
        if let Some(unsupported) = self.unsupported {
            let unsupported = word(serde_json::to_value(unsupported).ok());
            lines.push(format!("set answer.unsupported = \"{unsupported}\""));
        }
        if let Some(threshold) = self.answer_threshold {
            lines.push(format!("set answer.threshold = {threshold}"));
        }
        if let Some(sentences) = self.answer_sentences {
            lines.push(format!(
                "answer_sentences = {sentences}: no setting does this yet; let the experiment run at 100 % \
                 with that variant"
            ));
        }
        lines
    }

    /// The question as this variant asks it.
    pub(crate) fn request(&self, request: &AskRequest) -> AskRequest {
        let mut request = request.clone();
        request.passages = self.passages.unwrap_or(request.passages);
        request.writer = self.writer.unwrap_or(request.writer);
        request
    }
}

/// Refuses names that cannot be typed or told apart.
pub(crate) fn check_name(what: &str, name: &str) -> Result<()> {
    let odd = name.chars().any(char::is_control) || name.trim() != name || name.contains('/');
    if name.is_empty() || name.len() > EXPERIMENT_NAME_BYTES_MAX || odd {
        return refused(format!(
            "the name of {what} has 1 to {EXPERIMENT_NAME_BYTES_MAX} bytes, without slashes and without \
             spaces at its ends"
        ));
    }
    Ok(())
}

fn refused(sentence: String) -> Result<()> {
    Err(Error::new(ErrorKind::Invalid, sentence))
}
