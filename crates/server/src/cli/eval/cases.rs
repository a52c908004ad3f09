//! `alexandria eval --cases`: how the library does on its own cases.

use std::path::Path;

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_library::WriterChoice;
use alexandria_library::evaluate::{
    CASES_NAME, CasesEvaluation, EvaluationKind, QuestionsEvaluation,
};
use alexandria_store::blobs::Digest;

use super::gate::Gate;
use super::questions::{show_writers, writers};
use super::{Eval, tell};
use crate::api::requests::WriterChoiceBody;
use crate::api::wire::EvaluationBody;
use crate::cli::case::exported;
use crate::cli::door::{Door, Work};
use crate::cli::{Outcome, Setting};

impl Eval {
    /// Measures the answers of the library to its cases.
    pub(super) async fn ask_cases(&self, setting: &Setting) -> Result<Outcome> {
        let is_other = self.precision.is_some()
            || self.chunk_tokens.is_some()
            || self.chunk_tokens_max.is_some();
        if is_other {
            let sentence = "--precision and --chunk-tokens are for throw-away indexes: cases are asked of \
                            the library as it is";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let door = Door::open(setting, Work::Look).await?;
        let done = self.ask_cases_through(setting, &door).await;
        door.close().await;
        done
    }

    async fn ask_cases_through(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        let cases = exported(door).await?;
        let digest = Digest::of(cases.as_bytes()).to_string();
        let baseline = self.baseline.as_deref();
        let gate = Gate::open(
            EvaluationKind::Questions,
            Path::new(CASES_NAME),
            digest,
            baseline,
            self.fail_below,
        )?;
        let settings = crate::library::settings(setting.config())?;
        let mut found = CasesEvaluation {
            writers: Vec::new(),
        };
        for writer in writers(self.writer, &settings.generator)? {
            found.writers.push(run(door, writer).await?);
        }
        let about = "the library as it is";
        let show =
            |found: &CasesEvaluation| show_writers(setting, CASES_NAME, &found.writers, about);
        tell(setting, gate, &found, show)
    }
}

async fn run(door: &Door, writer: WriterChoice) -> Result<QuestionsEvaluation> {
    let writer = match writer {
        WriterChoice::Auto => WriterChoiceBody::Auto,
        WriterChoice::Extractive => WriterChoiceBody::Extractive,
    };
    let wanted = serde_json::json!({ "writer": writer });
    let found: EvaluationBody = door.post("/api/v1/evaluation/run", &wanted).await?;
    let about = || "cannot read what was found".to_owned();
    let value = serde_json::to_value(found).context(ErrorKind::Internal, about)?;
    serde_json::from_value(value).context(ErrorKind::Internal, about)
}
