//! What looked like an attack, or like something that somebody should know of.

use std::collections::BTreeMap;

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_core::security::{EventKind, Severity};
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, rows};
use super::row::{corrupt, from_json, timestamp, to_i64, to_json, to_u64};
use super::{Catalog, Doing, micros, tenant};

/// An event about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecurityEvent {
    /// What happened.
    pub kind: EventKind,
    /// Who or what it is about: an actor, an address, an account.
    pub subject: String,
    /// How often it happened in the time that the rule looks at.
    pub count: u64,
    /// What else is to be known, as names and small values.
    pub details: BTreeMap<String, String>,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityEvent {
    /// Its identity.
    pub id: Uuid,
    /// When it was raised.
    pub moment: Timestamp,
    /// How grave it is.
    pub severity: Severity,
    /// The address that it came from.
    pub address: Option<String>,
    /// The id of the request that raised it.
    pub request: Option<String>,
    /// What happened.
    pub event: NewSecurityEvent,
}

/// Which events to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityEventQuery {
    /// Of this kind only.
    pub kind: Option<EventKind>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most.
    pub limit: u32,
}

impl Catalog {
    /// Keeps an event of the principal's tenant.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn add_security_event(
        &self,
        principal: &Principal,
        new: NewSecurityEvent,
    ) -> Result<SecurityEvent> {
        let origin = principal.origin();
        let event = SecurityEvent {
            id: self.next_id(),
            moment: timestamp(self.now())?,
            severity: new.kind.severity(),
            address: origin.and_then(|origin| Some(origin.address?.to_string())),
            request: origin.map(|origin| origin.request.clone()),
            event: new,
        };
        let sql = "INSERT INTO security_events (id, tenant_id, moment, kind, severity, subject, \
                   address, request, count, details) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            event.id.into(),
            tenant(principal).into(),
            micros(event.moment).into(),
            event.event.kind.name().into(),
            event.severity.name().into(),
            event.event.subject.clone().into(),
            event.address.clone().into(),
            event.request.clone().into(),
            to_i64(event.event.count)?.into(),
            to_json(&event.event.details)?.into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        done.doing(|| "cannot keep a security event".to_owned())?;
        Ok(event)
    }

    /// The events that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn security_events(
        &self,
        principal: &Principal,
        query: &SecurityEventQuery,
    ) -> Result<Page<SecurityEvent>> {
        let limit = page_limit(query.limit)?;
        let mut wanted = "tenant_id = $1".to_owned();
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        if let Some(kind) = query.kind {
            values.push(kind.name().into());
            wanted.push_str(&format!(" AND kind = ${}", values.len()));
        }
        if let Some(since) = query.since {
            values.push(micros(since).into());
            wanted.push_str(&format!(" AND moment >= ${}", values.len()));
        }
        if let Some(cursor) = &query.cursor {
            let (moment, id) = List::SecurityEvents.decode(cursor)?;
            values.extend([moment.into(), id.into()]);
            let id = values.len();
            wanted.push_str(&format!(
                " AND (moment < ${moment} OR (moment = ${moment} AND id < ${id}))",
                moment = id - 1
            ));
        }
        let sql = format!(
            "SELECT id, moment, kind, severity, subject, address, request, count, details \
             FROM security_events WHERE {wanted} ORDER BY moment DESC, id DESC LIMIT {}",
            limit + 1
        );
        let found = rows::<EventRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot read the security events".to_owned())?;
        let events = found.into_iter().map(EventRow::event);
        let items = events.collect::<Result<Vec<_>>>()?;
        Ok(List::SecurityEvents.page(items, limit, |event| (micros(event.moment), event.id)))
    }

    /// Forgets the events of all tenants that were raised before this moment. Says how many there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn prune_security_events(&self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM security_events WHERE moment < $1";
        let done = execute(self.database.write(), sql, vec![micros(before).into()]).await;
        done.doing(|| "cannot forget old security events".to_owned())
    }
}

#[derive(Debug, FromQueryResult)]
struct EventRow {
    id: Uuid,
    moment: i64,
    kind: String,
    severity: String,
    subject: String,
    address: Option<String>,
    request: Option<String>,
    count: i64,
    details: String,
}

impl EventRow {
    fn event(self) -> Result<SecurityEvent> {
        let kind = EventKind::of_name(&self.kind).ok_or_else(|| corrupt("a kind of event"))?;
        let severity =
            Severity::of_name(&self.severity).ok_or_else(|| corrupt("a severity of an event"))?;
        Ok(SecurityEvent {
            id: self.id,
            moment: timestamp(self.moment)?,
            severity,
            address: self.address,
            request: self.request,
            event: NewSecurityEvent {
                kind,
                subject: self.subject,
                count: to_u64(self.count)?,
                details: from_json(&self.details)?,
            },
        })
    }
}
