//! What has come out of an experiment: every metric of every variant, beside the control's.

use alexandria_core::experiment::interval::{Difference, Estimate};
use alexandria_core::experiment::{
    GuardState, Guardrail, IMBALANCE_PROBABILITY, Judgement, Metric, Verdict, difference_usual,
    imbalance, judge,
};
use alexandria_store::catalog::{ExperimentState, Standing};

use super::plan::{Plan, Unit};

/// What has come out of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Each variant, in their order; the first is the control.
    pub variants: Vec<VariantReport>,
    /// How likely the units would be divided at least as unevenly by chance; none before there are any.
    pub imbalance: Option<f64>,
    /// Sentences that say what to make of it, one for each variant beside the control.
    pub verdicts: Vec<String>,
    /// Sentences that say why not to trust it, or what to mind.
    pub warnings: Vec<String>,
}

/// What has come out for one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantReport {
    /// Its name.
    pub name: String,
    /// Questions asked.
    pub asked: u64,
    /// Different people or questions that were assigned to it.
    pub units: u64,
    /// Every metric that anything has been observed of.
    pub metrics: Vec<MetricReport>,
    /// How each guardrail stands; empty for the control.
    pub guardrails: Vec<(Guardrail, GuardState)>,
    /// What the primary metric says; none for the control.
    pub judgement: Option<Judgement>,
    /// What to set to keep it; empty for the control.
    pub to_keep: Vec<String>,
}

/// A metric of one variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricReport {
    /// The metric.
    pub metric: Metric,
    /// Its value, with its interval.
    pub estimate: Estimate,
    /// How much larger it is than the control's; none for the control.
    pub difference: Option<Difference>,
}

impl Report {
    /// Computes what has come out.
    #[must_use]
    pub fn of(plan: &Plan, state: ExperimentState, standings: &[Standing]) -> Self {
        let mut variants = Vec::new();
        let mut verdicts = Vec::new();
        let control = standings.first().cloned().unwrap_or_default();
        let others = plan.variants.len().saturating_sub(1);
        for (at, (variant, standing)) in plan.variants.iter().zip(standings).enumerate() {
            let is_control = at == 0;
            let metrics = Metric::ALL.into_iter().filter_map(|metric| {
                Some(MetricReport {
                    metric,
                    estimate: standing.tally.estimate(metric)?,
                    difference: (!is_control)
                        .then(|| control.tally.difference(&standing.tally, metric))
                        .flatten(),
                })
            });
            let judgement = (!is_control).then(|| judged(plan, others, &control, standing));
            if let Some(judgement) = &judgement {
                verdicts.push(judgement.sentence(plan.metric, &variant.name));
            }
            let check = |guardrail: &Guardrail| {
                let state = guardrail.check(&control.tally, &standing.tally);
                (*guardrail, state)
            };
            let guardrails = plan.guardrails.iter().filter(|_| !is_control).map(check);
            variants.push(VariantReport {
                name: variant.name.clone(),
                asked: standing.tally.asked,
                units: standing.units,
                metrics: metrics.collect(),
                guardrails: guardrails.collect(),
                judgement,
                to_keep: variant.changes.to_keep(),
            });
        }
        let weights: Vec<u32> = plan.variants.iter().map(|one| one.weight).collect();
        let units: Vec<u64> = standings.iter().map(|one| one.units).collect();
        let imbalance = imbalance(&units, &weights);
        let warnings = warnings(plan, state, &variants, imbalance);
        Self {
            variants,
            imbalance,
            verdicts,
            warnings,
        }
    }
}

fn judged(plan: &Plan, others: usize, control: &Standing, standing: &Standing) -> Judgement {
    let usual = || difference_usual(plan.metric, &control.tally);
    match plan.difference.or_else(usual) {
        Some(matters) => judge(
            plan.metric,
            matters,
            others,
            &control.tally,
            &standing.tally,
        ),
        None => Judgement {
            verdict: Verdict::Unknown,
            matters: 0.0,
            difference: control.tally.difference(&standing.tally, plan.metric),
            needed: None,
        },
    }
}

fn warnings(
    plan: &Plan,
    state: ExperimentState,
    variants: &[VariantReport],
    imbalance: Option<f64>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(probability) = imbalance.filter(|found| *found < IMBALANCE_PROBABILITY) {
        warnings.push(format!(
            "the variants did not get their shares (p = {probability:.2e}): something besides the hash \
             decides who is counted, so do not trust the figures before you know what"
        ));
    }
    let judged = |one: &&VariantReport| {
        let verdict = one.judgement.map(|judgement| judgement.verdict);
        matches!(verdict, Some(Verdict::NotEnough(_) | Verdict::Unknown))
    };
    if state == ExperimentState::Running && variants.iter().any(|one| judged(&one)) {
        warnings.push(
            "do not stop at the first good figure: whoever looks often and stops then finds differences \
             that are not there; wait for the number of answers that the verdict names"
                .to_owned(),
        );
    }
    let asked: u64 = variants.iter().map(|one| one.asked).sum();
    let units: u64 = variants.iter().map(|one| one.units).sum();
    if asked > units.saturating_mul(2) && units > 0 {
        let what = match plan.unit {
            Unit::Actor => "people",
            Unit::Question => "questions",
        };
        warnings.push(format!(
            "{asked} answers come from {units} different {what}: answers of one are alike, so the true \
             intervals are wider than these"
        ));
    }
    warnings
}
