//! Experiments as they cross the wire: what callers give.

use alexandria_core::experiment::{Guardrail, Metric};
use alexandria_core::id::ExperimentId;
use alexandria_library::experiments::{Changes, Plan, Tried, Unit, Variant};
use alexandria_library::settings::Unsupported;
use alexandria_library::{WriterChoice, search::SearchMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::requests::{ModeBody, WriterChoiceBody};

/// Observations that a guardrail waits for unless it says otherwise.
const OBSERVATIONS_MIN_DEFAULT: u64 = 50;

/// What is measured of the answers of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Metric")]
pub(crate) enum MetricBody {
    /// Thumbs up, of all answers that got a thumb.
    ThumbsUpRate,
    /// Thumbs down, of all answers.
    ThumbsDownRate,
    /// Questions that were answered, of all.
    AnsweredRate,
    /// Questions that failed or whose answer had to do without a part, of all.
    ErrorRate,
    /// The share of an answer's sentences that are supported.
    SupportRate,
    /// The mean time of an answer, in milliseconds.
    Latency,
    /// The time that 95 of 100 answers do not exceed, in milliseconds; for guardrails.
    LatencyP95,
    /// The mean cost of an answer, in US dollars.
    Cost,
}

impl From<Metric> for MetricBody {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::ThumbsUpRate => Self::ThumbsUpRate,
            Metric::ThumbsDownRate => Self::ThumbsDownRate,
            Metric::AnsweredRate => Self::AnsweredRate,
            Metric::ErrorRate => Self::ErrorRate,
            Metric::SupportRate => Self::SupportRate,
            Metric::Latency => Self::Latency,
            Metric::LatencyP95 => Self::LatencyP95,
            Metric::Cost => Self::Cost,
        }
    }
}

impl From<MetricBody> for Metric {
    fn from(metric: MetricBody) -> Self {
        match metric {
            MetricBody::ThumbsUpRate => Self::ThumbsUpRate,
            MetricBody::ThumbsDownRate => Self::ThumbsDownRate,
            MetricBody::AnsweredRate => Self::AnsweredRate,
            MetricBody::ErrorRate => Self::ErrorRate,
            MetricBody::SupportRate => Self::SupportRate,
            MetricBody::Latency => Self::Latency,
            MetricBody::LatencyP95 => Self::LatencyP95,
            MetricBody::Cost => Self::Cost,
        }
    }
}

/// What always gets the same variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ExperimentUnit")]
pub(crate) enum UnitBody {
    /// A person or key.
    #[default]
    Actor,
    /// A question, whoever asks it: for a library that one person uses.
    Question,
}

/// What becomes of sentences that nothing supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Unsupported")]
pub(crate) enum UnsupportedBody {
    /// They are taken out.
    Remove,
    /// They stay, and their verdict says so.
    Mark,
}

/// What a variant changes. What is absent stays as the settings have it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Changes")]
pub(crate) struct ChangesBody {
    /// Which indexes are asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) search_mode: Option<ModeBody>,
    /// How many passages are looked through.
    #[schemars(range(min = 1, max = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) passages: Option<usize>,
    /// Who writes the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) writer: Option<WriterChoiceBody>,
    /// What becomes of a language model's sentences that nothing supports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unsupported: Option<UnsupportedBody>,
    /// How sure exact sentences have to be to count as an answer.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer_threshold: Option<f32>,
    /// How many exact sentences an answer has at most.
    #[schemars(range(min = 1, max = 20))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer_sentences: Option<usize>,
}

/// One way of answering.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Variant")]
pub(crate) struct VariantBody {
    /// Its name.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) name: String,
    /// How much of the traffic it gets, beside the others' weights; 1 unless given.
    #[schemars(range(min = 1, max = 1000))]
    #[serde(default = "one")]
    pub(crate) weight: u32,
    /// What it changes; nothing for the control.
    #[serde(default)]
    pub(crate) changes: ChangesBody,
}

/// A metric that must not be worse than the control's by more than so much. A breach stops the experiment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Guardrail")]
pub(crate) struct GuardrailBody {
    /// What is guarded.
    pub(crate) metric: MetricBody,
    /// How much worse it may be: 0.05 for five percentage points, or milliseconds, or dollars.
    #[schemars(range(min = 0.0))]
    pub(crate) worse_by: f64,
    /// How many observations both sides need before it is looked at; 50 unless given.
    #[schemars(range(min = 2, max = 1_000_000))]
    #[serde(default = "observations_min")]
    pub(crate) observations_min: u64,
}

