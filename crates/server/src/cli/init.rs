//! `alexandria init`: the first account, from which on everybody has to sign in.

use std::io::{BufRead as _, IsTerminal as _};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::user::PASSWORD_CHARACTERS_MIN;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{FAINT, STRONG, clean, paint};
use super::{Outcome, Setting};
use crate::api::auth::InitBody;
use crate::api::users::UserBody;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria init --email ada@example.org --name \"Ada Lovelace\"
  alexandria init --email ada@example.org --name Ada --library \"City Library\" --password-stdin";

/// Make the first account; from then on everybody has to sign in or show a key
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Init {
    /// The address the owner signs in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What the owner is called
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What the installation's own tenant is called
    #[arg(long, value_name = "NAME")]
    library: Option<String>,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

impl Init {
    /// Makes it.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let password = password(setting, self.password_stdin)?;
        let body = InitBody {
            tenant: self.library.clone(),
            email: self.email.clone(),
            name: self.name.clone(),
            password,
        };
        let door = Door::open(setting, Work::Store).await?;
        let made: Result<UserBody> = door.post("/api/v1/init", &body).await;
        door.close().await;
        let made = made?;
        let painter = setting.painter;
        if painter.is_json() {
            painter.json(&made)?;
            return Ok(Outcome::Done);
        }
        let name = clean(&made.name);
        painter.say(paint(STRONG, format!("{name} owns this library.")));
        painter.say(
            "From now on everybody signs in or shows a key. Commands on this machine that can read \
             the data directory go on as before.",
        );
        let next = "next: alexandria user invite ADDRESS --role reader, alexandria api-key create NAME \
                    --scopes ask";
        painter.say(paint(FAINT, next));
        Ok(Outcome::Done)
    }
}

/// A password, asked for twice, or from standard input.
fn password(setting: &Setting, from_input: bool) -> Result<String> {
    let about = || "cannot read the password".to_owned();
    if from_input {
        let mut line = String::new();
        let mut input = std::io::stdin().lock();
        input
            .read_line(&mut line)
            .context(ErrorKind::Invalid, about)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        let sentence = "there is nobody to ask for a password: give it with --password-stdin";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    let ask = |question: String| {
        setting.painter.tell(question);
        let term = console::Term::stderr();
        term.read_secure_line().context(ErrorKind::Invalid, about)
    };
    let first = ask(format!(
        "A password, of at least {PASSWORD_CHARACTERS_MIN} characters:"
    ))?;
    if first != ask("Once more:".to_owned())? {
        let sentence = "the two passwords differ; nothing was done";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(first)
}
