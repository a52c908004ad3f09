//! A judged collection on disk, in the layout of BEIR: `corpus.jsonl`, `queries.jsonl`,
//! `qrels/SPLIT.tsv`.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use alexandria_core::block::Span;
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
    /// The words of each document, by its position, that answer a query; empty when the folder says
    /// nothing of them.
    pub(super) quotes: HashMap<usize, Vec<Quote>>,
}

/// Words that answer a query.
#[derive(Clone, Debug)]
pub(super) struct Quote {
    /// The query's id.
    pub(super) query: String,
    /// The words.
    pub(super) text: String,
}

/// A line of `quotes/SPLIT.jsonl`.
#[derive(Debug, Deserialize)]
struct QuoteRecord {
    #[serde(rename = "query-id")]
    query: String,
    #[serde(rename = "corpus-id")]
    document: String,
    quote: String,
}

/// Reads a folder. A judgement of an unknown document is an error: the measures would be wrong.
pub(super) fn read(folder: &Path, split: &str) -> Result<Folder> {
    let documents: Vec<Record> = records(&folder.join("corpus.jsonl"), "_id and text")?;
    let mut queries: Vec<Record> = records(&folder.join("queries.jsonl"), "_id and text")?;
    let positions: HashMap<&str, usize> = documents
        .iter()
        .enumerate()
        .map(|(at, document)| (document.id.as_str(), at))
        .collect();
    let judgements = judgements(
        &folder.join("qrels").join(format!("{split}.tsv")),
        &positions,
    )?;
    let quotes = quotes(
        &folder.join("quotes").join(format!("{split}.jsonl")),
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
        quotes,
    })
}

/// The words that answer queries, where the folder names them.
fn quotes(path: &Path, positions: &HashMap<&str, usize>) -> Result<HashMap<usize, Vec<Quote>>> {
    let there = path.try_exists().context(ErrorKind::Invalid, || {
        format!("cannot look for {}", path.display())
    })?;
    let mut quotes: HashMap<usize, Vec<Quote>> = HashMap::new();
    if !there {
        return Ok(quotes);
    }
    for record in records::<QuoteRecord>(path, "query-id, corpus-id and quote")? {
        let document = positions.get(record.document.as_str()).ok_or_else(|| {
            let (path, unknown) = (path.display(), &record.document);
            let sentence = format!("{path} quotes the document {unknown:?}, which is not there");
            Error::new(ErrorKind::Invalid, sentence)
        })?;
        let quote = Quote {
            query: record.query,
            text: record.quote,
        };
        quotes.entry(*document).or_default().push(quote);
    }
    Ok(quotes)
}

/// A text without its white space, to find quotes in however their white space has changed.
pub(super) struct Solid(Vec<(usize, char)>);

impl Solid {
    /// The text without its white space.
    pub(super) fn new(text: &str) -> Self {
        let letters = text.char_indices();
        Self(
            letters
                .filter(|(_, letter)| !letter.is_whitespace())
                .collect(),
        )
    }

    /// Where the quote stands in the text; nothing when it does not stand there.
    pub(super) fn find(&self, quote: &Quote) -> Option<Span> {
        let quote = Self::new(&quote.text);
        let is_here = |window: &&[(usize, char)]| {
            let pairs = window.iter().zip(&quote.0);
            pairs.into_iter().all(|(here, there)| here.1 == there.1)
        };
        let found = self.0.windows(quote.0.len().max(1)).find(is_here)?;
        let ((start, _), (last, letter)) = (found.first()?, found.last()?);
        Some(Span::new(*start as u64, (last + letter.len_utf8()) as u64))
    }
}

pub(super) fn records<T: DeserializeOwned>(path: &Path, fields: &str) -> Result<Vec<T>> {
    let mut records = Vec::new();
    for_lines(path, |number, line| {
        let record = serde_json::from_str(line).context(ErrorKind::Invalid, || {
            format!(
                "line {number} of {} is not a record with {fields}",
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
            "cannot read {}: a folder to evaluate holds corpus.jsonl, and queries.jsonl and \
             qrels/*.tsv, or questions.jsonl",
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
