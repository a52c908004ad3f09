//! Who may reach a collection that is not open to the whole tenant.

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_store::catalog::Grant;

use crate::library::Library;

impl Library {
    /// Who may reach a collection by name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn grants(&self, principal: &Principal, id: CollectionId) -> Result<Vec<Grant>> {
        principal.require(Scope::People)?;
        self.catalog.collection(principal, id).await?;
        self.catalog.grants(principal, id).await
    }

    /// Lets a person or a key of the tenant reach a collection.
    ///
    /// # Errors
    /// `NotFound` for a collection, a person or a key that there is not.
    pub async fn grant(&self, principal: &Principal, id: CollectionId, to: &str) -> Result<()> {
        principal.require(Scope::People)?;
        self.catalog.collection(principal, id).await?;
        let actor = self.actor_of(principal, to).await?;
        self.catalog.grant(principal, id, &actor).await?;
        self.forget_replies();
        Ok(())
    }

    /// Takes that back.
    ///
    /// # Errors
    /// `NotFound` also when it was not granted.
    pub async fn ungrant(&self, principal: &Principal, id: CollectionId, to: &str) -> Result<()> {
        principal.require(Scope::People)?;
        self.catalog.collection(principal, id).await?;
        let actor = self.actor_of(principal, to).await?;
        self.catalog.ungrant(principal, id, &actor).await?;
        self.forget_replies();
        Ok(())
    }

    /// The person or key of the tenant that is meant: `user:ID`, `key:ID`, or a person's address.
    async fn actor_of(&self, principal: &Principal, to: &str) -> Result<Actor> {
        if let Some(id) = to.strip_prefix("key:") {
            let unknown = |source| {
                let sentence = "there is no key with that id";
                Error::new(ErrorKind::NotFound, sentence).with_source(source)
            };
            let id = id.parse().map_err(unknown)?;
            return Ok(Actor::Key(self.catalog.key(principal, id).await?.id));
        }
        let who = to.strip_prefix("user:").unwrap_or(to);
        Ok(Actor::User(self.find_user(principal, who).await?.id))
    }
}
