//! Users: the people of the tenant.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::UserId;
use alexandria_core::user::{Email, UserState};
use alexandria_library::access::Provision;
use alexandria_store::catalog::{ProvisionFilter, Provisioned};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Refusal;
use super::patch::{PatchBody, role_of};
use super::{BASE_PATH, ListBody, ListQuery, MetaBody, Scim, allowed, filter};
use crate::api::Shared;
use crate::api::extract::{Asker, Body, Parameters, Segments};

/// What a user is, in SCIM.
pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/scim/v2/Users",
            get_with(list, |operation| {
                operation
                    .id("scim_users_list")
                    .tag("scim")
                    .summary("List the people of your tenant")
                    .description("Filters are `userName eq \"…\"` and `externalId eq \"…\"`.")
            })
            .post_with(create, |operation| {
                operation
                    .id("scim_users_create")
                    .tag("scim")
                    .summary("Make somebody one of the tenant's people")
                    .description("Who has no role becomes a reader. An address is there once.")
                    .response::<201, Scim<UserBody>>()
            }),
        )
        .api_route(
            "/scim/v2/Users/{user}",
            get_with(get, |operation| {
                operation
                    .id("scim_users_get")
                    .tag("scim")
                    .summary("Look at a person")
            })
            .put_with(put, |operation| {
                operation
                    .id("scim_users_put")
                    .tag("scim")
                    .summary("Say everything of a person")
                    .description("What is not said of role and activity stays.")
            })
            .patch_with(patch, |operation| {
                operation
                    .id("scim_users_patch")
                    .tag("scim")
                    .summary("Change a person")
                    .description("Who is not active any more is signed out at once.")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("scim_users_remove")
                    .tag("scim")
                    .summary("Remove a person")
                    .response::<204, ()>()
            }),
        )
}

/// What a directory says of a person. Attributes that are not kept are passed over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimUserDraft")]
struct DraftBody {
    /// Their e-mail address, which they sign in with.
    #[schemars(length(min = 3, max = 254))]
    user_name: String,
    /// What the directory calls them.
    #[schemars(length(min = 1, max = 255))]
    external_id: Option<String>,
    /// What they are called.
    #[schemars(length(max = 200))]
    display_name: Option<String>,
    /// Their name, for directories that tell it in parts.
    name: Option<NameBody>,
    /// Whether they may work.
    active: Option<bool>,
    /// What they are, such as `[{"value": "editor"}]`: one role.
    #[serde(default)]
    roles: Value,
}

/// The parts of a name.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimName")]
struct NameBody {
    /// The whole.
    formatted: Option<String>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
}

impl NameBody {
    fn whole(self) -> Option<String> {
        let parts = [self.given_name, self.family_name];
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        self.formatted.or((!joined.is_empty()).then_some(joined))
    }
}

