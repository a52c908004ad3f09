//! `alexandria api-key`: the keys that programs call with.

use alexandria_core::access::Scopes;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::CollectionId;
use alexandria_library::access::{KEY_OVERLAP_SECONDS_DEFAULT, KEY_OVERLAP_SECONDS_MAX};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::door::{Door, Work};
use super::list::{encode, gather};
use super::paint::{FAINT, STRONG, WARN, clean, paint, shorten};
use super::user::day;
use super::{Outcome, Setting};
use crate::api::compromised::{CompromiseBody, CompromisedBody};
use crate::api::keys::{KeyBody, MadeKeyBody, NewKey, RotateBody, RotatedKeyBody, ScopeBody};
use crate::api::wire::CollectionBody;

/// The width of a name, in characters.
const COLUMN_CHARACTERS: usize = 32;

/// The most keys that are looked at.
const KEYS_LISTED_MAX: usize = 10_000;

/// The most days for which a key can be made.
const DAYS_MAX: i64 = 3650;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria api-key create \"Web site\" --scopes ask --expires-days 90
  alexandria api-key create Importer --scopes ingest,ask --collection Manuals
  alexandria api-key list
  alexandria api-key rotate Importer
  alexandria api-key compromised Importer
  alexandria api-key revoke 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";

/// Make keys for programs, and list, rotate and revoke them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ApiKey {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the keys, oldest first; never the keys themselves
    List,
    /// Make a key; it is shown this once
    Create {
        /// What it is called
        #[arg(value_name = "NAME")]
        name: String,
        /// What it may do, such as ingest,ask
        #[arg(long, value_name = "SCOPES")]
        scopes: Scopes,
        /// A collection it reaches (name or id); may be given several times [default: all]
        #[arg(long = "collection", value_name = "NAME")]
        collections: Vec<String>,
        /// Days after which it ends [default: never]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=DAYS_MAX))]
        expires_days: Option<i64>,
    },
    /// Put a new key in the place of one; both are valid for a while
    Rotate {
        /// The key's name or id
        #[arg(value_name = "KEY")]
        key: String,
        /// Seconds for which the former is still valid
        #[arg(long, value_name = "SECONDS", default_value_t = KEY_OVERLAP_SECONDS_DEFAULT,
              value_parser = clap::value_parser!(u64).range(0..=KEY_OVERLAP_SECONDS_MAX))]
        overlap_seconds: u64,
    },
    /// Say that a key is in the wrong hands: it lets nobody in from now on, and those who watch are told
    Compromised {
        /// The key's name or id
        #[arg(value_name = "KEY")]
        key: String,
        /// Only pretend, in what those who watch are told; the key is revoked all the same
        #[arg(long)]
        drill: bool,
    },
    /// Revoke a key: from now on it lets nobody in
    Revoke {
        /// The key's name or id
        #[arg(value_name = "KEY")]
        key: String,
    },
}

impl ApiKey {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = match &self.verb {
            Verb::Create { .. } => Work::Store,
            Verb::List | Verb::Rotate { .. } | Verb::Compromised { .. } | Verb::Revoke { .. } => {
                Work::Look
            }
        };
        let door = Door::open(setting, work).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done.map(|()| Outcome::Done)
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<()> {
        match self {
            Self::List => list(setting, door).await,
            Self::Create {
                name,
                scopes,
                collections,
                expires_days,
            } => {
                let new = NewKey {
                    name: name.clone(),
                    scopes: scopes.iter().map(ScopeBody::from).collect(),
                    collections: self::collections(door, collections).await?,
                    clearance: None,
                    expires: expires_days.map(in_days).transpose()?,
                };
                let made: MadeKeyBody = door.post("/api/v1/keys", &new).await?;
                tell(setting, &made)
            }
            Self::Rotate {
                key,
                overlap_seconds,
            } => {
                let body = RotateBody {
                    overlap_seconds: Some(*overlap_seconds),
                };
                let path = format!("{}/rotate", path(door, key).await?);
                let rotated: RotatedKeyBody = door.post(&path, &body).await?;
                if setting.painter.is_json() {
                    return setting.painter.json(&rotated);
                }
                tell(setting, &rotated.made)?;
                let until = rotated.former_until;
                let sentence = format!("the former key is valid until {until}");
                setting.painter.say(paint(WARN, sentence));
                Ok(())
            }
            Self::Compromised { key, drill } => {
                let path = format!("{}/compromised", path(door, key).await?);
                let body = CompromiseBody { drill: *drill };
                let done: CompromisedBody = door.post(&path, &body).await?;
                tell_compromised(setting, &done)
            }
            Self::Revoke { key } => {
                let path = path(door, key).await?;
                let revoked: KeyBody = door.get(&path).await?;
                door.delete(&path).await?;
                if setting.painter.is_json() {
                    let id = revoked.id;
                    return setting
                        .painter
                        .json(&serde_json::json!({ "revoked_key": id }));
                }
                let name = clean(&revoked.name);
                setting
                    .painter
                    .say(format!("The key {name} lets nobody in any more."));
                Ok(())
            }
        }
    }
}

