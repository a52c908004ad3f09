//! `alexandria key drill`: what to do when a key is in the wrong hands, done and timed.

use std::path::Path;
use std::time::Instant;

use alexandria_core::error::{Error, ErrorKind, Result};
use serde::Serialize;

use super::{find, from_file, rotate};
use crate::cli::paint::{FAINT, GOOD, STRONG, paint};
use crate::cli::{Outcome, Setting};
use crate::config::{Config, Flags, Secret, Surroundings, settle};

/// What no program can do alone.
const CHECKLIST: [&str; 4] = [
    "start every process of this installation again (server, api, worker): only then is the old refused",
    "have the old keys refused where they were given out (OpenAI, Google, Anthropic)",
    "do the same in every other environment that had the same keys (staging, CI, laptops)",
    "look through the log for what was done with the old keys since they were lost",
];

/// A step, and how long it took.
#[derive(Debug, Serialize)]
struct Step {
    done: String,
    milliseconds: u128,
}

/// Changes everything that a thief may have.
pub(super) fn run(setting: &Setting, replace: &[String], yes: bool) -> Result<Outcome> {
    let replacements = replacements(replace)?;
    let question = "Change SECRET_KEY now? Everybody has to sign in anew.";
    if !yes && !super::super::confirm(setting, question)? {
        let sentence = "nothing was changed: say --yes to do it";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    let begun = Instant::now();
    let mut steps = Vec::new();
    let mut step = |since: Instant, done: String| {
        let milliseconds = since.elapsed().as_millis();
        steps.push(Step { done, milliseconds });
    };
    let secret_key = find("SECRET_KEY")?;
    let since = Instant::now();
    let changed = rotate::secret_key(setting, &secret_key, true)?;
    step(
        since,
        format!("SECRET_KEY is new, in {}", changed.file.display()),
    );
    for (secret, value) in &replacements {
        let since = Instant::now();
        let changed = rotate::replace(setting, secret, value)?;
        step(
            since,
            format!("{} is new, in {}", secret.name(), changed.file.display()),
        );
    }
    let since = Instant::now();
    let secrets = std::iter::once(&secret_key).chain(replacements.iter().map(|(of, _)| of));
    refused(setting, secrets)?;
    step(
        since,
        "the settings were read again: none of the old is accepted".to_owned(),
    );
    say(setting, &steps, begun.elapsed().as_millis())
}

fn replacements(replace: &[String]) -> Result<Vec<(Secret, String)>> {
    let read = |wish: &String| {
        let (name, path) = wish.split_once('=').ok_or_else(|| {
            let sentence = format!("--replace {wish}: it must read NAME=FILE");
            Error::new(ErrorKind::Invalid, sentence)
        })?;
        Ok((find(name)?, from_file(Path::new(path))?))
    };
    replace.iter().map(read).collect()
}

/// Makes sure that a process started now knows none of the old secrets.
fn refused<'a>(setting: &Setting, secrets: impl Iterator<Item = &'a Secret>) -> Result<()> {
    let mut flags = Flags {
        file: setting.settled.file.clone(),
        values: Vec::new(),
    };
    flags.set("data", Some(setting.config().data.display()));
    let now = settle(&flags, &Surroundings::of_process())?;
    let previous = find("SECRET_KEY_PREVIOUS")?;
    let still = |secret: &Secret, config: &Config| {
        let old = secret.reveal(setting.config());
        secret.reveal(config) == old || previous.reveal(config) == old
    };
    for secret in secrets {
        if still(secret, &now.config) {
            let sentence = format!("the old {} is still accepted", secret.name());
            return Err(Error::new(ErrorKind::Internal, sentence));
        }
    }
    Ok(())
}

fn say(setting: &Setting, steps: &[Step], milliseconds: u128) -> Result<Outcome> {
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&serde_json::json!({
            "steps": steps, "milliseconds": milliseconds, "remaining": CHECKLIST,
        }))?;
        return Ok(Outcome::Done);
    }
    for Step { done, milliseconds } in steps {
        let time = paint(FAINT, format!("{milliseconds} ms"));
        painter.say(format!("{} {done}  {time}", paint(GOOD, "✓")));
    }
    painter.say(paint(
        STRONG,
        format!("Done in {milliseconds} ms. What remains for you:"),
    ));
    for remaining in CHECKLIST {
        painter.say(format!("  □ {remaining}"));
    }
    Ok(Outcome::Done)
}
