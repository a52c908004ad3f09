//! The library, open: its parts, and how they are put together.

use std::path::PathBuf;
use std::sync::Arc;

use alexandria_core::chunk::ChunkPolicy;
use alexandria_core::clock::Clock;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, GenerationId, IdSource};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_models::embedder::{self, Embedder, EmbeddingModel};
use alexandria_models::generator::{self, Prices};
use alexandria_models::recogniser::Recogniser;
use alexandria_models::recogniser::tesseract::Tesseract;
use alexandria_store::blobs::{BlobStore, FolderBlobs};
use alexandria_store::catalog::{Catalog, CatalogOptions};
use alexandria_store::seal::Keyring;
use alexandria_store::text::TextIndex;
use alexandria_store::text::tantivy::TantivyText;
use alexandria_store::vectors::VectorStore;
use alexandria_store::vectors::embedded::EmbeddedVectors;
use tokio::sync::{Notify, RwLock};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::access::Passwords;
use crate::audit::Recorder;
use crate::covers::Covering;
use crate::encryption::Resealing;
use crate::erasure::{Lately, Seal};
use crate::follow::Followers;
use crate::layouts::Layouts;
use crate::limits::Limits;
use crate::lock::WorkLock;
use crate::models::Models;
use crate::reading::Reader;
use crate::recall::Recall;
use crate::remember::Remembered;
use crate::security::Security;
use crate::settings::{CATALOG_FILE, LibrarySettings, Recognition};
use crate::tidy::Leftovers;

/// Everything that can be asked of a library of books, without a face.
///
/// Every method takes the [`Principal`] who asks and begins by requiring a scope of it.
///
/// ```
/// # use alexandria_core::{error::Result, principal::Principal};
/// # use alexandria_library::Library;
/// async fn look(library: &Library, principal: &Principal) -> Result<()> {
///     library.status(principal).await.map(drop)
/// }
/// ```
/// ```compile_fail
/// # use alexandria_core::{error::Result, principal::Principal};
/// # use alexandria_library::Library;
/// async fn look(library: &Library, principal: &Principal) -> Result<()> {
///     library.status().await.map(drop)
/// }
/// ```
#[derive(Debug)]
pub struct Library {
    pub(crate) settings: LibrarySettings,
    pub(crate) catalog: Catalog,
    pub(crate) blobs: Arc<dyn BlobStore>,
    /// The keys that what is stored is encrypted with; nothing where encryption is off.
    pub(crate) keyring: Option<Arc<Keyring>>,
    pub(crate) resealing: Resealing,
    pub(crate) vectors: Arc<dyn VectorStore>,
    pub(crate) text: Arc<dyn TextIndex>,
    /// What embeds and writes, lent to those who may tell it something.
    pub(crate) models: Models,
    /// What models cost.
    pub(crate) prices: Prices,
    pub(crate) reader: Reader,
    pub(crate) clock: Arc<dyn Clock>,
    /// What this opening of the library is called among the owners of leases.
    pub(crate) born: Uuid,
    pub(crate) generation: GenerationId,
    pub(crate) policy: ChunkPolicy,
    pub(crate) lock: WorkLock,
    pub(crate) followers: Followers,
    /// What callers may do.
    pub(crate) limits: Limits,
    pub(crate) layouts: Layouts,
    /// Whose turn it is to have a cover made.
    pub(crate) covering: Covering,
    pub(crate) remembered: Remembered,
    /// Answers that can be given again.
    pub(crate) recall: Recall,
    /// Hashes the passwords of people.
    pub(crate) passwords: Passwords,
    /// Signs receipts of erasures.
    pub(crate) seal: Seal,
    /// What was erased lately.
    pub(crate) lately: Lately,
    /// Whether vectors may be left of documents that are gone.
    pub(crate) leftovers: Leftovers,
    /// What writes to the audit log.
    pub(crate) recorder: Recorder,
    /// What notices attacks.
    pub(crate) security: Security,
    /// Told whenever there is a new job.
    pub(crate) wake: Notify,
    /// Everything this process does in the background.
    pub(crate) tracker: TaskTracker,
    /// Held for reading from storing a blob until a row names it, for writing while blobs that no
    /// row names are removed, so that a blob is never removed under a document about to use it.
    pub(crate) blob_use: RwLock<()>,
}

