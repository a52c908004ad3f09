//! Reaching out: to a server of ours, and to web addresses that a person asks to be added.
//!
//! A web address may lead anywhere, so what is fetched has limits, and addresses of private networks
//! are refused unless the settings allow them: otherwise a page on the internet could have the
//! library read a machine that only the library can see. Names are checked after they are resolved,
//! on every redirect, and the connection goes to the address that was checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alexandria_core::error::{BoxError, Context, Error, ErrorKind, Result};
use axum::body::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};

mod clients;
pub(crate) mod issuer;

pub(crate) use clients::{client_for_authority, client_for_keys, client_for_server};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a web server may be silent.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long fetching may take in all.
const FETCH_TIMEOUT: Duration = Duration::from_secs(600);

/// How many redirects are followed.
const REDIRECTS_MAX: usize = 5;

/// A client for an address that the settings name: what it answers is not followed elsewhere.
///
/// # Errors
/// When the system refuses.
pub(crate) fn client_for_settings() -> Result<reqwest::Client> {
    ready_encryption();
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none())
        .build()
        .context(ErrorKind::Internal, || {
            "cannot prepare to reach an address of the settings".to_owned()
        })
}

/// What was found at a web address.
pub(crate) struct Fetched {
    /// The media type it was sent as.
    pub(crate) media_type: Option<String>,
    /// Its size, where the sender says it.
    pub(crate) bytes: Option<u64>,
    /// What ended the bytes before their end, once something has.
    pub(crate) outcome: Outcome,
    /// The bytes; an error ends them when there are more than allowed.
    pub(crate) body: BoxStream<'static, std::io::Result<Bytes>>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Fetched")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// What fetching may do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence {
    /// The most bytes.
    pub(crate) bytes_max: u64,
    /// Whether addresses of private networks may be reached.
    pub(crate) private_addresses: bool,
}

