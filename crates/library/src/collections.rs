//! Collections: making, finding, changing and removing them.

use alexandria_core::access::Scope;
use alexandria_core::document::Collection;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{CollectionChange, Page};

use crate::jobs::JobKind;
use crate::library::Library;

/// The longest name of a collection, in bytes.
pub const COLLECTION_NAME_BYTES_MAX: usize = 200;

/// The longest description of a collection, in bytes.
pub const COLLECTION_DESCRIPTION_BYTES_MAX: usize = 4_000;

impl Library {
    /// Makes a collection.
    ///
    /// # Errors
    /// `Conflict` when there is one of that name or the tenant's data must stay in another region,
    /// `Invalid` for a name that is empty, too long or holds control characters.
    pub async fn create_collection(
        &self,
        principal: &Principal,
        name: &str,
        description: &str,
    ) -> Result<Collection> {
        principal.require(Scope::Ingest)?;
        let name = checked_name(name)?;
        checked_description(description)?;
        self.may_store(principal, "cannot make a collection")
            .await?;
        self.catalog
            .create_collection(principal, name, description)
            .await
    }

    /// The collection of that name, made if there is none.
    ///
    /// # Errors
    /// `Invalid` as for [`Self::create_collection`].
    pub async fn ensure_collection(&self, principal: &Principal, name: &str) -> Result<Collection> {
        principal.require(Scope::Ingest)?;
        let name = checked_name(name)?;
        if let Some(found) = self.catalog.collection_by_name(principal, name).await? {
            return Ok(found);
        }
        self.may_store(principal, "cannot make a collection")
            .await?;
        match self.catalog.create_collection(principal, name, "").await {
            // Somebody else made it in between.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let found = self.catalog.collection_by_name(principal, name).await?;
                found.ok_or(error)
            }
            other => other,
        }
    }

    /// A collection.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn collection(&self, principal: &Principal, id: CollectionId) -> Result<Collection> {
        principal.require(Scope::Ask)?;
        self.catalog.collection(principal, id).await
    }

    /// The collection with this id or, failing that, this name.
    ///
    /// # Errors
    /// `NotFound`, naming what was looked for.
    pub async fn find_collection(
        &self,
        principal: &Principal,
        id_or_name: &str,
    ) -> Result<Collection> {
        principal.require(Scope::Ask)?;
        if let Ok(id) = id_or_name.parse::<CollectionId>() {
            match self.catalog.collection(principal, id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => return other,
            }
        }
        let found = self
            .catalog
            .collection_by_name(principal, id_or_name)
            .await?;
        found.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("there is no collection {id_or_name:?}"),
            )
        })
    }

    /// The collections, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn collections(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Collection>> {
        principal.require(Scope::Ask)?;
        self.catalog.collections(principal, cursor, limit).await
    }

    /// Changes a collection's name or description.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another has the new name; `Invalid` as for
    /// [`Self::create_collection`].
    pub async fn update_collection(
        &self,
        principal: &Principal,
        id: CollectionId,
        change: CollectionChange,
    ) -> Result<Collection> {
        principal.require(Scope::Ingest)?;
        if change.access.is_some() {
            principal.require(Scope::People)?;
        }
        let name = change
            .name
            .as_deref()
            .map(checked_name)
            .transpose()?
            .map(str::to_owned);
        change
            .description
            .as_deref()
            .map(checked_description)
            .transpose()?;
        self.may_store(principal, "cannot change a collection")
            .await?;
        let change = CollectionChange {
            name,
            description: change.description,
            access: change.access,
        };
        let changed = self
            .catalog
            .update_collection(principal, id, change)
            .await?;
        self.forget_replies();
        Ok(changed)
    }

    /// Removes a collection with everything in it. Nothing of it is found once this returns; files and
    /// index entries go in the background.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_collection(&self, principal: &Principal, id: CollectionId) -> Result<()> {
        principal.require(Scope::Ingest)?;
        self.catalog.remove_collection(principal, id).await?;
        self.forget_replies();
        self.enqueue(principal, &JobKind::PurgeCollection { collection: id })
            .await?;
        Ok(())
    }
}

fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    let refused = |why: &str| {
        Err(Error::new(
            ErrorKind::Invalid,
            format!("that cannot be a collection's name: {why}"),
        ))
    };
    if name.is_empty() {
        return refused("it is empty");
    }
    if name.len() > COLLECTION_NAME_BYTES_MAX {
        return refused(&format!(
            "it is longer than {COLLECTION_NAME_BYTES_MAX} bytes"
        ));
    }
    if name.chars().any(char::is_control) {
        return refused("it holds a line break or another control character");
    }
    Ok(name)
}

fn checked_description(description: &str) -> Result<()> {
    if description.len() <= COLLECTION_DESCRIPTION_BYTES_MAX {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!("the description is longer than {COLLECTION_DESCRIPTION_BYTES_MAX} bytes"),
    ))
}
