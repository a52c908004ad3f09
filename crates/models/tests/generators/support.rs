//! Generators with short limits, and how a test reads what they write.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use alexandria_core::clock::Clock;
use alexandria_core::error::{Error, Result};
use alexandria_models::generator::{
    self, Delta, FinishReason, Generator, GeneratorConfig, Message, Prompt, Role, Usage,
};
use alexandria_models::provider::{Limits, Provider, ProviderConfig, Secret};
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::recordings::{KEY, MODEL, Recording};

/// The real time, which a test can put forward.
#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::Relaxed));
        Timestamp::now().checked_add(ahead).unwrap()
    }
}

/// Long enough for a busy machine, too short for a scripted delay of a minute.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        first: Duration::from_secs(20),
        silence: Duration::from_secs(20),
        whole: Duration::from_secs(40),
        check: Duration::from_secs(10),
        ..Limits::default()
    }
}

pub(crate) fn open(recording: &Recording, url: &str, limits: Limits) -> Arc<dyn Generator> {
    open_with(recording, url, limits, Arc::default())
}

pub(crate) fn open_with(
    recording: &Recording,
    url: &str,
    limits: Limits,
    clock: Arc<TestClock>,
) -> Arc<dyn Generator> {
    let config = ProviderConfig {
        url: Some(url.to_owned()),
        key: (!recording.key.is_empty()).then(|| Secret::new(KEY)),
        limits,
        ..ProviderConfig::new(MODEL)
    };
    let config = match recording.provider {
        Provider::OpenAi => GeneratorConfig::OpenAi(config),
        Provider::Compatible => GeneratorConfig::Compatible(config),
        Provider::Gemini => GeneratorConfig::Gemini(config),
        Provider::Ollama => GeneratorConfig::Ollama(config),
        Provider::Anthropic => GeneratorConfig::Anthropic(config),
    };
    generator::open(&config, clock).unwrap().unwrap()
}

pub(crate) fn prompt() -> Prompt {
    let message = |role, text: &str| Message {
        role,
        text: text.to_owned(),
    };
    Prompt {
        system: "Answer from the passages.".to_owned(),
        messages: vec![
            message(Role::User, "Who are you?"),
            message(Role::Assistant, "A library."),
            message(Role::User, "What do whales eat?"),
        ],
        tokens_max: 64,
        temperature: 0.0,
    }
}

/// What was written, and how it ended.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) end: Result<(FinishReason, Usage)>,
}

impl Written {
    pub(crate) fn error(self) -> Error {
        self.end.unwrap_err()
    }
}

/// Lets a generator write to its end, and checks what holds for every stream: text is never empty,
/// nothing comes after the end, and there is an end.
pub(crate) async fn write(generator: &dyn Generator) -> Written {
    let mut text = String::new();
    let mut stream = match generator.generate(&prompt()).await {
        Ok(stream) => stream,
        Err(error) => {
            return Written {
                text,
                end: Err(error),
            };
        }
    };
    let mut end = None;
    while let Some(item) = stream.next().await {
        assert!(end.is_none(), "something comes after the end: {item:?}");
        match item {
            Ok(Delta::Text(piece)) => {
                assert!(!piece.is_empty());
                text.push_str(&piece);
            }
            Ok(Delta::Done { reason, usage }) => end = Some(Ok((reason, usage))),
            Err(error) => end = Some(Err(error)),
        }
    }
    let end = end.unwrap_or_else(|| panic!("the stream ends without an end after {text:?}"));
    Written { text, end }
}
