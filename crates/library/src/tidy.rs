//! What has served its time: changes that every index has seen, vectors of texts that are gone.

use std::sync::atomic::{AtomicBool, Ordering};

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;

use crate::library::Library;

/// Changes that are kept behind the slowest index of this process.
const CHANGES_KEPT: u64 = 1_000;

/// The same where other processes follow the same catalog with indexes of their own; one that falls
/// further behind builds its indexes again.
const CHANGES_KEPT_SHARED: u64 = 100_000;

/// Whether documents have been purged since the vectors of texts that are gone were last looked for.
#[derive(Debug, Default)]
pub(crate) struct Leftovers(AtomicBool);

impl Leftovers {
    /// Says that there may be some.
    pub(crate) fn expect(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::AcqRel)
    }
}

impl Library {
    /// Forgets changes that all indexes have seen, and vectors that no text uses.
    pub(crate) async fn forget_the_past(&self) -> Result<()> {
        let kept = match self.settings.database {
            Some(_) => CHANGES_KEPT_SHARED,
            None => CHANGES_KEPT,
        };
        for space in self.catalog.spaces().await? {
            let text = self.text.position(space).await?;
            let vectors = self.vectors.position(space).await?;
            let (Some(text), Some(vectors)) = (text, vectors) else {
                continue;
            };
            let before = text.min(vectors).saturating_sub(kept);
            if before > self.catalog.outbox_pruned(space).await? {
                let principal = Principal::system(space.tenant(), "forgetting changes");
                self.catalog
                    .prune_outbox(&principal, space.collection(), before)
                    .await?;
            }
        }
        if self.leftovers.take() {
            for tenant in self.tenants().await? {
                let principal = Principal::system(tenant, "forgetting vectors");
                let forgotten = self.catalog.purge_embeddings(&principal).await?;
                tracing::debug!(tenant.id = %tenant, forgotten, "forgot vectors of texts that are gone");
            }
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
        library.forget_the_past().await.unwrap();
        assert_eq!(
            library.catalog.outbox_pruned(space).await.unwrap(),
            0,
            "not seen yet"
        );
        library.follow(space).await.unwrap();
        library.forget_the_past().await.unwrap();
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
