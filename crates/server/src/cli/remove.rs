//! `alexandria remove`: documents, or a collection with everything in it.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::DocumentId;
use clap::Args;

use super::door::{Door, Work};
use super::list::encode;
use super::paint::{GOOD, clean, paint};
use super::{Outcome, Setting};
use crate::api::wire::{CollectionBody, DocumentBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria remove 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria remove --collection Novels --yes";

/// Remove documents, or a collection with everything in it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Remove {
    /// Ids of documents; `alexandria list` shows them
    #[arg(value_name = "ID", required_unless_present = "collection")]
    documents: Vec<String>,
    /// Remove this collection (name or id) with everything in it
    #[arg(long, value_name = "NAME", conflicts_with = "documents")]
    collection: Option<String>,
    /// Do not ask before a collection is removed
    #[arg(long, short = 'y')]
    yes: bool,
}

impl Remove {
    /// Removes.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let ids: Result<Vec<DocumentId>> = self.documents.iter().map(|id| id.parse()).collect();
        let ids = ids?;
        let door = Door::open(setting, Work::Look).await?;
        let removed = match &self.collection {
            Some(name) => self.remove_collection(setting, &door, name).await,
            None => remove_documents(setting, &door, &ids).await,
        };
        door.close().await;
        removed
    }

    async fn remove_collection(
        &self,
        setting: &Setting,
        door: &Door,
        name: &str,
    ) -> Result<Outcome> {
        let collection: CollectionBody = door
            .get(&format!("/api/v1/collections/{}", encode(name)))
            .await?;
        let question = format!(
            "Remove the collection {:?} with everything in it?",
            collection.name
        );
        if !self.yes && !super::confirm(setting, &question)? {
            return Err(Error::new(
                ErrorKind::Invalid,
                "nothing was removed; say --yes to mean it",
            ));
        }
        door.delete(&format!("/api/v1/collections/{}", collection.id))
            .await?;
        if setting.painter.is_json() {
            setting
                .painter
                .json(&serde_json::json!({ "removed_collection": collection.id }))?;
        } else {
            setting.painter.say(format!(
                "{} removed {}",
                paint(GOOD, "✓"),
                clean(&collection.name)
            ));
        }
        Ok(Outcome::Done)
    }
}

async fn remove_documents(setting: &Setting, door: &Door, ids: &[DocumentId]) -> Result<Outcome> {
    let mut removed = Vec::new();
    for id in ids {
        let path = format!("/api/v1/documents/{id}");
        let document: DocumentBody = door.get(&path).await?;
        door.delete(&path).await?;
        if !setting.painter.is_json() {
            setting.painter.say(format!(
                "{} removed {}",
                paint(GOOD, "✓"),
                clean(&document.title)
            ));
        }
        removed.push(id);
    }
    if setting.painter.is_json() {
        setting
            .painter
            .json(&serde_json::json!({ "removed": removed }))?;
    }
    Ok(Outcome::Done)
}
