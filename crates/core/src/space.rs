//! Where passages live: the unit that vector stores and text indexes keep apart.

use serde::{Deserialize, Serialize};

use crate::id::{CollectionId, GenerationId, TenantId};
use crate::principal::Principal;

/// One tenant's collection in one generation of the indexes.
///
/// Invariant: the tenant comes from a [`Principal`], so no index can be reached without one.
///
/// ```
/// # use alexandria_core::{id::{CollectionId, GenerationId}, principal::Principal, space::Space};
/// fn of(principal: &Principal, collection: CollectionId, generation: GenerationId) -> Space {
///     Space::new(principal, collection, generation)
/// }
/// ```
/// A tenant's id is not enough:
/// ```compile_fail
/// # use alexandria_core::{id::{CollectionId, GenerationId, TenantId}, space::Space};
/// fn of(tenant: TenantId, collection: CollectionId, generation: GenerationId) -> Space {
///     Space { tenant, collection, generation }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Space {
    tenant: TenantId,
    collection: CollectionId,
    generation: GenerationId,
}

impl Space {
    /// The space of a collection of this principal's tenant.
    #[must_use]
    pub const fn new(
        principal: &Principal,
        collection: CollectionId,
        generation: GenerationId,
    ) -> Self {
        Self {
            tenant: principal.tenant(),
            collection,
            generation,
        }
    }

    /// Who owns it.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Which collection.
    #[must_use]
    pub const fn collection(&self) -> CollectionId {
        self.collection
    }

    /// Which set of vectors and text index.
    #[must_use]
    pub const fn generation(&self) -> GenerationId {
        self.generation
    }
}
