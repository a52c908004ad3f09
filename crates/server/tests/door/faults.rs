//! Bad input: it gets a sentence, and the server lives.

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, corpora, form, read};

#[tokio::test]
async fn names_are_shown_and_never_paths() {
    let server = Server::start();
    for (index, (given, shown)) in [
        ("../../../etc/passwd", "passwd"),
        ("..", "unnamed"),
        ("two\nlines.txt", "two lines.txt"),
        ("📚 książki.txt", "📚 książki.txt"),
        ("say \"hi\".txt", "say \"hi\".txt"),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("Text number {index}.");
        let (status, added) = server.upload(&[(given, text.as_bytes())], &[]).await;
        assert_eq!(status, 202, "{given}: {added}");
        assert_eq!(added["documents"][0]["document"]["name"], shown);
    }
    let outside = server.home.path().parent().unwrap().join("passwd");
    assert!(!outside.try_exists().unwrap());
}

#[tokio::test]
async fn files_that_cannot_be_read_are_refused_or_say_why() {
    let server = Server::start();
    let (status, problem) = server.upload(&[("empty.txt", b"")], &[]).await;
    assert_eq!(status, 422, "{problem}");
    assert!(
        problem["detail"].as_str().unwrap().contains("empty"),
        "{problem}"
    );
    let nul = vec![0_u8; 10_000];
    let deep = "<div>".repeat(200_000);
    let cases: [(&str, &[u8]); 4] = [
        ("nul.txt", &nul),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("cut.docx", b"PK\x03\x04\x14\x00\x00\x00\x08\x00cut off"),
        (
            "program.bin",
            b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00",
        ),
    ];
    for (name, bytes) in cases {
        let document = put_and_wait(&server, name, bytes).await;
        assert_eq!(document["state"], "failed", "{name}: {document}");
        let fault = document["faults"][0]["message"].as_str().unwrap();
        assert!(fault.len() > 20, "{name}: {fault}");
    }
    // Nested too deeply for a reader that recurses: whatever comes of it, it ends.
    put_and_wait(&server, "deep.html", deep.as_bytes()).await;
    assert_eq!(server.get("/health").await.0, 200);
}

#[tokio::test]
async fn a_file_is_what_it_holds_whatever_it_is_called() {
    let server = Server::start();
    let html = "<html><body><h1>Orvane</h1><p>A lighthouse on the coast.</p></body></html>";
    let document = put_and_wait(&server, "page.pdf", html.as_bytes()).await;
    assert_eq!(
        (&document["format"], &document["state"]),
        (&json!("html"), &json!("searchable"))
    );
    let right_to_left = "مرحبا بالعالم. هذا نص عربي قصير عن المنارة القديمة.";
    let document = put_and_wait(&server, "arabic.txt", right_to_left.as_bytes()).await;
    assert_eq!(document["language"], "ar", "{document}");
}

#[tokio::test]
async fn the_same_file_twice_is_found_and_not_stored_twice() {
    let server = Server::start();
    let first = server.add("orvane.md", LIGHTHOUSE).await;
    let files = [
        ("again.md", LIGHTHOUSE.as_bytes()),
        ("other.md", b"Another text."),
    ];
    let (status, added) = server.upload(&files, &[]).await;
    assert_eq!(status, 202);
    assert_eq!(added["documents"][0]["duplicate"], true);
    assert_eq!(added["documents"][0]["document"]["id"], first["id"]);
    assert_eq!(added["documents"][1]["duplicate"], false);
}

#[tokio::test]
async fn good_files_beside_a_bad_one_are_taken() {
    let server = Server::start();
    let files = [("empty.txt", b"".as_slice()), ("good.txt", b"A good text.")];
    let (status, added) = server.upload(&files, &[]).await;
    assert_eq!(status, 202, "{added}");
    assert_eq!(added["refused"][0]["name"], "empty.txt");
    assert_eq!(added["documents"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let server = Server::start();
    let (kind, mut body) = form(&[("half.txt", LIGHTHOUSE.as_bytes())], &[]);
    body.truncate(body.len() - 60);
    let request = server
        .request("POST", "/api/v1/documents")
        .header("content-type", kind);
    let (status, problem) = read(request.body(body)).await;
    assert!(status == 400 || status == 422, "{status}: {problem}");
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn every_sample_of_the_corpora_ends_and_the_server_lives() {
    let folder = corpora().join("documents");
    if !folder.is_dir() {
        println!("the corpora are not at {}: not run", folder.display());
        return;
    }
    let server = Server::start();
    let mut ids = Vec::new();
    for path in samples(&folder).into_iter().step_by(9).take(12) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let (status, added) = server.upload(&[(&name, &bytes)], &[]).await;
        assert!([202, 415, 422].contains(&status), "{name}: {added}");
        ids.extend(
            added["documents"][0]["document"]["id"]
                .as_str()
                .map(str::to_owned),
        );
    }
    assert!(!ids.is_empty());
    for id in ids {
        let document = server.wait_for(&id).await;
        let failed = document["state"] == "failed";
        assert!(
            !failed || document["faults"][0]["message"].is_string(),
            "{document}"
        );
    }
    assert_eq!(server.get("/health/ready").await.0, 200);
}

fn samples(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(samples(&entry.path()));
        } else if entry.metadata().unwrap().len() < 300_000 {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

async fn put_and_wait(server: &Server, name: &str, bytes: &[u8]) -> Value {
    let (status, added) = server.upload(&[(name, bytes)], &[]).await;
    assert_eq!(status, 202, "{name}: {added}");
    server
        .wait_for(added["documents"][0]["document"]["id"].as_str().unwrap())
        .await
}
