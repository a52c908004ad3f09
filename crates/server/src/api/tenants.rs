//! Tenants: for those who look after the installation, and for the owner of one.

use std::collections::BTreeMap;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::access::{Classification, Scope};
use alexandria_core::error::Error;
use alexandria_core::tenant::{
    CONSENT_TEXT_BYTES_MAX, CONSENT_VERSION_BYTES_MAX, ConsentText, Plan, Quotas,
    RETENTION_DAYS_MAX, Retention, TENANT_GRACE_DAYS_DEFAULT, TENANT_GRACE_DAYS_MAX, Tenant,
    TenantSettings,
};
use alexandria_library::access::TenantDraft;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments, object, optional_object};
use super::invitations::InvitedBody;
use super::keys::{ClassificationBody, made};
use super::problem::Problem;
use super::users::RoleBody;
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
                    .summary("Change a tenant's name, settings, plan or quotas")
                    .description("Plan and quotas are for those who look after the installation.")
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

/// How much a tenant may hold and use, by name.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Plan")]
pub(crate) enum PlanBody {
    /// As much as the installation can.
    #[default]
    Unlimited,
    /// For trying out.
    Trial,
    /// For a group of people.
    Team,
}

impl From<Plan> for PlanBody {
    fn from(plan: Plan) -> Self {
        match plan {
            Plan::Unlimited => Self::Unlimited,
            Plan::Trial => Self::Trial,
            Plan::Team => Self::Team,
        }
    }
}

impl From<PlanBody> for Plan {
    fn from(plan: PlanBody) -> Self {
        match plan {
            PlanBody::Unlimited => Self::Unlimited,
            PlanBody::Trial => Self::Trial,
            PlanBody::Team => Self::Team,
        }
    }
}

/// How much a tenant may hold and use; what is absent is not limited.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Quotas")]
pub(crate) struct QuotasBody {
    /// Documents at the same time.
    pub(crate) documents: Option<u64>,
    /// Bytes of originals at the same time.
    pub(crate) bytes: Option<u64>,
    /// Questions in a calendar month (UTC).
    pub(crate) questions_month: Option<u64>,
    /// Tokens of language models in a calendar month.
    pub(crate) tokens_month: Option<u64>,
    /// What language models may cost in a calendar month, in millionths of a US dollar.
    pub(crate) cost_month_micros: Option<u64>,
}

impl From<Quotas> for QuotasBody {
    fn from(quotas: Quotas) -> Self {
        Self {
            documents: quotas.documents,
            bytes: quotas.bytes,
            questions_month: quotas.questions_month,
            tokens_month: quotas.tokens_month,
            cost_month_micros: quotas.cost_month_micros,
        }
    }
}

impl From<QuotasBody> for Quotas {
    fn from(quotas: QuotasBody) -> Self {
        Self {
            documents: quotas.documents,
            bytes: quotas.bytes,
            questions_month: quotas.questions_month,
            tokens_month: quotas.tokens_month,
            cost_month_micros: quotas.cost_month_micros,
        }
    }
}

/// What a tenant's owner has decided.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "TenantSettings")]
pub(crate) struct SettingsBody {
    /// Whether everybody has to sign in with a second factor.
    pub(crate) mfa_required: bool,
    /// The highest label that editors and readers see, where it is not the usual one.
    #[serde(deserialize_with = "object")]
    pub(crate) clearances: ClearancesBody,
    /// For how many days what people leave behind is kept.
    pub(crate) retention: RetentionBody,
    /// What a person has to accept before they ask anything; nothing unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consent: Option<ConsentTextBody>,
}

/// For how many days a tenant keeps what people leave behind; 0 for as long as the installation does.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Retention")]
pub(crate) struct RetentionBody {
    /// Conversations, after their last question.
    #[schemars(range(max = RETENTION_DAYS_MAX))]
    pub(crate) conversations_days: u32,
    /// Answers, with what was thought of them.
    #[schemars(range(max = RETENTION_DAYS_MAX))]
    pub(crate) answers_days: u32,
    /// Single calls of models in the ledger; what they sum up to by day and month stays.
    #[schemars(range(max = RETENTION_DAYS_MAX))]
    pub(crate) usage_days: u32,
}

