//! The review of who has access: everybody and every key that could act in the tenant at this moment.

use alexandria_core::access::{Scope, Scopes};
use alexandria_core::error::Result;
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::user::UserState;
use alexandria_store::catalog::PAGE_ITEMS_MAX;
use jiff::Timestamp;

use super::scopes_of;
use crate::library::Library;

/// Days without use after which the review says so.
const UNUSED_DAYS: i64 = 90;

/// Who has access to a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReview {
    /// When it was made.
    pub made: Timestamp,
    /// Everybody and every key, people first.
    pub entries: Vec<Reviewed>,
}

/// One who has access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Who: `user:…` or `key:…`.
    pub actor: String,
    /// Their address, or the key's name.
    pub name: String,
    /// Their role; none for keys.
    pub role: Option<&'static str>,
    /// What they may do.
    pub scopes: Scopes,
    /// Since when.
    pub since: Timestamp,
    /// When they last signed in, or the key was last used.
    pub used: Option<Timestamp>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// Why somebody should look at it: `unused`, `no_expiry`, `suspended`.
    pub remarks: Vec<&'static str>,
}

impl Library {
    /// Who has access to the tenant.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub async fn access_review(&self, principal: &Principal) -> Result<AccessReview> {
        principal.require(Scope::Audit)?;
        let made = self.clock.now();
        let unused = |used: Option<Timestamp>, since: Timestamp| {
            let last = used.unwrap_or(since);
            made.duration_since(last).as_hours() >= UNUSED_DAYS * 24
        };
        let mut entries = Vec::new();
        let mut cursor = None;
        loop {
            let page = self
                .catalog
                .users(principal, cursor.as_deref(), PAGE_ITEMS_MAX);
            let page = page.await?;
            entries.extend(page.items.into_iter().map(|user| {
                let mut remarks = Vec::new();
                if user.state == UserState::Suspended {
                    remarks.push("suspended");
                }
                if unused(user.signed_in, user.created) {
                    remarks.push("unused");
                }
                Reviewed {
                    actor: Actor::User(user.id).to_string(),
                    name: user.email.to_string(),
                    role: Some(user.role.name()),
                    scopes: scopes_of(user.tenant, user.role),
                    since: user.created,
                    used: user.signed_in,
                    expires: None,
                    remarks,
                }
            }));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        loop {
            let page = self
                .catalog
                .keys(principal, cursor.as_deref(), PAGE_ITEMS_MAX);
            let page = page.await?;
            let valid = page.items.into_iter().filter(|key| key.is_valid_at(made));
            entries.extend(valid.map(|key| {
                let mut remarks = Vec::new();
                if key.expires.is_none() {
                    remarks.push("no_expiry");
                }
                if unused(key.used, key.created) {
                    remarks.push("unused");
                }
                Reviewed {
                    actor: Actor::Key(key.id).to_string(),
                    name: key.name.to_string(),
                    role: None,
                    scopes: key.scopes,
                    since: key.created,
                    used: key.used,
                    expires: key.expires,
                    remarks,
                }
            }));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(AccessReview { made, entries })
    }
}
