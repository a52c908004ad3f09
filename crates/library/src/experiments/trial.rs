//! How a question is put into the running experiment, and what is noted of its end.

use std::time::Duration;

use alexandria_core::answer::AnswerPolicy;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::experiment::{GuardState, assign, question_unit};
use alexandria_core::id::ExperimentId;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{Experiment, ExperimentState, Outcome};
use serde::{Deserialize, Serialize};

use super::plan::{Changes, Plan, Unit};
use crate::ask::{Answer, AskRequest};
use crate::library::Library;
use crate::metrics::{EXPERIMENT_ANSWERS_TOTAL, EXPERIMENTS_STOPPED_TOTAL};
use crate::search::SearchMode;
use crate::settings::Unsupported;

/// The experiment that an answer was part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The experiment.
    pub experiment: ExperimentId,
    /// Its name.
    pub name: String,
    /// Which variant it was, counted from 0; the control is 0.
    pub variant: u32,
    /// The variant's name.
    pub variant_name: String,
}

/// How one question is answered.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The question, with what a variant changes about it.
    pub(crate) request: AskRequest,
    /// Which indexes are asked.
    pub(crate) mode: SearchMode,
    /// When exact sentences count as an answer.
    pub(crate) policy: AnswerPolicy,
    /// What becomes of a language model's sentences that nothing supports.
    pub(crate) unsupported: Unsupported,
    /// The experiment it is part of.
    pub(crate) tried: Option<Tried>,
    /// Who or what was assigned, as a digest.
    unit: [u8; 16],
}

impl Library {
    /// How a question is answered: as the settings say, or as the variant that the running experiment
    /// assigns. An experiment that cannot be read keeps nobody from being answered.
    pub(crate) async fn way(&self, principal: &Principal, request: &AskRequest) -> Way {
        let usual = Way {
            request: request.clone(),
            mode: SearchMode::Hybrid,
            policy: self.settings.answers,
            unsupported: self.settings.unsupported,
            tried: None,
            unit: [0; 16],
        };
        if !request.participation.takes_part {
            return usual;
        }
        let found = self.catalog.running_experiment(principal).await;
        let planned = found.and_then(|found| {
            let with_plan = |found: Experiment| Ok((Plan::read(&found)?, found));
            found.map(with_plan).transpose()
        });
        match planned {
            Ok(Some((plan, experiment))) => usual.tried_in(principal, &experiment, &plan),
            Ok(None) => usual,
            Err(error) => {
                tracing::error!(error = %error.chain(), "a question is asked without the experiment");
                usual
            }
        }
    }

    /// Notes how a question of an experiment has ended, and stops the experiment when a guardrail is
    /// breached. What the one who asked has done wrong is nobody's outcome.
    pub(crate) async fn note_outcome(
        &self,
        principal: &Principal,
        way: &Way,
        took: Duration,
        answered: &Result<Answer>,
    ) {
        let Some(tried) = &way.tried else { return };
        let failed = answered.as_ref().err().map(|error| error.kind());
        if matches!(
            failed,
            Some(
                ErrorKind::Invalid
                    | ErrorKind::NotFound
                    | ErrorKind::TooLarge
                    | ErrorKind::Forbidden
            )
        ) {
            return;
        }
        let outcome = outcome(tried.variant, way.unit, took, answered.as_ref().ok());
        let ended = match (failed, outcome.answered) {
            (Some(_), _) => "failed",
            (None, true) => "answered",
            (None, false) => "not_found",
        };
        // The number of a variant is bounded, its name is not.
        metrics::counter!(EXPERIMENT_ANSWERS_TOTAL,
            "variant" => tried.variant.to_string(), "outcome" => ended)
        .increment(1);
        let noted = self
            .catalog
            .record_outcome(principal, tried.experiment, &outcome);
        match noted.await {
            Ok(()) => self.guard(principal, tried.experiment).await,
            Err(error) => {
                tracing::error!(error = %error.chain(), "cannot count the outcome of an experiment");
            }
        }
    }

