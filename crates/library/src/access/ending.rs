//! The end of a tenant whose grace is over: its documents go as any that are removed, then everything
//! else it had.

use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::PAGE_ITEMS_MAX;

use crate::library::Library;

impl Library {
    /// Goes on with the end of every tenant whose grace is over. Called again and again: files are
    /// removed by jobs in between. Says how many tenants are gone for good.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked or written.
    pub(crate) async fn end_tenants(&self) -> Result<u64> {
        let mut gone = 0;
        for tenant in self.catalog.ended_tenants(self.clock.now()).await? {
            if self.end_of(tenant).await? {
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// Goes on with the end of a tenant; says whether it is done.
    async fn end_of(&self, tenant: TenantId) -> Result<bool> {
        let principal = Principal::system(tenant, "the end of a tenant");
        let shelves = self.catalog.collections(&principal, None, PAGE_ITEMS_MAX);
        let shelves = shelves.await?.items;
        if !shelves.is_empty() {
            for shelf in shelves {
                self.remove_collection(&principal, shelf.id).await?;
            }
            return Ok(false);
        }
        if self.catalog.unpurged(&principal).await? > 0 {
            // The jobs that remove files are still at it.
            return Ok(false);
        }
        let rows = self.catalog.erase_tenant(&principal).await?;
        tracing::info!(tenant.id = %tenant, rows, "a tenant has ended");
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use alexandria_core::access::Role;
    use alexandria_core::principal::Actor;
    use alexandria_models::embedder::EmbedderConfig;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::access::TenantDraft;
    use crate::clock::{SystemClock, SystemIds};
    use crate::documents::Upload;
    use crate::settings::LibrarySettings;

    #[tokio::test]
    async fn an_ended_tenant_is_gone_from_every_table_and_from_the_disk_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let settings = LibrarySettings {
            embedder: EmbedderConfig::Off {},
            ..LibrarySettings::new(folder.path().join("data"), folder.path())
        };
        let opened = Library::open(settings, Arc::new(SystemClock), Arc::new(SystemIds));
        let library = opened.await.unwrap();
        let operator = Principal::owner();
        let draft = TenantDraft {
            name: "Other".to_owned(),
            owner_email: Some("eve@example.org".to_owned()),
            ..TenantDraft::default()
        };
        let (other, _invited) = library.create_tenant(&operator, draft).await.unwrap();
        let scopes = Role::Owner.scopes();
        let owner = Principal::authenticated(other.id, Actor::Owner, scopes);
        let mut documents = Vec::new();
        for who in [&operator, &owner] {
            let shelf = library.ensure_collection(who, "sea").await.unwrap();
            let upload = Upload::new(shelf.id, "whales.txt");
            let text = b"Whales feed on krill.".as_slice();
            let added = library.add_document(who, upload, text).await.unwrap();
            library
                .drain(who, &[added.document.id], &mut |_| {})
                .await
                .unwrap();
            documents.push(added.document.id);
        }
        library.end_tenant(&operator, other.id, 0).await.unwrap();
        assert_eq!(
            library.end_tenants().await.unwrap(),
            0,
            "its files are still there"
        );
        let cancel = CancellationToken::new();
        let ended = async {
            let begun = Instant::now();
            while library.end_tenants().await.unwrap() == 0 {
                assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            cancel.cancel();
        };
        let (worked, ()) = tokio::join!(library.run_workers(cancel.clone()), ended);
        worked.unwrap();
        assert!(library.find_tenant(&operator, "Other").await.is_err());
        assert!(
            library
                .find_tenant(&operator, &other.id.to_string())
                .await
                .is_err()
        );
        assert_eq!(
            library.catalog.erase_tenant(&owner).await.unwrap(),
            0,
            "a row was left"
        );
        let found = library.document(&operator, documents[0]).await.unwrap();
        assert_eq!(found.id, documents[0]);
        let again = TenantDraft {
            name: "Other".to_owned(),
            ..TenantDraft::default()
        };
        library.create_tenant(&operator, again).await.unwrap();
    }
}
