//! `alexandria persona`: names under which the library answers in a voice and from some collections.

use std::path::PathBuf;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::persona::PERSONA_VOICE_BYTES_MAX;
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::list::{encode, gather};
use super::paint::{FAINT, GOOD, STRONG, WARN, clean, counted, paint, shorten, wrap};
use super::{Outcome, Setting};
use crate::api::personas::{NewPersonaBody, PersonaBody, PersonaChangeBody};
use crate::api::wire::CollectionBody;

pub(super) mod sample;

/// The width of a name and of a voice in the list, in characters.
const COLUMN_CHARACTERS: usize = 44;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria persona sample
  alexandria ask --persona Aristotle \"What is courage?\"
  alexandria persona add Mary --collection Novels --voice \"Warm, in short sentences.\"
  alexandria persona change Mary --voice-file voice.txt
  alexandria persona list";

/// Make and look at personas: names under which the library answers in a voice and from some collections
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Persona {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a persona
    Add {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        said: Said,
    },
    /// Change a persona
    Change {
        /// Its name or id
        #[arg(value_name = "NAME")]
        name: String,
        /// A new name
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// Answer from the whole library again
        #[arg(long, conflicts_with = "collections")]
        whole_library: bool,
        #[command(flatten)]
        said: Said,
    },
    /// List the personas, oldest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 200)]
        limit: usize,
    },
    /// Show a persona: its voice and its collections
    Show {
        /// Its name or id
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a persona; its collections stay
    Remove {
        /// Its name or id
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Set up Aristotle, who answers from notes on the Nicomachean Ethics that come with the program
    Sample,
}

/// What a persona is.
#[derive(Debug, Default, Args)]
struct Said {
    /// How it speaks where a language model writes
    #[arg(long, value_name = "TEXT", conflicts_with = "voice_file")]
    voice: Option<String>,
    /// A text file that says how it speaks
    #[arg(long, value_name = "FILE")]
    voice_file: Option<PathBuf>,
    /// A collection it answers from (name or id); may be given several times [default: the whole library]
    #[arg(long = "collection", value_name = "NAME")]
    collections: Vec<String>,
}

impl Said {
    /// The voice, from the line or from its file.
    fn voice(&self) -> Result<Option<String>> {
        let Some(path) = &self.voice_file else {
            return Ok(self.voice.clone());
        };
        let about = || format!("cannot read a voice from {}", path.display());
        let bytes = fs_err::metadata(path)
            .context(ErrorKind::Invalid, about)?
            .len();
        if bytes > PERSONA_VOICE_BYTES_MAX as u64 {
            let message = format!(
                "{} has {bytes} bytes; a voice has {PERSONA_VOICE_BYTES_MAX} at most",
                path.display()
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let text = fs_err::read_to_string(path).context(ErrorKind::Invalid, about)?;
        Ok(Some(text))
    }
}

impl Persona {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = match &self.verb {
            Verb::Add { .. } => Work::Store,
            Verb::Sample => Work::Jobs,
            Verb::Change { .. } | Verb::List { .. } | Verb::Show { .. } | Verb::Remove { .. } => {
                Work::Look
            }
        };
        let door = Door::open(setting, work).await?;
        let done = match &self.verb {
            Verb::Add { name, said } => add(setting, &door, name, said).await,
            Verb::Change {
                name,
                rename,
                whole_library,
                said,
            } => {
                change(
                    setting,
                    &door,
                    name,
                    rename.as_deref(),
                    *whole_library,
                    said,
                )
                .await
            }
            Verb::List { limit } => list(setting, &door, *limit).await,
            Verb::Show { name } => show(setting, &door, name).await,
            Verb::Remove { name } => remove(setting, &door, name).await,
            Verb::Sample => sample::set_up(setting, &door).await,
        };
        door.close().await;
        done
    }
}

/// Where a persona is.
fn path(name: &str) -> String {
    format!("/api/v1/personas/{}", encode(name))
}

async fn add(setting: &Setting, door: &Door, name: &str, said: &Said) -> Result<Outcome> {
    let body = NewPersonaBody {
        name: name.to_owned(),
        voice: said.voice()?.unwrap_or_default(),
        collections: said.collections.clone(),
    };
    let made: PersonaBody = door.post("/api/v1/personas", &body).await?;
    tell(setting, &made, "made")
}

async fn change(
    setting: &Setting,
    door: &Door,
    name: &str,
    rename: Option<&str>,
    whole_library: bool,
    said: &Said,
) -> Result<Outcome> {
    let bound = whole_library || !said.collections.is_empty();
    let body = PersonaChangeBody {
        name: rename.map(str::to_owned),
        voice: said.voice()?,
        collections: bound.then(|| said.collections.clone()),
    };
    if body.name.is_none() && body.voice.is_none() && body.collections.is_none() {
        let message = "nothing to change: name --rename, --voice, --voice-file, --collection or \
                       --whole-library";
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let changed: PersonaBody = door.patch(&path(name), &body).await?;
    tell(setting, &changed, "changed")
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<Outcome> {
    let items: Vec<PersonaBody> = gather(door, "/api/v1/personas", &[], limit).await?;
    if items.is_empty() && !setting.painter.is_json() {
        setting
            .painter
            .say("There is no persona. Set one up: alexandria persona sample");
        return Ok(Outcome::Done);
    }
    let row = |persona: &PersonaBody| {
        vec![
            shorten(&persona.name, COLUMN_CHARACTERS),
            shorten(&persona.voice, COLUMN_CHARACTERS),
            bound(persona),
        ]
    };
    let headings = ["PERSONA", "VOICE", "ANSWERS FROM"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

/// What a persona answers from, in a few words.
fn bound(persona: &PersonaBody) -> String {
    match persona.collections.len() {
        0 => "the whole library".to_owned(),
        count => counted(count as u64, "collection", "collections"),
    }
}

async fn show(setting: &Setting, door: &Door, name: &str) -> Result<Outcome> {
    let persona: PersonaBody = door.get(&path(name)).await?;
    if setting.painter.is_json() {
        setting.painter.json(&persona)?;
        return Ok(Outcome::Done);
    }
    let painter = setting.painter;
    painter.say(paint(STRONG, clean(&persona.name)));
    if !persona.voice.is_empty() {
        painter.say(wrap(&persona.voice, "  "));
    }
    painter.say(format!("answers from {}", bound(&persona)));
    for id in &persona.collections {
        let found: Result<CollectionBody> = door.get(&format!("/api/v1/collections/{id}")).await;
        painter.say(match found {
            Ok(collection) => format!("  {}", clean(&collection.name)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                paint(WARN, format!("  {id}, which has been removed"))
            }
            Err(error) => return Err(error),
        });
    }
    painter.say(paint(FAINT, persona.id));
    Ok(Outcome::Done)
}

async fn remove(setting: &Setting, door: &Door, name: &str) -> Result<Outcome> {
    let persona: PersonaBody = door.get(&path(name)).await?;
    door.delete(&path(&persona.id.to_string())).await?;
    if setting.painter.is_json() {
        let removed = serde_json::json!({ "removed_persona": persona.id });
        setting.painter.json(&removed)?;
        return Ok(Outcome::Done);
    }
    tell(setting, &persona, "removed")
}

/// Says what has been done with a persona.
fn tell(setting: &Setting, persona: &PersonaBody, done: &str) -> Result<Outcome> {
    if setting.painter.is_json() {
        setting.painter.json(persona)?;
    } else {
        setting.painter.say(format!(
            "{} {done} {}, who answers from {}",
            paint(GOOD, "✓"),
            paint(STRONG, clean(&persona.name)),
            bound(persona)
        ));
    }
    Ok(Outcome::Done)
}
