//! What people think of the answers they got, and the cases that are made of it.

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::feedback::{
    AnswerCopy, CASE_ANSWER_BYTES_MAX, CASE_ANSWERS_MAX, Expected, Opinion, expected,
};
use alexandria_core::id::{AnswerId, CaseId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Case, Feedback, FeedbackQuery, NewCase, NewFeedback, Page};

use crate::answers::Said;
use crate::library::Library;

impl Library {
    /// Keeps what the one who asks thinks of an answer they were given, in the place of what they thought
    /// of it before.
    ///
    /// # Errors
    /// `NotFound`, also for an answer that was given to somebody else; `Invalid` for a text that is too
    /// long, or a reason with a thumb up.
    pub async fn give_feedback(
        &self,
        principal: &Principal,
        answer: AnswerId,
        opinion: Opinion,
    ) -> Result<Feedback> {
        principal.require(Scope::Ask)?;
        let opinion = opinion.checked()?;
        let given = self.given_answer(principal, answer).await?;
        let trial = given.said.trial.as_ref();
        let trial = trial.map(|tried| (tried.experiment, tried.variant));
        let new = NewFeedback {
            answer,
            opinion,
            question: given.question,
            copy: copy(&given.said),
            trial,
        };
        let kept = self.catalog.keep_feedback(principal, new).await?;
        if let Some((experiment, _)) = trial {
            self.guard(principal, experiment).await;
        }
        Ok(kept)
    }

    /// What the one who asks thinks of an answer. It outlives the answer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn feedback(&self, principal: &Principal, answer: AnswerId) -> Result<Feedback> {
        principal.require(Scope::Ask)?;
        self.catalog.feedback(principal, answer).await
    }

    /// Takes back what the one who asks thinks of an answer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_feedback(&self, principal: &Principal, answer: AnswerId) -> Result<()> {
        principal.require(Scope::Ask)?;
        self.catalog.forget_feedback(principal, answer).await
    }

    /// What all people of the tenant think of their answers, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn all_feedback(
        &self,
        principal: &Principal,
        query: &FeedbackQuery,
    ) -> Result<Page<Feedback>> {
        principal.require(Scope::Admin)?;
        self.catalog.all_feedback(principal, query).await
    }

    /// Makes a case of an answer and what somebody thought of it, or of the right answers given here. A
    /// second case of the same answer takes the place of the first.
    ///
    /// # Errors
    /// `NotFound` when nobody has thought anything of the answer and it was not given to the one who
    /// asks; `Conflict` when nothing says what is right, see [`expected`]; `Invalid` for right answers
    /// that are too many or too long.
    pub async fn add_case(
        &self,
        principal: &Principal,
        answer: AnswerId,
        right: Option<Vec<String>>,
    ) -> Result<Case> {
        principal.require(Scope::Admin)?;
        let feedback = self.catalog.feedback_of_anybody(principal, answer).await?;
        let (question, copy, opinion) = match feedback {
            Some(feedback) => (feedback.question, feedback.copy, Some(feedback.opinion)),
            None => {
                let given = self.given_answer(principal, answer).await?;
                let copy = copy(&given.said);
                (given.question, copy, None)
            }
        };
        let expected = match right {
            Some(right) => given_right(right, &copy)?,
            None => expected(&copy, opinion.as_ref())?,
        };
        let new = NewCase {
            answer,
            question,
            answers: expected.answers,
            documents: expected.documents,
            language: copy.language,
        };
        self.catalog.keep_case(principal, new).await
    }

    /// The cases, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn cases(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Case>> {
        principal.require(Scope::Admin)?;
        self.catalog.cases(principal, cursor, limit).await
    }

    /// Forgets a case.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_case(&self, principal: &Principal, id: CaseId) -> Result<()> {
        principal.require(Scope::Admin)?;
        self.catalog.forget_case(principal, id).await
    }
}

/// What a case needs of an answer.
fn copy(said: &Said) -> AnswerCopy {
    let mut copy = AnswerCopy {
        answered: said.answered,
        language: said.language.clone(),
        ..AnswerCopy::default()
    };
    let supported = said.sentences.iter().filter(|one| one.verdict.supported);
    for citation in supported.flat_map(|sentence| &sentence.citations) {
        if !copy.quotes.contains(&citation.quote) {
            copy.quotes.push(citation.quote.clone());
        }
        if !copy.documents.contains(&citation.document) {
            copy.documents.push(citation.document);
        }
    }
    copy
}

/// What is expected when somebody says what is right.
fn given_right(right: Vec<String>, copy: &AnswerCopy) -> Result<Expected> {
    let blank = right.iter().any(|answer| answer.trim().is_empty());
    let long = right
        .iter()
        .any(|answer| answer.len() > CASE_ANSWER_BYTES_MAX);
    if blank || long || right.len() > CASE_ANSWERS_MAX {
        let sentence = format!(
            "a case has {CASE_ANSWERS_MAX} right answers of 1 to {CASE_ANSWER_BYTES_MAX} bytes at most"
        );
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    let documents = match right.is_empty() {
        true => Vec::new(),
        false => copy.documents.clone(),
    };
    Ok(Expected {
        answers: right,
        documents,
    })
}
