//! Authentication: who sends a request. The only place where a [`Principal`] is made of what somebody
//! shows.
//!
//! Without accounts and keys there is one user, the owner, who is let in from this machine alone. From
//! the first account, key or outside issuer on, everybody shows one of these as a bearer token: an
//! access token of a session, a key made in the library, or a key of the setting `API_KEYS`.

mod environment_keys;
mod federation;
mod signer;
mod ways;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use alexandria_core::access::{Classification, Role};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::TENANT_DEFAULT;
use alexandria_core::principal::{Actor, Origin, Principal, Reach};
use alexandria_core::token::{TOKEN_BYTES, Token, TokenKind, digest_of};
use alexandria_library::Library;
use alexandria_library::access::scopes_of;
use alexandria_store::catalog::SignedIn;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use percent_encoding::percent_decode;

use self::environment_keys::EnvironmentKeys;
pub(crate) use self::environment_keys::parse as check_keys;
pub(crate) use self::federation::{Issuers, Provider, Returned};
pub(crate) use self::signer::{AccessToken, SECRET_FILE, Signer, former_secret};
pub(crate) use self::ways::{FirstAccount, Ways, ways};
use crate::api::App;
use crate::api::limit::caller::Caller;
use crate::api::problem::Problem;
use crate::config::{Config, Login};

/// The longest token that is looked at, in bytes: anything longer is not one of ours.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The header in which the operator at the machine names the tenant to look into, percent-encoded.
/// From anybody else it is refused.
pub(crate) const TENANT_HEADER: HeaderName = HeaderName::from_static("x-alexandria-tenant");

/// The header in which some programs send their key.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Decides who sends a request.
#[derive(Debug)]
pub(crate) struct Gate {
    login: Login,
    keys: EnvironmentKeys,
    signer: Signer,
    issuers: Issuers,
    provider: Option<Provider>,
    /// Lets in whoever can read the server's presence in the data directory: the operator.
    local: Token,
    /// Whether somebody has an account; never taken back while the process runs.
    accounts: AtomicBool,
}

impl Gate {
    /// As the settings say.
    ///
    /// # Errors
    /// `Invalid` for keys that cannot be, `Unavailable` when the secret cannot be kept.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let mut chance = [0; TOKEN_BYTES];
        getrandom::fill(&mut chance).context(ErrorKind::Internal, || {
            "the system gives no random bytes".to_owned()
        })?;
        Ok(Self {
            login: config.login,
            keys: EnvironmentKeys::new(config.api_keys.as_str())?,
            signer: Signer::open(config)?,
            issuers: Issuers::open(config)?,
            provider: Provider::open(config)?,
            local: Token::new(TokenKind::Local, &chance),
            accounts: AtomicBool::new(false),
        })
    }

    /// What signs and reads access tokens.
    pub(crate) const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The provider of identities that people sign in with, where there is one.
    pub(crate) const fn provider(&self) -> Option<&Provider> {
        self.provider.as_ref()
    }

    /// What lets the operator at this machine in.
    pub(crate) const fn local(&self) -> &Token {
        &self.local
    }

    /// Whether everybody has to show who they are.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be asked.
    pub(crate) async fn is_closed(&self, library: &Library) -> Result<bool> {
        match self.login {
            Login::Off => return Ok(false),
            Login::Required => return Ok(true),
            Login::Auto => {}
        }
        let vouched = !self.issuers.is_empty() || self.provider.is_some();
        if vouched || !self.keys.is_empty() || self.accounts.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let anybody = library.authentication().has_accounts().await?;
        self.accounts.fetch_or(anybody, Ordering::Relaxed);
        Ok(anybody)
    }
}

