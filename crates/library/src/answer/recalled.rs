//! Answering from what was answered before, while nothing has changed that the answer depends on, and
//! answering once what several ask at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use tokio::time::timeout_at;
use unicode_normalization::UnicodeNormalization as _;

use super::{Emit, language, searched};
use crate::ask::{Answer, AskEvent, AskRequest, Participation};
use crate::experiments::trial::Way;
use crate::library::Library;
use crate::metrics::LLM_QUERY_DURATION_SECONDS;
use crate::personas::Spoken;
use crate::recall::{Entered, Told};
use crate::remember::Outcome;
use crate::retrieve::milliseconds;

/// How long a question waits for the answer to an equal one before it is answered by itself.
const TWIN_WAIT_MAX: Duration = Duration::from_secs(20);

/// Collections up to which answers are recalled: each is asked for its state at every question.
const RECALLED_COLLECTIONS_MAX: usize = 64;

impl Library {
    /// Answers a question: recalled where an equal one has been answered and nothing has changed since.
    pub(super) async fn answer_or_recall(
        &self,
        principal: &Principal,
        request: &AskRequest,
        emit: Emit<'_>,
    ) -> Result<Answer> {
        let started = Instant::now();
        let spoken = self.speak_as(principal, request).await?;
        let way = self.way(principal, &spoken.request).await;
        let answered = Box::pin(self.recall_or_make(principal, (&spoken, &way), emit)).await;
        // Before the answer is told, because who has it may leave.
        self.note_outcome(principal, &way, started.elapsed(), &answered)
            .await;
        let answer = answered?;
        emit(AskEvent::Done(Box::new(answer.clone()))).await;
        metrics::histogram!(LLM_QUERY_DURATION_SECONDS, "kind" => "ask")
            .record(started.elapsed().as_secs_f64());
        let latency_ms = (answer.timings.total * 1e3).round() / 1e3;
        tracing::info!(
            user_id = %principal.actor(),
            philosopher = answer.persona.as_deref(),
            latency_ms,
            cached = answer.cached,
            answered = answer.answered,
            "answered a question"
        );
        Ok(answer)
    }

    async fn recall_or_make(
        &self,
        principal: &Principal,
        as_asked: (&Spoken, &Way),
        emit: Emit<'_>,
    ) -> Result<Answer> {
        let started = Instant::now();
        let deadline = tokio::time::Instant::now() + TWIN_WAIT_MAX;
        let Some(key) = self.answer_key(principal, as_asked).await? else {
            return self.answer(principal, as_asked, emit).await;
        };
        loop {
            let known = match self.recall.enter(key, self.clock.now()) {
                Entered::Known(answer) => answer,
                Entered::UnderWay(told) => match timeout_at(deadline, made(told)).await {
                    Ok(Some(answer)) => answer,
                    // Whoever made it has failed or gone: somebody else's turn.
                    Ok(None) => continue,
                    Err(_elapsed) => {
                        self.remembered.count_answer(Outcome::Miss);
                        return self.answer(principal, as_asked, emit).await;
                    }
                },
                Entered::Turn(turn) => {
                    self.remembered.count_answer(Outcome::Miss);
                    let answer = self.answer(principal, as_asked, emit).await?;
                    turn.done(&answer, self.clock.now());
                    return Ok(answer);
                }
            };
            self.remembered.count_answer(Outcome::Hit);
            return self
                .give_again(principal, as_asked.0, &known, (started, emit))
                .await;
        }
    }

    /// Gives a known answer as if it were made now: its events, and an id of its own for the one who
    /// asks, under which it can be verified.
    async fn give_again(
        &self,
        principal: &Principal,
        spoken: &Spoken,
        known: &Answer,
        (started, emit): (Instant, Emit<'_>),
    ) -> Result<Answer> {
        let mut answer = Answer {
            cached: true,
            conversation: spoken.asked.conversation,
            standalone: spoken.standalone.clone(),
            // This time no model was asked, save for understanding the question.
            usage: spoken.usage,
            timings: crate::search::Timings::default(),
            ..known.clone()
        };
        if let Some(standalone) = &spoken.standalone {
            emit(AskEvent::Standalone(standalone.clone())).await;
        }
        emit(AskEvent::Passages(answer.passages.clone())).await;
        for sentence in &answer.sentences {
            emit(AskEvent::Sentence(sentence.clone())).await;
        }
        for sentence in &answer.removed {
            emit(AskEvent::Removed(sentence.clone())).await;
        }
        answer.id = None;
        let language = language(&spoken.request, &answer.passages);
        self.keep(principal, &spoken.asked, &mut answer, language)
            .await?;
        answer.timings.total = milliseconds(started);
        Ok(answer)
    }

    /// What an answer is recalled under; none where it is not.
    ///
    /// Invariant: everything is in it that the answer depends on: who owns; the whole request, so that
    /// whatever is added to a request is in it too; the persona with its voice; the settings and models
    /// of this process; and of each collection that the one who asks may read and that is searched its
    /// name, its last change in the catalog, and how far either index has followed. The last three are
    /// read anew for each question, so that they hold for changes of other processes.
    async fn answer_key(
        &self,
        principal: &Principal,
        (spoken, way): (&Spoken, &Way),
    ) -> Result<Option<Digest>> {
        // Variants of an experiment are compared by what answering takes, not by what was known.
        if !self.recall.is_on() || way.tried.is_some() || way.request.fresh {
            return Ok(None);
        }
        let epoch = self.remembered.epoch();
        let mut way = way.clone();
        let request = &mut way.request;
        request.text = plain(&request.text);
        // The persona itself is in the key, however its name was written.
        request.persona = None;
        // So is what was said before, in the question that stands alone.
        request.conversation = None;
        request.history.clear();
        request.filter.collections.sort_unstable();
        // Whether an experiment might have chosen changes nothing about the answer.
        request.participation = Participation::default();
        let search = searched(&way);
        self.check_search(&search)?;
        let mut corpus = Vec::new();
        if !spoken.sees_nothing {
            let collections = self.searched_collections(principal, &search).await?;
            if collections.len() > RECALLED_COLLECTIONS_MAX {
                return Ok(None);
            }
            for collection in collections {
                corpus.push(self.collection_state(principal, &collection).await?);
            }
        }
        let persona = spoken
            .persona
            .as_ref()
            .map(|persona| (persona.id, &persona.name, &persona.voice));
        let models = (
            self.models.writing(),
            self.models.embedding(),
            self.generation,
        );
        let key = format!(
            "{:?}",
            (
                (principal.tenant(), principal.clearance()),
                (&way.request, spoken.sees_nothing, persona),
                (corpus, epoch),
                (way.mode, way.unsupported, way.policy, models),
            )
        );
        Ok(Some(Digest::of(key.as_bytes())))
    }
}

/// The answer that somebody else makes; none when that fails.
async fn made(mut told: Told) -> Option<Arc<Answer>> {
    told.wait_for(Option::is_some).await.ok()?.clone()
}

/// A question in one form of its letters (NFC) and with single spaces: two that differ in no more are
/// equal. Case, accents and signs may change what is meant and stay.
fn plain(question: &str) -> String {
    let words: Vec<&str> = question.split_whitespace().collect();
    words.join(" ").nfc().collect()
}
