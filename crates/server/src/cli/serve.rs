//! `alexandria serve`: answer over HTTP, and read what is put in.

use std::path::PathBuf;

use alexandria_core::error::Result;
use clap::Args;

use super::door::Server;
use super::paint::{FAINT, STRONG, clean, paint};
use super::program::{called, quoted};
use super::{Outcome, Setting};
use crate::config::{Config, Flags};
use crate::serve::{Beside, Holdings, Listening, serve};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria serve
  alexandria serve --port 8001 --log-files
  alexandria --data /srv/library serve";

/// Answer over HTTP, and read what is put in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
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
        let greeting = Greeting::new(setting);
        let tell = |listening: &Listening| {
            // For people; programs read the log, which says the same.
            if painter.is_json() || !std::io::IsTerminal::is_terminal(&std::io::stderr()) {
                return;
            }
            if let Some(address) = &listening.address {
                painter.tell(greeting.text(address, listening.holdings));
            }
        };
        if let Some(other) = runtime.block_on(Server::find(setting)) {
            tracing::warn!(
                "a server runs on this library already, at {}; commands will go through this one",
                other.address()
            );
        }
        let beside = Beside {
            seed: self.seed,
            origins: setting.settled.origins.clone(),
        };
        let serving = serve(config, beside, tell);
        runtime.block_on(Box::pin(serving))?;
        Ok(Outcome::Done)
    }
}

/// Where the library is, and what to try.
#[derive(Debug)]
struct Greeting {
    /// The name of the installation.
    name: String,
    /// The program as it can be typed in another terminal, with the data directory where it must be
    /// said.
    program: String,
    /// The data directory.
    data: String,
}

impl Greeting {
    fn new(setting: &Setting) -> Self {
        let config = setting.config();
        let mut program = called(setting.search_path.as_deref());
        let chosen = config.data != Config::default().data;
        if chosen && config.data != std::path::Path::new("alexandria-data") {
            let whole = std::path::absolute(&config.data).unwrap_or_else(|_| config.data.clone());
            program += &format!(" --data {}", quoted(&whole.display().to_string()));
        }
        Self {
            name: clean(&config.name),
            program,
            data: clean(&config.data.display().to_string()),
        }
    }

    fn text(&self, address: &str, holdings: Holdings) -> String {
        let Self {
            name,
            program,
            data,
        } = self;
        let try_this =
            |what: &str, command: &str| format!("  {}\n    {command}", paint(FAINT, what));
        let add = try_this("put your own books in", &format!("{program} add ~/Books"));
        let (first, second) = match holdings {
            Holdings::Nothing => (
                add,
                try_this("drop some into the browser, and ask", address),
            ),
            Holdings::Seed => {
                let question = format!("{program} ask \"How do I put a book in?\"");
                (try_this("an answer with its sources", &question), add)
            }
            Holdings::Documents => {
                let list = format!("{program} list");
                (try_this("what is in the library", &list), add)
            }
        };
        [
            String::new(),
            paint(STRONG, format!("{name} is ready at {address}")),
            String::new(),
            "Three things to try, from this folder in another terminal:".to_owned(),
            first,
            second,
            try_this(
                "every call of the API, in the browser",
                &format!("{address}/docs"),
            ),
            paint(
                FAINT,
                format!("\nThe library is in {data}. Stop it with Ctrl-C; nothing is lost."),
            ),
        ]
        .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Greeting, Holdings};

    fn lines(holdings: Holdings) -> Vec<String> {
        let greeting = Greeting {
            name: "Reading Room".to_owned(),
            program: "/opt/alexandria --data '/my books'".to_owned(),
            data: "/my books".to_owned(),
        };
        let text = greeting.text("http://127.0.0.1:8000", holdings);
        let text = anstream::adapter::strip_str(&text).to_string();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn what_is_to_be_tried_can_be_typed_as_it_stands() {
        for holdings in [Holdings::Nothing, Holdings::Seed, Holdings::Documents] {
            let lines = lines(holdings);
            let has = |line: &str| lines.iter().any(|one| one == line);
            assert!(has("Reading Room is ready at http://127.0.0.1:8000"));
            assert!(has("/opt/alexandria --data '/my books' add ~/Books"));
            assert!(
                lines.iter().all(|line| line.chars().count() <= 76),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn only_a_library_with_its_seed_is_to_be_asked_about_it() {
        let check = |holdings: Holdings, first: &str| {
            let lines = lines(holdings);
            let command = lines.iter().find(|line| line.starts_with("/opt/"));
            let command =
                command.and_then(|line| line.strip_prefix("/opt/alexandria --data '/my books' "));
            assert_eq!(command, Some(first), "{lines:?}");
        };
        check(Holdings::Nothing, "add ~/Books");
        check(Holdings::Seed, "ask \"How do I put a book in?\"");
        check(Holdings::Documents, "list");
    }
}
