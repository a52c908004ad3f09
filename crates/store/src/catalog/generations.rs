//! Complete sets of vectors and text index, each for one embedding model and chunk policy. They are
//! the whole installation's, so no tenant owns them.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::GenerationId;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::database::execute;
use super::row::{corrupt, timestamp, to_u32};
use super::table::generation::{Column, Entity, Model};
use super::{Catalog, Doing, commit, not_found};

/// What a generation is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GenerationState {
    /// Filled beside the live one; not searched.
    Building,
    /// Searched. There is at most one.
    Live,
    /// Searched formerly; kept so that one can switch back.
    Retired,
}

impl GenerationState {
    const ALL: [Self; 3] = [Self::Building, Self::Live, Self::Retired];

    /// The state's name in the database, the API and the logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }
}

/// A complete set of vectors and text index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Its identity.
    pub id: GenerationId,
    /// The embedding model's name.
    pub model: String,
    /// Numbers in a vector.
    pub dimensions: u32,
    /// The name of the chunk policy.
    pub chunk_policy: String,
    /// What it is used for.
    pub state: GenerationState,
    /// When it was made.
    pub created: Timestamp,
}

impl Catalog {
    /// The generation of this model and chunk policy, made if there is none yet: live if there is no
    /// live one, building otherwise.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn ensure_generation(
        &self,
        model: &str,
        dimensions: u32,
        chunk_policy: &str,
    ) -> Result<Generation> {
        let sentence = || format!("cannot make a generation for the model {model:?}");
        let generations = self.generations().await?;
        let same = |generation: &Generation| {
            generation.model == model
                && generation.dimensions == dimensions
                && generation.chunk_policy == chunk_policy
        };
        if let Some(found) = generations.into_iter().find(same) {
            return Ok(found);
        }
        let id = GenerationId::from_uuid(self.next_id());
        let tx = self.begin().await?;
        if self.database.is_postgres() {
            // Two processes starting together must not both make the live one.
            let sql = "LOCK TABLE generations IN SHARE ROW EXCLUSIVE MODE";
            execute(&tx, sql, vec![]).await.doing(sentence)?;
        }
        let rows = Entity::find().all(&tx).await.doing(sentence)?;
        let is_live = |row: &Model| row.state == GenerationState::Live.name();
        let state = match rows.iter().any(is_live) {
            true => GenerationState::Building,
            false => GenerationState::Live,
        };
        let rows = rows
            .into_iter()
            .map(to_generation)
            .collect::<Result<Vec<_>>>()?;
        if let Some(found) = rows.into_iter().find(same) {
            return Ok(found);
        }
        let model = Model {
            id: id.as_uuid(),
            model: model.to_owned(),
            dimensions: i64::from(dimensions),
            chunk_policy: chunk_policy.to_owned(),
            state: state.name().to_owned(),
            created: self.now(),
        };
        let insert = Entity::insert(model.clone().into_active_model());
        insert.exec_without_returning(&tx).await.doing(sentence)?;
        commit(tx, "the new generation").await?;
        to_generation(model)
    }

    /// Every generation, oldest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn generations(&self) -> Result<Vec<Generation>> {
        let rows = Entity::find()
            .order_by_asc(Column::Id)
            .all(self.database.read())
            .await;
        let rows = rows.doing(|| "cannot list the generations".to_owned())?;
        rows.into_iter().map(to_generation).collect()
    }

    /// The generation with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn generation(&self, id: GenerationId) -> Result<Generation> {
        let found = Entity::find_by_id(id.as_uuid())
            .one(self.database.read())
            .await;
        let found = found.doing(|| format!("cannot read the generation {id}"))?;
        to_generation(found.ok_or_else(|| not_found("generation", id))?)
    }

    /// The generation that is searched, if there is one yet.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn live_generation(&self) -> Result<Option<Generation>> {
        let live = Entity::find().filter(Column::State.eq(GenerationState::Live.name()));
        let found = live.one(self.database.read()).await;
        let found = found.doing(|| "cannot find the live generation".to_owned())?;
        found.map(to_generation).transpose()
    }

    /// Names the model of a generation that has been filled without one, so far holding no vectors.
    ///
    /// # Errors
    /// `Conflict` when its model is not `from`.
    pub async fn name_generation(
        &self,
        id: GenerationId,
        from: &str,
        model: &str,
        dimensions: u32,
    ) -> Result<()> {
        let sql = "UPDATE generations SET model = $1, dimensions = $2 WHERE id = $3 AND model = $4";
        let values = vec![
            model.into(),
            i64::from(dimensions).into(),
            id.as_uuid().into(),
            from.into(),
        ];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot name the model of the generation {id}"))? {
            0 => Err(Error::new(
                ErrorKind::Conflict,
                format!("the generation {id} has a model already; open the library again"),
            )),
            _ => Ok(()),
        }
    }

    /// Makes a generation the live one and retires the former: documents are shown as of their
    /// versions in it. Switching back is the same call.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn switch_generation(&self, id: GenerationId) -> Result<()> {
        let sentence = || format!("cannot switch to the generation {id}");
        let tx = self.begin().await?;
        let sql = "UPDATE generations SET state = 'retired' WHERE state = 'live' AND id <> $1";
        execute(&tx, sql, vec![id.as_uuid().into()])
            .await
            .doing(sentence)?;
        let sql = "UPDATE generations SET state = 'live' WHERE id = $1";
        if execute(&tx, sql, vec![id.as_uuid().into()])
            .await
            .doing(sentence)?
            == 0
        {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("there is no generation {id}"),
            ));
        }
        let sql = "UPDATE documents SET (version_id, chunks, embedded, state) = \
                   (SELECT v.id, v.chunks, v.embedded, \
                   CASE WHEN v.embedded >= v.chunks THEN 'ready' ELSE 'searchable' END \
                   FROM versions v WHERE v.document_id = documents.id AND v.generation_id = $1 \
                   AND v.state = 'published') \
                   WHERE EXISTS (SELECT 1 FROM versions v WHERE v.document_id = documents.id \
                   AND v.generation_id = $1 AND v.state = 'published')";
        execute(&tx, sql, vec![id.as_uuid().into()])
            .await
            .doing(sentence)?;
        commit(tx, "the switch of generations").await
    }
}

fn to_generation(model: Model) -> Result<Generation> {
    let state = GenerationState::ALL
        .into_iter()
        .find(|state| state.name() == model.state);
    Ok(Generation {
        id: GenerationId::from_uuid(model.id),
        model: model.model,
        dimensions: to_u32(model.dimensions)?,
        chunk_policy: model.chunk_policy,
        state: state.ok_or_else(|| corrupt("a state"))?,
        created: timestamp(model.created)?,
    })
}
