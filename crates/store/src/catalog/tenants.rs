//! Who owns. Making and listing tenants is for those who look after the installation: the library
//! requires that scope; here the principal says only who did it.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::region::Region;
use alexandria_core::tenant::{Plan, Quotas, Retention, Tenant, TenantSettings, TenantState};
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::{from_json, timestamp, to_json};
use super::{Catalog, Doing, commit, micros, not_found};

/// A tenant about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// Its name.
    pub name: Label,
    /// Where its data have to stay.
    pub region: Option<Region>,
    /// How much it may hold and use, by name.
    pub plan: Plan,
    /// What it may hold and use instead.
    pub quotas: Quotas,
}

impl NewTenant {
    /// One of this name, without any limit.
    #[must_use]
    pub const fn named(name: Label) -> Self {
        Self {
            name,
            region: None,
            plan: Plan::Unlimited,
            quotas: Quotas::NONE,
        }
    }
}

/// What to change about a tenant; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantChange {
    /// A new name.
    pub name: Option<Label>,
    /// Another state, and with it the moment at which what it holds is removed, if ever.
    pub state: Option<(TenantState, Option<Timestamp>)>,
    /// Another plan.
    pub plan: Option<Plan>,
    /// Other limits of its own.
    pub quotas: Option<Quotas>,
    /// Other decisions of its owner.
    pub settings: Option<TenantSettings>,
    /// Another region, or none.
    pub region: Option<Option<Region>>,
}

/// What is read of a tenant.
const SELECT: &str =
    "SELECT id, name, state, region, plan, quotas, settings, created, ends FROM tenants";

