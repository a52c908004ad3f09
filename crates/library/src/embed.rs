//! Embedding texts for a caller, and counting their tokens.

use alexandria_core::access::Scope;
use alexandria_core::budget::Feature;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_models::embedder::{Embedder as _, Purpose};

use crate::library::Library;
use crate::models::Lent;

/// The most texts that one call embeds.
pub const EMBED_TEXTS_MAX: usize = 2_048;

/// Vectors for a caller, in the order of the texts.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedTexts {
    /// The model that made them.
    pub model: String,
    /// One vector of length 1 (L2) for each text.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens read.
    pub tokens: u64,
}

/// The model that turns texts into vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingInUse {
    /// Its name, which changes whenever its vectors would.
    pub name: String,
    /// Numbers in a vector.
    pub dimensions: usize,
}

impl Library {
    /// The embedding model in use; none when embedding is off.
    ///
    /// # Errors
    /// `Forbidden` without the scope to ask.
    pub fn embedding_model(&self, principal: &Principal) -> Result<Option<EmbeddingInUse>> {
        principal.require(Scope::Ask)?;
        Ok(self.models.embedding().map(|model| EmbeddingInUse {
            name: model.name.clone(),
            dimensions: model.dimensions,
        }))
    }

    /// Embeds texts as passages are embedded. Nothing is stored; what is longer than the model reads
    /// is cut.
    ///
    /// # Errors
    /// `Invalid` when embedding is off, for no text, an empty text or too many texts; `Conflict` when
    /// the model runs outside the region that the tenant's data must stay in.
    pub async fn embed_texts(
        &self,
        principal: &Principal,
        texts: &[String],
    ) -> Result<EmbeddedTexts> {
        principal.require(Scope::Ask)?;
        let refused = |why: String| Err(Error::new(ErrorKind::Invalid, why));
        let embedder = match self.embedder_for(principal, Feature::EmbedTexts).await? {
            Lent::Model(embedder) => embedder,
            Lent::Absent => return refused("embedding is switched off in the settings".to_owned()),
            Lent::Outside(why) => return Err(Error::new(ErrorKind::Conflict, why)),
        };
        if texts.is_empty() || texts.len() > EMBED_TEXTS_MAX {
            return refused(format!("one call embeds 1 to {EMBED_TEXTS_MAX} texts"));
        }
        if texts.iter().any(String::is_empty) {
            return refused("an empty text cannot be embedded".to_owned());
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedded = embedder.embed(&texts, Purpose::Passage).await?;
        Ok(EmbeddedTexts {
            model: embedder.model().name.clone(),
            vectors: embedded.vectors,
            tokens: embedded.usage.tokens,
        })
    }

    /// How many tokens each text has for the embedding model; its words where there is none.
    ///
    /// # Errors
    /// `Forbidden` without the scope to ask.
    pub async fn count_tokens(
        &self,
        principal: &Principal,
        texts: Vec<String>,
    ) -> Result<Vec<u64>> {
        principal.require(Scope::Ask)?;
        let counter = self.models.counter();
        let count = move || -> Vec<u64> {
            let one = |text: &String| match &counter {
                Some(count) => count(text) as u64,
                None => text.split_whitespace().count() as u64,
            };
            texts.iter().map(one).collect()
        };
        tokio::task::spawn_blocking(count)
            .await
            .context(ErrorKind::Internal, || {
                "the thread that counts tokens broke".to_owned()
            })
    }
}
