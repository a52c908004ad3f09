//! The keys that programs call with.

use alexandria_core::access::{Classification, Scope, Scopes};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, KeyId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::token::{Token, TokenKind};
use alexandria_store::catalog::{ApiKey, NewApiKey, Page};
use jiff::{SignedDuration, Timestamp};

use super::{new_token, require_cover};
use crate::library::Library;

/// Seconds for which a key is still valid after it has been rotated, unless said otherwise.
pub const KEY_OVERLAP_SECONDS_DEFAULT: u64 = 24 * 60 * 60;

/// The most seconds for which a key is still valid after it has been rotated.
pub const KEY_OVERLAP_SECONDS_MAX: u64 = 30 * 24 * 60 * 60;

/// The most collections that one key is bound to.
const COLLECTIONS_OF_KEY_MAX: usize = 100;

/// What a person says of a key.
#[derive(Clone, Debug, Default)]
pub struct KeyDraft {
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// The only collections it reaches; all that its maker reaches when none are given.
    pub collections: Option<Vec<CollectionId>>,
    /// The highest label of documents it sees; its maker's when none is given.
    pub clearance: Option<Classification>,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// A key just made, with the key itself, which is shown this once.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// What is kept of it.
    pub key: ApiKey,
    /// The key.
    pub token: Token,
}

/// A key just rotated.
#[derive(Clone, Debug)]
pub struct KeyRotation {
    /// The key that takes its place.
    pub made: MadeKey,
    /// Until when the former is valid as well.
    pub former_until: Timestamp,
}

impl Library {
    /// Makes a key.
    ///
    /// # Errors
    /// `Invalid` for a name, scopes or an end that cannot be, `Forbidden` for scopes or a label that
    /// the one who asks does not have, `NotFound` for a collection that there is not.
    pub async fn create_key(&self, principal: &Principal, draft: KeyDraft) -> Result<MadeKey> {
        principal.require(Scope::People)?;
        let invalid = |sentence: &str| Err(Error::new(ErrorKind::Invalid, sentence));
        if draft.scopes.is_empty() {
            return invalid("a key needs at least one scope");
        }
        require_cover(principal, draft.scopes, "that key")?;
        if draft.expires.is_some_and(|end| end <= self.clock.now()) {
            return invalid("the end of a key lies in the future");
        }
        let clearance = draft.clearance.unwrap_or_else(|| principal.clearance());
        if clearance > principal.clearance() {
            let sentence = format!("these credentials do not see what is {clearance}");
            return Err(Error::new(ErrorKind::Forbidden, sentence));
        }
        if let Some(collections) = &draft.collections {
            if collections.is_empty() || collections.len() > COLLECTIONS_OF_KEY_MAX {
                let many = format!("a key is bound to 1 to {COLLECTIONS_OF_KEY_MAX} collections");
                return invalid(&many);
            }
            for id in collections {
                self.catalog.collection(principal, *id).await?;
            }
        }
        let new = NewApiKey {
            name: Label::parse("key", &draft.name)?,
            token: new_token(TokenKind::Key)?,
            scopes: draft.scopes,
            collections: draft.collections,
            clearance,
            expires: draft.expires,
        };
        let token = new.token.clone();
        let key = self.catalog.create_key(principal, new).await?;
        Ok(MadeKey { key, token })
    }

    /// Makes a key in the place of another, which stays valid for so many seconds more.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the key has been revoked, rotated or has ended; `Forbidden` for a
    /// key that may do more than the one who asks.
    pub async fn rotate_key(
        &self,
        principal: &Principal,
        id: KeyId,
        overlap_seconds: u64,
    ) -> Result<KeyRotation> {
        principal.require(Scope::People)?;
        if overlap_seconds > KEY_OVERLAP_SECONDS_MAX {
            let sentence = format!("both keys are valid for {KEY_OVERLAP_SECONDS_MAX} s at most");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let old = self.catalog.key(principal, id).await?;
        require_cover(principal, old.scopes, "that key")?;
        let overlap = SignedDuration::from_secs(i64::try_from(overlap_seconds).unwrap_or(0));
        let until = self.clock.now() + overlap;
        let until = old.expires.map_or(until, |end| end.min(until));
        let new = NewApiKey {
            name: old.name,
            token: new_token(TokenKind::Key)?,
            scopes: old.scopes,
            collections: old.collections.map(|some| some.to_vec()),
            clearance: old.clearance,
            expires: old.expires,
        };
        let token = new.token.clone();
        let key = self.catalog.rotate_key(principal, id, new, until).await?;
        Ok(KeyRotation {
            made: MadeKey { key, token },
            former_until: until,
        })
    }

    /// The keys, oldest first, those that have ended included.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn keys(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<ApiKey>> {
        principal.require(Scope::People)?;
        self.catalog.keys(principal, cursor, limit).await
    }

    /// A key.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn key(&self, principal: &Principal, id: KeyId) -> Result<ApiKey> {
        principal.require(Scope::People)?;
        self.catalog.key(principal, id).await
    }

    /// Revokes a key: from now on it lets nobody in.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn revoke_key(&self, principal: &Principal, id: KeyId) -> Result<ApiKey> {
        principal.require(Scope::People)?;
        self.catalog.revoke_key(principal, id).await
    }
}