/// A text that people accept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConsentText")]
pub(crate) struct ConsentTextBody {
    /// The name of this version, such as `2026-01`; another one asks everybody again.
    #[schemars(length(min = 1, max = CONSENT_VERSION_BYTES_MAX))]
    pub(crate) version: String,
    /// What is accepted.
    #[schemars(length(min = 1, max = CONSENT_TEXT_BYTES_MAX))]
    pub(crate) text: String,
}

impl From<ConsentText> for ConsentTextBody {
    fn from(text: ConsentText) -> Self {
        Self {
            version: text.version,
            text: text.text,
        }
    }
}

/// The highest label that a role sees.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Clearances")]
pub(crate) struct ClearancesBody {
    /// Of editors.
    editor: Option<ClassificationBody>,
    /// Of readers.
    reader: Option<ClassificationBody>,
}

impl From<TenantSettings> for SettingsBody {
    fn from(settings: TenantSettings) -> Self {
        let label = |role: RoleBody| {
            let set = settings.clearances.get(&role.into()).copied();
            set.map(ClassificationBody::from)
        };
        Self {
            clearances: ClearancesBody {
                editor: label(RoleBody::Editor),
                reader: label(RoleBody::Reader),
            },
            mfa_required: settings.mfa_required,
            retention: RetentionBody {
                conversations_days: settings.retention.conversations_days,
                answers_days: settings.retention.answers_days,
                usage_days: settings.retention.usage_days,
            },
            consent: settings.consent.map(ConsentTextBody::from),
        }
    }
}

impl TryFrom<SettingsBody> for TenantSettings {
    type Error = Error;

    fn try_from(settings: SettingsBody) -> Result<Self, Error> {
        let ClearancesBody { editor, reader } = settings.clearances;
        let both = [(RoleBody::Editor, editor), (RoleBody::Reader, reader)];
        let clearances: BTreeMap<_, Classification> = both
            .into_iter()
            .filter_map(|(role, label)| Some((role.into(), label?.into())))
            .collect();
        let retention = Retention {
            conversations_days: settings.retention.conversations_days,
            answers_days: settings.retention.answers_days,
            usage_days: settings.retention.usage_days,
        };
        let consent = settings.consent.map(|body| {
            let ConsentTextBody { version, text } = body;
            ConsentText { version, text }.checked()
        });
        Ok(Self {
            mfa_required: settings.mfa_required,
            clearances,
            retention: retention.checked()?,
            consent: consent.transpose()?,
        })
    }
}

/// A tenant to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TenantCreate")]
pub(crate) struct TenantCreate {
    /// Its name, unique in the installation.
    pub(crate) name: String,
    /// Where its data have to stay: a label such as `eu-central`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// Where its data have to stay.
    pub(crate) region: Option<String>,
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

impl From<Tenant> for TenantBody {
    fn from(tenant: Tenant) -> Self {
        let limits = tenant.limits().into();
        Self {
            id: tenant.id.as_uuid(),
            name: tenant.name.to_string(),
            state: tenant.state.name().to_owned(),
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

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<TenantBody>>, Problem> {
    let (cursor, limit) = (page.cursor.as_deref(), page.limit());
    let page = app.library.tenants(&principal, cursor, limit).await?;
    Ok(Json(page.into()))
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
        tenant: tenant.into(),
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
    Ok(Json(found.into()))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<TenantBody>, Problem> {
    let library = &app.library;
    let mut tenant = library.find_tenant(&principal, &which.tenant).await?;
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
    Ok(Json(tenant.into()))
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
    Ok(Json(ending.into()))
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
    Ok(Json(suspended.into()))
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
    Ok(Json(resumed.into()))
}
