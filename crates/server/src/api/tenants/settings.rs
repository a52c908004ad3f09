//! What a tenant's owner decides for everybody in it.

use std::collections::BTreeMap;

use alexandria_core::access::Classification;
use alexandria_core::error::Error;
use alexandria_core::tenant::{
    CONSENT_TEXT_BYTES_MAX, CONSENT_VERSION_BYTES_MAX, ConsentText, RETENTION_DAYS_MAX, Retention,
    TenantSettings,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::extract::{object, optional_object};
use super::super::keys::ClassificationBody;
use super::super::users::RoleBody;

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
    #[serde(deserialize_with = "object")]
    pub(crate) retention: RetentionBody,
    /// What a person has to accept before they ask anything; nothing unless given.
    #[serde(
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
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
