//! What settings must be together, checked before anything starts.

use alexandria_core::error::{Error, ErrorKind, Result};

use super::settings::Config;
use super::value::Login;

/// The shortest secret that production accepts, in characters.
const SECRET_KEY_CHARACTERS_MIN: usize = 32;

/// The beginnings of secrets that stand in handbooks and are therefore known to everybody.
const SECRETS_KNOWN: [&str; 3] = ["change-me", "changeme", "secret"];

/// The password of the handbooks' database.
const DATABASE_PASSWORD_KNOWN: &str = ":oyl_pass@";

/// The smallest address space in which a reader of files can start, in bytes.
const READING_MEMORY_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// Refuses settings that contradict each other or are not safe; returns what deserves a warning.
pub(super) fn check(config: &Config) -> Result<Vec<String>> {
    for (refused, sentence) in refusals(config) {
        if refused {
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
    }
    super::embedder::settings(config)?;
    super::generator::settings(config)?;
    crate::alerts::check(config)?;
    Ok(warnings(config))
}

fn refusals(config: &Config) -> [(bool, String); 13] {
    let production = config.production.is_on();
    let exposed = production || (config.is_public() && !config.debug.is_on());
    let zero = |name: &str| format!("the setting {name} is 0: it must be at least 1");
    [
        (
            production && config.debug.is_on(),
            "DEBUG is on and PROD is on: debug shows the insides of errors to callers; set \
             DEBUG=false in production"
                .to_owned(),
        ),
        (
            production && config.staging.is_on(),
            "PROD and STAGING are both on: set only one of them".to_owned(),
        ),
        (
            config.is_public() && config.login == Login::Off,
            open_to_all(&config.host),
        ),
        (
            config.access_token_minutes == 0,
            zero("auth.access_token_minutes"),
        ),
        (config.refresh_days == 0, zero("auth.refresh_days")),
        (
            is_known_secret(&config.secret_key)
                && (production || (exposed && config.has_own_secret())),
            "SECRET_KEY is a default that everybody knows, or shorter than 32 characters: set it \
             to what `alexandria secret` prints"
                .to_owned(),
        ),
        (
            exposed && has_known_password(config),
            "DATABASE_URL holds a password from a handbook that everybody knows: give the \
             database user another one"
                .to_owned(),
        ),
        (config.workers == 0, zero("jobs.workers")),
        (
            config.heartbeat_seconds == 0,
            zero("server.heartbeat_seconds"),
        ),
        (config.requests_max == 0, zero("server.requests_max")),
        (
            config.request_seconds_max == 0,
            zero("server.request_seconds_max"),
        ),
        (
            config.reading_memory_bytes_max < READING_MEMORY_BYTES_MIN,
            format!(
                "the setting reading.memory_bytes_max is {}: a reader of files needs at least \
                 {READING_MEMORY_BYTES_MIN}",
                config.reading_memory_bytes_max
            ),
        ),
        (
            config
                .allowed_origins
                .iter()
                .any(|origin| !is_origin(origin)),
            "ALLOWED_ORIGINS must list web origins such as https://app.example.org, or * alone"
                .to_owned(),
        ),
    ]
}

/// Why a library without accounts is not served to other machines.
pub(crate) fn open_to_all(host: &str) -> String {
    format!(
        "refuses to listen on {host}: nobody has an account and there is no key, so everybody who \
         reaches that address could read and change the library; make the first account with \
         `alexandria init`, or set API_KEYS, or listen on 127.0.0.1"
    )
}

fn warnings(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if config.debug.is_on() {
        warnings.push("DEBUG is on: callers see the causes of internal errors".to_owned());
    }
    if config.allowed_origins.iter().any(|origin| origin == "*") {
        warnings.push("ALLOWED_ORIGINS is *: every web page may call the API".to_owned());
    }
    warnings
}

fn is_known_secret(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    secret.chars().count() < SECRET_KEY_CHARACTERS_MIN
        || SECRETS_KNOWN.iter().any(|known| lower.starts_with(known))
}

fn has_known_password(config: &Config) -> bool {
    config
        .database_url
        .as_deref()
        .is_some_and(|url| url.contains(DATABASE_PASSWORD_KNOWN))
}

fn is_origin(origin: &str) -> bool {
    origin == "*"
        || ["https://", "http://"].iter().any(|scheme| {
            origin
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
        })
}
