//! Answering a question: passages, then sentences with what supports them, then the whole.
//!
//! With a language model the sentences are the model's, and each has passed the checker; without one,
//! or when it does not answer, they are exact sentences of the library.

mod citing;
mod extractive;
mod generated;
mod recalled;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::access::Scope;
use alexandria_core::citation::Citation;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_models::generator::Usage;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, unfold};
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::channel;
use tracing::Instrument as _;

use self::generated::Generated;
use crate::ask::{Answer, AskEvent, AskRequest, NOT_FOUND, Writer, WriterChoice};
use crate::experiments::trial::Way;
use crate::library::Library;
use crate::models::{Lent, LentGenerator};
use crate::personas::Spoken;
use crate::retrieve::milliseconds;
use crate::search::{FoundPassage, SearchReply, SearchRequest};

/// Events of an answer that wait for whoever listens; while they do, the answer waits, too.
const EVENTS_QUEUED_MAX: usize = 64;

/// Told what an answer sends while it is made.
type Emit<'a> = &'a (dyn Fn(AskEvent) -> BoxFuture<'static, ()> + Send + Sync);

/// A question whose passages have been found.
struct Asked<'a> {
    principal: &'a Principal,
    request: &'a AskRequest,
    way: &'a Way,
    /// Best first.
    passages: &'a Arc<Vec<FoundPassage>>,
    /// The language that words are compared in.
    language: Option<&'a str>,
    /// How a language model is to speak.
    voice: Option<&'a str>,
    emit: Emit<'a>,
}

impl Library {
    /// Answers a question with sentences that the library supports, or says that it holds no answer.
    ///
    /// # Errors
    /// As for [`Self::search`]. A language model that does not answer is no error: the answer is then
    /// made without it and says so.
    pub async fn ask(&self, principal: &Principal, request: &AskRequest) -> Result<Answer> {
        principal.require(Scope::Ask)?;
        let unheard = |_| futures::future::ready(()).boxed();
        self.answer_limited(principal, request, &unheard).await
    }

