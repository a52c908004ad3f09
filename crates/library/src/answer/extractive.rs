//! Answers without a language model: exact sentences of the library.

use std::sync::Arc;

use alexandria_core::answer::{
    Candidate, Composed, SHORTLIST_SENTENCES_DEFAULT, Shortlisted, compose, shortlist,
};
use alexandria_core::budget::Feature;
use alexandria_core::check::Verdict;
use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_core::question::Question;
use alexandria_models::embedder::{Embedder as _, Purpose};

use super::Asked;
use crate::ask::{AnswerSentence, AskEvent};
use crate::library::Library;
use crate::search::FoundPassage;

/// Sentences, and how sure it is that they answer.
pub(super) struct Extract {
    pub(super) sentences: Vec<AnswerSentence>,
    pub(super) confidence: f32,
}

impl Library {
    /// Answers with exact sentences; with none when the question is not answered.
    pub(super) async fn extract(
        &self,
        asked: &Asked<'_>,
        degraded: &mut Vec<String>,
    ) -> Result<Extract> {
        let composed = self.compose(asked, degraded).await?;
        let mut sentences = Vec::new();
        let chosen = composed.sentences.iter().filter(|_| composed.answered);
        for chosen in chosen {
            let cited = self
                .cite(
                    asked.principal,
                    asked.passages,
                    chosen.candidate,
                    chosen.span,
                )
                .await?;
            if let Some(citation) = cited {
                let sentence = AnswerSentence {
                    text: citation.quote.clone(),
                    citations: vec![citation],
                    verdict: Verdict::exact(),
                };
                (asked.emit)(AskEvent::Sentence(sentence.clone())).await;
                sentences.push(sentence);
            }
        }
        Ok(Extract {
            sentences,
            confidence: composed.confidence,
        })
    }

    /// Chooses the sentences. Without embeddings the words alone decide, and `degraded` says so.
    async fn compose(&self, asked: &Asked<'_>, degraded: &mut Vec<String>) -> Result<Composed> {
        let (request, passages) = (asked.request, asked.passages);
        let language = asked.language.map(str::to_owned);
        let text = request.text.clone();
        let listed = off_runtime(passages, move |candidates| {
            let question = Question::read(&text, language.as_deref());
            let listed = shortlist(&question, candidates, SHORTLIST_SENTENCES_DEFAULT);
            let texts: Vec<String> = listed
                .iter()
                .map(|sentence| sentence.text(candidates).unwrap_or_default().to_owned())
                .collect();
            (listed, texts)
        });
        let (listed, texts): (Vec<Shortlisted>, Vec<String>) = listed.await?;
        let cosines = match self.cosines(asked.principal, &request.text, &texts).await {
            Ok(cosines) => cosines,
            Err(error) => {
                tracing::warn!(error = %error.chain(), "an answer is composed without embeddings");
                degraded.push(format!(
                    "sentences were weighed by words alone: {}",
                    error.message()
                ));
                Vec::new()
            }
        };
        let policy = asked.way.policy;
        off_runtime(passages, move |candidates| {
            compose(candidates, &listed, &cosines, &policy)
        })
        .await
    }

    /// How near each sentence is to the question; nothing without an embedder.
    async fn cosines(
        &self,
        principal: &Principal,
        question: &str,
        sentences: &[String],
    ) -> Result<Vec<f32>> {
        let embedder = self.embedder_for(principal, Feature::SearchEmbedding);
        // One that may not be told is left out without a word here: the search has said it.
        let Some(embedder) = embedder.await?.model() else {
            return Ok(Vec::new());
        };
        if sentences.is_empty() || !embedder.knows(question) {
            return Ok(Vec::new());
        }
        let question = self.embed_question(&embedder, question).await?;
        let texts: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let embedded = embedder.embed(&texts, Purpose::Passage).await?;
        let cosine = |vector: &Vec<f32>| vector.iter().zip(&*question).map(|(a, b)| a * b).sum();
        Ok(embedded.vectors.iter().map(cosine).collect())
    }
}

/// Computes something of the passages as candidates on a thread that may take its time.
async fn off_runtime<T: Send + 'static>(
    passages: &Arc<Vec<FoundPassage>>,
    work: impl FnOnce(&[Candidate<'_>]) -> T + Send + 'static,
) -> Result<T> {
    let passages = Arc::clone(passages);
    let compute = move || {
        let contexts: Vec<String> = passages.iter().map(context).collect();
        let candidates: Vec<Candidate<'_>> = passages
            .iter()
            .zip(&contexts)
            .map(|(found, context)| Candidate {
                version: found.version,
                text: &found.passage.chunk.text,
                start: found.passage.chunk.place.span.start,
                context,
                score: found.passage.score,
            })
            .collect();
        work(&candidates)
    };
    tokio::task::spawn_blocking(compute)
        .await
        .context(ErrorKind::Internal, || {
            "the thread that composes an answer broke".to_owned()
        })
}

fn context(found: &FoundPassage) -> String {
    let section = found.passage.chunk.place.section.join(" ");
    format!("{} {section}", found.passage.title)
}
