//! Who asks: the first argument of everything that touches a tenant's data.
//!
//! Invariant: a [`Principal`] is made only by authentication (in the server) or by
//! [`Principal::system`], which names its reason. Storage takes its tenant from a principal; there
//! is no call that forgets it.

use std::fmt;
use std::sync::Arc;

use core::net::IpAddr;

use crate::access::{Classification, Scope, Scopes};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{CollectionId, KeyId, SessionId, TENANT_DEFAULT, TenantId, UserId};

/// What acts in a principal's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The one user of a library without accounts, and the operator at the machine itself.
    Owner,
    /// A person who has signed in.
    User(UserId),
    /// A program that holds a key.
    Key(KeyId),
    /// The product itself, for the reason given.
    System(&'static str),
}

impl fmt::Display for Actor {
    /// The name that what belongs to an actor is kept under.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => formatter.write_str("owner"),
            Self::User(id) => write!(formatter, "user:{id}"),
            Self::Key(id) => write!(formatter, "key:{id}"),
            Self::System(_) => formatter.write_str("system"),
        }
    }
}

/// Which collections of the tenant a principal may reach, whatever its scopes allow there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// All of them: who administers the tenant, and the product itself.
    #[default]
    Tenant,
    /// Those open to the whole tenant, and those granted to the actor by name.
    Granted,
    /// These, of those open to the whole tenant or granted to the actor: a key for a purpose.
    Only(Arc<[CollectionId]>),
}

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The address of the caller; none inside this machine's own command line.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request: String,
}

/// Who asks: the tenant, the one who acts, and what they may do and see.
///
/// Nobody turns one tenant's principal into another's:
/// ```
/// # use alexandria_core::{id::TenantId, principal::Principal};
/// fn tenant(principal: &Principal) -> TenantId {
///     principal.tenant()
/// }
/// ```
/// ```compile_fail
/// # use alexandria_core::{id::TenantId, principal::Principal};
/// fn of(tenant: TenantId, principal: Principal) -> Principal {
///     Principal { tenant, ..principal }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    tenant: TenantId,
    actor: Actor,
    scopes: Scopes,
    reach: Reach,
    clearance: Classification,
    session: Option<SessionId>,
    must_enrol: bool,
    origin: Option<Arc<Origin>>,
}

impl Principal {
    /// What authentication has established: everything the scopes allow, in every collection.
    /// Called by the server's authentication and by nothing else.
    #[must_use]
    pub const fn authenticated(tenant: TenantId, actor: Actor, scopes: Scopes) -> Self {
        Self {
            tenant,
            actor,
            scopes,
            reach: Reach::Tenant,
            clearance: Classification::Restricted,
            session: None,
            must_enrol: false,
            origin: None,
        }
    }

    /// The one user of a library without accounts, who may do everything with it.
    #[must_use]
    pub fn owner() -> Self {
        Self::authenticated(TENANT_DEFAULT, Actor::Owner, Scopes::all())
    }

    /// The product acting for a tenant without being asked, for the reason named.
    #[must_use]
    pub fn system(tenant: TenantId, reason: &'static str) -> Self {
        Self::authenticated(tenant, Actor::System(reason), Scopes::all())
    }

    /// The same, who reaches only these collections.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// The same, who sees documents up to this label only.
    #[must_use]
    pub const fn cleared_for(mut self, clearance: Classification) -> Self {
        self.clearance = clearance;
        self
    }

    /// The same, in this session of theirs.
    #[must_use]
    pub const fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// The same, who may do nothing but add a second factor: the tenant asks for one, and the session
    /// was begun without.
    #[must_use]
    pub fn enrolling(mut self) -> Self {
        self.scopes = Scopes::default();
        self.reach = Reach::Only(Arc::from([]));
        self.clearance = Classification::Public;
        self.must_enrol = true;
        self
    }

    /// The same, asking from there.
    #[must_use]
    pub fn asking_from(mut self, origin: Arc<Origin>) -> Self {
        self.origin = Some(origin);
        self
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

    /// Which collections it may reach.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The highest label of documents it may see.
    #[must_use]
    pub const fn clearance(&self) -> Classification {
        self.clearance
    }

    /// The session that it acts in, where it is a person's.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        self.session
    }

    /// Whether it may do nothing but add a second factor.
    #[must_use]
    pub const fn must_enrol(&self) -> bool {
        self.must_enrol
    }

    /// Where the request came from; nothing for the product itself.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_deref()
    }

    /// Whether it sees everything that its tenant has.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.reach == Reach::Tenant && self.clearance == Classification::Restricted
    }

    /// Lets the call go on only if this principal has one of the scopes.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], naming the first of them.
    pub fn require_any(&self, scopes: &[Scope]) -> Result<()> {
        if scopes.iter().any(|scope| self.scopes.has(*scope)) {
            return Ok(());
        }
        scopes.first().map_or(Ok(()), |scope| self.require(*scope))
    }

    /// Lets the call go on only if this principal may do more than add a second factor.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], saying how to add one.
    pub fn require_enrolled(&self) -> Result<()> {
        if !self.must_enrol {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Forbidden,
            "this tenant asks for a second factor: add an authenticator or a passkey under \
             /api/v1/me/factors, or sign in with the one you have; nothing else is allowed before",
        ))
    }

    /// Lets the call go on only if this principal has the scope.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], naming the scope that is missing.
    pub fn require(&self, scope: Scope) -> Result<()> {
        self.require_enrolled()?;
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
