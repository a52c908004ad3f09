//! Archives of what is kept of a person and of a tenant.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::super::access::{Caller, tenant, with_accounts};
use super::super::memory::memory;
use super::super::support::{Server, form, json_of, read, run};
use super::{EMAIL, NAME, PHRASE, Somebody};

/// Bytes by which a server may grow while it packs an archive.
const GROWTH_BYTES_MAX: u64 = 48 << 20;

/// Files that a tenant has, and the bytes of each: together more than a server may grow by.
const FILES: usize = 20;
const FILE_BYTES: usize = 10 << 20;

/// The files of an archive that is whole: every part is as its manifest says.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        files.insert(name, content);
    }
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let parts = manifest["parts"].as_array().unwrap();
    assert_eq!(parts.len() + 1, files.len());
    for part in parts {
        let content = &files[part["name"].as_str().unwrap()];
        let hash = digest(&SHA256, content);
        let hash: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(part["sha256"], hash.as_str(), "{part}");
        assert_eq!(part["bytes"].as_u64(), Some(content.len() as u64), "{part}");
        if let Some(rows) = part["rows"].as_u64() {
            let lines = content.iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(rows, lines as u64, "{part}");
        }
    }
    files
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

async fn archive(caller: &Caller<'_>, path: &str) -> BTreeMap<String, Vec<u8>> {
    let reply = caller.request("GET", path).send().await.unwrap();
    assert_eq!(reply.status(), 200, "{path}");
    assert_eq!(reply.headers()["content-type"], "application/zip");
    unpacked(&reply.bytes().await.unwrap())
}

#[tokio::test]
async fn somebody_takes_along_all_that_is_kept_of_them_and_nothing_of_others() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let somebody = Somebody::of(&ada).await;
    let secret = "What does nobody else ask about quartzlantern?";
    let body = serde_json::json!({ "question": secret });
    assert_eq!(ada.send("POST", "/api/v1/ask", &body).await.0, 200);
    let own = archive(&somebody.caller, "/api/v1/me/export?files=true").await;
    let by_id = format!("/api/v1/users/{}/export", somebody.id);
    let of_them = archive(&ada, &by_id).await;
    for files in [&own, &of_them] {
        let people = text(files, "people.jsonl");
        assert!(people.contains(EMAIL) && people.contains(NAME), "{people}");
        assert_eq!(people.lines().count(), 1);
        for name in ["conversations", "turns", "answers", "feedback", "cases"] {
            let part = text(files, &format!("{name}.jsonl"));
            assert!(part.contains(PHRASE), "{name}: {part}");
        }
        for name in ["sessions", "audit", "documents"] {
            let part = text(files, &format!("{name}.jsonl"));
            assert!(!part.is_empty(), "nothing in {name}");
        }
        let audit = text(files, "audit.jsonl");
        assert!(audit.contains("127.0.0.1"), "{audit}");
        let all: String = files
            .keys()
            .map(|name| String::from_utf8_lossy(&files[name]))
            .collect();
        assert!(
            !all.contains("quartzlantern"),
            "what somebody else has asked"
        );
        for secret in ["$argon2", "refresh_digest", "password_hash"] {
            assert!(!all.contains(secret), "{secret}");
        }
    }
    let file = own
        .keys()
        .find(|name| name.ends_with("/harbour.md"))
        .unwrap();
    assert!(text(&own, file).contains("four cranes"));
    assert!(!of_them.keys().any(|name| name.starts_with("files/")));
    let (_, log) = ada.get("/api/v1/audit?action=users_export").await;
    assert_eq!(
        log["items"][0]["target"]["id"],
        somebody.id.as_str(),
        "{log}"
    );
    // By the command line, on the running server.
    let arguments = [
        "--data", "data", "--json", "user", "export", EMAIL, "--out", "them.zip",
    ];
    let output = run(server.home.path(), &arguments);
    let told = json_of(&output);
    let written = std::fs::read(server.home.path().join("them.zip")).unwrap();
    assert_eq!(told["bytes"].as_u64(), Some(written.len() as u64));
    assert!(text(&unpacked(&written), "answers.jsonl").contains(PHRASE));
}

#[tokio::test]
async fn a_tenant_is_taken_along_with_its_files_in_little_memory() {
    let server = Server::start();
    for number in 0..FILES {
        // Bytes that no parser reads and no compression makes smaller.
        let mut state = 0x9E37_79B9_u64 ^ number as u64;
        let mut bytes = Vec::with_capacity(FILE_BYTES);
        while bytes.len() < FILE_BYTES {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        let name = format!("noise-{number}.bin");
        let (kind, body) = form(&[(&name, &bytes)], &[]);
        let request = server.request("POST", "/api/v1/documents");
        let (status, added) = read(request.header("content-type", kind).body(body)).await;
        assert_eq!(status, 202, "{added}");
    }
    let resting = memory(server.pid(), "VmRSS");
    let arguments = [
        "--data", "data", "--json", "tenant", "export", "default", "--out", "all.zip",
    ];
    let begun = std::time::Instant::now();
    let output = run(server.home.path(), &arguments);
    assert!(output.status.success(), "{output:?}");
    let grown = memory(server.pid(), "VmRSS").saturating_sub(resting);
    let written = std::fs::read(server.home.path().join("all.zip")).unwrap();
    println!(
        "{} MiB packed in {:?}; the server grew from {} by {} MiB",
        written.len() >> 20,
        begun.elapsed(),
        resting >> 20,
        grown >> 20
    );
    assert!(written.len() > FILES * FILE_BYTES);
    assert!(grown < GROWTH_BYTES_MAX, "the server grew by {grown} bytes");
    let files = unpacked(&written);
    assert_eq!(
        files
            .keys()
            .filter(|name| name.starts_with("files/"))
            .count(),
        FILES
    );
    assert_eq!(text(&files, "documents.jsonl").lines().count(), FILES);
}

#[tokio::test]
async fn a_tenant_is_taken_along_by_its_owner_alone() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
    let anna = Caller {
        server: &server,
        token,
    };
    let (_, token) = tenant(&ada, "Beta House", "bob@beta.example").await;
    let bob = Caller {
        server: &server,
        token,
    };
    let path = format!("/api/v1/tenants/{id}/export");
    let files = archive(&anna, &path).await;
    let people = text(&files, "people.jsonl");
    assert!(people.contains("anna@alpha.example"), "{people}");
    for name in files.keys() {
        let part = String::from_utf8_lossy(&files[name]);
        assert!(!part.contains("bob@beta.example"), "{name}");
        assert!(!part.contains("ada@example.org"), "{name}");
        assert!(!part.contains("$argon2"), "{name}");
    }
    let unknown = format!("/api/v1/tenants/{}/export", uuid::Uuid::now_v7());
    let (foreign, none) = (bob.get(&path).await, bob.get(&unknown).await);
    assert_eq!((foreign.0, none.0), (404, 404));
}
