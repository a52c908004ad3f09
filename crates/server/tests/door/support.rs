//! A server and a command line for tests: the real binary, in a directory that goes away.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// The program under test.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_alexandria");

/// How long a server may take to listen, and a document to be read, on a loaded machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How often something is looked at that will change.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The folder of the models, where they have been fetched.
pub(super) fn models() -> PathBuf {
    let variable = |name: &str| {
        std::env::vars_os()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v)
    };
    let cache = || variable("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(variable("HOME")?).join(".cache"));
    let kept = || {
        cache()
            .or_else(home)
            .map(|path| path.join("alexandria/models"))
    };
    variable("ALEXANDRIA_MODELS")
        .map(PathBuf::from)
        .or_else(kept)
        .unwrap_or_default()
}

/// The optional corpora.
pub(super) fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data")
}

/// The program with arguments, in a directory, with nothing of the environment but what it needs.
pub(super) fn program(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PROGRAM);
    let path = std::env::vars_os()
        .find(|(name, _)| name == "PATH")
        .map(|(_, path)| path);
    command
        .args(arguments)
        .current_dir(home)
        .env_clear()
        .env("PATH", path.unwrap_or_default())
        .env("HOME", home)
        .env("ALEXANDRIA_MODELS", models())
        .env("ALEXANDRIA_EMBEDDER", "off")
        .env("ALEXANDRIA_OCR", "off")
        // Tests ask faster than people do; those about limits set their own.
        .env("RATE_LIMIT_RPS", "0")
        .envs(environment.iter().copied());
    command
}

/// Runs a verb of the command line.
pub(super) fn run(home: &Path, arguments: &[&str]) -> Output {
    program(home, arguments, &[]).output().unwrap()
}

/// The standard output of a verb.
pub(super) fn text_of(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The JSON that a verb prints.
pub(super) fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    pub(super) home: tempfile::TempDir,
    port: u16,
    client: reqwest::Client,
}

impl Server {
    /// Starts a server in a new directory.
    pub(super) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with settings.
    pub(super) fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), environment)
    }

    /// Starts a server in a directory.
    pub(super) fn start_in(home: tempfile::TempDir, environment: &[(&str, &str)]) -> Self {
        Self::start_on(home, 0, environment)
    }

    /// Starts a server in a directory, on a port; on a free one for 0.
    pub(super) fn start_on(
        home: tempfile::TempDir,
        port: u16,
        environment: &[(&str, &str)],
    ) -> Self {
        let (child, address) = spawn(home.path(), port, environment);
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        Self {
            child,
            address,
            home,
            port,
            client,
        }
    }

    /// Kills the server as a power cut would, and starts it again.
    pub(super) fn kill_and_restart(&mut self, environment: &[(&str, &str)]) {
        self.kill();
        let (child, address) = spawn(self.home.path(), self.port, environment);
        self.child = child;
        self.address = address;
    }

    /// Kills the server.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the server to stop and waits until it has.
    pub(super) fn stop(&mut self) -> std::process::ExitStatus {
        let pid = rustix::process::Pid::from_raw(self.child.id().cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// The server's process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A request.
    pub(super) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client
            .request(method, format!("{}{path}", self.address))
    }

    /// Gets JSON.
    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path)).await
    }

    /// Sends JSON.
    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self
            .request(method, path)
            .header(CONTENT_TYPE, "application/json");
        read(request.body(body.to_string())).await
    }

    /// Puts files in.
    pub(super) async fn upload(
        &self,
        files: &[(&str, &[u8])],
        fields: &[(&str, &str)],
    ) -> (u16, Value) {
        let (kind, body) = form(files, fields);
        let request = self
            .request("POST", "/api/v1/documents")
            .header(CONTENT_TYPE, kind);
        read(request.body(body)).await
    }

    /// Waits until nothing more will happen to a document in a library without an embedder.
    pub(super) async fn wait_for(&self, id: &str) -> Value {
        self.wait_until(id, &["searchable", "ready", "failed"])
            .await
    }

    /// Waits until a document is in one of these states.
    pub(super) async fn wait_until(&self, id: &str, states: &[&str]) -> Value {
        let mut last = (Value::Null, Instant::now());
        loop {
            let (status, document) = self.get(&format!("/api/v1/documents/{id}")).await;
            assert_eq!(status, 200, "{document}");
            if states.contains(&document["state"].as_str().unwrap()) {
                return document;
            }
            // Patience is with a document that stands still: a long book may take its time.
            let step = json!([document["state"], document["embedded"]]);
            if step != last.0 {
                last = (step, Instant::now());
            }
            assert!(
                last.1.elapsed() < PATIENCE,
                "not {states:?} yet: {document}"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Puts a file in and waits until it can be found.
    pub(super) async fn add(&self, name: &str, text: &str) -> Value {
        let (status, added) = self.upload(&[(name, text.as_bytes())], &[]).await;
        assert_eq!(status, 202, "{added}");
        self.wait_for(added["documents"][0]["document"]["id"].as_str().unwrap())
            .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(home: &Path, port: u16, environment: &[(&str, &str)]) -> (Child, String) {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(home.join("server.log"))
        .unwrap();
    let mut child = program(
        home,
        &["--data", "data", "serve", "--port", &port.to_string()],
        environment,
    )
    .stdin(Stdio::null())
    .stdout(log.try_clone().unwrap())
    .stderr(log)
    .spawn()
    .unwrap();
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(home.join("data/server.json")).unwrap_or_default();
        let presence: Value = serde_json::from_str(&text).unwrap_or_default();
        if presence["pid"] == child.id() {
            return (child, presence["address"].as_str().unwrap().to_owned());
        }
        let log = || std::fs::read_to_string(home.join("server.log")).unwrap();
        assert!(
            child.try_wait().unwrap().is_none(),
            "the server ended: {}",
            log()
        );
        assert!(
            begun.elapsed() < PATIENCE,
            "the server does not listen: {}",
            log()
        );
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The status and the JSON of a reply; null where there is none.
pub(super) async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let bytes = reply.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// A form with fields and files: its content type and its body.
pub(super) fn form(files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--BOUND\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, bytes) in files {
        let name = name
            .replace('"', "%22")
            .replace('\n', "%0A")
            .replace('\r', "%0D");
        let head = format!(
            "--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--BOUND--\r\n");
    ("multipart/form-data; boundary=BOUND".to_owned(), body)
}

/// A text about a lighthouse that nobody has written, so that its words are found nowhere else.
pub(super) const LIGHTHOUSE: &str = "# The Lighthouse of Orvane

The lighthouse of Orvane was built in 1743 by the engineer Tilda Marrow. It stands on the northern
cliff and is 41 metres tall.

## The keeper

The last keeper, Anselm Brandt, lived there until 1968 with a grey parrot. Every evening he wrote
down the colour of the sea.
";

/// A request as it came over the wire, head and body; none where the caller left before its end.
pub(super) async fn whole_request(stream: &mut tokio::net::TcpStream) -> Option<String> {
    use tokio::io::AsyncReadExt as _;
    let mut request = Vec::new();
    let mut some = [0; 4096];
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))?;
        Some(body.len() >= length.trim().parse().ok()?)
    };
    while is_whole(&request) != Some(true) {
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => request.extend_from_slice(&some[..read]),
        }
    }
    Some(String::from_utf8_lossy(&request).into_owned())
}

/// Runs a script in Python with arguments; what it prints.
pub(super) fn python(script: &str, arguments: &[&str]) -> String {
    let output = Command::new("python3")
        .args(["-c", script])
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}
