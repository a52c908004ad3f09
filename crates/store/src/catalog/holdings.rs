//! What is given out of the tables: for a person everything that is theirs, for a tenant everything that
//! it has. No secret and no digest of one is among the columns.
//!
//! A table that is added is named here, or in [`UNTOLD`] with the reason why it is not given out; a test
//! compares both with the tables there are.

mod library;
mod people;
mod records;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value as Parameter};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::database::{placeholders, statement};
use super::erasing::Holder;
use super::row::timestamp;
use super::{Catalog, Doing, tenant};

/// Rows that are read at once.
pub const HOLDING_ROWS_MAX: u32 = 200;

/// How a column is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An id.
    Id,
    /// A text.
    Text,
    /// A number.
    Number,
    /// A moment.
    Moment,
    /// JSON.
    Json,
}

use Kind::{Id, Json, Moment, Number, Text};

/// A part of what is given out.
#[derive(Debug)]
pub struct Holding {
    /// What it is called.
    pub name: &'static str,
    table: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// The columns that tell one row from another, which the rows are ordered by. They are among the
    /// columns.
    key: &'static [&'static str],
    /// Which rows are a person's; nothing where none is anybody's.
    own: Option<&'static str>,
}

/// Where the reading of a part goes on.
#[derive(Clone, Debug)]
pub struct Place(Vec<Parameter>);

/// Tables that are not given out, each with the reason.
pub const UNTOLD: &[(&str, &str)] = &[
    (
        "audit_addresses",
        "given out with the entries of the audit log",
    ),
    (
        "audit_heads",
        "the end of the audit log, which its last entry shows",
    ),
    ("chunks", "made of the original files, which are given out"),
    (
        "embeddings",
        "made of the original files, which are given out",
    ),
    ("experiment_latencies", "sums without anybody in them"),
    ("experiment_tallies", "sums without anybody in them"),
    ("experiment_units", "digests that lead to nobody"),
    ("factor_attempts", "counts wrong codes for some minutes"),
    (
        "idempotency_keys",
        "replies that were given already, kept for a day",
    ),
    ("jobs", "work on documents, which are given out"),
    ("notices", "what was told by mail and webhook already"),
    ("oidc_codes", "secrets of some seconds"),
    ("oidc_flows", "secrets of some minutes"),
    ("outbox", "changes of documents, which are given out"),
    ("recovery_codes", "digests of secrets"),
    ("sign_in_challenges", "secrets of some minutes"),
    ("usage_reservations", "set aside for calls under way"),
    (
        "versions",
        "made of the original files, which are given out",
    ),
];

const OF_ACTOR: Option<&str> = Some("actor IN ({actors})");
const OF_USER: Option<&str> = Some("user_id = {user}");

/// The parts that may hold something of a person.
pub fn of_user() -> impl Iterator<Item = &'static Holding> {
    of_tenant().filter(|holding| holding.own.is_some())
}

/// The parts that a tenant has.
pub fn of_tenant() -> impl Iterator<Item = &'static Holding> {
    [people::PARTS, library::PARTS, records::PARTS]
        .into_iter()
        .flatten()
}

impl Holding {
    /// The table that it is read from.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// What is read of a column. An address of the audit log stands beside its chain.
    fn selected(&self, column: &str) -> String {
        if self.table == "audit_log" && column == "address" {
            return "coalesce((SELECT beside.address FROM audit_addresses beside \
                    WHERE beside.tenant_id = audit_log.tenant_id \
                    AND beside.sequence = audit_log.sequence), address) AS address"
                .to_owned();
        }
        column.to_owned()
    }
}

