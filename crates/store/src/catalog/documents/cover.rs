//! The small picture that a document is shown by.

use alexandria_core::document::Cover;
use alexandria_core::error::Result;
use alexandria_core::id::{DocumentId, TenantId};
use alexandria_core::principal::Principal;

use super::super::database::execute;
use super::super::table::document::Model;
use super::super::{Catalog, Doing, tenant};
use crate::blobs::BlobKey;

/// Where a document's cover is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoverFile {
    /// Nobody has tried to make one.
    Untried,
    /// It has none.
    None,
    /// Among the blobs.
    Kept(BlobKey),
}

impl Catalog {
    /// Where a document's cover is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn cover(&self, principal: &Principal, id: DocumentId) -> Result<CoverFile> {
        let model = self.document_row(principal, id).await?;
        Ok(match model.cover_blob {
            None => CoverFile::Untried,
            Some(key) if key.is_empty() => CoverFile::None,
            Some(key) => CoverFile::Kept(BlobKey::stored(key)),
        })
    }

    /// Says where a document's cover is, or that it has none. A document that has been removed meanwhile
    /// keeps it until it is purged.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn set_cover(
        &self,
        principal: &Principal,
        id: DocumentId,
        cover: Option<&BlobKey>,
    ) -> Result<()> {
        let sql = "UPDATE documents SET cover_blob = $1 WHERE tenant_id = $2 AND id = $3";
        let key = cover.map_or("", BlobKey::as_str);
        let values = vec![key.into(), tenant(principal).into(), id.as_uuid().into()];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| format!("cannot keep the cover of the document {id}"))?;
        Ok(())
    }
}

/// What the row of a document says of its cover.
pub(super) fn cover_of(model: &Model) -> Cover {
    let Some(key) = &model.cover_blob else {
        return Cover::Untried;
    };
    let key = BlobKey::stored(key.clone());
    let digest = key.digest(TenantId::from_uuid(model.tenant_id));
    digest.map_or(Cover::None, |digest| Cover::Kept(digest.to_string()))
}
