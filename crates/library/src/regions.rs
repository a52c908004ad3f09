//! Keeping what a tenant has in the region that it must stay in: where it is stored.
//!
//! To whom models are lent is in `models.rs`. A tenant gets a region only where the installation stores in
//! it. When the settings or the machine change afterwards, documents of the tenant are neither added nor
//! changed, and everything can still be read, exported and removed, so that it can move.

use alexandria_core::access::Scope;
use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_core::region::Region;
use alexandria_core::tenant::Tenant;
use alexandria_store::catalog::TenantChange;

use crate::doctor::{Diagnosis, Finding, Severity};
use crate::library::Library;

/// A tenant with a region, and everything that is not where the tenant wants it, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The tenant.
    pub tenant: Tenant,
    /// Whether what it has is stored in its region.
    pub holds: bool,
    /// What is elsewhere, and what follows from it.
    pub notes: Vec<String>,
}

impl Library {
    /// Every tenant with a region, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub async fn placed_tenants(&self, principal: &Principal) -> Result<Vec<Placed>> {
        principal.require(Scope::Operate)?;
        let residence = self.models.residence();
        let tenants = self.catalog.tenants_with_region(principal).await?;
        let placed = |(tenant, region): (Tenant, Region)| Placed {
            tenant,
            holds: residence.holds(&region),
            notes: residence.notes(&region),
        };
        Ok(tenants.into_iter().map(placed).collect())
    }

    /// Gives a tenant a region that what it has must stay in, or none.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when this installation does not store in that region.
    pub async fn place_tenant(
        &self,
        principal: &Principal,
        id: TenantId,
        region: Option<Region>,
    ) -> Result<Tenant> {
        principal.require(Scope::Operate)?;
        let tenant = self.catalog.tenant(principal, id).await?;
        if let Some(region) = &region {
            let what = format!("cannot give the tenant {:?} a region", tenant.name.as_str());
            self.models.residence().require(region, &what)?;
        }
        let change = TenantChange {
            region: Some(region),
            ..TenantChange::default()
        };
        let placed = self.catalog.update_tenant(principal, id, change).await?;
        // What is known was found and said by models that may not be asked any more.
        self.forget_replies();
        Ok(placed)
    }

    /// The tenant of one who wants to store something, if it may be stored here; `what` begins the
    /// sentence of a refusal.
    ///
    /// # Errors
    /// `Conflict` when the tenant's data must stay in another region.
    pub(crate) async fn may_store(&self, principal: &Principal, what: &str) -> Result<Tenant> {
        let tenant = self.catalog.own_tenant(principal).await?;
        if let Some(region) = &tenant.region {
            self.models.residence().require(region, what)?;
        }
        Ok(tenant)
    }

    /// Whether what tenants have is where it must stay.
    pub(crate) async fn examine_regions(
        &self,
        principal: &Principal,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let placed = self.placed_tenants(principal).await?;
        if placed.is_empty() {
            return Ok(());
        }
        let checked = format!("the regions of {} tenants are looked at", placed.len());
        diagnosis.checked.push(checked);
        for Placed {
            tenant,
            holds,
            notes,
        } in placed
        {
            for (at, note) in notes.into_iter().enumerate() {
                // The first note is about the storage where that is elsewhere.
                let (severity, remedy) = match (holds, at) {
                    (false, 0) => (
                        Severity::Warning,
                        "export the tenant and take it to an installation of its region: alexandria \
                         tenant export",
                    ),
                    (true, 0) | (_, 1..) => (Severity::Note, "see docs/regions.md"),
                };
                diagnosis.add(Finding {
                    severity,
                    part: "regions",
                    message: format!("the tenant {:?}: {note}", tenant.name.as_str()),
                    remedy: remedy.to_owned(),
                });
            }
        }
        Ok(())
    }
}
