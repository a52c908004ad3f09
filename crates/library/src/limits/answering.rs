//! The making of an answer within the limits of the one who asks: a place, and tokens.

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_models::generator::estimate_tokens;

use super::Limits;
use super::flood::Admitted;
use super::places::{self, Place};
use crate::ask::Answer;

/// An answer that is being made. Dropping it gives its place back.
#[derive(Debug)]
pub(crate) struct Answering<'a> {
    limits: &'a Limits,
    /// Until the answer's tokens are counted.
    admitted: Option<Admitted>,
    _place: Place,
}

impl Limits {
    /// Takes a place for an answer and counts the question.
    ///
    /// # Errors
    /// `Exhausted` when there is no place, or the caller's circuit is open.
    pub(crate) async fn begin_answer(
        &self,
        principal: &Principal,
        question: &str,
    ) -> Result<Answering<'_>> {
        let wanted = places::answers(&self.settings.places, principal);
        let place = self.places.take(wanted)?;
        let admitted = self.admit_tokens(principal, tokens(question)).await?;
        Ok(Answering {
            limits: self,
            admitted,
            _place: place,
        })
    }
}

impl Answering<'_> {
    /// Counts what the answer has taken; none for a question that could not be answered.
    pub(crate) async fn end(mut self, answer: Option<&Answer>) {
        let Some(admitted) = self.admitted.take() else {
            return;
        };
        let tokens = answer.map_or(0, |answer| match answer.usage {
            Some(used) => used.prompt_tokens.saturating_add(used.completion_tokens),
            None => tokens(&answer.text),
        });
        if let Err(error) = self.limits.settle_tokens(&admitted, tokens).await {
            // The answer is there and is given; the next question is counted again.
            tracing::error!(error = %error.chain(), "cannot count the tokens of an answer");
        }
    }
}

impl Drop for Answering<'_> {
    /// Notes an answer that nobody waited for: its tokens were used all the same.
    fn drop(&mut self) {
        if let Some(admitted) = self.admitted.take() {
            self.limits.note_abandoned(admitted);
        }
    }
}

/// About how many tokens a text is.
fn tokens(text: &str) -> u64 {
    u64::try_from(estimate_tokens(text)).unwrap_or(u64::MAX)
}
