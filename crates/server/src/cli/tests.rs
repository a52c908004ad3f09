//! What the handbook says can be typed and set, held against the program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use super::Line;
use crate::config::SETTINGS;

/// Variables that begin like ours and are read by `make` alone.
const MAKE_ALONE: [&str; 1] = ["ALEXANDRIA_CACHE"];

/// The pages that people read, with their text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![root.join("README.md"), root.join("ARCHITECTURE.md")];
    for folder in ["docs", "docs/decisions"] {
        let entries = fs_err::read_dir(root.join(folder)).unwrap();
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    paths.retain(|path| path.extension().is_some_and(|end| end == "md"));
    assert!(paths.len() > 10, "the handbook is missing");
    let read = |path: PathBuf| (path.clone(), fs_err::read_to_string(path).unwrap());
    paths.into_iter().map(read).collect()
}

/// The lines of code blocks and the words in code style, as they stand in a page.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            found.push(line.trim().trim_start_matches("$ ").to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The words of a command as a shell would give them; nothing when it is another program's.
fn command(code: &str) -> Option<Vec<String>> {
    let is_setting = |word: &&str| word.contains('=') && !word.starts_with(['-', '"', '\'']);
    let ours = code
        .split_whitespace()
        .find(|word| !is_setting(word))
        .is_some_and(|word| word == "alexandria");
    if !ours || code.trim() == "alexandria" {
        return None;
    }
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in code.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '#' | '|' | '>' | ';' | '&') => break,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    let words = words.into_iter().filter(|word| !word.is_empty());
    Some(words.skip_while(|word| word != "alexandria").collect())
}

/// The examples that `--help` shows.
fn examples() -> Vec<String> {
    let mut found = Vec::new();
    let whole = Line::command();
    for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
        let text = command.get_after_help().map(ToString::to_string);
        let lines = text.unwrap_or_default();
        found.extend(lines.lines().map(|line| line.trim().to_owned()));
    }
    found
}

#[test]
fn every_command_of_the_handbook_is_understood() {
    let mut count = 0;
    let mut check = |place: &str, code: &str| {
        let Some(words) = command(code) else { return };
        if words
            .iter()
            .any(|word| matches!(word.as_str(), "VERB" | "…"))
        {
            return;
        }
        count += 1;
        if let Err(error) = Line::try_parse_from(&words) {
            let shown = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
            // A verb may be spoken of without what it takes.
            let named = error.kind() == ErrorKind::MissingRequiredArgument
                && !words
                    .iter()
                    .any(|word| word.contains(|c: char| !c.is_ascii_lowercase()));
            assert!(
                named || shown.contains(&error.kind()),
                "{place}: {code}: {error}"
            );
        }
    };
    for (path, text) in pages() {
        for code in code(&text) {
            check(&path.display().to_string(), &code);
        }
    }
    for example in examples() {
        check("--help", &example);
    }
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn every_flag_of_the_handbook_exists() {
    fn gather(command: &clap::Command, flags: &mut BTreeSet<String>) {
        let longs = command.get_arguments().filter_map(clap::Arg::get_long);
        flags.extend(longs.map(|long| format!("--{long}")));
        for inner in command.get_subcommands() {
            gather(inner, flags);
        }
    }
    let mut flags = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    gather(&Line::command(), &mut flags);
    for (path, text) in pages() {
        for code in code(&text) {
            let first = code.split([' ', '=']).next().unwrap_or_default();
            if first.starts_with("--") {
                assert!(flags.contains(first), "{}: {code}", path.display());
            }
        }
    }
}

#[test]
fn every_setting_of_the_handbook_exists() {
    let keys: BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let sections: BTreeSet<&str> = keys
        .iter()
        .filter_map(|key| key.split('.').next())
        .collect();
    let variables: BTreeSet<&str> = SETTINGS
        .iter()
        .flat_map(|setting| setting.environment.iter().copied())
        .chain(MAKE_ALONE)
        .collect();
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    let mut count = 0;
    for (path, text) in pages() {
        for word in code(&text).iter().flat_map(|code| code.split_whitespace()) {
            let place = path.display();
            if let Some((section, name)) = word.split_once('.')
                && sections.contains(section)
                && name.chars().all(is_word)
                && !matches!(
                    name,
                    "rs" | "md" | "toml" | "lock" | "json" | "txt" | "sqlite"
                )
            {
                assert!(keys.contains(word), "{place}: there is no setting {word}");
                count += 1;
            }
            let variable = word.split('=').next().unwrap_or_default();
            if variable.starts_with("ALEXANDRIA_") {
                assert!(variables.contains(variable), "{place}: {variable}");
                count += 1;
            }
        }
    }
    assert!(count > 3, "only {count} settings were found");
}
