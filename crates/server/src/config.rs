//! Every setting of the product: where it may come from, what it is, and what is refused.
//!
//! A setting is taken from the first of these that names it: a flag of the command line, the
//! environment, the `.env` file in the working directory, the TOML file (`--config FILE`, or
//! `alexandria.toml` in the working directory), the default. Nothing else in the product reads the
//! environment. Everything is checked before anything starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};

mod dotenv;
pub(crate) mod embedder;
pub(crate) mod federation;
pub(crate) mod generator;
pub(crate) mod limits;
pub(crate) mod network;
mod permissions;
mod place;
mod relying_party;
mod rules;
mod secrets;
mod settings;
mod value;

pub(crate) use place::{Place, Secret, beside, write_alone};
pub(crate) use relying_party::relying_party;
pub(crate) use rules::{is_known_secret, open_to_all};
pub(crate) use settings::{Config, SETTINGS};
pub(crate) use value::{Doubted, LogFormat, Login, Ocr, Role};

/// The TOML file that is read when none is named.
const CONFIG_FILE: &str = "alexandria.toml";

/// The file of environment variables that is read beside the environment.
const DOTENV_FILE: &str = ".env";

/// The largest file of settings, in bytes.
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;

/// What the command line says about settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// The TOML file named by `--config`.
    pub(crate) file: Option<PathBuf>,
    /// Settings by their key, such as `server.port`, as text.
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Flags {
    /// Adds a setting when the command line gives one.
    pub(crate) fn set(&mut self, key: &'static str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.values.push((key, value.to_string()));
        }
    }
}

/// Where a setting's value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// The TOML file at this path.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// A variable of the `.env` file.
    Dotenv(String),
    /// A file that holds this secret alone, and the variable that names it.
    SecretFile {
        /// The variable.
        named: String,
        /// The file.
        path: PathBuf,
    },
    /// A key server, at this place.
    KeyServer(String),
    /// The command line.
    Flag,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::Dotenv(name) => write!(formatter, "{DOTENV_FILE} {name}"),
            Self::SecretFile { named, path } => write!(formatter, "{named} {}", path.display()),
            Self::KeyServer(place) => write!(formatter, "key server {place}"),
            Self::Flag => formatter.write_str("command line"),
        }
    }
}

/// Where settings came from, by their keys; what is missing is a default.
pub(crate) type Origins = BTreeMap<&'static str, Origin>;

/// The settings in force, and where each came from.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    /// The settings.
    pub(crate) config: Config,
    /// Where each came from, by key; what is missing is a default.
    pub(crate) origins: Origins,
    /// What is allowed but worth a warning.
    pub(crate) warnings: Vec<String>,
    /// The TOML file that the command line names.
    pub(crate) file: Option<PathBuf>,
    /// The `.env` file that is read where it is there.
    pub(crate) dotenv: PathBuf,
    /// What is still to be read from a key server.
    deferred: secrets::Deferred,
}

/// What the process was started with: its environment and its working directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// The environment variables that are text.
    pub(crate) environment: BTreeMap<String, String>,
    /// Where relative names begin.
    pub(crate) directory: PathBuf,
}

impl Surroundings {
    /// The surroundings of this process. The one place where the environment is read.
    pub(crate) fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            environment: std::env::vars_os().filter_map(text).collect(),
            directory: PathBuf::from("."),
        }
    }

    /// A variable that is set to something.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// Gathers the settings from everywhere and checks them.
///
/// # Errors
/// [`ErrorKind::Invalid`] naming the setting, where it was set, and what it may be.
pub(crate) fn settle(flags: &Flags, surroundings: &Surroundings) -> Result<Settled> {
    let config = Config {
        models: models_directory(surroundings),
        ..Config::default()
    };
    let mut settled = Settled {
        config,
        origins: BTreeMap::new(),
        warnings: Vec::new(),
        file: flags.file.clone(),
        dotenv: surroundings.directory.join(DOTENV_FILE),
        deferred: secrets::Deferred::default(),
    };
    apply_file(flags, surroundings, &mut settled)?;
    apply_environment(surroundings, &mut settled)?;
    for (key, value) in &flags.values {
        apply(&mut settled, key, value, Origin::Flag)?;
    }
    let deferred = std::mem::take(&mut settled.deferred);
    deferred.resolve(&mut settled)?;
    settled.warnings = rules::check(&settled.config)?;
    settled.warnings.extend(permissions::check(&settled)?);
    Ok(settled)
}

