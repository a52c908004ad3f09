//! What refusals mean, and which addresses and names are taken.

use std::time::Duration;

use alexandria_core::error::ErrorKind;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::failure::refused;
use super::{Connection, Failure, Provider, ProviderConfig, Secret};

const KEY: &str = "sk-secret-0123456789";

fn failure(provider: Provider, status: u16, headers: &[(&str, &str)], body: &str) -> Failure {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.insert(name, HeaderValue::from_str(value).unwrap());
    }
    refused(provider, Some(KEY), status, &map, body.as_bytes())
}

#[test]
fn a_status_means_what_the_caller_can_do_about_it() {
    let check = |status: u16, body: &str, kind: ErrorKind, is_repeatable: bool, says: &str| {
        let failure = failure(Provider::OpenAi, status, &[], body);
        assert_eq!(failure.error.kind(), kind, "{status}");
        assert_eq!(failure.is_repeatable, is_repeatable, "{status}");
        let sentence = failure.error.message();
        assert!(sentence.contains(says), "{status}: {sentence}");
    };
    check(400, "", ErrorKind::Invalid, false, "status 400");
    check(401, "", ErrorKind::Forbidden, false, "OPENAI_API_KEY");
    check(402, "", ErrorKind::Exhausted, false, "budget");
    check(404, "", ErrorKind::NotFound, false, "no such model");
    check(408, "", ErrorKind::Timeout, false, "408");
    check(422, "", ErrorKind::Invalid, false, "422");
    check(429, "", ErrorKind::Exhausted, true, "fewer calls");
    check(500, "<html>", ErrorKind::Unavailable, true, "not able");
    check(529, "{}", ErrorKind::Unavailable, true, "529");
    check(302, "", ErrorKind::Unavailable, false, "redirect");
    let empty = r#"{"error":{"message":"You have run out","code":"insufficient_quota"}}"#;
    check(
        429,
        empty,
        ErrorKind::Exhausted,
        false,
        "insufficient_quota",
    );
}

#[test]
fn a_key_that_gemini_does_not_know_is_told_from_a_bad_prompt() {
    let body = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT",
        "details":[{"reason":"API_KEY_INVALID"}]}}"#;
    let failure = failure(Provider::Gemini, 400, &[], body);
    assert_eq!(failure.error.kind(), ErrorKind::Forbidden);
    assert!(failure.error.message().contains("GOOGLE_API_KEY"));
}

#[test]
fn neither_keys_nor_sentences_of_a_provider_are_passed_on() {
    let body = format!(
        r#"{{"error":{{"message":"Incorrect key {KEY}; you asked: who am I?","code":"{KEY}",
        "type":"odd code with spaces","status":"UNAUTHENTICATED"}}}}"#
    );
    let failure = failure(Provider::OpenAi, 401, &[], &body);
    let told = format!("{:?} {}", failure, failure.error.chain());
    assert!(!told.contains(KEY), "{told}");
    assert!(!told.contains("who am I"), "{told}");
    assert!(!told.contains("odd code"), "{told}");
    assert!(told.contains("UNAUTHENTICATED"), "{told}");
    let config = ProviderConfig {
        key: Some(Secret::new(KEY)),
        ..ProviderConfig::new("gpt-4.1")
    };
    let connection = Connection::open(Provider::OpenAi, &config).unwrap();
    let shown = format!("{config:?} {connection:?}");
    assert!(!shown.contains(KEY), "{shown}");
}

#[test]
fn the_wait_that_a_provider_asks_for_is_read_from_header_and_body() {
    let check = |headers: &[(&str, &str)], body: &str, seconds: Option<u64>| {
        let failure = failure(Provider::Gemini, 429, headers, body);
        let expected = seconds.map(Duration::from_secs);
        assert_eq!(failure.error.retry_after(), expected, "{headers:?} {body}");
    };
    let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
    check(&[("retry-after", "7")], "", Some(7));
    check(&[("retry-after", "0")], "", Some(0));
    check(&[("retry-after", "-3")], "", Some(0));
    check(&[("retry-after", "99999999999999999999")], "", Some(86_400));
    check(&[("retry-after", "soon")], "", None);
    check(&[("retry-after", "NaN")], "", None);
    check(
        &[("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT"), date],
        "",
        Some(9),
    );
    check(
        &[("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT"), date],
        "",
        Some(0),
    );
    check(
        &[("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT")],
        "",
        None,
    );
    let body = r#"{"error":{"code":429,"details":[{"reason":"x"},{"retryDelay":"34s"}]}}"#;
    check(&[], body, Some(34));
    check(&[], "{}", None);
}

#[test]
fn addresses_names_and_keys_that_cannot_be_are_refused_without_repeating_them() {
    let check = |provider: Provider, url: &str, name: &str, key: &str, says: &str| {
        let config = ProviderConfig {
            url: (!url.is_empty()).then(|| url.to_owned()),
            key: (!key.is_empty()).then(|| Secret::new(key)),
            ..ProviderConfig::new(name)
        };
        match Connection::open(provider, &config) {
            Ok(_) => assert!(says.is_empty(), "{url} {name}"),
            Err(error) => {
                let sentence = error.message();
                assert_eq!(error.kind(), ErrorKind::Invalid);
                assert!(!says.is_empty() && sentence.contains(says), "{sentence}");
                assert!(!sentence.contains("hidden"), "{sentence}");
            }
        }
    };
    check(Provider::OpenAi, "", "gpt-4.1", "k", "");
    check(Provider::OpenAi, "", "gpt-4.1", "", "OPENAI_API_KEY");
    check(Provider::Anthropic, "", "claude", "", "ANTHROPIC_API_KEY");
    check(Provider::Gemini, "", "gemini", "", "GOOGLE_API_KEY");
    check(Provider::Gemini, "", "gemini", "hidden\n", "GOOGLE_API_KEY");
    check(Provider::Gemini, "", "../files?x", "k", "name of a model");
    check(Provider::Ollama, "", "llama3.2:1b", "", "");
    check(Provider::Compatible, "", "any", "", "OPENAI_URL");
    check(
        Provider::Compatible,
        "http://[::1]:8/v1/",
        "org/any",
        "",
        "",
    );
    check(
        Provider::Compatible,
        "http://hidden:hidden@x/v1",
        "any",
        "",
        "without a user",
    );
    check(
        Provider::Compatible,
        "ftp://x/v1",
        "any",
        "",
        "must read http",
    );
    check(
        Provider::Compatible,
        "hidden",
        "any",
        "",
        "not a web address",
    );
    check(
        Provider::Compatible,
        "http://x/?key=hidden",
        "any",
        "",
        "behind the path",
    );
}
