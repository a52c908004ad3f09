//! The product without a face: put documents in, find passages, answer with exact quotes, forget.
//!
//! [`Library`] is the one door. Its parts (catalog, blobs, indexes, embedder, reader of files) are
//! opened by [`Library::open`] and never handed out, so that every call asks first who is asking and
//! what they may do. Background work is rows in the catalog, done by [`Library::run_workers`].
//!
//! Nothing here knows HTTP, wire formats or the environment.

#![warn(missing_docs)]

pub mod access;
mod answer;
pub mod answers;
pub mod ask;
pub mod audit;
pub mod budgets;
mod cache;
pub mod clock;
pub mod collections;
pub mod consents;
pub mod conversations;
mod copies;
pub mod covers;
pub mod doctor;
pub mod documents;
mod drain;
pub mod embed;
pub mod encryption;
pub mod erasure;
pub mod evaluate;
pub mod experiments;
pub mod exports;
pub mod feedback;
mod follow;
pub mod health;
mod jobs;
mod layouts;
mod ledger;
mod library;
pub mod limits;
mod lock;
mod metered;
pub mod metrics;
mod models;
pub mod notices;
pub mod outlook;
mod paid;
pub mod personas;
pub mod progress;
pub mod reading;
pub mod rebuild;
mod recall;
pub mod regions;
mod remember;
mod retention;
mod retrieve;
mod rounds;
pub mod search;
pub mod security;
pub mod settings;
pub mod status;
pub mod stored;
mod support;
mod tidy;
pub mod usage;
mod workers;

pub use alexandria_store::catalog::{
    AnswerQuery, CONVERSATION_TURNS_MAX, Case, CollectionChange, Conversation, ConversationQuery,
    DocumentChange, DocumentOrder, DocumentQuery, EvaluationQuery, Experiment, ExperimentState,
    Feedback, FeedbackQuery, Job, JobQuery, JobState, PAGE_ITEMS_MAX, Page,
    Progress as JobProgress, StoredReply,
};

pub use crate::ask::{
    ASK_PASSAGES_DEFAULT, Answer, AnswerSentence, AskEvent, AskRequest, Exchange, NOT_FOUND,
    Participation, Writer, WriterChoice,
};
pub use crate::clock::{SystemClock, SystemIds};
pub use crate::collections::{COLLECTION_DESCRIPTION_BYTES_MAX, COLLECTION_NAME_BYTES_MAX};
pub use crate::conversations::{
    CONVERSATION_TITLE_BYTES_MAX, CONVERSATION_WANTED_BYTES_MAX, FoundConversation, GivenTurn,
};
pub use crate::doctor::{Diagnosis, Finding, Severity};
pub use crate::documents::{
    Added, DOCUMENT_NAME_BYTES_MAX, DOCUMENT_TAG_BYTES_MAX, DOCUMENT_TAGS_MAX, Upload,
};
pub use crate::embed::{EMBED_TEXTS_MAX, EmbeddedTexts, EmbeddingInUse};
pub use crate::evaluate::{
    CheckerEvaluation, CheckerRequest, Evaluation, EvaluationRequest, EvaluationStep,
    JudgedQuestion, LegEvaluation, QUESTIONS_FILE, QuestionCosts, QuestionRecord,
    QuestionSetEvaluation, QuestionSetRequest, QuestionsEvaluation, Rate, evaluate,
    evaluate_checker, evaluate_question_set,
};
pub use crate::health::{Health, PartHealth, PartState};
pub use crate::library::Library;
pub use crate::personas::{PersonaDraft, PersonaEdit};
pub use crate::progress::{Progress, ProgressUnit};
pub use crate::reading::parse_worker;
pub use crate::rebuild::{Rebuild, Rebuilt};
pub use crate::search::{
    Explanation, FoundPassage, SEARCH_PASSAGES_DEFAULT, SearchMode, SearchReply, SearchRequest,
    Timings,
};
pub use crate::settings::{
    CATALOG_FILE, LibraryLimits, LibrarySettings, ReaderSettings, Recognition, WORKERS_DEFAULT,
};
pub use crate::status::{CollectionStatus, DocumentCounts, JobCounts, SpaceStatus, Status};
pub use crate::stored::{OriginalFile, StoredText};
