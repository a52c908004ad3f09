//! The keyring: the keys that wrap data keys, in a file of the data directory, each wrapped by the
//! root key.
//!
//! One key is active: it wraps what is new. Rotating makes another one and leaves the file
//! *pending* until every blob has been wrapped again; then the older keys are retired, and still
//! open what a restored backup brings. Every process reads the file again when it has changed.

mod file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, ErrorKind, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::file::{Entry, File, KEYS_MAX, Stamp, damaged, read, stamp};
use super::cipher::new_key;
use super::{Cipher, RootKey};

/// The name of the keyring inside the data directory.
pub const KEYRING_FILE: &str = "keyring.json";

/// What a key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It wraps what is new.
    Active,
    /// It opens what has not been wrapped again yet.
    Former,
    /// Nothing uses it any more; it opens what a restored backup brings.
    Retired,
}

/// A key, as the keyring tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringKey {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub created: Timestamp,
    /// What it is used for.
    pub state: KeyState,
}

/// The keys, unwrapped.
#[derive(Debug)]
struct Keys {
    file: File,
    stamp: Stamp,
    ciphers: BTreeMap<Uuid, Arc<Cipher>>,
}

/// The keys that wrap data keys.
#[derive(Debug)]
pub struct Keyring {
    path: PathBuf,
    root: Arc<dyn RootKey>,
    keys: RwLock<Arc<Keys>>,
    /// Held while the file is written.
    writing: tokio::sync::Mutex<()>,
}

impl Keyring {
    /// Opens the keyring of a data directory, made with its first key if there is none.
    ///
    /// # Errors
    /// `Invalid` when the root key is not the one that the keyring was made with, `Unavailable` when
    /// the root key or the disk cannot be reached, `Corrupt` for a file that is no keyring.
    pub async fn open(data: &Path, root: Arc<dyn RootKey>, clock: &dyn Clock) -> Result<Self> {
        let path = data.join(KEYRING_FILE);
        if read(&path)?.is_none() {
            let entry = new_entry(root.as_ref(), clock).await?;
            file::create(&path, &File::new(entry))?;
        }
        let keys = load(&path, root.as_ref()).await?;
        Ok(Self {
            path,
            root,
            keys: RwLock::new(Arc::new(keys)),
            writing: tokio::sync::Mutex::default(),
        })
    }

    /// Refuses to work without a root key where one has been used.
    ///
    /// # Errors
    /// `Invalid`, with the remedy.
    pub fn require_none(data: &Path) -> Result<()> {
        match read(&data.join(KEYRING_FILE))? {
            None => Ok(()),
            Some(_) => Err(no_key()),
        }
    }

    /// The root key's name.
    #[must_use]
    pub fn root(&self) -> String {
        self.root.name()
    }

