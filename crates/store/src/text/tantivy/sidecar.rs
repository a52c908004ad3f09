//! What the index knows besides tantivy's own files: positions, in the payload of each commit, and
//! the documents' attributes, in a file of their own that the payload names.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::Attributes;
use alexandria_core::id::CollectionId;
use fs_err::File;
use serde::{Deserialize, Serialize};

use crate::vectors::documents::Documents;

/// How words are made; an index made otherwise has to be built again.
const ANALYSIS: u32 = 1;

/// What a commit carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    analysis: u32,
    /// Up to where each collection has followed the outbox.
    pub(super) positions: BTreeMap<CollectionId, u64>,
    /// The number of the file with the documents; zero when there is none yet.
    pub(super) documents: u64,
    documents_sum: u32,
}

impl Default for Payload {
    fn default() -> Self {
        Self {
            analysis: ANALYSIS,
            positions: BTreeMap::new(),
            documents: 0,
            documents_sum: 0,
        }
    }
}

impl Payload {
    /// Reads what a commit carried.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when it is not ours or of another analysis.
    pub(super) fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        let payload: Self = serde_json::from_str(text).context(ErrorKind::Corrupt, || {
            "cannot read the state of a text index".to_owned()
        })?;
        if payload.analysis != ANALYSIS {
            return Err(Error::new(
                ErrorKind::Corrupt,
                "a text index was made by another version of the product; it is built again",
            ));
        }
        Ok(payload)
    }

    /// As text for the commit.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`], which does not happen.
    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).context(ErrorKind::Internal, || {
            "cannot write the state of a text index".to_owned()
        })
    }

    /// Writes the documents into the next file and names it. Durable when it returns.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the disk does not take it.
    pub(super) fn keep(&mut self, directory: &Path, documents: &Collections) -> Result<()> {
        let all: Vec<(CollectionId, Vec<Attributes>)> = documents
            .iter()
            .map(|(id, documents)| (*id, documents.all().collect()))
            .collect();
        let bytes = postcard::to_stdvec(&all).context(ErrorKind::Internal, || {
            "cannot write down documents".to_owned()
        })?;
        let number = self.documents + 1;
        let written = || -> std::io::Result<()> {
            let mut file = File::create(path(directory, number))?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            File::open(directory)?.sync_all()
        };
        written().context(ErrorKind::Unavailable, || {
            "cannot write the documents of a text index; see whether the disk is full".to_owned()
        })?;
        self.documents = number;
        self.documents_sum = crc32fast::hash(&bytes);
        Ok(())
    }

    /// Reads the documents.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when they are not what was written.
    pub(super) fn documents(&self, directory: &Path) -> Result<Collections> {
        if self.documents == 0 {
            return Ok(Collections::new());
        }
        let bytes = fs_err::read(path(directory, self.documents))
            .context(ErrorKind::Corrupt, || {
                "cannot read the documents of a text index".to_owned()
            })?;
        if crc32fast::hash(&bytes) != self.documents_sum {
            return Err(Error::new(
                ErrorKind::Corrupt,
                "the documents of a text index are damaged",
            ));
        }
        let all: Vec<(CollectionId, Vec<Attributes>)> = postcard::from_bytes(&bytes)
            .context(ErrorKind::Corrupt, || {
                "cannot read the documents of a text index".to_owned()
            })?;
        let mut collections = Collections::new();
        for (collection, attributes) in all {
            let documents: &mut Documents = collections.entry(collection).or_default();
            for attributes in &attributes {
                documents.put(attributes);
            }
        }
        Ok(collections)
    }

    /// Removes the files of documents that neither this commit nor the one before names.
    pub(super) fn sweep(&self, directory: &Path) {
        let Some(number) = self.documents.checked_sub(2).filter(|number| *number > 0) else {
            return;
        };
        // One that stays behind does no harm; the next sweep does not come back to it.
        if let Err(error) = fs_err::remove_file(path(directory, number)) {
            tracing::debug!(%error, "an old file of documents was not there to be removed");
        }
    }
}

/// The documents of each collection.
pub(super) type Collections = BTreeMap<CollectionId, Documents>;

fn path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("documents.{number}"))
}
