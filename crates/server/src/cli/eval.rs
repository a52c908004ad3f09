//! `alexandria eval`: measure the search, the checker or the answers on a folder of judged questions,
//! and compare the figures with those of an earlier run.

use std::path::{Path, PathBuf};

use alexandria_core::chunk::ChunkPolicy;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::evaluate::{
    Asked, CheckerRequest, EvaluationKind, EvaluationRequest, EvaluationStep, Figures,
    QUESTIONS_FILE, Ways, evaluate, evaluate_checker,
};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Outcome, Setting};
use crate::config::Config;

mod cases;
mod gate;
mod keep;
mod questions;
mod show;

use gate::Gate;
use questions::WriterFlag;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria eval beir/scifact
  alexandria eval beir/scifact --split train --json
  alexandria eval beir/scifact --checker
  alexandria eval my-questions --writer both
  alexandria eval my-questions --baseline before.json --fail-below 0.98
  alexandria eval case add 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria eval --cases";

/// Measure the search or the answers on a folder of judged questions.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(super) struct Eval {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The folder with corpus.jsonl, and queries.jsonl and qrels/ or questions.jsonl
    #[arg(value_name = "DIR", required_unless_present = "cases")]
    folder: Option<PathBuf>,
    /// Measure the answers of the library itself to its cases, see alexandria eval case
    #[arg(long, conflicts_with_all = ["folder", "checker", "questions", "limit"])]
    cases: bool,
    /// Which judgements: the name of a file in qrels/ without its ending
    #[arg(long, value_name = "NAME", default_value = "test")]
    split: String,
    /// The language of the collection, such as en
    #[arg(long, value_name = "CODE", default_value = "en")]
    language: String,
    /// In which numbers the model computes, int8 or f32, instead of what the settings say
    #[arg(long, value_enum, hide_possible_values = true)]
    precision: Option<PrecisionFlag>,
    /// How long passages are, in tokens of the model, instead of what the library does
    #[arg(long, value_name = "TOKENS")]
    chunk_tokens: Option<usize>,
    /// How long passages are at most
    #[arg(long, value_name = "TOKENS")]
    chunk_tokens_max: Option<usize>,
    /// Measure the checker instead: how many false sentences it sees, how many true ones it doubts
    #[arg(long)]
    checker: bool,
    /// How many sentences of the corpus the checker is measured on
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "checker")]
    sentences: usize,
    /// Measure the answers to questions.jsonl; needed only where queries.jsonl is there, too
    #[arg(long, conflicts_with = "checker")]
    questions: bool,
    /// Who answers the questions: extractive, model or both [default: both, where a model is set]
    #[arg(long, value_enum, hide_possible_values = true)]
    writer: Option<WriterFlag>,
    /// How many of the questions are asked, evenly spread
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Compare the figures with those that --json has printed into this file
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// End with code 4 when a figure is below this share of the baseline's, such as 0.98
    #[arg(long, value_name = "SHARE", requires = "baseline", value_parser = share)]
    fail_below: Option<f64>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Keep questions with the answers they should get
    Case(super::case::Case),
}

/// In which numbers the model computes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrecisionFlag {
    /// In bytes
    Int8,
    /// In numbers of 32 bits, the reference
    F32,
}

/// A directory for the indexes that goes away with it.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new(data: &Path) -> Result<Self> {
        let path = data.join(format!("eval-{}", uuid::Uuid::now_v7().simple()));
        fs_err::create_dir_all(&path).context(ErrorKind::Unavailable, || {
            "cannot make room for the indexes".to_owned()
        })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the person who looks into the directory.
        fs_err::remove_dir_all(&self.0).ok();
    }
}

