//! Who asks: the first argument of everything that touches a tenant's data.
//!
//! Invariant: a [`Principal`] is made only by authentication (in the server) or by
//! [`Principal::system`], which names its reason. Storage takes its tenant from a principal; there
//! is no call that forgets it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{ActorId, TENANT_DEFAULT, TenantId};

/// One thing a principal may do. The names are a contract of the API keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Scope {
    /// Put documents in, change and remove them.
    Ingest = 0,
    /// Search, ask and read.
    Ask = 1,
    /// Read the metrics.
    Metrics = 2,
    /// Everything else: collections' settings, migrations, jobs of the system.
    Admin = 3,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Ask, Self::Metrics, Self::Admin];

    /// The scope's name in keys, tokens and errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Ask => "ask",
            Self::Metrics => "metrics",
            Self::Admin => "admin",
        }
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// The set of the scopes given.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        Self(
            scopes
                .iter()
                .fold(0, |bits, scope| bits | (1 << *scope as u8)),
        )
    }

    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Self::of(&Scope::ALL)
    }

    /// Whether the set holds this scope.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = Scope::ALL.iter().filter(|scope| self.has(**scope));
        formatter
            .debug_set()
            .entries(held.map(|scope| scope.name()))
            .finish()
    }
}

/// What acts in a principal's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The one user of a library without accounts.
    Owner,
    /// A person or a key that has authenticated.
    Authenticated(ActorId),
    /// The product itself, for the reason given.
    System(&'static str),
}

impl fmt::Display for Actor {
    /// The name that what belongs to an actor is kept under.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => formatter.write_str("owner"),
            Self::Authenticated(id) => write!(formatter, "{id}"),
            Self::System(_) => formatter.write_str("system"),
        }
    }
}

/// Who asks: the tenant, the one who acts, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    tenant: TenantId,
    actor: Actor,
    scopes: Scopes,
}

impl Principal {
    /// What authentication has established. Called by the server's authentication and by nothing
    /// else.
    #[must_use]
    pub const fn authenticated(tenant: TenantId, actor: Actor, scopes: Scopes) -> Self {
        Self {
            tenant,
            actor,
            scopes,
        }
    }

    /// The one user of a library without accounts, who may do everything with it.
    #[must_use]
    pub fn owner() -> Self {
        Self {
            tenant: TENANT_DEFAULT,
            actor: Actor::Owner,
            scopes: Scopes::all(),
        }
    }

    /// The product acting for a tenant without being asked, for the reason named.
    #[must_use]
    pub fn system(tenant: TenantId, reason: &'static str) -> Self {
        Self {
            tenant,
            actor: Actor::System(reason),
            scopes: Scopes::all(),
        }
    }

    /// Whose data this principal sees.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What this principal may do.
    #[must_use]
    pub const fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// Lets the call go on only if this principal has the scope.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], naming the scope that is missing.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        let name = scope.name();
        Err(Error::new(
            ErrorKind::Forbidden,
            format!("this needs the scope \"{name}\", which these credentials do not have"),
        ))
    }
}
