//! Entries and heads as rows.

use std::collections::BTreeMap;

use alexandria_core::audit::chain::Link;
use alexandria_core::audit::{Deed, Entry, EntryHash, Outcome, Target, Whereabouts};
use alexandria_core::error::Result;
use alexandria_core::id::TenantId;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::super::row::{corrupt, to_i64, to_json};
use super::{AuditState, StoredEntry};

/// The columns of an entry.
pub(super) const COLUMNS: &str = "tenant_id, sequence, moment, actor, address, request, action, \
                                  target_kind, target_id, outcome, details, previous, hash";

/// What stands beside the chain, to be read with [`COLUMNS`].
pub(super) const BESIDE: &str = "(SELECT address FROM audit_addresses beside \
                                 WHERE beside.tenant_id = audit_log.tenant_id \
                                 AND beside.sequence = audit_log.sequence) AS seen_address, \
                                 (SELECT salt FROM audit_addresses beside \
                                 WHERE beside.tenant_id = audit_log.tenant_id \
                                 AND beside.sequence = audit_log.sequence) AS seen_salt";

/// How many there are.
pub(super) const COLUMNS_COUNT: usize = 13;

/// An entry's values, in the order of [`COLUMNS`].
pub(super) fn values(entry: &Entry) -> Result<[Value; COLUMNS_COUNT]> {
    let deed = &entry.deed;
    let target = deed.target.as_ref();
    Ok([
        entry.tenant.as_uuid().into(),
        to_i64(entry.sequence)?.into(),
        entry.moment.as_microsecond().into(),
        entry.actor.clone().into(),
        entry.address.clone().into(),
        entry.request.clone().into(),
        deed.action.clone().into(),
        target.map(|target| target.kind.clone()).into(),
        target.map(|target| target.id.clone()).into(),
        deed.outcome.name().to_owned().into(),
        to_json(&deed.details)?.into(),
        entry.previous.as_bytes().to_vec().into(),
        entry.hash.as_bytes().to_vec().into(),
    ])
}

#[derive(Debug, FromQueryResult)]
pub(super) struct EntryRow {
    tenant_id: Uuid,
    sequence: i64,
    moment: i64,
    actor: String,
    address: Option<String>,
    request: Option<String>,
    action: String,
    target_kind: Option<String>,
    target_id: Option<String>,
    outcome: String,
    details: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
    seen_address: Option<String>,
    seen_salt: Option<Vec<u8>>,
}

impl EntryRow {
    pub(super) fn stored(self) -> StoredEntry {
        StoredEntry {
            sequence: u64::try_from(self.sequence).unwrap_or(0),
            entry: self.entry(),
        }
    }

    fn entry(self) -> Option<Entry> {
        let target = match (self.target_kind, self.target_id) {
            (Some(kind), Some(id)) => Some(Target { kind, id }),
            (None, None) => None,
            _half => return None,
        };
        let whereabouts = match (self.seen_address, self.seen_salt) {
            (Some(address), Some(salt)) => Some(Whereabouts {
                address,
                salt: salt.try_into().ok()?,
            }),
            (None, None) => None,
            _half => return None,
        };
        let details: BTreeMap<String, String> = serde_json::from_str(&self.details).ok()?;
        Some(Entry {
            sequence: u64::try_from(self.sequence).ok()?,
            moment: Timestamp::from_microsecond(self.moment).ok()?,
            tenant: TenantId::from_uuid(self.tenant_id),
            actor: self.actor,
            address: self.address,
            whereabouts,
            request: self.request,
            deed: Deed {
                action: self.action,
                target,
                outcome: Outcome::of_name(&self.outcome)?,
                details,
            },
            previous: EntryHash::from_slice(&self.previous)?,
            hash: EntryHash::from_slice(&self.hash)?,
        })
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct HeadRow {
    sequence: i64,
    hash: Vec<u8>,
    cut_sequence: i64,
    cut_hash: Vec<u8>,
}

impl HeadRow {
    pub(super) fn state(self) -> Result<AuditState> {
        let link = |sequence: i64, hash: &[u8]| -> Option<Link> {
            Some(Link {
                sequence: u64::try_from(sequence).ok()?,
                hash: EntryHash::from_slice(hash)?,
            })
        };
        let head = link(self.sequence, &self.hash);
        let cut = link(self.cut_sequence, &self.cut_hash);
        let (Some(head), Some(cut)) = (head, cut) else {
            return Err(corrupt("the head of an audit log"));
        };
        Ok(AuditState { cut, head })
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct HashRow {
    hash: Vec<u8>,
}

impl HashRow {
    pub(super) fn hash(self) -> Option<EntryHash> {
        EntryHash::from_slice(&self.hash)
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct TenantRow {
    tenant_id: Uuid,
}

impl TenantRow {
    pub(super) fn tenant(self) -> TenantId {
        TenantId::from_uuid(self.tenant_id)
    }
}
