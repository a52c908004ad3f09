//! An embedder whose calls are paid: each is let through by the budgets and written down for the one who
//! caused it. An embedder of this process costs nothing and is asked as it is.

use std::sync::Arc;

use alexandria_core::budget::Feature;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_models::embedder::{
    Billed, Embedded, Embedder, EmbeddingModel, Purpose, Usage as Embedding, calls,
};
use alexandria_models::generator::{Price, Usage};
use async_trait::async_trait;

use crate::budgets::OverBudget;
use crate::ledger::{Called, Ledger, Permit};

/// An embedder for one who asks, and what for.
#[derive(Debug)]
pub(crate) struct PaidEmbedder {
    inner: Arc<dyn Embedder>,
    ledger: Ledger,
    principal: Principal,
    feature: Feature,
}

impl PaidEmbedder {
    pub(crate) fn new(
        inner: Arc<dyn Embedder>,
        ledger: Ledger,
        principal: Principal,
        feature: Feature,
    ) -> Self {
        Self {
            inner,
            ledger,
            principal,
            feature,
        }
    }

    async fn pay(
        &self,
        billed: Billed<'_>,
        (texts, purpose): (&[&str], Purpose),
    ) -> Result<Embedded> {
        let called = Called {
            feature: self.feature,
            provider: billed.provider,
            model: billed.name,
            costs: billed.price != Price::default(),
        };
        // No token is shorter than a byte, save those that a provider puts around a text.
        let tokens = |text: &&str| text.len() as u64 + AROUND_TEXT_TOKENS;
        let worst = priced(texts.iter().map(tokens).sum(), billed.price);
        let mut charge = match self.ledger.admit(&self.principal, called, worst).await? {
            Permit::Yes(charge) => charge,
            Permit::Not(why) => {
                return Err(Error::new(ErrorKind::Exhausted, why).with_source(OverBudget));
            }
        };
        match self.inner.embed(texts, purpose).await {
            Ok(embedded) => {
                charge
                    .settle(Usage {
                        prompt_tokens: embedded.usage.tokens,
                        cost_micros: embedded.usage.cost_micros,
                        ..Usage::default()
                    })
                    .await;
                Ok(embedded)
            }
            Err(error) => {
                charge.release().await;
                Err(error)
            }
        }
    }
}

/// Tokens that a provider puts around a text.
const AROUND_TEXT_TOKENS: u64 = 4;

/// So many tokens of a prompt, with what they cost.
fn priced(prompt_tokens: u64, price: Price) -> Usage {
    let mut usage = Usage {
        prompt_tokens,
        ..Usage::default()
    };
    usage.cost_micros = price.cost(&usage);
    usage
}

#[async_trait]
impl Embedder for PaidEmbedder {
    fn model(&self) -> &EmbeddingModel {
        self.inner.model()
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.inner.count_tokens(text)
    }

    fn knows(&self, text: &str) -> bool {
        self.inner.knows(text)
    }

    fn grasp(&self, text: &str) -> f32 {
        self.inner.grasp(text)
    }

    fn billed(&self) -> Option<Billed<'_>> {
        self.inner.billed()
    }

    async fn embed(&self, texts: &[&str], purpose: Purpose) -> Result<Embedded> {
        let Some(billed) = self.inner.billed() else {
            return self.inner.embed(texts, purpose).await;
        };
        let mut all = Embedded {
            vectors: Vec::with_capacity(texts.len()),
            usage: Embedding::default(),
        };
        // One charge for each call, so that what a later one fails with does not hide what an earlier one
        // has cost.
        for call in calls(texts) {
            let embedded = self.pay(billed, (call, purpose)).await?;
            all.vectors.extend(embedded.vectors);
            all.usage.tokens += embedded.usage.tokens;
            all.usage.cost_micros += embedded.usage.cost_micros;
        }
        Ok(all)
    }
}
