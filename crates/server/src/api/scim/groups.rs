//! Groups: the roles of the tenant, whose members are the people that have them.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::UserId;
use alexandria_core::principal::Principal;
use alexandria_library::access::Provision;
use alexandria_store::catalog::{ProvisionFilter, Provisioned};
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Refusal;
use super::patch::{Members, PatchBody};
use super::users::{missing, unknown};
use super::{BASE_PATH, ListBody, ListQuery, MetaBody, Scim, allowed, filter};
use crate::api::Shared;
use crate::api::extract::{Asker, Body, Parameters, Segments};

/// What a group is, in SCIM.
pub(super) const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The most members that a group is shown with.
const MEMBERS_MAX: u32 = 1_000;

/// What becomes of those who are taken from another role.
const ROLE_LEAST: Role = Role::Reader;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/scim/v2/Groups",
            get_with(list, |operation| {
                operation
                    .id("scim_groups_list")
                    .tag("scim")
                    .summary("List the roles")
                    .description("Without their members. The filter is `displayName eq \"…\"`.")
            }),
        )
        .api_route(
            "/scim/v2/Groups/{group}",
            get_with(get, |operation| {
                operation
                    .id("scim_groups_get")
                    .tag("scim")
                    .summary("Look at a role and who has it")
            })
            .patch_with(patch, |operation| {
                operation
                    .id("scim_groups_patch")
                    .tag("scim")
                    .summary("Give people a role, take it from them, or say who has it")
                    .description(
                        "A person has one role. Who is taken from one, or is left out where the \
                         members are replaced, becomes a reader. Nothing is changed when one of the \
                         people is not known.",
                    )
            }),
        )
}

/// A role.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimGroup")]
struct GroupBody {
    /// What this is.
    schemas: [&'static str; 1],
    /// The role's name.
    id: &'static str,
    /// The same.
    display_name: &'static str,
    /// Who has it: the first thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<MemberBody>>,
    /// What there is to know about it.
    meta: MetaBody,
}

/// One who has a role.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ScimMember")]
struct MemberBody {
    /// The person's id.
    value: String,
    /// What they are called.
    display: String,
    /// Where they are.
    #[serde(rename = "$ref")]
    reference: String,
}

impl From<Provisioned> for MemberBody {
    fn from(person: Provisioned) -> Self {
        let id = person.user.id.to_string();
        Self {
            reference: format!("{BASE_PATH}/Users/{id}"),
            value: id,
            display: person.user.name.as_str().to_owned(),
        }
    }
}

impl GroupBody {
    fn new(role: Role, members: Option<Vec<MemberBody>>) -> Self {
        Self {
            schemas: [SCHEMA],
            id: role.name(),
            display_name: role.name(),
            members,
            meta: MetaBody {
                resource_type: "Group",
                created: None,
                location: format!("{BASE_PATH}/Groups/{}", role.name()),
            },
        }
    }
}

/// Which role.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The role's name.
    group: String,
}

impl Which {
    fn role(&self) -> Result<Role, Refusal> {
        let known = self.group.parse();
        known.map_err(|_unknown| {
            let sentence = format!("there is no group {:?}", self.group);
            Error::new(ErrorKind::NotFound, sentence).into()
        })
    }
}

async fn list(
    Asker(principal): Asker,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Scim<ListBody<GroupBody>>, Refusal> {
    allowed(&principal)?;
    let chosen = query.filter.as_deref().map(filter::parse).transpose()?;
    if chosen
        .as_ref()
        .is_some_and(|(attribute, _)| !["displayname", "id"].contains(&attribute.as_str()))
    {
        let sentence = "groups are found by displayName or id";
        return Err(Refusal::new("invalidFilter", sentence));
    }
    let wanted = |role: &Role| {
        let name = chosen.as_ref().map(|(_, name)| name.as_str());
        name.is_none_or(|name| name == role.name())
    };
    let all: Vec<Role> = Role::ALL.into_iter().filter(wanted).collect();
    let (skip, count) = query.window();
    let total = all.len() as u64;
    let some = all
        .into_iter()
        .skip(usize::try_from(skip).unwrap_or(usize::MAX))
        .take(usize::try_from(count).unwrap_or(usize::MAX))
        .map(|role| GroupBody::new(role, None));
    Ok(Scim(ListBody::new(total, skip, some.collect())))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Scim<GroupBody>, Refusal> {
    allowed(&principal)?;
    let role = which.role()?;
    Ok(Scim(whole(&app, &principal, role).await?))
}

async fn whole(app: &Shared, principal: &Principal, role: Role) -> Result<GroupBody, Refusal> {
    let filter = ProvisionFilter::Role(role);
    let window = (0, MEMBERS_MAX);
    let (_total, members) = app.library.provisioned(principal, &filter, window).await?;
    let members = members.into_iter().map(MemberBody::from).collect();
    Ok(GroupBody::new(role, Some(members)))
}

async fn patch(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(patch): Body<PatchBody>,
) -> Result<Scim<GroupBody>, Refusal> {
    allowed(&principal)?;
    let role = which.role()?;
    let said = patch.of_group()?;
    let members = settled(&app, &principal, role, said).await?;
    if role == ROLE_LEAST && !members.removed.is_empty() {
        let sentence = "everybody has a role: put people into another group, or say that they are \
                        not active";
        return Err(Refusal::new("mutability", sentence));
    }
    let added = members.added.iter().map(|id| (id, role));
    let removed = members.removed.iter().map(|id| (id, ROLE_LEAST));
    let mut changes = Vec::new();
    for (id, becomes) in added.chain(removed) {
        let user = id.parse().map_err(|_not_one| unknown(id))?;
        let found = app.library.provisioned_user(&principal, user).await;
        let known = found.map_err(missing(id))?;
        // Who was taken from this role already keeps the other one.
        if becomes == ROLE_LEAST && role != ROLE_LEAST && known.user.role != role {
            continue;
        }
        if known.user.role != becomes {
            changes.push((id, user, becomes));
        }
    }
    for (id, user, becomes) in changes {
        let said = Provision {
            role: Some(becomes),
            ..Provision::default()
        };
        let changed = app.library.provision_change(&principal, user, said).await;
        changed.map_err(missing(id))?;
    }
    Ok(Scim(whole(&app, &principal, role).await?))
}

/// Who is put among the members of a role and who is taken from them, where all of them are said: those
/// who have it and are left out are taken from it.
async fn settled(
    app: &Shared,
    principal: &Principal,
    role: Role,
    said: Members,
) -> Result<Members, Refusal> {
    let Some(replaced) = said.replaced else {
        return Ok(said);
    };
    let (mut added, mut removed) = (replaced, said.removed);
    added.retain(|id| !removed.contains(id));
    added.extend(said.added);
    let mut staying: Vec<UserId> = Vec::with_capacity(added.len());
    for id in &added {
        staying.push(id.parse().map_err(|_not_one| unknown(id))?);
    }
    let filter = ProvisionFilter::Role(role);
    let mut skip = 0;
    loop {
        let window = (skip, MEMBERS_MAX);
        let (total, some) = app.library.provisioned(principal, &filter, window).await?;
        let left_out = some.iter().map(|person| person.user.id);
        let left_out = left_out.filter(|id| !staying.contains(id));
        removed.extend(left_out.map(|id| id.to_string()));
        skip += MEMBERS_MAX;
        if u64::from(skip) >= total {
            break;
        }
    }
    Ok(Members {
        replaced: None,
        added,
        removed,
    })
}
