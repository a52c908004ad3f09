//! Files read in a child process, which is this test's own program started again.
//!
//! There is no test harness, because the program has to be the parse worker when it is called as one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use alexandria_core::block::FaultKind;
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::principal::Principal;
use alexandria_library::clock::{SystemClock, SystemIds};
use alexandria_library::documents::Upload;
use alexandria_library::settings::LibrarySettings;
use alexandria_library::{Library, parse_worker};
use alexandria_models::embedder::EmbedderConfig;

const NAME: &str = "files_are_read_in_a_child_process_and_hostile_ones_become_faults";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("parse-worker", order)) = split(&arguments) {
        return parse_worker(order);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        if !arguments.iter().any(|argument| argument == "--ignored") {
            writeln!(std::io::stdout(), "{NAME}: test").expect("a list can be written");
        }
        return ExitCode::SUCCESS;
    }
    let program = std::env::current_exe().expect("a running program has a path");
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(check_all(&program));
    ExitCode::SUCCESS
}

fn split(arguments: &[String]) -> Option<(&str, &[String])> {
    arguments
        .split_first()
        .map(|(first, rest)| (first.as_str(), rest))
}

async fn check_all(program: &Path) {
    let readable = b"# Title\n\nA paragraph of text.\n\n## Part\n\nAnother one.\n".to_vec();
    let document = read(program, "a.md", readable.clone(), |_| {}).await;
    assert_eq!(
        document.state,
        DocumentState::Searchable,
        "{:?}",
        document.faults
    );
    assert_eq!(document.format, "markdown");

    let nested = format!("<html>{}text", "<div>".repeat(200_000)).into_bytes();
    let document = read(program, "nested.html", nested, |_| {}).await;
    assert_eq!(
        document.state,
        DocumentState::Searchable,
        "what can be read is kept"
    );
    assert_eq!(document.faults.len(), 1, "{:?}", document.faults);

    let broken = b"%PDF-1.7\nnothing of a PDF follows".to_vec();
    expect(
        &read(program, "broken.pdf", broken, |_| {}).await,
        &[FaultKind::Malformed],
    );

    let little = |settings: &mut LibrarySettings| {
        settings.reader.limits.memory_bytes = 48 << 20;
    };
    let large = "A paragraph of a large file that is to be read.\n\n"
        .repeat(300_000)
        .into_bytes();
    expect(
        &read(program, "large.md", large, little).await,
        &[FaultKind::Memory],
    );

    // A worker that is no worker says nothing that can be understood, and ends.
    for other in ["/bin/true", "/bin/echo"] {
        let document = read(Path::new(other), "a.md", readable.clone(), |_| {}).await;
        expect(&document, &[FaultKind::Malformed]);
    }

    // One that hangs is stopped by the clock on the wall.
    let folder = tempfile::tempdir().expect("a folder");
    let hanging = folder.path().join("hang");
    fs_err::write(&hanging, "#!/bin/sh\nexec sleep 600\n").expect("a script");
    make_executable(&hanging);
    let short = |settings: &mut LibrarySettings| settings.reader.limits.cpu_seconds = 0;
    expect(
        &read(&hanging, "a.md", readable, short).await,
        &[FaultKind::Timeout],
    );
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(path, permissions).expect("permissions are set");
}

fn expect(document: &Document, kinds: &[FaultKind]) {
    assert_eq!(document.state, DocumentState::Failed, "{document:?}");
    let found: Vec<FaultKind> = document.faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(found, kinds, "{:?}", document.faults);
    assert!(
        document
            .faults
            .iter()
            .all(|fault| !fault.message.is_empty())
    );
}

/// Puts a file into a library of its own, whose worker is `program`, and gives what became of it.
async fn read(
    program: &Path,
    name: &str,
    bytes: Vec<u8>,
    change: impl FnOnce(&mut LibrarySettings),
) -> Document {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = LibrarySettings::new(folder.path().join("data"), PathBuf::new());
    settings.embedder = EmbedderConfig::Off {};
    settings.reader.worker = Some(program.to_owned());
    change(&mut settings);
    let library = Library::open(settings, Arc::new(SystemClock), Arc::new(SystemIds))
        .await
        .expect("it opens");
    let owner = Principal::owner();
    let collection = library
        .ensure_collection(&owner, "collection")
        .await
        .expect("a collection");
    let upload = Upload::new(collection.id, name);
    let added = library
        .add_document(&owner, upload, &*bytes)
        .await
        .expect("it is accepted");
    let id = added.document.id;
    library
        .drain(&owner, &[id], &mut |_| {})
        .await
        .expect("the work gets on");
    library.document(&owner, id).await.expect("it is there")
}
