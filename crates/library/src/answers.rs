//! Answers that are kept, and checking them again years later.
//!
//! What is kept of an answer is what it said, what it quoted and from which version, and the digest of
//! that version's whole text. Verifying reads the text again: it must have the same digest, the quote
//! must stand where it stood, and the checker must come to the same finding.

use alexandria_core::access::Scope;
use alexandria_core::budget::Feature;
use alexandria_core::check::Verdict;
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::{AnswerId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_models::embedder::Embedder;
use alexandria_models::generator::Usage;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{AnswerQuery, KeptAnswer, NewAnswer, Page, Version};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answer::headings_of;
use crate::ask::{Answer, AnswerSentence, AskRequest, Writer};
use crate::experiments::Tried;
use crate::library::Library;
use crate::support::judge;

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenAnswer {
    /// Its identity.
    pub id: AnswerId,
    /// What was asked.
    pub question: String,
    /// When it was given.
    pub created: Timestamp,
    /// What it said.
    pub said: Said,
}

/// What an answer said, and what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Whether it was made for an equal question before.
    #[serde(default)]
    pub cached: bool,
    /// The name of the persona that answered.
    #[serde(default)]
    pub persona: Option<String>,
    /// Whether the question was answered.
    pub answered: bool,
    /// The whole text.
    pub text: String,
    /// How sure the answerer was.
    pub confidence: f32,
    /// Who wrote it.
    pub writer: Writer,
    /// What the language model used.
    pub usage: Option<Usage>,
    /// The sentences with their citations and verdicts.
    pub sentences: Vec<AnswerSentence>,
    /// The texts that were quoted.
    pub texts: Vec<QuotedText>,
    /// The language that the sentences were checked in.
    pub language: Option<String>,
    /// The experiment that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Tried>,
}

/// A text that an answer quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedText {
    /// The reading it is the text of.
    pub version: VersionId,
    /// SHA-256 of the whole text, lower-case hexadecimal.
    pub digest: String,
}

/// What verifying an answer has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The answer.
    pub answer: GivenAnswer,
    /// Whether every text is unchanged, every quote stands where it stood, and every supported
    /// sentence is still supported.
    pub holds: bool,
    /// The state of each quoted text, in the order of [`Said::texts`].
    pub texts: Vec<TextState>,
    /// What was found of each sentence, in their order.
    pub sentences: Vec<VerifiedSentence>,
}

/// What became of a text that an answer quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// It is the same, byte for byte.
    Unchanged,
    /// It has another digest than when the answer was given: the disk or somebody has changed it.
    Changed,
    /// It is not there any more: the document has been removed.
    Gone,
}

/// What verifying found of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedSentence {
    /// The checker's verdict now.
    pub verdict: Verdict,
    /// How many of its quotes stand where they stood.
    pub quotes_standing: usize,
}

