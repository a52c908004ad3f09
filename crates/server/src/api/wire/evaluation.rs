//! How well questions were answered, as it crosses the wire.

use std::collections::BTreeMap;

use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_library::evaluate::QuestionsEvaluation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
