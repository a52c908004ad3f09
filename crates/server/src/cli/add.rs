//! `alexandria add`: files, folders, patterns and web addresses, with progress, until everything can
//! be found.

use alexandria_core::access::Classification;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Error, ErrorKind, Result};
use clap::Args;
use serde::Serialize;

use super::door::{Door, Work};
use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, clean, counted, paint};
use super::patience::patiently;
use super::sources::{Source, expand};
use super::upload::{Labels, send};
use super::{Outcome, Setting};
use crate::api::wire::DocumentBody;
use crate::web::Fence;

mod bars;
mod wait;

pub(super) use bars::Bars;
pub(super) use wait::until_found;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria add ~/Books
  alexandria add book.epub notes.md --collection Novels
  alexandria add '~/Books/*.pdf' --tag 2026
  alexandria add https://example.org/page.html";

/// Put files, folders, patterns or web addresses into the library.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Add {
    /// Files, folders, patterns such as 'books/*.pdf', web addresses
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// The collection to put them in; made if there is none of that name [default: Library]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// A tag for all of them; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// What they are about
    #[arg(long, value_name = "TEXT")]
    category: Option<String>,
    /// How closely they are held: public, internal, confidential or restricted [default: internal]
    #[arg(long, value_name = "LABEL")]
    classification: Option<Classification>,
    /// The title, when a single file is added
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Return as soon as everything is stored; reading goes on in the server
    #[arg(long)]
    no_wait: bool,
}

/// What became of one source.
#[derive(Debug, Serialize)]
struct Row {
    /// What was to be added.
    source: String,
    /// `added`, `duplicate` or `refused`.
    result: &'static str,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentBody>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Add {
    /// Adds everything.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let sources = expand(&self.sources)?;
        if self.title.is_some() && sources.found.len() != 1 {
            let message = "--title is for a single file; files know their own titles";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        if sources.found.is_empty() {
            let message = if sources.skipped == 0 {
                "there is nothing to add: the folder is empty".to_owned()
            } else {
                format!(
                    "there is nothing to add: {} of formats that are not read",
                    counted(sources.skipped as u64, "file", "files")
                )
            };
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let work = if self.no_wait {
            Work::Store
        } else {
            Work::Jobs
        };
        let door = Door::open(setting, work).await?;
        let bars = Bars::new(setting.painter);
        let mut rows = Vec::with_capacity(sources.found.len());
        let added = {
            let adding = self.add_all(&door, &sources.found, setting, &bars, &mut rows);
            tokio::select! {
                added = adding => Some(added),
                _ = tokio::signal::ctrl_c() => None,
            }
        };
        bars.clear();
        let through_server = matches!(door, Door::Server(_));
        if added.is_none() {
            interrupted(setting, through_server);
        }
        tokio::select! {
            () = door.close() => {}
            // Whoever presses Ctrl-C twice does not want to wait: nothing is lost by a kill either.
            _ = tokio::signal::ctrl_c() => {}
        }
        let failed = match added {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(error),
            None => return Ok(Outcome::Interrupted),
        };
        if failed.is_none() || !rows.is_empty() {
            self.report(setting, &rows, sources.skipped, through_server)?;
        }
        failed.map_or_else(|| Ok(outcome(&rows)), Err)
    }

    /// Sends everything and waits until it can be found; the rows say how far each has come.
    async fn add_all(
        &self,
        door: &Door,
        sources: &[Source],
        setting: &Setting,
        bars: &Bars,
        rows: &mut Vec<Row>,
    ) -> Result<()> {
        self.send_all(door, sources, setting, bars, rows).await?;
        if self.no_wait {
            return Ok(());
        }
        let documents = rows.iter_mut().filter_map(|row| row.document.as_mut());
        until_found(door, bars, documents.collect()).await
    }

    async fn send_all(
        &self,
        door: &Door,
        sources: &[Source],
        setting: &Setting,
        bars: &Bars,
        rows: &mut Vec<Row>,
    ) -> Result<()> {
        let labels = Labels {
            collection: self.collection.clone(),
            tags: self.tags.clone(),
            category: self.category.clone(),
            title: self.title.clone(),
            classification: self.classification.map(Classification::name),
        };
        let fence = Fence {
            bytes_max: setting.config().upload_bytes_max,
            private_addresses: setting.config().web_private_addresses.is_on(),
        };
        for (index, source) in sources.iter().enumerate() {
            let sent = patiently(async || {
                let told = bars.sending(&source.name(), index, sources.len());
                send(door, source, &labels, fence, told).await
            });
            match sent.await {
                Ok(upload) => rows.extend(upload.documents.into_iter().map(|added| Row {
                    source: source.name(),
                    result: if added.duplicate {
                        "duplicate"
                    } else {
                        "added"
                    },
                    document: Some(added.document),
                    error: None,
                })),
                // Without a library the others will not get in either.
                Err(error) if stops(&error) => return Err(error),
                Err(error) => rows.push(Row {
                    source: source.name(),
                    result: "refused",
                    document: None,
                    error: Some(error.chain()),
                }),
            }
        }
        Ok(())
    }

    fn report(
        &self,
        setting: &Setting,
        rows: &[Row],
        skipped: usize,
        through_server: bool,
    ) -> Result<()> {
        let painter = setting.painter;
        if painter.is_json() {
            return painter.json(&serde_json::json!({ "documents": rows, "skipped": skipped }));
        }
        for row in rows {
            painter.say(describe(row));
        }
        if rows.len() > 1 {
            painter.say(summary(rows));
        }
        if skipped > 0 {
            painter.say(paint(
                FAINT,
                format!(
                    "{} of other formats left out",
                    counted(skipped as u64, "file", "files")
                ),
            ));
        }
        if self.no_wait && !through_server && rows.iter().any(|row| row.result == "added") {
            painter.say(paint(
                FAINT,
                "stored; they are read by `alexandria serve`, or by the next `alexandria add`",
            ));
        }
        Ok(())
    }
}

/// Says what becomes of what was stored before a person stopped the verb.
fn interrupted(setting: &Setting, through_server: bool) {
    let rest = if through_server {
        "the server goes on reading what is stored"
    } else {
        "what is stored stays, and is read on by the next `alexandria add` or `alexandria serve`"
    };
    setting.painter.tell(format!("stopped: {rest}"));
}

/// Whether an error is not about one file.
fn stops(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Internal | ErrorKind::Corrupt | ErrorKind::Exhausted
    ) || (error.kind() == ErrorKind::Unavailable && !error.message().starts_with("cannot fetch"))
}

