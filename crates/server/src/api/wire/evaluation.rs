//! What evaluations find, as it crosses the wire.

use std::collections::BTreeMap;

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::EvaluationId;
use alexandria_library::evaluate::{
    EVALUATION_NAME_BYTES_MAX, EvaluationKind, Measure, Measured, PastEvaluation,
    QuestionsEvaluation,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How well questions were answered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "QuestionsEvaluation")]
pub(crate) struct EvaluationBody {
    /// Who wrote the answers: `extractive`, or provider and name of a language model.
    pub(crate) writer: String,
    /// Questions asked.
    pub(crate) questions: usize,
    /// Of these, the ones that have an answer.
    pub(crate) answerable: usize,
    /// Answers that a language model was to write and that are made of exact sentences instead.
    pub(crate) fallbacks: usize,
    /// How good the answers are: each measure by its name, absent where it is not defined.
    pub(crate) measures: BTreeMap<String, Option<EstimateBody>>,
    /// What they cost: times in milliseconds, tokens for a question, dollars for all.
    pub(crate) costs: BTreeMap<String, Option<f64>>,
}

/// A measure, and what it lies between in 95 of a hundred draws of questions.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Estimate")]
pub(crate) struct EstimateBody {
    /// The measure over all questions.
    pub(crate) value: f64,
    /// The lower end.
    pub(crate) low: f64,
    /// The upper end.
    pub(crate) high: f64,
}

impl EvaluationBody {
    /// The twin of an evaluation. The names of measures and costs are the library's own.
    ///
    /// # Errors
    /// `Internal` when there is a measure of another shape.
    pub(crate) fn of(found: &QuestionsEvaluation) -> Result<Self> {
        let about = || "cannot write what was found".to_owned();
        let value = serde_json::to_value(found).context(ErrorKind::Internal, about)?;
        serde_json::from_value(value).context(ErrorKind::Internal, about)
    }
}

/// What was evaluated.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EvaluationKind")]
pub(crate) enum EvaluationKindBody {
    /// How well the search ranks.
    Search,
    /// What the checker sees.
    Checker,
    /// How well questions are answered.
    Questions,
}

/// A measure of an evaluation, with what it lies between in 95 of a hundred draws, where that is known.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EvaluationMeasure")]
pub(crate) struct MeasureBody {
    /// Its value.
    value: f64,
    /// The lower end.
    low: Option<f64>,
    /// The upper end.
    high: Option<f64>,
}

/// What an evaluation has found, about to be kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewEvaluation")]
pub(crate) struct NewPastEvaluationBody {
    /// The name of what was asked: of a folder of questions, or `cases`.
    #[schemars(length(min = 1, max = EVALUATION_NAME_BYTES_MAX))]
    pub(crate) name: String,
    /// What was evaluated.
    kind: EvaluationKindBody,
    /// SHA-256 of what was asked, in hexadecimal: figures of equal ones can be compared.
    #[schemars(length(min = 1, max = EVALUATION_NAME_BYTES_MAX))]
    digest: String,
    /// Who wrote the answers (`extractive`, or provider and name of a language model), or by what was searched.
    #[schemars(length(min = 1, max = EVALUATION_NAME_BYTES_MAX))]
    way: String,
    /// The version of the program that was measured.
    #[schemars(length(min = 1, max = EVALUATION_NAME_BYTES_MAX))]
    version: String,
    /// What the figures depend on beside, such as the embedding model.
    #[serde(default)]
    settings: BTreeMap<String, String>,
    /// How many questions, queries or sentences there were.
    asked: u64,
    /// The measures by their names.
    measures: BTreeMap<String, MeasureBody>,
}

/// What an evaluation has found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Evaluation")]
pub(crate) struct PastEvaluationBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: EvaluationId,
    /// When it was kept.
    created: Timestamp,
    /// The name of what was asked: of a folder of questions, or `cases`.
    name: String,
    /// What was evaluated.
    kind: EvaluationKindBody,
    /// SHA-256 of what was asked, in hexadecimal: figures of equal ones can be compared.
    digest: String,
    /// Who wrote the answers (`extractive`, or provider and name of a language model), or by what was searched.
    way: String,
    /// The version of the program that was measured.
    version: String,
    /// What the figures depend on beside, such as the embedding model.
    settings: BTreeMap<String, String>,
    /// How many questions, queries or sentences there were.
    asked: u64,
    /// The measures by their names.
    measures: BTreeMap<String, MeasureBody>,
}

impl NewPastEvaluationBody {
    /// The twin of what was measured on something of this name.
    pub(crate) fn new(name: &str, measured: &Measured) -> Self {
        let Measured {
            kind,
            digest,
            way,
            version,
            settings,
            asked,
            measures,
        } = measured.clone();
        Self {
            name: name.to_owned(),
            kind: kind.into(),
            digest,
            way,
            version,
            settings,
            asked,
            measures: twins(measures),
        }
    }

    /// What it says was measured.
    pub(crate) fn measured(self) -> Measured {
        Measured {
            kind: self.kind.into(),
            digest: self.digest,
            way: self.way,
            version: self.version,
            settings: self.settings,
            asked: self.asked,
            measures: twins(self.measures),
        }
    }
}

impl From<PastEvaluation> for PastEvaluationBody {
    fn from(past: PastEvaluation) -> Self {
        let Measured {
            kind,
            digest,
            way,
            version,
            settings,
            asked,
            measures,
        } = past.measured;
        Self {
            id: past.id,
            created: past.created,
            name: past.name,
            kind: kind.into(),
            digest,
            way,
            version,
            settings,
            asked,
            measures: twins(measures),
        }
    }
}

fn twins<T, S: From<T>>(measures: BTreeMap<String, T>) -> BTreeMap<String, S> {
    let measures = measures.into_iter();
    measures.map(|(name, one)| (name, one.into())).collect()
}

impl From<Measure> for MeasureBody {
    fn from(Measure { value, low, high }: Measure) -> Self {
        Self { value, low, high }
    }
}

impl From<MeasureBody> for Measure {
    fn from(MeasureBody { value, low, high }: MeasureBody) -> Self {
        Self { value, low, high }
    }
}

impl From<EvaluationKind> for EvaluationKindBody {
    fn from(kind: EvaluationKind) -> Self {
        match kind {
            EvaluationKind::Search => Self::Search,
            EvaluationKind::Checker => Self::Checker,
            EvaluationKind::Questions => Self::Questions,
        }
    }
}

impl From<EvaluationKindBody> for EvaluationKind {
    fn from(kind: EvaluationKindBody) -> Self {
        match kind {
            EvaluationKindBody::Search => Self::Search,
            EvaluationKindBody::Checker => Self::Checker,
            EvaluationKindBody::Questions => Self::Questions,
        }
    }
}
