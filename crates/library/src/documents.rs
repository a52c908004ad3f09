//! Putting documents in, looking at them, changing and removing them.

use std::path::PathBuf;
use std::sync::Arc;

use alexandria_core::block::{PageRect, Span};
use alexandria_core::document::Document;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId, JobId, VersionId};
use alexandria_core::principal::{Principal, Scope};
use alexandria_store::blobs::Blob;
use alexandria_store::catalog::{
    Created, DocumentChange, DocumentQuery, NewDocument, Page, Version,
};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::jobs::JobKind;
use crate::library::Library;

/// The longest name of a file, title or web address, in bytes.
pub const DOCUMENT_NAME_BYTES_MAX: usize = 1_000;

/// The most tags of one document.
pub const DOCUMENT_TAGS_MAX: usize = 50;

/// The longest tag or category, in bytes.
pub const DOCUMENT_TAG_BYTES_MAX: usize = 100;

/// Bytes looked at before anything is stored, to refuse an empty file.
const FIRST_BYTES: usize = 4 * 1024;

/// What comes with a file that is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The shelf it goes to.
    pub collection: CollectionId,
    /// The name of the file or its web address; shown, never used as a path.
    pub name: String,
    /// Its title, where the caller knows better than the file.
    pub title: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is about.
    pub category: Option<String>,
    /// The media type the caller was told; what the file is is decided by looking at it.
    pub media_type: Option<String>,
}

impl Upload {
    /// A file with nothing but its name.
    #[must_use]
    pub fn new(collection: CollectionId, name: impl Into<String>) -> Self {
        Self {
            collection,
            name: name.into(),
            title: None,
            tags: Vec::new(),
            category: None,
            media_type: None,
        }
    }
}

/// What became of a file that was put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The document: the new one, or the one that already held exactly these bytes.
    pub document: Document,
    /// Whether it was there already; nothing was stored then.
    pub duplicate: bool,
    /// The job that reads it, when it is new.
    pub job: Option<JobId>,
}

/// A file as it was put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalFile {
    /// Where its bytes are on this machine; to be read and never written.
    pub path: PathBuf,
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
    /// Puts a document in. When this returns, the file and the job that will read it are stored for
    /// good; reading goes on in the background.
    ///
    /// The file is streamed to the disk and never held in memory. A file whose exact bytes stand on
    /// the shelf already is found and not stored again.
    ///
    /// # Errors
    /// `Invalid` for an empty file or a wrong name or tag, `TooLarge` beyond the limit of an upload,
    /// `NotFound` when there is no such shelf, `Unavailable` when the disk is full.
    pub async fn add_document(
        &self,
        principal: &Principal,
        upload: Upload,
        reader: impl AsyncRead + Send + Unpin,
    ) -> Result<Added> {
        principal.require(Scope::Ingest)?;
        let upload = upload.checked()?;
        self.catalog
            .collection(principal, upload.collection)
            .await?;
        let blob = self.store_original(principal, &upload.name, reader).await?;
        let in_use = self.blob_use.read().await;
        self.still_there(principal, &blob).await?;
        let titled = upload.title.is_some();
        let kind = JobKind::IndexDocument { titled };
        let new = upload.into_new(&blob);
        let job = kind.new_job(self.settings.limits.job_attempts_max)?;
        let created = self.catalog.create_document(principal, new, job).await?;
        drop(in_use);
        self.wake.notify_one();
        Ok(match created {
            Created::New(document, job) => Added {
                document,
                duplicate: false,
                job: Some(job),
            },
            Created::Existing(document) => Added {
                document,
                duplicate: true,
                job: None,
            },
        })
    }

    /// A document.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn document(&self, principal: &Principal, id: DocumentId) -> Result<Document> {
        principal.require(Scope::Ask)?;
        self.catalog.document(principal, id).await
    }

    /// The documents that a query asks for.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given.
    pub async fn documents(
        &self,
        principal: &Principal,
        query: &DocumentQuery,
    ) -> Result<Page<Document>> {
        principal.require(Scope::Ask)?;
        self.catalog.documents(principal, query).await
    }

    /// Changes a document's title, tags or category; searches see it once this returns.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a wrong title or tag.
    pub async fn update_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        change: DocumentChange,
    ) -> Result<Document> {
        principal.require(Scope::Ingest)?;
        let title = change
            .title
            .map(|title| checked_line(&title, "title"))
            .transpose()?;
        let tags = change.tags.as_deref().map(checked_tags).transpose()?;
        let category = change
            .category
            .map(|category| checked_category(category.as_deref()));
        let category = category.transpose()?;
        let change = DocumentChange {
            title,
            tags,
            category,
        };
        let document = self.catalog.update_document(principal, id, change).await?;
        self.forget_replies();
        if self.is_working() {
            self.follow(self.space(principal, document.collection))
                .await?;
        }
        Ok(document)
    }

    /// Removes a document. It is not found any more once this returns; its file and its entries in
    /// the indexes go in the background.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_document(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        principal.require(Scope::Ingest)?;
        let collection = self.catalog.document(principal, id).await?.collection;
        self.catalog.remove_document(principal, id).await?;
        self.forget_replies();
        let kind = JobKind::PurgeDocument {
            document: id,
            collection,
        };
        self.enqueue(principal, &kind).await?;
        Ok(())
    }

    /// A document's file as it was put in, to be streamed from the disk.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` when the file cannot be reached.
    pub async fn original(&self, principal: &Principal, id: DocumentId) -> Result<OriginalFile> {
        principal.require(Scope::Ask)?;
        let original = self.catalog.original(principal, id).await?;
        let file = self.blobs.file(principal, &original.blob).await?;
        Ok(OriginalFile {
            path: file.path,
            name: original.name,
            media_type: original.media_type,
            bytes: original.bytes,
            digest: original.digest.to_string(),
        })
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

    /// Makes sure that a purge has not taken away a file that was stored a moment ago.
    async fn still_there(&self, principal: &Principal, blob: &Blob) -> Result<()> {
        match self.blobs.size(principal, &blob.key).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::new(
                ErrorKind::Unavailable,
                "the same file was being removed at this moment: add it again",
            )
            .with_source(error)),
            other => other.map(drop),
        }
    }

    async fn store_original(
        &self,
        principal: &Principal,
        name: &str,
        mut reader: impl AsyncRead + Send + Unpin,
    ) -> Result<Blob> {
        let doing = || format!("cannot receive the file {name:?}");
        let mut first = vec![0; FIRST_BYTES];
        let count = reader
            .read(&mut first)
            .await
            .context(ErrorKind::Invalid, doing)?;
        if count == 0 {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("the file {name:?} is empty: there is nothing to read in it"),
            ));
        }
        first.truncate(count);
        let mut whole = first.as_slice().chain(reader);
        self.blobs
            .put(principal, &mut whole, self.settings.limits.upload_bytes_max)
            .await
    }
}

