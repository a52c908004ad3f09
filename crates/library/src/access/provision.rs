//! People whom a directory looks after: made, changed and let go by it, without invitations.

use alexandria_core::access::{Role, Scope};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::UserId;
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::user::{Email, UserState};
use alexandria_store::catalog::{NewUser, ProvisionFilter, Provisioned, UserChange};

use super::{require_cover, scopes_of};
use crate::library::Library;

/// The longest id that a directory gives a person, in bytes.
pub const EXTERNAL_ID_BYTES_MAX: usize = 255;

/// What people become whom a directory makes without saying what they are.
const ROLE_PROVISIONED: Role = Role::Reader;

/// What a directory says of a person; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provision {
    /// The address they sign in with.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// What they are in the tenant.
    pub role: Option<Role>,
    /// Whether they may work.
    pub state: Option<UserState>,
    /// What the directory calls them.
    pub external_id: Option<String>,
}

impl Library {
    /// People of the tenant that a directory asks for: how many, and some of them.
    ///
    /// # Errors
    /// `Forbidden` without the scope.
    pub async fn provisioned(
        &self,
        principal: &Principal,
        filter: &ProvisionFilter,
        (skip, limit): (u32, u32),
    ) -> Result<(u64, Vec<Provisioned>)> {
        principal.require(Scope::People)?;
        self.catalog
            .provisioned(principal, filter, (skip, limit))
            .await
    }

    /// A person as a directory sees them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn provisioned_user(&self, principal: &Principal, id: UserId) -> Result<Provisioned> {
        principal.require(Scope::People)?;
        self.catalog.provisioned_user(principal, id).await
    }

    /// Makes a person that a directory knows one of the tenant's.
    ///
    /// # Errors
    /// `Conflict` when there is one with that address, `Invalid` for what cannot be, `Forbidden` for a
    /// role that allows more than the one who asks may do.
    pub async fn provision(&self, principal: &Principal, new: Provision) -> Result<Provisioned> {
        principal.require(Scope::People)?;
        let role = new.role.unwrap_or(ROLE_PROVISIONED);
        require_cover(principal, scopes_of(principal.tenant(), role), "that role")?;
        let external_id = checked(new.external_id.as_deref())?;
        let email = Email::parse(new.email.as_deref().unwrap_or_default())?;
        let name = new.name.as_deref().unwrap_or_else(|| email.as_str());
        let person = NewUser {
            name: Label::parse("person", name)?,
            email,
            role,
            password_hash: None,
        };
        let id = self.catalog.create_user(principal, person).await?.id;
        if new.state == Some(UserState::Suspended) {
            let change = UserChange {
                state: new.state,
                ..UserChange::default()
            };
            self.catalog.update_user(principal, id, change).await?;
        }
        if external_id.is_some() {
            self.catalog
                .name_externally(principal, id, external_id)
                .await?;
        }
        self.catalog.provisioned_user(principal, id).await
    }

    /// Changes a person as a directory says. Sessions end at once when they may not work any more, or
    /// become something else.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for an address that another has, and for the last owner; `Forbidden` for
    /// a person or a role that may do more than the one who asks.
    pub async fn provision_change(
        &self,
        principal: &Principal,
        id: UserId,
        said: Provision,
    ) -> Result<Provisioned> {
        principal.require(Scope::People)?;
        let known = self.catalog.provisioned_user(principal, id).await?;
        let of = |role| scopes_of(principal.tenant(), role);
        require_cover(principal, of(known.user.role), "that person")?;
        let external_id = checked(said.external_id.as_deref())?;
        let role = said.role.filter(|role| *role != known.user.role);
        if let Some(role) = role {
            require_cover(principal, of(role), "that role")?;
        }
        let email = said.email.as_deref().map(Email::parse).transpose()?;
        let name = said.name.as_deref();
        let change = UserChange {
            name: name.map(|name| Label::parse("person", name)).transpose()?,
            email: email.filter(|email| *email != known.user.email),
            role,
            state: said.state.filter(|state| *state != known.user.state),
            ..UserChange::default()
        };
        if change != UserChange::default() {
            self.catalog.update_user(principal, id, change).await?;
        }
        if external_id.is_some() && external_id != known.external_id.as_deref() {
            self.catalog
                .name_externally(principal, id, external_id)
                .await?;
        }
        self.catalog.provisioned_user(principal, id).await
    }
}

fn checked(external_id: Option<&str>) -> Result<Option<&str>> {
    let fits = |id: &str| !id.is_empty() && id.len() <= EXTERNAL_ID_BYTES_MAX;
    if external_id.is_none_or(fits) {
        return Ok(external_id);
    }
    let sentence = format!("the id of a directory has 1 to {EXTERNAL_ID_BYTES_MAX} bytes");
    Err(Error::new(ErrorKind::Invalid, sentence))
}
