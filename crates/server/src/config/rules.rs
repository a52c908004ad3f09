//! What settings must be together, checked before anything starts.

use alexandria_core::error::{Error, ErrorKind, Result};

use super::settings::Config;
use super::value::Login;

/// The shortest secret that production accepts, in characters.
const SECRET_KEY_CHARACTERS_MIN: usize = 32;

/// The beginnings of secrets that stand in handbooks and are therefore known to everybody.
const SECRETS_KNOWN: [&str; 4] = ["change-me", "changeme", "secret", "your-"];

/// The passwords of databases that stand in handbooks.
const PASSWORDS_KNOWN: [&str; 6] = [
    "oyl_pass",
    "postgres",
    "password",
    "changeme",
    "change-me",
    "secret",
];

/// The most names in one certificate; Let's Encrypt takes no more.
const ACME_DOMAINS_MAX: usize = 100;

/// The smallest address space in which a reader of files can start, in bytes.
const READING_MEMORY_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// Refuses settings that contradict each other or are not safe; returns what deserves a warning.
pub(super) fn check(config: &Config) -> Result<Vec<String>> {
    for (refused, sentence) in refusals(config)
        .into_iter()
        .chain(half_set(config))
        .chain(acme(config))
        .chain(webhooks(config))
        .chain(super::federation::refusals(config))
    {
        if refused {
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
    }
    super::embedder::settings(config)?;
    super::generator::settings(config)?;
    crate::alerts::check(config)?;
    Ok(warnings(config))
}

fn refusals(config: &Config) -> [(bool, String); 14] {
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
            config.application_percent > 100,
            format!(
                "the setting front.application_percent is {}: it is a number from 0 to 100",
                config.application_percent
            ),
        ),
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

/// Whether a name is a domain, not an address of numbers.
fn is_domain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let part = |part: &str| !part.is_empty() && part.bytes().all(fits);
    name.split('.').all(part) && name.parse::<std::net::IpAddr>().is_err()
}

/// Settings that say nothing without another, or contradict it.
fn half_set(config: &Config) -> [(bool, String); 5] {
    let domain = config.webauthn_rp_id.as_deref();
    let origins = &config.webauthn_origins;
    [
        (
            domain.is_some_and(|domain| !is_domain(domain)),
            "auth.webauthn_rp_id must be a domain name such as library.example.org, with no \
             https:// and no port"
                .to_owned(),
        ),
        (
            origins
                .iter()
                .any(|origin| origin == "*" || !is_origin(origin)),
            "auth.webauthn_origins must list web origins such as https://library.example.org"
                .to_owned(),
        ),
        (
            config.tls_certificate.is_some() != config.tls_key.is_some(),
            "tls.certificate and tls.key belong together: set both of them or none".to_owned(),
        ),
        (
            config.tls_redirect_port != 0 && !config.speaks_tls(),
            "tls.redirect_port sends people to TLS, which is off: set tls.acme_domains, or \
             tls.certificate and tls.key"
                .to_owned(),
        ),
        (
            config.encryption_key.is_some() && config.encryption_transit_key.is_some(),
            "encryption.key and encryption.transit_key are both set: set only one of them"
                .to_owned(),
        ),
    ]
}

/// What an authority is asked for by ACME.
fn acme(config: &Config) -> [(bool, String); 6] {
    let domains = &config.tls_acme_domains;
    let contact = config.tls_acme_contact.as_deref();
    [
        (
            !domains.is_empty() && (config.tls_certificate.is_some() || config.tls_key.is_some()),
            "tls.acme_domains and the files of tls.certificate are both set: keep the files, or \
             take them out and let the server get its certificate"
                .to_owned(),
        ),
        (
            domains.iter().any(|domain| !is_certifiable(domain)),
            "tls.acme_domains must list domain names such as library.example.org, with no https://, \
             no port, no wildcard and no address of numbers"
                .to_owned(),
        ),
        (
            domains.len() > ACME_DOMAINS_MAX,
            format!("tls.acme_domains may list {ACME_DOMAINS_MAX} names at most"),
        ),
        (
            !config.tls_acme_directory.starts_with("https://"),
            "tls.acme_directory must be the address of an authority's directory, and start with \
             https://"
                .to_owned(),
        ),
        (
            contact.is_some_and(|contact| !is_mail_address(contact)),
            "tls.acme_contact must be a mail address such as admin@example.org".to_owned(),
        ),
        (
            domains.is_empty() && (contact.is_some() || config.tls_acme_root.is_some()),
            "tls.acme_contact and tls.acme_root are about an authority that nothing is asked of: \
             set tls.acme_domains as well, or take them out"
                .to_owned(),
        ),
    ]
}

