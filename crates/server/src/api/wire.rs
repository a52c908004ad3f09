//! The twins of the library's types that cross the wire. Their names are contracts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod answer;
mod conversation;
mod document;
mod evaluation;
mod experiment;
mod feedback;
mod passage;
mod place;
mod report;

pub(crate) use answer::{
    AnswerBody, CitationBody, SentenceBody, UsageBody, VerdictBody, WriterBody, WriterKind,
};
pub(crate) use conversation::{ConversationBody, TurnBody, WholeConversationBody};
pub(crate) use document::{CollectionBody, DocumentBody};
pub(crate) use evaluation::EvaluationBody;
pub(crate) use experiment::{MetricBody, NewExperimentBody, TrialBody};
pub(crate) use feedback::{
    CaseBody, FeedbackBody, NewCaseBody, OpinionBody, QuestionLine, ReasonBody, ThumbBody,
};
pub(crate) use passage::{PassageBody, SearchBody};
pub(crate) use place::{PlaceBody, RectangleBody, SpanBody};
pub(crate) use report::{
    ExperimentBody, ExperimentReportBody, ExperimentStateBody, GuardKindBody, IntervalBody,
    MetricReportBody, VerdictKindBody,
};

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Page_of_{T}")]
pub(crate) struct PageBody<T> {
    /// What the list holds, in its order.
    pub(crate) items: Vec<T>,
    /// What to give as `cursor` for the next page; absent on the last.
    pub(crate) next: Option<String>,
}
