//! The worker in a process of its own, fenced in for real: the tests start themselves again as the
//! child, which answers on its standard error because the test harness owns standard output.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking and says what it saw"
)]

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use alexandria_core::block::FaultKind;
use alexandria_extract::limits::confine;
use alexandria_extract::worker::{Frame, Frames, Request, explain_death, serve_confined};
use alexandria_extract::{Limits, Source, fence};

/// The child: reads a line with limits, then the file.
#[test]
#[ignore = "this is the child process of the other tests"]
fn child() {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).unwrap();
    let (numbers, file) = input.split_at(16);
    let number = |at: usize| u64::from_le_bytes(numbers[at..at + 8].try_into().unwrap());
    let limits = Limits {
        memory_bytes: number(0),
        cpu_seconds: number(8),
        ..Limits::default()
    };
    let source = Source::new(file.to_vec(), "x");
    serve_confined(&Request::Read, &limits, &source, &mut std::io::stderr()).unwrap();
}

/// The child that tries what no parser may do, and says for each what came of it.
#[test]
#[ignore = "this is the child process of another test"]
fn intruder() {
    confine(&Limits::default(), 0).unwrap();
    let is_closed = fence::close();
    let tries: [(&str, std::io::Result<()>); 7] = [
        ("connect", TcpStream::connect("127.0.0.1:9").map(drop)),
        ("bind", UdpSocket::bind("127.0.0.1:0").map(drop)),
        ("read", std::fs::read("/etc/passwd").map(drop)),
        ("list", std::fs::read_dir("/").map(drop)),
        ("write", std::fs::write("/tmp/alexandria-intruder", "x")),
        ("remove", std::fs::remove_file("/tmp/alexandria-intruder")),
        ("start", Command::new("/bin/true").status().map(drop)),
    ];
    for (name, outcome) in tries {
        let kind = outcome.err().map(|error| error.kind());
        eprintln!("{name}: {kind:?}");
    }
    eprintln!("closed: {is_closed}");
}

#[test]
fn a_fenced_worker_reaches_no_network_no_file_and_no_program() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "intruder", "--ignored", "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("closed: false") {
        println!("this kernel cannot refuse calls: not run");
        return;
    }
    assert!(said.contains("closed: true"), "{said}");
    for name in [
        "connect", "bind", "read", "list", "write", "remove", "start",
    ] {
        let expected = format!("{name}: Some(PermissionDenied)");
        assert!(said.contains(&expected), "{expected} is not in: {said}");
    }
}

/// Reads a file in a child and gives its frames, the signal that ended it, and what it wrote.
fn read_confined(file: &[u8], memory: u64, seconds: u64) -> (Vec<Frame>, Option<i32>, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = [&memory.to_le_bytes(), &seconds.to_le_bytes(), file].concat();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    let mut frames = Frames::default();
    frames.push(&output.stderr);
    let mut seen = Vec::new();
    while let Ok(Some(frame)) = frames.next_frame() {
        seen.push(frame);
    }
    (
        seen,
        output.status.signal(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_fenced_worker_reads_a_file() {
    let (frames, _, said) = read_confined(b"<html><p>Hello there</html>", 2 << 30, 60);
    assert_eq!(frames.last(), Some(&Frame::Done), "{said}");
    assert!(
        matches!(&frames[1..], [.., Frame::Block(block), Frame::Done] if block.text == "Hello there")
    );
}

#[test]
fn a_worker_that_needs_too_much_memory_ends_and_says_why() {
    let page = format!("<html>{}", "<p>x".repeat(5 << 20));
    let (frames, signal, said) = read_confined(page.as_bytes(), 300 << 20, 60);
    assert!(!frames.contains(&Frame::Done));
    assert_eq!(
        explain_death(signal, &said).kind(),
        FaultKind::Memory,
        "{signal:?}"
    );
}

#[test]
fn a_worker_that_takes_too_long_ends_and_says_why() {
    let page = format!("<html>{}", "<p>x<b>y</b>".repeat(3 << 20));
    let (frames, signal, said) = read_confined(page.as_bytes(), 8 << 30, 1);
    assert!(!frames.contains(&Frame::Done));
    assert_eq!(
        explain_death(signal, &said).kind(),
        FaultKind::Timeout,
        "{signal:?}"
    );
}