/// Whether an authority can see to it that a name is ours.
fn is_certifiable(name: &str) -> bool {
    is_domain(name) && rustls::pki_types::DnsName::try_from(name).is_ok()
}

/// Whether a mail address stands there alone, with nothing that a URL would take for more.
fn is_mail_address(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, ':' | ',' | '?' | '<' | '>');
    let halves = text.split_once('@');
    text.chars().all(fits)
        && halves.is_some_and(|(person, host)| !person.is_empty() && is_domain(host))
}

/// Why a library without accounts is not served to other machines.
pub(crate) fn open_to_all(host: &str) -> String {
    format!(
        "refuses to listen on {host}: nobody has an account and there is no key, so everybody who \
         reaches that address could read and change the library; make the first account with \
         `alexandria init`, or set API_KEYS, or listen on 127.0.0.1"
    )
}

/// Web addresses that are told of what happens, with what signs the messages.
fn webhooks(config: &Config) -> [(bool, String); 2] {
    [
        (
            "security",
            config.security_webhook_url.as_deref(),
            config.security_webhook_secret.as_deref(),
        ),
        (
            "alerts",
            config.alerts_webhook_url.as_deref(),
            config.alerts_webhook_secret.as_deref(),
        ),
    ]
    .map(|(of, url, secret)| {
        let sentence = format!(
            "the settings {of}.webhook_url and {of}.webhook_secret go together: an address that \
             starts with https:// (or http://) and a secret of at least \
             {SECRET_KEY_CHARACTERS_MIN} characters, such as `alexandria secret` prints"
        );
        (is_unsigned(url, secret), sentence)
    })
}

/// Whether what is sent to a web address could not be sent, or not be told from what is forged.
fn is_unsigned(url: Option<&str>, secret: Option<&str>) -> bool {
    match (url, secret) {
        (None, None) => false,
        (Some(url), Some(secret)) => {
            let is_web = ["https://", "http://"]
                .iter()
                .any(|web| url.starts_with(web));
            !is_web || secret.chars().count() < SECRET_KEY_CHARACTERS_MIN
        }
        (Some(_), None) | (None, Some(_)) => true,
    }
}

fn warnings(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if config.debug.is_on() {
        warnings.push("DEBUG is on: callers see the causes of internal errors".to_owned());
    }
    if config
        .secret_key_previous
        .as_deref()
        .is_some_and(is_known_secret)
    {
        warnings.push(
            "SECRET_KEY_PREVIOUS is a default that everybody knows, or shorter than 32 characters: \
             take it out, or whoever knows it can sign in"
                .to_owned(),
        );
    }
    if config.allowed_origins.iter().any(|origin| origin == "*") {
        warnings.push("ALLOWED_ORIGINS is *: every web page may call the API".to_owned());
    }
    warnings
}

/// Whether a secret is one that everybody knows, or can be guessed because it is short.
pub(crate) fn is_known_secret(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    secret.chars().count() < SECRET_KEY_CHARACTERS_MIN
        || SECRETS_KNOWN.iter().any(|known| lower.starts_with(known))
}

fn has_known_password(config: &Config) -> bool {
    let url = config.database_url.as_deref();
    let password = url.and_then(|url| {
        let (_scheme, rest) = url.split_once("://")?;
        let authority = rest.split('/').next()?;
        let (person, _host) = authority.rsplit_once('@')?;
        Some(person.split_once(':')?.1.to_ascii_lowercase())
    });
    // An underscore may be written as %5F, and is the same to the database.
    let plain = password.map(|password| password.replace("%5f", "_"));
    plain.is_some_and(|plain| PASSWORDS_KNOWN.contains(&plain.as_str()))
}

fn is_origin(origin: &str) -> bool {
    origin == "*"
        || ["https://", "http://"].iter().any(|scheme| {
            origin
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
        })
}
