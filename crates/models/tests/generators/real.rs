//! A real server from end to end: llama.cpp, which speaks chat completions and Anthropic's messages,
//! with a small model, directly and behind a proxy that cuts the connection.
//!
//! `scripts/fetch-language-model` installs it. It ends with the test process, however that ends: it
//! reads its standard input, which only the test process holds. What the model says is not judged; it
//! is too small to say anything sensible.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::ErrorKind;
use alexandria_models::generator::{
    self, Delta, FinishReason, Generator, GeneratorConfig, Message, Prompt, Role,
};
use alexandria_models::provider::{Limits, ProviderConfig};
use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::TestClock;

const INSTALLED: &str = "language-model-2026.10.11549";
const MODEL: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";

/// A running server.
struct LanguageModel {
    address: String,
    /// Holds the pipe whose end ends the server.
    _child: Child,
}

impl LanguageModel {
    /// None when it is to be left out, of which a line is printed.
    ///
    /// # Panics
    /// When it is not installed or does not start: these tests do not pass by not running.
    fn start() -> Option<Self> {
        let weights = weights()?;
        let installed = installed();
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generators/language_model.py");
        let mut child = Command::new("python3")
            .arg(program)
            .arg(weights)
            .env("PYTHONPATH", &installed)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 can be started");
        let mut address = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut address).unwrap();
        assert!(
            address.starts_with("http://127.0.0.1:"),
            "the language model did not start; run the line `python3 \
             crates/models/tests/generators/language_model.py` with PYTHONPATH={} to see why",
            installed.display()
        );
        Some(Self {
            address: address.trim().to_owned(),
            _child: child,
        })
    }
}

/// The file of the small model; none when the tests that need it are to be left out, of which a line
/// is printed.
///
/// # Panics
/// When it is not installed.
pub(crate) fn weights() -> Option<PathBuf> {
    if variable("ALEXANDRIA_TEST_LANGUAGE_MODEL").as_deref() == Some("skip") {
        println!(
            "left out, because ALEXANDRIA_TEST_LANGUAGE_MODEL=skip: this needs a language model"
        );
        return None;
    }
    Some(installed().join(MODEL))
}

fn installed() -> PathBuf {
    let root = Path::new("/proc/self")
        .metadata()
        .is_ok_and(|of| std::os::unix::fs::MetadataExt::uid(&of) == 0);
    let servers = if root {
        PathBuf::from("/var/cache/alexandria/servers")
    } else {
        let home = || PathBuf::from(variable("HOME").unwrap_or_default()).join(".cache");
        let cache = || variable("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
        let cache =
            variable("ALEXANDRIA_CACHE").map_or_else(|| cache().join("alexandria"), PathBuf::from);
        cache.join("servers")
    };
    let installed = servers.join(INSTALLED);
    assert!(
        installed.join("complete").is_file(),
        "the language model for tests is not installed in {}: run `make test` or \
         `scripts/fetch-language-model`, or set ALEXANDRIA_TEST_LANGUAGE_MODEL=skip to leave the \
         tests out that need it",
        installed.display()
    );
    installed
}

#[expect(clippy::disallowed_methods, reason = "tests have no config.rs")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The model is small but the machine may be busy.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(20),
    first: Duration::from_secs(120),
    silence: Duration::from_secs(60),
    whole: Duration::from_secs(150),
    check: Duration::from_secs(60),
    attempts_max: 3,
    pause_max: Duration::from_secs(5),
    calls_max: 1,
};

fn open(into: fn(ProviderConfig) -> GeneratorConfig, url: String) -> Arc<dyn Generator> {
    let config = ProviderConfig {
        url: Some(url),
        key: Some(alexandria_models::provider::Secret::new("any")),
        limits: LIMITS,
        ..ProviderConfig::new("smollm2")
    };
    let clock = Arc::new(TestClock::default());
    generator::open(&into(config), clock).unwrap().unwrap()
}

fn prompt(tokens_max: u32) -> Prompt {
    Prompt {
        system: "Answer in one word.".to_owned(),
        messages: vec![Message {
            role: Role::User,
            text: "What do whales eat?".to_owned(),
        }],
        tokens_max,
        temperature: 0.0,
    }
}

#[tokio::test]
async fn a_real_server_of_either_protocol_writes_and_counts() {
    let Some(server) = LanguageModel::start() else {
        return;
    };
    let chat = open(
        GeneratorConfig::Compatible,
        format!("{}/v1", server.address),
    );
    let messages = open(GeneratorConfig::Anthropic, server.address.clone());
    chat.check().await.unwrap();
    let mut texts = Vec::new();
    for generator in [chat, messages] {
        let mut stream = generator.generate(&prompt(6)).await.unwrap();
        let (mut text, mut pieces, mut end) = (String::new(), 0, None);
        while let Some(delta) = stream.next().await {
            match delta.unwrap() {
                Delta::Text(piece) => {
                    text.push_str(&piece);
                    pieces += 1;
                }
                Delta::Done { reason, usage } => end = Some((reason, usage)),
            }
        }
        let (reason, usage) = end.expect("the stream says how it ended");
        assert!(pieces > 1, "it is not streamed: {text:?}");
        assert_eq!(reason, FinishReason::Length, "{text:?}");
        assert_eq!(usage.completion_tokens, 6);
        assert!((15..60).contains(&usage.prompt_tokens), "{usage:?}");
        assert!(!usage.is_estimated);
        texts.push((text, usage.prompt_tokens, usage.cached_tokens));
    }
    assert_eq!(
        texts[0].0, texts[1].0,
        "both protocols ask the same model the same"
    );
    assert_eq!(texts[0].1, texts[1].1);
    assert!(texts[1].2 > 0, "the server has kept the prompt: {texts:?}");

    let (url, _proxy) = cutting(server.address.clone(), 900).await;
    let cut = open(GeneratorConfig::Compatible, format!("{url}/v1"));
    let mut stream = cut.generate(&prompt(64)).await.unwrap();
    let mut last = None;
    while let Some(delta) = stream.next().await {
        last = Some(delta);
    }
    let error = last.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
}

/// A proxy that passes on so many bytes of a reply and then closes both connections.
async fn cutting(server: String, bytes: u64) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server.trim_start_matches("http://").to_owned();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut upstream = TcpStream::connect(&server).await.unwrap();
            let (mut from_client, mut to_client) = client.split();
            let (from_server, mut to_server) = upstream.split();
            let mut reply = from_server.take(bytes);
            tokio::select! {
                // Whoever is done first ends both directions.
                _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
                _ = tokio::io::copy(&mut reply, &mut to_client) => {}
            }
            to_client.shutdown().await.ok();
        }
    });
    (format!("http://{address}"), tasks)
}
