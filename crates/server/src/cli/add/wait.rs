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
pub(super) async fn until_found(
    door: &Door,
    bars: &Bars,
    mut documents: Vec<&mut DocumentBody>,
) -> Result<()> {
    let status: StatusBody = door.get("/api/v1/status").await?;
    let embeds = status.embedding_model.is_some();
    loop {
        let mut asked = 0;
        for document in documents
            .iter_mut()
            .filter(|document| !is_found(document, embeds))
        {
            **document = look(door, document).await?;
            asked += 1;
            if asked == ASKED_AT_ONCE {
                break;
            }
        }
        let found = documents
            .iter()
            .filter(|document| is_found(document, embeds))
            .count();
        bars.found(found, documents.len());
        if found == documents.len() {
            return Ok(());
        }
        show_work(door, bars, &documents).await?;
        tokio::time::sleep(ASK_EVERY).await;
    }
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