impl Catalog {
    /// Some rows of a part, in the order of their keys: those of a person, or all of the tenant's. Gives
    /// where to go on, and nothing at the end.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn read_holding(
        &self,
        principal: &Principal,
        holding: &Holding,
        holder: Option<&Holder>,
        after: Option<&Place>,
    ) -> Result<(Vec<Value>, Option<Place>)> {
        let sentence = || format!("cannot read the part {} of an export", holding.name);
        let mut values: Vec<Parameter> = vec![tenant(principal).into()];
        let mut wanted = "tenant_id = $1".to_owned();
        if let Some(holder) = holder {
            wanted.push_str(" AND ");
            wanted.push_str(&owned(holding.own.unwrap_or("1 = 0"), holder, &mut values));
        }
        if let Some(Place(key)) = after {
            let first = values.len() + 1;
            values.extend(key.iter().cloned());
            let columns = holding.key.join(", ");
            let list = placeholders(first, key.len());
            wanted.push_str(&format!(" AND ({columns}) > ({list})"));
        }
        let columns = holding
            .columns
            .iter()
            .map(|(name, _)| holding.selected(name));
        let columns: Vec<String> = columns.collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {wanted} ORDER BY {} LIMIT {HOLDING_ROWS_MAX}",
            columns.join(", "),
            holding.table,
            holding.key.join(", ")
        );
        let read = self.database.read();
        let found = read.query_all_raw(statement(read, sql, values)).await;
        let found = found.doing(sentence)?;
        let more = found.len() >= HOLDING_ROWS_MAX as usize;
        let next = match found.last().filter(|_| more) {
            Some(last) => Some(place(holding, last).doing(sentence)?),
            None => None,
        };
        let items = found.iter().map(|row| item(holding, row));
        Ok((items.collect::<Result<_>>()?, next))
    }

    /// The parts whose tables there are: not every catalog has all of them.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn tables_of_tenants(&self) -> Result<Vec<String>> {
        self.tables_with("tenant_id").await
    }
}

/// A condition with the parameters of a person put in.
fn owned(condition: &str, holder: &Holder, values: &mut Vec<Parameter>) -> String {
    let mut text = condition.to_owned();
    let mut put = |token: &str, given: Vec<Parameter>| {
        if text.contains(token) {
            let first = values.len() + 1;
            let list = placeholders(first, given.len());
            values.extend(given);
            text = text.replace(token, &list);
        }
    };
    let actors = holder
        .actors
        .iter()
        .map(|actor| Parameter::from(actor.clone()));
    put("{actors}", actors.collect());
    put("{user}", vec![holder.user.as_uuid().into()]);
    put("{user_text}", vec![holder.user.to_string().into()]);
    let email = holder.email.as_ref().map(|email| email.key());
    put("{email}", vec![email.unwrap_or_default().into()]);
    text
}

fn place(holding: &Holding, row: &QueryResult) -> Result<Place, DbErr> {
    let mut key = Vec::with_capacity(holding.key.len());
    for (name, kind) in holding.columns {
        if !holding.key.contains(name) {
            continue;
        }
        key.push(match kind {
            Id => row.try_get::<Uuid>("", name)?.into(),
            Text | Json => row.try_get::<String>("", name)?.into(),
            Number | Moment => row.try_get::<i64>("", name)?.into(),
        });
    }
    Ok(Place(key))
}

fn item(holding: &Holding, row: &QueryResult) -> Result<Value> {
    let mut fields = Map::new();
    for (name, kind) in holding.columns {
        let read = value(row, name, *kind);
        let sentence = || format!("cannot read the part {} of an export", holding.name);
        let value = match read.doing(sentence)? {
            Read::Value(value) => value,
            Read::Moment(micros) => Value::String(timestamp(micros)?.to_string()),
            Read::Json(text) => serde_json::from_str(&text)
                .map_err(|source| Error::new(ErrorKind::Corrupt, sentence()).with_source(source))?,
        };
        fields.insert((*name).to_owned(), value);
    }
    Ok(Value::Object(fields))
}

enum Read {
    Value(Value),
    Moment(i64),
    Json(String),
}

fn value(row: &QueryResult, name: &str, kind: Kind) -> Result<Read, DbErr> {
    let or_null = |value: Option<Value>| Read::Value(value.unwrap_or(Value::Null));
    Ok(match kind {
        Id => {
            let id = row.try_get::<Option<Uuid>>("", name)?;
            or_null(id.map(|id| Value::String(id.to_string())))
        }
        Text => or_null(row.try_get::<Option<String>>("", name)?.map(Value::String)),
        Number => or_null(row.try_get::<Option<i64>>("", name)?.map(Value::from)),
        Moment => match row.try_get::<Option<i64>>("", name)? {
            Some(micros) => Read::Moment(micros),
            None => Read::Value(Value::Null),
        },
        Json => match row.try_get::<Option<String>>("", name)? {
            Some(text) => Read::Json(text),
            None => Read::Value(Value::Null),
        },
    })
}
