//! Listing documents.

use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::Result;
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::cursor::{Page, page_limit};
use super::super::sight::documents_seen;
use super::super::table::document::{Column, Entity};
use super::super::table::document_tag;
use super::super::{Catalog, Doing, tenant};
use super::fold;
use super::order::DocumentOrder;

/// Which documents to list. All conditions hold; what is none asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentQuery {
    /// In this collection.
    pub collection: Option<CollectionId>,
    /// So far read, as one of these; any when there are none.
    pub states: Vec<DocumentState>,
    /// Carrying this tag.
    pub tag: Option<String>,
    /// In this format.
    pub format: Option<String>,
    /// In this language.
    pub language: Option<String>,
    /// With these words in the title, whatever their case.
    pub title: Option<String>,
    /// The order.
    pub order: DocumentOrder,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
    /// Items on the page at most: 1 to [`PAGE_ITEMS_MAX`](super::super::PAGE_ITEMS_MAX).
    pub limit: u32,
}

impl DocumentQuery {
    /// The same list, from behind this document on.
    #[must_use]
    pub fn after(mut self, document: &Document) -> Self {
        self.cursor = Some(self.order.cursor(document));
        self
    }
}

impl Catalog {
    /// The documents that a query asks for.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given in this order, and for a limit that is no
    /// page's.
    pub async fn documents(
        &self,
        principal: &Principal,
        query: &DocumentQuery,
    ) -> Result<Page<Document>> {
        let limit = page_limit(query.limit)?;
        let (column, direction) = (query.order.key(), query.order.direction());
        let rows = Entity::find()
            .filter(conditions(principal, query)?)
            .order_by(column, direction.clone())
            .order_by(Column::Id, direction)
            .limit(limit as u64 + 1)
            .all(self.database.read())
            .await;
        let mut rows = rows.doing(|| "cannot list the documents".to_owned())?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = self.with_tags(principal, rows).await?;
        let next = items.last().filter(|_| more);
        let next = next.map(|last| query.order.cursor(last));
        Ok(Page { items, next })
    }
}

fn conditions(principal: &Principal, query: &DocumentQuery) -> Result<Condition> {
    let mut all = documents_seen(principal)
        .add(Column::Deleted.is_null())
        .add_option(
            query
                .collection
                .map(|id| Column::CollectionId.eq(id.as_uuid())),
        )
        .add_option((!query.states.is_empty()).then(|| {
            let names = query.states.iter().map(|state| state.name());
            Column::State.is_in(names)
        }))
        .add_option(
            query
                .format
                .as_ref()
                .map(|format| Column::Format.eq(format)),
        )
        .add_option(
            query
                .language
                .as_ref()
                .map(|language| Column::Language.eq(language)),
        );
    if let Some(title) = &query.title {
        let pattern = LikeExpr::new(format!("%{}%", escape(&fold(title)))).escape(ESCAPE);
        all = all.add(Expr::col(Column::TitleFolded).like(pattern));
    }
    if let Some(tag) = &query.tag {
        let carrying = Query::select()
            .column(document_tag::Column::DocumentId)
            .from(document_tag::Entity)
            .and_where(document_tag::Column::TenantId.eq(tenant(principal)))
            .and_where(document_tag::Column::Tag.eq(tag))
            .take();
        all = all.add(Column::Id.in_subquery(carrying));
    }
    if let Some(cursor) = &query.cursor {
        all = all.add(query.order.behind(cursor)?);
    }
    Ok(all)
}

const ESCAPE: char = '!';

/// Takes their meaning from the characters that `LIKE` gives one.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            escaped.push(ESCAPE);
        }
        escaped.push(character);
    }
    escaped
}
