//! The way to one provider: a client that carries its key, and nothing else of its own.

use std::fmt;
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, Url};
use tokio::time::{Instant, timeout_at};

use super::failure::{Failure, refused};
use super::{Provider, ProviderConfig, Secret};

/// The largest body that is sent, in bytes: some hundred times the largest prompt.
const REQUEST_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The largest reply that is read whole, in bytes: thousands of vectors.
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How much of a refusal is read, in bytes.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// The longest name of a model, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// The way to one provider.
pub(crate) struct Connection {
    provider: Provider,
    client: reqwest::Client,
    base: String,
    headers: HeaderMap,
    key: Option<Secret>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("provider", &self.provider)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Prepares the way; nothing is sent.
    ///
    /// # Errors
    /// `Invalid` for an address, a key or a name of a model that cannot be one.
    pub(crate) fn open(provider: Provider, config: &ProviderConfig) -> Result<Self> {
        check_name(provider, &config.name)?;
        let base = base(provider, config)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &config.key {
            let (name, prefix) = provider.key_header();
            headers.insert(
                HeaderName::from_static(name),
                header(provider, prefix, key)?,
            );
        } else if provider.is_key_needed() {
            return Err(Error::new(ErrorKind::Invalid, key_missing(provider)));
        }
        if provider == Provider::Anthropic {
            let version = HeaderValue::from_static("2023-06-01");
            headers.insert(HeaderName::from_static("anthropic-version"), version);
        }
        Ok(Self {
            provider,
            client: client(&base, config.limits.connect)?,
            base,
            headers,
            key: config.key.clone(),
        })
    }

    pub(crate) const fn provider(&self) -> Provider {
        self.provider
    }

    /// Sends a body and gives the reply once its head is there.
    ///
    /// # Errors
    /// What was in the way, and whether nothing can have been done by it.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &serde_json::Value,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let body = serde_json::to_vec(body)
            .context(ErrorKind::Internal, || "cannot write a prompt".to_owned())?;
        if body.len() > REQUEST_BYTES_MAX {
            let message = format!("the prompt is larger than {REQUEST_BYTES_MAX} bytes");
            return Err(Error::new(ErrorKind::Invalid, message).into());
        }
        let request = self.client.post(format!("{}{path}", self.base)).body(body);
        self.send(request, deadline).await
    }

    /// Asks for something and gives the whole reply.
    ///
    /// # Errors
    /// As for [`Self::post`].
    pub(crate) async fn get(&self, path: &str, deadline: Instant) -> Result<Vec<u8>, Failure> {
        let request = self.client.get(format!("{}{path}", self.base));
        let mut response = self.send(request, deadline).await?;
        let body = self.read(&mut response, REPLY_BYTES_MAX, deadline).await?;
        Ok(body)
    }

    /// Reads a reply to its end.
    ///
    /// # Errors
    /// `Timeout` at the deadline, `Unavailable` when it breaks off or is larger than allowed.
    pub(crate) async fn read(
        &self,
        response: &mut Response,
        bytes_max: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let chunk = timeout_at(deadline, response.chunk())
                .await
                .map_err(|_elapsed| self.late())?
                .map_err(|error| self.broken(error))?;
            let Some(chunk) = chunk else {
                return Ok(body);
            };
            if body.len().saturating_add(chunk.len()) > bytes_max {
                let name = self.provider.name();
                let message = format!("{name} answers with more than {bytes_max} bytes");
                return Err(Error::new(ErrorKind::Unavailable, message));
            }
            body.extend_from_slice(&chunk);
        }
    }

    async fn send(&self, request: RequestBuilder, deadline: Instant) -> Result<Response, Failure> {
        let sent = timeout_at(deadline, request.headers(self.headers.clone()).send()).await;
        let mut response = match sent {
            Err(_elapsed) => return Err(self.late().into()),
            Ok(Err(error)) => return Err(self.unreached(error)),
            Ok(Ok(response)) => response,
        };
        if response.status().is_success() {
            return Ok(response);
        }
        // What cannot be read of a refusal only makes its sentence shorter.
        let body = self
            .read(&mut response, REFUSAL_BYTES_MAX, deadline)
            .await
            .unwrap_or_default();
        Err(refused(
            self.provider,
            self.key.as_ref().map(|key| key.0.as_str()),
            response.status().as_u16(),
            response.headers(),
            &body,
        ))
    }

    /// The error of a provider that has not answered in time.
    pub(crate) fn late(&self) -> Error {
        let name = self.provider.name();
        Error::new(ErrorKind::Timeout, format!("{name} did not answer in time"))
    }

    /// The error of a provider that has broken off.
    pub(crate) fn broken(&self, error: reqwest::Error) -> Error {
        let name = self.provider.name();
        Error::new(ErrorKind::Unavailable, format!("{name} broke off")).with_source(cause(error))
    }

    fn unreached(&self, error: reqwest::Error) -> Failure {
        let (name, base) = (self.provider.name(), &self.base);
        if !error.is_connect() {
            return self.broken(error).into();
        }
        let remedy = match self.provider {
            Provider::Ollama => "; start it with `ollama serve`, or name its address in OLLAMA_URL",
            Provider::Compatible => "; start it, or name its address in OPENAI_URL",
            Provider::OpenAi | Provider::Gemini | Provider::Anthropic => "",
        };
        let message = format!("{name} cannot be reached at {base}{remedy}");
        let error = Error::new(ErrorKind::Unavailable, message).with_source(cause(error));
        Failure::before_anything(error)
    }
}

