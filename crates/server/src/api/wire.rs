//! The twins of the library's types that cross the wire. Their names are contracts.

mod answer;
mod conversation;
mod document;
mod evaluation;
mod experiment;
mod feedback;
mod page;
mod passage;
mod place;
mod report;

pub(crate) use answer::{
    AnswerBody, CitationBody, SentenceBody, UsageBody, VerdictBody, WriterBody, WriterKind,
};
pub(crate) use conversation::{ConversationBody, TurnBody, WholeConversationBody};
pub(crate) use document::{
    COVER_VERSION_CHARACTERS, CollectionAccessBody, CollectionBody, DocumentBody,
};
pub(crate) use evaluation::{EvaluationBody, NewPastEvaluationBody, PastEvaluationBody};
pub(crate) use experiment::{MetricBody, NewExperimentBody, TrialBody};
pub(crate) use feedback::{
    CaseBody, FeedbackBody, NewCaseBody, OpinionBody, QuestionLine, ReasonBody, ThumbBody,
};
pub(crate) use page::{PAGE_ITEMS_DEFAULT, PageBody, PageParameters};
pub(crate) use passage::{PassageBody, SearchBody};
pub(crate) use place::{PlaceBody, RectangleBody, SpanBody};
pub(crate) use report::{
    ExperimentBody, ExperimentReportBody, ExperimentStateBody, GuardKindBody, IntervalBody,
    MetricReportBody, VerdictKindBody,
};
