//! A disk that is full: adding says so and what to do, nothing half done is seen, searching goes on,
//! and when there is room again everything works.
//!
//! The disk is a small file system in memory, which takes the right to mount. Where that is missing,
//! the limit on the size of files stands in for it, and the test says so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, PATIENCE, Server, json_of, models, run};

/// The size of the disk, in bytes.
const DISK_BYTES: u64 = 48 << 20;

/// What is left free in turn while files are added, in bytes: every step of adding and indexing runs
/// out of space at one of them.
const ROOMS: [u64; 8] = [
    4 << 10,
    32 << 10,
    96 << 10,
    160 << 10,
    256 << 10,
    512 << 10,
    1 << 20,
    2 << 20,
];

/// A small disk mounted where a server keeps its data.
#[derive(Debug)]
struct Disk {
    data: PathBuf,
}

impl Disk {
    /// Mounts a disk in a home, unless this machine does not permit it.
    fn mount(home: &Path) -> Option<Self> {
        let data = home.join("data");
        std::fs::create_dir(&data).unwrap();
        let size = format!("size={DISK_BYTES}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&data)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { data }),
            other => {
                println!("this machine does not permit mounting: not run ({other:?})");
                None
            }
        }
    }

    /// Fills the disk but for so many bytes.
    fn fill_but(&self, room: u64) {
        self.clear();
        let free = rustix::fs::statvfs(&self.data).unwrap();
        let ballast = (free.f_bavail * free.f_frsize).saturating_sub(room);
        let ballast = vec![b'x'; usize::try_from(ballast).unwrap()];
        // The server may have taken some of the room meanwhile: then the disk is fuller yet.
        std::fs::write(self.ballast(), ballast).ok();
    }

    /// Makes room.
    fn clear(&self) {
        std::fs::remove_file(self.ballast()).ok();
    }

    fn ballast(&self) -> PathBuf {
        self.data.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, because a server that was just killed may still be letting go of it.
        Command::new("umount")
            .arg("-l")
            .arg(&self.data)
            .status()
            .ok();
        std::fs::remove_dir_all(self.data.parent().unwrap()).ok();
    }
}

#[tokio::test]
async fn a_full_disk_takes_nothing_more_and_goes_on_answering() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(home.path()) else {
        return;
    };
    let server = Server::start_in(home, &[]);
    let witness = server.add("orvane.md", LIGHTHOUSE).await;
    disk.fill_but(0);
    let note = "A note about the tides. ".repeat(5_000);
    for _ in 0..3 {
        let (status, problem) = server.upload(&[("note.txt", note.as_bytes())], &[]).await;
        assert_eq!(status, 503, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("the disk is full; free some space"),
            "{detail}"
        );
    }
    finds_only(&server, "parrot", &witness).await;
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let half_written = std::fs::read_dir(disk.data.join("blobs/incoming")).unwrap();
    assert_eq!(half_written.count(), 0, "what was half written has to go");
    disk.clear();
    let added = server.add("note.txt", &note).await;
    assert_eq!(added["state"], "searchable", "{added}");
    finds_only(&server, "tides", &added).await;
    is_sound(&server);
}

#[tokio::test]
async fn a_disk_that_fills_up_while_files_are_read_delays_them_and_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(home.path()) else {
        return;
    };
    let has_models = models().join("all-minilm-l6-v2").is_dir();
    let embedder = if has_models { "int8" } else { "off" };
    let server = Server::start_in(home, &[("ALEXANDRIA_EMBEDDER", embedder)]);
    let witness = server.add("orvane.md", LIGHTHOUSE).await;
    let mut accepted = Vec::new();
    let mut refused = 0;
    for (index, room) in ROOMS.into_iter().enumerate() {
        disk.fill_but(room);
        let word = format!("quill{index}");
        let note = format!("The {word} and its ink. ").repeat(5_000);
        let (status, added) = server.upload(&[(&word, note.as_bytes())], &[]).await;
        if status == 202 {
            accepted.push((
                word.clone(),
                added["documents"][0]["document"]["id"].clone(),
            ));
        } else {
            refused += 1;
            assert_eq!(status, 503, "{added}");
            assert!(
                added["detail"].as_str().unwrap().contains("full"),
                "{added}"
            );
        }
        stays_honest(&server, &accepted).await;
        finds_only(&server, "parrot", &witness).await;
    }
    println!("{refused} refused, {} accepted", accepted.len());
    assert!(
        refused > 0 && !accepted.is_empty(),
        "the rooms do not fit any more"
    );
    disk.clear();
    for (word, id) in &accepted {
        let end = if has_models { "ready" } else { "searchable" };
        let document = server
            .wait_until(id.as_str().unwrap(), &[end, "failed"])
            .await;
        assert_eq!(document["state"], end, "{document}");
        assert_eq!(document["faults"], json!([]), "{document}");
        finds_only(&server, word, &document).await;
    }
    is_sound(&server);
}

/// While there is no space, no document says that it can be found and cannot.
async fn stays_honest(server: &Server, accepted: &[(String, Value)]) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(700) {
        for (word, id) in accepted {
            let (status, document) = server
                .get(&format!("/api/v1/documents/{}", id.as_str().unwrap()))
                .await;
            assert_eq!(status, 200, "{document}");
            assert_ne!(document["state"], "failed", "{document}");
            if document["state"] == "searchable" || document["state"] == "ready" {
                finds_only(server, word, &document).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn finds_only(server: &Server, word: &str, document: &Value) {
    let (status, found) = server
        .get(&format!("/api/v1/search?query={word}&mode=text"))
        .await;
    assert_eq!(status, 200, "{found}");
    let passages = found["passages"].as_array().unwrap();
    assert!(!passages.is_empty(), "{word} is not found: {document}");
    for passage in passages {
        assert_eq!(passage["document_id"], document["id"], "{word}: {found}");
    }
}

fn is_sound(server: &Server) {
    let arguments = ["--data", "data", "--json", "doctor"];
    let doctor = json_of(&run(server.home.path(), &arguments));
    assert_eq!(doctor["sound"], json!(true), "{doctor:#}");
}

#[tokio::test]
async fn a_limit_on_the_size_of_files_is_an_error_and_not_the_end() {
    let server = Server::start();
    let witness = server.add("orvane.md", LIGHTHOUSE).await;
    let pid = Pid::from_raw(server.pid().cast_signed());
    let limit = |current| Rlimit {
        current,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit(Some(64 << 10))).unwrap();
    let note = "A note about the tides. ".repeat(10_000);
    let (status, problem) = server.upload(&[("note.txt", note.as_bytes())], &[]).await;
    assert_eq!(status, 503, "{problem}");
    assert!(
        problem["detail"].as_str().unwrap().contains("ulimit -f"),
        "{problem}"
    );
    let (status, problem) = server.upload(&[("small.txt", b"A small note.")], &[]).await;
    assert!(status == 202 || status == 503, "{problem}");
    finds_only(&server, "parrot", &witness).await;
    prlimit(pid, Resource::Fsize, limit(None)).unwrap();
    let begun = Instant::now();
    let added = server.add("note.txt", &note).await;
    assert_eq!(added["state"], "searchable", "{added}");
    assert!(begun.elapsed() < PATIENCE);
    is_sound(&server);
}
