//! What evaluations have found over time: each way of searching, checking or answering that was measured, on what,
//! and by which version.

use std::collections::BTreeMap;

use alexandria_core::access::Scope;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::evaluation::interval::Estimate;
use alexandria_core::id::EvaluationId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{
    EVALUATIONS_MAX, EvaluationQuery, KeptEvaluation, NewEvaluation, Page,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CheckerEvaluation, Evaluation, Figures, QuestionSetEvaluation, QuestionsEvaluation};
use crate::library::Library;

/// Evaluations that are kept of a tenant at most; the oldest make room.
pub const EVALUATIONS_KEPT_MAX: u32 = EVALUATIONS_MAX;

/// The longest name in an evaluation, in bytes: of what it was measured on, of a way, a measure or a setting.
pub const EVALUATION_NAME_BYTES_MAX: usize = 200;

/// Measures of an evaluation, and settings, at most.
pub const EVALUATION_MEASURES_MAX: usize = 64;

/// What was evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationKind {
    /// How well the search ranks.
    Search,
    /// What the checker sees.
    Checker,
    /// How well questions are answered.
    Questions,
}

/// One way of doing something, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What was evaluated.
    pub kind: EvaluationKind,
    /// SHA-256 of what was asked, lower-case hexadecimal: figures of equal ones can be compared.
    pub digest: String,
    /// The way: who wrote the answers, or by what was searched.
    pub way: String,
    /// The version of the program.
    pub version: String,
    /// What the figures depend on beside, such as the embedding model.
    pub settings: BTreeMap<String, String>,
    /// How many questions, queries or sentences there were.
    pub asked: u64,
    /// The measures by their names.
    pub measures: BTreeMap<String, Measure>,
}

/// A measure, and between which values it lies in 95 of a hundred draws, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its value.
    pub value: f64,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// An evaluation as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEvaluation {
    /// Its identity.
    pub id: EvaluationId,
    /// The name of what was asked: of a folder, or `cases`.
    pub name: String,
    /// What was found.
    pub measured: Measured,
    /// When it was kept.
    pub created: Timestamp,
}

/// Something that was measured and can be kept.
pub trait Ways {
    /// Each way that was measured, on what has this digest.
    fn ways(&self, digest: &str) -> Vec<Measured>;
}

impl Ways for Evaluation {
    fn ways(&self, digest: &str) -> Vec<Measured> {
        let mut settings = BTreeMap::from([("chunks".to_owned(), self.policy.clone())]);
        settings.extend(embedder(self.model.as_ref()));
        let figures = self.figures();
        let legs = ["text", "vectors", "hybrid"].into_iter();
        let measured = legs.map(|leg| {
            let of_leg = figures.iter().filter_map(|figure| {
                let name = figure.name.strip_prefix(leg)?.strip_prefix('.')?;
                Some((name.to_owned(), Measure::of(figure.value)))
            });
            Measured {
                settings: settings.clone(),
                measures: of_leg.collect(),
                ..Measured::new(EvaluationKind::Search, digest, leg, self.queries)
            }
        });
        measured.filter(|leg| !leg.measures.is_empty()).collect()
    }
}

impl Ways for CheckerEvaluation {
    fn ways(&self, digest: &str) -> Vec<Measured> {
        let figures = self.figures().into_iter();
        let sentences = self.false_alarms.of;
        vec![Measured {
            measures: figures
                .map(|figure| (figure.name, Measure::of(figure.value)))
                .collect(),
            ..Measured::new(EvaluationKind::Checker, digest, "checker", sentences)
        }]
    }
}

impl Ways for QuestionSetEvaluation {
    fn ways(&self, digest: &str) -> Vec<Measured> {
        let writers = self.writers.iter();
        writers
            .map(|found| found.measured(digest, self.model.as_ref()))
            .collect()
    }
}

impl QuestionsEvaluation {
    /// What was found, on what has this digest, with this embedding model.
    pub(super) fn measured(&self, digest: &str, model: Option<&String>) -> Measured {
        let mut measures = BTreeMap::new();
        for part in [
            serde_json::to_value(self.measures),
            serde_json::to_value(self.costs),
        ] {
            // Structs of numbers always have a JSON form.
            let fields: BTreeMap<String, Value> =
                part.and_then(serde_json::from_value).unwrap_or_default();
            let defined = fields.into_iter();
            measures.extend(defined.filter_map(|(name, value)| Some((name, measure(value)?))));
        }
        Measured {
            settings: embedder(model).collect(),
            measures,
            ..Measured::new(
                EvaluationKind::Questions,
                digest,
                &self.writer,
                self.questions,
            )
        }
    }
}

