//! The small pictures that documents are shown by.
//!
//! One is made when a document has been read, or, for one that was read by an older program, when its
//! cover is first asked for. Foreign pictures are decoded in the process that reads files, never in this
//! one.

use alexandria_core::access::Scope;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
pub use alexandria_extract::may_have_cover;
use alexandria_store::catalog::CoverFile;
use tokio::sync::Mutex;

use crate::library::Library;

/// Lets one cover at a time be made for those who ask, so that a page of a hundred documents does not
/// start a hundred processes.
pub(crate) type Covering = Mutex<()>;

/// The cover of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverPicture {
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub digest: String,
    /// A JPEG file.
    pub bytes: Vec<u8>,
}

impl Library {
    /// The cover of a document, made now if nobody has tried to.
    ///
    /// # Errors
    /// `NotFound` when there is no such document, or it has no cover.
    pub async fn cover(&self, principal: &Principal, id: DocumentId) -> Result<CoverPicture> {
        principal.require(Scope::Ask)?;
        let file = match self.catalog.cover(principal, id).await? {
            CoverFile::Untried => self.first_cover(principal, id).await?,
            known @ (CoverFile::None | CoverFile::Kept(_)) => known,
        };
        let CoverFile::Kept(key) = file else {
            let sentence = format!("the document {id} has no cover");
            return Err(Error::new(ErrorKind::NotFound, sentence));
        };
        let digest = key.digest(principal.tenant());
        let digest = digest.ok_or_else(|| {
            Error::new(ErrorKind::Corrupt, format!("the cover of {id} has no key"))
        })?;
        Ok(CoverPicture {
            digest: digest.to_string(),
            bytes: self.blobs.get(principal, &key).await?,
        })
    }

    /// Makes the cover of a document that has been read. One that is still to be read gets it then.
    async fn first_cover(&self, principal: &Principal, id: DocumentId) -> Result<CoverFile> {
        let document = self.catalog.document(principal, id).await?;
        let is_waiting = matches!(
            document.state,
            DocumentState::Queued | DocumentState::Reading
        );
        let may_store = self.may_store(principal, "cannot make a cover").await;
        if is_waiting || may_store.is_err() {
            return Ok(CoverFile::Untried);
        }
        let _turn = self.covering.lock().await;
        match self.catalog.cover(principal, id).await? {
            CoverFile::Untried => self.make_cover(principal, &document).await,
            known @ (CoverFile::None | CoverFile::Kept(_)) => Ok(known),
        }
    }

    /// Makes the cover of a document that has just been read, unless it has one. The document is none the
    /// worse without it.
    pub(crate) async fn cover_read(&self, principal: &Principal, id: DocumentId) {
        let work = async || {
            let document = self.catalog.document(principal, id).await?;
            if self.catalog.cover(principal, id).await? == CoverFile::Untried {
                self.make_cover(principal, &document).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = work().await {
            tracing::warn!(document.id = %id, error = %error.chain(), "made no cover");
        }
    }

    async fn make_cover(&self, principal: &Principal, document: &Document) -> Result<CoverFile> {
        let id = document.id;
        // The format of a document that could not be read is unknown.
        let may_have = document.format.is_empty() || may_have_cover(&document.format);
        let picture = if may_have {
            let original = self.catalog.original(principal, id).await?;
            let file = self.blobs.file(principal, &original.blob).await?;
            self.reader.cover(&file.path, &original.name).await?
        } else {
            None
        };
        let in_use = self.blob_use.read().await;
        // A purge waits until the row names the file; a document that is gone gets none.
        self.catalog.document(principal, id).await?;
        let key = match picture {
            Some(bytes) => Some(self.blobs.put_bytes(principal, bytes).await?.key),
            None => None,
        };
        self.catalog.set_cover(principal, id, key.as_ref()).await?;
        drop(in_use);
        Ok(key.map_or(CoverFile::None, CoverFile::Kept))
    }
}
