//! A library in a folder of its own, and shorthands for what tests do with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alexandria_core::access::Role;
use alexandria_core::document::{Collection, Document, DocumentState};
use alexandria_core::id::DocumentId;
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::documents::{Added, Upload};
use alexandria_library::search::{SearchReply, SearchRequest};
use alexandria_library::settings::LibrarySettings;
use alexandria_library::{AskRequest, Library};
use alexandria_models::embedder::EmbedderConfig;
use alexandria_store::catalog::NewTenant;
use tempfile::TempDir;

/// A library with the folder it lives in.
pub(crate) struct Fixture {
    pub(crate) library: Arc<Library>,
    pub(crate) folder: TempDir,
    pub(crate) owner: Principal,
}

/// Where the tests find the embedding model.
pub(crate) fn models() -> PathBuf {
    let from = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let cache = || from("XDG_CACHE_HOME").or_else(|| Some(from("HOME")?.join(".cache")));
    let models = from("ALEXANDRIA_MODELS").or_else(|| Some(cache()?.join("alexandria/models")));
    models.expect("HOME is set")
}

pub(crate) fn settings(folder: &Path) -> LibrarySettings {
    LibrarySettings::new(folder.join("data"), models())
}

/// Settings under which nothing is embedded: quick, and enough where meaning does not matter.
pub(crate) fn words_only(folder: &Path) -> LibrarySettings {
    LibrarySettings {
        embedder: EmbedderConfig::Off {},
        ..settings(folder)
    }
}

pub(crate) async fn open(settings: LibrarySettings) -> Arc<Library> {
    Library::open(settings, Arc::new(SystemClock), Arc::new(SystemIds))
        .await
        .unwrap()
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = open(settings(folder.path())).await;
        Self {
            library,
            folder,
            owner: Principal::owner(),
        }
    }

    pub(crate) async fn words_only() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = open(words_only(folder.path())).await;
        Self {
            library,
            folder,
            owner: Principal::owner(),
        }
    }

    pub(crate) async fn collection(&self, name: &str) -> Collection {
        self.library
            .ensure_collection(&self.owner, name)
            .await
            .unwrap()
    }

    pub(crate) async fn add(&self, collection: &str, name: &str, text: &str) -> Added {
        let upload = Upload::new(self.collection(collection).await.id, name);
        self.library
            .add_document(&self.owner, upload, text.as_bytes())
            .await
            .unwrap()
    }

    /// Works until the document is finished and gives it.
    pub(crate) async fn finish(&self, id: DocumentId) -> Document {
        self.library
            .drain(&self.owner, &[id], &mut |_| {})
            .await
            .unwrap();
        self.library.document(&self.owner, id).await.unwrap()
    }

    /// Adds a text and works until it is found by words and, where there is an embedder, meaning.
    pub(crate) async fn read(&self, collection: &str, name: &str, text: &str) -> Document {
        let added = self.add(collection, name, text).await;
        let document = self.finish(added.document.id).await;
        assert_ne!(
            document.state,
            DocumentState::Failed,
            "{:?}",
            document.faults
        );
        document
    }

    pub(crate) async fn search(&self, query: &str) -> SearchReply {
        self.library
            .search(&self.owner, &SearchRequest::new(query))
            .await
            .unwrap()
    }

    /// The titles of what is found, best first, each once.
    pub(crate) async fn titles(&self, query: &str) -> Vec<String> {
        let mut titles: Vec<String> = self
            .search(query)
            .await
            .passages
            .into_iter()
            .map(|p| p.passage.title)
            .collect();
        titles.dedup();
        titles
    }

    pub(crate) async fn ask(&self, question: &str) -> alexandria_library::Answer {
        self.library
            .ask(&self.owner, &AskRequest::new(question))
            .await
            .unwrap()
    }

    /// Closes the library and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        let settings = self.library.settings().clone();
        self.library.close().await.unwrap();
        drop(self.library);
        Self {
            library: open(settings).await,
            folder: self.folder,
            owner: self.owner,
        }
    }
}

/// Three short texts about different things.
pub(crate) const LIGHTHOUSE: &str = "# The Lighthouse of Pharos\n\nThe lighthouse stood on the island \
    of Pharos before the harbour of Alexandria. It was finished about 280 BC under Ptolemy the Second. \
    The architect of the lighthouse was \
    Sostratus of Cnidus.\n\n## Its end\n\nEarthquakes damaged the tower badly. \
    In 1480 a fort was built from its stones.\n";

pub(crate) const BREAD: &str = "# Baking bread\n\nFlour, water, salt and time are all that a loaf \
    needs. The dough rests for twelve hours in a cool place. An oven of 250 degrees gives a dark \
    crust.\n\n## Sourdough\n\nA starter is fed with flour every day. Wild yeast lives in it.\n";

pub(crate) const WHALES: &str = "# Whales\n\nThe blue whale is the largest animal that has ever \
    lived. It feeds on krill. The heart of a blue whale weighs about 180 kilograms.\n\n## Song\n\nHumpback whales \
    sing for hours. Males of one sea sing the same song.\n";

/// Another tenant, with one who may do everything in it.
pub(crate) async fn stranger(library: &Library) -> Principal {
    let name = Label::parse("tenant", "other").unwrap();
    let made = library
        .catalog()
        .create_tenant(&Principal::owner(), NewTenant::named(name))
        .await;
    let scopes = Role::Owner.scopes();
    Principal::authenticated(made.unwrap().id, Actor::Owner, scopes)
}