/// Who sends a request.
///
/// # Errors
/// 401 when nobody known does, 403 for a page of a foreign site.
pub(crate) async fn authenticate(app: &App, parts: &Parts) -> Result<Principal, Problem> {
    let Some(peer) = peer(parts) else {
        // From inside this process: the command line asks its own library.
        return within(app, parts, Principal::owner()).await;
    };
    let request = parts
        .extensions
        .get::<crate::api::RequestId>()
        .map_or_else(String::new, |id| id.0.clone());
    let origin = Arc::new(Origin {
        address: Some(peer),
        request,
    });
    let principal = match shown(&parts.headers)? {
        Some(token) => match known(app, &token).await? {
            Some(principal) => principal,
            // A library without accounts takes any key: clients of other dialects insist on one.
            None if !app.gate.is_closed(&app.library).await? => neighbour(app, parts, peer)?,
            None => return Err(refused(&token)),
        },
        None if app.gate.is_closed(&app.library).await? => {
            return Err(Problem::unauthorized(
                "this library wants to know who asks: send an access token or a key as \
                 Authorization: Bearer …",
            ));
        }
        None => neighbour(app, parts, peer)?,
    };
    let principal = within(app, parts, principal).await?;
    Ok(principal.asking_from(origin))
}

/// The operator at the machine, inside the tenant that they name: as its owner.
async fn within(app: &App, parts: &Parts, principal: Principal) -> Result<Principal, Problem> {
    let Some(named) = parts.headers.get(TENANT_HEADER) else {
        return Ok(principal);
    };
    if *principal.actor() != Actor::Owner {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "only commands on the machine itself look into another tenant",
        ));
    }
    let name = percent_decode(named.as_bytes()).decode_utf8_lossy();
    let tenant = app.library.find_tenant(&principal, &name).await?;
    let scopes = scopes_of(tenant.id, Role::Owner);
    Ok(Principal::authenticated(tenant.id, Actor::Owner, scopes))
}

/// The address that a request comes from: behind a proxy that the settings trust, the one that it
/// names. None inside this process.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    if let Some(Caller(address)) = parts.extensions.get() {
        return Some(*address);
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// The token of a request, if it shows one.
///
/// # Errors
/// 401 for more than one, and for what cannot be a token.
fn shown(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let all: Vec<_> = headers.get_all(header::AUTHORIZATION).iter().collect();
    let keys: Vec<_> = headers.get_all(API_KEY).iter().collect();
    if all.len() + keys.len() > 1 {
        return Err(Problem::unauthorized(
            "the request shows more than one token: send one",
        ));
    }
    let malformed =
        || Problem::unauthorized("that cannot be a token: send it as Authorization: Bearer TOKEN");
    let token = match (all.first(), keys.first()) {
        (Some(value), _) => {
            let text = value.to_str().map_err(|_not_text| malformed())?;
            let (scheme, token) = text.split_once(' ').ok_or_else(malformed)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(malformed());
            }
            token.trim()
        }
        (None, Some(value)) => value.to_str().map_err(|_not_text| malformed())?.trim(),
        (None, None) => return Ok(None),
    };
    if token.is_empty() || token.len() > TOKEN_BYTES_MAX {
        return Err(malformed());
    }
    Ok(Some(token.to_owned()))
}

/// Who holds a token.
async fn known(app: &App, token: &str) -> Result<Option<Principal>, Problem> {
    if token.starts_with(TokenKind::Local.prefix()) {
        let right = digest_of(token) == app.gate.local.digest();
        return Ok(right.then(Principal::owner));
    }
    if token.starts_with(TokenKind::Key.prefix()) {
        let found = app.library.authentication().key_shown(token).await?;
        return Ok(found.map(|key| {
            let reach = key.collections.map_or(Reach::Granted, Reach::Only);
            Principal::authenticated(key.tenant, Actor::Key(key.id), key.scopes)
                .reaching(reach)
                .cleared_for(key.clearance)
        }));
    }
    if let Some((id, scopes)) = app.gate.keys.find(token) {
        let actor = Actor::Key(id);
        let principal = Principal::authenticated(TENANT_DEFAULT, actor, scopes)
            .reaching(Reach::Granted)
            .cleared_for(Classification::Confidential);
        return Ok(Some(principal));
    }
    let Some(access) = app.gate.signer.read(token, app.clock.now()) else {
        let now = app.clock.now();
        let found = app.gate.issuers.find(&app.library, token, now).await?;
        return Ok(found.as_ref().map(principal_of));
    };
    let authentication = app.library.authentication();
    let found = authentication.signed_in(access.session).await?;
    let same = found.filter(|known| known.user.id == access.user);
    Ok(same.map(|known| principal_of(&known).in_session(access.session)))
}