impl Upload {
    fn checked(self) -> Result<Self> {
        Ok(Self {
            collection: self.collection,
            name: checked_line(&self.name, "name")?,
            title: self
                .title
                .map(|title| checked_line(&title, "title"))
                .transpose()?,
            tags: checked_tags(&self.tags)?,
            category: checked_category(self.category.as_deref())?,
            media_type: self.media_type,
        })
    }

    fn into_new(self, blob: &Blob) -> NewDocument {
        NewDocument {
            collection: self.collection,
            title: self.title.unwrap_or_else(|| title_of(&self.name)),
            media_type: self
                .media_type
                .unwrap_or_else(|| MEDIA_TYPE_UNKNOWN.to_owned()),
            name: self.name,
            blob: blob.key.clone(),
            digest: blob.digest,
            bytes: blob.bytes,
            category: self.category,
            tags: self.tags,
        }
    }
}

/// The media type of a file that nobody has looked at yet.
const MEDIA_TYPE_UNKNOWN: &str = "application/octet-stream";

/// A title from the name of a file or a web address: its last part, without its ending.
fn title_of(name: &str) -> String {
    let last = name
        .trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(name);
    let stem = match last.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem,
        _ => last,
    };
    let title = stem.replace('_', " ");
    if title.trim().is_empty() {
        name.to_owned()
    } else {
        title.trim().to_owned()
    }
}

/// A name or title in one line: control characters, which could hide or forge lines in a terminal or
/// a log, become spaces.
fn checked_line(text: &str, what: &str) -> Result<String> {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    let refused = |why: &str| Err(Error::new(ErrorKind::Invalid, format!("the {what} {why}")));
    if line.is_empty() {
        return refused("is empty");
    }
    if line.len() > DOCUMENT_NAME_BYTES_MAX {
        return refused(&format!("is longer than {DOCUMENT_NAME_BYTES_MAX} bytes"));
    }
    Ok(line.to_owned())
}

fn checked_category(category: Option<&str>) -> Result<Option<String>> {
    category.map(checked_tag).transpose()
}

fn checked_tags(tags: &[String]) -> Result<Vec<String>> {
    if tags.len() > DOCUMENT_TAGS_MAX {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("a document has at most {DOCUMENT_TAGS_MAX} tags"),
        ));
    }
    tags.iter().map(|tag| checked_tag(tag)).collect()
}

fn checked_tag(tag: &str) -> Result<String> {
    let trimmed = tag.trim();
    let fits = !trimmed.is_empty()
        && trimmed.len() <= DOCUMENT_TAG_BYTES_MAX
        && !trimmed.chars().any(char::is_control);
    if fits {
        return Ok(trimmed.to_owned());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!("a tag or category has 1 to {DOCUMENT_TAG_BYTES_MAX} bytes in one line"),
    ))
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
    use super::{checked_line, title_of, whole_characters};

    #[test]
    fn a_title_is_the_last_part_of_a_name_without_its_ending() {
        let check = |name: &str, title: &str| assert_eq!(title_of(name), title, "{name:?}");
        check("dune.pdf", "dune");
        check("Frank_Herbert_Dune.epub", "Frank Herbert Dune");
        check("../../etc/passwd", "passwd");
        check("https://example.org/a/b.html", "b");
        check("https://example.org/", "example");
        check(".hidden", ".hidden");
        check("Vol. 2 of the works", "Vol. 2 of the works");
        check("/", "/");
        check("𝒟𝓊𝓃𝑒.txt", "𝒟𝓊𝓃𝑒");
    }

    #[test]
    fn names_keep_one_line() {
        assert_eq!(checked_line("a\nb\u{7}.pdf", "name").unwrap(), "a b .pdf");
        assert!(checked_line(" \n ", "name").is_err());
        assert!(checked_line(&"x".repeat(2_000), "name").is_err());
    }

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
