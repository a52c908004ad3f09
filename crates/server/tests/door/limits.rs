//! What the server may use: memory of uploads and of the whole, and what a hostile file gets.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::json;

use super::support::{PROGRAM, Server, corpora, models, read};

/// The largest upload that the handbooks name, in bytes, and how long it may take.
const UPLOAD_BYTES: usize = 50 * 1024 * 1024;
const UPLOAD_TIME: Duration = Duration::from_secs(10);

/// How much the server's memory may grow while it takes an upload, in bytes: far less than the file.
const UPLOAD_MEMORY_BYTES: u64 = 24 * 1024 * 1024;

/// The memory that serving, adding a book and asking may use together, in bytes.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

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
async fn serving_a_book_and_asking_it_stays_below_one_gibibyte_on_one_core() {
    let book = corpora().join("books/aristotle_nicomachean-ethics.epub");
    if !book.is_file() || !models().is_dir() {
        println!("the book or the models are missing: not run");
        return;
    }
    let server = Server::start_with(&[("ALEXANDRIA_EMBEDDER", "int8")]);
    one_core(server.pid());
    let bytes = std::fs::read(&book).unwrap();
    let (status, added) = server.upload(&[("ethics.epub", &bytes)], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let mut children = 0;
    let begun = Instant::now();
    // The embedding goes on after this; what counts is that reading, indexing and asking fit.
    loop {
        children = children.max(memory_of_children(server.pid()));
        let (_, document) = server.get(&format!("/api/v1/documents/{id}")).await;
        let embedded = document["embedded"].as_u64().unwrap_or_default();
        let state = document["state"].as_str().unwrap_or_default().to_owned();
        assert_ne!(state, "failed", "{document}");
        if state == "ready" || (state == "searchable" && embedded >= 64) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{document}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let question = json!({ "question": "What is happiness according to Aristotle?" });
    let (status, answer) = server.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(status, 200, "{answer}");
    let peak = memory(server.pid(), "VmHWM") + children;
    println!("peak memory of {PROGRAM}: {} MiB", peak >> 20);
    assert!(peak < MEMORY_BYTES, "it used {peak} bytes");
}

/// A number of `/proc/PID/status`, in bytes.
fn memory(pid: u32, field: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or_default()
        * 1024
}

/// The peak memory of a process's children that live now, in bytes.
fn memory_of_children(pid: u32) -> u64 {
    let mut sum = 0;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))
        .unwrap()
        .flatten()
    {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        sum += children
            .split_whitespace()
            .filter_map(|child| child.parse().ok())
            .map(|child| memory(child, "VmHWM"))
            .sum::<u64>();
    }
    sum
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