impl Catalog {
    /// Makes a tenant, who begins with nothing. The default tenant is there from the beginning.
    ///
    /// # Errors
    /// `Conflict` when there is one of that name.
    pub async fn create_tenant(&self, _by: &Principal, new: NewTenant) -> Result<Tenant> {
        let sentence = || format!("cannot make the tenant {:?}", new.name.as_str());
        let id = self.next_id();
        let tx = self.begin().await?;
        let named = vec![new.name.key().into(), id.into()];
        if number(&tx, NAMED, named).await.doing(sentence)? > 0 {
            return Err(name_taken(&new.name));
        }
        let sql = "INSERT INTO tenants (id, name, name_key, region, plan, quotas, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values: Vec<Value> = vec![
            id.into(),
            new.name.as_str().into(),
            new.name.key().into(),
            new.region.map(String::from).into(),
            new.plan.name().into(),
            to_json(&new.quotas)?.into(),
            self.now().into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "a tenant").await?;
        self.tenant_of(TenantId::from_uuid(id)).await
    }

    /// The tenant of the one who asks.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub async fn own_tenant(&self, principal: &Principal) -> Result<Tenant> {
        self.tenant_of(principal.tenant()).await
    }

    /// Any tenant, for those who look after the installation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn tenant(&self, _by: &Principal, id: TenantId) -> Result<Tenant> {
        self.tenant_of(id).await
    }

    /// The tenant that a person means by a name, if there is one; for those who look after the
    /// installation.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenant_by_name(&self, _by: &Principal, name: &str) -> Result<Option<Tenant>> {
        let sql = format!("{SELECT} WHERE name_key = $1");
        let found = row::<Row, _>(self.database.read(), sql, vec![Label::key_of(name).into()]);
        let found = found
            .await
            .doing(|| "cannot look for a tenant".to_owned())?;
        found.map(Row::read).transpose()
    }

    /// Every tenant, oldest first; for those who look after the installation.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn tenants(
        &self,
        _by: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Tenant>> {
        let limit = page_limit(limit)?;
        let after = cursor
            .map(|cursor| List::Tenants.decode(cursor))
            .transpose()?;
        let after = after.map_or(Uuid::nil(), |(_, id)| id);
        let sql = format!(
            "{SELECT} WHERE id > $1 AND state <> 'ended' ORDER BY id LIMIT {}",
            limit + 1
        );
        let found = rows::<Row, _>(self.database.read(), sql, vec![after.into()]).await;
        let found = found.doing(|| "cannot list the tenants".to_owned())?;
        let items = found.into_iter().map(Row::read).collect::<Result<_>>()?;
        Ok(List::Tenants.page(items, limit, |item: &Tenant| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Changes a tenant.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another tenant has the new name.
    pub async fn update_tenant(
        &self,
        _by: &Principal,
        id: TenantId,
        change: TenantChange,
    ) -> Result<Tenant> {
        let sentence = || format!("cannot change the tenant {id}");
        let mut sets: Vec<String> = Vec::new();
        let mut values: Vec<Value> = vec![id.as_uuid().into()];
        let mut set = |column: &str, value: Value| {
            values.push(value);
            sets.push(format!("{column} = ${}", values.len()));
        };
        if let Some(name) = &change.name {
            set("name", name.as_str().into());
            set("name_key", name.key().into());
        }
        if let Some((state, ends)) = &change.state {
            set("state", state.name().into());
            set("ends", ends.map(micros).into());
        }
        if let Some(plan) = change.plan {
            set("plan", plan.name().into());
        }
        if let Some(quotas) = &change.quotas {
            set("quotas", to_json(quotas)?.into());
        }
        if let Some(settings) = &change.settings {
            set("settings", to_json(settings)?.into());
        }
        if let Some(region) = &change.region {
            set("region", region.clone().map(String::from).into());
        }
        let tx = self.begin().await?;
        if let Some(name) = &change.name {
            let named = vec![name.key().into(), id.as_uuid().into()];
            if number(&tx, NAMED, named).await.doing(sentence)? > 0 {
                return Err(name_taken(name));
            }
        }
        if !sets.is_empty() {
            let sql = format!("UPDATE tenants SET {} WHERE id = $1", sets.join(", "));
            execute(&tx, sql, values).await.doing(sentence)?;
        }
        commit(tx, "the change of a tenant").await?;
        self.tenant_of(id).await
    }

    /// Tenants whose grace has ended before a moment.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn ended_tenants(&self, before: Timestamp) -> Result<Vec<TenantId>> {
        let sql = "SELECT id FROM tenants WHERE state = 'ending' AND ends < $1 ORDER BY id";
        let found = rows::<IdRow, _>(self.database.read(), sql, vec![micros(before).into()]).await;
        let found = found.doing(|| "cannot look for tenants that have ended".to_owned())?;
        Ok(found
            .iter()
            .map(|row| TenantId::from_uuid(row.id))
            .collect())
    }

    /// Every tenant with a region, with that, oldest first; for those who look after the installation.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenants_with_region(&self, _by: &Principal) -> Result<Vec<(Tenant, Region)>> {
        let sql = format!("{SELECT} WHERE state <> 'ended' AND region IS NOT NULL ORDER BY id");
        let found = rows::<Row, _>(self.database.read(), sql, vec![]).await;
        let found = found.doing(|| "cannot look for tenants with a region".to_owned())?;
        let mut placed = Vec::new();
        for row in found {
            let tenant = row.read()?;
            if let Some(region) = tenant.region.clone() {
                placed.push((tenant, region));
            }
        }
        Ok(placed)
    }

    /// Tenants that keep something for a time of their own.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenants_with_retention(&self) -> Result<Vec<(TenantId, Retention)>> {
        let sql = format!("{SELECT} WHERE state <> 'ended' AND settings LIKE '%\"retention\"%'");
        let found = rows::<Row, _>(self.database.read(), sql, vec![]).await;
        let found =
            found.doing(|| "cannot look for tenants that keep things for a time".to_owned())?;
        let of = |row: Row| {
            let tenant = row.read()?;
            Ok((tenant.id, tenant.settings.retention))
        };
        found.into_iter().map(of).collect()
    }

    async fn tenant_of(&self, id: TenantId) -> Result<Tenant> {
        let sql = format!("{SELECT} WHERE id = $1 AND state <> 'ended'");
        let found = row::<Row, _>(self.database.read(), sql, vec![id.as_uuid().into()]).await;
        let found = found.doing(|| format!("cannot read the tenant {id}"))?;
        found.ok_or_else(|| not_found("tenant", id))?.read()
    }
}

/// Other tenants of a name.
const NAMED: &str = "SELECT count(*) AS n FROM tenants WHERE name_key = $1 AND id <> $2";

fn name_taken(name: &Label) -> Error {
    let sentence = format!("there is a tenant {:?} already", name.as_str());
    Error::new(ErrorKind::Conflict, sentence)
}

#[derive(Debug, FromQueryResult)]
struct IdRow {
    id: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    state: String,
    region: Option<String>,
    plan: String,
    quotas: String,
    settings: String,
    created: i64,
    ends: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Tenant> {
        Ok(Tenant {
            id: TenantId::from_uuid(self.id),
            name: Label::stored(self.name),
            state: self.state.parse()?,
            region: self.region.map(|region| region.parse()).transpose()?,
            plan: self.plan.parse()?,
            quotas: from_json(&self.quotas)?,
            settings: from_json(&self.settings)?,
            created: timestamp(self.created)?,
            ends: self.ends.map(timestamp).transpose()?,
        })
    }
}
