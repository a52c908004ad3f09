//! What a person may know and change about themselves: who they are, and their sessions.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use alexandria_core::id::SessionId;
use alexandria_core::principal::Actor;
use alexandria_library::access::SelfChange;
use alexandria_store::catalog::Session;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Segments};
use super::keys::ScopeBody;
use super::problem::Problem;
use super::users::UserBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/me",
            get_with(me, |operation| {
                operation
                    .id("me")
                    .tag("people")
                    .summary("Say who asks, and what they may do")
            })
            .patch_with(change, |operation| {
                operation
                    .id("me_change")
                    .tag("people")
                    .summary("Change your name, your telephone number or your password")
            }),
        )
        .api_route(
            "/api/v1/me/sessions",
            get_with(sessions, |operation| {
                operation
                    .id("me_sessions")
                    .tag("people")
                    .summary("List your sessions, the last used first")
            }),
        )
        .api_route(
            "/api/v1/me/sessions/{session}",
            delete_with(end_session, |operation| {
                operation
                    .id("me_sessions_end")
                    .tag("people")
                    .summary("End one of your sessions")
                    .response::<204, ()>()
            }),
        )
}

/// Who asks.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Me")]
pub(crate) struct MeBody {
    /// The tenant.
    pub(crate) tenant_id: Uuid,
    /// `owner` in a library without accounts, else `user:…` or `key:…`.
    pub(crate) actor: String,
    /// What they may do.
    pub(crate) scopes: Vec<ScopeBody>,
    /// The person, where it is one.
    pub(crate) user: Option<UserBody>,
}

/// What to change about oneself; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MeChange")]
struct ChangeBody {
    /// A new name.
    name: Option<String>,
    /// A telephone number; an empty one removes it.
    phone_number: Option<String>,
    /// A new password, with the one so far. It ends all sessions.
    password: Option<NewPassword>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password so far.
    former: String,
    /// The new one: at least 15 characters.
    #[schemars(length(min = 15, max = 1024))]
    new: String,
}

/// A session.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionBody {
    /// Its id.
    id: Uuid,
    /// How its person has shown who they are: `password`, `mfa`, `passkey` or `oidc`.
    strength: String,
    /// The address it was begun from.
    address: String,
    /// The program it was begun with, as that calls itself.
    agent: String,
    /// When it was begun.
    created: Timestamp,
    /// When it was last gone on with.
    used: Timestamp,
    /// When it ends.
    expires: Timestamp,
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.as_uuid(),
            strength: session.strength.name().to_owned(),
            address: session.address,
            agent: session.agent,
            created: session.created,
            used: session.used,
            expires: session.expires,
        }
    }
}

/// Sessions.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Sessions")]
pub(crate) struct SessionsBody {
    /// The last used first.
    items: Vec<SessionBody>,
}

impl From<Vec<Session>> for SessionsBody {
    fn from(sessions: Vec<Session>) -> Self {
        Self {
            items: sessions.into_iter().map(SessionBody::from).collect(),
        }
    }
}

/// Which session.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The session's id.
    #[schemars(with = "Uuid")]
    session: SessionId,
}

async fn me(State(app): State<Shared>, asker: Asker) -> Result<Json<MeBody>, Problem> {
    let user = match asker.0.actor() {
        Actor::User(_) => Some(app.library.me(&asker.0).await?.into()),
        Actor::Owner | Actor::Key(_) | Actor::System(_) => None,
    };
    Ok(Json(MeBody {
        tenant_id: asker.0.tenant().as_uuid(),
        actor: asker.0.actor().to_string(),
        scopes: asker.0.scopes().iter().map(ScopeBody::from).collect(),
        user,
    }))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(change): Body<ChangeBody>,
) -> Result<Json<UserBody>, Problem> {
    let change = SelfChange {
        name: change.name,
        phone_number: change.phone_number,
        password: change.password.map(|both| (both.former, both.new)),
    };
    let changed = app.library.change_me(&principal, change).await?;
    Ok(Json(changed.into()))
}

async fn sessions(State(app): State<Shared>, asker: Asker) -> Result<Json<SessionsBody>, Problem> {
    let sessions = app.library.own_sessions(&asker.0).await?;
    Ok(Json(sessions.into()))
}

async fn end_session(
    State(app): State<Shared>,
    asker: Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let session = Some(which.session);
    app.library.end_own_sessions(&asker.0, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
