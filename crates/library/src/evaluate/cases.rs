//! How well the library does on its own cases: questions that people gave their opinion of.

use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{Case, PAGE_ITEMS_MAX};
use serde::{Deserialize, Serialize};

use super::questions::{JudgedQuestion, QuestionsEvaluation};
use crate::ask::{AskRequest, WriterChoice};
use crate::library::Library;

/// What the cases are called among what is evaluated.
pub const CASES_NAME: &str = "cases";

/// How well the library did on its cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CasesEvaluation {
    /// What was found, for each writer that was asked.
    pub writers: Vec<QuestionsEvaluation>,
}

impl Library {
    /// Every case, oldest first.
    ///
    /// # Errors
    /// `Forbidden` without the scope.
    pub async fn all_cases(&self, principal: &Principal) -> Result<Vec<Case>> {
        principal.require(Scope::Admin)?;
        let mut cases = Vec::new();
        let mut cursor: Option<String> = None;
        // As many pages as there may be cases.
        loop {
            let page = self.cases(principal, cursor.as_deref(), PAGE_ITEMS_MAX);
            let page = page.await?;
            cases.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                cases.reverse();
                return Ok(cases);
            }
        }
    }

    /// Asks the question of every case and measures what comes back. The answers are not kept; what was found is.
    ///
    /// # Errors
    /// `NotFound` without cases; else as for [`Self::evaluate_questions`].
    pub async fn evaluate_cases(
        self: &Arc<Self>,
        principal: &Principal,
        writer: WriterChoice,
    ) -> Result<QuestionsEvaluation> {
        principal.require(Scope::Admin)?;
        let cases = self.all_cases(principal).await?;
        if cases.is_empty() {
            let sentence =
                "there are no cases yet: make one with \"alexandria eval case add ANSWER\"";
            return Err(Error::new(ErrorKind::NotFound, sentence));
        }
        let questions: Vec<JudgedQuestion> = cases.into_iter().map(question).collect();
        let request = AskRequest {
            writer,
            ..AskRequest::new("")
        };
        let found = self
            .evaluate_questions(principal, &questions, &request, &|_, _| {})
            .await?;
        let model = self.models.embedding().map(|model| &model.name);
        let measured = found.measured(&digest(&questions), model);
        let kept = self.keep_evaluation(principal, CASES_NAME, &measured).await;
        if let Err(error) = kept {
            // What was measured may have cost money, and is given out all the same.
            tracing::warn!(error = %error.chain(), "cannot keep an evaluation");
        }
        Ok(found)
    }
}

/// What of the cases is asked: with another digest, two evaluations are not comparable.
fn digest(questions: &[JudgedQuestion]) -> String {
    let asked: Vec<_> = questions
        .iter()
        .map(|one| (&one.text, &one.answers, &one.documents))
        .collect();
    // Texts and ids always have a JSON form.
    Digest::of(&serde_json::to_vec(&asked).unwrap_or_default()).to_string()
}

fn question(case: Case) -> JudgedQuestion {
    JudgedQuestion {
        id: case.id.to_string(),
        text: case.new.question,
        answers: case.new.answers,
        documents: case.new.documents,
        language: case.new.language,
    }
}
