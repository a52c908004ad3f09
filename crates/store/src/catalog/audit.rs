//! The audit log as stored: one chain of entries for each tenant.
//!
//! Invariant: whoever appends holds the tenant's head (the one writer of `SQLite`, the locked row of
//! PostgreSQL) from reading it to the commit, so that two processes never continue the same entry. The
//! database itself refuses to change or remove entries, see the migration.

mod row;

use std::collections::BTreeMap;

use alexandria_core::audit::chain::{Link, cut_deed};
use alexandria_core::audit::{Deed, Entry, EntryHash, Whereabouts};
use alexandria_core::erasure::SALT_BYTES;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use sea_orm::{DatabaseTransaction, Value};
use uuid::Uuid;

use self::row::{BESIDE, COLUMNS, EntryRow, HeadRow, values};
use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::to_i64;
use super::{Catalog, Doing, commit, micros, tenant};

/// The most entries that one transaction cuts off the beginning of a log.
pub const AUDIT_CUT_ENTRIES_MAX: u64 = 10_000;

/// Something done, about to be written down.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Who did it, and from where.
    pub principal: Principal,
    /// What was done.
    pub deed: Deed,
}

/// Where a tenant's log begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// The last entry that was cut off the beginning.
    pub cut: Link,
    /// The last entry written.
    pub head: Link,
}

/// An entry as it was found. What cannot be read as an entry has been changed by somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its sequence.
    pub sequence: u64,
    /// The entry, if it can be read.
    pub entry: Option<Entry>,
}

/// Which entries are wanted; what is none does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Of this actor.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
}

/// Which entries to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Which.
    pub filter: AuditFilter,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

impl Catalog {
    /// Writes down what was done, each in the log of its principal's tenant, all or nothing. When this
    /// returns, they survive a kill.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written; then nothing was.
    pub async fn append_audit(&self, new: &[NewEntry]) -> Result<()> {
        let mut logs: BTreeMap<TenantId, Vec<&NewEntry>> = BTreeMap::new();
        for entry in new {
            logs.entry(entry.principal.tenant())
                .or_default()
                .push(entry);
        }
        let tx = self.begin().await?;
        // In the order of their tenants, so that two processes never wait for each other.
        for (tenant, new) in logs {
            let state = self.take_head(&tx, tenant.as_uuid()).await?;
            self.write_audit(&tx, state.head, &new).await?;
        }
        commit(tx, "an entry of the audit log").await
    }

    /// Where the log begins and ends.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked, `Corrupt` when the head cannot be read.
    pub async fn audit_state(&self, principal: &Principal) -> Result<AuditState> {
        let sql = "SELECT sequence, hash, cut_sequence, cut_hash FROM audit_heads \
                   WHERE tenant_id = $1";
        let found = row::<HeadRow, _>(self.database.read(), sql, vec![tenant(principal).into()])
            .await
            .doing(cannot_read)?;
        found.map_or(Ok(NO_STATE), HeadRow::state)
    }

    /// The entries after a sequence that a filter lets through, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn audit_after(
        &self,
        principal: &Principal,
        filter: &AuditFilter,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEntry>> {
        let (mut wanted, mut values) = conditions(principal, filter);
        values.push(to_i64(after)?.into());
        wanted.push_str(&format!(" AND sequence > ${}", values.len()));
        let sql = format!(
            "SELECT {COLUMNS}, {BESIDE} FROM audit_log WHERE {wanted} ORDER BY sequence LIMIT {limit}"
        );
        let found = rows::<EntryRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(cannot_read)?;
        Ok(found.into_iter().map(EntryRow::stored).collect())
    }

    /// The entries that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's; `Corrupt`
    /// when an entry cannot be read.
    pub async fn audit_entries(
        &self,
        principal: &Principal,
        query: &AuditQuery,
    ) -> Result<Page<Entry>> {
        let limit = page_limit(query.limit)?;
        let (mut wanted, mut values) = conditions(principal, &query.filter);
        if let Some(cursor) = &query.cursor {
            let (last, _none) = List::Audit.decode(cursor)?;
            values.push(last.into());
            wanted.push_str(&format!(" AND sequence < ${}", values.len()));
        }
        let sql = format!(
            "SELECT {COLUMNS}, {BESIDE} FROM audit_log WHERE {wanted} ORDER BY sequence DESC LIMIT {}",
            limit + 1
        );
        let found = rows::<EntryRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(cannot_read)?;
        let readable = |row: EntryRow| {
            let StoredEntry { sequence, entry } = row.stored();
            entry.ok_or_else(|| {
                Error::new(
                    ErrorKind::Corrupt,
                    format!("entry {sequence} of the audit log is not the one that was written"),
                )
            })
        };
        let items = found
            .into_iter()
            .map(readable)
            .collect::<Result<Vec<_>>>()?;
        Ok(List::Audit.page(items, limit, |entry| {
            // Every sequence came from the database's signed number.
            let sequence = i64::try_from(entry.sequence).unwrap_or(i64::MAX);
            (sequence, Uuid::nil())
        }))
    }

