//! Showing a version: the one switch from a former reading of a document to a new one.

use alexandria_core::block::Fault;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::VersionId;
use alexandria_core::principal::Principal;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::super::database::execute;
use super::super::outbox::{self, OutboxKind};
use super::super::row::to_json;
use super::super::table::version::{ActiveModel, Column, Entity, Model};
use super::super::table::{document, generation};
use super::super::{Catalog, Doing, commit, documents};
use super::{VersionState, change_of, version_row};

/// What reading has found out about the document, shown from the moment of publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionFacts {
    /// The title that the file gives itself; without one the document keeps its own.
    pub title: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The language of most of the text.
    pub language: Option<String>,
    /// The format's name.
    pub format: String,
    /// The media type by content.
    pub media_type: String,
    /// Pages, for formats that have them.
    pub pages: Option<u32>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// How many chunks must be there, so that a version is never shown in part.
    pub chunks: u32,
}

impl Catalog {
    /// Shows a version in place of the former one of the same document and generation, in one
    /// transaction with the changes for the indexes. Publishing what is published changes nothing.
    ///
    /// # Errors
    /// `NotFound` when the version, or its document, is gone; `Conflict` when it has been retired or
    /// does not have as many chunks as `facts` say.
    pub async fn publish_version(
        &self,
        principal: &Principal,
        id: VersionId,
        facts: VersionFacts,
    ) -> Result<()> {
        let sentence = || format!("cannot publish the version {id}");
        let collection = version_row(self.database.read(), principal, id)
            .await?
            .collection_id;
        let tx = self.begin().await?;
        outbox::lock(&tx, collection).await?;
        let version = version_row(&tx, principal, id).await?;
        if version.state == VersionState::Published.name() {
            return Ok(());
        }
        if version.state != VersionState::Building.name() {
            let retired = format!("the version {id} has been replaced; begin another");
            return Err(Error::new(ErrorKind::Conflict, retired));
        }
        if version.chunks != i64::from(facts.chunks) {
            let (has, wants) = (version.chunks, facts.chunks);
            let incomplete =
                format!("the version {id} has {has} of {wants} chunks; build it again");
            return Err(Error::new(ErrorKind::Conflict, incomplete));
        }
        retire_former(&tx, principal, &version).await?;
        let now = self.now();
        let published = ActiveModel {
            state: Set(VersionState::Published.name().to_owned()),
            faults: Set(to_json(&facts.faults)?),
            published: Set(Some(now)),
            ..Default::default()
        };
        let update = Entity::update_many()
            .set(published)
            .filter(Column::Id.eq(id.as_uuid()));
        update.exec(&tx).await.doing(sentence)?;
        show(&tx, &version, facts, now).await?;
        let change = change_of(&version, OutboxKind::Add, (0, version.chunks));
        outbox::append(&tx, principal, change).await?;
        commit(tx, "the publication of the version").await
    }
}

/// Takes the version that is seen out of sight and tells the indexes.
async fn retire_former(
    tx: &DatabaseTransaction,
    principal: &Principal,
    version: &Model,
) -> Result<()> {
    let sentence = || {
        format!(
            "cannot replace the former version of {}",
            version.document_id
        )
    };
    let former = Entity::find()
        .filter(Column::DocumentId.eq(version.document_id))
        .filter(Column::GenerationId.eq(version.generation_id))
        .filter(Column::State.eq(VersionState::Published.name()))
        .one(tx)
        .await;
    let Some(former) = former.doing(sentence)? else {
        return Ok(());
    };
    let sql = "UPDATE versions SET state = 'retired' WHERE id = $1";
    execute(tx, sql, vec![former.id.into()])
        .await
        .doing(sentence)?;
    outbox::append(
        tx,
        principal,
        change_of(&former, OutboxKind::Remove, (0, 0)),
    )
    .await
}

/// Writes on the document what its new version says, if that is one of the live generation. A
/// document that is being read stays so until its reader says otherwise.
async fn show(
    tx: &DatabaseTransaction,
    version: &Model,
    facts: VersionFacts,
    now: i64,
) -> Result<()> {
    let sentence = || format!("cannot show the new version of {}", version.document_id);
    let live = generation::Entity::find_by_id(version.generation_id)
        .filter(generation::Column::State.eq("live"))
        .one(tx)
        .await;
    if live.doing(sentence)?.is_none() {
        return Ok(());
    }
    let ready = version.embedded >= version.chunks;
    let state = if ready {
        DocumentState::Ready
    } else {
        DocumentState::Searchable
    };
    let mut shown = document::ActiveModel {
        authors: Set(to_json(&facts.authors)?),
        format: Set(facts.format),
        media_type: Set(facts.media_type),
        language: Set(facts.language),
        version_id: Set(Some(version.id)),
        pages: Set(facts.pages.map(i64::from)),
        chunks: Set(version.chunks),
        embedded: Set(version.embedded),
        faults: Set(to_json(&facts.faults)?),
        changed: Set(now),
        ..Default::default()
    };
    if let Some(title) = facts.title {
        shown.title_folded = Set(documents::fold(&title));
        shown.title = Set(title);
    }
    let update = document::Entity::update_many().set(shown);
    let update = update.filter(document::Column::Id.eq(version.document_id));
    update.exec(tx).await.doing(sentence)?;
    // Whoever reads it says when it can be found: the indexes come after this commit.
    let sql = "UPDATE documents SET state = $1 WHERE id = $2 AND state <> 'reading'";
    let values = vec![state.name().into(), version.document_id.into()];
    execute(tx, sql, values).await.doing(sentence)?;
    Ok(())
}
