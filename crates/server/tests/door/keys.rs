//! The secrets of an installation: listed, changed where they stand, and the drill.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use super::support::{json_of, program, text_of};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn key(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let arguments = [&["--data", "data", "key"], arguments].concat();
    program(home, &arguments, environment).output().unwrap()
}

fn done(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

fn refused(output: &Output, part: &str) {
    assert!(!output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(part), "{said}");
}

/// What a variable of the `.env` file is.
fn variable(home: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(home.join(".env")).unwrap();
    let start = format!("{name}=");
    let found = text.lines().find_map(|line| line.strip_prefix(&start));
    found.unwrap_or_default().to_owned()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_secret_is_changed_where_it_stands_and_the_old_one_is_accepted_once_more() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    std::fs::write(home.join(".env"), "# ours\nPORT=8123\n").unwrap();
    done(&key(home, &["rotate", "SECRET_KEY"], &[]));
    let first = variable(home, "SECRET_KEY");
    assert_eq!(first.len(), 64);
    assert_eq!(
        variable(home, "SECRET_KEY_PREVIOUS"),
        "",
        "the default is not kept"
    );
    done(&key(home, &["rotate", "SECRET_KEY"], &[]));
    let second = variable(home, "SECRET_KEY");
    assert_ne!(second, first);
    assert_eq!(variable(home, "SECRET_KEY_PREVIOUS"), first);
    assert_eq!(variable(home, "PORT"), "8123");
    assert_eq!(mode(&home.join(".env")), 0o600);
    done(&key(home, &["rotate", "SECRET_KEY", "--forget"], &[]));
    assert_ne!(variable(home, "SECRET_KEY"), second);
    assert_eq!(variable(home, "SECRET_KEY_PREVIOUS"), "");
}

#[test]
fn a_secret_in_a_file_of_its_own_is_changed_there() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let file = home.join("secret");
    std::fs::write(&file, SECRET).unwrap();
    let named = [("SECRET_KEY_FILE", file.to_str().unwrap())];
    done(&key(home, &["rotate", "SECRET_KEY"], &named));
    assert_ne!(std::fs::read_to_string(&file).unwrap().trim(), SECRET);
    let previous = std::fs::read_to_string(home.join("secret.previous")).unwrap();
    assert_eq!(previous.trim(), SECRET);
    assert_eq!(mode(&file), 0o600);
    assert!(!home.join(".env").is_file());
}

#[test]
fn what_stands_elsewhere_is_not_touched_and_the_remedy_is_said() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let environment = [("SECRET_KEY", SECRET)];
    let output = key(home, &["rotate", "SECRET_KEY"], &environment);
    refused(&output, "SECRET_KEY_FILE");
    refused(&key(home, &["rotate", "PORT"], &[]), "there is no secret");
    refused(
        &key(home, &["rotate", "ENCRYPTION_KEY"], &[]),
        "encryption is off",
    );
    let both = [("SECRET_KEY", SECRET), ("SECRET_KEY_FILE", "x")];
    refused(&key(home, &["list"], &both), "set only one of them");
    refused(
        &key(home, &["list"], &[("SECRET_KEY_FILE", "x")]),
        "cannot read the secret",
    );
    std::fs::write(home.join("empty"), "\n").unwrap();
    let output = key(home, &["rotate", "OPENAI_API_KEY", "--from", "empty"], &[]);
    refused(&output, "not empty");
}

#[test]
fn the_list_says_how_old_each_secret_is_and_shows_none() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    std::fs::create_dir(home.join("data")).unwrap();
    let environment = [("SECRET_KEY", SECRET), ("OPENAI_API_KEY", "sk-mine")];
    let listed = json_of(&key(home, &["list", "--json"], &environment));
    let row = |name: &str| {
        let rows = listed["secrets"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap().clone()
    };
    assert_eq!(row("SECRET_KEY")["days"], 0);
    assert_eq!(row("OPENAI_API_KEY")["set"], true);
    assert_eq!(row("GOOGLE_API_KEY")["set"], false);
    let ages = home.join("data/secrets.json");
    assert_eq!(mode(&ages), 0o600);
    // A hundred days later.
    let text = std::fs::read_to_string(&ages).unwrap();
    let aged = text
        .lines()
        .map(|line| match line.split_once("\"since\": \"") {
            Some((head, _)) => format!("{head}\"since\": \"2026-01-01T00:00:00Z\""),
            None => line.to_owned(),
        });
    std::fs::write(&ages, aged.collect::<Vec<_>>().join("\n")).unwrap();
    let output = key(home, &["list"], &environment);
    done(&output);
    let shown = text_of(&output) + &String::from_utf8_lossy(&output.stderr);
    assert!(
        shown.contains("alexandria key rotate SECRET_KEY"),
        "{shown}"
    );
    assert!(
        !shown.contains(SECRET) && !shown.contains("sk-mine"),
        "{shown}"
    );
}

#[test]
fn the_drill_changes_everything_named_and_checks_that_the_old_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let env = format!("SECRET_KEY={SECRET}\nOPENAI_API_KEY=sk-stolen\n");
    std::fs::write(home.join(".env"), env).unwrap();
    std::fs::write(home.join("new"), "sk-new\n").unwrap();
    refused(&key(home, &["drill"], &[]), "--yes");
    assert_eq!(variable(home, "SECRET_KEY"), SECRET);
    let replace = [
        "drill",
        "--yes",
        "--replace",
        "OPENAI_API_KEY=new",
        "--json",
    ];
    let output = key(home, &replace, &[]);
    done(&output);
    let told = json_of(&output);
    assert_eq!(told["steps"].as_array().unwrap().len(), 3);
    println!("the drill took {} ms", told["milliseconds"]);
    assert_ne!(variable(home, "SECRET_KEY"), SECRET);
    assert_eq!(variable(home, "SECRET_KEY_PREVIOUS"), "");
    assert_eq!(variable(home, "OPENAI_API_KEY"), "sk-new");
    let same = key(
        home,
        &["drill", "-y", "--replace", "OPENAI_API_KEY=new"],
        &[],
    );
    refused(&same, "the old OPENAI_API_KEY is still accepted");
}