impl Library {
    /// The answers given to the one who asks, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn answers(
        &self,
        principal: &Principal,
        query: &AnswerQuery,
    ) -> Result<Page<GivenAnswer>> {
        principal.require(Scope::Ask)?;
        let page = self.catalog.answers(principal, query).await?;
        let items = page.items.into_iter().map(given);
        Ok(Page {
            items: items.collect::<Result<_>>()?,
            next: page.next,
        })
    }

    /// An answer as it was given.
    ///
    /// # Errors
    /// `NotFound`, also for an answer that was given to somebody else.
    pub async fn given_answer(&self, principal: &Principal, id: AnswerId) -> Result<GivenAnswer> {
        principal.require(Scope::Ask)?;
        given(self.catalog.answer(principal, id).await?)
    }

    /// Forgets an answer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_answer(&self, principal: &Principal, id: AnswerId) -> Result<()> {
        principal.require(Scope::Ask)?;
        self.catalog.forget_answer(principal, id).await
    }

    /// Checks an answer again: its texts, its quotes, its sentences.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` when the disk does not answer. A text that is gone or changed is a
    /// finding, no error.
    pub async fn verify_answer(&self, principal: &Principal, id: AnswerId) -> Result<Verification> {
        principal.require(Scope::Ask)?;
        let answer = self.given_answer(principal, id).await?;
        let mut texts = Vec::new();
        let mut stored = Vec::new();
        for quoted in &answer.said.texts {
            let (state, text) = self.state(principal, quoted).await?;
            texts.push(state);
            stored.push((quoted.version, text));
        }
        let mut sentences = Vec::new();
        for sentence in &answer.said.sentences {
            let standing = Standing::of(sentence, &stored);
            let verdict = match standing.quotes.as_slice() {
                // An exact sentence needs no checker.
                [only] if *only == sentence.text => Verdict::exact(),
                quotes => {
                    let language = answer.said.language.as_deref();
                    let embedder = self.embedder_for(principal, Feature::SearchEmbedding);
                    let embedder = embedder.await?.model();
                    let embedder = embedder.as_ref().map(|one| one as &dyn Embedder);
                    judge(
                        embedder,
                        &sentence.text,
                        quotes,
                        &standing.headings,
                        language,
                    )
                    .await
                }
            };
            sentences.push(VerifiedSentence {
                verdict,
                quotes_standing: standing.quotes.len(),
            });
        }
        let stands = answer
            .said
            .sentences
            .iter()
            .zip(&sentences)
            .all(|(then, now)| {
                now.quotes_standing == then.citations.len()
                    && (now.verdict.supported || !then.verdict.supported)
            });
        Ok(Verification {
            holds: stands && texts.iter().all(|state| *state == TextState::Unchanged),
            answer,
            texts,
            sentences,
        })
    }

    /// The state of a quoted text, and the text where there is one.
    async fn state(
        &self,
        principal: &Principal,
        quoted: &QuotedText,
    ) -> Result<(TextState, Option<Vec<u8>>)> {
        // Read anew, not from what is remembered: this is to find what has changed.
        let read = async {
            let version = self.catalog.version(principal, quoted.version).await?;
            let text = self.blobs.get(principal, &version.text_blob).await?;
            Ok((version, text))
        };
        let (version, text): (Version, Vec<u8>) = match read.await {
            Ok(found) => found,
            Err(error) if is_gone(&error) => return Ok((TextState::Gone, None)),
            // The store itself notices when a file does not match its name.
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                return Ok((TextState::Changed, None));
            }
            Err(error) => return Err(error),
        };
        let is_same = version.text_digest.to_string() == quoted.digest
            && Digest::of(&text).to_string() == quoted.digest;
        let state = match is_same {
            true => TextState::Unchanged,
            false => TextState::Changed,
        };
        Ok((state, Some(text)))
    }

    /// Keeps an answer, and gives it its id.
    pub(crate) async fn keep(
        &self,
        principal: &Principal,
        request: &AskRequest,
        answer: &mut Answer,
        language: Option<String>,
    ) -> Result<()> {
        let kept = self.settings.answers_kept_days > 0;
        if !kept && request.conversation.is_none() {
            return Ok(());
        }
        let mut texts: Vec<QuotedText> = Vec::new();
        let cited = answer.sentences.iter().flat_map(|one| &one.citations);
        for citation in cited {
            if !texts.iter().any(|text| text.version == citation.version) {
                let version = self.version(principal, citation.version).await?;
                texts.push(QuotedText {
                    version: citation.version,
                    digest: version.text_digest.to_string(),
                });
            }
        }
        let said = Said {
            cached: answer.cached,
            persona: answer.persona.clone(),
            answered: answer.answered,
            text: answer.text.clone(),
            confidence: answer.confidence,
            writer: answer.writer.clone(),
            usage: answer.usage,
            sentences: answer.sentences.clone(),
            texts,
            language,
            trial: answer.trial.clone(),
        };
        let body = serde_json::to_string(&said)
            .context(ErrorKind::Internal, || "cannot write an answer".to_owned())?;
        let new = NewAnswer {
            question: request.text.clone(),
            body: body.clone(),
        };
        if kept {
            match self.catalog.keep_answer(principal, new).await {
                Ok(id) => answer.id = Some(id),
                // A full disk keeps nobody from reading.
                Err(error) => {
                    tracing::error!(error = %error.chain(), "cannot keep an answer");
                    let note = "this answer could not be kept and cannot be verified later";
                    answer.degraded.push(note.to_owned());
                }
            }
        }
        match request.conversation {
            Some(id) => {
                let turn = (id, request.text.as_str());
                self.keep_turn(principal, turn, body, answer).await
            }
            None => Ok(()),
        }
    }

    /// Forgets answers that have been kept for as long as the settings say.
    pub(crate) async fn forget_old_answers(&self) -> Result<()> {
        let days = i64::from(self.settings.answers_kept_days);
        let before = self
            .clock
            .now()
            .checked_sub(SignedDuration::from_hours(24 * days));
        // Before the beginning of time there is nothing to forget.
        let Ok(before) = before else { return Ok(()) };
        let forgotten = self.catalog.prune_answers(before).await?;
        tracing::debug!(forgotten, "forgot old answers");
        Ok(())
    }
}

fn is_gone(error: &alexandria_core::error::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

fn given(kept: KeptAnswer) -> Result<GivenAnswer> {
    let id = kept.id;
    let said = serde_json::from_str(&kept.body).context(ErrorKind::Corrupt, || {
        format!("cannot read what the answer {id} said")
    })?;
    Ok(GivenAnswer {
        id,
        question: kept.question,
        created: kept.created,
        said,
    })
}

/// A sentence with those of its quotes that stand where they stood, and the headings above them.
struct Standing<'a> {
    quotes: Vec<&'a str>,
    headings: String,
}

impl<'a> Standing<'a> {
    fn of(sentence: &'a AnswerSentence, stored: &[(VersionId, Option<Vec<u8>>)]) -> Self {
        let mut quotes = Vec::new();
        let mut headings = String::new();
        for citation in &sentence.citations {
            let text = stored
                .iter()
                .find(|(version, _)| *version == citation.version)
                .and_then(|(_, text)| text.as_deref());
            let span = citation.place.span;
            let held = usize::try_from(span.start)
                .ok()
                .zip(usize::try_from(span.end).ok())
                .and_then(|(start, end)| text?.get(start..end));
            if held == Some(citation.quote.as_bytes()) {
                quotes.push(citation.quote.as_str());
                headings.push_str(&headings_of(citation));
            }
        }
        Self { quotes, headings }
    }
}
