//! Entries and verdicts as they cross the wire.

use std::collections::BTreeMap;

use alexandria_core::audit::Entry;
use alexandria_core::audit::chain::Link;
use alexandria_core::erasure::hex;
use alexandria_core::id::TenantId;
use alexandria_library::audit::AuditVerdict;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What somebody did.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub(crate) struct AuditEntryBody {
    /// Its place in the log of the tenant, counted from 1 without gaps.
    pub(crate) sequence: u64,
    /// When it was written, to the microsecond.
    pub(crate) moment: Timestamp,
    /// Whose log it stands in.
    #[schemars(with = "Uuid")]
    pub(crate) tenant_id: TenantId,
    /// Who did it: `owner`, `user:ID`, `key:ID` or `system`.
    pub(crate) actor: String,
    /// The address that it was done from; none from the machine itself, and once it has been erased.
    pub(crate) address: Option<String>,
    /// What the chain holds in the place of the address: `sha256:` and SHA-256 of `address_salt` and
    /// `address`; older entries hold the address itself, and have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address_digest: Option<String>,
    /// The salt of `address_digest`, in hexadecimal; erased together with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address_salt: Option<String>,
    /// The id of the request, under which the log of the server holds the rest.
    pub(crate) request: Option<String>,
    /// The operation, by its name in this description.
    pub(crate) action: String,
    /// What it was done to.
    pub(crate) target: Option<AuditTargetBody>,
    /// How it ended: `done`, `refused`, `failed` or `interrupted`.
    pub(crate) outcome: String,
    /// What else is known, as names and small values.
    pub(crate) details: BTreeMap<String, String>,
    /// The hash of the entry before it, lower-case hexadecimal; zeros before the first.
    pub(crate) previous: String,
    /// The hash of this entry.
    pub(crate) hash: String,
}

/// What something was done to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditTarget")]
pub(crate) struct AuditTargetBody {
    /// What it is, such as `document`.
    pub(crate) kind: String,
    /// Its id; a fingerprint (`sha256:…`) of what is no id.
    pub(crate) id: String,
}

impl From<Entry> for AuditEntryBody {
    fn from(entry: Entry) -> Self {
        let address = entry.known_address().map(str::to_owned);
        let digest = entry.address.filter(|held| Some(held) != address.as_ref());
        let salt = entry.whereabouts.map(|beside| hex(&beside.salt));
        let deed = entry.deed;
        Self {
            sequence: entry.sequence,
            moment: entry.moment,
            tenant_id: entry.tenant,
            actor: entry.actor,
            address,
            address_digest: digest,
            address_salt: salt,
            request: entry.request,
            action: deed.action,
            target: deed.target.map(|target| AuditTargetBody {
                kind: target.kind,
                id: target.id,
            }),
            outcome: deed.outcome.name().to_owned(),
            details: deed.details,
            previous: entry.previous.to_string(),
            hash: entry.hash.to_string(),
        }
    }
}

/// What verifying the audit log has found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditVerdict")]
pub(crate) struct AuditVerdictBody {
    /// Whether the log is the one that was written.
    pub(crate) holds: bool,
    /// Entries that hold, from the beginning on.
    pub(crate) entries: u64,
    /// The last entry that was cut off the beginning because it had been kept for long enough; 0 for
    /// none.
    pub(crate) cut_sequence: u64,
    /// The last entry: its sequence, a colon, its hash. Keep it elsewhere.
    pub(crate) head: String,
    /// The first entry that does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) broken: Option<AuditBreakBody>,
}

/// The first place at which a log is not the one that was written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditBreak")]
pub(crate) struct AuditBreakBody {
    /// The entry.
    pub(crate) sequence: u64,
    /// What is wrong: `missing`, `out_of_place`, `changed`, `unlinked`, `foreign`, `cut_off`, `added`,
    /// `rewritten` or `cut_unsigned`.
    pub(crate) fault: String,
    /// The same in a sentence.
    pub(crate) sentence: String,
}

impl From<AuditVerdict> for AuditVerdictBody {
    fn from(verdict: AuditVerdict) -> Self {
        let written = |link: Link| format!("{}:{}", link.sequence, link.hash);
        Self {
            holds: verdict.broken.is_none(),
            entries: verdict.entries,
            cut_sequence: verdict.state.cut.sequence,
            head: written(verdict.state.head),
            broken: verdict.broken.map(|broken| AuditBreakBody {
                sequence: broken.sequence,
                fault: broken.fault.name().to_owned(),
                sentence: broken.to_string(),
            }),
        }
    }
}
