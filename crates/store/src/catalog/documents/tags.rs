//! The tags of documents, in a table of their own.

use alexandria_core::document::Document;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use uuid::Uuid;

use super::super::database::{execute, placeholders, rows, uuids};
use super::super::table::document::Model;
use super::super::{Catalog, Doing, tenant};
use super::to_document;

/// The tags of documents.
pub(in super::super) type Tags = std::collections::HashMap<Uuid, Vec<String>>;

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

#[derive(Debug, sea_orm::FromQueryResult)]
struct TagRow {
    document_id: Uuid,
    tag: String,
}
