//! Personas: making, finding, changing and removing them, and what a question to one becomes.

use alexandria_core::access::Scope;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{CollectionId, PersonaId};
use alexandria_core::persona::{
    PERSONA_COLLECTIONS_MAX, PERSONA_NAME_BYTES_MAX, Persona, PersonaName, checked_voice,
};
use alexandria_core::principal::Principal;
use alexandria_models::generator::Usage;
use alexandria_store::catalog::{NewPersona, Page, PersonaChange};

use crate::ask::AskRequest;
use crate::library::Library;

/// The most personas that are named to someone who asked for one that there is not.
const PERSONAS_NAMED_MAX: u32 = 20;

/// What a person says of a persona.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonaDraft {
    /// Its name.
    pub name: String,
    /// How it speaks; may be empty.
    pub voice: String,
    /// The collections it answers from; all when there are none.
    pub collections: Vec<CollectionId>,
}

/// What a person changes about a persona; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonaEdit {
    /// A new name.
    pub name: Option<String>,
    /// A new voice.
    pub voice: Option<String>,
    /// Other collections.
    pub collections: Option<Vec<CollectionId>>,
}

/// A question as it is answered: under a persona's limits, where one was asked.
#[derive(Clone, Debug)]
pub(crate) struct Spoken {
    /// Who answers.
    pub(crate) persona: Option<Persona>,
    /// The question that stands alone, whose filter is no wider than the persona.
    pub(crate) request: AskRequest,
    /// The question as it was asked.
    pub(crate) asked: AskRequest,
    /// The question that is searched for, where there was something to go on from.
    pub(crate) standalone: Option<String>,
    /// What the language model used to make it.
    pub(crate) usage: Option<Usage>,
    /// Whether nothing at all may be looked at: an empty filter would mean everything.
    pub(crate) sees_nothing: bool,
}

impl Library {
    /// Makes a persona.
    ///
    /// # Errors
    /// `Conflict` when there is one of that name, `Invalid` for a name, a voice or a number of
    /// collections that cannot be, `NotFound` for a collection that there is not.
    pub async fn create_persona(
        &self,
        principal: &Principal,
        draft: PersonaDraft,
    ) -> Result<Persona> {
        principal.require(Scope::Ingest)?;
        let new = NewPersona {
            name: PersonaName::parse(&draft.name)?,
            voice: checked_voice(&draft.voice)?.to_owned(),
            collections: self.bound(principal, draft.collections).await?,
        };
        self.catalog.create_persona(principal, new).await
    }

    /// The persona with this id or, failing that, this name.
    ///
    /// # Errors
    /// `NotFound`, naming some of those that there are.
    pub async fn find_persona(&self, principal: &Principal, id_or_name: &str) -> Result<Persona> {
        principal.require(Scope::Ask)?;
        if let Ok(id) = id_or_name.parse::<PersonaId>() {
            match self.catalog.persona(principal, id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => return other,
            }
        }
        match self.catalog.persona_by_name(principal, id_or_name).await? {
            Some(found) => Ok(found),
            None => Err(self.unknown_persona(principal, id_or_name).await?),
        }
    }

    /// The personas, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn personas(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Persona>> {
        principal.require(Scope::Ask)?;
        self.catalog.personas(principal, cursor, limit).await
    }

    /// Changes a persona.
    ///
    /// # Errors
    /// As for [`Self::create_persona`]; `NotFound` also when there is no such persona.
    pub async fn update_persona(
        &self,
        principal: &Principal,
        id: PersonaId,
        edit: PersonaEdit,
    ) -> Result<Persona> {
        principal.require(Scope::Ingest)?;
        let name = edit.name.as_deref().map(PersonaName::parse).transpose()?;
        let voice = edit.voice.as_deref().map(checked_voice).transpose()?;
        let collections = match edit.collections {
            Some(collections) => Some(self.bound(principal, collections).await?),
            None => None,
        };
        let change = PersonaChange {
            name,
            voice: voice.map(str::to_owned),
            collections,
        };
        self.catalog.update_persona(principal, id, change).await
    }

    /// Removes a persona. Its collections stay as they are.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_persona(&self, principal: &Principal, id: PersonaId) -> Result<()> {
        principal.require(Scope::Ingest)?;
        self.catalog.remove_persona(principal, id).await
    }

    /// What a question becomes for the one it is put to.
    ///
    /// Invariant: the filter that comes out is no wider than the one that went in, and names no
    /// collection that the one who asks may not read.
    pub(crate) async fn speak_as(
        &self,
        principal: &Principal,
        request: &AskRequest,
    ) -> Result<Spoken> {
        let persona = match &request.persona {
            Some(name) => Some(self.find_persona(principal, name).await?),
            None => None,
        };
        let asked = request.clone();
        let understood = self.understand(principal, &asked).await?;
        let mut request = understood.request;
        let mut sees_nothing = false;
        if let Some(persona) = persona.as_ref().filter(|one| !one.collections.is_empty()) {
            let named = std::mem::take(&mut request.filter.collections);
            for id in &named {
                // What does not exist is an error with a persona as it is without.
                self.catalog.collection(principal, *id).await?;
            }
            let wanted = |id: &&CollectionId| named.is_empty() || named.contains(id);
            for id in persona.collections.iter().filter(wanted) {
                match self.catalog.collection(principal, *id).await {
                    Ok(collection) => request.filter.collections.push(collection.id),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            sees_nothing = request.filter.collections.is_empty();
        }
        Ok(Spoken {
            persona,
            request,
            asked,
            standalone: understood.standalone,
            usage: understood.usage,
            sees_nothing,
        })
    }

    /// The collections that a persona is bound to, each once.
    async fn bound(
        &self,
        principal: &Principal,
        mut collections: Vec<CollectionId>,
    ) -> Result<Vec<CollectionId>> {
        collections.sort_unstable();
        collections.dedup();
        if collections.len() > PERSONA_COLLECTIONS_MAX {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("a persona is bound to {PERSONA_COLLECTIONS_MAX} collections at most"),
            ));
        }
        for id in &collections {
            self.catalog.collection(principal, *id).await?;
        }
        Ok(collections)
    }

    /// Says that there is no such persona, and which there are.
    async fn unknown_persona(&self, principal: &Principal, name: &str) -> Result<Error> {
        let page = self
            .catalog
            .personas(principal, None, PERSONAS_NAMED_MAX)
            .await?;
        let names: Vec<String> = page
            .items
            .iter()
            .map(|persona| format!("{:?}", persona.name))
            .collect();
        let named = if name.len() <= PERSONA_NAME_BYTES_MAX {
            format!("there is no persona {name:?}")
        } else {
            "there is no persona of that name".to_owned()
        };
        let sentence = if names.is_empty() {
            format!("{named}, and no other either: make one with `alexandria persona add`")
        } else {
            let more = page.next.map_or("", |_| " and others");
            format!("{named}; known are {}{more}", names.join(", "))
        };
        Ok(Error::new(ErrorKind::NotFound, sentence))
    }
}
