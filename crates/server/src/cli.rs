//! The command line. It works on the data directory alone, and through the server that runs on that
//! directory when there is one; which of the two is decided in [`door`].
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing found (no passage, no answer, no such
//! document, no library), 4 measured and worse than the baseline, 130 stopped with Ctrl-C.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Flags, Settled, Surroundings, settle};

mod add;
mod answer;
mod api_key;
mod ask;
mod audit;
mod budget;
mod case;
mod chat;
mod config;
mod conversation;
mod doctor;
mod door;
mod download;
mod erasure;
mod eval;
mod experiment;
mod feedback;
mod health;
mod init;
pub(crate) mod key;
mod list;
mod mcp;
mod migrate;
mod models;
mod paint;
pub(crate) mod parse_worker;
mod patience;
mod persona;
mod program;
mod remove;
mod search;
mod secret;
mod serve;
mod show;
mod sources;
mod status;
mod tenant;
mod upload;
mod usage;
mod user;
mod version;

pub(crate) use list::encode;
pub(crate) use paint::Painter;
pub(crate) use secret::new_secret;

/// The exit code of a verb that failed.
const EXIT_FAILURE: u8 = 1;

/// The exit code of a command line that cannot be understood.
const EXIT_USAGE: u8 = 2;

/// The exit code of a search, question or look-up that found nothing.
const EXIT_NOTHING: u8 = 3;

/// The exit code of an evaluation with a figure that is worse than the baseline's by more than allowed.
const EXIT_WORSE: u8 = 4;

/// The exit code of a verb that was stopped with Ctrl-C, as shells count it.
const EXIT_INTERRUPTED: u8 = 130;

/// A library that you can ask: answers tied to the exact words of your own books.
#[derive(Debug, Parser)]
#[command(
    name = "alexandria",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Start with:\n  \
                  alexandria add ~/Books\n  \
                  alexandria ask \"Who built the lighthouse?\"\n\n\
                  Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing found, \
                  4 worse than the baseline (eval), 130 stopped."
)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
struct Global {
    /// The directory that holds the library [default: ./alexandria-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A TOML file of settings [default: alexandria.toml when it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The tenant to look into (name or id) [default: the installation's own]
    #[arg(long, global = true, value_name = "NAME")]
    tenant: Option<String>,
    /// Print JSON for programs
    #[arg(long, global = true)]
    json: bool,
    /// Print without colours
    #[arg(long, global = true)]
    no_color: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Put files, folders, patterns or web addresses into the library
    Add(add::Add),
    /// Find passages by their words and their meaning
    Search(search::Search),
    /// Ask a question and get an answer in quoted sentences
    Ask(ask::Ask),
    /// Look at the answers that were given, and check one again
    Answer(answer::Answer),
    /// Ask question after question in one conversation, one a line
    Chat(chat::Chat),
    /// Make personas, who answer in a voice and from some collections, and look at them
    Persona(persona::Persona),
    /// Look at the conversations, and rename, take along or delete one
    Conversation(conversation::Conversation),
    /// Try another way of answering on a share of the questions, and compare
    Experiment(experiment::Experiment),
    /// List the documents, or the collections
    List(list::List),
    /// Show one document: what is known of it, and its text
    Show(show::Show),
    /// Remove documents, or a collection with everything in it
    Remove(remove::Remove),
    /// Say what the library holds and what it is working on
    Status(status::Status),
    Usage(usage::Usage),
    /// Say what may be spent in a month, and look at what is used of it
    Budget(budget::Budget),
    /// Make the first account; from then on everybody has to sign in or show a key
    Init(init::Init),
    /// Invite people, give them roles, suspend and remove them
    User(user::User),
    /// Make keys for programs, and list, rotate and revoke them
    ApiKey(api_key::ApiKey),
    /// Make tenants, who share this installation and see nothing of each other
    Tenant(tenant::Tenant),
    /// Read the audit log, verify it, and take it along
    Audit(audit::Audit),
    /// Erase a document, and look at what was erased
    Erasure(erasure::Erasure),
    /// Answer over HTTP, and read what is put in
    Serve(serve::Serve),
    /// Let a program with a language model use the library, over standard input and output
    Mcp(mcp::Mcp),
    /// Say whether the library answers, as the health paths do
    Health(health::HealthCheck),
    /// Look at the database's schema and change it
    Migrate(migrate::Migrate),
    /// Measure the search or the answers on a folder of judged questions
    Eval(eval::Eval),
    /// Check the whole installation and say what to do about what is found
    Doctor(doctor::Doctor),
    /// Fetch the embedding model, or say where it is
    Models(models::Models),
    /// Show every setting, its value and where it came from
    Config(config::ShowConfig),
    Key(key::Key),
    /// Make a secret key: 32 random bytes in hexadecimal
    Secret,
    /// Say which version this is
    Version,
    /// Read one file from standard input under limits (used by the library itself)
    #[command(hide = true, name = parse_worker::NAME)]
    ParseWorker,
}

/// What a verb is given: the settings, and how to speak.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The settings in force, and where they came from.
    pub(crate) settled: Settled,
    /// How to print.
    pub(crate) painter: Painter,
    /// The tenant to look into, where it is not the installation's own.
    pub(crate) tenant: Option<String>,
    /// Where programs are looked for.
    pub(crate) search_path: Option<String>,
}