    /// The tenants whose log has entries that were written before a moment.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tenants_audited_before(&self, moment: Timestamp) -> Result<Vec<TenantId>> {
        let sql = "SELECT tenant_id FROM audit_heads WHERE EXISTS (SELECT 1 FROM audit_log \
                   WHERE audit_log.tenant_id = audit_heads.tenant_id AND moment < $1) \
                   ORDER BY tenant_id";
        let values = vec![micros(moment).into()];
        let found = rows::<row::TenantRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(cannot_read)?;
        Ok(found.into_iter().map(row::TenantRow::tenant).collect())
    }

    /// Cuts entries off the beginning of a log that were all written before a moment, and writes an
    /// entry that says so. Says how many: at most [`AUDIT_CUT_ENTRIES_MAX`].
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written, `Corrupt` when an entry cannot be read.
    pub async fn cut_audit(&self, principal: &Principal, before: Timestamp) -> Result<u64> {
        let doing = || "cannot cut off the beginning of the audit log".to_owned();
        let tenant = tenant(principal);
        let tx = self.begin().await?;
        let state = self.take_head(&tx, tenant).await?;
        let sql = "SELECT MIN(sequence) AS n FROM audit_log \
                   WHERE tenant_id = $1 AND moment >= $2";
        let kept = number(&tx, sql, vec![tenant.into(), micros(before).into()]).await;
        let kept = u64::try_from(kept.doing(doing)?).unwrap_or(0);
        let old = if kept == 0 {
            state.head.sequence
        } else {
            kept.saturating_sub(1)
        };
        let most = state.cut.sequence.saturating_add(AUDIT_CUT_ENTRIES_MAX);
        let last = old.min(most);
        if last <= state.cut.sequence {
            return Ok(0);
        }
        let sql = "SELECT hash FROM audit_log WHERE tenant_id = $1 AND sequence = $2";
        let key = || -> Result<Vec<Value>> { Ok(vec![tenant.into(), to_i64(last)?.into()]) };
        let found = row::<row::HashRow, _>(&tx, sql, key()?)
            .await
            .doing(doing)?;
        let hash = found.and_then(row::HashRow::hash).ok_or_else(|| {
            Error::new(
                ErrorKind::Corrupt,
                format!("entry {last} of the audit log cannot be read, so nothing is cut off"),
            )
        })?;
        let cut = Link {
            sequence: last,
            hash,
        };
        let sql = "UPDATE audit_heads SET cut_sequence = $2, cut_hash = $3 WHERE tenant_id = $1";
        let mut values = key()?;
        values.push(hash.as_bytes().to_vec().into());
        execute(&tx, sql, values).await.doing(doing)?;
        let sql = "DELETE FROM audit_log WHERE tenant_id = $1 AND sequence <= $2";
        let entries = execute(&tx, sql, key()?).await.doing(doing)?;
        let sql = "DELETE FROM audit_addresses WHERE tenant_id = $1 AND sequence <= $2";
        execute(&tx, sql, key()?).await.doing(doing)?;
        let signed = NewEntry {
            principal: principal.clone(),
            deed: cut_deed(cut, entries),
        };
        self.write_audit(&tx, state.head, &[&signed]).await?;
        commit(tx, "that the beginning of the audit log is cut off").await?;
        Ok(entries)
    }

    /// Takes a tenant's head, which nobody else then has until the end of the transaction.
    async fn take_head(&self, tx: &DatabaseTransaction, tenant: Uuid) -> Result<AuditState> {
        let lock = if self.database.is_postgres() {
            " FOR UPDATE"
        } else {
            ""
        };
        let sql = format!(
            "SELECT sequence, hash, cut_sequence, cut_hash FROM audit_heads \
             WHERE tenant_id = $1{lock}"
        );
        let find = || row::<HeadRow, _>(tx, sql.clone(), vec![tenant.into()]);
        if let Some(found) = find().await.doing(cannot_write)? {
            return found.state();
        }
        let none = EntryHash::NONE.as_bytes().to_vec();
        let insert = "INSERT INTO audit_heads (tenant_id, sequence, hash, cut_sequence, cut_hash) \
                      VALUES ($1, 0, $2, 0, $2) ON CONFLICT (tenant_id) DO NOTHING";
        execute(tx, insert, vec![tenant.into(), none.into()])
            .await
            .doing(cannot_write)?;
        let found = find().await.doing(cannot_write)?;
        found.map_or(Ok(NO_STATE), HeadRow::state)
    }

    /// Writes entries after a head that is held, and moves it.
    async fn write_audit(
        &self,
        tx: &DatabaseTransaction,
        mut head: Link,
        new: &[&NewEntry],
    ) -> Result<()> {
        let Some(first) = new.first() else {
            return Ok(());
        };
        let mut parameters = Vec::with_capacity(new.len() * row::COLUMNS_COUNT);
        let mut beside = Vec::new();
        for one in new {
            let entry = self.next_entry(one, head)?;
            head = Link {
                sequence: entry.sequence,
                hash: entry.hash,
            };
            parameters.extend(values(&entry)?);
            if let Some(whereabouts) = entry.whereabouts {
                beside.push((entry.tenant, entry.sequence, whereabouts));
            }
        }
        let places: Vec<String> = (0..new.len())
            .map(|index| {
                let first = index * row::COLUMNS_COUNT + 1;
                let list = super::database::placeholders(first, row::COLUMNS_COUNT);
                format!("({list})")
            })
            .collect();
        let sql = format!(
            "INSERT INTO audit_log ({COLUMNS}) VALUES {}",
            places.join(", ")
        );
        execute(tx, sql, parameters).await.doing(cannot_write)?;
        for (tenant, sequence, whereabouts) in beside {
            let sql = "INSERT INTO audit_addresses (tenant_id, sequence, address, salt) \
                       VALUES ($1, $2, $3, $4)";
            let values = vec![
                tenant.as_uuid().into(),
                to_i64(sequence)?.into(),
                whereabouts.address.into(),
                whereabouts.salt.to_vec().into(),
            ];
            execute(tx, sql, values).await.doing(cannot_write)?;
        }
        let sql = "UPDATE audit_heads SET sequence = $2, hash = $3 WHERE tenant_id = $1";
        let moved = vec![
            tenant(&first.principal).into(),
            to_i64(head.sequence)?.into(),
            head.hash.as_bytes().to_vec().into(),
        ];
        execute(tx, sql, moved).await.doing(cannot_write)?;
        Ok(())
    }

    fn next_entry(&self, new: &NewEntry, head: Link) -> Result<Entry> {
        let origin = new.principal.origin();
        let address = origin.and_then(|origin| Some(origin.address?.to_string()));
        let whereabouts = address.map(beside_chain).transpose()?;
        let entry = Entry {
            sequence: head.sequence.saturating_add(1),
            moment: super::row::timestamp(self.now())?,
            tenant: new.principal.tenant(),
            actor: new.principal.actor().to_string(),
            address: whereabouts.as_ref().map(Whereabouts::fingerprint),
            whereabouts,
            request: origin.map(|origin| origin.request.clone()),
            deed: new.deed.clone().bounded(),
            previous: head.hash,
            hash: EntryHash::NONE,
        };
        Ok(entry.sealed())
    }
}

