//! Answering a question: passages, then sentences with what supports them, then the whole.
//!
//! With a language model the sentences are the model's, and each has passed the checker; without one,
//! or when it does not answer, they are exact sentences of the library.

mod citing;
mod extractive;
mod generated;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use alexandria_core::citation::Citation;
use alexandria_core::error::Result;
use alexandria_core::principal::{Principal, Scope};
use futures::StreamExt as _;
use futures::stream::{BoxStream, unfold};
use tokio::sync::mpsc::unbounded_channel;

use self::generated::Generated;
use crate::ask::{Answer, AskEvent, AskRequest, NOT_FOUND, Writer, WriterChoice};
use crate::experiments::trial::Way;
use crate::library::Library;
use crate::metrics::LLM_QUERY_DURATION_SECONDS;
use crate::retrieve::milliseconds;
use crate::search::{FoundPassage, SearchRequest};

/// Told what an answer sends while it is made.
type Emit<'a> = &'a (dyn Fn(AskEvent) + Send + Sync);

/// A question whose passages have been found.
struct Asked<'a> {
    principal: &'a Principal,
    request: &'a AskRequest,
    way: &'a Way,
    /// Best first.
    passages: &'a Arc<Vec<FoundPassage>>,
    /// The language that words are compared in.
    language: Option<&'a str>,
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
            let emit = |event| {
                // Whoever does not listen any more needs no answer: sending may fail.
                sender.send(Ok(event)).ok();
            };
            tokio::select! {
                answered = library.answer(&principal, &request, &emit) => {
                    if let Err(error) = answered {
                        sender.send(Err(error)).ok();
                    }
                }
                // Nobody listens any more: a language model need not go on.
                () = sender.closed() => {}
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
        let way = self.way(principal, request).await;
        let answered = self.answer_so(principal, &way, emit).await;
        // Before the answer is told, because who has it may leave.
        self.note_outcome(principal, &way, started.elapsed(), &answered)
            .await;
        let answer = answered?;
        emit(AskEvent::Done(Box::new(answer.clone())));
        metrics::histogram!(LLM_QUERY_DURATION_SECONDS, "kind" => "ask")
            .record(started.elapsed().as_secs_f64());
        Ok(answer)
    }

    /// Answers in the way that was chosen for the question.
    async fn answer_so(&self, principal: &Principal, way: &Way, emit: Emit<'_>) -> Result<Answer> {
        let started = Instant::now();
        let request = &way.request;
        let search = SearchRequest {
            query: request.text.clone(),
            filter: request.filter.clone(),
            limit: request.passages,
            mode: way.mode,
            explain: false,
        };
        self.check_search(&search)?;
        let reply = self.find(principal, &search, started).await?;
        emit(AskEvent::Passages(reply.passages.clone()));
        let composing = Instant::now();
        let passages = Arc::new(reply.passages);
        let mut answer = Answer {
            degraded: reply.degraded,
            timings: reply.timings,
            trial: way.tried.clone(),
            ..Answer::default()
        };
        let language = language(request, &passages);
        let asked = Asked {
            principal,
            request,
            way,
            passages: &passages,
            language: language.as_deref(),
            emit,
        };
        self.write(&asked, &mut answer).await?;
        answer.finish(Arc::unwrap_or_clone(passages));
        answer.timings.compose = milliseconds(composing);
        self.keep(principal, request, &mut answer, language).await?;
        answer.timings.total = milliseconds(started);
        Ok(answer)
    }

    /// Writes the sentences: with the language model where there is one and it answers, else with
    /// exact sentences.
    async fn write(&self, asked: &Asked<'_>, answer: &mut Answer) -> Result<()> {
        let wanted = asked.request.writer == WriterChoice::Auto && !asked.passages.is_empty();
        if let Some(generator) = self.generator.as_deref().filter(|_| wanted) {
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
                    return Ok(());
                }
                Generated::Failed(why, written) => {
                    answer.degraded.push(why);
                    answer.removed = written.removed;
                    answer.usage = written.usage;
                    (asked.emit)(AskEvent::Restart);
                }
            }
        }
        let extract = self.extract(asked, &mut answer.degraded).await?;
        answer.confidence = extract.confidence;
        answer.sentences = extract.sentences;
        answer.writer = Writer::Extractive;
        Ok(())
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
