//! A tenant's people, and their sessions as those see them who look after the tenant.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use alexandria_core::access::Role;
use alexandria_core::id::SessionId;
use alexandria_core::user::{User, UserState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::me::SessionsBody;
use super::problem::Problem;
use super::wire::{PageBody, PageParameters};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/users",
            get_with(list, |operation| {
                operation
                    .id("users_list")
                    .tag("people")
                    .summary("List the people of your tenant")
            }),
        )
        .api_route(
            "/api/v1/users/{user}",
            get_with(get, |operation| {
                operation
                    .id("users_get")
                    .tag("people")
                    .summary("Look at a person")
            })
            .patch_with(change, |operation| {
                operation
                    .id("users_change")
                    .tag("people")
                    .summary("Give a person another role, or suspend them")
                    .description("Their sessions end with it. There is always one owner.")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("users_remove")
                    .tag("people")
                    .summary("Remove a person")
                    .description("Their sessions and grants end; what they have put in stays.")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/users/{user}/sessions",
            get_with(sessions, |operation| {
                operation
                    .id("users_sessions")
                    .tag("people")
                    .summary("List a person's sessions")
            })
            .delete_with(end_sessions, |operation| {
                operation
                    .id("users_sessions_end_all")
                    .tag("people")
                    .summary("End all sessions of a person")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/users/{user}/sessions/{session}",
            delete_with(end_session, |operation| {
                operation
                    .id("users_sessions_end")
                    .tag("people")
                    .summary("End a session of a person")
                    .response::<204, ()>()
            }),
        )
}

/// What a person is in a tenant.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Role")]
pub(crate) enum RoleBody {
    /// Everything in the tenant.
    Owner,
    /// People, library, budgets.
    Admin,
    /// Puts documents in and asks.
    Editor,
    /// Asks.
    Reader,
    /// Reads what is used, sets budgets.
    Billing,
    /// Reads the audit log and who has access.
    Auditor,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Editor => Self::Editor,
            Role::Reader => Self::Reader,
            Role::Billing => Self::Billing,
            Role::Auditor => Self::Auditor,
        }
    }
}

impl From<RoleBody> for Role {
    fn from(role: RoleBody) -> Self {
        match role {
            RoleBody::Owner => Self::Owner,
            RoleBody::Admin => Self::Admin,
            RoleBody::Editor => Self::Editor,
            RoleBody::Reader => Self::Reader,
            RoleBody::Billing => Self::Billing,
            RoleBody::Auditor => Self::Auditor,
        }
    }
}

/// Whether a person may work.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "UserState")]
pub(crate) enum UserStateBody {
    /// They may.
    Active,
    /// They are not let in.
    Suspended,
}

/// A person.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "User")]
pub(crate) struct UserBody {
    /// Their id.
    pub(crate) id: Uuid,
    /// The tenant.
    pub(crate) tenant_id: Uuid,
    /// The address they sign in with.
    pub(crate) email: String,
    /// What they are called.
    pub(crate) name: String,
    /// Their telephone number, where they gave one.
    pub(crate) phone_number: Option<String>,
    /// What they are in the tenant.
    pub(crate) role: RoleBody,
    /// Whether they may work.
    pub(crate) state: UserStateBody,
    /// Since when they are one of the tenant's people.
    pub(crate) created: Timestamp,
    /// When they last signed in.
    pub(crate) signed_in: Option<Timestamp>,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_uuid(),
            tenant_id: user.tenant.as_uuid(),
            email: user.email.to_string(),
            name: user.name.to_string(),
            phone_number: user.phone_number,
            role: user.role.into(),
            state: match user.state {
                UserState::Active => UserStateBody::Active,
                UserState::Suspended => UserStateBody::Suspended,
            },
            created: user.created,
            signed_in: user.signed_in,
        }
    }
}

/// What to change about a person; what is absent stays.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserChange")]
pub(crate) struct ChangeBody {
    /// Another role.
    pub(crate) role: Option<RoleBody>,
    /// Whether they may work.
    pub(crate) state: Option<UserStateBody>,
}

/// Which person.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The person's id or address.
    user: String,
}

/// Which session of a person.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichSession {
    /// The person's id or address.
    user: String,
    /// The session's id.
    #[schemars(with = "Uuid")]
    session: SessionId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<UserBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.users(&principal, cursor, limit).await?;
    Ok(Json(page.into()))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<UserBody>, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    Ok(Json(found.into()))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<UserBody>, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    let state = change.state.map(|state| match state {
        UserStateBody::Active => UserState::Active,
        UserStateBody::Suspended => UserState::Suspended,
    });
    let role = change.role.map(Role::from);
    let changed = app.library.change_user(&principal, found.id, role, state);
    Ok(Json(changed.await?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    app.library.remove_user(&principal, found.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sessions(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<SessionsBody>, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    let sessions = app.library.sessions(&principal, found.id).await?;
    Ok(Json(sessions.into()))
}

async fn end_sessions(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    app.library.end_sessions(&principal, found.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_session(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichSession>,
) -> Result<StatusCode, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    let session = Some(which.session);
    app.library
        .end_sessions(&principal, found.id, session)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
