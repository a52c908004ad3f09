//! Collections.

use alexandria_core::document::{Collection, CollectionAccess};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_core::principal::Principal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::execute;
use super::row::timestamp;
use super::sight::{self, collections_seen};
use super::table::collection::{self as table, Column, Entity, Model};
use super::{Catalog, Doing, commit, micros, not_found, outbox, tenant};

/// What to change about a collection; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionChange {
    /// A new name.
    pub name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// Whether it is open to the whole tenant from now on, or to those it is granted to by name.
    pub access: Option<CollectionAccess>,
}

/// A collection as a search names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionName {
    /// Which it is.
    pub id: CollectionId,
    /// What it is called.
    pub name: String,
}

impl Catalog {
    /// Makes a collection.
    ///
    /// # Errors
    /// `Conflict` when the tenant has one of that name.
    pub async fn create_collection(
        &self,
        principal: &Principal,
        name: &str,
        description: &str,
    ) -> Result<Collection> {
        let now = self.now();
        let model = Model {
            id: self.next_id(),
            tenant_id: tenant(principal),
            name: name.to_owned(),
            description: description.to_owned(),
            created: now,
            changed: now,
            deleted: None,
            outbox_pruned: 0,
            access: sight::OPEN.to_owned(),
        };
        let insert = Entity::insert(model.clone().into_active_model());
        let done = insert.exec_without_returning(self.database.write()).await;
        name_taken(
            done.doing(|| format!("cannot make the collection {name:?}")),
            name,
        )?;
        to_collection(model)
    }

