//! Signing in and out.
//!
//! Signing in, going on and accepting an invitation are open to all: whoever calls them shows who they
//! are by what they send.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use aide::transform::TransformOperation;
use alexandria_core::error::ErrorKind;
use alexandria_library::access::{Begun, NewOwner, SignIn, Whereabouts};
use alexandria_library::security::Account;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::extract::{Asker, Body};
use super::problem::Problem;
use super::record::Visit;
use super::second_step::{SignInReply, after_one_step};
use super::users::UserBody;
use super::{Shared, description};
use crate::access::{AccessToken, peer, refused_sign_in};

/// Where people sign in.
pub(crate) const SIGN_IN_PATH: &str = "/api/v1/auth/sign-in";

/// The paths that are open to all, as they send what shows who they are.
pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            SIGN_IN_PATH,
            post_with(sign_in, |operation| {
                open(operation)
                    .id("sign_in")
                    .summary("Sign in with a password")
                    .description(
                        "Gives an access token for `Authorization: Bearer …` and a refresh token to \
                         get the next one with. For a person with a second factor it gives \
                         `mfa_required` and an `mfa_token` instead, for `/api/v1/auth/mfa`.",
                    )
                    .response::<401, ()>()
            }),
        )
        .api_route(
            "/api/v1/auth/refresh",
            post_with(refresh, |operation| {
                open(operation)
                    .id("refresh")
                    .summary("Go on with a session")
                    .description(
                        "Each refresh token is used once. One that is used again ends the session: \
                         somebody has a copy.",
                    )
                    .response::<401, ()>()
            }),
        )
        .api_route(
            "/api/v1/auth/invitation",
            post_with(accept, |operation| {
                open(operation)
                    .id("invitation_accept")
                    .summary("Accept an invitation and sign in")
            }),
        )
}

/// The paths of those who have signed in.
pub(super) fn own_routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/init",
            post_with(init, |operation| {
                operation
                    .id("init")
                    .tag("people")
                    .summary("Make the first account")
                    .description(
                        "For the one user of a library without accounts. From then on everybody has \
                         to sign in or show a key.",
                    )
            }),
        )
        .api_route(
            "/api/v1/auth/sign-out",
            post_with(sign_out, |operation| {
                operation
                    .id("sign_out")
                    .tag("people")
                    .summary("End all your sessions")
                    .response::<204, ()>()
            }),
        )
}

pub(super) fn open(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    description::open(operation).tag("people")
}

/// What somebody signs in with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SignIn")]
struct SignInBody {
    /// Their e-mail address.
    email: String,
    /// Their password.
    #[schemars(length(min = 1, max = 1024))]
    password: String,
    /// The name of the tenant, for an address that is known in several.
    tenant: Option<String>,
}

/// What a session is gone on with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Refresh")]
struct RefreshBody {
    /// The refresh token.
    refresh_token: String,
}

/// What the one who is invited says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvitationAccepted")]
struct AcceptBody {
    /// The token of the invitation.
    token: String,
    /// Their name.
    name: String,
    /// The password they choose: at least 15 characters.
    #[schemars(length(min = 15, max = 1024))]
    password: String,
}

/// The first account.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FirstAccount")]
pub(crate) struct InitBody {
    /// What the installation's own tenant is called from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<String>,
    /// The address of the owner.
    pub(crate) email: String,
    /// Their name.
    pub(crate) name: String,
    /// The password they choose: at least 15 characters.
    #[schemars(length(min = 15, max = 1024))]
    pub(crate) password: String,
}

/// A session and its tokens.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SignedIn")]
pub(crate) struct SignedInBody {
    /// For `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// `bearer`.
    pub(crate) token_type: String,
    /// Seconds for which the access token is valid.
    pub(crate) expires_in: i64,
    /// Gets the next access token; used once.
    pub(crate) refresh_token: String,
    /// When the session ends unless it is gone on with.
    pub(crate) session_ends: Timestamp,
    /// Whether nothing is allowed in it but adding a second factor, because the tenant asks for one.
    pub(crate) must_enrol: bool,
    /// Who has signed in.
    pub(crate) user: UserBody,
}

/// Where a request comes from, for the list of sessions.
pub(super) struct Caller(pub(super) Whereabouts);

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, Problem> {
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        Ok(Self(Whereabouts {
            address: peer(parts).map_or_else(String::new, |peer| peer.to_string()),
            agent: agent.unwrap_or_default().to_owned(),
        }))
    }
}

impl aide::OperationInput for Caller {}

async fn sign_in(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    Body(shown): Body<SignInBody>,
) -> Result<Json<SignInReply>, Problem> {
    let shown = SignIn {
        email: shown.email,
        password: shown.password,
        tenant: shown.tenant,
    };
    let email = shown.email.clone();
    let begun = app.library.authentication().sign_in(shown, &from).await;
    if begun
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::Forbidden)
    {
        let account = Account::Named(&email);
        let security = app.library.security();
        security.sign_in_failed(None, account, &visit.origin).await;
    }
    after_one_step(&app, &visit, begun.map_err(refused_sign_in)?)
}

async fn refresh(
    State(app): State<Shared>,
    visit: Visit,
    Body(shown): Body<RefreshBody>,
) -> Result<Json<SignedInBody>, Problem> {
    let begun = app
        .library
        .authentication()
        .renew(&shown.refresh_token)
        .await;
    answer(&app, &visit, begun.map_err(refused_sign_in)?)
}

async fn accept(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    Body(said): Body<AcceptBody>,
) -> Result<Json<SignedInBody>, Problem> {
    let authentication = app.library.authentication();
    let begun = authentication.accept_invitation(&said.token, &said.name, said.password, &from);
    answer(&app, &visit, begun.await?)
}

/// A session that has begun or goes on, with its tokens.
pub(super) fn answer(
    app: &Shared,
    visit: &Visit,
    begun: Begun,
) -> Result<Json<SignedInBody>, Problem> {
    visit.is_of(begun.user.tenant, begun.user.id);
    let signer = app.gate.signer();
    let access = AccessToken {
        user: begun.user.id,
        session: begun.session,
    };
    Ok(Json(SignedInBody {
        access_token: signer.issue(access, app.clock.now())?,
        token_type: "bearer".to_owned(),
        expires_in: signer.lifetime_seconds(),
        refresh_token: begun.refresh.reveal().to_owned(),
        session_ends: begun.expires,
        must_enrol: begun.must_enrol,
        user: begun.user.into(),
    }))
}

async fn sign_out(State(app): State<Shared>, asker: Asker) -> Result<StatusCode, Problem> {
    app.library.end_own_sessions(&asker.0, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn init(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<InitBody>,
) -> Result<Json<UserBody>, Problem> {
    let new = NewOwner {
        tenant: new.tenant,
        email: new.email,
        name: new.name,
        password: new.password,
    };
    Ok(Json(app.library.init(&principal, new).await?.into()))
}
