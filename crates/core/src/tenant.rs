//! Tenants: who owns, in which state, and how much they may hold and use.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Classification, Role};
use crate::error::{Error, ErrorKind, Result};
use crate::id::TenantId;
use crate::label::Label;
use crate::region::Region;

/// The longest name of a tenant, in bytes.
pub const TENANT_NAME_BYTES_MAX: usize = 200;

/// Days between the request to end a tenant and the removal of what it holds, unless said otherwise.
pub const TENANT_GRACE_DAYS_DEFAULT: u32 = 30;

/// The most days of grace.
pub const TENANT_GRACE_DAYS_MAX: u32 = 365;

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its identity.
    pub id: TenantId,
    /// Its name, unique in the installation as [`Label::key`] compares names.
    pub name: Label,
    /// Whether its people may work.
    pub state: TenantState,
    /// Where what it has must stay; anywhere when there is none.
    pub region: Option<Region>,
    /// How much it may hold and use, by name.
    pub plan: Plan,
    /// What the tenant may hold and use instead of what its plan says.
    pub quotas: Quotas,
    /// What its owner has decided.
    pub settings: TenantSettings,
    /// When it was made.
    pub created: Timestamp,
    /// When what it holds is removed, once its end has been asked for.
    pub ends: Option<Timestamp>,
}

impl Tenant {
    /// What it may hold and use.
    #[must_use]
    pub fn limits(&self) -> Quotas {
        self.quotas.or(self.plan.quotas())
    }
}

/// Whether a tenant's people may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TenantState {
    /// They may.
    Active,
    /// Nobody of it is let in; what it holds stays.
    Suspended,
    /// Its end has been asked for: nobody is let in, and what it holds is removed after the grace.
    Ending,
    /// What it held has been removed.
    Ended,
}

impl TenantState {
    /// The state's name, as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Ending => "ending",
            Self::Ended => "ended",
        }
    }
}

impl FromStr for TenantState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let all = [Self::Active, Self::Suspended, Self::Ending, Self::Ended];
        let found = all.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| {
            let sentence = "a tenant is active, suspended, ending or ended";
            Error::new(ErrorKind::Invalid, sentence)
        })
    }
}

/// How much a tenant may hold and use, by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// As much as the installation can.
    #[default]
    Unlimited,
    /// For trying out.
    Trial,
    /// For a group of people.
    Team,
}

impl Plan {
    /// Every plan.
    pub const ALL: [Self; 3] = [Self::Unlimited, Self::Trial, Self::Team];

    /// The plan's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Trial => "trial",
            Self::Team => "team",
        }
    }

    /// What it allows.
    #[must_use]
    pub const fn quotas(self) -> Quotas {
        match self {
            Self::Unlimited => Quotas::NONE,
            Self::Trial => Quotas {
                documents: Some(100),
                bytes: Some(1 << 30),
                questions_month: Some(1_000),
                tokens_month: Some(1_000_000),
                cost_month_micros: Some(5_000_000),
            },
            Self::Team => Quotas {
                documents: Some(10_000),
                bytes: Some(100 << 30),
                questions_month: Some(100_000),
                tokens_month: Some(100_000_000),
                cost_month_micros: Some(500_000_000),
            },
        }
    }
}

impl FromStr for Plan {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|plan| plan.name() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            let sentence = format!("that is not a plan: there are {known}");
            Error::new(ErrorKind::Invalid, sentence)
        })
    }
}

/// How much a tenant may hold and use; what is none is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Documents at the same time.
    pub documents: Option<u64>,
    /// Bytes of originals at the same time.
    pub bytes: Option<u64>,
    /// Questions in a calendar month (UTC).
    pub questions_month: Option<u64>,
    /// Tokens of language models in a calendar month.
    pub tokens_month: Option<u64>,
    /// What language models may cost in a calendar month, in millionths of a US dollar.
    pub cost_month_micros: Option<u64>,
}

