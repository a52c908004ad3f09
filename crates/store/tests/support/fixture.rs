//! A catalog with a clock and ids that a test can foresee, on each of the databases.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where something is not as it should be"
)]

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use alexandria_core::access::Classification;
use alexandria_core::block::{BlockKind, Place, Span};
use alexandria_core::clock::Clock;
use alexandria_core::id::{CollectionId, DocumentId, IdSource, TenantId, VersionId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::blobs::{BlobKey, Digest};
use alexandria_store::catalog::{
    Catalog, CatalogOptions, Created, Generation, NewChunk, NewDocument, NewEmbedding, NewJob,
    NewTenant, NewVersion, VersionFacts,
};
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) const DIMENSIONS: u32 = 4;

/// A clock that moves by a microsecond when it is looked at, and further when told to.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

/// Ids that count up.
struct TestIds(AtomicU64);

impl fmt::Debug for TestIds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TestIds")
    }
}

impl IdSource for TestIds {
    fn next(&self) -> Uuid {
        let number = u128::from(self.0.fetch_add(1, Ordering::Relaxed));
        Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 | number)
    }
}

pub(crate) struct Fixture {
    pub(crate) catalog: Catalog,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) options: CatalogOptions,
    pub(crate) url: String,
    /// Keeps the folder of a database in a file.
    _folder: Option<tempfile::TempDir>,
}

pub(crate) fn options() -> (CatalogOptions, Arc<TestClock>) {
    let clock = Arc::new(TestClock(AtomicI64::new(1_790_000_000_000_000)));
    let ids = Arc::new(TestIds(AtomicU64::new(1)));
    (
        CatalogOptions::new(Arc::clone(&clock) as Arc<dyn Clock>, ids),
        clock,
    )
}

pub(crate) fn file_url() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (
        format!(
            "sqlite:{}",
            folder.path().join("a catalog?.sqlite").display()
        ),
        folder,
    )
}

impl Fixture {
    pub(crate) async fn memory() -> Self {
        Self::open("sqlite::memory:".to_owned(), None).await
    }

    pub(crate) async fn file() -> Self {
        let (url, folder) = file_url();
        Self::open(url, Some(folder)).await
    }

