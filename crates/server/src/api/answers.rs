//! Answers that were given: listing them, and verifying one against the texts it quotes.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::id::{AnswerId, VersionId};
use alexandria_library::AnswerQuery;
use alexandria_library::answers::{GivenAnswer, QuotedText, TextState, Verification};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Parameters, Segments};
use super::problem::Problem;
use super::wire::{
    PageBody, PageParameters, SentenceBody, TrialBody, UsageBody, VerdictBody, WriterBody,
};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/answers",
            get_with(list, |operation| {
                operation
                    .id("answers_list")
                    .tag("ask")
                    .summary("List the answers you were given, newest first")
            }),
        )
        .api_route(
            "/api/v1/answers/{answer}",
            get_with(get, |operation| {
                operation
                    .id("answers_get")
                    .tag("ask")
                    .summary("Read an answer as it was given")
            })
            .delete_with(forget, |operation| {
                operation
                    .id("answers_delete")
                    .tag("ask")
                    .summary("Forget an answer")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/answers/{answer}/verify",
            post_with(verify, |operation| {
                operation
                    .id("answers_verify")
                    .tag("ask")
                    .summary("Check an answer again")
                    .description(
                        "Reads every text that the answer quotes again: its digest must be the one it \
                         had, each quote must stand where it stood, and the checker must still find \
                         each sentence supported. One changed byte and `holds` is false.",
                    )
            }),
        )
}

/// An answer as it was given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GivenAnswer")]
pub(crate) struct GivenAnswerBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: AnswerId,
    /// What was asked.
    pub(crate) question: String,
    /// When it was given.
    pub(crate) created: Timestamp,
    /// Whether it was made for an equal question before.
    pub(crate) cached: bool,
    /// The name of the persona that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) persona: Option<String>,
    /// Whether the question was answered.
    pub(crate) answered: bool,
    /// The whole text.
    pub(crate) answer: String,
    /// The sentences with their citations and the verdicts of that time.
    pub(crate) sentences: Vec<SentenceBody>,
    /// How sure the answerer was, from 0 to 1.
    pub(crate) confidence: f32,
    /// Who wrote it.
    pub(crate) writer: WriterBody,
    /// What the language model used.
    pub(crate) usage: Option<UsageBody>,
    /// The texts that it quotes.
    pub(crate) texts: Vec<QuotedTextBody>,
    /// The experiment that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) experiment: Option<TrialBody>,
}

/// A text that an answer quotes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "QuotedText")]
pub(crate) struct QuotedTextBody {
    /// The reading it is the text of.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// SHA-256 of the whole text when the answer was given, lower-case hexadecimal.
    pub(crate) sha256: String,
}

impl From<QuotedText> for QuotedTextBody {
    fn from(text: QuotedText) -> Self {
        Self {
            version_id: text.version,
            sha256: text.digest,
        }
    }
}

impl From<GivenAnswer> for GivenAnswerBody {
    fn from(given: GivenAnswer) -> Self {
        let said = given.said;
        Self {
            id: given.id,
            question: given.question,
            created: given.created,
            cached: said.cached,
            persona: said.persona,
            answered: said.answered,
            answer: said.text,
            sentences: said.sentences.into_iter().map(SentenceBody::from).collect(),
            confidence: said.confidence,
            writer: said.writer.into(),
            usage: said.usage.map(UsageBody::from),
            texts: said.texts.into_iter().map(QuotedTextBody::from).collect(),
            experiment: said.trial.map(TrialBody::from),
        }
    }
}

/// What checking an answer again has found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Verification")]
pub(crate) struct VerificationBody {
    /// Whether every text is unchanged, every quote stands, and every sentence is still supported.
    pub(crate) holds: bool,
    /// The state of each text, in the order of the answer's `texts`.
    pub(crate) texts: Vec<TextStateBody>,
    /// What was found of each sentence, in their order.
    pub(crate) sentences: Vec<VerifiedSentenceBody>,
    /// The answer that was checked.
    pub(crate) answer: GivenAnswerBody,
}

/// What became of a text that an answer quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TextState")]
pub(crate) enum TextStateBody {
    /// It is the same, byte for byte.
    Unchanged,
    /// It is another one.
    Changed,
    /// It is not there any more.
    Gone,
}

/// What checking again has found of a sentence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VerifiedSentence")]
pub(crate) struct VerifiedSentenceBody {
    /// How many of its quotes stand where they stood.
    pub(crate) quotes_standing: usize,
    /// The verdict now.
    pub(crate) verdict: VerdictBody,
}

impl From<Verification> for VerificationBody {
    fn from(found: Verification) -> Self {
        let state = |state: TextState| match state {
            TextState::Unchanged => TextStateBody::Unchanged,
            TextState::Changed => TextStateBody::Changed,
            TextState::Gone => TextStateBody::Gone,
        };
        let sentences = found.sentences.into_iter().map(|one| VerifiedSentenceBody {
            quotes_standing: one.quotes_standing,
            verdict: one.verdict.into(),
        });
        Self {
            holds: found.holds,
            texts: found.texts.into_iter().map(state).collect(),
            sentences: sentences.collect(),
            answer: found.answer.into(),
        }
    }
}

/// Which answer.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The answer's id.
    #[schemars(with = "Uuid")]
    answer: AnswerId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<PageParameters>,
) -> Result<Json<PageBody<GivenAnswerBody>>, Problem> {
    let query = AnswerQuery {
        limit: wanted.limit(),
        cursor: wanted.cursor,
    };
    let page = app.library.answers(&principal, &query).await?;
    Ok(Json(page.into()))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<GivenAnswerBody>, Problem> {
    let given = app.library.given_answer(&principal, which.answer).await?;
    Ok(Json(given.into()))
}

async fn forget(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library.forget_answer(&principal, which.answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn verify(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<VerificationBody>, Problem> {
    let found = app.library.verify_answer(&principal, which.answer).await?;
    Ok(Json(found.into()))
}
