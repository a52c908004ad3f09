//! The tables of an evaluation of the search and of the checker.

use std::path::Path;

use alexandria_library::evaluate::{CheckerEvaluation, Evaluation, LegEvaluation, Rate};

use crate::cli::Setting;
use crate::cli::paint::{FAINT, STRONG, clean, paint, table};

/// How well the search ranks, as a table.
pub(super) fn show_search(setting: &Setting, folder: &Path, found: &Evaluation) {
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
pub(super) fn show_checker(setting: &Setting, found: &CheckerEvaluation) {
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
