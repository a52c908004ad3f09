//! What was put in: accepting it, looking at it, changing it. Lists of documents, their tags and their
//! removal have files of their own.

mod cover;
mod order;
mod query;
mod removal;
mod room;
mod tags;

use alexandria_core::access::Classification;
use alexandria_core::block::Fault;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId, JobId, VersionId};
use alexandria_core::principal::Principal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::database::execute;
use super::jobs::NewJob;
use super::outbox;
use super::row::{
    digest, document_state, faults, from_json, option_u32, timestamp, to_i64, to_json,
};
use super::row::{to_u32, to_u64};
use super::sight::documents_seen;
use super::table::document::{self as table, Column, Entity, Model};
use super::{Catalog, Doing, commit, jobs, not_found, tenant};
use crate::blobs::{BlobKey, Digest};

pub use self::cover::CoverFile;
pub use self::order::DocumentOrder;
pub use self::query::DocumentQuery;
pub use self::room::NoRoom;
pub use self::tags::TagCount;
pub(super) use self::tags::tags_of;

use self::cover::cover_of;
use self::tags::{insert_tags, tag_set};

/// A document about to be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// The collection it will be in.
    pub collection: CollectionId,
    /// Its title until it has been read: usually the name without its ending.
    pub title: String,
    /// The name of the file or the web address it came from.
    pub name: String,
    /// The media type it came with.
    pub media_type: String,
    /// Where the original is kept.
    pub blob: BlobKey,
    /// The digest of the original.
    pub digest: Digest,
    /// The size of the original in bytes.
    pub bytes: u64,
    /// What it is about, if somebody said so.
    pub category: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// How closely it is held.
    pub classification: Classification,
    /// What the tenant may hold at most: documents, and bytes of originals.
    pub quotas: (Option<u64>, Option<u64>),
}

/// What became of a document put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was accepted, and this job will read it.
    New(Document, JobId),
    /// The collection has the same bytes already; nothing was stored.
    Existing(Document),
}

/// What to change about a document; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentChange {
    /// A new title.
    pub title: Option<String>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// A new category, or none from now on.
    pub category: Option<Option<String>>,
    /// Another label.
    pub classification: Option<Classification>,
}

/// Where a document's original is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its key among the blobs.
    pub blob: BlobKey,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// The name it came with; shown, never used as a path.
    pub name: String,
    /// Its media type.
    pub media_type: String,
}

