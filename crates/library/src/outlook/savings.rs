//! What could be saved in a month: every recommendation is worked out of figures, and names them.

use alexandria_core::budget::{Component, Feature, Subject};
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_models::generator::Usage;
use alexandria_store::catalog::Used;

use super::Forecast;
use crate::library::Library;
use crate::usage::dollars;

/// The least that is worth a recommendation, in millionths of a US dollar a month.
const SAVING_MICROS_MIN: u64 = 1_000_000;

/// Something that could be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// What to do.
    pub title: String,
    /// The figures that it rests on.
    pub reason: String,
    /// What would have been saved this month, in millionths of a US dollar; for a budget, by how much it
    /// could be lower.
    pub saving_micros: u64,
}

impl Library {
    /// What could be saved, the largest saving first.
    pub(super) async fn savings(
        &self,
        principal: &Principal,
        month: &[&Used],
        forecast: Option<Forecast>,
    ) -> Result<Vec<Recommendation>> {
        let mut found: Vec<_> = [
            self.cheaper_model(month),
            rewriting(month),
            embedding(month),
            self.unused_budget(principal, forecast).await?,
        ]
        .into_iter()
        .flatten()
        .collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.saving_micros));
        Ok(found)
    }

    /// The model of the same provider that would have cost least for the same tokens.
    fn cheaper_model(&self, month: &[&Used]) -> Option<Recommendation> {
        let model = self.models.writing()?;
        let is_its = |used: &&&Used| used.provider == model.provider && used.model == model.name;
        let used = sum(month.iter().filter(is_its));
        let others = self.prices.of_provider(&model.provider);
        let cheapest = others
            .filter(|(name, price)| *name != model.name && price.completion > 0)
            .map(|(name, price)| (price.cost(&used), name))
            .min();
        let (cost, name) = cheapest?;
        let saving_micros = used.cost_micros.saturating_sub(cost);
        if saving_micros < SAVING_MICROS_MIN {
            return None;
        }
        let (now, then, saved) = (
            dollars(used.cost_micros),
            dollars(cost),
            dollars(saving_micros),
        );
        Some(Recommendation {
            title: format!("Try the model {name} in place of {}", model.name),
            reason: format!(
                "the {} tokens of prompts and {} written this month have cost ${now:.2}; by the table of \
                 prices they cost ${then:.2} with {name}, ${saved:.2} less. Whether its answers are as \
                 good, an experiment tells",
                used.prompt_tokens, used.completion_tokens
            ),
            saving_micros,
        })
    }

    /// A budget that is far above what the month will cost.
    async fn unused_budget(
        &self,
        principal: &Principal,
        forecast: Option<Forecast>,
    ) -> Result<Option<Recommendation>> {
        let Some(forecast) = forecast else {
            return Ok(None);
        };
        let tenant = Subject::tenant();
        let own = self.catalog.own_budget(principal, &tenant).await?;
        let rules = self.ledger().rules(principal).await?;
        let Some(max) = rules.ceiling(&tenant, own).micros_max else {
            return Ok(None);
        };
        let enough = (forecast.high * 2.0).ceil().max(1.0);
        let max_usd = dollars(max);
        if max_usd < enough * 2.0 {
            return Ok(None);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between 0 and a budget"
        )]
        let saving_micros = ((max_usd - enough) * 1e6) as u64;
        Ok(Some(Recommendation {
            title: format!("Lower the budget of the tenant from ${max_usd:.2} to ${enough:.2}"),
            reason: format!(
                "nine of ten such months end below ${:.2}; a budget of twice that stops a fault \
                 ${:.2} earlier. It saves nothing while nothing goes wrong",
                forecast.high,
                max_usd - enough
            ),
            saving_micros,
        }))
    }
}

/// Following questions that a model makes stand alone, which rules do for nothing.
fn rewriting(month: &[&Used]) -> Option<Recommendation> {
    let is_rewriting = |used: &&&Used| used.feature == Feature::Rewrite.name();
    let used = sum(month.iter().filter(is_rewriting));
    let all = sum(month.iter());
    if used.cost_micros < SAVING_MICROS_MIN {
        return None;
    }
    let (cost, all) = (dollars(used.cost_micros), dollars(all.cost_micros));
    let share = 100.0 * cost / all;
    Some(Recommendation {
        title: "Have following questions completed by rules".to_owned(),
        reason: format!(
            "having a model make questions stand alone that follow from earlier ones has cost ${cost:.2} \
             of ${all:.2} this month, {share:.0} %. With `alexandria budget set feature:rewrite --max 0` \
             they are completed by rules, which cost nothing and understand fewer of them"
        ),
        saving_micros: used.cost_micros,
    })
}

/// Embedding by a provider, which the model in this program does for nothing.
fn embedding(month: &[&Used]) -> Option<Recommendation> {
    let features: Vec<&str> = Feature::ALL
        .iter()
        .filter(|feature| feature.component() == Component::Embedder)
        .map(|feature| feature.name())
        .collect();
    let used = sum(month
        .iter()
        .filter(|used| features.contains(&used.feature.as_str())));
    if used.cost_micros < SAVING_MICROS_MIN {
        return None;
    }
    let cost = dollars(used.cost_micros);
    Some(Recommendation {
        title: "Embed with the model in this program".to_owned(),
        reason: format!(
            "embedding {} tokens by a provider has cost ${cost:.2} this month; ALEXANDRIA_EMBEDDER=int8 \
             costs nothing but processor time, and sends no text away. It knows English best (`alexandria \
             eval` tells how well it finds in yours), and takes a new data directory to which the \
             documents are added again",
            used.prompt_tokens
        ),
        saving_micros: used.cost_micros,
    })
}

/// What some lines of usage come to.
fn sum<'u>(lines: impl Iterator<Item = &'u &'u Used>) -> Usage {
    lines.fold(Usage::default(), |sum, used| Usage {
        prompt_tokens: sum.prompt_tokens + used.prompt_tokens,
        completion_tokens: sum.completion_tokens + used.completion_tokens,
        cached_tokens: sum.cached_tokens + used.cached_tokens,
        cost_micros: sum.cost_micros + used.cost_micros,
        ..sum
    })
}