    /// The collection with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn collection(&self, principal: &Principal, id: CollectionId) -> Result<Collection> {
        to_collection(self.collection_row(principal, id).await?)
    }

    /// The collection with this name, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn collection_by_name(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<Collection>> {
        let found = Entity::find()
            .filter(collections_seen(principal))
            .filter(Column::Name.eq(name))
            .filter(Column::Deleted.is_null())
            .one(self.database.read())
            .await;
        let found = found.doing(|| format!("cannot look for the collection {name:?}"))?;
        found.map(to_collection).transpose()
    }

    /// The tenant's collections, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn collections(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Collection>> {
        let mut query = Entity::find()
            .filter(collections_seen(principal))
            .filter(Column::Deleted.is_null())
            .order_by_asc(Column::Id);
        if let Some(cursor) = cursor {
            query = query.filter(Column::Id.gt(List::Collections.decode(cursor)?.1));
        }
        let limit = page_limit(limit)?;
        let rows = query
            .limit(limit as u64 + 1)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| "cannot list the collections".to_owned())?;
        let items = rows
            .into_iter()
            .map(to_collection)
            .collect::<Result<Vec<_>>>()?;
        Ok(List::Collections.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// The names of the tenant's collections, oldest first, at most `limit`. Every search of a whole
    /// library asks this, so it reads nothing else of them.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn collection_names(
        &self,
        principal: &Principal,
        limit: usize,
    ) -> Result<Vec<CollectionName>> {
        let found = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Name])
            .filter(collections_seen(principal))
            .filter(Column::Deleted.is_null())
            .order_by_asc(Column::Id)
            .limit(limit as u64)
            .into_tuple::<(Uuid, String)>()
            .all(self.database.read())
            .await;
        let found = found.doing(|| "cannot list the names of the collections".to_owned())?;
        let named = found.into_iter().map(|(id, name)| CollectionName {
            id: CollectionId::from_uuid(id),
            name,
        });
        Ok(named.collect())
    }

    /// Changes a collection's name or description.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another collection has the new name.
    pub async fn update_collection(
        &self,
        principal: &Principal,
        id: CollectionId,
        change: CollectionChange,
    ) -> Result<Collection> {
        let mut model = self.collection_row(principal, id).await?;
        let mut active = table::ActiveModel {
            id: Set(model.id),
            ..Default::default()
        };
        if let Some(name) = change.name {
            active.name = Set(name.clone());
            model.name = name;
        }
        if let Some(description) = change.description {
            active.description = Set(description.clone());
            model.description = description;
        }
        if let Some(access) = change.access {
            stored(access).clone_into(&mut model.access);
            active.access = Set(model.access.clone());
        }
        active.changed = Set(self.now());
        let done = active.update(self.database.write()).await;
        let done = done.doing(|| format!("cannot change the collection {id}"));
        name_taken(done, &model.name)?;
        to_collection(model)
    }

    /// Removes a collection with all its documents, which stop answering when this returns; the
    /// indexes are told by the outbox.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_collection(&self, principal: &Principal, id: CollectionId) -> Result<()> {
        let sentence = || format!("cannot remove the collection {id}");
        self.collection_row(principal, id).await?;
        let tx = self.begin().await?;
        outbox::lock(&tx, id.as_uuid()).await?;
        let now = self.now();
        let values = || vec![now.into(), id.as_uuid().into(), tenant(principal).into()];
        let sql = "UPDATE collections SET deleted = $1 \
                   WHERE id = $2 AND tenant_id = $3 AND deleted IS NULL";
        if execute(&tx, sql, values()).await.doing(sentence)? == 0 {
            return Err(not_found("collection", id));
        }
        let sql = "INSERT INTO outbox (tenant_id, collection_id, generation_id, kind, document_id, \
                   version_id, from_ordinal, to_ordinal) \
                   SELECT tenant_id, collection_id, generation_id, 'remove', document_id, id, 0, 0 \
                   FROM versions WHERE collection_id = $1 AND tenant_id = $2 \
                   AND state = 'published' ORDER BY generation_id, id";
        let owned = vec![id.as_uuid().into(), tenant(principal).into()];
        execute(&tx, sql, owned).await.doing(sentence)?;
        let sql = "UPDATE versions SET state = 'retired' \
                   WHERE collection_id = $1 AND tenant_id = $2 AND state = 'published'";
        let owned = vec![id.as_uuid().into(), tenant(principal).into()];
        execute(&tx, sql, owned).await.doing(sentence)?;
        let sql = "UPDATE jobs SET state = 'cancelled', finished = $1, lease_until = NULL \
                   WHERE state IN ('waiting', 'running') AND tenant_id = $3 AND document_id IN \
                   (SELECT id FROM documents WHERE collection_id = $2 AND deleted IS NULL)";
        execute(&tx, sql, values()).await.doing(sentence)?;
        let sql = "UPDATE documents SET deleted = $1, changed = $1 \
                   WHERE collection_id = $2 AND tenant_id = $3 AND deleted IS NULL";
        execute(&tx, sql, values()).await.doing(sentence)?;
        commit(tx, "the removal of the collection").await
    }

    pub(super) async fn collection_row(
        &self,
        principal: &Principal,
        id: CollectionId,
    ) -> Result<Model> {
        let found = Entity::find_by_id(id.as_uuid())
            .filter(collections_seen(principal))
            .filter(Column::Deleted.is_null())
            .one(self.database.read())
            .await;
        found
            .doing(|| format!("cannot read the collection {id}"))?
            .ok_or_else(|| not_found("collection", id))
    }
}

fn to_collection(model: Model) -> Result<Collection> {
    Ok(Collection {
        id: CollectionId::from_uuid(model.id),
        name: model.name,
        description: model.description,
        access: access(&model.access),
        created: timestamp(model.created)?,
    })
}

/// Turns a broken unique rule into the sentence a person can act on.
fn name_taken<T>(done: Result<T>, name: &str) -> Result<T> {
    done.map_err(|error| {
        if error.kind() != ErrorKind::Conflict {
            return error;
        }
        let sentence = format!("there is a collection named {name:?} already; choose another");
        Error::new(ErrorKind::Conflict, sentence).with_source(error)
    })
}

/// Whom a collection is open to, as stored.
const fn stored(access: CollectionAccess) -> &'static str {
    match access {
        CollectionAccess::Tenant => sight::OPEN,
        CollectionAccess::Granted => sight::GRANTED,
    }
}

/// What is stored is one of the two; anything else opens nothing.
fn access(stored: &str) -> CollectionAccess {
    if stored == sight::OPEN {
        CollectionAccess::Tenant
    } else {
        CollectionAccess::Granted
    }
}