/// The generation's model name in a library that has never had an embedder.
pub(crate) const MODEL_NONE: &str = "none";

impl Library {
    /// Opens the library in the settings' data directory, making it if there is none, and brings
    /// the catalog's tables up to date when they are older than this program.
    ///
    /// # Errors
    /// `Invalid` when the settings of the language model cannot be,
    /// `Conflict` when the catalog is newer than this program or its vectors are of another model,
    /// `Unavailable` when the disk, the database or the model is not there.
    pub async fn open(
        settings: LibrarySettings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Arc<Self>> {
        let generator = generator::open(&settings.generator, Arc::clone(&clock))?;
        let parts = Parts::open(&settings, &clock).await?;
        let options = CatalogOptions::new(Arc::clone(&clock), Arc::clone(&ids));
        let catalog = Catalog::open(&database_url(&settings), options).await?;
        let policy = ChunkPolicy::default();
        let models = Models::new(parts.embedder, generator, settings.residence());
        let generation = generation(&catalog, models.embedding(), &policy).await?;
        let tracker = TaskTracker::new();
        let library = Arc::new(Self {
            reader: Reader::new(settings.reader.clone(), parts.recogniser),
            layouts: Layouts::new(Arc::clone(&parts.blobs)),
            covering: Covering::default(),
            remembered: Remembered::new(settings.limits.picture_cache_bytes_max),
            recall: Recall::new(
                settings.limits.answer_cache_bytes_max,
                settings.limits.answer_cache_seconds_max,
            ),
            blobs: parts.blobs,
            keyring: parts.keyring,
            resealing: Resealing::default(),
            vectors: parts.vectors,
            text: parts.text,
            models,
            prices: Prices::read(settings.generator.prices())?,
            lock: parts.lock,
            limits: Limits::open(settings.limiting.clone(), Arc::clone(&clock))?,
            followers: Followers::default(),
            passwords: Passwords::default(),
            seal: Seal::open(&settings.data)?,
            lately: Lately::default(),
            leftovers: Leftovers::default(),
            recorder: Recorder::new(catalog.clone(), tracker.clone()),
            security: Security::new(catalog.clone(), Arc::clone(&clock)),
            wake: Notify::new(),
            tracker,
            blob_use: RwLock::new(()),
            settings,
            catalog,
            clock,
            born: ids.next(),
            generation,
            policy,
        });
        if library.lock.try_take()? {
            library.erase_again().await?;
            library.recover().await?;
        }
        Ok(library)
    }

    /// Waits for what is done in the background and closes the catalog. Workers are stopped by
    /// their own token first.
    ///
    /// # Errors
    /// `Unavailable` when the database goes away meanwhile.
    pub async fn close(&self) -> Result<()> {
        self.tracker.close();
        self.tracker.wait().await;
        self.limits.close().await;
        self.catalog.close().await
    }

    /// What the library was opened with.
    #[must_use]
    pub const fn settings(&self) -> &LibrarySettings {
        &self.settings
    }

    /// The catalog, for migrations and for remembering replies to requests.
    #[must_use]
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The limits of use, which hold before it is known who asks.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether this process runs the jobs of the data directory.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.lock.is_held()
    }

    /// Makes every further search look anew.
    pub(crate) fn forget_replies(&self) {
        self.remembered.forget_replies();
    }

    pub(crate) const fn space(&self, principal: &Principal, collection: CollectionId) -> Space {
        Space::new(principal, collection, self.generation)
    }
}

