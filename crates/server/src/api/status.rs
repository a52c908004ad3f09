//! What the library holds and how it does, for its owner.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_library::doctor::{Diagnosis, Severity};
use alexandria_library::rebuild::Rebuild;
use alexandria_library::status::Status;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Body};
use super::problem::Problem;
use crate::config::Config;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/status",
            get_with(status, |operation| {
                operation
                    .id("status")
                    .tag("status")
                    .summary("What the library holds")
            }),
        )
        .api_route(
            "/api/v1/doctor",
            get_with(doctor, |operation| {
                operation
                    .id("doctor")
                    .tag("status")
                    .summary("Check everything that is stored")
            }),
        )
        .api_route(
            "/api/v1/rebuild",
            post_with(rebuild, |operation| {
                operation
                    .id("rebuild")
                    .tag("status")
                    .summary("Build the indexes again from the catalog")
            }),
        )
}

/// What the library holds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Status")]
pub(crate) struct StatusBody {
    /// The name of this installation.
    pub(crate) name: String,
    /// Where it stands: `local`, `staging` or `production`.
    pub(crate) environment: String,
    /// The version of the program.
    pub(crate) version: String,
    /// Whether this process works on jobs.
    pub(crate) working: bool,
    /// Collections.
    pub(crate) collections: u64,
    /// Documents by state.
    pub(crate) documents: DocumentCountsBody,
    /// Passages that can be found by their words.
    pub(crate) chunks: u64,
    /// How many of them can be found by their meaning.
    pub(crate) embedded: u64,
    /// Bytes on the disk.
    pub(crate) bytes: BytesBody,
    /// Unfinished and failed work.
    pub(crate) jobs: JobCountsBody,
    /// The embedding model; absent when documents are found by words alone.
    pub(crate) embedding_model: Option<String>,
    /// How texts are cut into passages.
    pub(crate) chunk_policy: String,
}

/// Documents by state.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DocumentCounts")]
pub(crate) struct DocumentCountsBody {
    /// All of them.
    pub(crate) total: u64,
    /// Waiting to be read.
    pub(crate) queued: u64,
    /// Being read.
    pub(crate) reading: u64,
    /// Found by their words.
    pub(crate) searchable: u64,
    /// Found by words and meaning.
    pub(crate) ready: u64,
    /// Not readable.
    pub(crate) failed: u64,
}

/// Bytes on the disk.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Bytes")]
pub(crate) struct BytesBody {
    /// The originals.
    pub(crate) originals: u64,
    /// The catalog.
    pub(crate) catalog: u64,
    /// The indexes and everything else.
    pub(crate) indexes: u64,
}

/// Unfinished and failed work.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "JobCounts")]
pub(crate) struct JobCountsBody {
    /// Not begun, or to be tried again.
    pub(crate) waiting: u64,
    /// Being worked on.
    pub(crate) running: u64,
    /// Given up.
    pub(crate) failed: u64,
}

impl StatusBody {
    fn new(status: Status, config: &Config, working: bool) -> Self {
        let documents = status.documents;
        Self {
            name: config.name.clone(),
            environment: config.environment().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            working,
            collections: status.collections,
            documents: DocumentCountsBody {
                total: documents.total(),
                queued: documents.queued,
                reading: documents.reading,
                searchable: documents.searchable,
                ready: documents.ready,
                failed: documents.failed,
            },
            chunks: status.chunks,
            embedded: status.embedded,
            bytes: BytesBody {
                originals: status.original_bytes,
                catalog: status.catalog_bytes,
                indexes: status.index_bytes,
            },
            jobs: JobCountsBody {
                waiting: status.jobs.waiting,
                running: status.jobs.running,
                failed: status.jobs.failed,
            },
            embedding_model: status.embedding_model,
            chunk_policy: status.chunk_policy,
        }
    }
}

/// What the doctor looked at and found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Diagnosis")]
pub(crate) struct DiagnosisBody {
    /// Whether nothing needs doing.
    pub(crate) sound: bool,
    /// What was looked at.
    pub(crate) checked: Vec<String>,
    /// What was found, worst first.
    pub(crate) findings: Vec<FindingBody>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(crate) struct FindingBody {
    /// How bad it is: `note`, `warning` or `damage`.
    pub(crate) severity: String,
    /// What is concerned.
    pub(crate) part: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) remedy: String,
}

impl From<Diagnosis> for DiagnosisBody {
    fn from(diagnosis: Diagnosis) -> Self {
        let severity = |severity: Severity| match severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Damage => "damage",
        };
        Self {
            sound: diagnosis.is_sound(),
            findings: diagnosis
                .findings
                .into_iter()
                .map(|finding| FindingBody {
                    severity: severity(finding.severity).to_owned(),
                    part: finding.part.to_owned(),
                    message: finding.message,
                    remedy: finding.remedy,
                })
                .collect(),
            checked: diagnosis.checked,
        }
    }
}

/// Which indexes are built again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RebuildWhat")]
pub(crate) enum RebuildWhat {
    /// The text index.
    Text,
    /// The vector store, from the vectors kept in the catalog.
    Vectors,
    /// Both.
    All,
}

/// A wish to build indexes again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RebuildRequest")]
pub(crate) struct RebuildBody {
    /// Which.
    pub(crate) what: RebuildWhat,
}

/// What was built again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Rebuilt")]
pub(crate) struct RebuiltBody {
    /// Collections.
    pub(crate) spaces: u64,
    /// Entries in the text index.
    pub(crate) entries: u64,
    /// Points in the vector store.
    pub(crate) points: u64,
}

async fn status(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<StatusBody>, Problem> {
    let status = app.library.status(&principal).await?;
    let working = app.library.is_working();
    Ok(Json(StatusBody::new(status, &app.config, working)))
}

async fn doctor(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<DiagnosisBody>, Problem> {
    Ok(Json(app.library.doctor(&principal).await?.into()))
}

async fn rebuild(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(wish): Body<RebuildBody>,
) -> Result<Json<RebuiltBody>, Problem> {
    let what = match wish.what {
        RebuildWhat::Text => Rebuild::Text,
        RebuildWhat::Vectors => Rebuild::Vectors,
        RebuildWhat::All => Rebuild::All,
    };
    let built = app.library.rebuild(&principal, what).await?;
    Ok(Json(RebuiltBody {
        spaces: built.spaces,
        entries: built.entries,
        points: built.points,
    }))
}
