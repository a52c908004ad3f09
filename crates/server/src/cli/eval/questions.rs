//! `alexandria eval` on a set of questions: who answers them, and the table of what was found.

use std::path::Path;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::evaluation::interval::Estimate;
use alexandria_core::evaluation::questions::QuestionMeasures;
use alexandria_library::evaluate::{
    Asked, EvaluationKind, EvaluationStep, QuestionSetEvaluation, QuestionSetRequest,
    QuestionsEvaluation, evaluate_question_set,
};
use alexandria_library::{LibrarySettings, WriterChoice};
use alexandria_models::generator::GeneratorConfig;
use clap::ValueEnum;

use super::{Eval, Scratch, bar, conclude, show_step};
use crate::cli::paint::{FAINT, STRONG, clean, paint, table};
use crate::cli::{Outcome, Setting};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WriterFlag {
    /// Exact sentences
    Extractive,
    /// The language model that the settings name
    Model,
    /// One after the other
    Both,
}

impl Eval {
    /// Measures the answers.
    pub(super) async fn ask(&self, setting: &Setting) -> Result<Outcome> {
        if self.chunk_tokens.is_some() || self.chunk_tokens_max.is_some() {
            let sentence = "--chunk-tokens and --chunk-tokens-max are for measuring the search: \
                            questions are asked of a library as it is";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        if self.limit == Some(0) {
            let sentence =
                "--limit must be at least 1: without a question there is nothing to measure";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let limit = self.limit;
        let gate = self.gate(EvaluationKind::Questions, Asked::Questions { limit })?;
        let scratch = Scratch::new(&std::env::temp_dir())?;
        let settings = crate::library::settings(&self.config(setting.config()))?;
        let request = QuestionSetRequest {
            folder: self.folder()?.to_owned(),
            language: self.language.clone(),
            limit,
            writers: writers(self.writer, &settings.generator)?,
            settings: LibrarySettings {
                data: scratch.0.join("library"),
                ..settings
            },
        };
        let bar = bar(setting);
        let shown = bar.clone();
        let report = move |step: EvaluationStep| show_step(&shown, step);
        let found = evaluate_question_set(&request, &report).await;
        bar.finish_and_clear();
        let folder = self.folder()?;
        let show = |found: &_| show(setting, folder, found);
        conclude(setting, gate, &found?, show).await
    }
}

/// Who writes: as it is said, or everybody there is.
pub(super) fn writers(
    flag: Option<WriterFlag>,
    generator: &GeneratorConfig,
) -> Result<Vec<WriterChoice>> {
    let has_model = *generator != GeneratorConfig::Off;
    let (extractive, model) = (WriterChoice::Extractive, WriterChoice::Auto);
    match flag {
        Some(WriterFlag::Model | WriterFlag::Both) if !has_model => Err(Error::new(
            ErrorKind::Invalid,
            "there is no language model to measure: name one in the setting models.generator",
        )),
        Some(WriterFlag::Model) => Ok(vec![model]),
        Some(WriterFlag::Extractive) => Ok(vec![extractive]),
        None if !has_model => Ok(vec![extractive]),
        Some(WriterFlag::Both) | None => Ok(vec![extractive, model]),
    }
}

/// Every measure by what it says.
type Row = (&'static str, fn(&QuestionMeasures) -> Option<Estimate>);

const ROWS: [Row; 14] = [
    ("answerable questions answered", |of| of.answered),
    ("the answer holds the exact words", |of| of.holds_answer),
    ("… of the answers given", |of| of.holds_answer_when_given),
    ("… in a quote", |of| of.quote_holds_answer),
    ("exact match", |of| of.exact_match),
    ("token F1", |of| of.token_f1),
    ("citation precision", |of| of.citation_precision),
    ("citation recall", |of| of.citation_recall),
    ("sentences supported", |of| of.support_rate),
    ("abstention precision", |of| of.abstention_precision),
    ("abstention recall", |of| of.abstention_recall),
    ("abstention F1", |of| of.abstention_f1),
    ("risk-coverage area (0 is best)", |of| of.risk_coverage_area),
    ("confidence ranks answerable first", |of| {
        of.confidence_ranking
    }),
];

/// What was found in a folder.
fn show(setting: &Setting, folder: &Path, found: &QuestionSetEvaluation) {
    let about = format!(
        "{} documents, put in within {:.1} s; model {}",
        found.documents,
        found.ingest_ms / 1000.0,
        found.model.as_deref().unwrap_or("none"),
    );
    let title = folder.display().to_string();
    show_writers(setting, &title, &found.writers, &about);
}

/// What was found as a table, one column a writer.
pub(super) fn show_writers(
    setting: &Setting,
    title: &str,
    writers: &[QuestionsEvaluation],
    about: &str,
) {
    let painter = setting.painter;
    painter.say(paint(STRONG, clean(title)));
    let row = |name: &str, cell: &dyn Fn(&QuestionsEvaluation) -> String| {
        let cells = writers.iter().map(cell);
        [name.to_owned()].into_iter().chain(cells).collect()
    };
    let mut rows: Vec<Vec<String>> = ROWS
        .iter()
        .map(|(name, of)| row(name, &|writer| estimate(of(&writer.measures))))
        .collect();
    let ms = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.1}"));
    rows.push(row("answer, ms: p50, p95", &|writer| {
        let costs = &writer.costs;
        format!("{:.1}, {:.1}", costs.p50_ms, costs.p95_ms)
    }));
    rows.push(row("first sentence, ms: p50, p95", &|writer| {
        let costs = &writer.costs;
        let (p50, p95) = (costs.first_sentence_p50_ms, costs.first_sentence_p95_ms);
        format!("{}, {}", ms(p50), ms(p95))
    }));
    rows.push(row("CPU for a question, ms", &|writer| {
        format!("{:.1}", writer.costs.cpu_ms)
    }));
    rows.push(row("tokens of prompt, written", &|writer| {
        let costs = &writer.costs;
        format!("{:.0}, {:.0}", costs.prompt_tokens, costs.completion_tokens)
    }));
    rows.push(row("cost of all, US dollars", &|writer| {
        format!("{:.4}", writer.costs.cost_usd)
    }));
    rows.push(row("made of exact sentences instead", &|writer| {
        writer.fallbacks.to_string()
    }));
    let names: Vec<String> = writers.iter().map(|one| clean(&one.writer)).collect();
    let headings: Vec<&str> = [""]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    painter.say(table(&headings, &rows));
    let (all, answerable) = writers
        .first()
        .map_or((0, 0), |writer| (writer.questions, writer.answerable));
    painter.say(paint(
        FAINT,
        format!(
            "{about}; {all} questions, {} without an answer; in brackets the interval in which 95 of a \
             hundred draws of questions lie",
            all - answerable,
        ),
    ));
}

/// A share with its interval, in per cent.
fn estimate(estimate: Option<Estimate>) -> String {
    let percent = |value: f64| 100.0 * value;
    estimate.map_or_else(
        || "–".to_owned(),
        |found| {
            let (value, low, high) = (
                percent(found.value),
                percent(found.low),
                percent(found.high),
            );
            format!("{value:.1} % ({low:.1}–{high:.1})")
        },
    )
}
