//! Asking both indexes at the same time, each with a time of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alexandria_core::budget::Feature;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::fusion::{Leg, Ranking};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_models::embedder::{Embedder, Purpose};
use alexandria_store::vectors::Effort;

use super::{asks, milliseconds};
use crate::library::Library;
use crate::metrics::SEARCH_DEGRADED_TOTAL;
use crate::models::Lent;
use crate::paid::PaidEmbedder;
use crate::search::{SearchMode, SearchRequest, Timings};

/// A search of both indexes.
pub(super) struct Legs<'a> {
    pub(super) library: &'a Library,
    pub(super) principal: &'a Principal,
    pub(super) spaces: &'a [Space],
    pub(super) request: &'a SearchRequest,
    /// Candidates that each index names.
    pub(super) limit: usize,
}

/// What a leg brought: its ranking and how long its parts took; none when it was not asked.
type Outcome<T> = Option<Result<(Ranking, T)>>;

impl Legs<'_> {
    /// The rankings of the legs that answered, and a sentence for each that did not.
    ///
    /// # Errors
    /// The first leg's error when no leg answered.
    pub(super) async fn run(&self, timings: &mut Timings) -> Result<(Vec<Ranking>, Vec<String>)> {
        let embedder = self.embedder().await?;
        let mut degraded = Vec::new();
        let embedder = match embedder {
            Lent::Model(embedder) => Some(embedder),
            Lent::Absent => None,
            Lent::Outside(why) if self.request.mode == SearchMode::Vectors => {
                return Err(Error::new(ErrorKind::Conflict, why));
            }
            Lent::Outside(why) => {
                degraded.push(why);
                None
            }
        };
        let (text, vectors) = tokio::join!(self.text(), self.vectors(embedder.as_ref()));
        let mut rankings = Vec::new();
        let mut failed = Vec::new();
        match text {
            Some(Ok((ranking, took))) => {
                timings.text = took;
                rankings.push(ranking);
            }
            Some(Err(error)) => failed.push(("text", "the text index did not answer", error)),
            None => {}
        }
        match vectors {
            Some(Ok((ranking, (embed, search)))) => {
                (timings.embed, timings.vectors) = (embed, search);
                rankings.push(ranking);
            }
            Some(Err(error)) => {
                failed.push(("vectors", "the search by meaning did not answer", error));
            }
            None => {}
        }
        for (part, sentence, error) in failed {
            if rankings.is_empty() {
                return Err(error);
            }
            tracing::warn!(part, error = %error.chain(), "a search goes on without a part");
            metrics::counter!(SEARCH_DEGRADED_TOTAL, "part" => part).increment(1);
            degraded.push(format!("{sentence}: {}", error.message()));
        }
        Ok((rankings, degraded))
    }

    async fn text(&self) -> Outcome<f64> {
        if !asks(self.request.mode, Leg::Lexical) {
            return None;
        }
        let started = Instant::now();
        let request = self.request;
        let search =
            self.library
                .text
                .search(self.spaces, &request.query, &request.filter, self.limit);
        let wait = Duration::from_millis(self.library.settings.limits.search_text_timeout_ms);
        let found = in_time(wait, search).await;
        Some(found.map(|hits| {
            let entries = hits.into_iter().map(|hit| (hit.chunk, hit.score)).collect();
            (
                Ranking {
                    leg: Leg::Lexical,
                    entries,
                },
                milliseconds(started),
            )
        }))
    }

    /// The embedding model, where one is wanted.
    async fn embedder(&self) -> Result<Lent<PaidEmbedder>> {
        if !asks(self.request.mode, Leg::Semantic) {
            return Ok(Lent::Absent);
        }
        let feature = Feature::SearchEmbedding;
        self.library.embedder_for(self.principal, feature).await
    }

    async fn vectors(&self, embedder: Option<&PaidEmbedder>) -> Outcome<(f64, f64)> {
        let embedder = embedder?;
        // Cosines of a writing that the model cannot read would only blur the order of the words.
        if self.request.mode == SearchMode::Hybrid && !embedder.knows(&self.request.query) {
            return None;
        }
        let wait = Duration::from_millis(self.library.settings.limits.search_vectors_timeout_ms);
        Some(in_time(wait, self.nearest(embedder)).await)
    }

    async fn nearest(&self, embedder: &dyn Embedder) -> Result<(Ranking, (f64, f64))> {
        let started = Instant::now();
        let query = self
            .library
            .embed_question(embedder, &self.request.query)
            .await?;
        let embedded = milliseconds(started);
        let searching = Instant::now();
        let store = &self.library.vectors;
        let filter = &self.request.filter;
        let found = store
            .search(self.spaces, &query, filter, self.limit, Effort::Normal)
            .await?;
        let entries = found
            .into_iter()
            .map(|hit| (hit.chunk, hit.cosine))
            .collect();
        let ranking = Ranking {
            leg: Leg::Semantic,
            entries,
        };
        Ok((ranking, (embedded, milliseconds(searching))))
    }
}

impl Library {
    /// The embedding of a question, remembered from the last time it was asked.
    pub(crate) async fn embed_question(
        &self,
        embedder: &dyn Embedder,
        text: &str,
    ) -> Result<Arc<Vec<f32>>> {
        if let Some(vector) = self.remembered.question(text) {
            return Ok(vector);
        }
        let mut embedded = embedder.embed(&[text], Purpose::Query).await?;
        let vector = embedded.vectors.pop().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "the embedder gave no vector for the question",
            )
        })?;
        let vector = Arc::new(vector);
        self.remembered.keep_question(text, Arc::clone(&vector));
        Ok(vector)
    }
}

/// Waits for a part of a search only so long; without any time it is not begun.
async fn in_time<T>(wait: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    let late = || {
        let sentence = format!("it took longer than {} ms", wait.as_millis());
        Error::new(ErrorKind::Timeout, sentence)
    };
    if wait.is_zero() {
        return Err(late());
    }
    match tokio::time::timeout(wait, work).await {
        Ok(result) => result,
        Err(elapsed) => Err(late().with_source(elapsed)),
    }
}
