//! A real authority: the one in Caddy, on this machine, in a network that a test has to itself.
//!
//! An authority looks whether a name leads to a server at the ports 443 and 80, which belong to the
//! administrator and to one program at a time. In a network namespace a test may have both without
//! being anybody's administrator, and beside other tests.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::door::servers::installed;
use crate::door::support::PATIENCE;

/// Where `scripts/fetch-servers` puts it.
const PROGRAM: &str = "caddy-2.11.7/caddy";

/// The port of the authority; in the network of the test, nobody else has it.
const PORT: u16 = 14_000;

/// Set for a test that runs in a network of its own.
const APART: &str = "ALEXANDRIA_TEST_APART";

/// Switches on the loopback of a new network, then becomes the program that is named.
const LOOPBACK: &str = "
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any:
    fcntl.ioctl(any, 0x8914, struct.pack('16sH14x', b'lo', 0x49))
os.execv(sys.argv[1], sys.argv[1:])
";

/// Whether this is the network of the test with this name. Elsewhere, the test is run again in one.
pub(super) fn is_apart(test: &str) -> bool {
    if std::env::vars_os().any(|(name, _)| name == APART) {
        return true;
    }
    if installed("Caddy", PROGRAM, "ALEXANDRIA_TEST_CADDY").is_none() {
        return false;
    }
    let mut possible = Command::new("unshare");
    possible.args(["--user", "--map-root-user", "--net", "true"]);
    let possible = possible.stdin(Stdio::null()).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("left out: this machine lets nobody make a network (unshare --user --net)");
        return false;
    }
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--net",
            "--",
            "python3",
            "-c",
            LOOPBACK,
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("door::acme::{test}"), "--nocapture"])
        .env(APART, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    std::io::stdout().write_all(&output.stdout).unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let ran = String::from_utf8_lossy(&output.stdout);
    assert!(ran.contains("1 passed"), "{ran}");
    false
}

/// An authority.
pub(super) struct Authority {
    child: Option<Child>,
    lifetime: &'static str,
    challenges: &'static str,
    home: tempfile::TempDir,
}

impl Authority {
    /// Begins one that asks for proofs in this way.
    pub(super) fn start(challenges: &'static str, lifetime: &'static str) -> Self {
        let mut authority = Self::prepare(challenges, lifetime);
        authority.run();
        authority
    }

    /// One that does not run yet.
    pub(super) fn prepare(challenges: &'static str, lifetime: &'static str) -> Self {
        Self {
            child: None,
            lifetime,
            challenges,
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs it, and waits until it answers.
    pub(super) fn run(&mut self) {
        let (lifetime, challenges) = (self.lifetime, self.challenges);
        let config = format!(
            "{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\
             \tpersist_config off\n\tstorage file_system storage\n\thttp_port 14001\n\
             \thttps_port {PORT}\n}}\nhttps://localhost:{PORT} {{\n\ttls internal\n\
             \tacme_server {{\n\t\tlifetime {lifetime}\n\t\tchallenges {challenges}\n\t}}\n}}\n"
        );
        let home = self.home.path();
        std::fs::write(home.join("Caddyfile"), config).unwrap();
        let program = installed("Caddy", PROGRAM, "ALEXANDRIA_TEST_CADDY").unwrap();
        let mut log = std::fs::OpenOptions::new();
        let log = log.create(true).append(true).open(home.join("log"));
        let child = Command::new(program)
            .args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"])
            .current_dir(home)
            .env_clear()
            .env("HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.unwrap())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begun = Instant::now();
        while std::net::TcpStream::connect(("localhost", PORT)).is_err()
            || !self.root_path().is_file()
        {
            let log = || std::fs::read_to_string(home.join("log")).unwrap();
            assert!(begun.elapsed() < PATIENCE, "no authority: {}", log());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// The address of its directory.
    pub(super) fn directory() -> String {
        format!("https://localhost:{PORT}/acme/local/directory")
    }

    /// The file of the certificate that all others follow from.
    pub(super) fn root_path(&self) -> PathBuf {
        self.home
            .path()
            .join("storage/pki/authorities/local/root.crt")
    }

    /// The certificate that all others follow from.
    pub(super) fn root(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.root_path()).unwrap()
    }

    /// Stops it.
    pub(super) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.stop();
    }
}
