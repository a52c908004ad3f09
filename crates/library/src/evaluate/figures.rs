//! The figures of an evaluation by their names, to be compared with those of an earlier one, and the
//! mark by which it is known that both asked the same of the same.

use std::path::Path;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::evaluation::gate::{Better, Figure};
use alexandria_core::evaluation::interval::Estimate;
use alexandria_store::blobs::Digest;

use super::cases::CasesEvaluation;
use super::checker::CheckerEvaluation;
use super::question_set::{QUESTIONS_FILE, QuestionSetEvaluation};
use super::questions::QuestionsEvaluation;
use super::{Evaluation, LegEvaluation};

/// Something that was measured and can be compared with what it was.
pub trait Figures {
    /// Every figure. A name says the same thing at every run, and stands once.
    fn figures(&self) -> Vec<Figure>;
}

impl Figures for Evaluation {
    fn figures(&self) -> Vec<Figure> {
        let mut figures = leg("text", &self.text);
        for (name, own) in [("vectors", &self.vectors), ("hybrid", &self.hybrid)] {
            figures.extend(own.iter().flat_map(|own| leg(name, own)));
        }
        figures.push(Figure::new("embed_ms", self.embed_ms, Better::LowerShown));
        figures.push(Figure::new("index_ms", self.index_ms, Better::LowerShown));
        figures
    }
}

fn leg(name: &str, leg: &LegEvaluation) -> Vec<Figure> {
    let measures = &leg.measures;
    let mut figures = vec![
        ("ndcg_at_10", measures.ndcg_at_10, Better::Higher),
        ("map", measures.map, Better::Higher),
        ("recall_at_10", measures.recall_at_10, Better::Higher),
        ("recall_at_100", measures.recall_at_100, Better::Higher),
        ("reciprocal_rank", measures.reciprocal_rank, Better::Higher),
    ];
    if let Some(quotes) = leg.quotes {
        figures.push(("quotes_at_5", quotes.at_5, Better::Higher));
        figures.push(("quotes_at_10", quotes.at_10, Better::Higher));
    }
    figures.push(("p50_ms", leg.p50_ms, Better::LowerShown));
    figures.push(("p95_ms", leg.p95_ms, Better::LowerShown));
    named(name, figures)
}

impl Figures for CheckerEvaluation {
    fn figures(&self) -> Vec<Figure> {
        let detected = self.detected.iter().map(|(name, rate)| {
            let name = format!("detected.{}", name.replace(' ', "_"));
            Figure::new(name, rate.share(), Better::Higher)
        });
        let mut figures: Vec<Figure> = detected.collect();
        let all = self.detected_in_all.share();
        figures.push(Figure::new("detected_in_all", all, Better::Higher));
        let alarms = self.false_alarms.share();
        figures.push(Figure::new("false_alarms", alarms, Better::LowerShare));
        if let Some(rate) = &self.human_detected {
            figures.push(Figure::new("human_detected", rate.share(), Better::Higher));
        }
        if let Some(rate) = &self.human_false_alarms {
            let figure = Figure::new("human_false_alarms", rate.share(), Better::LowerShare);
            figures.push(figure);
        }
        let time = Figure::new("sentence_us", self.sentence_us, Better::LowerShown);
        figures.push(time);
        figures
    }
}

impl Figures for QuestionSetEvaluation {
    fn figures(&self) -> Vec<Figure> {
        let each = self.writers.iter().flat_map(of_writer);
        each.chain([Figure::new("ingest_ms", self.ingest_ms, Better::LowerShown)])
            .collect()
    }
}

impl Figures for CasesEvaluation {
    fn figures(&self) -> Vec<Figure> {
        self.writers.iter().flat_map(of_writer).collect()
    }
}