impl Eval {
    /// Measures.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        if let Some(Verb::Case(case)) = &self.verb {
            return case.run(setting).await;
        }
        if self.cases {
            return self.ask_cases(setting).await;
        }
        if self.checker {
            return self.check(setting).await;
        }
        if self.asks_questions()? {
            return self.ask(setting).await;
        }
        self.search(setting).await
    }

    /// Measures the search.
    async fn search(&self, setting: &Setting) -> Result<Outcome> {
        if self.writer.is_some() || self.limit.is_some() {
            let sentence = "--writer and --limit are for the answers to questions.jsonl: add \
                            --questions to measure these";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let asked = Asked::Search { split: &self.split };
        let gate = self.gate(EvaluationKind::Search, asked)?;
        let scratch = Scratch::new(&std::env::temp_dir())?;
        let config = self.config(setting.config());
        let request = EvaluationRequest {
            folder: self.folder()?.to_owned(),
            split: self.split.clone(),
            language: self.language.clone(),
            scratch: scratch.0.clone(),
            models: config.models.clone(),
            embedder: crate::config::embedder::settings(&config)?,
            policy: self.policy()?,
        };
        let bar = bar(setting);
        let shown = bar.clone();
        let report = move |step: EvaluationStep| show_step(&shown, step);
        let found = evaluate(&request, &report).await;
        bar.finish_and_clear();
        let folder = self.folder()?;
        let show = |found: &_| show::show_search(setting, folder, found);
        conclude(setting, gate, &found?, show).await
    }

    /// Measures the checker.
    async fn check(&self, setting: &Setting) -> Result<Outcome> {
        let sentences = self.sentences;
        let gate = self.gate(EvaluationKind::Checker, Asked::Checker { sentences })?;
        let config = self.config(setting.config());
        let request = CheckerRequest {
            folder: self.folder()?.to_owned(),
            language: self.language.clone(),
            sentences,
            models: config.models.clone(),
            embedder: crate::config::embedder::settings(&config)?,
        };
        let bar = bar(setting);
        let shown = bar.clone();
        let report = move |done: usize, of: usize| {
            shown.set_message("sentences");
            shown.set_length(of as u64);
            shown.set_position(done as u64);
        };
        let found = evaluate_checker(&request, &report).await;
        bar.finish_and_clear();
        let show = |found: &_| show::show_checker(setting, found);
        conclude(setting, gate, &found?, show).await
    }

    /// Whether the folder holds questions to be answered, or is said to.
    fn asks_questions(&self) -> Result<bool> {
        let folder = self.folder()?;
        let holds = |name: &str| {
            let path = folder.join(name);
            path.try_exists().context(ErrorKind::Invalid, || {
                format!("cannot look for {}", path.display())
            })
        };
        Ok(self.questions || (holds(QUESTIONS_FILE)? && !holds("queries.jsonl")?))
    }

    fn gate<T: Figures + DeserializeOwned>(
        &self,
        kind: EvaluationKind,
        asked: Asked<'_>,
    ) -> Result<Gate<T>> {
        let folder = self.folder()?;
        let digest = alexandria_library::evaluate::digest(folder, asked, &self.language)?;
        let baseline = self.baseline.as_deref();
        Gate::open(kind, folder, digest, baseline, self.fail_below)
    }

    /// The folder of questions, which must be named where it is needed.
    fn folder(&self) -> Result<&Path> {
        let none = || Error::new(ErrorKind::Invalid, "name the folder of questions");
        self.folder.as_deref().ok_or_else(none)
    }

    fn policy(&self) -> Result<ChunkPolicy> {
        let usual = ChunkPolicy::default();
        let tokens_soft = self.chunk_tokens.unwrap_or(usual.tokens_soft);
        let tokens_hard = self
            .chunk_tokens_max
            .unwrap_or(usual.tokens_hard.max(tokens_soft));
        if tokens_soft == 0 || tokens_hard < tokens_soft {
            let sentence =
                "--chunk-tokens must be at least 1, and --chunk-tokens-max not less than it";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(ChunkPolicy {
            tokens_soft,
            tokens_hard,
            ..usual
        })
    }

    fn config(&self, config: &Config) -> Config {
        let mut config = config.clone();
        match self.precision {
            Some(PrecisionFlag::Int8) => config.embedder = "int8".to_owned(),
            Some(PrecisionFlag::F32) => config.embedder = "f32".to_owned(),
            None => {}
        }
        config
    }
}

/// Keeps what was found where there is a library, and tells it.
async fn conclude<T: Figures + Ways + Serialize + DeserializeOwned>(
    setting: &Setting,
    gate: Gate<T>,
    found: &T,
    show: impl FnOnce(&T),
) -> Result<Outcome> {
    let (name, digest) = gate.asked();
    keep::keep(setting, name, &found.ways(digest)).await;
    tell(setting, gate, found, show)
}

/// Prints what was found, and compares it with the baseline.
fn tell<T: Figures + Serialize + DeserializeOwned>(
    setting: &Setting,
    gate: Gate<T>,
    found: &T,
    show: impl FnOnce(&T),
) -> Result<Outcome> {
    let report = gate.pass(found);
    if setting.painter.is_json() {
        setting.painter.json(&report)?;
    } else {
        show(found);
        gate::show(setting, &report);
    }
    Ok(gate::outcome(setting, &report))
}

/// A share that is more than 0 and at most 1.
fn share(text: &str) -> std::result::Result<f64, String> {
    let share: f64 = text.parse().map_err(|_error| "no number".to_owned())?;
    if share > 0.0 && share <= 1.0 {
        return Ok(share);
    }
    Err("it must be more than 0 and at most 1, such as 0.98".to_owned())
}

fn bar(setting: &Setting) -> ProgressBar {
    let target = if setting.painter.is_json() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let style =
        ProgressStyle::with_template("{msg:12} {bar:24} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_source| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, target).with_style(style)
}

fn show_step(bar: &ProgressBar, step: EvaluationStep) {
    let (what, done, all) = match step {
        EvaluationStep::Documents(done, all) => ("indexing", done, all),
        EvaluationStep::Queries(done, all) => ("asking", done, all),
    };
    if bar.message() != what {
        bar.reset();
        bar.set_message(what);
    }
    bar.set_length(all as u64);
    bar.set_position(done as u64);
}
