//! Deeper checks than health, with what to do about each finding.

use alexandria_core::access::Scope;
use alexandria_core::budget::Feature;
use alexandria_core::document::DocumentState;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_store::blobs::BlobKey;
use alexandria_store::catalog::{
    CoverFile, DocumentOrder, DocumentQuery, OutboxKind, PAGE_ITEMS_MAX,
};
use serde::Serialize;

use crate::health::{GENERATOR, PartState};
use crate::library::Library;
use crate::status::SpaceStatus;

/// Files whose digests are checked; a larger library is checked by a sample that differs each time.
const BLOBS_CHECKED_MAX: usize = 200;

/// The largest file whose digest is checked, in bytes: checking holds it in memory.
const BLOB_CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Changes that an index may be behind and are looked at.
const CHANGES_LOOKED_AT_MAX: usize = 1_000;

/// Files that are compared with the catalog.
const BLOBS_LISTED_MAX: usize = 20_000;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Something is missing or behind; nothing is lost.
    Warning,
    /// Something that was stored is damaged or gone.
    Damage,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What is concerned: `catalog`, `blobs`, `vectors`, `text`, `embedder`, `generator`,
    /// `jobs`, `reader`, `regions`.
    pub part: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What the doctor looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// What was looked at, one sentence each. A part that does not answer is a finding instead.
    pub checked: Vec<String>,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Whether nothing was found that needs doing.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity == Severity::Note)
    }
}

impl Library {
    /// Looks deeper than [`Self::health`]: whether the indexes hold what the catalog says, whether
    /// files are there, whole, and used.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer; everything else is a finding.
    pub async fn doctor(&self, principal: &Principal) -> Result<Diagnosis> {
        principal.require(Scope::Operate)?;
        let mut diagnosis = Diagnosis::default();
        self.examine_parts(&mut diagnosis).await;
        self.examine_indexes(principal, &mut diagnosis).await?;
        self.examine_documents(principal, &mut diagnosis).await?;
        self.examine_blobs(principal, &mut diagnosis).await?;
        self.examine_regions(principal, &mut diagnosis).await?;
        diagnosis
            .findings
            .sort_by_key(|finding| match finding.severity {
                Severity::Damage => 0,
                Severity::Warning => 1,
                Severity::Note => 2,
            });
        Ok(diagnosis)
    }

    async fn examine_parts(&self, diagnosis: &mut Diagnosis) {
        for part in self.health().await.parts {
            // Most libraries have no language model, and lack nothing.
            if part.name == GENERATOR && part.state == PartState::Off {
                continue;
            }
            match part.state {
                PartState::Ok => diagnosis.checked.push(format!("the {} answers", part.name)),
                PartState::Off => diagnosis.add(Finding {
                    severity: Severity::Note,
                    part: part.name,
                    message: format!("the {} is switched off", part.name),
                    remedy: "switch it on in the settings to search by meaning".to_owned(),
                }),
                PartState::Failed if part.name == GENERATOR => diagnosis.add(Finding {
                    severity: Severity::Warning,
                    part: part.name,
                    message: part.message.unwrap_or_default(),
                    remedy: "answers are made of quotes until it is back".to_owned(),
                }),
                PartState::Failed => diagnosis.add(Finding {
                    severity: Severity::Damage,
                    part: part.name,
                    message: part.message.unwrap_or_default(),
                    remedy: "see the message; the log holds more".to_owned(),
                }),
            }
        }
    }

