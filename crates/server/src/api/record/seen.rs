//! Who was found to ask, on its way from where that is found out to where it is written down.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use aide::OperationInput;
use alexandria_core::access::Scopes;
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::principal::{Actor, Origin, Principal};
use alexandria_core::user::Email;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::super::Shared;
use super::origin;

/// Who was found to ask, left by the extractor of principals for the one who writes things down; and
/// whom they mean, where they name a person by an address.
#[derive(Clone, Debug, Default)]
pub(in crate::api) struct Seen(Arc<OnceLock<Principal>>, Arc<OnceLock<UserId>>);

impl Seen {
    /// Leaves the principal of a request.
    pub(in crate::api) fn leave(parts: &Parts, principal: &Principal) {
        if let Some(Self(seen, _)) = parts.extensions.get::<Self>() {
            // A handler that asks twice gets the same answer.
            seen.set(principal.clone()).ok();
        }
    }

    /// Leaves the id of the person whom a path names by an address, which is not written down.
    pub(in crate::api) async fn leave_named(app: &Shared, parts: &mut Parts, asker: &Principal) {
        let Some(Self(_, named)) = parts.extensions.get::<Self>().cloned() else {
            return;
        };
        let found = RawPathParams::from_request_parts(parts, &()).await;
        let Ok(found) = found else { return };
        let addresses = found.iter().filter(|(kind, _)| *kind == "user");
        let mut addresses = addresses.filter_map(|(_, address)| Email::parse(address).ok());
        let Some(email) = addresses.next() else {
            return;
        };
        let user = app.library.catalog().user_by_email(asker, &email).await;
        if let Ok(Some(user)) = user {
            // A request names one person.
            named.set(user.id).ok();
        }
    }

    /// The person whom the path names by an address.
    pub(super) fn named(&self) -> Option<UserId> {
        self.1.get().copied()
    }

    /// The principal that was left.
    pub(super) fn principal(&self) -> Option<&Principal> {
        self.0.get()
    }
}

/// A request that shows in its body who sends it.
#[derive(Clone, Debug)]
pub(in crate::api) struct Visit {
    seen: Seen,
    /// Where it comes from.
    pub(in crate::api) origin: Origin,
}

impl Visit {
    /// Leaves who it turned out to be.
    pub(in crate::api) fn is_of(&self, tenant: TenantId, user: UserId) {
        let principal = Principal::authenticated(tenant, Actor::User(user), Scopes::default());
        // Nobody else was found to ask before.
        self.seen.0.set(principal).ok();
    }
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, Infallible> {
        let seen = parts.extensions.get::<Seen>().cloned();
        Ok(Self {
            seen: seen.unwrap_or_default(),
            origin: origin(parts),
        })
    }
}

impl OperationInput for Visit {}