/// An experiment to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewExperiment", example = &serde_json::json!({
    "name": "more passages",
    "hypothesis": "Twice the passages answer more questions.",
    "metric": "answered_rate",
    "share": 50,
    "variants": [{ "name": "control" }, { "name": "twenty", "changes": { "passages": 20 } }],
    "guardrails": [{ "metric": "latency_p95", "worse_by": 200 }]
}))]
pub(crate) struct NewExperimentBody {
    /// Its name, unique in the library.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) name: String,
    /// What you expect, and why.
    #[schemars(length(max = 4000))]
    #[serde(default)]
    pub(crate) hypothesis: String,
    /// What always gets the same variant.
    #[serde(default)]
    pub(crate) unit: UnitBody,
    /// The metric that decides.
    pub(crate) metric: MetricBody,
    /// The difference of it that matters: 0.05, or a tenth of the control's time or cost, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) difference: Option<f64>,
    /// The share of traffic that takes part, in percent; 100 unless given.
    #[schemars(range(min = 0, max = 100))]
    #[serde(default = "hundred")]
    pub(crate) share: u8,
    /// The variants; the first is the control and changes nothing.
    #[schemars(length(min = 2, max = 8))]
    pub(crate) variants: Vec<VariantBody>,
    /// What must not become worse.
    #[schemars(length(max = 16))]
    #[serde(default)]
    pub(crate) guardrails: Vec<GuardrailBody>,
}

/// The experiment that an answer was part of.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Trial")]
pub(crate) struct TrialBody {
    /// The experiment.
    #[schemars(with = "Uuid")]
    pub(crate) id: ExperimentId,
    /// Its name.
    pub(crate) name: String,
    /// The variant that answered.
    pub(crate) variant: String,
}

const fn one() -> u32 {
    1
}

const fn hundred() -> u8 {
    100
}

const fn observations_min() -> u64 {
    OBSERVATIONS_MIN_DEFAULT
}

impl From<Tried> for TrialBody {
    fn from(tried: Tried) -> Self {
        Self {
            id: tried.experiment,
            name: tried.name,
            variant: tried.variant_name,
        }
    }
}

impl From<ChangesBody> for Changes {
    fn from(body: ChangesBody) -> Self {
        Self {
            search_mode: body.search_mode.map(SearchMode::from),
            passages: body.passages,
            writer: body.writer.map(WriterChoice::from),
            unsupported: body.unsupported.map(|one| match one {
                UnsupportedBody::Remove => Unsupported::Remove,
                UnsupportedBody::Mark => Unsupported::Mark,
            }),
            answer_threshold: body.answer_threshold,
            answer_sentences: body.answer_sentences,
        }
    }
}

impl From<Changes> for ChangesBody {
    fn from(changes: Changes) -> Self {
        Self {
            search_mode: changes.search_mode.map(|mode| match mode {
                SearchMode::Hybrid => ModeBody::Hybrid,
                SearchMode::Text => ModeBody::Text,
                SearchMode::Vectors => ModeBody::Vectors,
            }),
            passages: changes.passages,
            writer: changes.writer.map(|writer| match writer {
                WriterChoice::Auto => WriterChoiceBody::Auto,
                WriterChoice::Extractive => WriterChoiceBody::Extractive,
            }),
            unsupported: changes.unsupported.map(|one| match one {
                Unsupported::Remove => UnsupportedBody::Remove,
                Unsupported::Mark => UnsupportedBody::Mark,
            }),
            answer_threshold: changes.answer_threshold,
            answer_sentences: changes.answer_sentences,
        }
    }
}

impl From<UnitBody> for Unit {
    fn from(unit: UnitBody) -> Self {
        match unit {
            UnitBody::Actor => Self::Actor,
            UnitBody::Question => Self::Question,
        }
    }
}

impl From<Unit> for UnitBody {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Actor => Self::Actor,
            Unit::Question => Self::Question,
        }
    }
}

impl From<GuardrailBody> for Guardrail {
    fn from(body: GuardrailBody) -> Self {
        Self {
            metric: body.metric.into(),
            worse_by: body.worse_by,
            observations_min: body.observations_min,
        }
    }
}

impl From<Guardrail> for GuardrailBody {
    fn from(guardrail: Guardrail) -> Self {
        Self {
            metric: guardrail.metric.into(),
            worse_by: guardrail.worse_by,
            observations_min: guardrail.observations_min,
        }
    }
}

impl From<NewExperimentBody> for Plan {
    fn from(body: NewExperimentBody) -> Self {
        let variants = body.variants.into_iter().map(|variant| Variant {
            name: variant.name,
            weight: variant.weight,
            changes: variant.changes.into(),
        });
        Self {
            hypothesis: body.hypothesis,
            unit: body.unit.into(),
            metric: body.metric.into(),
            difference: body.difference,
            variants: variants.collect(),
            guardrails: body.guardrails.into_iter().map(Guardrail::from).collect(),
        }
    }
}