    async fn examine_indexes(
        &self,
        principal: &Principal,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        diagnosis
            .checked
            .push("the indexes hold what the catalog says".to_owned());
        let status = self.status(principal).await?;
        let (mut points, mut entries) = (0, 0);
        for space in &status.spaces {
            points += space.points;
            entries += space.entries;
            self.examine_position(principal, space, diagnosis).await?;
        }
        let busy = status.jobs.waiting + status.jobs.running > 0;
        for (part, holds, wants) in [
            ("text", entries, status.chunks),
            ("vectors", points, status.embedded),
        ] {
            if holds != wants && !busy {
                diagnosis.add(Finding {
                    severity: Severity::Warning,
                    part,
                    message: format!("the index holds {holds} chunks and the catalog {wants}"),
                    remedy: "rebuild the index from the catalog".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Whether an index has changes before it that concern it and that it has not made.
    async fn examine_position(
        &self,
        principal: &Principal,
        status: &SpaceStatus,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let space = self.space(principal, status.collection);
        // Without an embedder there are no vectors to wait for, and nobody follows.
        let vectors = self.models.embedding().map(|_| ("vectors", status.vectors));
        for (part, position) in [Some(("text", status.text)), vectors].into_iter().flatten() {
            let after = position.unwrap_or(0);
            let changes = self
                .catalog
                .changes(space, after, CHANGES_LOOKED_AT_MAX)
                .await?;
            let concerns = |kind: OutboxKind| part == "vectors" || kind != OutboxKind::Vectors;
            if changes.iter().any(|change| concerns(change.kind)) {
                let at = position.map_or("nothing".to_owned(), |position| position.to_string());
                diagnosis.add(Finding {
                    severity: Severity::Warning,
                    part,
                    message: format!(
                        "the index of the collection {} stands at {at} and the catalog at {}",
                        status.collection, status.head
                    ),
                    remedy: "start the server or add a document: the index follows by itself"
                        .to_owned(),
                });
            }
        }
        Ok(())
    }

    async fn examine_documents(
        &self,
        principal: &Principal,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        diagnosis
            .checked
            .push("every unfinished document has a job".to_owned());
        let mut states = vec![DocumentState::Queued, DocumentState::Reading];
        let embedder = self.embedder_for(principal, Feature::Embed).await?;
        if embedder.is_model() {
            states.push(DocumentState::Searchable);
        }
        for state in states {
            let query = DocumentQuery {
                states: vec![state],
                order: DocumentOrder::OldestFirst,
                limit: PAGE_ITEMS_MAX,
                ..DocumentQuery::default()
            };
            for document in self.catalog.documents(principal, &query).await?.items {
                if self
                    .catalog
                    .unfinished_jobs(principal, document.id)
                    .await?
                    .is_empty()
                {
                    diagnosis.add(Finding {
                        severity: Severity::Warning,
                        part: "jobs",
                        message: format!(
                            "the document {} is {} and has no job",
                            document.id,
                            state.name()
                        ),
                        remedy: "remove the document and add it again".to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    async fn examine_blobs(&self, principal: &Principal, diagnosis: &mut Diagnosis) -> Result<()> {
        let keys = match self.blobs.list(principal, None, BLOBS_LISTED_MAX).await {
            Ok(keys) => keys,
            Err(error) => {
                diagnosis.add(Finding {
                    severity: Severity::Damage,
                    part: "blobs",
                    message: error.chain(),
                    remedy: "see whether the disk is there and readable".to_owned(),
                });
                return Ok(());
            }
        };
        let mut unused = 0_usize;
        for key in &keys {
            if !self.catalog.is_blob_used(principal, key).await? {
                unused += 1;
            }
        }
        let sample = keys.len().div_ceil(BLOBS_CHECKED_MAX).max(1);
        let offset = usize::try_from(self.clock.now().as_second().unsigned_abs()).unwrap_or(0);
        let checked: Vec<&BlobKey> = keys.iter().skip(offset % sample).step_by(sample).collect();
        for key in &checked {
            self.examine_blob(principal, key, diagnosis).await;
        }
        diagnosis.checked.push(format!(
            "{} of {} files match their digests",
            checked.len(),
            keys.len()
        ));
        if unused > 0 {
            diagnosis.add(Finding {
                severity: Severity::Note,
                part: "blobs",
                message: format!(
                    "{unused} files are used by no document: an interrupted upload or purge"
                ),
                remedy: "they do no harm; they go when their document is added and removed"
                    .to_owned(),
            });
        }
        self.examine_originals(principal, diagnosis).await
    }

    async fn examine_blob(&self, principal: &Principal, key: &BlobKey, diagnosis: &mut Diagnosis) {
        let size = self.blobs.size(principal, key).await;
        if size.is_ok_and(|size| size > BLOB_CHECKED_BYTES_MAX) {
            return;
        }
        match self.blobs.get(principal, key).await {
            Err(error) if error.kind() != ErrorKind::NotFound => diagnosis.add(Finding {
                severity: Severity::Damage,
                part: "blobs",
                message: error.chain(),
                remedy: "restore the file from a backup, or add the document again".to_owned(),
            }),
            // Purged between listing and reading, or whole.
            Ok(_) | Err(_) => {}
        }
    }

    async fn examine_originals(
        &self,
        principal: &Principal,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        diagnosis
            .checked
            .push("the newest documents have their files".to_owned());
        let query = DocumentQuery {
            limit: PAGE_ITEMS_MAX,
            ..DocumentQuery::default()
        };
        for document in self.catalog.documents(principal, &query).await?.items {
            let original = self.catalog.original(principal, document.id).await?;
            let mut keys = vec![original.blob];
            if let CoverFile::Kept(key) = self.catalog.cover(principal, document.id).await? {
                keys.push(key);
            }
            if let Some(version) = document.version {
                let version = self.catalog.version(principal, version).await?;
                keys.extend([version.text_blob, version.layout_blob]);
            }
            for key in keys {
                if let Err(error) = self.blobs.size(principal, &key).await {
                    diagnosis.add(Finding {
                        severity: Severity::Damage,
                        part: "blobs",
                        message: format!(
                            "a file of the document {} is gone: {}",
                            document.id,
                            error.chain()
                        ),
                        remedy: "restore it from a backup, or remove the document and add it again"
                            .to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Diagnosis {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
