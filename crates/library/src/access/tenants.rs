//! Tenants: making, changing, suspending and ending them, and the first owner of one.

use alexandria_core::access::{Role, Scope};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{TENANT_DEFAULT, TenantId};
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::region::Region;
use alexandria_core::tenant::{
    Plan, Quotas, TENANT_GRACE_DAYS_MAX, Tenant, TenantSettings, TenantState,
};
use alexandria_core::user::{Email, Password, User};
use alexandria_store::catalog::{NewTenant, NewUser, Page, TenantChange};
use jiff::SignedDuration;

use super::people::Invited;
use super::scopes_of;
use crate::library::Library;

/// What those who look after the installation say of a tenant.
#[derive(Clone, Debug, Default)]
pub struct TenantDraft {
    /// Its name.
    pub name: String,
    /// Where its data have to stay.
    pub region: Option<Region>,
    /// How much it may hold and use, by name.
    pub plan: Plan,
    /// What it may hold and use instead.
    pub quotas: Quotas,
    /// The address of its first owner, who is invited.
    pub owner_email: Option<String>,
}

/// The first owner of an installation.
#[derive(Clone, Debug)]
pub struct NewOwner {
    /// What the installation's own tenant is called from now on; what it is called already when none.
    pub tenant: Option<String>,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

impl Library {
    /// Makes the first owner of the installation's own tenant. From then on everybody has to sign in.
    ///
    /// # Errors
    /// `Conflict` when somebody has an account already, `Invalid` for what cannot be.
    pub async fn init(&self, principal: &Principal, new: NewOwner) -> Result<User> {
        principal.require(Scope::Operate)?;
        if self.authentication().has_accounts().await? {
            let sentence = "somebody has an account already: an owner invites further people";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let email = Email::parse(&new.email)?;
        let name = Label::parse("person", &new.name)?;
        let password = Password::chosen(new.password, &email)?;
        let tenant = new.tenant.map(|name| Label::parse("tenant", &name));
        if let Some(name) = tenant.transpose()? {
            let change = TenantChange {
                name: Some(name),
                ..TenantChange::default()
            };
            let changed = self
                .catalog
                .update_tenant(principal, TENANT_DEFAULT, change);
            changed.await?;
        }
        let owner = NewUser {
            email,
            name,
            role: Role::Owner,
            password_hash: Some(self.passwords.hash(&password).await?),
        };
        let operator = Principal::authenticated(
            TENANT_DEFAULT,
            Actor::System("the first owner"),
            principal.scopes(),
        );
        self.catalog.create_user(&operator, owner).await
    }

    /// Makes a tenant, and invites its first owner where an address is given.
    ///
    /// # Errors
    /// `Conflict` when there is one of that name, `Invalid` for what cannot be.
    pub async fn create_tenant(
        &self,
        principal: &Principal,
        draft: TenantDraft,
    ) -> Result<(Tenant, Option<Invited>)> {
        principal.require(Scope::Operate)?;
        let owner = draft.owner_email.as_deref().map(Email::parse).transpose()?;
        let new = NewTenant {
            name: Label::parse("tenant", &draft.name)?,
            region: draft.region,
            plan: draft.plan,
            quotas: draft.quotas,
        };
        if let Some(region) = &new.region {
            let what = format!("cannot make the tenant {:?}", new.name.as_str());
            self.models.residence().require(region, &what)?;
        }
        let tenant = self.catalog.create_tenant(principal, new).await?;
        let invited = match owner {
            None => None,
            Some(email) => Some(self.invite_owner(principal, tenant.id, &email).await?),
        };
        Ok((tenant, invited))
    }

    /// Invites an owner to a tenant that those who look after the installation have made.
    async fn invite_owner(
        &self,
        principal: &Principal,
        tenant: TenantId,
        email: &Email,
    ) -> Result<Invited> {
        let scopes = scopes_of(tenant, Role::Owner);
        let inviter = Principal::authenticated(tenant, principal.actor().clone(), scopes);
        self.invite(&inviter, email.as_str(), Role::Owner).await
    }

    /// Every tenant, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn tenants(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Tenant>> {
        principal.require(Scope::Operate)?;
        self.catalog.tenants(principal, cursor, limit).await
    }

