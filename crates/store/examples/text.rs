//! Measures the text index on judged collections in BEIR layout: ranking quality and CPU time.
//!
//! `cargo run --release -p alexandria-store --example text -- FOLDER[:LANGUAGE] …`

use std::collections::HashMap;
use std::path::Path;

use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::text::tantivy::TantivyText;
use alexandria_store::text::{TextChange, TextEntry, TextIndex};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

type AnyError = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "a program that prints a table")]
#[tokio::main]
async fn main() -> Result<(), AnyError> {
    println!("| collection | passages | index CPU s | query CPU ms | nDCG@10 | recall@100 |");
    println!("|---|---|---|---|---|---|");
    for argument in std::env::args().skip(1) {
        let (folder, language) = argument.split_once(':').unwrap_or((&argument, "en"));
        println!("{}", measure(Path::new(folder), language).await?);
    }
    Ok(())
}

async fn measure(folder: &Path, language: &str) -> Result<String, AnyError> {
    let directory = std::env::temp_dir().join(format!("alexandria-text-{}", std::process::id()));
    let index = TantivyText::open(&directory)?;
    let space = Space::new(
        &Principal::owner(),
        CollectionId::from_uuid(Uuid::from_u128(1)),
        GenerationId::from_uuid(Uuid::from_u128(1)),
    );
    let corpus = lines(&folder.join("corpus.jsonl"))?;
    let names: Vec<&str> = corpus.iter().map(|line| text(line, "_id")).collect();
    let start = cpu_s();
    for (position, some) in corpus.chunks(500).enumerate() {
        let first = position * 500;
        let changes = (first..)
            .zip(some)
            .map(|(n, line)| entry(n, line, language))
            .collect();
        index
            .apply(space, changes, u64::try_from(position)?)
            .await?;
    }
    let built = cpu_s() - start;
    let judged = judgements(&folder.join("qrels/test.tsv"))?;
    let (mut ndcg, mut recall, mut count) = (0.0, 0.0, 0.0);
    let start = cpu_s();
    for query in lines(&folder.join("queries.jsonl"))? {
        let Some(gains) = judged.get(text(&query, "_id")) else {
            continue;
        };
        let words = text(&query, "text");
        let hits = index
            .search(&[space], words, &Filter::default(), 100)
            .await?;
        let ranked: Vec<f64> = hits
            .iter()
            .filter_map(|hit| names.get(usize::try_from(hit.chunk.as_uuid().as_u128()).ok()?))
            .map(|name| gains.get(*name).copied().unwrap_or(0.0))
            .collect();
        let (found, best) = (discounted(&ranked), ideal(gains));
        ndcg += if best > 0.0 { found / best } else { 0.0 };
        let relevant = gains.values().filter(|gain| **gain > 0.0).count().max(1);
        recall += ratio(ranked.iter().filter(|gain| **gain > 0.0).count(), relevant);
        count += 1.0;
    }
    let asked = cpu_s() - start;
    fs_err::remove_dir_all(&directory)?;
    Ok(format!(
        "| {} {language} | {} | {built:.2} | {:.2} | {:.4} | {:.4} |",
        folder.display(),
        corpus.len(),
        asked * 1_000.0 / count,
        ndcg / count,
        recall / count
    ))
}

fn entry(number: usize, line: &Value, language: &str) -> TextChange {
    let id = Uuid::from_u128(u128::try_from(number).unwrap_or(0));
    let attributes = Attributes {
        document: DocumentId::from_uuid(id),
        tags: Vec::new(),
        language: language.to_owned(),
        format: "text".to_owned(),
        added: Timestamp::UNIX_EPOCH,
    };
    let entry = TextEntry {
        chunk: ChunkId::from_uuid(id),
        version: VersionId::from_uuid(id),
        title: text(line, "title").to_owned(),
        section: Vec::new(),
        header: None,
        text: text(line, "text").to_owned(),
    };
    TextChange::Upsert(attributes, vec![entry])
}

fn lines(path: &Path) -> Result<Vec<Value>, AnyError> {
    let text = fs_err::read_to_string(path)?;
    Ok(text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn judgements(path: &Path) -> Result<HashMap<String, HashMap<String, f64>>, AnyError> {
    let mut judged: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for line in fs_err::read_to_string(path)?.lines().skip(1) {
        if let [query, passage, gain] = line.split('\t').collect::<Vec<_>>().as_slice() {
            let gains = judged.entry((*query).to_owned()).or_default();
            gains.insert((*passage).to_owned(), gain.trim().parse()?);
        }
    }
    Ok(judged)
}

fn discounted(gains: &[f64]) -> f64 {
    let ranks = std::iter::successors(Some(2.0_f64), |rank| Some(rank + 1.0));
    gains
        .iter()
        .take(10)
        .zip(ranks)
        .map(|(gain, rank)| gain / rank.log2())
        .sum()
}

fn ideal(gains: &HashMap<String, f64>) -> f64 {
    let mut gains: Vec<f64> = gains.values().copied().collect();
    gains.sort_by(|a, b| b.total_cmp(a));
    discounted(&gains)
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// CPU seconds that this process has used.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since the start of a program"
)]
fn cpu_s() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1.0e9
}