/// The parts that do not need the catalog.
struct Parts {
    lock: WorkLock,
    keyring: Option<Arc<Keyring>>,
    blobs: Arc<dyn BlobStore>,
    vectors: Arc<dyn VectorStore>,
    text: Arc<dyn TextIndex>,
    embedder: Option<Arc<dyn Embedder>>,
    recogniser: Option<Arc<dyn Recogniser>>,
}

impl Parts {
    async fn open(settings: &LibrarySettings, clock: &Arc<dyn Clock>) -> Result<Self> {
        let keyring = keyring(settings, clock.as_ref()).await?;
        let (settings, clock) = (settings.clone(), Arc::clone(clock));
        tokio::task::spawn_blocking(move || Self::open_blocking(&settings, &clock, keyring))
            .await
            .context(ErrorKind::Internal, || {
                "the thread that opens the library broke".to_owned()
            })?
    }

    fn open_blocking(
        settings: &LibrarySettings,
        clock: &Arc<dyn Clock>,
        keyring: Option<Arc<Keyring>>,
    ) -> Result<Self> {
        let data = &settings.data;
        let mut blobs = FolderBlobs::open(&data.join("blobs"))?;
        if let Some(keyring) = &keyring {
            blobs = blobs.sealed_by(Arc::clone(keyring));
        }
        let recogniser = match settings.recognition {
            Recognition::Auto => {
                Tesseract::find().map(|found| Arc::new(found) as Arc<dyn Recogniser>)
            }
            Recognition::Off => None,
        };
        Ok(Self {
            lock: WorkLock::open(data)?,
            keyring,
            blobs: Arc::new(blobs),
            vectors: Arc::new(EmbeddedVectors::open(&data.join("vectors"))?),
            text: Arc::new(TantivyText::open(&data.join("text"))?),
            embedder: embedder::open(&settings.embedder, &settings.models, clock)?,
            recogniser,
        })
    }
}

/// Makes the data directory, and opens its keyring where a root key is set.
async fn keyring(settings: &LibrarySettings, clock: &dyn Clock) -> Result<Option<Arc<Keyring>>> {
    let data = &settings.data;
    fs_err::create_dir_all(data).context(ErrorKind::Unavailable, || {
        format!("cannot make the data directory {}", data.display())
    })?;
    let Some(root) = &settings.encryption else {
        Keyring::require_none(data)?;
        return Ok(None);
    };
    let opened = Keyring::open(data, Arc::clone(root), clock).await?;
    Ok(Some(Arc::new(opened)))
}

fn database_url(settings: &LibrarySettings) -> String {
    let file = || settings.data.join(CATALOG_FILE);
    let url = |path: PathBuf| format!("sqlite:{}", path.display());
    settings.database.clone().unwrap_or_else(|| url(file()))
}

/// The generation that is searched and filled: the live one, made if there is none.
///
/// Invariant: its model is the embedder's, or nothing has been embedded. Vectors of two models are
/// never compared. A library that was begun without an embedder takes the first one it is given.
async fn generation(
    catalog: &Catalog,
    embedder: Option<&EmbeddingModel>,
    policy: &ChunkPolicy,
) -> Result<GenerationId> {
    let (name, dimensions) = match embedder {
        Some(model) => {
            let dimensions = u32::try_from(model.dimensions).context(ErrorKind::Invalid, || {
                "the model has too many dimensions".to_owned()
            })?;
            (model.name.as_str(), dimensions)
        }
        None => (MODEL_NONE, 0),
    };
    let Some(live) = catalog.live_generation().await? else {
        return Ok(catalog
            .ensure_generation(name, dimensions, &policy.name())
            .await?
            .id);
    };
    if live.model == MODEL_NONE && name != MODEL_NONE {
        catalog
            .name_generation(live.id, MODEL_NONE, name, dimensions)
            .await?;
    } else if live.model != name && name != MODEL_NONE {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "the vectors of this library are of the model {:?}, and the settings name {name:?}: \
                 set the former model again, or add the documents to a new data directory",
                live.model
            ),
        ));
    }
    Ok(live.id)
}
