//! Waiting until documents can be found by their words and their meaning.

use std::time::Duration;

use alexandria_core::document::DocumentState;
use alexandria_core::error::{Error, ErrorKind, Result};

use super::bars::Bars;
use crate::api::jobs::JobBody;
use crate::api::status::StatusBody;
use crate::api::wire::{DocumentBody, PageBody};
use crate::cli::door::Door;

/// How often the library is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(150);

/// How many unfinished documents are asked for at once: they are read in their order.
const ASKED_AT_ONCE: usize = 4;

/// Waits, and brings the documents up to date.
pub(in crate::cli) async fn until_found(
    door: &Door,
    bars: &Bars,
    mut documents: Vec<&mut DocumentBody>,
) -> Result<()> {
    let status: StatusBody = door.get("/api/v1/status").await?;
    let embeds = status.embedding_model.is_some();
    loop {
        // Everything is read before anything is embedded: looking at what waits longest would show
        // nothing new while others are read.
        let unread = documents.iter().any(|document| is_unread(document));
        let mut asked = 0;
        for document in documents
            .iter_mut()
            .filter(|document| !is_found(document, embeds) && is_unread(document) == unread)
        {
            **document = look(door, document).await?;
            asked += 1;
            if asked == ASKED_AT_ONCE {
                break;
            }
        }
        if documents.iter().all(|document| is_found(document, embeds)) {
            return Ok(());
        }
        show_stage(bars, &documents);
        show_work(door, bars, &documents).await?;
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// Shows how far everything together has come: in documents while some are not read, in passages
/// after that.
fn show_stage(bars: &Bars, documents: &[&mut DocumentBody]) {
    let unread = documents.iter().filter(|document| is_unread(document));
    match unread.count() {
        0 => {
            let sum = |count: fn(&DocumentBody) -> u64| -> u64 {
                documents.iter().map(|document| count(document)).sum()
            };
            bars.embedding(
                sum(|document| u64::from(document.embedded)),
                sum(|document| u64::from(document.chunks)),
            );
        }
        unread => bars.reading(documents.len() - unread, documents.len()),
    }
}

fn is_unread(document: &DocumentBody) -> bool {
    matches!(
        document.state,
        DocumentState::Queued | DocumentState::Reading
    )
}

/// Without an embedder nothing comes after being searchable.
fn is_found(document: &DocumentBody, embeds: bool) -> bool {
    document.is_finished() || (!embeds && document.state == DocumentState::Searchable)
}

/// The document as it is now. One that was removed meanwhile counts as failed.
async fn look(door: &Door, document: &DocumentBody) -> Result<DocumentBody> {
    match door
        .get(&format!("/api/v1/documents/{}", document.id))
        .await
    {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::new(
            ErrorKind::NotFound,
            format!(
                "the document {} was removed while it was being read",
                document.id
            ),
        )),
        other => other,
    }
}

async fn show_work(door: &Door, bars: &Bars, documents: &[&mut DocumentBody]) -> Result<()> {
    let jobs: PageBody<JobBody> = door.get("/api/v1/jobs?state=running&limit=8").await?;
    for job in jobs.items {
        let document = documents
            .iter()
            .find(|document| Some(document.id) == job.document_id);
        if let Some(document) = document {
            bars.working(&document.title, &job);
            break;
        }
    }
    Ok(())
}
