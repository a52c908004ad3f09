//! By which ways a caller is let in: what has to be known before anybody signs in, and no more. Of the
//! people it tells only whether there are any.

use alexandria_core::error::Result;
use axum::http::header;
use axum::http::request::Parts;

use super::{header_text, neighbour, peer};
use crate::api::App;
use crate::config::relying_party;

/// By which ways a caller is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    /// Whether this caller is let in without showing anything.
    pub(crate) open: bool,
    /// What the first account is made with; none where somebody has one.
    pub(crate) first_account: Option<FirstAccount>,
    /// Whether a passkey can be shown on the page that asks.
    pub(crate) passkeys: bool,
    /// Whether there is a provider of identities to sign in with.
    pub(crate) oidc: bool,
}

/// What the first account is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstAccount {
    /// With nothing, by this caller.
    Nothing,
    /// With nothing, but on the machine of the library alone.
    Machine,
    /// With a key that may look after the installation, or by `alexandria init` on the machine.
    Key,
}

/// By which ways the sender of this request is let in.
///
/// # Errors
/// `Unavailable` when the catalog cannot be asked.
pub(crate) async fn ways(app: &App, parts: &Parts) -> Result<Ways> {
    let closed = app.gate.is_closed(&app.library).await?;
    let near = peer(parts).is_none_or(|peer| neighbour(app, parts, peer).is_ok());
    let first_account = if app.library.authentication().has_accounts().await? {
        None
    } else if closed {
        Some(FirstAccount::Key)
    } else if near {
        Some(FirstAccount::Nothing)
    } else {
        Some(FirstAccount::Machine)
    };
    Ok(Ways {
        open: near && !closed,
        first_account,
        passkeys: has_passkeys(app, parts),
        oidc: app.gate.provider().is_some(),
    })
}

/// Whether the page that asks is one of those that passkeys are bound to. Pages of this server send no
/// origin along when they only look, and are known by the name they ask for.
fn has_passkeys(app: &App, parts: &Parts) -> bool {
    let party = relying_party(&app.config);
    let origin = header_text(&parts.headers, &header::ORIGIN);
    let host = header_text(&parts.headers, &header::HOST);
    let is_asking = |own: &String| match origin {
        Some(origin) => own == origin,
        None => own.split_once("://").map(|(_, host)| host) == host,
    };
    party.id.is_some() && party.origins.iter().any(is_asking)
}
