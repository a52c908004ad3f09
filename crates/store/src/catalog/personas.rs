//! Personas.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, PersonaId};
use alexandria_core::persona::{PERSONAS_MAX, Persona, PersonaName};
use alexandria_core::principal::Principal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::cursor::{List, Page, page_limit};
use super::database::execute;
use super::row::{from_json, timestamp, to_json};
use super::table::persona::{self as table, Column, Entity, Model};
use super::{Catalog, Doing, micros, not_found, tenant};

/// A persona about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPersona {
    /// Its name.
    pub name: PersonaName,
    /// How it speaks.
    pub voice: String,
    /// The collections it answers from; all when there are none.
    pub collections: Vec<CollectionId>,
}

/// What to change about a persona; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonaChange {
    /// A new name.
    pub name: Option<PersonaName>,
    /// A new voice.
    pub voice: Option<String>,
    /// Other collections.
    pub collections: Option<Vec<CollectionId>>,
}

impl Catalog {
    /// Makes a persona.
    ///
    /// # Errors
    /// `Conflict` when the tenant has one of that name, or as many as there may be.
    pub async fn create_persona(&self, principal: &Principal, new: NewPersona) -> Result<Persona> {
        let sentence = || "cannot make a persona".to_owned();
        let all = Entity::find().filter(Column::TenantId.eq(tenant(principal)));
        let count = all.count(self.database.read()).await.doing(sentence)?;
        if count >= PERSONAS_MAX {
            let sentence = format!("there are {PERSONAS_MAX} personas already; remove one first");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let now = self.now();
        let model = Model {
            id: self.next_id(),
            tenant_id: tenant(principal),
            name: new.name.as_str().to_owned(),
            name_key: new.name.key(),
            voice: new.voice,
            collections: to_json(&new.collections)?,
            created: now,
            changed: now,
        };
        let insert = Entity::insert(model.clone().into_active_model());
        let done = insert.exec_without_returning(self.database.write()).await;
        name_taken(done.doing(sentence), &model.name)?;
        to_persona(model)
    }

    /// The persona with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn persona(&self, principal: &Principal, id: PersonaId) -> Result<Persona> {
        to_persona(self.persona_row(principal, id).await?)
    }

    /// The persona that a person means by a name, if there is one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn persona_by_name(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<Persona>> {
        let found = Entity::find()
            .filter(Column::TenantId.eq(tenant(principal)))
            .filter(Column::NameKey.eq(PersonaName::key_of(name)))
            .one(self.database.read())
            .await;
        let found = found.doing(|| "cannot look for a persona".to_owned())?;
        found.map(to_persona).transpose()
    }

    /// The tenant's personas, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn personas(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Persona>> {
        let mut query = Entity::find()
            .filter(Column::TenantId.eq(tenant(principal)))
            .order_by_asc(Column::Id);
        if let Some(cursor) = cursor {
            query = query.filter(Column::Id.gt(List::Personas.decode(cursor)?.1));
        }
        let limit = page_limit(limit)?;
        let rows = query.limit(limit as u64 + 1).all(self.database.read());
        let rows = rows.await.doing(|| "cannot list the personas".to_owned())?;
        let items = rows.into_iter().map(to_persona);
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(List::Personas.page(items, limit, |item| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Changes a persona.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when another persona has the new name.
    pub async fn update_persona(
        &self,
        principal: &Principal,
        id: PersonaId,
        change: PersonaChange,
    ) -> Result<Persona> {
        let former = self.persona_row(principal, id).await?;
        let mut active = table::ActiveModel {
            id: Set(id.as_uuid()),
            ..Default::default()
        };
        if let Some(name) = &change.name {
            active.name = Set(name.as_str().to_owned());
            active.name_key = Set(name.key());
        }
        if let Some(voice) = change.voice {
            active.voice = Set(voice);
        }
        if let Some(collections) = &change.collections {
            active.collections = Set(to_json(collections)?);
        }
        active.changed = Set(self.now());
        let done = active.update(self.database.write()).await;
        let done = done.doing(|| format!("cannot change the persona {id}"));
        let name = change
            .name
            .as_ref()
            .map_or(former.name.as_str(), PersonaName::as_str);
        to_persona(name_taken(done, name)?)
    }

    /// Removes a persona. Its collections stay as they are.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_persona(&self, principal: &Principal, id: PersonaId) -> Result<()> {
        let sql = "DELETE FROM personas WHERE id = $1 AND tenant_id = $2";
        let values = vec![id.as_uuid().into(), tenant(principal).into()];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot remove the persona {id}"))? {
            0 => Err(not_found("persona", id)),
            _ => Ok(()),
        }
    }

    async fn persona_row(&self, principal: &Principal, id: PersonaId) -> Result<Model> {
        let found = Entity::find_by_id(id.as_uuid())
            .filter(Column::TenantId.eq(tenant(principal)))
            .one(self.database.read())
            .await;
        found
            .doing(|| format!("cannot read the persona {id}"))?
            .ok_or_else(|| not_found("persona", id))
    }
}

fn to_persona(model: Model) -> Result<Persona> {
    Ok(Persona {
        id: PersonaId::from_uuid(model.id),
        name: model.name,
        voice: model.voice,
        collections: from_json(&model.collections)?,
        created: timestamp(model.created)?,
        changed: timestamp(model.changed)?,
    })
}

/// Turns a broken unique rule into the sentence a person can act on.
fn name_taken<T>(done: Result<T>, name: &str) -> Result<T> {
    done.map_err(|error| {
        if error.kind() != ErrorKind::Conflict {
            return error;
        }
        let sentence = format!(
            "there is a persona named {name:?} already, or one whose name differs only in case or \
             accents; choose another"
        );
        Error::new(ErrorKind::Conflict, sentence).with_source(error)
    })
}
