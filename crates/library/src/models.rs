//! The models of this installation, and to whom they are lent.
//!
//! A tenant may have said in which region what it has must stay. A model that runs elsewhere is then told
//! nothing of it: no document, no question, no conversation.
//!
//! Invariant: the models are private to this file, and what is told a text is lent by
//! [`Library::embedder_for`] or [`Library::generator_for`], which ask where the tenant's data must stay.
//! Everything else here tells a model nothing that anybody has said.

use std::sync::Arc;

use alexandria_core::budget::Feature;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_core::region::{Region, Residence, Seat};
use alexandria_models::embedder::{Embedder, EmbeddingModel, Purpose};
use alexandria_models::generator::{Delta, Generator, GeneratorModel, Price, Prompt};
use futures::stream::BoxStream;

use crate::library::Library;
use crate::paid::PaidEmbedder;

/// The models, and where they run.
#[derive(Debug)]
pub(crate) struct Models {
    embedder: Option<Arc<dyn Embedder>>,
    generator: Option<Arc<dyn Generator>>,
    residence: Residence,
}

/// A model for one who asks.
#[derive(Debug)]
pub(crate) enum Lent<M> {
    /// It may be asked.
    Model(M),
    /// The settings name none.
    Absent,
    /// It runs outside the region that the tenant's data must stay in, as the sentence says.
    Outside(String),
}

impl<M> Lent<M> {
    /// The model, if it may be asked.
    pub(crate) fn model(self) -> Option<M> {
        match self {
            Self::Model(model) => Some(model),
            Self::Absent | Self::Outside(_) => None,
        }
    }

    /// Whether there is one that may be asked.
    pub(crate) const fn is_model(&self) -> bool {
        matches!(self, Self::Model(_))
    }
}

/// A language model that may be told what one who asks has said.
#[derive(Debug)]
pub(crate) struct LentGenerator {
    inner: Arc<dyn Generator>,
    principal: Principal,
}

impl LentGenerator {
    /// For whom it writes.
    pub(crate) const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Which model it is.
    pub(crate) fn model(&self) -> &GeneratorModel {
        self.inner.model()
    }

    /// Whether a call costs money.
    pub(crate) fn costs(&self) -> bool {
        self.inner.costs()
    }

    /// What its tokens cost.
    pub(crate) fn price(&self) -> Price {
        self.inner.price()
    }

    /// Begins to write.
    pub(crate) async fn generate(
        &self,
        prompt: &Prompt,
    ) -> Result<BoxStream<'static, Result<Delta>>> {
        self.inner.generate(prompt).await
    }
}

impl Models {
    pub(crate) fn new(
        embedder: Option<Arc<dyn Embedder>>,
        generator: Option<Arc<dyn Generator>>,
        residence: Residence,
    ) -> Self {
        Self {
            embedder,
            generator,
            residence,
        }
    }

    /// Where the library stores and the models run.
    pub(crate) const fn residence(&self) -> &Residence {
        &self.residence
    }

    /// Which model embeds, if one does.
    pub(crate) fn embedding(&self) -> Option<&EmbeddingModel> {
        self.embedder.as_deref().map(Embedder::model)
    }

    /// Which model writes, if one does.
    pub(crate) fn writing(&self) -> Option<&GeneratorModel> {
        self.generator.as_deref().map(Generator::model)
    }

    /// What counts the tokens of a text, here and without telling anybody of it.
    pub(crate) fn counter(&self) -> Option<impl Fn(&str) -> usize + Send + use<>> {
        let embedder = self.embedder.clone()?;
        Some(move |text: &str| embedder.count_tokens(text))
    }

    /// How well the embedding model knows the words of a text, found here.
    pub(crate) fn grasp(&self, text: &str) -> Option<f32> {
        Some(self.embedder.as_deref()?.grasp(text))
    }

    /// Asks whether the embedding model answers, if there is one. It is told a word of ours.
    pub(crate) fn check_embedder(&self) -> Option<impl Future<Output = Result<()>>> {
        let embedder = self.embedder.as_deref()?;
        Some(async { embedder.embed(&["health"], Purpose::Query).await.map(drop) })
    }

    /// Asks the language model for a sign of life, if there is one. It is told nothing.
    pub(crate) fn check_generator(&self) -> Option<impl Future<Output = Result<()>>> {
        Some(self.generator.as_deref()?.check())
    }
}

impl Library {
    /// The embedding model for one who asks, and what for.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not say where the tenant's data must stay: then nothing is
    /// lent.
    pub(crate) async fn embedder_for(
        &self,
        principal: &Principal,
        feature: Feature,
    ) -> Result<Lent<PaidEmbedder>> {
        let models = &self.models;
        let Some(inner) = &models.embedder else {
            return Ok(Lent::Absent);
        };
        let seat = models.residence.embedder.as_ref();
        let outside = self.outside(principal, seat, Residence::embedder_outside);
        if let Some(why) = outside.await? {
            return Ok(Lent::Outside(why));
        }
        let (inner, ledger) = (Arc::clone(inner), self.ledger());
        let paid = PaidEmbedder::new(inner, ledger, principal.clone(), feature);
        Ok(Lent::Model(paid))
    }

    /// The language model for one who asks.
    ///
    /// # Errors
    /// As for [`Self::embedder_for`].
    pub(crate) async fn generator_for(&self, principal: &Principal) -> Result<Lent<LentGenerator>> {
        let models = &self.models;
        let Some(inner) = &models.generator else {
            return Ok(Lent::Absent);
        };
        let seat = models.residence.generator.as_ref();
        let outside = self.outside(principal, seat, Residence::generator_outside);
        if let Some(why) = outside.await? {
            return Ok(Lent::Outside(why));
        }
        Ok(Lent::Model(LentGenerator {
            inner: Arc::clone(inner),
            principal: principal.clone(),
        }))
    }

    /// Why a model is told nothing of a tenant, if it is not. What runs in this process takes nothing out of
    /// any region, and the catalog is not asked.
    async fn outside(
        &self,
        principal: &Principal,
        seat: Option<&Seat>,
        why: impl FnOnce(&Residence, &Region) -> Option<String>,
    ) -> Result<Option<String>> {
        if seat == Some(&Seat::Here) {
            return Ok(None);
        }
        let region = self.catalog.own_tenant(principal).await?.region;
        Ok(region.and_then(|region| why(self.models.residence(), &region)))
    }
}