    /// The keys, the oldest first.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyringKey> {
        let keys = self.now();
        let shown = keys.file.keys.iter().map(|entry| KeyringKey {
            id: entry.id,
            created: entry.created,
            state: entry.state,
        });
        shown.collect()
    }

    /// Whether blobs are still to be wrapped again.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn is_pending(&self) -> Result<bool> {
        Ok(self.refreshed().await?.file.pending)
    }

    /// Makes a new key the active one, and has the root key wrap all of them again.
    ///
    /// # Errors
    /// As [`Self::open`]; `Exhausted` when the keyring is full.
    pub async fn rotate(&self, clock: &dyn Clock) -> Result<KeyringKey> {
        let _alone = self.writing.lock().await;
        let mut file = self.refreshed().await?.file.clone();
        if file.keys.len() >= KEYS_MAX {
            let sentence = format!("the keyring holds {KEYS_MAX} keys, and takes no more");
            return Err(Error::new(ErrorKind::Exhausted, sentence));
        }
        let name = self.root.name();
        for entry in &mut file.keys {
            if entry.state == KeyState::Active {
                entry.state = KeyState::Former;
            }
            let context = context(entry.id);
            if let Some(wrapped) = entry.wrapped.get_mut(&name) {
                *wrapped = self.root.rewrap(wrapped, &context).await?;
            }
        }
        let entry = new_entry(self.root.as_ref(), clock).await?;
        let made = KeyringKey {
            id: entry.id,
            created: entry.created,
            state: entry.state,
        };
        file.keys.push(entry);
        file.pending = true;
        self.write(&file).await?;
        Ok(made)
    }

    /// Lets another root key open the keyring as well: first of two steps of changing it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn admit(&self, root: &dyn RootKey) -> Result<()> {
        let _alone = self.writing.lock().await;
        let mut file = self.refreshed().await?.file.clone();
        let (own, name) = (self.root.name(), root.name());
        for entry in &mut file.keys {
            let context = context(entry.id);
            let wrapped = entry.wrapped.get(&own).ok_or_else(|| foreign(&own))?;
            let key = self.root.unwrap(wrapped, &context).await?;
            let wrapped = root.wrap(&key, &context).await?;
            entry.wrapped.insert(name.clone(), wrapped);
        }
        self.write(&file).await
    }

    /// Shuts out every other root key: the second step.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn expel_others(&self) -> Result<()> {
        let _alone = self.writing.lock().await;
        let mut file = self.refreshed().await?.file.clone();
        let own = self.root.name();
        for entry in &mut file.keys {
            entry.wrapped.retain(|name, _wrapped| *name == own);
        }
        self.write(&file).await
    }

    /// Says that everything has been wrapped by the key of this id: the others are retired.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn settle(&self, active: Uuid) -> Result<()> {
        let _alone = self.writing.lock().await;
        let mut file = self.refreshed().await?.file.clone();
        let is_active = |entry: &Entry| entry.id == active && entry.state == KeyState::Active;
        // Rotated again meanwhile: the work begins anew.
        if !file.keys.iter().any(is_active) {
            return Ok(());
        }
        for entry in &mut file.keys {
            if entry.state == KeyState::Former {
                entry.state = KeyState::Retired;
            }
        }
        file.pending = false;
        self.write(&file).await
    }

    /// The active key.
    pub(crate) async fn active(&self) -> Result<(Uuid, Arc<Cipher>)> {
        let keys = self.refreshed().await?;
        let entry = keys
            .file
            .keys
            .iter()
            .find(|entry| entry.state == KeyState::Active);
        let found = entry.and_then(|entry| Some((entry.id, keys.ciphers.get(&entry.id)?)));
        let (id, cipher) = found.ok_or_else(|| damaged(&self.path))?;
        Ok((id, Arc::clone(cipher)))
    }

    /// The key of this id.
    pub(crate) async fn key(&self, id: Uuid) -> Result<Arc<Cipher>> {
        if let Some(cipher) = self.now().ciphers.get(&id) {
            return Ok(Arc::clone(cipher));
        }
        let keys = self.refreshed().await?;
        keys.ciphers.get(&id).map(Arc::clone).ok_or_else(|| {
            let sentence = format!(
                "the keyring has no key {id}: restore {} from the backup that this file is of",
                self.path.display()
            );
            Error::new(ErrorKind::Corrupt, sentence)
        })
    }

    fn now(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys as the file has them now.
    async fn refreshed(&self) -> Result<Arc<Keys>> {
        let known = self.now();
        if stamp(&self.path)? == Some(known.stamp) {
            return Ok(known);
        }
        let keys = Arc::new(load(&self.path, self.root.as_ref()).await?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }

    async fn write(&self, file: &File) -> Result<()> {
        file::replace(&self.path, file)?;
        self.refreshed().await.map(drop)
    }
}

/// What is said where something is encrypted and no root key is set.
pub(crate) fn no_key() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "the files of this library are encrypted and no key is set: set ENCRYPTION_KEY_FILE to the \
         file of the key, or ENCRYPTION_TRANSIT_KEY to its name in the key server",
    )
}

fn foreign(own: &str) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("this is not the key that the library was encrypted with: the key set is {own}"),
    )
}

/// What a wrapped key is bound to.
fn context(id: Uuid) -> String {
    format!("alexandria keyring {id}")
}

async fn new_entry(root: &dyn RootKey, clock: &dyn Clock) -> Result<Entry> {
    let (id, key) = (Uuid::from_bytes(super::cipher::random()?), new_key()?);
    let wrapped = root.wrap(&key, &context(id)).await?;
    Ok(Entry {
        id,
        created: clock.now(),
        state: KeyState::Active,
        wrapped: BTreeMap::from([(root.name(), wrapped)]),
    })
}

async fn load(path: &Path, root: &dyn RootKey) -> Result<Keys> {
    let stamp = stamp(path)?.ok_or_else(|| damaged(path))?;
    let file = read(path)?.ok_or_else(|| damaged(path))?;
    let name = root.name();
    let mut ciphers = BTreeMap::new();
    for entry in &file.keys {
        let Some(wrapped) = entry.wrapped.get(&name) else {
            let names: Vec<&str> = entry.wrapped.keys().map(String::as_str).collect();
            let made = format!("it was encrypted with {}", names.join(" and "));
            return Err(foreign(&name).with_source(Error::new(ErrorKind::Invalid, made)));
        };
        let key = root.unwrap(wrapped, &context(entry.id)).await?;
        ciphers.insert(entry.id, Arc::new(Cipher::new(&key)?));
    }
    Ok(Keys {
        file,
        stamp,
        ciphers,
    })
}