fn of_writer(found: &QuestionsEvaluation) -> Vec<Figure> {
    let (measures, costs) = (&found.measures, &found.costs);
    let defined = |(name, estimate, better): (&'static str, Option<Estimate>, Better)| {
        estimate.map(|estimate| (name, estimate.value, better))
    };
    let mut figures: Vec<_> = [
        ("answered", measures.answered, Better::Higher),
        ("holds_answer", measures.holds_answer, Better::Higher),
        (
            "holds_answer_when_given",
            measures.holds_answer_when_given,
            Better::Higher,
        ),
        (
            "quote_holds_answer",
            measures.quote_holds_answer,
            Better::Higher,
        ),
        ("exact_match", measures.exact_match, Better::Higher),
        ("token_f1", measures.token_f1, Better::Higher),
        (
            "citation_precision",
            measures.citation_precision,
            Better::Higher,
        ),
        ("citation_recall", measures.citation_recall, Better::Higher),
        ("support_rate", measures.support_rate, Better::Higher),
        (
            "abstention_precision",
            measures.abstention_precision,
            Better::Higher,
        ),
        (
            "abstention_recall",
            measures.abstention_recall,
            Better::Higher,
        ),
        ("abstention_f1", measures.abstention_f1, Better::Higher),
        (
            "risk_coverage_area",
            measures.risk_coverage_area,
            Better::LowerShare,
        ),
        (
            "confidence_ranking",
            measures.confidence_ranking,
            Better::Higher,
        ),
    ]
    .into_iter()
    .filter_map(defined)
    .collect();
    figures.push(("p50_ms", costs.p50_ms, Better::LowerShown));
    figures.push(("p95_ms", costs.p95_ms, Better::LowerShown));
    figures.push(("cpu_ms", costs.cpu_ms, Better::LowerShown));
    figures.push(("prompt_tokens", costs.prompt_tokens, Better::LowerShown));
    figures.push((
        "completion_tokens",
        costs.completion_tokens,
        Better::LowerShown,
    ));
    figures.push(("cost_usd", costs.cost_usd, Better::Lower));
    named(&found.writer, figures)
}

fn named(prefix: &str, figures: Vec<(&str, f64, Better)>) -> Vec<Figure> {
    let figures = figures.into_iter();
    figures
        .map(|(name, value, better)| Figure::new(format!("{prefix}.{name}"), value, better))
        .collect()
}

/// What of a folder is asked: with another digest, two evaluations are not comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// The search: the corpus, the queries and a split of the judgements.
    Search {
        /// The name of the split.
        split: &'a str,
    },
    /// The checker: the corpus, what people judged of it, and how many sentences are taken.
    Checker {
        /// Sentences that are taken.
        sentences: usize,
    },
    /// The questions: the corpus, the questions and how many are asked.
    Questions {
        /// Questions that are asked, where not all are.
        limit: Option<usize>,
    },
}

/// SHA-256 of everything of a folder that is asked, lower-case hexadecimal: where the folder lies makes
/// no difference, what it holds does.
///
/// # Errors
/// `Invalid` when a file is there and cannot be read. A file that is not there is no error here.
pub fn digest(folder: &Path, asked: Asked<'_>, language: &str) -> Result<String> {
    let mut files = vec!["corpus.jsonl".to_owned()];
    match asked {
        Asked::Search { split } => files.extend([
            "queries.jsonl".to_owned(),
            format!("qrels/{split}.tsv"),
            format!("quotes/{split}.jsonl"),
        ]),
        Asked::Checker { .. } => {
            files.extend(["evidence.jsonl", "sentences.jsonl"].map(str::to_owned));
        }
        Asked::Questions { .. } => files.push(QUESTIONS_FILE.to_owned()),
    }
    let mut mark = format!("{asked:?} {language}\n");
    for name in files {
        let path = folder.join(&name);
        let held = match fs_err::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            held => held.context(ErrorKind::Invalid, || {
                format!("cannot read {}", path.display())
            })?,
        };
        mark.push_str(&format!("{name} {}\n", Digest::of(&held)));
    }
    Ok(Digest::of(mark.as_bytes()).to_string())
}
