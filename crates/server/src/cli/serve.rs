//! `alexandria serve`: answer over HTTP, and read what is put in.

use std::path::PathBuf;

use alexandria_core::error::Result;
use clap::Args;

use super::paint::{FAINT, STRONG, paint};
use super::{Outcome, Setting};
use crate::config::Flags;
use crate::serve::{Beside, Listening, serve};

/// Answer over HTTP, and read what is put in.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The port to listen on [default: 8000]; 0 takes any free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The address to listen on [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// What this process does: all, api or worker [default: all]
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Listen on a public address although there is no login
    #[arg(long)]
    public_without_login: bool,
    /// Also write logs/alexandria.log and logs/performance.log
    #[arg(long)]
    log_files: bool,
    /// Fill an empty library from this folder
    #[arg(long, value_name = "FOLDER")]
    seed: Option<PathBuf>,
}

impl Serve {
    /// The settings that the command line gives.
    pub(super) fn set(&self, flags: &mut Flags) {
        flags.set("server.port", self.port);
        flags.set("server.host", self.host.as_ref());
        flags.set("server.role", self.role.as_ref());
        flags.set(
            "server.public_without_login",
            self.public_without_login.then_some(true),
        );
        flags.set("log.files", self.log_files.then_some(true));
    }

    /// Serves until the process is told to stop.
    pub(super) fn run(self, setting: &Setting) -> Result<Outcome> {
        let config = setting.config().clone();
        crate::telemetry::begin_for_server(&config)?;
        for warning in &setting.settled.warnings {
            tracing::warn!("{warning}");
        }
        let painter = setting.painter;
        let runtime = crate::runtime()?;
        let data = config.data.display().to_string();
        let tell = |listening: &Listening| {
            // For people; programs read the log, which says the same.
            if painter.is_json() || !std::io::IsTerminal::is_terminal(&std::io::stderr()) {
                return;
            }
            if let Some(address) = &listening.address {
                painter.tell(greeting(address, &data));
            }
        };
        let serving = serve(config, Beside { seed: self.seed }, tell);
        runtime.block_on(Box::pin(serving))?;
        Ok(Outcome::Done)
    }
}

/// Where it is, and three things to try.
fn greeting(address: &str, data: &str) -> String {
    let line = |command: &str, what: &str| format!("  {command:<58} {}", paint(FAINT, what));
    [
        String::new(),
        format!(
            "{} {}",
            paint(STRONG, "Alexandria is ready at"),
            paint(STRONG, address)
        ),
        String::new(),
        "Three things to try, in another terminal:".to_owned(),
        line(
            "alexandria ask \"How do I put a book in?\"",
            "an answer with its sources",
        ),
        line("alexandria add ~/Books", "put your own books in"),
        line(
            &format!("{address}/docs"),
            "every call of the API, in the browser",
        ),
        paint(
            FAINT,
            format!("\nThe library is in {data}. Stop it with Ctrl-C; nothing is lost."),
        ),
    ]
    .join("\n")
}