impl DraftBody {
    fn read(self) -> Result<Provision, Refusal> {
        let name = self.display_name.or(self.name.and_then(NameBody::whole));
        let state = |active| {
            if active {
                UserState::Active
            } else {
                UserState::Suspended
            }
        };
        Ok(Provision {
            email: Some(self.user_name),
            name,
            role: role_of(&self.roles)?,
            state: self.active.map(state),
            external_id: self.external_id,
        })
    }
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimUser")]
struct UserBody {
    /// What this is.
    schemas: [&'static str; 1],
    /// The person's id.
    id: String,
    /// What the directory calls them.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Their e-mail address.
    user_name: String,
    /// What they are called.
    display_name: String,
    /// The same.
    name: NameBody,
    /// Whether they may work.
    active: bool,
    /// Their address again.
    emails: [ValueBody; 1],
    /// What they are.
    roles: [ValueBody; 1],
    /// What there is to know about it.
    meta: MetaBody,
}

/// One value of several that could be.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ScimValue")]
struct ValueBody {
    /// The value.
    value: String,
    /// Whether it is the one that counts.
    primary: bool,
}

impl From<Provisioned> for UserBody {
    fn from(person: Provisioned) -> Self {
        let user = person.user;
        let value = |value: &str| ValueBody {
            value: value.to_owned(),
            primary: true,
        };
        Self {
            schemas: [SCHEMA],
            id: user.id.to_string(),
            external_id: person.external_id,
            user_name: user.email.as_str().to_owned(),
            display_name: user.name.as_str().to_owned(),
            name: NameBody {
                formatted: Some(user.name.as_str().to_owned()),
                given_name: None,
                family_name: None,
            },
            active: user.state == UserState::Active,
            emails: [value(user.email.as_str())],
            roles: [value(user.role.name())],
            meta: MetaBody {
                resource_type: "User",
                created: Some(user.created),
                location: format!("{BASE_PATH}/Users/{}", user.id),
            },
        }
    }
}

/// Which person.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The person's id.
    user: String,
}

impl Which {
    fn id(&self) -> Result<UserId, Refusal> {
        self.user.parse().map_err(|_not_one| unknown(&self.user))
    }
}

/// There is nobody of this id, or nobody that the directory may know of.
pub(super) fn unknown(id: &str) -> Refusal {
    let sentence = format!("there is no person {id:?}");
    Error::new(ErrorKind::NotFound, sentence).into()
}

/// Tells that somebody is not there by the id that the directory gave; other errors as they are.
pub(super) fn missing(id: &str) -> impl Fn(Error) -> Refusal {
    move |error| {
        if error.kind() == ErrorKind::NotFound {
            unknown(id)
        } else {
            error.into()
        }
    }
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Scim<ListBody<UserBody>>, Refusal> {
    allowed(&principal)?;
    let filter = match query.filter.as_deref() {
        None => ProvisionFilter::All,
        Some(text) => {
            let (attribute, text) = filter::parse(text)?;
            match attribute.as_str() {
                "username" | "emails.value" => {
                    Email::parse(&text).map_or(ProvisionFilter::Nobody, ProvisionFilter::Email)
                }
                "externalid" => ProvisionFilter::ExternalId(text),
                "id" => text
                    .parse()
                    .map_or(ProvisionFilter::Nobody, ProvisionFilter::Id),
                _other => {
                    let sentence = "people are found by userName, externalId or id";
                    return Err(Refusal::new("invalidFilter", sentence));
                }
            }
        }
    };
    let window = query.window();
    let (total, found) = app.library.provisioned(&principal, &filter, window).await?;
    let people = found.into_iter().map(UserBody::from).collect();
    Ok(Scim(ListBody::new(total, window.0, people)))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(draft): Body<DraftBody>,
) -> Result<Response, Refusal> {
    allowed(&principal)?;
    let made = app.library.provision(&principal, draft.read()?).await?;
    let body = UserBody::from(made);
    let location = HeaderValue::from_str(&body.meta.location);
    let mut response = (StatusCode::CREATED, Scim(body)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Scim<UserBody>, Refusal> {
    allowed(&principal)?;
    let found = app.library.provisioned_user(&principal, which.id()?).await;
    Ok(Scim(found.map_err(missing(&which.user))?.into()))
}

async fn put(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(draft): Body<DraftBody>,
) -> Result<Scim<UserBody>, Refusal> {
    allowed(&principal)?;
    let said = draft.read()?;
    let library = &app.library;
    let changed = library
        .provision_change(&principal, which.id()?, said)
        .await;
    Ok(Scim(changed.map_err(missing(&which.user))?.into()))
}

async fn patch(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(patch): Body<PatchBody>,
) -> Result<Scim<UserBody>, Refusal> {
    allowed(&principal)?;
    let said = patch.of_user()?;
    let library = &app.library;
    let changed = library
        .provision_change(&principal, which.id()?, said)
        .await;
    Ok(Scim(changed.map_err(missing(&which.user))?.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Refusal> {
    allowed(&principal)?;
    let removed = app.library.remove_user(&principal, which.id()?).await;
    removed.map_err(missing(&which.user))?;
    Ok(StatusCode::NO_CONTENT)
}
