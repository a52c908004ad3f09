//! A provider that breaks off, is silent, sends nonsense or never ends, for every protocol.

use std::time::Duration;

use alexandria_core::error::ErrorKind;
use alexandria_models::generator::FinishReason;
use alexandria_models::provider::Limits;
use futures::StreamExt as _;

use crate::recordings::{KEY, RECORDINGS, Recording, TEXT};
use crate::server::{Act, Server, begun, plain, streamed};
use crate::support::{Written, limits, open, prompt, write};

/// Longer than any limit of a test.
const LONG: Duration = Duration::from_secs(300);

/// The end of a stream that is complete as far as HTTP goes.
const POLITE_END: &[u8] = b"0\r\n\r\n";

/// What becomes of a script.
async fn play(recording: &Recording, script: Vec<Act>, limits: Limits) -> Written {
    let server = Server::start(vec![script]).await;
    write(&*open(recording, &server.url(), limits)).await
}

#[tokio::test]
async fn wherever_a_stream_is_cut_it_is_a_whole_answer_or_an_error() {
    for recording in &RECORDINGS {
        let whole = recording.answer.as_bytes();
        for end in (0..whole.len()).step_by(23) {
            for rest in [POLITE_END, b""] {
                let bytes = [&begun(&whole[..end]), rest].concat();
                let written = play(recording, vec![Act::Send(bytes)], limits()).await;
                let name = recording.provider.name();
                assert_is_whole_or_an_error(written, &format!("{name} cut at {end}"));
            }
        }
    }
}

fn assert_is_whole_or_an_error(written: Written, about: &str) {
    match written.end {
        Ok((reason, _)) => {
            assert_eq!(reason, FinishReason::Stop, "{about}");
            assert_eq!(written.text, TEXT, "{about}");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{about}");
            assert!(TEXT.starts_with(&written.text), "{about}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_silent_is_not_waited_for() {
    let short = Duration::from_millis(300);
    for recording in &RECORDINGS {
        let name = recording.provider.name();
        let before = vec![Act::Wait(LONG)];
        let head = vec![Act::Send(begun(b"")), Act::Wait(LONG)];
        let middle = vec![
            Act::Send(begun(recording.piece.as_bytes())),
            Act::Wait(LONG),
        ];
        let first = Limits {
            first: short,
            ..limits()
        };
        let silence = Limits {
            silence: short,
            ..limits()
        };
        let whole = Limits {
            whole: short,
            ..limits()
        };
        let cases = [
            (before, first),
            (head.clone(), first),
            (head, whole),
            (middle.clone(), silence),
            (middle, whole),
        ];
        let played = cases.map(|(script, limits)| play(recording, script, limits));
        for written in futures::future::join_all(played).await {
            let error = written.error();
            assert_eq!(error.kind(), ErrorKind::Timeout, "{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn signs_of_life_without_a_word_do_not_count_as_words() {
    let limits = Limits {
        first: Duration::from_millis(500),
        ..limits()
    };
    let ping = begun(b": still there\n\n");
    let (head, ping) = ping.split_at(ping.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4);
    let script = vec![Act::Send(head.to_vec()), Act::SendForever(ping.to_vec())];
    let error = play(&RECORDINGS[0], script, limits).await.error();
    assert!(
        matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable),
        "{error:?}"
    );
}

#[tokio::test]
async fn nonsense_is_an_error_and_is_not_repeated() {
    let nonsense: [&[u8]; 6] = [
        b"",
        b"<html><body>Sign in to the network secret-text</body></html>",
        b"data: secret-text\n\n",
        b"data: {\"choices\":\"secret-text\",\"candidates\":7,\"delta\":[1]}\n\n\n",
        b"\xff\xfe\x00\x01data: \xc3\x28\n\n\n",
        b"[]\n{}\nnull\n\n",
    ];
    for recording in &RECORDINGS {
        for bytes in nonsense {
            let error = play(recording, streamed(bytes), limits()).await.error();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
            assert!(!error.chain().contains("secret-text"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    for recording in &RECORDINGS {
        let name = recording.provider.name();
        // A line without an end, and an answer without an end.
        let chunk = |bytes: &[u8]| {
            let size = format!("{:x}\r\n", bytes.len());
            [size.as_bytes(), bytes, b"\r\n"].concat()
        };
        let line = chunk(&[b'x'; 64 * 1024]);
        let answer = chunk(recording.piece.repeat(1000).as_bytes());
        for endless in [line, answer] {
            let script = vec![Act::Send(begun(b"")), Act::SendForever(endless)];
            let error = play(recording, script, limits()).await.error();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{name}: {error:?}");
            assert!(error.chain().contains("than"), "{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_error_within_a_stream_ends_it_without_the_providers_words() {
    for recording in &RECORDINGS {
        let written = play(recording, streamed(recording.error.as_bytes()), limits()).await;
        assert_eq!(written.text, "Whales");
        let error = written.error();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert!(!error.chain().contains(KEY), "{error:?}");
    }
}

#[tokio::test]
async fn a_key_is_not_carried_to_another_machine() {
    for recording in &RECORDINGS {
        let other = Server::start(vec![streamed(recording.answer.as_bytes())]).await;
        let location = format!("location: {}/elsewhere\r\n", other.url());
        let server = Server::start(vec![plain(307, &location, "")]).await;
        let error = write(&*open(recording, &server.url(), limits()))
            .await
            .error();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains("redirect"), "{error:?}");
        assert!(other.seen().is_empty());
    }
}

#[tokio::test]
async fn dropping_the_stream_ends_the_call() {
    for recording in &RECORDINGS {
        let script = vec![
            Act::Send(begun(recording.piece.as_bytes())),
            Act::AwaitClose,
        ];
        let server = Server::start(vec![script]).await;
        let generator = open(recording, &server.url(), limits());
        let mut stream = generator.generate(&prompt()).await.unwrap();
        stream.next().await.unwrap().unwrap();
        assert_eq!(server.closed(), 0);
        drop(stream);
        let closed = async {
            while server.closed() == 0 {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), closed).await;
        waited.expect("the connection stays open");
    }
}
