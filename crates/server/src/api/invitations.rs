//! The invitations to become one of a tenant's people.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use alexandria_core::id::InvitationId;
use alexandria_library::access::Invited;
use alexandria_store::catalog::Invitation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::keys::made;
use super::problem::Problem;
use super::users::RoleBody;
use super::wire::{PageBody, PageParameters};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/invitations",
            get_with(list, |operation| {
                operation
                    .id("invitations_list")
                    .tag("people")
                    .summary("List the open invitations")
            })
            .post_with(invite, |operation| {
                operation
                    .id("invitations_create")
                    .tag("people")
                    .summary("Invite somebody")
                    .description(
                        "The token is shown this once: send it to the one who is invited. An \
                         earlier invitation to that address is void.",
                    )
                    .response::<201, Json<InvitedBody>>()
            }),
        )
        .api_route(
            "/api/v1/invitations/{invitation}",
            delete_with(withdraw, |operation| {
                operation
                    .id("invitations_withdraw")
                    .tag("people")
                    .summary("Withdraw an invitation")
                    .response::<204, ()>()
            }),
        )
}

/// An invitation to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewInvitation")]
pub(crate) struct InviteBody {
    /// Whom to invite.
    pub(crate) email: String,
    /// As what.
    pub(crate) role: RoleBody,
}

/// An invitation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub(crate) struct InvitationBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// Who is invited.
    pub(crate) email: String,
    /// As what.
    pub(crate) role: RoleBody,
    /// Who invites.
    pub(crate) made_by: String,
    /// Since when.
    pub(crate) created: Timestamp,
    /// Until when it is open.
    pub(crate) expires: Timestamp,
}

impl From<Invitation> for InvitationBody {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.as_uuid(),
            email: invitation.email.to_string(),
            role: invitation.role.into(),
            made_by: invitation.made_by,
            created: invitation.created,
            expires: invitation.expires,
        }
    }
}

/// An invitation just made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Invited")]
pub(crate) struct InvitedBody {
    /// The invitation.
    #[serde(flatten)]
    pub(crate) invitation: InvitationBody,
    /// What the one who is invited shows. It is shown this once.
    pub(crate) token: String,
}

impl From<Invited> for InvitedBody {
    fn from(invited: Invited) -> Self {
        Self {
            token: invited.token.reveal().to_owned(),
            invitation: invited.invitation.into(),
        }
    }
}

/// Which invitation.
#[derive(Debug, Deserialize, JsonSchema)]
struct WhichInvitation {
    /// The invitation's id.
    #[schemars(with = "Uuid")]
    invitation: InvitationId,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<InvitationBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.invitations(&principal, cursor, limit).await?;
    Ok(Json(page.into()))
}

async fn invite(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<InviteBody>,
) -> Result<Response, Problem> {
    let library = &app.library;
    let invited = library.invite(&principal, &new.email, new.role.into());
    let invited = InvitedBody::from(invited.await?);
    let location = format!("/api/v1/invitations/{}", invited.invitation.id);
    Ok(made(&location, &invited))
}

async fn withdraw(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichInvitation>,
) -> Result<StatusCode, Problem> {
    let id = which.invitation;
    app.library.withdraw_invitation(&principal, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