impl Catalog {
    /// The document of a collection with these bytes, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn find_document_by_digest(
        &self,
        principal: &Principal,
        collection: CollectionId,
        digest: Digest,
    ) -> Result<Option<Document>> {
        let read = self.database.read();
        match find_same(read, principal, collection, digest).await? {
            Some(model) => {
                refuse_hidden(principal, &model)?;
                Ok(self.with_tags(principal, vec![model]).await?.pop())
            }
            None => Ok(None),
        }
    }

    /// Accepts a document together with the job that will read it, in one transaction. The job's
    /// `document` is set to the new one.
    ///
    /// # Errors
    /// `NotFound` when there is no such collection.
    pub async fn create_document(
        &self,
        principal: &Principal,
        new: NewDocument,
        job: NewJob,
    ) -> Result<Created> {
        let sentence = || format!("cannot accept the document {:?}", new.name);
        self.collection_row(principal, new.collection).await?;
        let model = self.new_model(principal, &new)?;
        let tags = tag_set(&new.tags);
        let tx = self.begin().await?;
        // Waits for a removal of the collection that is under way, and is seen by one that follows.
        outbox::lock(&tx, new.collection.as_uuid()).await?;
        let sql = "SELECT count(*) AS n FROM collections WHERE id = $1 AND deleted IS NULL";
        let there = super::database::number(&tx, sql, vec![new.collection.as_uuid().into()]).await;
        if there.doing(sentence)? == 0 {
            return Err(not_found("collection", new.collection));
        }
        if let Some(same) = find_same(&tx, principal, new.collection, new.digest).await? {
            drop(tx);
            refuse_hidden(principal, &same)?;
            let found = self.with_tags(principal, vec![same]).await?.pop();
            return found
                .map(Created::Existing)
                .ok_or_else(|| super::row::corrupt("a document"));
        }
        self.require_room(&tx, principal, &new).await?;
        let insert = Entity::insert(model.clone().into_active_model());
        insert.exec_without_returning(&tx).await.doing(sentence)?;
        insert_tags(&tx, principal, model.id, &tags).await?;
        let document = DocumentId::from_uuid(model.id);
        let job = NewJob {
            document: Some(document),
            ..job
        };
        let job = jobs::insert(self, &tx, principal, job).await?;
        commit(tx, "the new document").await?;
        Ok(Created::New(to_document(model, tags)?, job))
    }

    /// The document with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn document(&self, principal: &Principal, id: DocumentId) -> Result<Document> {
        let model = self.document_row(principal, id).await?;
        let found = self.with_tags(principal, vec![model]).await?.pop();
        found.ok_or_else(|| not_found("document", id))
    }

    /// Where a document's original is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn original(&self, principal: &Principal, id: DocumentId) -> Result<Original> {
        let model = self.document_row(principal, id).await?;
        Ok(Original {
            blob: BlobKey::stored(model.blob),
            digest: digest(&model.digest)?,
            bytes: to_u64(model.bytes)?,
            name: model.name,
            media_type: model.media_type,
        })
    }

    /// Changes a document's title, tags or category; the indexes are told.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn update_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        change: DocumentChange,
    ) -> Result<Document> {
        let sentence = || format!("cannot change the document {id}");
        let collection = self.document_row(principal, id).await?.collection_id;
        let tx = self.begin().await?;
        outbox::lock(&tx, collection).await?;
        let mut active = table::ActiveModel {
            id: Set(id.as_uuid()),
            ..Default::default()
        };
        if let Some(title) = &change.title {
            active.title_folded = Set(fold(title));
            active.title = Set(title.clone());
        }
        if let Some(category) = &change.category {
            active.category = Set(category.clone());
        }
        if let Some(label) = change.classification {
            active.classification = Set(i64::from(label.level()));
        }
        active.changed = Set(self.now());
        let update = Entity::update_many()
            .set(active)
            .filter(Column::Deleted.is_null());
        let update = update.filter(Column::Id.eq(id.as_uuid()));
        if update.exec(&tx).await.doing(sentence)?.rows_affected == 0 {
            return Err(not_found("document", id));
        }
        if let Some(tags) = &change.tags {
            let sql = "DELETE FROM document_tags WHERE document_id = $1";
            execute(&tx, sql, vec![id.as_uuid().into()])
                .await
                .doing(sentence)?;
            insert_tags(&tx, principal, id.as_uuid(), &tag_set(tags)).await?;
        }
        // A text index holds the title beside the text, so a new title puts the text in again.
        if change.title.is_some() {
            let sql = "INSERT INTO outbox (tenant_id, collection_id, generation_id, kind, \
                       document_id, version_id, from_ordinal, to_ordinal) \
                       SELECT tenant_id, collection_id, generation_id, 'add', document_id, id, 0, \
                       chunks FROM versions WHERE document_id = $1 AND state = 'published'";
            execute(&tx, sql, vec![id.as_uuid().into()])
                .await
                .doing(sentence)?;
        }
        // Another label changes what answers may be made of, so answers that are kept count no more.
        if change.tags.is_some() || change.classification.is_some() {
            let sql = "INSERT INTO outbox (tenant_id, collection_id, generation_id, kind, \
                       document_id, version_id, from_ordinal, to_ordinal) \
                       SELECT tenant_id, collection_id, generation_id, 'describe', document_id, \
                       NULL, 0, 0 FROM versions WHERE document_id = $1 AND state = 'published'";
            execute(&tx, sql, vec![id.as_uuid().into()])
                .await
                .doing(sentence)?;
        }
        commit(tx, "the change of the document").await?;
        self.document(principal, id).await
    }

    /// Says how far a document's reading has come.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_document_state(
        &self,
        principal: &Principal,
        id: DocumentId,
        state: DocumentState,
    ) -> Result<()> {
        let change = table::ActiveModel {
            state: Set(state.name().to_owned()),
            ..Default::default()
        };
        self.change_row(principal, id, change).await
    }

    /// Says that a document could not be read, and why.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn fail_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        faults: &[Fault],
    ) -> Result<()> {
        let change = table::ActiveModel {
            state: Set(DocumentState::Failed.name().to_owned()),
            faults: Set(to_json(faults)?),
            ..Default::default()
        };
        self.change_row(principal, id, change).await
    }

    async fn change_row(
        &self,
        principal: &Principal,
        id: DocumentId,
        mut change: table::ActiveModel,
    ) -> Result<()> {
        change.changed = Set(self.now());
        let done = Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::TenantId.eq(tenant(principal)))
            .filter(Column::Deleted.is_null())
            .exec(self.database.write())
            .await;
        match done
            .doing(|| format!("cannot change the document {id}"))?
            .rows_affected
        {
            0 => Err(not_found("document", id)),
            _ => Ok(()),
        }
    }

    pub(super) async fn document_row(
        &self,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<Model> {
        let found = Entity::find_by_id(id.as_uuid())
            .filter(documents_seen(principal))
            .filter(Column::Deleted.is_null())
            .one(self.database.read())
            .await;
        found
            .doing(|| format!("cannot read the document {id}"))?
            .ok_or_else(|| not_found("document", id))
    }

    fn new_model(&self, principal: &Principal, new: &NewDocument) -> Result<Model> {
        let now = self.now();
        Ok(Model {
            id: self.next_id(),
            tenant_id: tenant(principal),
            collection_id: new.collection.as_uuid(),
            title: new.title.clone(),
            title_folded: fold(&new.title),
            name: new.name.clone(),
            authors: "[]".to_owned(),
            format: String::new(),
            media_type: new.media_type.clone(),
            language: None,
            category: new.category.clone(),
            blob: new.blob.as_str().to_owned(),
            digest: new.digest.as_bytes().to_vec(),
            bytes: to_i64(new.bytes)?,
            state: DocumentState::Queued.name().to_owned(),
            version_id: None,
            pages: None,
            chunks: 0,
            embedded: 0,
            faults: "[]".to_owned(),
            added: now,
            changed: now,
            deleted: None,
            classification: i64::from(new.classification.level()),
            added_by: Some(principal.actor().to_string()),
            cover_blob: None,
        })
    }
}

