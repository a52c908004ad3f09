//! What has come out of an experiment, as it crosses the wire.

use alexandria_core::experiment::interval::{Difference, Interval};
use alexandria_core::experiment::{GuardState, Guardrail, Judgement, Verdict};
use alexandria_core::id::ExperimentId;
use alexandria_library::experiments::{MetricReport, Plan, Report, VariantReport};
use alexandria_library::{Experiment, ExperimentState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::experiment::{GuardrailBody, MetricBody, UnitBody, VariantBody};

/// Whether an experiment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ExperimentState")]
pub(crate) enum ExperimentStateBody {
    /// It has not been started.
    Draft,
    /// It runs.
    Running,
    /// It has run.
    Stopped,
}

/// An experiment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Experiment")]
pub(crate) struct ExperimentBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: ExperimentId,
    /// Its name.
    pub(crate) name: String,
    /// What is expected, and why.
    pub(crate) hypothesis: String,
    /// What always gets the same variant.
    pub(crate) unit: UnitBody,
    /// The metric that decides.
    pub(crate) metric: MetricBody,
    /// The difference of it that matters, where it was given.
    pub(crate) difference: Option<f64>,
    /// The share of traffic that takes part, in percent.
    pub(crate) share: u8,
    /// The variants; the first is the control.
    pub(crate) variants: Vec<VariantBody>,
    /// What must not become worse.
    pub(crate) guardrails: Vec<GuardrailBody>,
    /// Whether it runs.
    pub(crate) state: ExperimentStateBody,
    /// Why it was stopped.
    pub(crate) stopped_why: Option<String>,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was started.
    pub(crate) started: Option<Timestamp>,
    /// When it was stopped.
    pub(crate) stopped: Option<Timestamp>,
}

/// An experiment with what has come out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ExperimentWithReport")]
pub(crate) struct ExperimentReportBody {
    /// The experiment.
    pub(crate) experiment: ExperimentBody,
    /// What has come out.
    pub(crate) report: ReportBody,
}

/// What has come out of an experiment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ExperimentReport")]
pub(crate) struct ReportBody {
    /// A sentence for each variant beside the control.
    pub(crate) verdicts: Vec<String>,
    /// What to mind about the figures.
    pub(crate) warnings: Vec<String>,
    /// How likely people or questions would be divided at least as unevenly by chance (chi-square).
    pub(crate) imbalance_probability: Option<f64>,
    /// The figures of each variant; the first is the control.
    pub(crate) variants: Vec<VariantReportBody>,
}

/// What has come out for one variant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VariantReport")]
pub(crate) struct VariantReportBody {
    /// Its name.
    pub(crate) name: String,
    /// Questions asked.
    pub(crate) asked: u64,
    /// Different people or questions.
    pub(crate) units: u64,
    /// Every metric that anything has been observed of.
    pub(crate) metrics: Vec<MetricReportBody>,
    /// How each guardrail stands.
    pub(crate) guardrails: Vec<GuardStateBody>,
    /// What the primary metric says; absent for the control.
    pub(crate) verdict: Option<VerdictKindBody>,
    /// Observations that each side needs in all for the difference that matters.
    pub(crate) observations_needed: Option<u64>,
    /// What to set or to ask for to keep this variant.
    pub(crate) to_keep: Vec<String>,
}

/// A metric of one variant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MetricReport")]
pub(crate) struct MetricReportBody {
    /// The metric.
    pub(crate) metric: MetricBody,
    /// How many observations it rests on.
    pub(crate) observations: u64,
    /// Its value.
    pub(crate) value: f64,
    /// Its 95 % confidence interval, where there is one.
    pub(crate) interval: Option<IntervalBody>,
    /// How much larger it is than the control's.
    pub(crate) difference: Option<DifferenceBody>,
}

/// A 95 % confidence interval.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Interval")]
pub(crate) struct IntervalBody {
    /// The lower end.
    pub(crate) low: f64,
    /// The upper end.
    pub(crate) high: f64,
}

/// A difference to the control.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Difference")]
pub(crate) struct DifferenceBody {
    /// The difference.
    pub(crate) value: f64,
    /// Its 95 % confidence interval.
    pub(crate) interval: Option<IntervalBody>,
    /// How likely a difference at least as large would be if there were none.
    pub(crate) probability: Option<f64>,
}

