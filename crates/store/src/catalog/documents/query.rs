//! Listing documents.

use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::Result;
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use super::super::cursor::{List, Page, page_limit};
use super::super::sight::documents_seen;
use super::super::table::document::{Column, Entity};
use super::super::table::document_tag;
use super::super::{Catalog, Doing, micros, tenant};
use super::fold;

/// In which order documents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentOrder {
    /// The last added first.
    #[default]
    NewestFirst,
    /// The first added first.
    OldestFirst,
}

impl DocumentOrder {
    const fn list(self) -> List {
        match self {
            Self::NewestFirst => List::DocumentsNewestFirst,
            Self::OldestFirst => List::DocumentsOldestFirst,
        }
    }
}

/// Which documents to list. All conditions hold; what is none asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentQuery {
    /// In this collection.
    pub collection: Option<CollectionId>,
    /// So far read.
    pub state: Option<DocumentState>,
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
        let key = (micros(document.added), document.id.as_uuid());
        self.cursor = Some(self.order.list().encode(key));
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
        let order = match query.order {
            DocumentOrder::NewestFirst => Order::Desc,
            DocumentOrder::OldestFirst => Order::Asc,
        };
        let limit = page_limit(query.limit)?;
        let rows = Entity::find()
            .filter(conditions(principal, query)?)
            .order_by(Column::Added, order.clone())
            .order_by(Column::Id, order)
            .limit(limit as u64 + 1)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| "cannot list the documents".to_owned())?;
        let items = self.with_tags(principal, rows).await?;
        Ok(query
            .order
            .list()
            .page(items, limit, |item| (micros(item.added), item.id.as_uuid())))
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
        .add_option(query.state.map(|state| Column::State.eq(state.name())))
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
        let (added, id) = query.order.list().decode(cursor)?;
        let key = Expr::tuple([Expr::col(Column::Added), Expr::col(Column::Id)]);
        let last = Expr::tuple([Expr::val(added), Expr::val(id)]);
        all = all.add(match query.order {
            DocumentOrder::NewestFirst => key.lt(last),
            DocumentOrder::OldestFirst => key.gt(last),
        });
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
