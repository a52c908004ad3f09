//! The small pictures that documents are shown by.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::paths::pdf;
use super::support::{LIGHTHOUSE, PATIENCE, Server, python};

/// Waits until the document's cover is as it should be.
async fn wait(server: &Server, id: &str, right: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let (_, document) = server.get(&format!("/api/v1/documents/{id}")).await;
        if right(&document["cover"]) {
            return document;
        }
        assert!(begun.elapsed() < PATIENCE, "{document}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

fn is_named(cover: &Value) -> bool {
    cover
        .as_str()
        .is_some_and(|address| address.contains("version="))
}

async fn add(server: &Server, name: &str, bytes: &[u8]) -> String {
    let (status, added) = server.upload(&[(name, bytes)], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    server.wait_for(id).await;
    id.to_owned()
}

/// How many files lie in a folder and those below.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

#[tokio::test]
async fn a_document_is_shown_by_its_first_page() {
    let server = Server::start();
    let id = add(&server, "page.pdf", &pdf("Orvane")).await;
    let document = wait(&server, &id, is_named).await;
    let address = document["cover"].as_str().unwrap();
    let reply = server.request("GET", address).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-type"], "image/jpeg");
    assert_eq!(
        reply.headers()["cache-control"],
        "private, max-age=31536000, immutable"
    );
    let tag = reply.headers()["etag"].clone();
    let bytes = reply.bytes().await.unwrap();
    assert!(bytes.starts_with(b"\xff\xd8\xff") && bytes.len() < 100_000);
    let again = server.request("GET", address).header("if-none-match", &tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let plain = address.split('?').next().unwrap();
    let reply = server.request("GET", plain).send().await.unwrap();
    assert_eq!(reply.headers()["cache-control"], "private, no-cache");
    assert_eq!(reply.headers()["etag"], tag);
    let reply = server
        .request("GET", &format!("{plain}?version=0"))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.headers()["cache-control"], "private, no-cache");
}

#[tokio::test]
async fn a_text_has_no_cover() {
    let server = Server::start();
    let id = add(&server, "orvane.md", LIGHTHOUSE.as_bytes()).await;
    wait(&server, &id, Value::is_null).await;
    let (status, told) = server.get(&format!("/api/v1/documents/{id}/cover")).await;
    assert_eq!(status, 404, "{told}");
    // Not even while nobody has looked: a text never has one.
    let catalog = server.home.path().join("data/catalog.sqlite");
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1], timeout=30)\n\
        db.execute('UPDATE documents SET cover_blob = NULL')\n\
        db.commit()";
    python(script, &[catalog.to_str().unwrap()]);
    let (_, document) = server.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(document["cover"], json!(null), "{document}");
}

#[tokio::test]
async fn what_an_older_program_has_read_gets_its_cover_when_it_is_asked_for() {
    let server = Server::start();
    let id = add(&server, "page.pdf", &pdf("Orvane")).await;
    let document = wait(&server, &id, is_named).await;
    let catalog = server.home.path().join("data/catalog.sqlite");
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1], timeout=30)\n\
        db.execute('UPDATE documents SET cover_blob = NULL')\n\
        db.commit()";
    python(script, &[catalog.to_str().unwrap()]);
    let (_, before) = server.get(&format!("/api/v1/documents/{id}")).await;
    let address = before["cover"].as_str().unwrap().to_owned();
    assert_eq!(address, format!("/api/v1/documents/{id}/cover"));
    let reply = server.request("GET", &address).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let (_, after) = server.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(after["cover"], document["cover"]);
    assert_eq!(
        after["changed"], document["changed"],
        "a cover changes nothing else"
    );
}

#[tokio::test]
async fn a_cover_goes_with_its_document() {
    let server = Server::start();
    let id = add(&server, "page.pdf", &pdf("Orvane")).await;
    let document = wait(&server, &id, is_named).await;
    let blobs = server.home.path().join("data/blobs");
    assert_eq!(files(&blobs), 4, "original, text, layout, cover");
    let path = format!("/api/v1/documents/{id}");
    assert_eq!(server.send("DELETE", &path, &json!(null)).await.0, 204);
    let address = document["cover"].as_str().unwrap();
    assert_eq!(server.get(address).await.0, 404);
    let begun = Instant::now();
    while files(&blobs) > 0 {
        assert!(begun.elapsed() < PATIENCE, "files are left");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
