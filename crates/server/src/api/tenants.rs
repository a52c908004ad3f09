//! Tenants: for those who look after the installation, and for the owner of one.

mod plan;
mod settings;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::access::Scope;
use alexandria_core::region::{REGION_BYTES_MAX, Residence};
use alexandria_core::tenant::{
    Plan, Quotas, TENANT_GRACE_DAYS_DEFAULT, TENANT_GRACE_DAYS_MAX, Tenant, TenantSettings,
};
use alexandria_library::access::TenantDraft;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::plan::{PlanBody, QuotasBody};
pub(crate) use self::settings::{ConsentTextBody, SettingsBody};
use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments, given, object, optional_object};
use super::invitations::InvitedBody;
use super::keys::made;
use super::problem::Problem;
use super::wire::{PageBody, PageParameters};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/tenants",
            get_with(list, |operation| {
                operation
                    .id("tenants_list")
                    .tag("tenants")
                    .summary("List the tenants of the installation")
            })
            .post_with(create, |operation| {
                operation
                    .id("tenants_create")
                    .tag("tenants")
                    .summary("Make a tenant")
                    .description("With `owner_email`, its first owner is invited at once.")
                    .response::<201, Json<MadeTenantBody>>()
            }),
        )
        .api_route(
            "/api/v1/tenants/{tenant}",
            get_with(get, |operation| {
                operation
                    .id("tenants_get")
                    .tag("tenants")
                    .summary("Look at a tenant")
                    .description(
                        "Those who look after the installation see any, an owner their own.",
                    )
            })
            .patch_with(change, |operation| {
                operation
                    .id("tenants_change")
                    .tag("tenants")
                    .summary("Change a tenant's name, settings, region, plan or quotas")
                    .description(
                        "Region, plan and quotas are for those who look after the installation. A \
                         region that this installation does not store in is refused.",
                    )
            })
            .delete_with(end, |operation| {
                operation
                    .id("tenants_end")
                    .tag("tenants")
                    .summary("End a tenant after a grace")
                    .description(
                        "Nobody of it is let in from now on. What it holds is removed after the \
                         grace; until then it can be taken back by resuming it.",
                    )
            }),
        )
        .api_route(
            "/api/v1/tenants/{tenant}/suspend",
            post_with(suspend, |operation| {
                operation
                    .id("tenants_suspend")
                    .tag("tenants")
                    .summary("Let nobody of a tenant in")
            }),
        )
        .api_route(
            "/api/v1/tenants/{tenant}/resume",
            post_with(resume, |operation| {
                operation
                    .id("tenants_resume")
                    .tag("tenants")
                    .summary("Let a tenant's people in again")
            }),
        )
}

/// A tenant to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenantCreate")]
pub(crate) struct TenantCreate {
    /// Its name, unique in the installation.
    pub(crate) name: String,
    /// The region that everything it has must stay in: a label such as `eu-central`, the one that this
    /// installation stores in (`storage.region`). Another one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = REGION_BYTES_MAX), regex(pattern = "^[a-z0-9-]+$"))]
    pub(crate) region: Option<String>,
    /// How much it may hold and use.
    #[serde(default)]
    pub(crate) plan: PlanBody,
    /// What it may hold and use instead of what the plan says.
    #[serde(default, deserialize_with = "object")]
    pub(crate) quotas: QuotasBody,
    /// Whom to invite as its first owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_email: Option<String>,
}

/// A tenant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub(crate) struct TenantBody {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// `active`, `suspended` or `ending`.
    pub(crate) state: String,
    /// The region that everything it has must stay in; anywhere when null.
    pub(crate) region: Option<String>,
    /// Whether everything it has is stored in its region; null without one. Where it is not, documents are
    /// neither added nor changed.
    pub(crate) region_holds: Option<bool>,
    /// What is not in its region and what follows from it, a sentence each: the storage, the embedding
    /// model, the language model.
    pub(crate) region_notes: Vec<String>,
    /// How much it may hold and use, by name.
    pub(crate) plan: PlanBody,
    /// What it may hold and use in all: its own quotas, and the plan's where it has none.
    pub(crate) limits: QuotasBody,
    /// What its owner has decided.
    pub(crate) settings: SettingsBody,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When what it holds is removed, once its end has been asked for.
    pub(crate) ends: Option<Timestamp>,
}

impl TenantBody {
    /// A tenant, and what of it is in its region.
    fn of(tenant: Tenant, residence: &Residence) -> Self {
        let limits = tenant.limits().into();
        let region = tenant.region.as_ref();
        Self {
            id: tenant.id.as_uuid(),
            name: tenant.name.to_string(),
            state: tenant.state.name().to_owned(),
            region_holds: region.map(|region| residence.holds(region)),
            region_notes: region.map_or_else(Vec::new, |region| residence.notes(region)),
            region: tenant.region.map(String::from),
            plan: tenant.plan.into(),
            limits,
            settings: tenant.settings.into(),
            created: tenant.created,
            ends: tenant.ends,
        }
    }
}