impl Measured {
    fn new(kind: EvaluationKind, digest: &str, way: &str, asked: usize) -> Self {
        Self {
            kind,
            digest: digest.to_owned(),
            way: way.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: BTreeMap::new(),
            asked: asked as u64,
            measures: BTreeMap::new(),
        }
    }
}

impl Measure {
    const fn of(value: f64) -> Self {
        Self {
            value,
            low: None,
            high: None,
        }
    }
}

fn embedder(model: Option<&String>) -> impl Iterator<Item = (String, String)> + use<> {
    let model = model.cloned();
    model.into_iter().map(|name| ("embedder".to_owned(), name))
}

/// A measure with its interval, or a number by itself; none where it is not defined.
fn measure(value: Value) -> Option<Measure> {
    if let Some(number) = value.as_f64() {
        return Some(Measure::of(number));
    }
    let Estimate { value, low, high } = serde_json::from_value(value).ok()?;
    Some(Measure {
        value,
        low: Some(low),
        high: Some(high),
    })
}

impl Library {
    /// Keeps what was measured on something of this name; beyond [`EVALUATIONS_KEPT_MAX`] the oldest are
    /// forgotten.
    ///
    /// # Errors
    /// `Invalid` for names that are too long or not there, too many measures, and numbers that are none.
    pub async fn keep_evaluation(
        &self,
        principal: &Principal,
        name: &str,
        measured: &Measured,
    ) -> Result<PastEvaluation> {
        principal.require(Scope::Admin)?;
        check(name, measured)?;
        let about = || "cannot write an evaluation".to_owned();
        let body = serde_json::to_string(measured).context(ErrorKind::Internal, about)?;
        let new = NewEvaluation {
            name: name.to_owned(),
            body,
        };
        past(self.catalog.keep_evaluation(principal, new).await?)
    }

    /// What evaluations have found, newest first.
    ///
    /// # Errors
    /// `Invalid` for a name that none can have, and for a cursor that this list has not given.
    pub async fn evaluations(
        &self,
        principal: &Principal,
        query: &EvaluationQuery,
    ) -> Result<Page<PastEvaluation>> {
        principal.require(Scope::Admin)?;
        if query.name.as_deref().is_some_and(|name| !is_name(name)) {
            let sentence = format!(
                "the name of an evaluation is one line of 1 to {EVALUATION_NAME_BYTES_MAX} bytes"
            );
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let page = self.catalog.evaluations(principal, query).await?;
        Ok(Page {
            items: page.items.into_iter().map(past).collect::<Result<_>>()?,
            next: page.next,
        })
    }

    /// Forgets an evaluation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_evaluation(&self, principal: &Principal, id: EvaluationId) -> Result<()> {
        principal.require(Scope::Admin)?;
        self.catalog.forget_evaluation(principal, id).await
    }
}

fn past(kept: KeptEvaluation) -> Result<PastEvaluation> {
    let measured = serde_json::from_str(&kept.new.body).context(ErrorKind::Corrupt, || {
        format!("cannot read what the evaluation {} has found", kept.id)
    })?;
    Ok(PastEvaluation {
        id: kept.id,
        name: kept.new.name,
        measured,
        created: kept.created,
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= EVALUATION_NAME_BYTES_MAX && !name.contains(char::is_control)
}

/// Sees to it that what is kept has its limits.
fn check(name: &str, measured: &Measured) -> Result<()> {
    let settings = measured
        .settings
        .iter()
        .flat_map(|(key, value)| [key, value]);
    let names = [&measured.way, &measured.version, &measured.digest]
        .into_iter()
        .chain(settings)
        .chain(measured.measures.keys())
        .map(String::as_str);
    let are_names = names.chain([name]).all(is_name);
    let is_number = |measure: &Measure| {
        let ends = [Some(measure.value), measure.low, measure.high];
        ends.into_iter().flatten().all(f64::is_finite)
    };
    let many = measured.measures.len().max(measured.settings.len());
    if are_names && many <= EVALUATION_MEASURES_MAX && measured.measures.values().all(is_number) {
        return Ok(());
    }
    let sentence = format!(
        "an evaluation has at most {EVALUATION_MEASURES_MAX} measures, which are numbers, and as many \
         settings; each name is one line of 1 to {EVALUATION_NAME_BYTES_MAX} bytes"
    );
    Err(Error::new(ErrorKind::Invalid, sentence))
}