/// Where models are kept unless a setting says otherwise: the user's cache.
fn models_directory(surroundings: &Surroundings) -> PathBuf {
    let cache = surroundings.variable("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || {
        surroundings
            .variable("HOME")
            .map(|home| Path::new(home).join(".cache"))
    };
    cache
        .or_else(home)
        .unwrap_or_else(|| PathBuf::from(".cache"))
        .join("alexandria/models")
}

fn apply(settled: &mut Settled, key: &str, value: &str, origin: Origin) -> Result<()> {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("there is no setting \"{key}\" ({origin}); `alexandria config` lists all"),
        ));
    };
    let taken = settled.deferred.take(setting, value);
    let set = taken.and_then(|elsewhere| match elsewhere {
        true => Ok(()),
        false => (setting.set)(&mut settled.config, value.trim()),
    });
    set.map_err(|expected| {
        let shown = if setting.secret { "***" } else { value };
        let name = setting.key;
        Error::new(
            ErrorKind::Invalid,
            format!("the setting {name} ({origin}) is \"{shown}\": it must be {expected}"),
        )
    })?;
    settled.origins.insert(setting.key, origin);
    Ok(())
}

fn apply_file(flags: &Flags, surroundings: &Surroundings, settled: &mut Settled) -> Result<()> {
    let (path, required) = match &flags.file {
        Some(path) => (path.clone(), true),
        None => (surroundings.directory.join(CONFIG_FILE), false),
    };
    let Some(text) = read_settings(&path, required)? else {
        return Ok(());
    };
    let table: toml::Table = toml::from_str(&text).context(ErrorKind::Invalid, || {
        format!("cannot read the settings in {}", path.display())
    })?;
    let mut flat = Vec::new();
    flatten("", &table, &mut flat);
    for (key, value) in flat {
        apply(settled, &key, &value, Origin::File(path.clone()))?;
    }
    Ok(())
}

/// The text of a file of settings; nothing when it need not be there and is not.
fn read_settings(path: &Path, required: bool) -> Result<Option<String>> {
    let about = || format!("cannot read the settings in {}", path.display());
    let size = match fs_err::metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) if !required => return Ok(None),
        Err(error) if !required && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Ok(_) => {
            return Err(Error::new(
                ErrorKind::Invalid,
                about() + ": that is not a file",
            ));
        }
        Err(error) => return Err(Error::new(ErrorKind::Invalid, about()).with_source(error)),
    };
    if size > CONFIG_BYTES_MAX {
        let message = format!("{}: it is larger than {CONFIG_BYTES_MAX} bytes", about());
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    fs_err::read_to_string(path)
        .map(Some)
        .context(ErrorKind::Invalid, about)
}

/// Turns nested tables into keys such as `server.port`, and every value into text.
fn flatten(prefix: &str, table: &toml::Table, flat: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, flat),
            toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
                // Tables are made of what always has a JSON form, dates as their text.
                flat.push((key, serde_json::to_string(items).unwrap_or_default()));
            }
            toml::Value::Array(items) => {
                flat.push((key, items.iter().map(plain).collect::<Vec<_>>().join(",")));
            }
            toml::Value::String(_)
            | toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_) => flat.push((key, plain(value))),
        }
    }
}

/// A value as text; of nested lists and tables nothing remains, and no setting takes that.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Datetime(moment) => moment.to_string(),
        toml::Value::Array(_) | toml::Value::Table(_) => String::new(),
    }
}

fn apply_environment(surroundings: &Surroundings, settled: &mut Settled) -> Result<()> {
    let file = match read_settings(&settled.dotenv, false)? {
        Some(text) => dotenv::parse(&text).map_err(|sentence| {
            Error::new(ErrorKind::Invalid, format!("{DOTENV_FILE} {sentence}"))
        })?,
        None => BTreeMap::new(),
    };
    let own = |name: &str| surroundings.variable(name).map(str::to_owned);
    let dotenv = |name: &str| file.get(name).filter(|value| !value.is_empty()).cloned();
    for setting in SETTINGS {
        for name in setting.environment {
            let Some((value, origin)) = secrets::variable(setting, name, &own, &dotenv)? else {
                continue;
            };
            apply(settled, setting.key, &value, origin)?;
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