/// The path of the key that a person names: by its id, or by a name that only one valid key has.
async fn path(door: &Door, name: &str) -> Result<String> {
    if Uuid::try_parse(name).is_ok() {
        return Ok(format!("/api/v1/keys/{}", encode(name)));
    }
    let keys: Vec<KeyBody> = gather(door, "/api/v1/keys", &[], KEYS_LISTED_MAX).await?;
    let is_current = |key: &&KeyBody| key.revoked.is_none() && key.successor.is_none();
    let mut named = keys
        .iter()
        .filter(is_current)
        .filter(|key| key.name == name);
    let first = named.next();
    if named.next().is_some() {
        let name = clean(name);
        let sentence = format!(
            "several keys are called {name}: name one by its id, as `alexandria api-key list` gives it"
        );
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    let unknown = || {
        Error::new(
            ErrorKind::NotFound,
            format!("there is no key {}", clean(name)),
        )
    };
    let found = first.ok_or_else(unknown)?;
    Ok(format!("/api/v1/keys/{}", found.id))
}

fn in_days(days: i64) -> Result<Timestamp> {
    use alexandria_core::clock::Clock as _;
    let now = alexandria_library::clock::SystemClock.now();
    now.checked_add(SignedDuration::from_hours(days * 24))
        .map_err(|source| {
            let sentence = "that many days cannot be counted";
            Error::new(ErrorKind::Invalid, sentence).with_source(source)
        })
}

async fn collections(door: &Door, names: &[String]) -> Result<Option<Vec<CollectionId>>> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let path = format!("/api/v1/collections/{}", encode(name));
        let found: CollectionBody = door.get(&path).await?;
        ids.push(found.id);
    }
    Ok((!ids.is_empty()).then_some(ids))
}

async fn list(setting: &Setting, door: &Door) -> Result<()> {
    let items: Vec<KeyBody> = gather(door, "/api/v1/keys", &[], KEYS_LISTED_MAX).await?;
    let row = |key: &KeyBody| {
        let scopes: Scopes = key.scopes.iter().map(|scope| (*scope).into()).collect();
        vec![
            shorten(&key.name, COLUMN_CHARACTERS),
            format!("…{}", key.tail),
            scopes.to_string(),
            state(key),
            key.used.map_or_else(|| "never".to_owned(), day),
            key.id.to_string(),
        ]
    };
    let headings = ["KEY", "ENDS IN", "SCOPES", "STATE", "USED", "ID"];
    setting.painter.list(&items, &headings, row)
}

fn state(key: &KeyBody) -> String {
    match (key.revoked, key.successor, key.expires) {
        (Some(_), _, _) => "revoked".to_owned(),
        (None, Some(_), Some(end)) => format!("rotated, until {}", day(end)),
        (None, _, Some(end)) => format!("until {}", day(end)),
        (None, _, None) => "valid".to_owned(),
    }
}

fn tell_compromised(setting: &Setting, done: &CompromisedBody) -> Result<()> {
    let painter = setting.painter;
    if painter.is_json() {
        return painter.json(done);
    }
    let name = clean(&done.key.name);
    let time = paint(FAINT, format!("{:.0} ms", done.milliseconds));
    painter.say(format!("The key {name} lets nobody in any more.  {time}"));
    let used = done.used.map_or_else(|| "never".to_owned(), day);
    painter.say(format!(
        "It was made {} and last used {used}. What remains for you:",
        day(done.key.created)
    ));
    painter.say(format!(
        "  □ see what was done with it: alexandria audit list --actor {}",
        done.actor
    ));
    painter.say(
        "  □ give its program another: alexandria api-key create NAME --scopes SCOPES".to_owned(),
    );
    painter.say(
        "  □ where SECRET_KEY or a provider's key may be known as well: alexandria key drill"
            .to_owned(),
    );
    Ok(())
}

fn tell(setting: &Setting, made: &MadeKeyBody) -> Result<()> {
    let painter = setting.painter;
    if painter.is_json() {
        return painter.json(made);
    }
    let name = clean(&made.about.name);
    painter.say(format!("The key {name}, shown this once:"));
    painter.say(paint(STRONG, &made.key));
    painter.say(paint(FAINT, format!("id {}", made.about.id)));
    Ok(())
}
