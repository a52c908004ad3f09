//! What is tried again, what is not, and when a provider is left alone.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::ErrorKind;
use alexandria_models::generator::FinishReason;
use alexandria_models::provider::{Limits, Provider};
use futures::StreamExt as _;
use tokio::net::TcpListener;

use crate::recordings::{KEY, RECORDINGS, Recording, TEXT};
use crate::server::{Act, Server, begun, plain, streamed};
use crate::support::{TestClock, limits, open, open_with, prompt, write};

/// A refusal with the key in it, as a careless provider might send it.
const REFUSAL: &str = r#"{"error":{"message":"about key-that-must-not-show","code":"some_code"}}"#;

/// Refusals for the length of a prompt, by their codes and by their words.
const TOO_LONG: [&str; 4] = [
    r#"{"error":{"message":"about key-that-must-not-show","code":"context_length_exceeded"}}"#,
    r#"{"error":{"code":400,"message":"no","type":"exceed_context_size_error"}}"#,
    r#"{"error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#,
    r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}}"#,
];

fn answer(recording: &Recording) -> Vec<Act> {
    streamed(recording.answer.as_bytes())
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_when_it_wants_to_be() {
    for recording in &RECORDINGS {
        let scripts = vec![
            plain(429, "retry-after: 0\r\n", REFUSAL),
            plain(500, "retry-after: 0\r\n", REFUSAL),
            answer(recording),
        ];
        let server = Server::start(scripts).await;
        let written = write(&*open(recording, &server.url(), limits())).await;
        assert_eq!(written.text, TEXT, "{:?}", written.end);
        assert_eq!(server.seen().len(), 3);
    }
}

#[tokio::test]
async fn a_provider_that_asks_for_much_time_is_left_alone_for_it() {
    for recording in &RECORDINGS {
        let scripts = vec![
            plain(429, "retry-after: 60\r\n", REFUSAL),
            answer(recording),
        ];
        let server = Server::start(scripts).await;
        let clock = Arc::new(TestClock::default());
        let generator = open_with(recording, &server.url(), limits(), Arc::clone(&clock));
        let error = write(&*generator).await.error();
        assert_eq!(error.kind(), ErrorKind::Exhausted);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
        assert!(!error.chain().contains(KEY), "{error:?}");
        let error = write(&*generator).await.error();
        assert_eq!(error.kind(), ErrorKind::Exhausted);
        assert!(
            error
                .retry_after()
                .is_some_and(|wait| wait <= Duration::from_secs(60))
        );
        assert_eq!(
            server.seen().len(),
            1,
            "it was asked although it wants to be left alone"
        );
        clock.advance(61);
        assert_eq!(write(&*generator).await.text, TEXT);
    }
}

#[tokio::test]
async fn what_may_have_had_an_effect_is_not_tried_again() {
    for recording in &RECORDINGS {
        let check = async |script: Vec<Act>, kind: ErrorKind| {
            let server = Server::start(vec![script, answer(recording)]).await;
            let error = write(&*open(recording, &server.url(), limits()))
                .await
                .error();
            let name = recording.provider.name();
            assert_eq!(error.kind(), kind, "{name}: {error:?}");
            assert!(!error.chain().contains(KEY), "{name}: {error:?}");
            assert_eq!(server.seen().len(), 1, "{name}: {error:?}");
        };
        check(plain(400, "", REFUSAL), ErrorKind::Invalid).await;
        for long in TOO_LONG {
            check(plain(400, "", long), ErrorKind::TooLarge).await;
        }
        check(plain(401, "", REFUSAL), ErrorKind::Forbidden).await;
        check(plain(404, "", REFUSAL), ErrorKind::NotFound).await;
        let broke = r#"{"error":{"code":"insufficient_quota"}}"#;
        check(plain(429, "", broke), ErrorKind::Exhausted).await;
        // It broke off before, and within, its reply.
        check(Vec::new(), ErrorKind::Unavailable).await;
        check(
            vec![Act::Send(b"HTTP/1.1 200".to_vec())],
            ErrorKind::Unavailable,
        )
        .await;
        let piece = begun(recording.piece.as_bytes());
        check(vec![Act::Send(piece)], ErrorKind::Unavailable).await;
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_named_with_its_address() {
    for recording in &RECORDINGS {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let url = format!("http://{address}");
        let limits = || Limits {
            attempts_max: 2,
            ..limits()
        };
        let error = write(&*open(recording, &url, limits())).await.error();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains(&address), "{error:?}");
        let error = open(recording, &url, limits()).check().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn a_provider_that_fails_again_and_again_is_left_alone_until_a_trial_succeeds() {
    let recording = &RECORDINGS[0];
    let once = Limits {
        attempts_max: 1,
        ..limits()
    };
    let mut scripts = vec![plain(500, "", ""); 6];
    scripts.push(answer(recording));
    let server = Server::start(scripts).await;
    let clock = Arc::new(TestClock::default());
    let generator = open_with(recording, &server.url(), once, Arc::clone(&clock));
    for asked in [1, 2, 3, 4, 5, 5, 5] {
        let error = write(&*generator).await.error();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(server.seen().len(), asked);
    }
    let error = write(&*generator).await.error();
    assert!(error.message().contains("left alone"), "{error:?}");
    assert!(error.retry_after().is_some());
    clock.advance(11);
    assert!(write(&*generator).await.end.is_err(), "the trial fails");
    clock.advance(11);
    assert!(
        write(&*generator).await.end.is_err(),
        "it is left alone twice as long"
    );
    assert_eq!(server.seen().len(), 6);
    clock.advance(11);
    assert_eq!(write(&*generator).await.text, TEXT);
    assert_eq!(write(&*generator).await.text, TEXT);
}

#[tokio::test]
async fn streams_that_break_off_count_as_failures_and_refusals_do_not() {
    let recording = &RECORDINGS[0];
    let check = async |script: Vec<Act>, asked: usize| {
        let server = Server::start(vec![script]).await;
        let generator = open(recording, &server.url(), limits());
        for _ in 0..8 {
            write(&*generator).await;
        }
        assert_eq!(server.seen().len(), asked);
    };
    check(vec![Act::Send(begun(recording.piece.as_bytes()))], 5).await;
    check(streamed(recording.refusal.as_bytes()), 8).await;
    check(plain(400, "", ""), 8).await;
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_the_settings_allow() {
    let recording = &RECORDINGS[0];
    let one = Limits {
        calls_max: 1,
        first: Duration::from_millis(300),
        ..limits()
    };
    let open_ended = vec![
        Act::Send(begun(recording.piece.as_bytes())),
        Act::AwaitClose,
    ];
    let server = Server::start(vec![open_ended, answer(recording)]).await;
    let generator = open(recording, &server.url(), one);
    let mut stream = generator.generate(&prompt()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let error = write(&*generator).await.error();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert_eq!(server.seen().len(), 1);
    drop(stream);
    assert_eq!(write(&*generator).await.text, TEXT);
}

#[tokio::test]
async fn a_model_that_takes_no_temperature_is_asked_without_from_then_on() {
    let taking = RECORDINGS
        .iter()
        .filter(|one| one.provider != Provider::Ollama);
    for recording in taking {
        let refusal = r#"{"error":{"type":"invalid_request_error","param":"temperature",
            "message":"Unsupported value: 'temperature' does not support 0 with this model."}}"#;
        let scripts = vec![plain(400, "", refusal), answer(recording)];
        let server = Server::start(scripts).await;
        let generator = open(recording, &server.url(), limits());
        for _ in 0..2 {
            let written = write(&*generator).await;
            assert_eq!(written.end.unwrap().0, FinishReason::Stop);
        }
        let seen = server.seen();
        assert_eq!(seen.len(), 3);
        let asks = |number: usize| seen[number].body.to_string().contains("temperature");
        assert_eq!([asks(0), asks(1), asks(2)], [true, false, false]);
    }
}