/// An address as it is kept beside the chain.
fn beside_chain(address: String) -> Result<Whereabouts> {
    let mut salt = [0; SALT_BYTES];
    let filled = SystemRandom::new().fill(&mut salt);
    filled.map_err(|_unspecified| {
        let sentence = "the system gives no random bytes for an entry of the audit log";
        Error::new(ErrorKind::Internal, sentence)
    })?;
    Ok(Whereabouts { address, salt })
}

/// A log that has never been written to.
const NO_STATE: AuditState = AuditState {
    cut: Link::START,
    head: Link::START,
};

fn cannot_read() -> String {
    "cannot read the audit log".to_owned()
}

fn cannot_write() -> String {
    "cannot write to the audit log".to_owned()
}

/// What a filter asks of a tenant's entries, and its parameters.
fn conditions(principal: &Principal, filter: &AuditFilter) -> (String, Vec<Value>) {
    let mut wanted = "tenant_id = $1".to_owned();
    let mut values: Vec<Value> = vec![tenant(principal).into()];
    let given: [(&str, Option<Value>); 4] = [
        ("moment >=", filter.since.map(|since| micros(since).into())),
        ("moment <", filter.until.map(|until| micros(until).into())),
        ("actor =", filter.actor.clone().map(Value::from)),
        ("action =", filter.action.clone().map(Value::from)),
    ];
    for (condition, value) in given {
        if let Some(value) = value {
            values.push(value);
            wanted.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    (wanted, values)
}
