//! Putting documents in, looking at them, changing and removing them.

use std::collections::HashMap;

use alexandria_core::access::{Classification, Scope};
use alexandria_core::document::Document;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, DocumentId, JobId};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Blob;
use alexandria_store::catalog::{
    Created, DocumentChange, DocumentQuery, NewDocument, Page, TagCount,
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
    /// The collection it goes to.
    pub collection: CollectionId,
    /// The name of the file or its web address; shown, never used as a path.
    pub name: String,
    /// Its title, where the caller knows better than the file.
    pub title: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is about.
    pub category: Option<String>,
    /// How closely it is held.
    pub classification: Classification,
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
            classification: Classification::default(),
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

impl Library {
    /// Puts a document in. When this returns, the file and the job that will read it are stored for
    /// good; reading goes on in the background.
    ///
    /// The file is streamed to the disk and never held in memory. A file whose exact bytes stand on
    /// the collection already is found and not stored again.
    ///
    /// # Errors
    /// `Invalid` for an empty file or a wrong name or tag, `TooLarge` beyond the limit of an upload,
    /// `NotFound` when there is no such collection, `Conflict` when the tenant's data must stay in another
    /// region, `Unavailable` when the disk is full.
    pub async fn add_document(
        &self,
        principal: &Principal,
        upload: Upload,
        reader: impl AsyncRead + Send + Unpin,
    ) -> Result<Added> {
        principal.require(Scope::Ingest)?;
        let upload = upload.checked()?;
        may_label(principal, upload.classification)?;
        let tenant = self.may_store(principal, "cannot add a document").await?;
        self.catalog
            .collection(principal, upload.collection)
            .await?;
        let blob = self.store_original(principal, &upload.name, reader).await?;
        let in_use = self.blob_use.read().await;
        self.still_there(principal, &blob).await?;
        let titled = upload.title.is_some();
        let kind = JobKind::IndexDocument { titled };
        let limits = tenant.limits();
        let new = NewDocument {
            quotas: (limits.documents, limits.bytes),
            ..upload.into_new(&blob)
        };
        let job = kind.new_job(principal, self.settings.limits.job_attempts_max)?;
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
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn documents(
        &self,
        principal: &Principal,
        query: &DocumentQuery,
    ) -> Result<Page<Document>> {
        principal.require(Scope::Ask)?;
        self.catalog.documents(principal, query).await
    }

    /// The tags in use, of one collection or of all, each with how many documents carry it.
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
        principal.require(Scope::Ask)?;
        self.catalog
            .tags(principal, collection, cursor, limit)
            .await
    }

    /// How many documents are in each of these collections; one without any is left out.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn documents_counted(
        &self,
        principal: &Principal,
        collections: &[CollectionId],
    ) -> Result<HashMap<CollectionId, u64>> {
        principal.require(Scope::Ask)?;
        self.catalog.documents_counted(principal, collections).await
    }

    /// Changes a document's title, tags or category; searches see it once this returns.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a wrong title or tag; `Conflict` when the tenant's data must stay in
    /// another region.
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
        if let Some(label) = change.classification {
            may_label(principal, label)?;
        }
        self.may_store(principal, "cannot change a document")
            .await?;
        let change = DocumentChange {
            title,
            tags,
            category,
            classification: change.classification,
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
            classification: self.classification,
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
            classification: self.classification,
            quotas: (None, None),
        }
    }
}

/// Refuses a label that would hide the document from the one who gives it.
fn may_label(principal: &Principal, label: Classification) -> Result<()> {
    if label <= principal.clearance() {
        return Ok(());
    }
    let sentence = format!("these credentials do not see what is {label}, and cannot make it so");
    Err(Error::new(ErrorKind::Forbidden, sentence))
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

#[cfg(test)]
mod tests {
    use super::{checked_line, title_of};

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
}
