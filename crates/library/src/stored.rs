//! What is stored of a document: its file, its text in blocks, its outline, the pictures and lines of
//! its pages, where words stand.

mod blocks;
mod finding;
mod lines;
mod outline;

use std::ops::Range;
use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::block::{PageRect, Span};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::BlobKey;
use alexandria_store::catalog::Version;

use crate::library::Library;

pub use self::blocks::{BLOCK_PART_BYTES_MAX, BLOCKS_MAX, Blocks, BlocksWanted, StoredBlock};
pub use self::finding::{FOUND_MAX, Found, FoundPlaces};
pub use self::lines::{PAGE_LINES_MAX, PageLine, PageLines, PageSizes};
pub use self::outline::{OUTLINE_ENTRIES_MAX, Outline, OutlineEntry, OutlineKind};

/// A file as it was put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalFile {
    /// Where its bytes are.
    pub blob: BlobKey,
    /// The name it came with; shown, never used as a path.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub digest: String,
}

/// A part of a document's stored text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredText {
    /// The reading it is the text of; it never changes.
    pub version: VersionId,
    /// The bytes given, cut to whole characters and to the limit.
    pub span: Span,
    /// The whole text's length in bytes.
    pub bytes: u64,
    /// The text.
    pub text: String,
}

impl Library {
    /// A document's file as it was put in, to be streamed from the disk.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` when the file cannot be reached.
    pub async fn original(&self, principal: &Principal, id: DocumentId) -> Result<OriginalFile> {
        principal.require(Scope::Ask)?;
        let original = self.catalog.original(principal, id).await?;
        // A file that is gone is told of before anything of it is sent.
        self.blobs.size(principal, &original.blob).await?;
        Ok(OriginalFile {
            blob: original.blob,
            name: original.name,
            media_type: original.media_type,
            bytes: original.bytes,
            digest: original.digest.to_string(),
        })
    }

    /// Some bytes of a file as it was put in, fewer where it ends earlier.
    ///
    /// # Errors
    /// `NotFound` when it has been removed since; `Unavailable` when it cannot be reached.
    pub async fn original_bytes(
        &self,
        principal: &Principal,
        original: &OriginalFile,
        range: Range<u64>,
    ) -> Result<Vec<u8>> {
        principal.require(Scope::Ask)?;
        self.blobs.get_range(principal, &original.blob, range).await
    }

    /// A part of a document's stored text, or its beginning: at most as many bytes as the limit of
    /// one call, cut to whole characters.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read, `Invalid` for a span that
    /// begins beyond the end of the text.
    pub async fn stored_text(
        &self,
        principal: &Principal,
        id: DocumentId,
        span: Option<Span>,
    ) -> Result<StoredText> {
        principal.require(Scope::Ask)?;
        let version = self.read_version(principal, id).await?;
        let bytes = self.blobs.size(principal, &version.text_blob).await?;
        let wanted = span.unwrap_or_else(|| Span::new(0, bytes));
        if wanted.start > bytes || wanted.end < wanted.start {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("there is no such part: the text has {bytes} bytes"),
            ));
        }
        let limit = wanted
            .start
            .saturating_add(self.settings.limits.stored_text_bytes_max);
        let range = wanted.start..wanted.end.min(limit).min(bytes);
        let found = self
            .blobs
            .get_range(principal, &version.text_blob, range)
            .await?;
        let (skipped, text) = whole_characters(&found);
        let start = wanted.start + skipped as u64;
        let span = Span::new(start, start + text.len() as u64);
        Ok(StoredText {
            version: version.id,
            span,
            bytes,
            text,
        })
    }

    /// The picture of a page as PNG, drawn when it is first asked for.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when the document has no such page or the picture would be too fine.
    pub async fn picture(
        &self,
        principal: &Principal,
        id: DocumentId,
        page: u32,
        dots_per_inch: u32,
    ) -> Result<Arc<Vec<u8>>> {
        principal.require(Scope::Ask)?;
        let finest = self.settings.limits.picture_dots_per_inch_max;
        if page == 0 || dots_per_inch == 0 || dots_per_inch > finest {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("pages count from 1, and a picture has 1 to {finest} dots per inch"),
            ));
        }
        let original = self.catalog.original(principal, id).await?;
        let key = (principal.tenant(), id, page, dots_per_inch);
        if let Some(picture) = self.remembered.picture(&key) {
            return Ok(picture);
        }
        let file = self.blobs.file(principal, &original.blob).await?;
        let name = &original.name;
        let picture = self
            .reader
            .picture(&file.path, name, page, dots_per_inch)
            .await?;
        let picture = Arc::new(picture);
        self.remembered.keep_picture(key, Arc::clone(&picture));
        Ok(picture)
    }

    /// The rectangles that cover a span of a document's stored text, each with its page.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read, `TooLarge` for a span of
    /// many pages.
    pub async fn rectangles(
        &self,
        principal: &Principal,
        id: DocumentId,
        span: Span,
    ) -> Result<Vec<PageRect>> {
        principal.require(Scope::Ask)?;
        let version = self.read_version(principal, id).await?;
        let (layout, text) = (&version.layout_blob, &version.text_blob);
        self.layouts.rectangles(principal, layout, text, span).await
    }

    /// The version that is seen of a document that has been read.
    async fn read_version(&self, principal: &Principal, id: DocumentId) -> Result<Version> {
        let document = self.catalog.document(principal, id).await?;
        let version = document.version.ok_or_else(|| {
            let state = document.state.name();
            Error::new(
                ErrorKind::NotFound,
                format!("the document {id} has no text: it is {state}"),
            )
        })?;
        self.catalog.version(principal, version).await
    }
}

/// The bytes without the parts of characters at both ends, and how many were left out before.
fn whole_characters(bytes: &[u8]) -> (usize, String) {
    let is_inner = |byte: &&u8| **byte & 0xc0 == 0x80;
    let skipped = bytes.iter().take(3).take_while(is_inner).count();
    let rest = bytes.get(skipped..).unwrap_or_default();
    let whole = match std::str::from_utf8(rest) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
            String::from_utf8_lossy(valid).into_owned()
        }
    };
    (skipped, whole)
}

#[cfg(test)]
mod tests {
    use super::whole_characters;

    #[test]
    fn text_is_cut_between_characters() {
        let text = "äöü𝒟".as_bytes();
        for start in 0..text.len() {
            for end in start..text.len() {
                let (skipped, part) = whole_characters(&text[start..end]);
                assert!("äöü𝒟".contains(&part), "{part:?}");
                let from = start + skipped;
                assert!(part.is_empty() || "äöü𝒟".get(from..from + part.len()) == Some(&part));
            }
        }
    }
}
