//! Readings of documents, built aside and then shown whole.
//!
//! Invariant: [`Catalog::publish_version`] is the only switch. Until it returns, readers see the
//! former version; from then on the new one. A building version is seen by nobody.

mod publication;

use alexandria_core::block::Fault;
use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::database::{execute, number};
use super::outbox::{Change, OutboxKind};
use super::row::{corrupt, digest, faults, option_u32, timestamp, to_i64, to_u32, to_u64};
use super::table::document;
use super::table::version::{Column, Entity, Model};
use super::{Catalog, Doing, commit, not_found, tenant};
use crate::blobs::{BlobKey, Digest};

pub use self::publication::VersionFacts;

/// Whether a version is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VersionState {
    /// Being built; seen by nobody.
    Building,
    /// The one that is seen.
    Published,
    /// Seen formerly. Its text stays, so that its citations can be checked.
    Retired,
}

impl VersionState {
    const ALL: [Self; 3] = [Self::Building, Self::Published, Self::Retired];

    /// The state's name in the database, the API and the logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Published => "published",
            Self::Retired => "retired",
        }
    }
}

/// A reading about to be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// The document that was read.
    pub document: DocumentId,
    /// The generation that it is built for.
    pub generation: GenerationId,
    /// Where the stored text is kept.
    pub text_blob: BlobKey,
    /// Where lines and pages are kept.
    pub layout_blob: BlobKey,
    /// The digest of the stored text.
    pub text_digest: Digest,
    /// What read it.
    pub parser_name: String,
    /// And in which version.
    pub parser_version: String,
    /// The name of the chunk policy.
    pub chunk_policy: String,
    /// Characters of the stored text.
    pub characters: u64,
    /// Pages, for formats that have them.
    pub pages: Option<u32>,
}

/// A reading of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its identity.
    pub id: VersionId,
    /// The document that was read.
    pub document: DocumentId,
    /// The collection it is in.
    pub collection: CollectionId,
    /// The generation that it was built for.
    pub generation: GenerationId,
    /// Its number among the document's versions, from 1.
    pub number: u32,
    /// Where the original is kept that was read.
    pub original_blob: BlobKey,
    /// Where the stored text is kept.
    pub text_blob: BlobKey,
    /// Where lines and pages are kept.
    pub layout_blob: BlobKey,
    /// The digest of the stored text.
    pub text_digest: Digest,
    /// What read it.
    pub parser_name: String,
    /// And in which version.
    pub parser_version: String,
    /// The name of the chunk policy.
    pub chunk_policy: String,
    /// Characters of the stored text.
    pub characters: u64,
    /// Pages, for formats that have them.
    pub pages: Option<u32>,
    /// How many chunks it has.
    pub chunks: u32,
    /// How many of them have their vectors.
    pub embedded: u32,
    /// Whether it is seen.
    pub state: VersionState,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was published.
    pub published: Option<Timestamp>,
}

impl Catalog {
    /// Begins a version of a document.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or generation.
    pub async fn begin_version(&self, principal: &Principal, new: NewVersion) -> Result<Version> {
        let sentence = || format!("cannot begin a version of the document {}", new.document);
        let document = self.document_row(principal, new.document).await?;
        self.generation(new.generation).await?;
        let tx = self.begin().await?;
        // Locking the document's row gives each of its versions a number of its own.
        let sql = "UPDATE documents SET changed = changed WHERE id = $1";
        execute(&tx, sql, vec![document.id.into()])
            .await
            .doing(sentence)?;
        let sql = "SELECT max(number) AS n FROM versions WHERE document_id = $1";
        let last = number(&tx, sql, vec![document.id.into()])
            .await
            .doing(sentence)?;
        let model = Model {
            id: self.next_id(),
            tenant_id: document.tenant_id,
            collection_id: document.collection_id,
            document_id: document.id,
            generation_id: new.generation.as_uuid(),
            number: last + 1,
            original_blob: document.blob,
            text_blob: new.text_blob.as_str().to_owned(),
            layout_blob: new.layout_blob.as_str().to_owned(),
            text_digest: new.text_digest.as_bytes().to_vec(),
            parser_name: new.parser_name.clone(),
            parser_version: new.parser_version.clone(),
            chunk_policy: new.chunk_policy.clone(),
            characters: to_i64(new.characters)?,
            pages: new.pages.map(i64::from),
            chunks: 0,
            embedded: 0,
            state: VersionState::Building.name().to_owned(),
            faults: "[]".to_owned(),
            created: self.now(),
            published: None,
        };
        let insert = Entity::insert(model.clone().into_active_model());
        insert.exec_without_returning(&tx).await.doing(sentence)?;
        commit(tx, "the new version").await?;
        to_version(model)
    }