impl Setting {
    /// The settings in force.
    pub(crate) const fn config(&self) -> &Config {
        &self.settled.config
    }
}

/// How a verb ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what it was asked.
    Done,
    /// It found nothing.
    Nothing,
    /// It measured something that is worse than it was by more than allowed, and has said what.
    Worse,
    /// It did a part, and has said what failed.
    Incomplete,
    /// It was stopped by the person who started it, and has said what is done.
    Interrupted,
}

/// Understands the command line and does what it says.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            let usage = error.use_stderr();
            // Nothing can be told when the terminal itself is gone.
            error.print().ok();
            return ExitCode::from(if usage { EXIT_USAGE } else { 0 });
        }
    };
    let surroundings = Surroundings::of_process();
    let still = surroundings.variable("TERM") == Some("dumb");
    let painter = Painter {
        json: line.global.json,
        plain: line.global.no_color || still || surroundings.variable("NO_COLOR").is_some(),
        still,
    };
    let mut flags = Flags {
        file: line.global.config.clone(),
        values: Vec::new(),
    };
    flags.set("data", line.global.data.as_ref().map(|path| path.display()));
    if let Verb::Serve(serve) = &line.verb {
        serve.set(&mut flags);
    }
    let ended = settle(&flags, &surroundings).and_then(|settled| {
        let setting = Setting {
            settled,
            painter,
            tenant: line.global.tenant.clone(),
            search_path: surroundings.variable("PATH").map(str::to_owned),
        };
        dispatch(line.verb, &setting)
    });
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(EXIT_NOTHING),
        Ok(Outcome::Worse) => ExitCode::from(EXIT_WORSE),
        Ok(Outcome::Incomplete) => ExitCode::from(EXIT_FAILURE),
        Ok(Outcome::Interrupted) => ExitCode::from(EXIT_INTERRUPTED),
        Err(error) => {
            painter.fail(&error);
            let nothing = error.kind() == ErrorKind::NotFound;
            ExitCode::from(if nothing { EXIT_NOTHING } else { EXIT_FAILURE })
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the verbs that need no runtime stand first, all others follow below"
)]
fn dispatch(verb: Verb, setting: &Setting) -> Result<Outcome> {
    match verb {
        Verb::Secret => return secret::run(setting),
        Verb::Version => return version::run(setting),
        Verb::Config(verb) => return verb.run(setting),
        Verb::ParseWorker => return Err(parse_worker::misused()),
        Verb::Serve(verb) => return verb.run(setting),
        _ => crate::telemetry::begin_for_verb(),
    }
    let runtime = crate::runtime()?;
    runtime.block_on(Box::pin(async {
        match verb {
            Verb::Add(verb) => verb.run(setting).await,
            Verb::Search(verb) => verb.run(setting).await,
            Verb::Ask(verb) => verb.run(setting).await,
            Verb::Answer(verb) => verb.run(setting).await,
            Verb::Chat(verb) => verb.run(setting).await,
            Verb::Persona(verb) => verb.run(setting).await,
            Verb::Conversation(verb) => verb.run(setting).await,
            Verb::Experiment(verb) => verb.run(setting).await,
            Verb::List(verb) => verb.run(setting).await,
            Verb::Show(verb) => verb.run(setting).await,
            Verb::Remove(verb) => verb.run(setting).await,
            Verb::Status(verb) => verb.run(setting).await,
            Verb::Usage(verb) => verb.run(setting).await,
            Verb::Budget(verb) => verb.run(setting).await,
            Verb::Init(verb) => verb.run(setting).await,
            Verb::User(verb) => verb.run(setting).await,
            Verb::ApiKey(verb) => verb.run(setting).await,
            Verb::Tenant(verb) => verb.run(setting).await,
            Verb::Audit(verb) => verb.run(setting).await,
            Verb::Erasure(verb) => verb.run(setting).await,
            Verb::Mcp(verb) => verb.run(setting).await,
            Verb::Health(verb) => verb.run(setting).await,
            Verb::Migrate(verb) => verb.run(setting).await,
            Verb::Eval(verb) => verb.run(setting).await,
            Verb::Doctor(verb) => verb.run(setting).await,
            Verb::Models(verb) => verb.run(setting).await,
            Verb::Key(verb) => verb.run(setting).await,
            Verb::Secret | Verb::Version | Verb::Config(_) | Verb::ParseWorker | Verb::Serve(_) => {
                Err(Error::new(
                    ErrorKind::Internal,
                    "this verb was not dispatched",
                ))
            }
        }
    }))
}

/// Asks a person; says no when there is nobody to ask.
fn confirm(setting: &Setting, question: &str) -> Result<bool> {
    use std::io::IsTerminal as _;
    if !std::io::stdin().is_terminal() || setting.painter.is_json() {
        return Ok(false);
    }
    setting.painter.tell(format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .context(ErrorKind::Invalid, || "cannot read the answer".to_owned())?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// The files that an argument of `add` stands for, web addresses left out.
///
/// # Errors
/// When it stands for nothing.
pub(crate) fn files_of(argument: &str) -> Result<Vec<PathBuf>> {
    let found = sources::expand(&[argument.to_owned()])?.found;
    Ok(found
        .into_iter()
        .filter_map(|source| match source {
            sources::Source::File(path) => Some(path),
            sources::Source::Web(_) => None,
        })
        .collect())
}

#[cfg(test)]
mod tests;