/// A tenant just made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MadeTenant")]
pub(crate) struct MadeTenantBody {
    /// The tenant.
    #[serde(flatten)]
    pub(crate) tenant: TenantBody,
    /// The invitation of its first owner, where one was asked for.
    pub(crate) invited: Option<InvitedBody>,
}

/// What to change about a tenant; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "TenantChange")]
pub(crate) struct ChangeBody {
    /// A new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Other decisions of its owner, all of them.
    #[serde(
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) settings: Option<SettingsBody>,
    /// Another region that everything it has must stay in, the one that this installation stores in; null
    /// for none.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", length(min = 1, max = REGION_BYTES_MAX), regex(pattern = "^[a-z0-9-]+$"))]
    pub(crate) region: Option<Option<String>>,
    /// Another plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<PlanBody>,
    /// Other quotas of its own, all of them.
    #[serde(
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) quotas: Option<QuotasBody>,
}

/// How a tenant is ended.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct EndParameters {
    /// Days until what it holds is removed; 30 unless given.
    #[schemars(range(max = TENANT_GRACE_DAYS_MAX))]
    grace_days: Option<u32>,
}

/// Which tenant.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The tenant's id or name.
    tenant: String,
}

fn body(app: &Shared, tenant: Tenant) -> TenantBody {
    TenantBody::of(tenant, &app.library.settings().residence())
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<TenantBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.tenants(&principal, cursor, limit).await?;
    let residence = app.library.settings().residence();
    let items = page.items.into_iter();
    Ok(Json(PageBody {
        items: items
            .map(|tenant| TenantBody::of(tenant, &residence))
            .collect(),
        next: page.next,
    }))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(new): Body<TenantCreate>,
) -> Result<Response, Problem> {
    let draft = TenantDraft {
        name: new.name,
        region: new.region.as_deref().map(str::parse).transpose()?,
        plan: new.plan.into(),
        quotas: new.quotas.into(),
        owner_email: new.owner_email,
    };
    let (tenant, invited) = app.library.create_tenant(&principal, draft).await?;
    let body = MadeTenantBody {
        tenant: body(&app, tenant),
        invited: invited.map(InvitedBody::from),
    };
    let location = format!("/api/v1/tenants/{}", body.tenant.id);
    Ok(made(&location, &body))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<TenantBody>, Problem> {
    let found = app.library.find_tenant(&principal, &which.tenant).await?;
    Ok(Json(body(&app, found)))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<TenantBody>, Problem> {
    let library = &app.library;
    let mut tenant = library.find_tenant(&principal, &which.tenant).await?;
    if let Some(region) = change.region {
        let region = region.as_deref().map(str::parse).transpose()?;
        tenant = library.place_tenant(&principal, tenant.id, region).await?;
    }
    if change.plan.is_some() || change.quotas.is_some() {
        let plan = change.plan.map(Plan::from);
        let quotas = change.quotas.map(Quotas::from);
        tenant = library
            .limit_tenant(&principal, tenant.id, plan, quotas)
            .await?;
    }
    if change.name.is_some() || change.settings.is_some() {
        let settings = change.settings.map(TenantSettings::try_from).transpose()?;
        tenant = library
            .change_tenant(&principal, tenant.id, change.name.as_deref(), settings)
            .await?;
    }
    Ok(Json(body(&app, tenant)))
}

async fn end(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(how): Parameters<EndParameters>,
) -> Result<Json<TenantBody>, Problem> {
    let library = &app.library;
    let tenant = library.find_tenant(&principal, &which.tenant).await?;
    let grace = how.grace_days.unwrap_or(TENANT_GRACE_DAYS_DEFAULT);
    let ending = library.end_tenant(&principal, tenant.id, grace).await?;
    Ok(Json(body(&app, ending)))
}

async fn suspend(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<TenantBody>, Problem> {
    principal.require(Scope::Operate)?;
    let library = &app.library;
    let tenant = library.find_tenant(&principal, &which.tenant).await?;
    let suspended = library.suspend_tenant(&principal, tenant.id).await?;
    Ok(Json(body(&app, suspended)))
}

async fn resume(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<TenantBody>, Problem> {
    principal.require(Scope::Operate)?;
    let library = &app.library;
    let tenant = library.find_tenant(&principal, &which.tenant).await?;
    let resumed = library.resume_tenant(&principal, tenant.id).await?;
    Ok(Json(body(&app, resumed)))
}
