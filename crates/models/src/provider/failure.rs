//! What a provider's refusal means, and whether the call may be tried again.

use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::Provider;
use super::connection::key_missing;

/// The longest time that a provider is left alone because it has asked for it.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest code of an error that is passed on, in bytes.
const CODE_BYTES_MAX: usize = 64;

/// How many codes of an error are passed on.
const CODES_MAX: usize = 4;

/// A call that failed before its reply began.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Why.
    pub(crate) error: Error,
    /// Whether it is sure that the provider has done nothing, so that asking again costs nothing.
    pub(crate) is_repeatable: bool,
    /// Whether the provider does not take a temperature for this model.
    pub(crate) is_about_temperature: bool,
}

impl Failure {
    /// A failure before the provider could do anything.
    pub(crate) const fn before_anything(error: Error) -> Self {
        Self {
            error,
            is_repeatable: true,
            is_about_temperature: false,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            is_repeatable: false,
            is_about_temperature: false,
        }
    }
}

/// What a reply that is not a success means.
pub(super) fn refused(
    provider: Provider,
    key: Option<&str>,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Failure {
    let reply: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut codes = codes(&reply);
    codes.retain(|code| key.is_none_or(|key| !code.contains(key)));
    let mut kind = kind(status, &codes);
    if kind == ErrorKind::Invalid && is_about_length(&reply, &codes) {
        kind = ErrorKind::TooLarge;
    }
    let is_out_of_money = codes.iter().any(|code| code == "insufficient_quota");
    let mut error = Error::new(kind, sentence(provider, kind, status, &codes));
    if matches!(kind, ErrorKind::Exhausted | ErrorKind::Unavailable)
        && let Some(wait) = retry_after(headers).or_else(|| retry_delay(&reply))
    {
        error = error.with_retry_after(wait);
    }
    Failure {
        error,
        is_repeatable: (status == 429 && !is_out_of_money) || status >= 500,
        is_about_temperature: status == 400 && is_about_temperature(&reply),
    }
}

/// The error that a provider reports inside a reply that began as a success.
pub(crate) fn told(provider: Provider, reply: &Value) -> Error {
    let codes = codes(reply);
    let kind = by_codes(&codes).unwrap_or(ErrorKind::Unavailable);
    let name = provider.name();
    Error::new(
        kind,
        format!("{name} broke off with an error{}", listed(&codes)),
    )
}

/// The short codes of an error; never its sentences, which may repeat the prompt or the key.
fn codes(reply: &Value) -> Vec<String> {
    // A stream of Gemini that is not one of events puts its error into a list.
    let reply = reply.get(0).unwrap_or(reply);
    let error = reply.get("error").unwrap_or(reply);
    let details = error.get("details").and_then(Value::as_array);
    let reasons = details
        .into_iter()
        .flatten()
        .filter_map(|detail| detail.get("reason"));
    let fields = ["code", "type", "status"];
    let fields = fields.iter().filter_map(|field| error.get(field));
    let mut codes = Vec::new();
    for code in fields.chain(reasons).filter_map(Value::as_str) {
        if is_code(code) && codes.len() < CODES_MAX && !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    codes
}

fn is_code(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !text.is_empty() && text.len() <= CODE_BYTES_MAX && text.bytes().all(is_sign)
}

fn is_about_temperature(reply: &Value) -> bool {
    let error = reply.get("error").unwrap_or(reply);
    let says = |field: &str| {
        let text = error.get(field).and_then(Value::as_str);
        text.is_some_and(|text| text.contains("temperature"))
    };
    says("param") || says("message")
}

/// Whether a prompt is refused because it has more tokens than the model takes. Only some providers have
/// a code for it; what the others write is looked at and not passed on.
fn is_about_length(reply: &Value, codes: &[String]) -> bool {
    const CODES: [&str; 2] = ["context_length_exceeded", "exceed_context_size_error"];
    const WORDS: [&str; 6] = [
        "context length",
        "context size",
        "context window",
        "prompt is too long",
        "input token count",
        "maximum number of tokens",
    ];
    let reply = reply.get(0).unwrap_or(reply);
    let error = reply.get("error").unwrap_or(reply);
    let message = error.get("message").or(Some(error)).and_then(Value::as_str);
    let message = message.unwrap_or_default().to_lowercase();
    codes.iter().any(|code| CODES.contains(&code.as_str()))
        || WORDS.iter().any(|words| message.contains(words))
}

fn kind(status: u16, codes: &[String]) -> ErrorKind {
    match status {
        // A key that Gemini does not know comes as a bad request.
        400 => match by_codes(codes) {
            Some(ErrorKind::Forbidden) => ErrorKind::Forbidden,
            _ => ErrorKind::Invalid,
        },
        401 | 403 => ErrorKind::Forbidden,
        402 | 429 => ErrorKind::Exhausted,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        405..=499 => ErrorKind::Invalid,
        _ => ErrorKind::Unavailable,
    }
}

fn by_codes(codes: &[String]) -> Option<ErrorKind> {
    let table = [
        ("rate_limit_error", ErrorKind::Exhausted),
        ("rate_limit_exceeded", ErrorKind::Exhausted),
        ("insufficient_quota", ErrorKind::Exhausted),
        ("RESOURCE_EXHAUSTED", ErrorKind::Exhausted),
        ("API_KEY_INVALID", ErrorKind::Forbidden),
        ("invalid_api_key", ErrorKind::Forbidden),
        ("authentication_error", ErrorKind::Forbidden),
        ("permission_error", ErrorKind::Forbidden),
        ("UNAUTHENTICATED", ErrorKind::Forbidden),
        ("PERMISSION_DENIED", ErrorKind::Forbidden),
        ("context_length_exceeded", ErrorKind::TooLarge),
        ("invalid_request_error", ErrorKind::Invalid),
        ("INVALID_ARGUMENT", ErrorKind::Invalid),
    ];
    let known = |(code, _): &&(&str, ErrorKind)| codes.iter().any(|found| found == code);
    table.iter().find(known).map(|(_, kind)| *kind)
}

fn sentence(provider: Provider, kind: ErrorKind, status: u16, codes: &[String]) -> String {
    let name = provider.name();
    let what = if kind == ErrorKind::Forbidden {
        match provider.key_variable() {
            Some(variable) => format!("{name} does not take the key in {variable}"),
            None => key_missing(provider),
        }
    } else if kind == ErrorKind::Exhausted {
        format!("{name} wants fewer calls, or its budget is used up")
    } else if kind == ErrorKind::NotFound && provider == Provider::Ollama {
        format!("{name} does not have the model: fetch it with `ollama pull`")
    } else if kind == ErrorKind::NotFound {
        format!("{name} knows no such model at this address")
    } else if kind == ErrorKind::TooLarge {
        format!("{name} does not take as many tokens as the prompt has")
    } else if kind == ErrorKind::Invalid {
        format!("{name} does not take the prompt or the settings of the model")
    } else if (300..400).contains(&status) {
        format!("{name} answers with a redirect, which is not followed: name its final address")
    } else {
        format!("{name} is not able to answer at present")
    };
    format!("{what} (status {status}){}", listed(codes))
}

fn listed(codes: &[String]) -> String {
    if codes.is_empty() {
        String::new()
    } else {
        format!(": {}", codes.join(", "))
    }
}

/// The wait that a reply asks for: seconds, or a moment reckoned from the reply's own date, so that
/// the two clocks need not agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return bounded(seconds);
    }
    let moment = |text: &str| -> Option<Timestamp> {
        jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()
    };
    let until = moment(text)?;
    let date = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    bounded(until.duration_since(moment(date)?).as_secs_f64())
}

/// The wait that Gemini asks for in the body, such as `"34.07s"`.
fn retry_delay(reply: &Value) -> Option<Duration> {
    let details = reply.get("error")?.get("details")?.as_array()?;
    let mut delays = details.iter().filter_map(|detail| detail.get("retryDelay"));
    let text = delays.next()?.as_str()?;
    bounded(text.strip_suffix('s')?.parse().ok()?)
}

fn bounded(seconds: f64) -> Option<Duration> {
    if seconds.is_nan() {
        return None;
    }
    let seconds = seconds.clamp(0.0, RETRY_AFTER_MAX.as_secs_f64());
    Duration::try_from_secs_f64(seconds).ok()
}
