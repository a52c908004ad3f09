//! Encryption at rest, through the doors that people use.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::json;

use super::support::{LIGHTHOUSE, Server, json_of, program, text_of};

/// A root key, and another.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Every file of the blobs below a folder.
pub(super) fn blobs(home: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![home.join("data/blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found
}

/// How many files show the text that was put in.
pub(super) fn plain(home: &Path) -> usize {
    let shows = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"Orvane");
    let files = blobs(home);
    assert!(!files.is_empty());
    let plain = files.iter().filter(|(_, bytes)| shows(bytes));
    plain
        .inspect(|(path, _)| println!("not encrypted: {}", path.display()))
        .count()
}

/// What a server says that does not start.
pub(super) fn refused(home: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = program(
        home,
        &["--data", "data", "serve", "--port", "0"],
        environment,
    );
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn an_encrypted_library_answers_as_a_plain_one_and_its_disk_shows_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("key");
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    let environment = [("ENCRYPTION_KEY_FILE", file.to_str().unwrap())];
    let server = Server::start_in(home, &environment);
    let document = server.add("lighthouse.md", LIGHTHOUSE).await;
    let id = document["id"].as_str().unwrap();
    assert_eq!(plain(server.home.path()), 0);
    let path = format!("/api/v1/documents/{id}/original");
    let whole = server.request("GET", &path).send().await.unwrap();
    assert_eq!(whole.bytes().await.unwrap(), LIGHTHOUSE.as_bytes());
    let part = server.request("GET", &path).header("range", "bytes=6-15");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), &LIGHTHOUSE.as_bytes()[6..16]);
    let asked = json!({ "question": "Who built the lighthouse of Orvane?" });
    let (status, answer) = server.send("POST", "/api/v1/ask", &asked).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.to_string().contains("Tilda Marrow"), "{answer}");
    let (status, encryption) = server.get("/api/v1/encryption").await;
    assert_eq!(status, 200);
    assert_eq!(encryption["on"], true);
    assert_eq!(encryption["keys"].as_array().unwrap().len(), 1);
    assert!(!encryption.to_string().contains(KEY));
    let (status, doctor) = server.get("/api/v1/doctor").await;
    assert_eq!((status, &doctor["sound"]), (200, &json!(true)), "{doctor}");
}

#[tokio::test]
async fn switched_on_later_a_rotation_encrypts_what_was_there_with_and_without_a_server() {
    let mut server = Server::start();
    server.add("lighthouse.md", LIGHTHOUSE).await;
    assert!(plain(server.home.path()) > 0);
    let (status, refused) = server
        .send("POST", "/api/v1/encryption/rotation", &json!({}))
        .await;
    assert_eq!(status, 409, "{refused}");
    let environment = [("ENCRYPTION_KEY", KEY)];
    let rotate = |home: &Path| {
        let verb = ["--data", "data", "key", "rotate", "encryption", "--json"];
        let output = program(home, &verb, &environment).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        json_of(&output)
    };
    server.kill_and_restart(&environment);
    assert!(plain(server.home.path()) > 0);
    let through_server = rotate(server.home.path());
    assert_eq!(through_server["pending"], false);
    assert_eq!(through_server["keys"].as_array().unwrap().len(), 2);
    assert_eq!(plain(server.home.path()), 0);
    let sealed = blobs(server.home.path()).len();
    server.stop();
    let alone = rotate(server.home.path());
    assert_eq!(alone["keys"].as_array().unwrap().len(), 3);
    assert_eq!(alone["keys"][0]["state"], "retired");
    assert_eq!(alone["files_done"], sealed);
    let search = [
        "--data",
        "data",
        "ask",
        "Who built the lighthouse of Orvane?",
    ];
    let output = program(server.home.path(), &search, &environment)
        .output()
        .unwrap();
    assert!(text_of(&output).contains("Tilda Marrow"), "{output:?}");
}

#[tokio::test]
async fn a_kill_while_everything_is_brought_under_a_new_key_loses_nothing() {
    let environment = [("ENCRYPTION_KEY", KEY)];
    let mut server = Server::start();
    for number in 0..6 {
        let text = format!("{LIGHTHOUSE}\nCopy {number}.\n");
        server.add(&format!("{number}.md"), &text).await;
    }
    server.kill_and_restart(&environment);
    for _ in 0..4 {
        let nothing = json!({});
        let rotation = server.send("POST", "/api/v1/encryption/rotation", &nothing);
        let (status, begun) = rotation.await;
        assert_eq!(status, 202, "{begun}");
        server.kill_and_restart(&environment);
    }
    let begun = std::time::Instant::now();
    while server.get("/api/v1/encryption").await.1["pending"] != false {
        assert!(begun.elapsed() < super::support::PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(plain(server.home.path()), 0);
    let (_, doctor) = server.get("/api/v1/doctor").await;
    assert_eq!(doctor["sound"], true, "{doctor}");
}

#[tokio::test]
async fn without_its_key_or_with_another_the_library_says_so_and_does_not_open() {
    let mut server = Server::start_with(&[("ENCRYPTION_KEY", KEY)]);
    server.add("lighthouse.md", LIGHTHOUSE).await;
    server.stop();
    let home = server.home.path();
    let check = |environment: &[(&str, &str)], part: &str| {
        let said = refused(home, environment);
        assert!(said.contains(part), "{said}");
        assert!(!said.contains(KEY) && !said.contains(OTHER), "{said}");
    };
    check(&[], "no key is set");
    check(&[("ENCRYPTION_KEY", OTHER)], "not the key");
    check(&[("ENCRYPTION_KEY", "short")], "64 hexadecimal digits");
}

#[tokio::test]
async fn the_root_key_is_changed_where_it_stands() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("key");
    std::fs::write(&file, KEY).unwrap();
    let environment = [("ENCRYPTION_KEY_FILE", file.to_str().unwrap())];
    let mut server = Server::start_in(home, &environment);
    server.add("lighthouse.md", LIGHTHOUSE).await;
    let rotate = |home: &Path| {
        let verb = ["--data", "data", "key", "rotate", "ENCRYPTION_KEY"];
        program(home, &verb, &environment).output().unwrap()
    };
    let running = rotate(server.home.path());
    assert!(!running.status.success());
    server.stop();
    let stopped = rotate(server.home.path());
    assert!(stopped.status.success(), "{stopped:?}");
    assert_ne!(std::fs::read_to_string(&file).unwrap().trim(), KEY);
    let said = refused(server.home.path(), &[("ENCRYPTION_KEY", KEY)]);
    assert!(said.contains("not the key"), "{said}");
    server.kill_and_restart(&environment);
    let (_, doctor) = server.get("/api/v1/doctor").await;
    assert_eq!(doctor["sound"], true, "{doctor}");
}
