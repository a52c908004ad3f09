//! What a person has to accept before they ask, and that they have.

use std::fmt;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::tenant::ConsentText;
use jiff::Timestamp;

use crate::access::own_id;
use crate::library::Library;

/// Why a question is refused: the one who asks has not accepted the text. It stands beneath the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentRequired;

impl fmt::Display for ConsentRequired {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("consent is required")
    }
}

impl std::error::Error for ConsentRequired {}

/// What a tenant asks its people to accept, and whether one has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The text; none where nothing has to be accepted.
    pub required: Option<ConsentText>,
    /// When the one who asks has accepted it.
    pub accepted: Option<Timestamp>,
}

impl Library {
    /// What the one who asks has to accept, and whether they have.
    ///
    /// # Errors
    /// `NotFound` when that is not a person.
    pub async fn consent(&self, principal: &Principal) -> Result<Consent> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        let required = self.catalog.own_tenant(principal).await?.settings.consent;
        let accepted = match &required {
            Some(text) => self.catalog.accepted(principal, id, &text.version).await?,
            None => None,
        };
        Ok(Consent { required, accepted })
    }

    /// Accepts the text in its present version.
    ///
    /// # Errors
    /// `Conflict` for another version than the present one; `NotFound` when that is not a person.
    pub async fn accept(&self, principal: &Principal, version: &str) -> Result<Consent> {
        let id = own_id(principal)?;
        let required = self.consent(principal).await?.required;
        if required.as_ref().is_none_or(|text| text.version != version) {
            let sentence = "that is not the version that is to be accepted: read the present one \
                            with GET /api/v1/me/consent";
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        self.catalog.accept(principal, id, version).await?;
        self.consent(principal).await
    }

    /// Lets a person ask only when they have accepted what their tenant asks for. Keys act for the
    /// tenant, and have nothing to accept.
    pub(crate) async fn require_consent(&self, principal: &Principal) -> Result<()> {
        let Actor::User(id) = principal.actor() else {
            return Ok(());
        };
        let tenant = self.catalog.own_tenant(principal).await?;
        let Some(text) = tenant.settings.consent else {
            return Ok(());
        };
        let accepted = self.catalog.accepted(principal, *id, &text.version).await?;
        if accepted.is_some() {
            return Ok(());
        }
        let sentence = "your tenant asks you to accept a text before you ask anything: read it with \
                        GET /api/v1/me/consent, and accept it with POST /api/v1/me/consent";
        Err(Error::new(ErrorKind::Forbidden, sentence).with_source(ConsentRequired))
    }
}
