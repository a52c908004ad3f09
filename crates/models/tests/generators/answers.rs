//! What providers say when all is well, and when they do not want to answer.

use alexandria_core::error::ErrorKind;
use alexandria_models::generator::FinishReason;
use alexandria_models::provider::Provider;
use serde_json::json;

use crate::recordings::{KEY, RECORDINGS, TEXT};
use crate::server::{Server, plain, streamed};
use crate::support::{limits, open, write};

#[tokio::test]
async fn an_answer_comes_whole_with_what_it_used() {
    for recording in &RECORDINGS {
        let server = Server::start(vec![streamed(recording.answer.as_bytes())]).await;
        let generator = open(recording, &server.url(), limits());
        let name = recording.provider.name();
        assert_eq!(generator.model().provider, name);
        let written = write(&*generator).await;
        assert_eq!(written.text, TEXT, "{name}");
        let (reason, usage) = written.end.unwrap();
        assert_eq!(reason, FinishReason::Stop, "{name}");
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens),
            (21, 7),
            "{name}"
        );
        assert_eq!(usage.cached_tokens, recording.cached_tokens, "{name}");
        assert!(!usage.is_estimated, "{name}");

        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{name}");
        assert_eq!(seen[0].line, recording.asks);
        assert!(
            seen[0].head.contains(recording.key),
            "{name}: {}",
            seen[0].head
        );
        let elsewhere = format!("{} {}", seen[0].line, seen[0].body);
        assert!(
            !elsewhere.contains(KEY),
            "{name}: the key stands elsewhere, too"
        );
        assert!(!format!("{generator:?}").contains(KEY), "{name}");
    }
}

#[tokio::test]
async fn a_prompt_is_written_as_each_provider_takes_it() {
    let turns = |user: &str, assistant: &str| [user, assistant, user].map(str::to_owned).to_vec();
    for recording in &RECORDINGS {
        let server = Server::start(vec![streamed(recording.answer.as_bytes())]).await;
        write(&*open(recording, &server.url(), limits())).await;
        let body = &server.seen()[0].body;
        let roles = |list: &str| -> Vec<String> {
            let list = body[list].as_array().unwrap();
            let role = |message: &serde_json::Value| message["role"].as_str().unwrap().to_owned();
            list.iter().map(role).collect()
        };
        let system = vec!["system".to_owned()];
        let with_system = [system, turns("user", "assistant")].concat();
        match recording.provider {
            Provider::OpenAi | Provider::Compatible => {
                assert_eq!(roles("messages"), with_system);
                assert_eq!(body["stream_options"], json!({"include_usage": true}));
                assert_eq!(body["temperature"], json!(0.0));
                let is_new = recording.provider == Provider::OpenAi;
                let field = if is_new {
                    "max_completion_tokens"
                } else {
                    "max_tokens"
                };
                assert_eq!(body[field], json!(64));
            }
            Provider::Gemini => {
                assert_eq!(roles("contents"), turns("user", "model"));
                assert_eq!(body["generationConfig"]["maxOutputTokens"], json!(64));
                let system = &body["systemInstruction"]["parts"][0]["text"];
                assert_eq!(system, "Answer from the passages.");
            }
            Provider::Ollama => {
                assert_eq!(roles("messages"), with_system);
                assert_eq!(body["options"]["num_predict"], json!(64));
                assert_eq!(body["options"]["num_ctx"], json!(8192));
            }
            Provider::Anthropic => {
                assert_eq!(roles("messages"), turns("user", "assistant"));
                assert_eq!(body["system"], "Answer from the passages.");
                assert_eq!(body["max_tokens"], json!(64));
                let head = &server.seen()[0].head;
                assert!(head.contains("anthropic-version: 2023-06-01"), "{head}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_counted_by_the_provider_is_estimated() {
    for recording in &RECORDINGS {
        let server = Server::start(vec![streamed(recording.unmetered.as_bytes())]).await;
        let written = write(&*open(recording, &server.url(), limits())).await;
        assert_eq!(written.text, TEXT);
        let (_, usage) = written.end.unwrap();
        assert!(usage.is_estimated, "{}", recording.provider.name());
        assert!(
            usage.prompt_tokens > 10 && usage.completion_tokens > 4,
            "{usage:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_says_so() {
    for recording in &RECORDINGS {
        let server = Server::start(vec![streamed(recording.length.as_bytes())]).await;
        let written = write(&*open(recording, &server.url(), limits())).await;
        assert_eq!(written.text, "Whales");
        assert_eq!(written.end.unwrap().0, FinishReason::Length);
    }
}

#[tokio::test]
async fn a_refusal_is_no_answer_and_its_words_are_not_given() {
    let refusing = RECORDINGS
        .iter()
        .filter(|recording| !recording.refusal.is_empty());
    for recording in refusing {
        let server = Server::start(vec![streamed(recording.refusal.as_bytes())]).await;
        let written = write(&*open(recording, &server.url(), limits())).await;
        assert_eq!(written.text, "", "{}", recording.provider.name());
        assert_eq!(written.end.unwrap().0, FinishReason::Refused);
    }
}

#[tokio::test]
async fn a_provider_that_lives_is_found_by_its_cheapest_call() {
    for recording in &RECORDINGS {
        let server = Server::start(vec![plain(200, "", recording.alive)]).await;
        let generator = open(recording, &server.url(), limits());
        generator.check().await.unwrap();
        generator.check().await.unwrap();
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "a sign of life counts for a while");
        assert_eq!(seen[0].line, recording.checks);
        assert!(seen[0].head.contains(recording.key));
    }
}

#[tokio::test]
async fn a_sign_of_life_says_what_is_wrong() {
    let check = async |provider: Provider, status: u16, body: &str, expected: Option<ErrorKind>| {
        let recording = RECORDINGS
            .iter()
            .find(|one| one.provider == provider)
            .unwrap();
        let server = Server::start(vec![plain(status, "", body)]).await;
        let outcome = open(recording, &server.url(), limits()).check().await;
        assert_eq!(
            outcome.err().map(|error| error.kind()),
            expected,
            "{provider:?} {status}"
        );
    };
    let other = r#"{"models":[{"name":"other:latest"}]}"#;
    check(Provider::Ollama, 200, other, Some(ErrorKind::NotFound)).await;
    check(
        Provider::Ollama,
        200,
        "<html>",
        Some(ErrorKind::Unavailable),
    )
    .await;
    check(Provider::Compatible, 404, "", None).await;
    check(Provider::Compatible, 503, "", Some(ErrorKind::Unavailable)).await;
    check(Provider::OpenAi, 404, "", Some(ErrorKind::NotFound)).await;
    check(Provider::Gemini, 403, "", Some(ErrorKind::Forbidden)).await;
    check(Provider::Anthropic, 401, "", Some(ErrorKind::Forbidden)).await;
}
