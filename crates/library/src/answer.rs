//! Answering a question with exact sentences of the library.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::answer::{
    Candidate, Chosen, Composed, SHORTLIST_SENTENCES_DEFAULT, Shortlisted, compose, shortlist,
};
use alexandria_core::citation::Citation;
use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::principal::{Principal, Scope};
use alexandria_core::question::Question;
use alexandria_models::embedder::Purpose;
use futures::StreamExt as _;
use futures::stream::{BoxStream, unfold};
use tokio::sync::mpsc::unbounded_channel;

use crate::ask::{Answer, AnswerSentence, AskEvent, AskRequest, NOT_FOUND};
use crate::library::Library;
use crate::metrics::{CITATIONS_DROPPED_TOTAL, LLM_QUERY_DURATION_SECONDS};
use crate::retrieve::milliseconds;
use crate::search::{FoundPassage, SearchMode, SearchRequest};

/// Told what an answer sends while it is made.
type Emit<'a> = &'a (dyn Fn(AskEvent) + Send + Sync);

impl Library {
    /// Answers a question with exact sentences of the library, or says that it holds no answer.
    ///
    /// # Errors
    /// As for [`Self::search`].
    pub async fn ask(&self, principal: &Principal, request: &AskRequest) -> Result<Answer> {
        principal.require(Scope::Ask)?;
        self.answer(principal, request, &|_| {}).await
    }

    /// The same, sent piece by piece: the passages, each sentence with its citations, the whole.
    pub fn ask_stream(
        self: &Arc<Self>,
        principal: Principal,
        request: AskRequest,
    ) -> BoxStream<'static, Result<AskEvent>> {
        let (sender, receiver) = unbounded_channel();
        let library = Arc::clone(self);
        self.tracker.spawn(async move {
            // Whoever does not listen any more needs no answer: sending may fail.
            let emit = |event| {
                sender.send(Ok(event)).ok();
            };
            if let Err(error) = library.answer(&principal, &request, &emit).await {
                sender.send(Err(error)).ok();
            }
        });
        unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|event| (event, receiver))
        })
        .boxed()
    }

    async fn answer(
        &self,
        principal: &Principal,
        request: &AskRequest,
        emit: Emit<'_>,
    ) -> Result<Answer> {
        principal.require(Scope::Ask)?;
        let started = Instant::now();
        let search = SearchRequest {
            query: request.text.clone(),
            filter: request.filter.clone(),
            limit: request.passages,
            mode: SearchMode::Hybrid,
            explain: false,
        };
        self.check_search(&search)?;
        let reply = self.find(principal, &search, started).await?;
        emit(AskEvent::Passages(reply.passages.clone()));
        let composing = Instant::now();
        let passages = Arc::new(reply.passages);
        let mut degraded = reply.degraded;
        let composed = self.compose(request, &passages, &mut degraded).await?;
        let mut sentences = Vec::new();
        if composed.answered {
            for chosen in &composed.sentences {
                if let Some(sentence) = self.cited(principal, &passages, chosen).await? {
                    emit(AskEvent::Sentence(sentence.clone()));
                    sentences.push(sentence);
                }
            }
        }
        let texts: Vec<&str> = sentences
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect();
        let answered = !sentences.is_empty();
        let mut timings = reply.timings;
        timings.compose = milliseconds(composing);
        timings.total = milliseconds(started);
        let answer = Answer {
            answered,
            text: if answered {
                texts.join(" ")
            } else {
                NOT_FOUND.to_owned()
            },
            confidence: composed.confidence,
            passages: Arc::unwrap_or_clone(passages),
            sentences,
            degraded,
            timings,
        };
        emit(AskEvent::Done(Box::new(answer.clone())));
        metrics::histogram!(LLM_QUERY_DURATION_SECONDS, "kind" => "ask")
            .record(started.elapsed().as_secs_f64());
        Ok(answer)
    }

    /// Chooses the sentences. Without embeddings the words alone decide, and `degraded` says so.
    async fn compose(
        &self,
        request: &AskRequest,
        passages: &Arc<Vec<FoundPassage>>,
        degraded: &mut Vec<String>,
    ) -> Result<Composed> {
        let language = language(request, passages);
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
        let cosines = match self.cosines(&request.text, &texts).await {
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
        let policy = self.settings.answers;
        off_runtime(passages, move |candidates| {
            compose(candidates, &listed, &cosines, &policy)
        })
        .await
    }

    /// How near each sentence is to the question; nothing without an embedder.
    async fn cosines(&self, question: &str, sentences: &[String]) -> Result<Vec<f32>> {
        let Some(embedder) = self.embedder.as_deref() else {
            return Ok(Vec::new());
        };
        if sentences.is_empty() || !embedder.knows(question) {
            return Ok(Vec::new());
        }
        let question = self.embed_question(embedder, question).await?;
        let texts: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let embedded = embedder.embed(&texts, Purpose::Passage).await?;
        let cosine = |vector: &Vec<f32>| vector.iter().zip(&*question).map(|(a, b)| a * b).sum();
        Ok(embedded.vectors.iter().map(cosine).collect())
    }

    /// A chosen sentence with its citation, whose quote has been read from the stored text again.
    ///
    /// Invariant: no quote leaves that is not byte for byte the stored text at its span. One that is
    /// not (an index of another text, a damaged file) is dropped and logged.
    async fn cited(
        &self,
        principal: &Principal,
        passages: &[FoundPassage],
        chosen: &Chosen,
    ) -> Result<Option<AnswerSentence>> {
        let Some(found) = passages.get(chosen.candidate) else {
            return Ok(None);
        };
        let chunk = &found.passage.chunk;
        let version = self.version(principal, found.version).await?;
        let (start, end) = (chosen.span.start, chosen.span.end);
        let stored = self
            .blobs
            .get_range(principal, &version.text_blob, start..end)
            .await?;
        let shown = chunk.place.span.start;
        let within = start.checked_sub(shown).zip(end.checked_sub(shown));
        let seen = within.and_then(|(start, end)| {
            chunk
                .text
                .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
        });
        let Some(quote) = seen.filter(|seen| seen.as_bytes() == stored) else {
            tracing::error!(version.id = %found.version, start, end, "a quote is not the stored text");
            metrics::counter!(CITATIONS_DROPPED_TOTAL).increment(1);
            return Ok(None);
        };
        let mut place = chunk.place.clone();
        place.span = chosen.span;
        place.rectangles.clear();
        if place.page.is_some() {
            let (layout, text) = (&version.layout_blob, &version.text_blob);
            place.rectangles = self
                .layouts
                .rectangles(principal, layout, text, chosen.span)
                .await?;
            if let Some(first) = place.rectangles.first() {
                place.page = Some(first.page);
            }
        }
        let citation = Citation {
            document: chunk.document,
            version: found.version,
            chunk: chunk.id,
            title: found.passage.title.clone(),
            quote: quote.to_owned(),
            place,
        };
        Ok(Some(AnswerSentence {
            text: quote.to_owned(),
            citations: vec![citation],
        }))
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

/// The language to compare words in: the one asked for, or that of most passages.
fn language(request: &AskRequest, passages: &[FoundPassage]) -> Option<String> {
    if let [only] = request.filter.languages.as_slice() {
        return Some(only.clone());
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for language in passages
        .iter()
        .filter_map(|found| found.language.as_deref())
    {
        *counts.entry(language).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(language, count)| (*count, *language));
    most.map(|(language, _)| language.to_owned())
}