    /// Stops an experiment when one of its guardrails is breached.
    pub(crate) async fn guard(&self, principal: &Principal, id: ExperimentId) {
        match self.breach(principal, id).await {
            Ok(None) => {}
            Ok(Some(why)) => {
                tracing::error!(experiment.id = %id, "an experiment has been stopped: {why}");
                metrics::counter!(EXPERIMENTS_STOPPED_TOTAL, "by" => "guardrail").increment(1);
            }
            // It may be gone: feedback outlives experiments.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                tracing::error!(error = %error.chain(), "cannot look at the guardrails of an experiment");
            }
        }
    }

    /// Why an experiment has just been stopped, if it has.
    async fn breach(&self, principal: &Principal, id: ExperimentId) -> Result<Option<String>> {
        let experiment = self.catalog.experiment(principal, id).await?;
        let plan = Plan::read(&experiment)?;
        if experiment.state != ExperimentState::Running || plan.guardrails.is_empty() {
            return Ok(None);
        }
        let standings = self.catalog.standings(principal, id).await?;
        let Some((control, others)) = standings.split_first() else {
            return Ok(None);
        };
        for (variant, standing) in plan.variants.iter().skip(1).zip(others) {
            for guardrail in &plan.guardrails {
                let state = guardrail.check(&control.tally, &standing.tally);
                if let GuardState::Breached(difference) = state {
                    let why = format!(
                        "guardrail breached: {} of variant {:?} is worse than the control's by {:.4}, and \
                         {} is allowed",
                        guardrail.metric.name(),
                        variant.name,
                        guardrail.metric.worsening(difference.value),
                        guardrail.worse_by,
                    );
                    let stopped = self.catalog.stop_experiment(principal, id, &why).await?;
                    return Ok(stopped.then_some(why));
                }
            }
        }
        Ok(None)
    }
}

impl Way {
    /// The same in an experiment, if the one who asks takes part in it.
    fn tried_in(mut self, principal: &Principal, experiment: &Experiment, plan: &Plan) -> Self {
        if !plan.leaves_open(self.request.participation) {
            return self;
        }
        let unit = match plan.unit {
            Unit::Actor => format!("actor {}", principal.actor()),
            Unit::Question => format!("question {}", question_unit(&self.request.text)),
        };
        let id = experiment.id.to_bytes();
        let weights: Vec<u32> = plan.variants.iter().map(|one| one.weight).collect();
        let at = assign(&id, &unit, experiment.share, &weights);
        let Some((at, variant)) = at.and_then(|at| Some((at, plan.variants.get(at)?))) else {
            return self;
        };
        let Changes {
            search_mode,
            passages: _,
            writer: _,
            unsupported,
            answer_threshold,
            answer_sentences,
        } = variant.changes;
        self.request = variant.changes.request(&self.request);
        self.mode = search_mode.unwrap_or(self.mode);
        self.unsupported = unsupported.unwrap_or(self.unsupported);
        self.policy.confidence_min = answer_threshold.unwrap_or(self.policy.confidence_min);
        self.policy.sentences_max = answer_sentences.unwrap_or(self.policy.sentences_max);
        let digest = Digest::of([id.as_slice(), unit.as_bytes()].concat().as_slice());
        if let Some(first) = digest.as_bytes().first_chunk() {
            self.unit = *first;
        }
        self.tried = Some(Tried {
            experiment: experiment.id,
            name: experiment.name.clone(),
            variant: u32::try_from(at).unwrap_or(u32::MAX),
            variant_name: variant.name.clone(),
        });
        self
    }
}

fn outcome(variant: u32, unit: [u8; 16], took: Duration, answer: Option<&Answer>) -> Outcome {
    let support = answer.and_then(|answer| {
        let supported = answer.sentences.iter().filter(|one| one.verdict.supported);
        let (supported, all) = (
            supported.count(),
            answer.sentences.len() + answer.removed.len(),
        );
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let share = supported as f64 / all.max(1) as f64;
        (all > 0).then_some(share)
    });
    let usage = answer.and_then(|answer| answer.usage);
    Outcome {
        variant,
        unit,
        troubled: answer.is_none_or(|answer| !answer.degraded.is_empty()),
        answered: answer.is_some_and(|answer| answer.answered),
        support,
        latency_ms: answer.map(|_| took.as_secs_f64() * 1e3),
        cost_micros: usage.map_or(0, |usage| usage.cost_micros),
    }
}