    pub(crate) async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let (options, clock) = options();
        let catalog = Catalog::open(&url, options.clone()).await.unwrap();
        Self {
            catalog,
            clock,
            options,
            url,
            _folder: folder,
        }
    }

    /// The moment it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The address of the database, where it is PostgreSQL.
    pub(crate) fn postgres_url(&self) -> Option<String> {
        self.url.starts_with("postgres").then(|| self.url.clone())
    }

    /// Another process's view of the same database; none for one in memory.
    pub(crate) async fn second(&self) -> Option<Catalog> {
        if self.url.contains(":memory:") {
            return None;
        }
        Some(
            Catalog::open(&self.url, self.options.clone())
                .await
                .unwrap(),
        )
    }

    pub(crate) async fn generation(&self) -> Generation {
        self.catalog
            .ensure_generation("minilm", DIMENSIONS, "structure-1")
            .await
            .unwrap()
    }

    pub(crate) async fn collection(&self, name: &str) -> CollectionId {
        self.catalog
            .create_collection(&owner(), name, "")
            .await
            .unwrap()
            .id
    }

    pub(crate) async fn document(&self, collection: CollectionId, name: &str) -> DocumentId {
        match self
            .catalog
            .create_document(&owner(), new_document(collection, name), job())
            .await
        {
            Ok(Created::New(document, _)) => document.id,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// A building version with so many chunks.
    pub(crate) async fn building(&self, document: DocumentId, chunks: u32) -> VersionId {
        let generation = self.generation().await.id;
        let new = NewVersion {
            generation,
            ..new_version(document)
        };
        let version = self.catalog.begin_version(&owner(), new).await.unwrap().id;
        let chunks = (0..chunks).map(new_chunk).collect();
        self.catalog
            .append_chunks(&owner(), version, chunks)
            .await
            .unwrap();
        version
    }

    pub(crate) async fn publish(&self, document: DocumentId, chunks: u32) -> VersionId {
        let version = self.building(document, chunks).await;
        self.catalog
            .publish_version(&owner(), version, facts(chunks))
            .await
            .unwrap();
        version
    }

    pub(crate) async fn space(&self, collection: CollectionId) -> Space {
        Space::new(&owner(), collection, self.generation().await.id)
    }
}

pub(crate) fn owner() -> Principal {
    Principal::owner()
}

/// Somebody else, who has nothing.
pub(crate) fn stranger() -> Principal {
    Principal::system(
        TenantId::from_uuid(Uuid::from_u128(0xbad)),
        "being a stranger",
    )
}

pub(crate) fn job() -> NewJob {
    NewJob::new("index_document", "{}")
}

pub(crate) fn new_document(collection: CollectionId, name: &str) -> NewDocument {
    let digest = Digest::of(name.as_bytes());
    NewDocument {
        collection,
        title: name.to_owned(),
        name: format!("{name}.txt"),
        media_type: "text/plain".to_owned(),
        blob: BlobKey::new(&owner(), digest),
        digest,
        bytes: name.len() as u64,
        category: None,
        tags: Vec::new(),
        classification: Classification::Internal,
        quotas: (None, None),
    }
}

pub(crate) fn new_version(document: DocumentId) -> NewVersion {
    let digest = Digest::of(b"text");
    NewVersion {
        document,
        generation: alexandria_core::id::GenerationId::from_uuid(Uuid::nil()),
        text_blob: BlobKey::new(&owner(), digest),
        layout_blob: BlobKey::new(&owner(), Digest::of(b"layout")),
        text_digest: digest,
        parser_name: "text".to_owned(),
        parser_version: "1".to_owned(),
        chunk_policy: "structure-1".to_owned(),
        characters: 4_000,
        pages: Some(3),
    }
}

pub(crate) fn facts(chunks: u32) -> VersionFacts {
    VersionFacts {
        authors: vec!["Hypatia".to_owned()],
        language: Some("en".to_owned()),
        format: "text".to_owned(),
        media_type: "text/plain".to_owned(),
        pages: Some(3),
        chunks,
        ..VersionFacts::default()
    }
}

pub(crate) fn new_chunk(ordinal: u32) -> NewChunk {
    let text = format!("Chunk {ordinal} of the book, \"quoted\", with ünïcode and a 4-byte 𝛼.");
    let start = u64::from(ordinal) * 100;
    NewChunk {
        kind: BlockKind::Paragraph,
        place: Place {
            page: Some(ordinal / 10 + 1),
            section: vec!["Part I".to_owned(), format!("Chapter {}", ordinal / 5)],
            item: Some(ordinal + 1),
            span: Span::new(start, start + text.len() as u64),
            ..Place::default()
        },
        header: ordinal
            .is_multiple_of(7)
            .then(|| "Name | Tonnage".to_owned()),
        text_digest: Digest::of(text.as_bytes()),
        text,
        tokens: 20,
        fold_key: ordinal.is_multiple_of(2).then_some(-i64::from(ordinal)),
    }
}

/// Vectors for the chunks with these ordinals, exact in half precision.
pub(crate) fn vectors(ordinals: std::ops::Range<u32>) -> Vec<NewEmbedding> {
    let vector = |ordinal: u32| match ordinal % 2 {
        0 => vec![1.0, 0.0, 0.0, 0.0],
        _ => vec![0.5, 0.5, -0.5, 0.5],
    };
    ordinals
        .map(|ordinal| NewEmbedding {
            ordinal,
            text_digest: new_chunk(ordinal).text_digest,
            vector: vector(ordinal),
        })
        .collect()
}

/// Makes a tenant of this name.
pub(crate) async fn tenant(catalog: &Catalog, name: &str) -> TenantId {
    let name = Label::parse("tenant", name).unwrap();
    let made = catalog
        .create_tenant(&owner(), NewTenant::named(name))
        .await;
    made.unwrap().id
}
