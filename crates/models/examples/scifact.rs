//! What computing in bytes costs in quality: nDCG@10 on a judged set by vectors alone, in bytes and in
//! full precision.
//!
//! `cargo run --release -p alexandria-models --example scifact -- MODELS BEIR_DIRECTORY`

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use alexandria_models::embedder::minilm::{MiniLm, MiniLmConfig, Precision};
use alexandria_models::embedder::{Embedder as _, Purpose};
use serde::Deserialize;

/// Results that count.
const RESULTS: usize = 10;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// Which documents answer a question, and how well.
type Judgements = HashMap<String, HashMap<String, f64>>;

#[expect(clippy::print_stdout, reason = "printing is what this is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [models, directory] = arguments.as_slice() else {
        return Err("give the directory of models and a directory in BEIR layout".into());
    };
    let directory = Path::new(directory);
    let corpus = read(&directory.join("corpus.jsonl"))?;
    let judgements = judgements(&directory.join("qrels/test.tsv"))?;
    let mut queries = read(&directory.join("queries.jsonl"))?;
    queries.retain(|query| judgements.contains_key(&query.id));
    let mut exact = Vec::new();
    for precision in [Precision::Int8, Precision::F32] {
        let config = MiniLmConfig {
            precision,
            threads: None,
        };
        let model = MiniLm::open(&config, Path::new(models))?;
        let texts = corpus
            .iter()
            .map(|entry| format!("{} {}", entry.title, entry.text));
        let texts = texts.collect::<Vec<_>>();
        let texts = texts.iter().map(String::as_str).collect::<Vec<_>>();
        let passages = model.embed_blocking(&texts, Purpose::Passage).vectors;
        let texts = queries
            .iter()
            .map(|entry| entry.text.as_str())
            .collect::<Vec<_>>();
        let questions = model.embed_blocking(&texts, Purpose::Query).vectors;
        let mut total = 0.0;
        for (query, question) in queries.iter().zip(&questions) {
            let mut ranking = corpus
                .iter()
                .zip(passages.iter().map(|passage| dot(question, passage)));
            let mut ranking = ranking.by_ref().collect::<Vec<_>>();
            ranking.sort_by(|left, right| right.1.total_cmp(&left.1));
            let found = ranking
                .iter()
                .take(RESULTS)
                .map(|(entry, _)| entry.id.as_str());
            total += judgements
                .get(&query.id)
                .map_or(0.0, |judged| gain(found, judged));
        }
        let count = queries.len() as f64;
        println!(
            "{}: nDCG@10 {:.4}, {count} questions",
            model.model().name,
            total / count
        );
        if exact.is_empty() {
            exact = passages;
        } else {
            let cosines = exact
                .iter()
                .zip(&passages)
                .map(|(left, right)| dot(left, right));
            let cosines = cosines.collect::<Vec<_>>();
            let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
            let least = cosines.iter().copied().fold(1.0, f32::min);
            println!("cosine of bytes to full precision: mean {mean:.5}, least {least:.5}");
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let text = fs_err::read_to_string(path)?;
    Ok(text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

fn judgements(path: &Path) -> Result<Judgements, Box<dyn Error>> {
    let mut judgements = Judgements::new();
    for line in fs_err::read_to_string(path)?.lines().skip(1) {
        let mut fields = line.split('\t');
        let (Some(query), Some(document), Some(grade)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err(format!("cannot read the judgement {line:?}").into());
        };
        let judged = judgements.entry(query.to_owned()).or_default();
        judged.insert(document.to_owned(), grade.trim().parse()?);
    }
    Ok(judgements)
}

/// The discounted gain of a ranking, as a share of that of the best ranking.
fn gain<'a>(found: impl Iterator<Item = &'a str>, judged: &HashMap<String, f64>) -> f64 {
    let discounted = |grades: &mut dyn Iterator<Item = f64>| {
        let places = (2_u32..).map(|place| f64::from(place).log2());
        grades
            .zip(places)
            .map(|(grade, place)| grade / place)
            .sum::<f64>()
    };
    let mut best = judged.values().copied().collect::<Vec<_>>();
    best.sort_by(|left, right| right.total_cmp(left));
    let reached = discounted(&mut found.map(|id| judged.get(id).copied().unwrap_or(0.0)));
    let possible = discounted(&mut best.into_iter().take(RESULTS));
    if possible > 0.0 {
        reached / possible
    } else {
        0.0
    }
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}
