//! The command line: what it says of itself, alone on a directory and through a server.

use serde_json::json;

use super::support::{LIGHTHOUSE, Server, json_of, models, program, run, text_of};

#[test]
fn every_verb_explains_itself() {
    let home = tempfile::tempdir().unwrap();
    let verbs = [
        "",
        "add",
        "search",
        "ask",
        "chat",
        "conversation",
        "conversation export",
        "persona",
        "persona add",
        "persona change",
        "list",
        "show",
        "remove",
        "status",
        "usage",
        "budget",
        "budget set",
        "serve",
        "mcp",
        "health",
        "migrate",
        "migrate down",
        "eval",
        "eval case",
        "experiment",
        "experiment create",
        "answer feedback",
        "doctor",
        "models",
        "config",
        "secret",
        "version",
    ];
    let mut all = String::new();
    for verb in verbs {
        let mut line: Vec<&str> = verb.split_whitespace().collect();
        line.push("--help");
        let output = run(home.path(), &line);
        assert!(output.status.success(), "{verb}");
        all.push_str(&format!(
            "$ alexandria {}\n{}\n",
            line.join(" "),
            text_of(&output)
        ));
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn the_directory_alone_is_enough() {
    let home = tempfile::tempdir().unwrap();
    walk(home.path(), "alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_server_running_the_same_verbs_go_through_it() {
    let server = Server::start();
    walk(server.home.path(), "through the server");
    let status = json_of(&run(
        server.home.path(),
        &["--data", "data", "--json", "status"],
    ));
    assert_eq!(status["server"], server.address);
    assert_eq!(status["library"]["working"], true);
}

/// Adds, searches, asks, lists, shows and removes.
fn walk(home: &std::path::Path, how: &str) {
    std::fs::create_dir_all(home.join("books/inner")).unwrap();
    std::fs::write(home.join("books/orvane.md"), LIGHTHOUSE).unwrap();
    std::fs::write(
        home.join("books/inner/heron.txt"),
        "The heron stands still in the reeds.",
    )
    .unwrap();
    let line = |arguments: &[&'static str]| -> Vec<&'static str> {
        let mut line = vec!["--data", "data", "--json"];
        line.extend_from_slice(arguments);
        line
    };
    let call = |arguments: &[&'static str]| run(home, &line(arguments));
    let added = call(&["add", "books", "--collection", "Coast"]);
    assert!(
        added.status.success(),
        "{how}: {}",
        String::from_utf8_lossy(&added.stderr)
    );
    let added = json_of(&added);
    let documents = added["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 2, "{how}: {added}");
    assert_eq!(documents[1]["document"]["state"], "searchable", "{how}");

    let again = json_of(&call(&["add", "books/orvane.md", "--collection", "Coast"]));
    assert_eq!(again["documents"][0]["result"], "duplicate", "{how}");

    let found = json_of(&call(&["search", "grey parrot", "--collection", "Coast"]));
    assert_eq!(
        found["passages"][0]["title"], "The Lighthouse of Orvane",
        "{how}"
    );
    let answer = call(&["ask", "When was the lighthouse of Orvane built?"]);
    assert_eq!(answer.status.code(), Some(0), "{how}: {}", text_of(&answer));
    let nothing = call(&["search", "zyzzyva"]);
    assert_eq!(nothing.status.code(), Some(3), "{how}");

    let listed = json_of(&call(&["list"]));
    assert_eq!(listed.as_array().unwrap().len(), 2, "{how}");
    let id = documents[0]["document"]["id"].as_str().unwrap();
    let shown = json_of(&run(home, &["--data", "data", "--json", "show", id]));
    assert_eq!(shown["id"], *id, "{how}");
    let text = text_of(&run(home, &["--data", "data", "show", id, "--text"]));
    assert!(
        text.contains("heron") || text.contains("lighthouse"),
        "{how}: {text}"
    );
    let doctor = call(&["doctor"]);
    assert_eq!(
        json_of(&doctor)["sound"],
        json!(true),
        "{how}: {}",
        text_of(&doctor)
    );
    assert!(
        run(home, &["--data", "data", "remove", id])
            .status
            .success(),
        "{how}"
    );
    let gone = run(home, &["--data", "data", "show", id]);
    assert_eq!(gone.status.code(), Some(3), "{how}");
    let said = String::from_utf8(gone.stderr).unwrap();
    assert!(said.starts_with("error:"), "{how}: {said}");
}

#[test]
fn people_read_quotes_with_title_and_place() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("orvane.md"), LIGHTHOUSE).unwrap();
    let added = run(home.path(), &["add", "orvane.md"]);
    assert!(
        text_of(&added).contains("✓ The Lighthouse of Orvane"),
        "{}",
        text_of(&added)
    );
    let said = text_of(&run(
        home.path(),
        &["ask", "Who was the last keeper of the lighthouse?"],
    ));
    for part in ["Anselm Brandt", "[1] The Lighthouse of Orvane", "“"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    assert!(!said.contains('\u{1b}'), "colours where nobody sees them");
    let listed = text_of(&run(home.path(), &["list"]));
    assert!(listed.starts_with("TITLE"), "{listed}");
    let status = text_of(&run(home.path(), &["status"]));
    assert!(status.contains("1 on 1 collection\n"), "{status}");
}

#[test]
fn what_cannot_be_done_is_told_by_the_exit_code_and_a_sentence() {
    let home = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], code: i32, expected: &str| {
        let output = run(home.path(), arguments);
        let said =
            String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    };
    check(&["sing"], 2, "unrecognized subcommand");
    check(&["add"], 2, "required");
    check(&["add", "missing.pdf"], 3, "cannot add missing.pdf");
    check(&["show", "7"], 1, "ids look like");
    for looking in [&["list"][..], &["status"], &["search", "x"], &["ask", "x"]] {
        check(looking, 3, "there is no library in");
    }
    assert!(
        !home.path().join("alexandria-data").try_exists().unwrap(),
        "looking has begun a library"
    );
    std::fs::write(home.path().join("file"), "words").unwrap();
    check(&["--data", "file", "add", "file"], 1, "is a file");
    std::fs::write(home.path().join("empty.txt"), "").unwrap();
    check(&["add", "empty.txt"], 1, "is empty");
    std::fs::create_dir(home.path().join("empty")).unwrap();
    check(&["add", "empty"], 3, "the folder is empty");
    std::fs::write(home.path().join("note.md"), LIGHTHOUSE).unwrap();
    let both = ["--data", "both", "add", "note.md", "empty.txt"];
    check(&both, 1, "1 added, 1 not readable, marked ✗");
    check(&both, 1, "✗ empty.txt: ");
    check(
        &["search", "x", "--added-after", "yesterday"],
        1,
        "not a time",
    );
    check(&["search", "x", "--collection", "none"], 3, "none");
    check(&["--config", "none.toml", "status"], 1, "none.toml");
    check(&["add", "http://127.0.0.1:1/a.pdf"], 1, "private network");
}

#[test]
fn small_verbs_print_for_programs_too() {
    let home = tempfile::tempdir().unwrap();
    let secret = text_of(&run(home.path(), &["secret"]));
    assert_eq!(secret.trim().len(), 64);
    assert!(secret.trim().chars().all(|c| c.is_ascii_hexdigit()));
    assert_ne!(secret, text_of(&run(home.path(), &["secret"])));
    let version = json_of(&run(home.path(), &["--json", "version"]));
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    let environment = [("PORT", "8123"), ("SECRET_KEY", "a-secret-of-mine")];
    let output = program(home.path(), &["--json", "config"], &environment)
        .output()
        .unwrap();
    assert!(!text_of(&output).contains("a-secret-of-mine"));
    let config = json_of(&output);
    let port = config
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["key"] == "server.port")
        .unwrap();
    assert_eq!(
        (&port["value"], &port["from"]),
        (&json!("8123"), &json!("environment PORT"))
    );
}

#[test]
fn migrations_go_up_and_down_and_warn_before_they_lose_something() {
    let home = tempfile::tempdir().unwrap();
    let call = |arguments: &[&str]| {
        let mut line = vec!["--data", "data", "--json", "migrate"];
        line.extend_from_slice(arguments);
        run(home.path(), &line)
    };
    assert_eq!(json_of(&call(&["current"]))["current"], json!(null));
    let applied = json_of(&call(&["up"]));
    let count = applied["migrations"].as_array().unwrap().len();
    assert!(count >= 2, "{applied}");
    let refused = call(&["down", "-1"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("Data loss possible!")
    );
    let down = json_of(&call(&["down", "-1", "--yes"]));
    assert_eq!(down["migrations"].as_array().unwrap().len(), 1, "{down}");
    assert_eq!(
        json_of(&call(&["current"]))["pending"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(call(&["down", "base", "--yes"]).status.success());
    assert_eq!(
        json_of(&call(&["up"]))["migrations"]
            .as_array()
            .unwrap()
            .len(),
        count
    );
    assert_eq!(
        json_of(&call(&["history"])).as_array().unwrap().len(),
        count
    );
    assert_eq!(call(&["new", "Rubbish Name"]).status.code(), Some(1));
}

#[test]
fn with_its_model_the_library_finds_by_meaning() {
    if !models().is_dir() {
        println!("the models are not at {}: not run", models().display());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("orvane.md"), LIGHTHOUSE).unwrap();
    let embedding = [("ALEXANDRIA_EMBEDDER", "int8")];
    let added = program(home.path(), &["--json", "add", "orvane.md"], &embedding)
        .output()
        .unwrap();
    let added = json_of(&added);
    assert_eq!(
        added["documents"][0]["document"]["state"], "ready",
        "{added}"
    );
    let line = [
        "--json",
        "search",
        "--mode",
        "vectors",
        "a person who tends a beacon on the shore",
    ];
    let found = json_of(&program(home.path(), &line, &embedding).output().unwrap());
    assert!(
        found["passages"][0]["score"]["semantic"].as_f64().unwrap() > 0.2,
        "{found}"
    );
}
