//! Who owns.

use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use sea_orm::{EntityTrait, IntoActiveModel};

use super::table::tenant::{Entity, Model};
use super::{Catalog, Doing};

impl Catalog {
    /// Makes a tenant, who begins with nothing. The default tenant is there from the beginning.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn create_tenant(&self, name: &str) -> Result<TenantId> {
        let model = Model {
            id: self.next_id(),
            name: name.to_owned(),
            created: self.now(),
        };
        let id = model.id;
        let insert = Entity::insert(model.into_active_model());
        let done = insert.exec_without_returning(self.database.write()).await;
        done.doing(|| format!("cannot make the tenant {name:?}"))?;
        Ok(TenantId::from_uuid(id))
    }
}