/// The innermost cause, without the address: the sentence names it already.
fn cause(error: reqwest::Error) -> std::io::Error {
    let error = error.without_url();
    let mut cause: &(dyn std::error::Error + 'static) = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    std::io::Error::other(cause.to_string())
}

pub(super) fn key_missing(provider: Provider) -> String {
    let name = provider.name();
    match provider.key_variable() {
        Some(variable) => format!("{name} wants a key: set {variable} to one"),
        None => format!("{name} wants a key"),
    }
}

fn header(provider: Provider, prefix: &str, key: &Secret) -> Result<HeaderValue> {
    let value = HeaderValue::from_str(&format!("{prefix}{}", key.0));
    let mut value = value.map_err(|_source| {
        let variable = provider.key_variable().unwrap_or("the key");
        let message = format!("{variable} is not a key: it has signs that no key has");
        Error::new(ErrorKind::Invalid, message)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The address that paths are put behind.
fn base(provider: Provider, config: &ProviderConfig) -> Result<String> {
    let name = provider.name();
    let invalid = |message: String| Err(Error::new(ErrorKind::Invalid, message));
    let Some(text) = config.url.as_deref().or(provider.url()) else {
        return invalid(format!(
            "{name} has no address: set OPENAI_URL to one such as http://localhost:8080/v1"
        ));
    };
    // A text that is no address may hold a password, so it is not repeated.
    let Ok(url) = Url::parse(text) else {
        return invalid(format!("the address of {name} is not a web address"));
    };
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !is_plain {
        return invalid(format!(
            "the address of {name} must read http://host:port/path or https://…, without a user, \
             a password or anything behind the path"
        ));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn check_name(provider: Provider, name: &str) -> Result<()> {
    // Some providers are told the model in the address of the call.
    let in_address = matches!(
        provider,
        Provider::OpenAi | Provider::Gemini | Provider::Anthropic
    );
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "-._:@".contains(sign);
    let is_name = !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !name.contains("..")
        && if in_address {
            name.chars().all(is_sign)
        } else {
            !name.chars().any(char::is_control)
        };
    if is_name {
        return Ok(());
    }
    let provider = provider.name();
    let message = format!("{name:?} is not the name of a model of {provider}");
    Err(Error::new(ErrorKind::Invalid, message))
}

fn client(base: &str, connect: Duration) -> Result<reqwest::Client> {
    // It can only be refused when it is chosen already.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("alexandria/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect)
        .redirect(Policy::none());
    // Without encryption a proxy would read the key, and certificates are of no use.
    let builder = if base.starts_with("http://") {
        builder.no_proxy().tls_certs_only([])
    } else {
        builder
    };
    builder.build().context(ErrorKind::Invalid, || {
        "cannot prepare to reach providers of models".to_owned()
    })
}