    /// The version with this id, of a document that has not been removed.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn version(&self, principal: &Principal, id: VersionId) -> Result<Version> {
        to_version(version_row(self.database.read(), principal, id).await?)
    }

    /// A document's versions, oldest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn versions(&self, principal: &Principal, id: DocumentId) -> Result<Vec<Version>> {
        self.document_row(principal, id).await?;
        let rows = Entity::find()
            .filter(Column::DocumentId.eq(id.as_uuid()))
            .order_by_asc(Column::Number)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| format!("cannot list the versions of the document {id}"))?;
        rows.into_iter().map(to_version).collect()
    }

    /// Removes what runs that broke off have left of a document: its building versions with their
    /// chunks. Vectors are kept, so that nothing is paid for twice. Says how many there were.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn abandon_versions(&self, principal: &Principal, id: DocumentId) -> Result<u64> {
        self.document_row(principal, id).await?;
        let sql = "DELETE FROM versions WHERE document_id = $1 AND state = 'building'";
        let done = execute(self.database.write(), sql, vec![id.as_uuid().into()]).await;
        done.doing(|| format!("cannot remove unfinished versions of the document {id}"))
    }
}

/// The change of an index that a version brings.
pub(super) fn change_of(version: &Model, kind: OutboxKind, ordinals: (i64, i64)) -> Change {
    Change {
        collection: version.collection_id,
        generation: version.generation_id,
        kind,
        document: version.document_id,
        version: Some(version.id),
        ordinals,
    }
}

/// The row of a version whose document has not been removed.
pub(super) async fn version_row<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    id: VersionId,
) -> Result<Model> {
    let sentence = || format!("cannot read the version {id}");
    let found = Entity::find_by_id(id.as_uuid())
        .filter(Column::TenantId.eq(tenant(principal)))
        .one(connection)
        .await;
    let found = found
        .doing(sentence)?
        .ok_or_else(|| not_found("version", id))?;
    let document = document::Entity::find_by_id(found.document_id)
        .filter(document::Column::Deleted.is_null())
        .one(connection)
        .await;
    document
        .doing(sentence)?
        .ok_or_else(|| not_found("version", id))?;
    Ok(found)
}

fn to_version(model: Model) -> Result<Version> {
    let state = VersionState::ALL
        .into_iter()
        .find(|state| state.name() == model.state);
    Ok(Version {
        id: VersionId::from_uuid(model.id),
        document: DocumentId::from_uuid(model.document_id),
        collection: CollectionId::from_uuid(model.collection_id),
        generation: GenerationId::from_uuid(model.generation_id),
        number: to_u32(model.number)?,
        original_blob: BlobKey::stored(model.original_blob),
        text_blob: BlobKey::stored(model.text_blob),
        layout_blob: BlobKey::stored(model.layout_blob),
        text_digest: digest(&model.text_digest)?,
        parser_name: model.parser_name,
        parser_version: model.parser_version,
        chunk_policy: model.chunk_policy,
        characters: to_u64(model.characters)?,
        pages: option_u32(model.pages)?,
        chunks: to_u32(model.chunks)?,
        embedded: to_u32(model.embedded)?,
        state: state.ok_or_else(|| corrupt("a state"))?,
        faults: faults(&model.faults)?,
        created: timestamp(model.created)?,
        published: model.published.map(timestamp).transpose()?,
    })
}