/// Fetches a web address.
///
/// # Errors
/// A sentence that says what was in the way.
pub(crate) async fn fetch(address: &str, fence: Fence) -> Result<Fetched> {
    ready_encryption();
    let about = || format!("cannot fetch {address}");
    let url = reqwest::Url::parse(address).context(ErrorKind::Invalid, || {
        format!("{address} is not a web address")
    })?;
    check_url(&url, fence)?;
    let client = reqwest::Client::builder()
        .user_agent(concat!("alexandria/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE_TIMEOUT)
        .timeout(FETCH_TIMEOUT)
        // A proxy would resolve names itself, beyond the check of their addresses.
        .no_proxy()
        .redirect(Policy::custom(move |attempt| redirect(attempt, fence)))
        .dns_resolver(Arc::new(CheckedNames { fence }))
        .build()
        .context(ErrorKind::Internal, about)?;
    let response = client
        .get(url)
        .send()
        .await
        .map_err(|error| failed(address, &error))?;
    let status = response.status();
    if !status.is_success() {
        let kind = match status.as_u16() {
            404 | 410 => ErrorKind::NotFound,
            300..500 => ErrorKind::Invalid,
            _ => ErrorKind::Unavailable,
        };
        let reason = if status.is_redirection() {
            "the site leads to something that is not on the web: only http and https can be fetched"
                .to_owned()
        } else {
            format!("the site answered {status}")
        };
        return Err(Error::new(
            kind,
            format!("cannot fetch {address}: {reason}"),
        ));
    }
    let bytes = response.content_length();
    if bytes.is_some_and(|bytes| bytes > fence.bytes_max) {
        return Err(too_large(address, fence.bytes_max));
    }
    let header = response.headers().get(reqwest::header::CONTENT_TYPE);
    let media_type = header
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let outcome = Outcome::default();
    Ok(Fetched {
        media_type,
        bytes,
        body: limited(response, address, fence.bytes_max, outcome.clone()),
        outcome,
    })
}

fn too_large(address: &str, bytes_max: u64) -> Error {
    let message = format!("{address} is larger than {bytes_max} bytes, the most that can be added");
    Error::new(ErrorKind::TooLarge, message)
}

/// What ended the bytes of a fetched address before their end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome(Arc<Mutex<Option<Error>>>);

impl Outcome {
    /// The error, once; nothing when all bytes came.
    pub(crate) fn error(&self) -> Option<Error> {
        self.0.lock().ok()?.take()
    }

    /// Notes the error, and gives the one that ends the stream.
    fn ended(&self, error: Error) -> std::io::Error {
        let told = std::io::Error::other(error.message().to_owned());
        if let Ok(mut outcome) = self.0.lock() {
            *outcome = Some(error);
        }
        told
    }
}

/// The bytes of a response, ended by an error when there are too many.
fn limited(
    response: reqwest::Response,
    address: &str,
    bytes_max: u64,
    outcome: Outcome,
) -> BoxStream<'static, std::io::Result<Bytes>> {
    let mut seen = 0_u64;
    let address = address.to_owned();
    let stream = response.bytes_stream().map(move |chunk| {
        let chunk = chunk.map_err(|error| outcome.ended(failed(&address, &error)))?;
        seen = seen.saturating_add(chunk.len() as u64);
        if seen > bytes_max {
            return Err(outcome.ended(too_large(&address, bytes_max)));
        }
        Ok(chunk)
    });
    stream.boxed()
}

/// What was in the way of fetching: our own refusal, or the innermost cause of the failure.
fn failed(address: &str, error: &reqwest::Error) -> Error {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = cause.source() {
        if let Some(ours) = inner.downcast_ref::<Error>() {
            let ours = Error::new(ours.kind(), ours.message().to_owned());
            return Error::new(ours.kind(), format!("cannot fetch {address}")).with_source(ours);
        }
        cause = inner;
    }
    let wrapped = cause.downcast_ref::<std::io::Error>();
    let untrusted = matches!(
        wrapped.and_then(|error| error.get_ref()?.downcast_ref()),
        Some(rustls::Error::InvalidCertificate(_))
    );
    let (kind, what) = if untrusted {
        let what = "this machine does not trust the site's certificate";
        (ErrorKind::Unavailable, what)
    } else if error.is_timeout() {
        (ErrorKind::Timeout, "the site did not answer in time")
    } else if error.is_connect() {
        (ErrorKind::Unavailable, "the site cannot be reached")
    } else {
        (ErrorKind::Unavailable, "the site broke off")
    };
    Error::new(kind, format!("cannot fetch {address}: {what}"))
        .with_source(std::io::Error::other(cause.to_string()))
}

fn redirect(attempt: Attempt<'_>, fence: Fence) -> reqwest::redirect::Action {
    if attempt.previous().len() > REDIRECTS_MAX {
        return attempt.error(Error::new(
            ErrorKind::Invalid,
            "it leads from page to page in circles",
        ));
    }
    match check_url(attempt.url(), fence) {
        Ok(()) => attempt.follow(),
        Err(error) => attempt.error(error),
    }
}

/// Refuses what is not the web, and private addresses written as numbers.
fn check_url(url: &reqwest::Url, fence: Fence) -> Result<()> {
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        let message = format!("only http and https can be fetched, not {scheme}");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message = "a web address with a user name or a password is not fetched: both would \
                       stand in the library";
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    let host = url.host_str().unwrap_or_default();
    let number = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    match number {
        Ok(address) if !fence.private_addresses && is_private(address) => Err(private(host)),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn private(host: &str) -> Error {
    Error::new(
        ErrorKind::Forbidden,
        format!(
            "{host} is an address of a private network; set ALEXANDRIA_WEB_PRIVATE_ADDRESSES=true \
             to let the library fetch from there"
        ),
    )
}

/// Resolves names and leaves out the addresses that may not be reached.
#[derive(Debug)]
struct CheckedNames {
    fence: Fence,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let fence = self.fence;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let allowed =
                |address: &SocketAddr| fence.private_addresses || !is_private(address.ip());
            let addresses: Vec<SocketAddr> = found.filter(allowed).collect();
            if addresses.is_empty() {
                return Err(BoxError::from(private(&host)));
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether an address lies in a network that is not the public internet.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || (first == 100 && (64..128).contains(&second))
        || (first == 198 && (18..20).contains(&second))
        || (first == 192 && second == 0 && third == 0)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        // Addresses that carry an IPv4 address inside, and those for documentation.
        || (first == 0x64 && second == 0xff9b)
        || first == 0x2002
        || (first == 0x2001 && matches!(second, 0 | 0xdb8))
}

/// Chooses the cryptography of TLS once for the process.
fn ready_encryption() {
    // It can only be refused when it is chosen already.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
}

#[cfg(test)]
mod tests {
    use super::{Fence, check_url, is_private};

    #[test]
    fn addresses_of_private_networks_are_known() {
        let check = |address: &str, expected: bool| {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        };
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            check(address, true);
        }
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
        ] {
            check(address, false);
        }
    }

    #[test]
    fn only_the_public_web_is_fetched_unless_allowed() {
        let check = |url: &str, private_addresses: bool, allowed: bool| {
            let fence = Fence {
                bytes_max: 1,
                private_addresses,
            };
            let url = reqwest::Url::parse(url).unwrap();
            assert_eq!(check_url(&url, fence).is_ok(), allowed, "{url}");
        };
        check("https://example.org/a.pdf", false, true);
        check("file:///etc/passwd", false, false);
        check("ftp://example.org/a", true, false);
        check("http://127.0.0.1:8000/", false, false);
        check("http://127.0.0.1:8000/", true, true);
        check("http://[::1]/", false, false);
        check("http://2130706433/", false, false);
        check("http://0x7f.1/", false, false);
        check("https://reader:secret@example.org/", false, false);
    }
}