    /// A tenant by id or name: any for those who look after the installation, for its owner their
    /// own.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_tenant(&self, principal: &Principal, id_or_name: &str) -> Result<Tenant> {
        principal.require_any(&[Scope::Operate, Scope::Tenant])?;
        let unknown = || {
            let sentence = "there is no tenant with that id or name";
            Error::new(ErrorKind::NotFound, sentence)
        };
        if !principal.scopes().has(Scope::Operate) {
            let own = self.catalog.own_tenant(principal).await?;
            let meant = own.id.to_string() == id_or_name.to_lowercase()
                || own.name.key() == Label::key_of(id_or_name);
            return meant.then_some(own).ok_or_else(unknown);
        }
        if let Ok(id) = id_or_name.parse::<TenantId>() {
            match self.catalog.tenant(principal, id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => return other,
            }
        }
        let found = self.catalog.tenant_by_name(principal, id_or_name).await?;
        found.ok_or_else(unknown)
    }

    /// Gives a tenant another name or other settings: its owner's right.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another tenant has the name.
    pub async fn change_tenant(
        &self,
        principal: &Principal,
        id: TenantId,
        name: Option<&str>,
        settings: Option<TenantSettings>,
    ) -> Result<Tenant> {
        principal.require_any(&[Scope::Operate, Scope::Tenant])?;
        self.find_tenant(principal, &id.to_string()).await?;
        let name = name.map(|name| Label::parse("tenant", name)).transpose()?;
        let change = TenantChange {
            name,
            settings,
            ..TenantChange::default()
        };
        self.catalog.update_tenant(principal, id, change).await
    }

    /// Gives a tenant another plan or limits of its own.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn limit_tenant(
        &self,
        principal: &Principal,
        id: TenantId,
        plan: Option<Plan>,
        quotas: Option<Quotas>,
    ) -> Result<Tenant> {
        principal.require(Scope::Operate)?;
        self.catalog.tenant(principal, id).await?;
        let change = TenantChange {
            plan,
            quotas,
            ..TenantChange::default()
        };
        self.catalog.update_tenant(principal, id, change).await
    }

    /// Lets nobody of a tenant in any more; what it holds stays.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for the installation's own tenant.
    pub async fn suspend_tenant(&self, principal: &Principal, id: TenantId) -> Result<Tenant> {
        principal.require(Scope::Operate)?;
        refuse_own(id, "suspended")?;
        self.put_tenant(principal, id, TenantState::Suspended).await
    }

    /// Lets a tenant's people in again; its end, if it was asked for, is taken back.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn resume_tenant(&self, principal: &Principal, id: TenantId) -> Result<Tenant> {
        principal.require(Scope::Operate)?;
        self.put_tenant(principal, id, TenantState::Active).await
    }

    async fn put_tenant(
        &self,
        principal: &Principal,
        id: TenantId,
        state: TenantState,
    ) -> Result<Tenant> {
        self.catalog.tenant(principal, id).await?;
        let change = TenantChange {
            state: Some((state, None)),
            ..TenantChange::default()
        };
        self.catalog.update_tenant(principal, id, change).await
    }

    /// Asks for a tenant's end: nobody is let in from now on, and after so many days everything it
    /// holds is removed. Until then it can be taken back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for the installation's own tenant; `Invalid` for too long a grace.
    pub async fn end_tenant(
        &self,
        principal: &Principal,
        id: TenantId,
        grace_days: u32,
    ) -> Result<Tenant> {
        principal.require_any(&[Scope::Operate, Scope::Tenant])?;
        self.find_tenant(principal, &id.to_string()).await?;
        refuse_own(id, "ended")?;
        if grace_days > TENANT_GRACE_DAYS_MAX {
            let sentence = format!("the grace is {TENANT_GRACE_DAYS_MAX} days at most");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let grace = SignedDuration::from_hours(i64::from(grace_days) * 24);
        let ends = self.clock.now() + grace;
        let change = TenantChange {
            state: Some((TenantState::Ending, Some(ends))),
            ..TenantChange::default()
        };
        self.catalog.update_tenant(principal, id, change).await
    }
}

fn refuse_own(id: TenantId, what: &str) -> Result<()> {
    if id == TENANT_DEFAULT {
        let sentence = format!("the installation's own tenant cannot be {what}");
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    Ok(())
}