impl Quotas {
    /// No limit at all.
    pub const NONE: Self = Self {
        documents: None,
        bytes: None,
        questions_month: None,
        tokens_month: None,
        cost_month_micros: None,
    };

    /// These, and the others where these say nothing.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            documents: self.documents.or(others.documents),
            bytes: self.bytes.or(others.bytes),
            questions_month: self.questions_month.or(others.questions_month),
            tokens_month: self.tokens_month.or(others.tokens_month),
            cost_month_micros: self.cost_month_micros.or(others.cost_month_micros),
        }
    }
}

/// What a tenant's owner has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenantSettings {
    /// Whether everybody has to sign in with a second factor.
    pub mfa_required: bool,
    /// The highest label that a role sees, where it is not [`Role::clearance`].
    pub clearances: BTreeMap<Role, Classification>,
    /// For how long what people leave behind is kept.
    #[serde(skip_serializing_if = "Retention::is_unlimited")]
    pub retention: Retention,
    /// What a person has to accept before they ask anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentText>,
}

/// The most days that something may be said to be kept for: a century.
pub const RETENTION_DAYS_MAX: u32 = 36_525;

/// The longest name of a version of a text that people accept, in bytes.
pub const CONSENT_VERSION_BYTES_MAX: usize = 64;

/// The longest text that people accept, in bytes.
pub const CONSENT_TEXT_BYTES_MAX: usize = 32 * 1024;

/// For how many days a tenant keeps what people leave behind; 0 for as long as the installation keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Conversations, after their last question.
    pub conversations_days: u32,
    /// Answers, with what was thought of them.
    pub answers_days: u32,
    /// Single calls of models in the ledger; what they sum up to by day and month stays.
    pub usage_days: u32,
}

impl Retention {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        *self == Self::default()
    }

    /// The same, if it can be.
    ///
    /// # Errors
    /// `Invalid` beyond [`RETENTION_DAYS_MAX`].
    pub fn checked(self) -> Result<Self> {
        let days = [self.conversations_days, self.answers_days, self.usage_days];
        if days.iter().any(|days| *days > RETENTION_DAYS_MAX) {
            let sentence = format!("nothing is kept for more than {RETENTION_DAYS_MAX} days");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(self)
    }
}

/// A text that people accept, under the name of its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentText {
    /// The name of this version, such as `2026-01`. Another name asks everybody again.
    pub version: String,
    /// What is accepted.
    pub text: String,
}

impl ConsentText {
    /// The same, if it can be shown and named.
    ///
    /// # Errors
    /// `Invalid` for an empty or too long version or text.
    pub fn checked(self) -> Result<Self> {
        let named = !self.version.trim().is_empty()
            && self.version.len() <= CONSENT_VERSION_BYTES_MAX
            && !self.version.chars().any(char::is_control);
        if !named {
            let sentence = format!(
                "the version of a text to accept is one line of 1 to {CONSENT_VERSION_BYTES_MAX} bytes"
            );
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        let fits = !self.text.trim().is_empty() && self.text.len() <= CONSENT_TEXT_BYTES_MAX;
        if !fits || self.text.contains('\0') {
            let sentence =
                format!("a text to accept has 1 to {CONSENT_TEXT_BYTES_MAX} bytes and no NUL");
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(self)
    }
}

impl TenantSettings {
    /// The highest label that a role sees in this tenant.
    #[must_use]
    pub fn clearance(&self, role: Role) -> Classification {
        let set = self.clearances.get(&role).copied();
        set.unwrap_or_else(|| role.clearance())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tenant_was_given_goes_before_its_plan() {
        let given = Quotas {
            documents: Some(7),
            ..Quotas::NONE
        };
        let limits = given.or(Plan::Trial.quotas());
        assert_eq!(limits.documents, Some(7));
        assert_eq!(limits.questions_month, Some(1_000));
        assert_eq!(Quotas::NONE.or(Plan::Unlimited.quotas()), Quotas::NONE);
    }
}
