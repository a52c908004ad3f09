//! `alexandria eval`: measure the search on a folder of judged questions.

use std::path::{Path, PathBuf};

use alexandria_core::chunk::ChunkPolicy;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::evaluate::{
    CheckerEvaluation, CheckerRequest, Evaluation, EvaluationRequest, EvaluationStep,
    LegEvaluation, Rate, evaluate, evaluate_checker,
};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::paint::{FAINT, STRONG, clean, paint, table};
use super::{Outcome, Setting};
use crate::config::Config;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria eval beir/scifact
  alexandria eval beir/scifact --split train --json
  alexandria eval beir/scifact --checker
  alexandria eval case add 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";

/// Measure the search on a folder of judged questions in BEIR layout.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(super) struct Eval {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The folder with corpus.jsonl, queries.jsonl and qrels/
    #[arg(value_name = "DIR", required = true)]
    folder: Option<PathBuf>,
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
    /// Measures the checker.
    async fn check(&self, setting: &Setting) -> Result<Outcome> {
        let config = self.config(setting.config());
        let request = CheckerRequest {
            folder: self.folder()?.to_owned(),
            language: self.language.clone(),
            sentences: self.sentences,
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
        let found = found?;
        if setting.painter.is_json() {
            setting.painter.json(&found)?;
        } else {
            show_checker(setting, &found);
        }
        Ok(Outcome::Done)
    }

    /// Measures.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        if let Some(Verb::Case(case)) = &self.verb {
            return case.run(setting).await;
        }
        if self.checker {
            return self.check(setting).await;
        }
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
        let found = found?;
        if setting.painter.is_json() {
            setting.painter.json(&found)?;
        } else {
            show(setting, self.folder()?, &found);
        }
        Ok(Outcome::Done)
    }

    /// The folder of questions, which clap requires where no verb is given.
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

fn show(setting: &Setting, folder: &Path, found: &Evaluation) {
    let painter = setting.painter;
    let row = |name: &str, leg: &LegEvaluation| {
        let measures = &leg.measures;
        let quotes = leg.quotes.map(|quotes| [quotes.at_5, quotes.at_10]);
        let mut row = vec![
            name.to_owned(),
            format!("{:.4}", measures.ndcg_at_10),
            format!("{:.4}", measures.map),
            format!("{:.4}", measures.recall_at_10),
            format!("{:.4}", measures.recall_at_100),
            format!("{:.1}", leg.p50_ms),
            format!("{:.1}", leg.p95_ms),
        ];
        row.extend(
            quotes
                .into_iter()
                .flatten()
                .map(|share| format!("{share:.4}")),
        );
        row
    };
    let mut rows = vec![row("text", &found.text)];
    rows.extend(found.vectors.as_ref().map(|leg| row("vectors", leg)));
    rows.extend(found.hybrid.as_ref().map(|leg| row("hybrid", leg)));
    painter.say(paint(STRONG, clean(&folder.display().to_string())));
    let mut headings = vec![
        "BY",
        "NDCG@10",
        "MAP",
        "RECALL@10",
        "RECALL@100",
        "P50 MS",
        "P95 MS",
    ];
    if found.text.quotes.is_some() {
        headings.extend(["QUOTES@5", "QUOTES@10"]);
    }
    painter.say(table(&headings, &rows));
    painter.say(paint(
        FAINT,
        format!(
            "{} documents in {} chunks ({}), {} queries; model {}; embedding {:.1} s, indexing {:.1} s",
            found.documents,
            found.chunks,
            found.policy,
            found.queries,
            found.model.as_deref().unwrap_or("none"),
            found.embed_ms / 1000.0,
            found.index_ms / 1000.0,
        ),
    ));
}

/// The rates of the checker as a table.
fn show_checker(setting: &Setting, found: &CheckerEvaluation) {
    let row = |name: &str, rate: &Rate| {
        vec![
            name.to_owned(),
            rate.of.to_string(),
            format!("{:.1} %", 100.0 * rate.share()),
        ]
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (name, rate) in &found.detected {
        rows.push(row(&format!("seen: {name}"), rate));
    }
    rows.push(row("seen in all", &found.detected_in_all));
    rows.push(row("false alarms on true sentences", &found.false_alarms));
    if let Some(rate) = &found.human_detected {
        rows.push(row("seen: claims that people judged contradicted", rate));
    }
    if let Some(rate) = &found.human_false_alarms {
        rows.push(row(
            "false alarms on claims that people judged supported",
            rate,
        ));
    }
    let headings = ["", "SENTENCES", "SHARE"];
    setting.painter.say(table(&headings, &rows));
    let sentence = format!("{:.0} µs for a sentence", found.sentence_us);
    setting.painter.say(paint(FAINT, sentence));
}
