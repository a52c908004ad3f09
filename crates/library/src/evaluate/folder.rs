//! A judged collection on disk, in the layout of BEIR: `corpus.jsonl`, `queries.jsonl`,
//! `qrels/SPLIT.tsv`.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::evaluation::Judgements;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The longest line of any of the files, in bytes.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most documents and the most queries that are read.
const RECORDS_MAX: usize = 5_000_000;

/// A document or a query.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    #[serde(rename = "_id")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) title: String,
    pub(super) text: String,
}

/// A judged collection, read.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) documents: Vec<Record>,
    /// The queries that have at least one relevant document.
    pub(super) queries: Vec<Record>,
    /// For each query's id, the gains of documents by their position in `documents`.
    pub(super) judgements: HashMap<String, Judgements<usize>>,
}

/// Reads a folder. A judgement of an unknown document is an error: the measures would be wrong.
pub(super) fn read(folder: &Path, split: &str) -> Result<Folder> {
    let documents: Vec<Record> = records(&folder.join("corpus.jsonl"))?;
    let mut queries: Vec<Record> = records(&folder.join("queries.jsonl"))?;
    let positions: HashMap<&str, usize> = documents
        .iter()
        .enumerate()
        .map(|(at, document)| (document.id.as_str(), at))
        .collect();
    let judgements = judgements(
        &folder.join("qrels").join(format!("{split}.tsv")),
        &positions,
    )?;
    queries.retain(|query| {
        judgements
            .get(&query.id)
            .is_some_and(|judged| judged.values().any(|gain| *gain > 0))
    });
    if queries.is_empty() {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!(
                "none of the queries in {} has a relevant document",
                folder.display()
            ),
        ));
    }
    Ok(Folder {
        documents,
        queries,
        judgements,
    })
}

fn records<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let mut records = Vec::new();
    for_lines(path, |number, line| {
        let record = serde_json::from_str(line).context(ErrorKind::Invalid, || {
            format!(
                "line {number} of {} is not a record with _id and text",
                path.display()
            )
        })?;
        records.push(record);
        Ok(())
    })?;
    Ok(records)
}

fn judgements(
    path: &Path,
    positions: &HashMap<&str, usize>,
) -> Result<HashMap<String, Judgements<usize>>> {
    let mut judgements: HashMap<String, Judgements<usize>> = HashMap::new();
    for_lines(path, |number, line| {
        let wrong = |why: &str| {
            let path = path.display();
            Error::new(ErrorKind::Invalid, format!("line {number} of {path} {why}"))
        };
        let mut fields = line.split('\t').map(str::trim);
        let (Some(query), Some(document), Some(gain)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err(wrong(
                "does not hold query, document and gain, parted by tabs",
            ));
        };
        if number == 1 && gain.parse::<i64>().is_err() {
            return Ok(());
        }
        let gain: i64 = gain.parse().context(ErrorKind::Invalid, || {
            format!(
                "line {number} of {} has a gain that is no number",
                path.display()
            )
        })?;
        let at = positions
            .get(document)
            .ok_or_else(|| wrong("judges a document that is not there"))?;
        let gain = u32::try_from(gain.max(0)).unwrap_or(u32::MAX);
        judgements
            .entry(query.to_owned())
            .or_default()
            .insert(*at, gain);
        Ok(())
    })?;
    Ok(judgements)
}

/// Gives every line that holds something, with its number from 1.
fn for_lines(path: &Path, mut take: impl FnMut(usize, &str) -> Result<()>) -> Result<()> {
    let cannot = || {
        format!(
            "cannot read {}: a judged collection is a folder with corpus.jsonl, \
        queries.jsonl and qrels/*.tsv",
            path.display()
        )
    };
    let file = fs_err::File::open(path).context(ErrorKind::Invalid, cannot)?;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.context(ErrorKind::Invalid, cannot)?;
        if line.len() > LINE_BYTES_MAX || number > RECORDS_MAX {
            let path = path.display();
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("line {number} of {path} is beyond the limits"),
            ));
        }
        if !line.trim().is_empty() {
            take(number, &line)?;
        }
    }
    Ok(())
}
