//! `alexandria migrate`: look at the database's schema and change it.

use std::sync::Arc;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::settings::CATALOG_FILE;
use alexandria_store::catalog::{Catalog, CatalogOptions};
use alexandria_store::migrate::{Migrator, Target, new_migration_file};
use clap::{Args, Subcommand};

use super::door::Server;
use super::paint::{BAD, FAINT, GOOD, STRONG, clean, paint, table};
use super::{Outcome, Setting};

/// Where new migrations are put.
const MIGRATIONS_FOLDER: &str = "crates/store/src/migrate";

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria migrate current
  alexandria migrate up
  alexandria migrate down -1";

/// Look at the database's schema and change it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Migrate {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say which migration the database stands at
    Current,
    /// List every migration and when it was applied
    History,
    /// Apply migrations: all that are pending, or up to REV
    Up {
        /// A migration's name or number, head, or +N
        #[arg(value_name = "REV", default_value = "head")]
        target: String,
    },
    /// Take migrations back: one, or down to REV
    Down {
        /// A migration's name or number, -N, or base
        #[arg(
            value_name = "-1|REV",
            default_value = "-1",
            allow_negative_numbers = true
        )]
        target: String,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Begin a new migration among the sources
    New {
        /// Its name in lower case with underscores, beginning with `add_`, `remove_`, `rename_`,
        /// `create_table_` or `drop_table_`
        #[arg(value_name = "NAME")]
        name: String,
    },
}

impl Migrate {
    /// Does it.
    pub(super) async fn run(self, setting: &Setting) -> Result<Outcome> {
        if let Verb::New { name } = &self.verb {
            return create(setting, name);
        }
        if matches!(self.verb, Verb::Up { .. } | Verb::Down { .. })
            && let Some(server) = Server::find(setting).await
        {
            let address = server.address();
            let message = format!("a server runs on this library at {address}: stop it first");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let catalog = open(setting).await?;
        let migrator = Migrator::of(&catalog);
        let done = match &self.verb {
            Verb::Current => current(setting, &migrator).await,
            Verb::History => history(setting, &migrator).await,
            Verb::Up { target } => up(setting, &migrator, target).await,
            Verb::Down { target, yes } => down(setting, &migrator, target, *yes).await,
            Verb::New { .. } => Ok(Outcome::Done),
        };
        let closed = catalog.close().await;
        let done = done?;
        closed?;
        Ok(done)
    }
}

async fn open(setting: &Setting) -> Result<Catalog> {
    let config = setting.config();
    let url = match &config.database_url {
        Some(url) => url.clone(),
        None => {
            fs_err::create_dir_all(&config.data).context(ErrorKind::Unavailable, || {
                format!("cannot make the data directory {}", config.data.display())
            })?;
            format!("sqlite:{}", config.data.join(CATALOG_FILE).display())
        }
    };
    let options = CatalogOptions::new(Arc::new(SystemClock), Arc::new(SystemIds));
    Catalog::open_as_it_is(&url, options).await
}

async fn current(setting: &Setting, migrator: &Migrator<'_>) -> Result<Outcome> {
    let current = migrator.current().await?;
    let pending = migrator.pending().await?;
    if setting.painter.is_json() {
        setting
            .painter
            .json(&serde_json::json!({ "current": current, "pending": pending }))?;
        return Ok(Outcome::Done);
    }
    let name = current.unwrap_or_else(|| "none: the database is empty".to_owned());
    setting
        .painter
        .say(format!("{} {}", paint(STRONG, "current:"), clean(&name)));
    if !pending.is_empty() {
        setting.painter.say(format!(
            "pending: {}; alexandria migrate up",
            pending.join(", ")
        ));
    }
    Ok(Outcome::Done)
}

async fn history(setting: &Setting, migrator: &Migrator<'_>) -> Result<Outcome> {
    let steps = migrator.history().await?;
    if setting.painter.is_json() {
        let rows = steps.iter().map(|step| {
            serde_json::json!({ "name": step.name, "applied": step.applied,
                "down_loses": step.down_loses })
        });
        setting.painter.json(&rows.collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    let row = |step: &alexandria_store::migrate::Step| {
        let applied = step
            .applied
            .map_or("pending".to_owned(), |moment| moment.to_string());
        vec![step.name.clone(), applied, step.down_loses.to_owned()]
    };
    let rows: Vec<_> = steps.iter().map(row).collect();
    setting.painter.say(table(
        &["MIGRATION", "APPLIED", "TAKING IT BACK LOSES"],
        &rows,
    ));
    Ok(Outcome::Done)
}

async fn up(setting: &Setting, migrator: &Migrator<'_>, target: &str) -> Result<Outcome> {
    let done = migrator.up(Target::parse(target)?).await?;
    report(setting, "applied", &done)
}

async fn down(
    setting: &Setting,
    migrator: &Migrator<'_>,
    target: &str,
    yes: bool,
) -> Result<Outcome> {
    let target = Target::parse(target)?;
    let plan = migrator.plan_down(&target).await?;
    if plan.is_empty() {
        return report(setting, "taken back", &[]);
    }
    let painter = setting.painter;
    painter.tell(format!("{} Data loss possible!", paint(BAD, "CAUTION:")));
    for step in &plan {
        let loses = if step.down_loses.is_empty() {
            "nothing"
        } else {
            step.down_loses
        };
        painter.tell(format!("  {} loses {loses}", step.name));
    }
    painter.tell(paint(
        FAINT,
        "  make a backup of the data directory or the database first",
    ));
    if !yes && !super::confirm(setting, "Take them back?")? {
        return Err(Error::new(
            ErrorKind::Invalid,
            "nothing was taken back; say --yes to mean it",
        ));
    }
    let done = migrator.down(&target).await?;
    report(setting, "taken back", &done)
}

fn report(setting: &Setting, what: &str, names: &[String]) -> Result<Outcome> {
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&serde_json::json!({ "migrations": names, "what": what }))?;
    } else if names.is_empty() {
        painter.say(format!("nothing to be {what}"));
    } else {
        for name in names {
            painter.say(format!("{} {what} {name}", paint(GOOD, "✓")));
        }
    }
    Ok(Outcome::Done)
}

/// Writes the beginning of a migration among the sources.
fn create(setting: &Setting, name: &str) -> Result<Outcome> {
    let file = new_migration_file(name)?;
    let folder = std::path::Path::new(MIGRATIONS_FOLDER);
    if !folder.is_dir() {
        let message = format!("there is no {MIGRATIONS_FOLDER} here: run this in the sources");
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let path = folder.join(&file.file_name);
    let about = || format!("cannot write {}", path.display());
    if path.try_exists().context(ErrorKind::Unavailable, about)? {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("{} is there already", path.display()),
        ));
    }
    fs_err::write(&path, &file.text).context(ErrorKind::Unavailable, about)?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&serde_json::json!({ "file": path, "lines": file.lines }))?;
    } else {
        painter.say(format!("{} {}", paint(GOOD, "✓ wrote"), path.display()));
        painter.say("Fill in up and down, then add to crates/store/src/migrate.rs:");
        for line in &file.lines {
            painter.say(format!("    {line}"));
        }
    }
    Ok(Outcome::Done)
}
