//! How much a tenant may hold and use.

use alexandria_core::tenant::{Plan, Quotas};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
