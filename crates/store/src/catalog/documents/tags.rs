//! The tags of documents, in a table of their own, and how many documents carry each or are in each
//! collection.

use std::collections::HashMap;

use alexandria_core::document::Document;
use alexandria_core::error::Result;
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use uuid::Uuid;

use super::super::cursor::{List, Page, page_limit};
use super::super::database::{execute, placeholders, rows, uuids};
use super::super::sight::documents_seen_as_text;
use super::super::table::document::Model;
use super::super::{Catalog, Doing, tenant};
use super::to_document;

/// The tags of documents.
pub(in super::super) type Tags = HashMap<Uuid, Vec<String>>;

impl Catalog {
    /// The documents of these rows, with their tags, in the same order.
    pub(super) async fn with_tags(
        &self,
        principal: &Principal,
        models: Vec<Model>,
    ) -> Result<Vec<Document>> {
        let ids: Vec<Uuid> = models.iter().map(|model| model.id).collect();
        let mut tags = tags_of(self.database.read(), principal, &ids).await?;
        let documents = models.into_iter().map(|model| {
            let tags = tags.remove(&model.id).unwrap_or_default();
            to_document(model, tags)
        });
        documents.collect()
    }
}

/// A tag, and how many documents carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// The documents.
    pub documents: u64,
}

impl Catalog {
    /// The tags of the documents that a principal sees, of one collection or of all, in the order of
    /// the alphabet, each with how many documents carry it.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn tags(
        &self,
        principal: &Principal,
        collection: Option<CollectionId>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<TagCount>> {
        let limit = page_limit(limit)?;
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        let mut sql = "SELECT t.tag AS tag, count(*) AS n FROM document_tags t \
                       JOIN documents d ON d.id = t.document_id \
                       WHERE t.tenant_id = $1 AND d.tenant_id = $1 AND d.deleted IS NULL"
            .to_owned();
        if let Some(collection) = collection {
            values.push(collection.as_uuid().into());
            sql.push_str(&format!(" AND d.collection_id = ${}", values.len()));
        }
        if let Some(cursor) = cursor {
            values.push(List::Tags.decode_text(cursor)?.0.into());
            sql.push_str(&format!(" AND t.tag > ${}", values.len()));
        }
        let (seen, more) = documents_seen_as_text(principal, values.len() + 1);
        values.extend(more);
        sql.push_str(&seen);
        values.push(i64::try_from(limit + 1).unwrap_or(i64::MAX).into());
        sql.push_str(&format!(
            " GROUP BY t.tag ORDER BY t.tag LIMIT ${}",
            values.len()
        ));
        let found = rows::<CountRow, _>(self.database.read(), &sql, values).await;
        let mut found = found.doing(|| "cannot count the tags".to_owned())?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more);
        let next = next.map(|last| List::Tags.encode_text(&last.tag, Uuid::nil()));
        let items = found.into_iter().map(|row| TagCount {
            tag: row.tag,
            documents: u64::try_from(row.n).unwrap_or(0),
        });
        Ok(Page {
            items: items.collect(),
            next,
        })
    }

    /// How many documents of each of these collections a principal sees; a collection without any is
    /// left out.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn documents_counted(
        &self,
        principal: &Principal,
        collections: &[CollectionId],
    ) -> Result<HashMap<CollectionId, u64>> {
        if collections.is_empty() {
            return Ok(HashMap::new());
        }
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        let marks = placeholders(2, collections.len());
        values.extend(uuids(collections.iter().map(CollectionId::as_uuid)));
        let (seen, more) = documents_seen_as_text(principal, values.len() + 1);
        values.extend(more);
        let sql = format!(
            "SELECT d.collection_id AS id, count(*) AS n FROM documents d \
             WHERE d.tenant_id = $1 AND d.deleted IS NULL AND d.collection_id IN ({marks}){seen} \
             GROUP BY d.collection_id"
        );
        let found = rows::<CollectionRow, _>(self.database.read(), &sql, values).await;
        let found = found.doing(|| "cannot count the documents of collections".to_owned())?;
        let counted = found.into_iter().map(|row| {
            let count = u64::try_from(row.n).unwrap_or(0);
            (CollectionId::from_uuid(row.id), count)
        });
        Ok(counted.collect())
    }
}

#[derive(Debug, FromQueryResult)]
struct CountRow {
    tag: String,
    n: i64,
}

#[derive(Debug, FromQueryResult)]
struct CollectionRow {
    id: Uuid,
    n: i64,
}

/// The tags of each of these documents, in alphabetical order.
pub(in super::super) async fn tags_of<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    documents: &[Uuid],
) -> Result<Tags> {
    let mut tags = Tags::new();
    if documents.is_empty() {
        return Ok(tags);
    }
    let marks = placeholders(2, documents.len());
    let sql = format!(
        "SELECT document_id, tag FROM document_tags \
         WHERE tenant_id = $1 AND document_id IN ({marks}) ORDER BY document_id, tag"
    );
    let mut values: Vec<Value> = vec![tenant(principal).into()];
    values.extend(uuids(documents.iter().copied()));
    let found = rows::<TagRow, _>(connection, sql, values).await;
    for row in found.doing(|| "cannot read the tags of documents".to_owned())? {
        tags.entry(row.document_id).or_default().push(row.tag);
    }
    // PostgreSQL sorts by its locale; the answer must not depend on it.
    tags.values_mut().for_each(|tags| tags.sort_unstable());
    Ok(tags)
}

/// Gives a document tags.
pub(super) async fn insert_tags(
    tx: &DatabaseTransaction,
    principal: &Principal,
    document: Uuid,
    tags: &[String],
) -> Result<()> {
    let sql = "INSERT INTO document_tags (document_id, tag, tenant_id) VALUES ($1, $2, $3)";
    for tag in tags {
        let values = vec![
            document.into(),
            tag.as_str().into(),
            tenant(principal).into(),
        ];
        execute(tx, sql, values)
            .await
            .doing(|| "cannot write the tags of a document".to_owned())?;
    }
    Ok(())
}

/// The tags in order, each once.
pub(super) fn tag_set(tags: &[String]) -> Vec<String> {
    let mut tags = tags.to_vec();
    tags.sort_unstable();
    tags.dedup();
    tags
}

#[derive(Debug, FromQueryResult)]
struct TagRow {
    document_id: Uuid,
    tag: String,
}
