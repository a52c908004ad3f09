//! What a principal may see of its tenant: the one place that says so, as a condition in every
//! statement that finds collections, documents, passages or jobs.
//!
//! A collection is open to the whole tenant or to those named in `grants`; a key may be bound to some
//! collections beside. A document is seen by those whose clearance reaches its label. What is not seen
//! behaves exactly as what does not exist.

use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, DocumentId};
use alexandria_core::principal::{Principal, Reach};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{placeholders, rows, uuids};
use super::table::{collection, document, job};
use super::{Catalog, Doing, tenant};

/// The most documents that are kept from one search one by one; beyond, those that were found and may
/// not be seen are dropped from its results.
const DOCUMENTS_HIDDEN_MAX: usize = 10_000;

/// The collections of the tenant that a principal sees.
pub(super) fn collections_seen(principal: &Principal) -> Condition {
    let all = Condition::all().add(collection::Column::TenantId.eq(tenant(principal)));
    let granted = || {
        let grants = Query::select()
            .column(Alias::new("collection_id"))
            .from(Alias::new("grants"))
            .and_where(Expr::col(Alias::new("tenant_id")).eq(tenant(principal)))
            .and_where(Expr::col(Alias::new("actor")).eq(principal.actor().to_string()))
            .take();
        Condition::any()
            .add(collection::Column::Access.eq(OPEN))
            .add(collection::Column::Id.in_subquery(grants))
    };
    match principal.reach() {
        Reach::Tenant => all,
        Reach::Granted => all.add(granted()),
        Reach::Only(ids) => {
            let ids = ids.iter().map(CollectionId::as_uuid);
            all.add(collection::Column::Id.is_in(ids)).add(granted())
        }
    }
}

/// The documents of the tenant that a principal sees.
pub(super) fn documents_seen(principal: &Principal) -> Condition {
    let mut all = Condition::all().add(document::Column::TenantId.eq(tenant(principal)));
    if principal.sees_all() {
        return all;
    }
    let level = i64::from(principal.clearance().level());
    all = all.add(document::Column::Classification.lte(level));
    if *principal.reach() == Reach::Tenant {
        return all;
    }
    all.add(document::Column::CollectionId.in_subquery(collections_query(principal)))
}

/// The jobs of the tenant that a principal sees: those of the documents that it sees. Jobs without a
/// document clear away what has been removed, and are for those who see everything.
pub(super) fn jobs_seen(principal: &Principal) -> Condition {
    let all = Condition::all().add(job::Column::TenantId.eq(tenant(principal)));
    if principal.sees_all() {
        return all;
    }
    let documents = Query::select()
        .column(document::Column::Id)
        .from(document::Entity)
        .cond_where(documents_seen(principal))
        .take();
    all.add(job::Column::DocumentId.in_subquery(documents))
}

fn collections_query(principal: &Principal) -> SelectStatement {
    Query::select()
        .column(collection::Column::Id)
        .from(collection::Entity)
        .cond_where(collections_seen(principal))
        .take()
}

/// That a collection is open to the whole tenant.
pub(super) const OPEN: &str = "tenant";

/// That a collection is open to those named in `grants`.
pub(super) const GRANTED: &str = "granted";

/// The same as [`documents_seen`] for a statement of text, as a condition on the alias `d`, whose
/// parameters begin with this number.
pub(super) fn documents_seen_as_text(principal: &Principal, first: usize) -> (String, Vec<Value>) {
    if principal.sees_all() {
        return (String::new(), Vec::new());
    }
    let mut values: Vec<Value> = vec![i64::from(principal.clearance().level()).into()];
    let mut sql = format!(" AND d.classification <= ${first}");
    let granted = |actor: usize| {
        format!(
            " AND EXISTS (SELECT 1 FROM collections seen WHERE seen.id = d.collection_id \
             AND (seen.access = '{OPEN}' OR EXISTS (SELECT 1 FROM grants g \
             WHERE g.collection_id = seen.id AND g.tenant_id = seen.tenant_id AND g.actor = ${actor})))"
        )
    };
    match principal.reach() {
        Reach::Tenant => {}
        Reach::Granted => {
            sql.push_str(&granted(first + 1));
            values.push(principal.actor().to_string().into());
        }
        Reach::Only(ids) => {
            sql.push_str(&granted(first + 1));
            values.push(principal.actor().to_string().into());
            let marks = placeholders(first + 2, ids.len());
            sql.push_str(&format!(" AND d.collection_id IN ({marks})"));
            values.extend(uuids(ids.iter().map(CollectionId::as_uuid)));
        }
    }
    (sql, values)
}

impl Catalog {
    /// The documents in these collections that bear a label beyond the principal's clearance, in the
    /// order of their ids: what a search has to leave out. They are few, and found by an index of
    /// their own.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn documents_hidden(
        &self,
        principal: &Principal,
        collections: &[CollectionId],
    ) -> Result<Vec<DocumentId>> {
        let level = i64::from(principal.clearance().level());
        if level >= i64::from(alexandria_core::access::Classification::Restricted.level()) {
            return Ok(Vec::new());
        }
        let sql = "SELECT id, collection_id FROM documents WHERE tenant_id = $1 \
                   AND classification > $2 AND deleted IS NULL ORDER BY id LIMIT $3";
        let limit = i64::try_from(DOCUMENTS_HIDDEN_MAX).unwrap_or(i64::MAX);
        let values = vec![tenant(principal).into(), level.into(), limit.into()];
        let found = rows::<HiddenRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for documents to leave out".to_owned())?;
        let inside = |row: &HiddenRow| {
            let of = CollectionId::from_uuid(row.collection_id);
            collections.contains(&of)
        };
        let hidden = found.into_iter().filter(inside);
        Ok(hidden.map(|row| DocumentId::from_uuid(row.id)).collect())
    }
}

#[derive(Debug, FromQueryResult)]
struct HiddenRow {
    id: Uuid,
    collection_id: Uuid,
}
