//! Personas: names under which the library answers in a voice and from some collections.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use alexandria_core::error::Result;
use alexandria_core::id::{CollectionId, PersonaId};
use alexandria_core::persona::{
    PERSONA_COLLECTIONS_MAX, PERSONA_NAME_BYTES_MAX, PERSONA_VOICE_BYTES_MAX, Persona,
};
use alexandria_core::principal::Principal;
use alexandria_library::{Library, PersonaDraft, PersonaEdit};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::wire::{PageBody, PageParameters};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/personas",
            get_with(list, |operation| {
                operation
                    .id("personas_list")
                    .tag("personas")
                    .summary("List the personas, oldest first")
            })
            .post_with(create, |operation| {
                operation
                    .id("personas_create")
                    .tag("personas")
                    .summary("Make a persona")
                    .description(
                        "A persona answers in its voice, where a language model writes, and from its \
                         collections. It never shows more than the one who asks may read.",
                    )
                    .response::<201, Json<PersonaBody>>()
            }),
        )
        .api_route(
            "/api/v1/personas/{persona}",
            get_with(get, |operation| {
                operation
                    .id("personas_get")
                    .tag("personas")
                    .summary("Look at a persona")
            })
            .patch_with(change, |operation| {
                operation
                    .id("personas_change")
                    .tag("personas")
                    .summary("Change a persona")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("personas_remove")
                    .tag("personas")
                    .summary("Remove a persona; its collections stay")
                    .response::<204, ()>()
            }),
        )
}

/// A name under which the library answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Persona")]
pub(crate) struct PersonaBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: PersonaId,
    /// Its name, unique in the library; case and accents do not make a difference.
    pub(crate) name: String,
    /// How it speaks where a language model writes; may be empty.
    pub(crate) voice: String,
    /// The collections it answers from; the whole library when there are none. A collection that has
    /// been removed stays in the list and has nothing in it.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) collections: Vec<CollectionId>,
    /// When it was made.
    pub(crate) created: Timestamp,
    /// When it was last changed.
    pub(crate) changed: Timestamp,
}

impl From<Persona> for PersonaBody {
    fn from(persona: Persona) -> Self {
        Self {
            id: persona.id,
            name: persona.name,
            voice: persona.voice,
            collections: persona.collections,
            created: persona.created,
            changed: persona.changed,
        }
    }
}

/// A persona to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPersona")]
pub(crate) struct NewPersonaBody {
    /// Its name, unique in the library; case and accents do not make a difference.
    #[schemars(length(min = 1, max = PERSONA_NAME_BYTES_MAX), example = &"Aristotle")]
    pub(crate) name: String,
    /// How it speaks where a language model writes, after the rules of the library, which it cannot
    /// change.
    #[serde(default)]
    #[schemars(
        length(max = PERSONA_VOICE_BYTES_MAX),
        example = "A patient teacher who begins with a definition."
    )]
    pub(crate) voice: String,
    /// The collections it answers from, by id or by name; the whole library when there are none.
    #[serde(default)]
    #[schemars(length(max = PERSONA_COLLECTIONS_MAX), example = ["Ethics"])]
    pub(crate) collections: Vec<String>,
}

/// What to change about a persona; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "PersonaChange")]
pub(crate) struct PersonaChangeBody {
    /// A new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = PERSONA_NAME_BYTES_MAX), example = &"Aristotle")]
    pub(crate) name: Option<String>,
    /// A new voice; an empty one is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = PERSONA_VOICE_BYTES_MAX), example = "In short, plain sentences.")]
    pub(crate) voice: Option<String>,
    /// Other collections, by id or by name; an empty list is the whole library.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = PERSONA_COLLECTIONS_MAX), example = ["Ethics", "Politics"])]
    pub(crate) collections: Option<Vec<String>>,
}

/// Which persona.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The persona's id or its name.
    persona: String,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(page): Parameters<PageParameters>,
) -> Result<Json<PageBody<PersonaBody>>, Problem> {
    let limit = page.limit();
    let page = app
        .library
        .personas(&principal, page.cursor.as_deref(), limit)
        .await?;
    Ok(Json(page.into()))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewPersonaBody>,
) -> Result<Response, Problem> {
    let request = digest(&new);
    let make = async {
        let draft = PersonaDraft {
            name: new.name,
            voice: new.voice,
            collections: resolve(&app.library, &principal, &new.collections).await?,
        };
        let made = app.library.create_persona(&principal, draft).await?;
        let location = format!("/api/v1/personas/{}", made.id);
        Ok((location, PersonaBody::from(made)))
    };
    key.once((&app, &principal), request, make).await
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<PersonaBody>, Problem> {
    let found = app.library.find_persona(&principal, &which.persona).await?;
    Ok(Json(found.into()))
}

async fn change(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<PersonaChangeBody>,
) -> Result<Json<PersonaBody>, Problem> {
    principal.require(Scope::Ingest)?;
    let found = app.library.find_persona(&principal, &which.persona).await?;
    let collections = match &change.collections {
        Some(named) => Some(resolve(&app.library, &principal, named).await?),
        None => None,
    };
    let edit = PersonaEdit {
        name: change.name,
        voice: change.voice,
        collections,
    };
    let changed = app
        .library
        .update_persona(&principal, found.id, edit)
        .await?;
    Ok(Json(changed.into()))
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    principal.require(Scope::Ingest)?;
    let found = app.library.find_persona(&principal, &which.persona).await?;
    app.library.remove_persona(&principal, found.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The collections that ids and names stand for.
async fn resolve(
    library: &Library,
    principal: &Principal,
    named: &[String],
) -> Result<Vec<CollectionId>> {
    let mut collections = Vec::with_capacity(named.len().min(PERSONA_COLLECTIONS_MAX));
    // One more than there may be is enough for the library to refuse them.
    for id_or_name in named.iter().take(PERSONA_COLLECTIONS_MAX + 1) {
        collections.push(library.find_collection(principal, id_or_name).await?.id);
    }
    Ok(collections)
}
