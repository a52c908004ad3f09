//! Embedding the chunks of a document, so that it is found by meaning.

use std::collections::HashMap;
use std::sync::Arc;

use alexandria_core::budget::Feature;
use alexandria_core::document::Document;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_models::embedder::{Embedder, Purpose};
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{NewEmbedding, Unembedded};

use super::index_document::embedded_text;
use super::steps::Steps;
use crate::library::Library;
use crate::progress::ProgressUnit;

/// Chunks that are embedded and stored together: about a second of work.
const CHUNKS_AT_ONCE: usize = 64;

/// Chunks after which the vector store is brought up to the catalog.
const CHUNKS_BETWEEN_FOLLOWS: u32 = 512;

impl Library {
    /// Embeds what of a document is not embedded yet.
    ///
    /// Every batch is stored by itself, so a run that was cut off is gone on with where it stopped.
    pub(super) async fn embed_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        steps: &Arc<Steps>,
    ) -> Result<()> {
        let document = self.catalog.document(principal, id).await?;
        let Some(version) = document.version else {
            return Ok(());
        };
        let space = self.space(principal, document.collection);
        let total = Some(u64::from(document.chunks));
        steps.set(ProgressUnit::Chunks, u64::from(document.embedded), total);
        let (mut from, mut since_follow) = (0, 0);
        loop {
            let waiting = self
                .catalog
                .unembedded(principal, version, from, CHUNKS_AT_ONCE)
                .await?;
            let Some(last) = waiting.last() else { break };
            from = last.ordinal + 1;
            let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
            // Asked for each batch: the tenant may have been given a region meanwhile.
            let embedder = self.embedder_for(principal, Feature::Embed).await?;
            let Some(embedder) = embedder.model() else {
                return Ok(());
            };
            let vectors = self
                .vectors_of(principal, &embedder, &document, waiting)
                .await?;
            let done = self
                .catalog
                .record_embeddings(principal, version, &vectors)
                .await?;
            steps.set(ProgressUnit::Chunks, u64::from(done), total);
            since_follow += count;
            if since_follow >= CHUNKS_BETWEEN_FOLLOWS {
                self.follow_vectors(space).await?;
                since_follow = 0;
            }
        }
        self.settle_empty(principal, version).await?;
        self.follow_vectors(space).await
    }

    /// The vectors of some chunks: those that this tenant's texts have already, and new ones.
    async fn vectors_of(
        &self,
        principal: &Principal,
        embedder: &dyn Embedder,
        document: &Document,
        chunks: Vec<Unembedded>,
    ) -> Result<Vec<NewEmbedding>> {
        let digests: Vec<Digest> = chunks.iter().map(|chunk| chunk.text_digest).collect();
        let model = &embedder.model().name;
        let mut known = self
            .catalog
            .cached_embeddings(principal, model, &digests)
            .await?;
        let mut unknown: HashMap<Digest, String> = HashMap::new();
        for chunk in chunks
            .iter()
            .filter(|chunk| !known.contains_key(&chunk.text_digest))
        {
            let header = chunk.header.as_deref();
            let text = || embedded_text(&document.title, &chunk.section, header, &chunk.text);
            unknown.entry(chunk.text_digest).or_insert_with(text);
        }
        let (digests, texts): (Vec<Digest>, Vec<String>) = unknown.into_iter().unzip();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        if !texts.is_empty() {
            let embedded = embedder.embed(&texts, Purpose::Passage).await?;
            known.extend(digests.into_iter().zip(embedded.vectors));
        }
        let embedding = |chunk: Unembedded| {
            let vector = known.get(&chunk.text_digest).cloned().ok_or_else(|| {
                Error::new(
                    ErrorKind::Internal,
                    "the embedder gave fewer vectors than texts",
                )
            })?;
            Ok(NewEmbedding {
                ordinal: chunk.ordinal,
                text_digest: chunk.text_digest,
                vector,
            })
        };
        chunks.into_iter().map(embedding).collect()
    }

    /// Makes a document ready whose chunks all had their vectors before: recording none says so.
    async fn settle_empty(&self, principal: &Principal, version: VersionId) -> Result<()> {
        self.catalog
            .record_embeddings(principal, version, &[])
            .await?;
        Ok(())
    }
}
