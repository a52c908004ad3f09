//! What the server may use: memory of uploads and of the whole, and what a hostile file gets.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::json;

use super::cgroup::Fence;
use super::hostile::greedy;
use super::memory::{children, memory};
use super::support::{Server, corpora, models, read};

/// The largest upload that the handbooks name, in bytes, and how long it may take.
const UPLOAD_BYTES: usize = 50 * 1024 * 1024;
const UPLOAD_TIME: Duration = Duration::from_secs(10);

/// How much the server's memory may grow while it takes an upload, in bytes: far less than the file.
const UPLOAD_MEMORY_BYTES: u64 = 24 * 1024 * 1024;

/// The memory that serving, adding a book and asking may use together, in bytes.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[tokio::test]
async fn fifty_megabytes_are_taken_in_time_and_never_held_in_memory() {
    let server = Server::start_with(&[("ALEXANDRIA_ROLE", "api")]);
    assert_eq!(server.get("/health").await.0, 200);
    let before = memory(server.pid(), "VmHWM");
    let piece = vec![b'a'; 64 * 1024];
    let pieces = UPLOAD_BYTES / piece.len();
    let head =
        "--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
    let body = futures::stream::once(async move { head.as_bytes().to_vec() })
        .chain(futures::stream::iter(
            (0..pieces).map(move |_| piece.clone()),
        ))
        .chain(futures::stream::once(async {
            b"\r\n--BOUND--\r\n".to_vec()
        }))
        .map(Ok::<_, std::io::Error>);
    let begun = Instant::now();
    let request = server
        .request("POST", "/api/v1/documents")
        .header("content-type", "multipart/form-data; boundary=BOUND")
        .body(reqwest::Body::wrap_stream(body));
    let (status, added) = read(request).await;
    assert_eq!(status, 202, "{added}");
    assert_eq!(added["documents"][0]["document"]["bytes"], UPLOAD_BYTES);
    assert!(
        begun.elapsed() < UPLOAD_TIME,
        "it took {:?}",
        begun.elapsed()
    );
    let grown = memory(server.pid(), "VmHWM") - before;
    assert!(grown < UPLOAD_MEMORY_BYTES, "memory grew by {grown} bytes");
}

#[tokio::test]
async fn a_file_larger_than_the_limit_is_refused() {
    let server = Server::start_with(&[("ALEXANDRIA_UPLOAD_BYTES_MAX", "1000")]);
    let (status, problem) = server.upload(&[("large.txt", &[b'a'; 2000])], &[]).await;
    assert_eq!(status, 413, "{problem}");
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn serving_a_book_embedding_it_and_asking_it_fits_into_one_gibibyte_on_one_core() {
    let book = corpora().join("books/aristotle_nicomachean-ethics.epub");
    if !book.is_file() || !models().is_dir() {
        println!("the book or the models are missing: not run");
        return;
    }
    // Readers are permitted more than there is, so that the kernel has to choose whom to end.
    let server = Server::start_with(&[
        ("ALEXANDRIA_EMBEDDER", "int8"),
        ("ALEXANDRIA_READING_MEMORY_BYTES_MAX", "8589934592"),
    ]);
    let fence = Fence::around(server.pid(), MEMORY_BYTES);
    one_core(server.pid());
    let peak = Peak::over(&fence, server.pid());
    let bytes = std::fs::read(&book).unwrap();
    let (status, added) = server.upload(&[("ethics.epub", &bytes)], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let begun = Instant::now();
    let document = peak
        .while_waiting(server.wait_until(id, &["ready", "failed"]))
        .await;
    assert_eq!(document["state"], "ready", "{document}");
    assert_eq!(document["embedded"], document["chunks"], "{document}");
    let question = json!({ "question": "What is happiness according to Aristotle?" });
    let asking = server.send("POST", "/api/v1/ask", &question);
    let (status, answer) = peak.while_waiting(asking).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["degraded"], json!([]), "{answer}");
    assert_eq!(answer["passages"][0]["document_id"], *id, "{answer}");
    let used = peak.get();
    println!(
        "{} chunks read and embedded in {:?} behind {}: at most {} MiB at once",
        document["chunks"],
        begun.elapsed(),
        fence.kind(),
        used >> 20
    );
    assert_eq!(fence.kills(), 0, "the kernel had to end a process");
    assert!(used < MEMORY_BYTES, "it used {used} bytes");
    // A file that would take more than is left costs itself; the server goes on.
    let (status, added) = server
        .upload(&[("greedy.pdf", &greedy(2 << 10))], &[])
        .await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let document = server.wait_until(id, &["ready", "failed"]).await;
    println!("{} processes ended: {}", fence.kills(), document["faults"]);
    assert_eq!(document["faults"][0]["kind"], "memory", "{document}");
    let (status, answer) = server.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(status, 200, "{answer}");
}

/// The most memory that was in use at any look.
#[derive(Debug)]
struct Peak<'a> {
    fence: &'a Fence,
    pid: u32,
    bytes: std::cell::Cell<u64>,
}

impl<'a> Peak<'a> {
    const fn over(fence: &'a Fence, pid: u32) -> Self {
        Self {
            fence,
            pid,
            bytes: std::cell::Cell::new(0),
        }
    }

    /// Waits for something and looks at the memory again and again meanwhile.
    async fn while_waiting<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let processes = || {
                let readers = children(self.pid).into_iter();
                readers
                    .chain([self.pid])
                    .map(|pid| memory(pid, "VmRSS"))
                    .sum()
            };
            let now = self.fence.in_use().unwrap_or_else(processes);
            self.bytes.set(self.bytes.get().max(now));
        }
    }

    /// The most that was seen, and what the server alone has ever used if that is more.
    fn get(&self) -> u64 {
        self.bytes.get().max(memory(self.pid, "VmHWM"))
    }
}

/// Holds all threads of a process on one core.
fn one_core(pid: u32) {
    let mut cores = rustix::thread::CpuSet::new();
    cores.set(0);
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))
        .unwrap()
        .flatten()
    {
        let id = thread.file_name().to_string_lossy().parse().ok();
        let id = id.and_then(rustix::process::Pid::from_raw);
        rustix::thread::sched_setaffinity(id, &cores).ok();
    }
}