/// How a guardrail stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GuardState")]
pub(crate) struct GuardStateBody {
    /// The guardrail.
    pub(crate) guardrail: GuardrailBody,
    /// How it stands.
    pub(crate) state: GuardKindBody,
    /// The difference to the control.
    pub(crate) difference: Option<DifferenceBody>,
}

/// How a guardrail stands, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "GuardKind")]
pub(crate) enum GuardKindBody {
    /// Too little has been observed.
    TooFew,
    /// It holds.
    Holds,
    /// It is breached.
    Breached,
}

/// What the primary metric says, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ExperimentVerdict")]
pub(crate) enum VerdictKindBody {
    /// Nothing can be said.
    Unknown,
    /// More observations are needed.
    NotEnough,
    /// It is better.
    Better,
    /// It is worse.
    Worse,
    /// There is no difference that matters.
    Same,
}

impl ExperimentBody {
    /// The twin of an experiment with its plan.
    pub(crate) fn of(experiment: Experiment, plan: Plan) -> Self {
        let variants = plan.variants.into_iter().map(|variant| VariantBody {
            name: variant.name,
            weight: variant.weight,
            changes: variant.changes.into(),
        });
        Self {
            id: experiment.id,
            name: experiment.name,
            hypothesis: plan.hypothesis,
            unit: plan.unit.into(),
            metric: plan.metric.into(),
            difference: plan.difference,
            share: experiment.share,
            variants: variants.collect(),
            guardrails: plan
                .guardrails
                .into_iter()
                .map(GuardrailBody::from)
                .collect(),
            state: match experiment.state {
                ExperimentState::Draft => ExperimentStateBody::Draft,
                ExperimentState::Running => ExperimentStateBody::Running,
                ExperimentState::Stopped => ExperimentStateBody::Stopped,
            },
            stopped_why: experiment.stopped_why,
            created: experiment.created,
            started: experiment.started,
            stopped: experiment.stopped,
        }
    }
}

impl From<Report> for ReportBody {
    fn from(report: Report) -> Self {
        Self {
            verdicts: report.verdicts,
            warnings: report.warnings,
            imbalance_probability: report.imbalance,
            variants: report
                .variants
                .into_iter()
                .map(VariantReportBody::from)
                .collect(),
        }
    }
}

impl From<VariantReport> for VariantReportBody {
    fn from(report: VariantReport) -> Self {
        Self {
            name: report.name,
            asked: report.asked,
            units: report.units,
            metrics: report
                .metrics
                .into_iter()
                .map(MetricReportBody::from)
                .collect(),
            guardrails: report
                .guardrails
                .into_iter()
                .map(GuardStateBody::from)
                .collect(),
            verdict: report.judgement.map(VerdictKindBody::from),
            observations_needed: report.judgement.and_then(|judgement| judgement.needed),
            to_keep: report.to_keep,
        }
    }
}

impl From<Judgement> for VerdictKindBody {
    fn from(judgement: Judgement) -> Self {
        match judgement.verdict {
            Verdict::Unknown => Self::Unknown,
            Verdict::NotEnough(_) => Self::NotEnough,
            Verdict::Better => Self::Better,
            Verdict::Worse => Self::Worse,
            Verdict::Same => Self::Same,
        }
    }
}

impl From<MetricReport> for MetricReportBody {
    fn from(report: MetricReport) -> Self {
        Self {
            metric: report.metric.into(),
            observations: report.estimate.count,
            value: report.estimate.value,
            interval: report.estimate.interval.map(IntervalBody::from),
            difference: report.difference.map(DifferenceBody::from),
        }
    }
}

impl From<Interval> for IntervalBody {
    fn from(interval: Interval) -> Self {
        Self {
            low: interval.low,
            high: interval.high,
        }
    }
}

impl From<Difference> for DifferenceBody {
    fn from(difference: Difference) -> Self {
        Self {
            value: difference.value,
            interval: difference.interval.map(IntervalBody::from),
            probability: difference.probability,
        }
    }
}

impl From<(Guardrail, GuardState)> for GuardStateBody {
    fn from((guardrail, state): (Guardrail, GuardState)) -> Self {
        let (state, difference) = match state {
            GuardState::TooFew => (GuardKindBody::TooFew, None),
            GuardState::Holds(difference) => (GuardKindBody::Holds, Some(difference)),
            GuardState::Breached(difference) => (GuardKindBody::Breached, Some(difference)),
        };
        Self {
            guardrail: guardrail.into(),
            state,
            difference: difference.map(DifferenceBody::from),
        }
    }
}
