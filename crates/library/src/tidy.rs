//! What has served its time: changes that every index has seen, vectors of texts that are gone.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;

use crate::library::Library;

/// Changes that are kept behind the slowest index of this process.
const CHANGES_KEPT: u64 = 1_000;

/// The same where other processes follow the same catalog with indexes of their own; one that falls
/// further behind builds its indexes again.
const CHANGES_KEPT_SHARED: u64 = 100_000;

/// How often vectors of texts that are gone are looked for, at most: it reads all passages of a
/// tenant, and nothing else can be written meanwhile.
const LEFTOVERS_EVERY: Duration = Duration::from_secs(600);

/// Whether texts have gone since the vectors of texts that are gone were last looked for.
#[derive(Debug, Default)]
pub(crate) struct Leftovers(Mutex<Expected>);

#[derive(Debug, Default)]
struct Expected {
    any: bool,
    looked: Option<Instant>,
}

impl Leftovers {
    /// Says that there may be some.
    pub(crate) fn expect(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).any = true;
    }

    /// Whether it is time to look for them; then they are no longer expected.
    fn take(&self) -> bool {
        let mut expected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = expected
            .looked
            .is_none_or(|looked| looked.elapsed() >= LEFTOVERS_EVERY);
        if !(expected.any && rested) {
            return false;
        }
        *expected = Expected {
            any: false,
            looked: Some(Instant::now()),
        };
        true
    }
}

impl Library {
    /// Forgets the changes of a space that all its indexes have seen.
    pub(crate) async fn forget_changes(&self, space: Space) -> Result<()> {
        let kept = match self.settings.database {
            Some(_) => CHANGES_KEPT_SHARED,
            None => CHANGES_KEPT,
        };
        let text = self.text.position(space).await?;
        let vectors = self.vectors.position(space).await?;
        let (Some(text), Some(vectors)) = (text, vectors) else {
            return Ok(());
        };
        let before = text.min(vectors).saturating_sub(kept);
        if before > self.catalog.outbox_pruned(space).await? {
            let principal = Principal::system(space.tenant(), "forgetting changes");
            self.catalog
                .prune_outbox(&principal, space.collection(), before)
                .await?;
        }
        Ok(())
    }

    /// Forgets vectors that no text uses, if it is time to look for them.
    pub(crate) async fn forget_leftovers(&self) -> Result<()> {
        if self.leftovers.take()
            && let Err(error) = self.forget_vectors().await
        {
            self.leftovers.expect();
            return Err(error);
        }
        Ok(())
    }

    /// Forgets vectors of texts that no document holds any more.
    async fn forget_vectors(&self) -> Result<()> {
        for tenant in self.tenants_indexed().await? {
            let principal = Principal::system(tenant, "forgetting vectors");
            let forgotten = self.catalog.purge_embeddings(&principal).await?;
            tracing::debug!(tenant.id = %tenant, forgotten, "forgot vectors of texts that are gone");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alexandria_models::embedder::EmbedderConfig;
    use alexandria_store::catalog::DocumentChange;

    use super::*;
    use crate::clock::{SystemClock, SystemIds};
    use crate::documents::Upload;
    use crate::search::SearchRequest;
    use crate::settings::LibrarySettings;

    #[test]
    fn vectors_are_looked_for_when_texts_have_gone_and_not_all_the_time() {
        let leftovers = Leftovers::default();
        assert!(!leftovers.take(), "nothing has gone");
        leftovers.expect();
        assert!(leftovers.take());
        leftovers.expect();
        assert!(!leftovers.take(), "it has just been done");
        let long_ago = Instant::now().checked_sub(LEFTOVERS_EVERY);
        leftovers.0.lock().unwrap().looked = long_ago;
        assert!(
            leftovers.take(),
            "what was expected meanwhile is not forgotten"
        );
    }

    #[tokio::test]
    async fn changes_that_every_index_has_seen_are_forgotten_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let settings = LibrarySettings {
            embedder: EmbedderConfig::Off {},
            ..LibrarySettings::new(folder.path().join("data"), folder.path())
        };
        let open = || Library::open(settings.clone(), Arc::new(SystemClock), Arc::new(SystemIds));
        let library = open().await.unwrap();
        let owner = Principal::owner();
        let collection = library.ensure_collection(&owner, "notes").await.unwrap();
        let upload = Upload::new(collection.id, "whales.txt");
        let text = b"Whales feed on krill.".as_slice();
        let id = library
            .add_document(&owner, upload, text)
            .await
            .unwrap()
            .document
            .id;
        library.drain(&owner, &[id], &mut |_| {}).await.unwrap();
        for number in 0..CHANGES_KEPT + 100 {
            let change = DocumentChange {
                tags: Some(vec![format!("tag {number}")]),
                ..DocumentChange::default()
            };
            library
                .catalog
                .update_document(&owner, id, change)
                .await
                .unwrap();
        }
        let space = library.space(&owner, collection.id);
        library.forget_changes(space).await.unwrap();
        assert_eq!(
            library.catalog.outbox_pruned(space).await.unwrap(),
            0,
            "not seen yet"
        );
        library.follow(space).await.unwrap();
        library.forget_changes(space).await.unwrap();
        let pruned = library.catalog.outbox_pruned(space).await.unwrap();
        let head = library.catalog.outbox_head(space).await.unwrap();
        assert!(
            pruned > 0 && head - pruned > CHANGES_KEPT,
            "{pruned} of {head}"
        );
        library.close().await.unwrap();
        drop(library);
        let library = open().await.unwrap();
        let found = library
            .search(&owner, &SearchRequest::new("krill"))
            .await
            .unwrap();
        assert_eq!(found.passages.len(), 1);
        assert_eq!(library.text.position(space).await.unwrap(), Some(head));
    }
}