/// Says of bytes that are there already, under a label that the one who asks does not see, no more
/// than that.
fn refuse_hidden(principal: &Principal, same: &Model) -> Result<()> {
    if same.classification <= i64::from(principal.clearance().level()) {
        return Ok(());
    }
    let sentence = "the collection has a file with exactly these bytes already";
    Err(Error::new(ErrorKind::Conflict, sentence))
}

async fn find_same<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    collection: CollectionId,
    digest: Digest,
) -> Result<Option<Model>> {
    let found = Entity::find()
        .filter(Column::CollectionId.eq(collection.as_uuid()))
        .filter(Column::TenantId.eq(tenant(principal)))
        .filter(Column::Digest.eq(digest.as_bytes().to_vec()))
        .filter(Column::Deleted.is_null())
        .one(connection)
        .await;
    found.doing(|| "cannot look for a document with the same bytes".to_owned())
}

/// A title as it is compared, the same on both databases.
pub(super) fn fold(title: &str) -> String {
    title.to_lowercase()
}

pub(super) fn to_document(model: Model, tags: Vec<String>) -> Result<Document> {
    let cover = cover_of(&model);
    Ok(Document {
        id: DocumentId::from_uuid(model.id),
        collection: CollectionId::from_uuid(model.collection_id),
        title: model.title,
        name: model.name,
        authors: from_json(&model.authors)?,
        format: model.format,
        media_type: model.media_type,
        language: model.language,
        category: model.category,
        tags,
        classification: Classification::of_level(model.classification)?,
        bytes: to_u64(model.bytes)?,
        digest: digest(&model.digest)?.to_string(),
        state: document_state(&model.state)?,
        version: model.version_id.map(VersionId::from_uuid),
        pages: option_u32(model.pages)?,
        chunks: to_u32(model.chunks)?,
        embedded: to_u32(model.embedded)?,
        faults: faults(&model.faults)?,
        added: timestamp(model.added)?,
        changed: timestamp(model.changed)?,
        cover,
    })
}
