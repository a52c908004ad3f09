//! Feedback and cases as they cross the wire.

use alexandria_core::feedback::{Opinion, Reason, Thumb};
use alexandria_core::id::{AnswerId, CaseId, DocumentId, ExperimentId};
use alexandria_library::{Case, Feedback};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whether an answer was of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Thumb")]
pub(crate) enum ThumbBody {
    /// It was.
    Up,
    /// It was not.
    Down,
}

/// What was wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FeedbackReason")]
pub(crate) enum ReasonBody {
    /// It says something false.
    Wrong,
    /// Something is missing, or nothing was found although it is there.
    Incomplete,
    /// The library does not answer the question, and it should have said so.
    NotInLibrary,
    /// It rests on the wrong document.
    WrongSource,
    /// It was right once.
    Outdated,
    /// It cannot be understood, or is not what was asked.
    Unclear,
    /// Something else; the comment says what.
    Other,
}

impl From<Thumb> for ThumbBody {
    fn from(thumb: Thumb) -> Self {
        match thumb {
            Thumb::Up => Self::Up,
            Thumb::Down => Self::Down,
        }
    }
}

impl From<ThumbBody> for Thumb {
    fn from(thumb: ThumbBody) -> Self {
        match thumb {
            ThumbBody::Up => Self::Up,
            ThumbBody::Down => Self::Down,
        }
    }
}

impl From<Reason> for ReasonBody {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Wrong => Self::Wrong,
            Reason::Incomplete => Self::Incomplete,
            Reason::NotInLibrary => Self::NotInLibrary,
            Reason::WrongSource => Self::WrongSource,
            Reason::Outdated => Self::Outdated,
            Reason::Unclear => Self::Unclear,
            Reason::Other => Self::Other,
        }
    }
}

impl From<ReasonBody> for Reason {
    fn from(reason: ReasonBody) -> Self {
        match reason {
            ReasonBody::Wrong => Self::Wrong,
            ReasonBody::Incomplete => Self::Incomplete,
            ReasonBody::NotInLibrary => Self::NotInLibrary,
            ReasonBody::WrongSource => Self::WrongSource,
            ReasonBody::Outdated => Self::Outdated,
            ReasonBody::Unclear => Self::Unclear,
            ReasonBody::Other => Self::Other,
        }
    }
}

/// What you think of an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFeedback", example = &serde_json::json!({
    "thumb": "down", "reason": "wrong", "correction": "It was built in 1743."
}))]
pub(crate) struct OpinionBody {
    /// Whether it was of use.
    pub(crate) thumb: ThumbBody,
    /// What was wrong with it; with a thumb down only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<ReasonBody>,
    /// More in your own words.
    #[schemars(length(max = 4000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<String>,
    /// What it should have said.
    #[schemars(length(max = 4000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) correction: Option<String>,
}

impl From<OpinionBody> for Opinion {
    fn from(body: OpinionBody) -> Self {
        Self {
            thumb: body.thumb.into(),
            reason: body.reason.map(Reason::from),
            comment: body.comment,
            correction: body.correction,
        }
    }
}

/// What somebody thinks of an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Feedback")]
pub(crate) struct FeedbackBody {
    /// The answer, which may be gone.
    #[schemars(with = "Uuid")]
    pub(crate) answer_id: AnswerId,
    /// What was asked.
    pub(crate) question: String,
    /// Whether it was answered.
    pub(crate) answered: bool,
    /// Whether the answer was of use.
    pub(crate) thumb: ThumbBody,
    /// What was wrong with it.
    pub(crate) reason: Option<ReasonBody>,
    /// More in their own words.
    pub(crate) comment: Option<String>,
    /// What it should have said.
    pub(crate) correction: Option<String>,
    /// Whose feedback it is.
    pub(crate) actor: String,
    /// The experiment that the answer was part of.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) experiment_id: Option<ExperimentId>,
    /// Its variant there, counted from 0, the control.
    pub(crate) variant: Option<u32>,
    /// When it was first given.
    pub(crate) created: Timestamp,
    /// When it was last given.
    pub(crate) changed: Timestamp,
}

impl From<Feedback> for FeedbackBody {
    fn from(feedback: Feedback) -> Self {
        let opinion = feedback.opinion;
        Self {
            answer_id: feedback.answer,
            question: feedback.question,
            answered: feedback.copy.answered,
            thumb: opinion.thumb.into(),
            reason: opinion.reason.map(ReasonBody::from),
            comment: opinion.comment,
            correction: opinion.correction,
            actor: feedback.actor,
            experiment_id: feedback.trial.map(|(experiment, _)| experiment),
            variant: feedback.trial.map(|(_, variant)| variant),
            created: feedback.created,
            changed: feedback.changed,
        }
    }
}

/// A case to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCase", example = &serde_json::json!({
    "answer_id": "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"
}))]
pub(crate) struct NewCaseBody {
    /// The answer it is made of.
    #[schemars(with = "Uuid")]
    pub(crate) answer_id: AnswerId,
    /// Answers that are right, instead of what the feedback says; an empty list when the question must not
    /// be answered.
    #[schemars(length(max = 20), inner(length(min = 1, max = 8000)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<Vec<String>>,
}

/// A question with the answer it should get.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Case")]
pub(crate) struct CaseBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: CaseId,
    /// The answer it was made of, which may be gone.
    #[schemars(with = "Uuid")]
    pub(crate) answer_id: AnswerId,
    /// The question.
    pub(crate) question: String,
    /// Answers that are right, any of them; none when it must not be answered.
    pub(crate) answers: Vec<String>,
    /// Documents that the answer stands in; none when that is not known.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) documents: Vec<DocumentId>,
    /// The language of the question (ISO 639-1), where known.
    pub(crate) language: Option<String>,
    /// When it was made.
    pub(crate) created: Timestamp,
}

impl From<Case> for CaseBody {
    fn from(case: Case) -> Self {
        Self {
            id: case.id,
            answer_id: case.new.answer,
            question: case.new.question,
            answers: case.new.answers,
            documents: case.new.documents,
            language: case.new.language,
            created: case.created,
        }
    }
}

/// A line of `questions.jsonl`, which question sets are made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct QuestionLine {
    /// The identity of the case.
    #[serde(rename = "_id")]
    pub(crate) id: CaseId,
    /// The question.
    pub(crate) question: String,
    /// Answers that are right; none when it must not be answered.
    pub(crate) answers: Vec<String>,
    /// Documents that the answer stands in.
    pub(crate) documents: Vec<DocumentId>,
    /// The language of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
}

impl From<Case> for QuestionLine {
    fn from(case: Case) -> Self {
        Self {
            id: case.id,
            question: case.new.question,
            answers: case.new.answers,
            documents: case.new.documents,
            language: case.new.language,
        }
    }
}