    /// The same, sent piece by piece: the passages, each sentence with its citations, the whole.
    pub fn ask_stream(
        self: &Arc<Self>,
        principal: Principal,
        request: AskRequest,
    ) -> BoxStream<'static, Result<AskEvent>> {
        let (sender, receiver) = channel(EVENTS_QUEUED_MAX);
        let library = Arc::clone(self);
        let answering = async move {
            let emit = |event| {
                let sender = sender.clone();
                async move {
                    // Whoever does not listen any more needs no answer: sending may fail.
                    sender.send(Ok(event)).await.ok();
                }
                .boxed()
            };
            tokio::select! {
                answered = library.answer_limited(&principal, &request, &emit) => {
                    if let Err(error) = answered {
                        sender.send(Err(error)).await.ok();
                    }
                }
                // Nobody listens any more: a language model need not go on.
                () = sender.closed() => {}
            }
        };
        self.tracker.spawn(answering.in_current_span());
        unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|event| (event, receiver))
        })
        .boxed()
    }

    /// Answers within the limits of the one who asks.
    async fn answer_limited(
        &self,
        principal: &Principal,
        request: &AskRequest,
        emit: Emit<'_>,
    ) -> Result<Answer> {
        self.require_consent(principal).await?;
        self.count_question(principal).await?;
        let answering = self.limits.begin_answer(principal, &request.text).await?;
        let answered = self.answer_or_recall(principal, request, emit).await;
        answering.end(answered.as_ref().ok()).await;
        answered
    }

    /// Makes an answer, all but the last event of it.
    async fn answer(
        &self,
        principal: &Principal,
        (spoken, way): (&Spoken, &Way),
        emit: Emit<'_>,
    ) -> Result<Answer> {
        principal.require(Scope::Ask)?;
        let started = Instant::now();
        let request = &way.request;
        let search = searched(way);
        self.check_search(&search)?;
        if let Some(standalone) = &spoken.standalone {
            emit(AskEvent::Standalone(standalone.clone())).await;
        }
        let reply = if spoken.sees_nothing {
            SearchReply::default()
        } else {
            self.find(principal, &search, started).await?
        };
        emit(AskEvent::Passages(reply.passages.clone())).await;
        let composing = Instant::now();
        let passages = Arc::new(reply.passages);
        let mut answer = Answer {
            degraded: reply.degraded,
            timings: reply.timings,
            persona: spoken.persona.as_ref().map(|persona| persona.name.clone()),
            conversation: spoken.asked.conversation,
            standalone: spoken.standalone.clone(),
            trial: way.tried.clone(),
            ..Answer::default()
        };
        let language = language(request, &passages);
        let writing = Asked {
            principal,
            request,
            way,
            passages: &passages,
            language: language.as_deref(),
            voice: spoken
                .persona
                .as_ref()
                .map(|persona| persona.voice.as_str()),
            emit,
        };
        self.write(&writing, &mut answer).await?;
        answer.usage = Usage::sum(answer.usage, spoken.usage);
        answer.finish(Arc::unwrap_or_clone(passages));
        answer.timings.compose = milliseconds(composing);
        self.keep(principal, &spoken.asked, &mut answer, language)
            .await?;
        answer.timings.total = milliseconds(started);
        Ok(answer)
    }

    /// Writes the sentences: with the language model where there is one and it answers, else with
    /// exact sentences.
    async fn write(&self, asked: &Asked<'_>, answer: &mut Answer) -> Result<()> {
        let wanted = asked.request.writer == WriterChoice::Auto && !asked.passages.is_empty();
        if wanted {
            match self.generator_for(asked.principal).await? {
                Lent::Model(generator) => {
                    if self.write_by(&generator, asked, answer).await? {
                        return Ok(());
                    }
                }
                Lent::Outside(why) => answer.degraded.push(why),
                Lent::Absent => {}
            }
        }
        let extract = self.extract(asked, &mut answer.degraded).await?;
        answer.confidence = extract.confidence;
        answer.sentences = extract.sentences;
        answer.writer = Writer::Extractive;
        Ok(())
    }

    /// Writes the sentences with a language model; whether it has.
    async fn write_by(
        &self,
        generator: &LentGenerator,
        asked: &Asked<'_>,
        answer: &mut Answer,
    ) -> Result<bool> {
        match self.generate(asked, generator).await? {
            Generated::Written(written) => {
                let model = generator.model();
                answer.writer = Writer::Model {
                    provider: model.provider.clone(),
                    name: model.name.clone(),
                };
                answer.confidence = written.confidence();
                answer.sentences = written.sentences;
                answer.removed = written.removed;
                answer.usage = written.usage;
                answer.degraded.extend(written.broken);
                return Ok(true);
            }
            Generated::Unaffordable(why) => answer.degraded.push(why),
            Generated::Failed(why, written) => {
                answer.degraded.push(why);
                answer.removed = written.removed;
                answer.usage = written.usage;
                (asked.emit)(AskEvent::Restart).await;
            }
        }
        Ok(false)
    }
}

impl Answer {
    /// Puts the sentences together.
    fn finish(&mut self, passages: Vec<FoundPassage>) {
        self.passages = passages;
        self.answered = self
            .sentences
            .iter()
            .any(|sentence| sentence.verdict.supported);
        let texts: Vec<&str> = self
            .sentences
            .iter()
            .map(|sentence| sentence.text.as_str())
            .collect();
        self.text = if self.answered {
            texts.join(" ")
        } else {
            NOT_FOUND.to_owned()
        };
        if !self.answered {
            self.sentences.clear();
        }
    }
}

/// The search that finds the passages for a question.
fn searched(way: &Way) -> SearchRequest {
    let request = &way.request;
    SearchRequest {
        query: request.text.clone(),
        filter: request.filter.clone(),
        limit: request.passages,
        mode: way.mode,
        explain: false,
    }
}

/// The title and the headings above a quote, where a name may stand that the quote leaves out.
pub(crate) fn headings_of(citation: &Citation) -> String {
    let section = citation.place.section.join("\n");
    format!("{}\n{section}\n", citation.title)
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