/// Somebody who has signed in, as a principal.
pub(crate) fn principal_of(known: &SignedIn) -> Principal {
    let (tenant, role) = (known.user.tenant, known.user.role);
    let reach = if role.reaches_all() {
        Reach::Tenant
    } else {
        Reach::Granted
    };
    let actor = Actor::User(known.user.id);
    let principal = Principal::authenticated(tenant, actor, scopes_of(tenant, role))
        .reaching(reach)
        .cleared_for(known.tenant_settings.clearance(role));
    if known.must_enrol() {
        return principal.enrolling();
    }
    principal
}

/// The owner of a library without accounts, if the request comes from this machine and not from a page
/// of a foreign site in a browser on it.
fn neighbour(app: &App, parts: &Parts, peer: IpAddr) -> Result<Principal, Problem> {
    if !peer.is_loopback() {
        return Err(Problem::unauthorized(
            "this library has no accounts and serves the machine it runs on alone; `alexandria \
             init` makes the first account",
        ));
    }
    let host = header_text(&parts.headers, &header::HOST);
    if !host.is_none_or(|host| is_of_this_machine(host, &app.config.host)) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "this library has no accounts and answers under an address of this machine alone, such \
             as localhost",
        ));
    }
    let origin = header_text(&parts.headers, &header::ORIGIN);
    let own = |origin: &str| {
        let listed = &app.config.allowed_origins;
        let site = origin.split_once("://").map_or(origin, |(_, site)| site);
        host == Some(site)
            || is_of_this_machine(site, &app.config.host)
            || listed.iter().any(|known| known == origin || known == "*")
    };
    if !origin.is_none_or(own) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "pages of other sites are not served; ALLOWED_ORIGINS lists those that are",
        ));
    }
    Ok(Principal::owner())
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Whether the host of a request is this machine: a name that a foreign site has pointed here is not.
pub(crate) fn is_of_this_machine(host: &str, listens_on: &str) -> bool {
    let name = host.parse::<Uri>().ok();
    let name = name.as_ref().and_then(Uri::host).unwrap_or_default();
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let loopback = name
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback());
    let local =
        name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    loopback || local || name.eq_ignore_ascii_case(listens_on)
}

/// Why a token lets nobody in, without saying what is known of it.
fn refused(token: &str) -> Problem {
    if token.matches('.').count() == 2 {
        return Problem::unauthorized(
            "that access token has expired, its session has ended, or it was signed with another \
             SECRET_KEY than this server's: sign in again",
        );
    }
    Problem::unauthorized("that key is unknown, has expired or was revoked")
}

/// The error of a sign-in that was refused, as the API tells it.
pub(crate) fn refused_sign_in(error: Error) -> Problem {
    if error.kind() == ErrorKind::Forbidden {
        return Problem::unauthorized(error.message());
    }
    Problem::from(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_of_this_machine() {
        for right in [
            "localhost",
            "localhost:8000",
            "127.0.0.1:80",
            "[::1]:8000",
            "a.localhost",
            "box:1",
        ] {
            assert!(is_of_this_machine(right, "box"), "{right}");
        }
        for wrong in [
            "",
            "example.org",
            "example.org:8000",
            "127.0.0.1.example.org",
            "?",
            "10.0.0.1",
        ] {
            assert!(!is_of_this_machine(wrong, "127.0.0.1"), "{wrong}");
        }
    }

    #[test]
    fn two_tokens_are_none() {
        let mut headers = HeaderMap::new();
        assert!(shown(&headers).unwrap().is_none());
        headers.append(header::AUTHORIZATION, "bearer abc".parse().unwrap());
        assert_eq!(shown(&headers).unwrap().as_deref(), Some("abc"));
        headers.append(header::AUTHORIZATION, "Bearer other".parse().unwrap());
        assert!(shown(&headers).is_err());
        let mut headers = HeaderMap::new();
        headers.append(API_KEY, "abc".parse().unwrap());
        assert_eq!(shown(&headers).unwrap().as_deref(), Some("abc"));
        for wrong in [
            "Basic YTpi",
            "Bearer",
            "Bearer ",
            &format!("Bearer {}", "a".repeat(9000)),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(header::AUTHORIZATION, wrong.parse().unwrap());
            assert!(shown(&headers).is_err(), "{wrong}");
        }
    }
}