fn outcome(rows: &[Row]) -> Outcome {
    if rows.iter().any(has_failed) {
        Outcome::Incomplete
    } else {
        Outcome::Done
    }
}

/// Whether a source was refused, or is a document that could not be read.
fn has_failed(row: &Row) -> bool {
    row.document
        .as_ref()
        .is_none_or(|document| document.state == DocumentState::Failed)
}

/// What became of many sources, in one line: what failed may have passed by far above.
fn summary(rows: &[Row]) -> String {
    let failed = rows.iter().filter(|row| has_failed(row)).count();
    let known = rows.iter().filter(|row| row.result == "duplicate");
    let known = known.filter(|row| !has_failed(row)).count();
    let mut words = vec![format!("{} added", rows.len() - failed - known)];
    if known > 0 {
        words.push(format!("{known} here already"));
    }
    let text = paint(FAINT, words.join(", "));
    if failed == 0 {
        return text;
    }
    format!(
        "{text}, {}",
        paint(BAD, format!("{failed} not readable, marked ✗"))
    )
}

fn describe(row: &Row) -> String {
    let Some(document) = &row.document else {
        let why = clean(row.error.as_deref().unwrap_or_default());
        return format!("{} {}: {why}", paint(BAD, "✗"), clean(&row.source));
    };
    let title = paint(STRONG, clean(&document.title));
    let id = paint(FAINT, document.id);
    if document.state == DocumentState::Failed {
        let why = document
            .faults
            .first()
            .map_or("it could not be read", |f| f.message.as_str());
        let name = paint(STRONG, clean(&row.source));
        return format!("{} {name}: {}  {id}", paint(BAD, "✗"), clean(why));
    }
    let mut facts = Vec::new();
    if row.result == "duplicate" {
        facts.push(paint(WARN, "here already"));
    }
    if let Some(pages) = document.pages {
        facts.push(counted(pages, "page", "pages"));
    }
    facts.push(match document.state {
        DocumentState::Queued | DocumentState::Reading => "waiting to be read".to_owned(),
        DocumentState::Searchable | DocumentState::Ready | DocumentState::Failed => {
            counted(document.chunks, "passage", "passages")
        }
    });
    if document.state == DocumentState::Searchable {
        facts.push(format!("{} embedded", document.embedded));
    }
    if !document.faults.is_empty() {
        facts.push(paint(
            WARN,
            counted(document.faults.len() as u64, "fault", "faults"),
        ));
    }
    format!("{} {title}  {}  {id}", paint(GOOD, "✓"), facts.join(", "))
}
