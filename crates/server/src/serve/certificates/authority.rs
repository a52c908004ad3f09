//! An authority that certificates are ordered from by ACME (RFC 8555), and renewed in time.
//!
//! The server never waits for it: until the first certificate is there, it shows one that it has
//! signed itself, and a renewal that fails leaves the one in use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alexandria_core::clock::Clock as _;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::clock::SystemClock;
use jiff::SignedDuration;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

use super::pair::is_for;
use super::{Certificates, Shown};
use crate::config::Config;
use crate::telemetry::measures::TLS_ORDERS_TOTAL;

mod failure;
mod order;
mod proofs;
mod shelf;
mod wire;

use failure::Failure;
use order::{Issued, Order};
use proofs::{Proof, Proofs};
use shelf::Shelf;
use wire::Wire;

/// The folder of the data directory in which accounts and certificates are kept.
pub(crate) const AUTHORITIES_FOLDER: &str = "acme";

/// The longest that one order may take.
const ORDER_TIMEOUT: Duration = Duration::from_secs(300);

/// How long is waited after the first order that failed. Authorities count failures: Let's Encrypt
/// takes five an hour for a name.
const RETRY_FIRST: Duration = Duration::from_secs(15);

/// How much longer is waited after each further failure.
const RETRY_FACTOR: u32 = 4;

/// The longest that is waited between two orders that fail.
const RETRY_MAX: Duration = Duration::from_secs(6 * 3600);

/// The longest that is slept before it is looked again whether a renewal is due: the clock of a
/// machine that slept, or was set, has moved.
const LOOK_EVERY: Duration = Duration::from_secs(3600);

/// An authority, and what it is asked for.
#[derive(Debug)]
pub(super) struct Authority {
    directory: String,
    domains: Vec<String>,
    contact: Option<String>,
    wire: Wire,
    shelf: Shelf,
    proofs: Proofs,
    ways: &'static [Proof],
    failing: AtomicBool,
}

impl Authority {
    /// The one of the settings; nothing where they name no domains.
    ///
    /// # Errors
    /// `Invalid` when the certificate that its own is checked with cannot be read.
    pub(super) fn of(config: &Config) -> Result<Option<Self>> {
        if config.tls_acme_domains.is_empty() {
            return Ok(None);
        }
        let mut domains: Vec<_> = config
            .tls_acme_domains
            .iter()
            .map(|domain| domain.to_ascii_lowercase())
            .collect();
        domains.sort();
        domains.dedup();
        let client = crate::web::client_for_authority(config.tls_acme_root.as_deref())?;
        let directory = config.tls_acme_directory.clone();
        let folder = config.data.join(AUTHORITIES_FOLDER);
        Ok(Some(Self {
            shelf: Shelf::of(&folder, &directory),
            directory,
            domains,
            contact: config.tls_acme_contact.clone(),
            wire: Wire::over(client),
            proofs: Proofs::default(),
            ways: ways(config),
            failing: AtomicBool::new(false),
        }))
    }

    /// The certificate that was kept of it, or one that the server signs itself.
    ///
    /// # Errors
    /// `Internal` when none can be signed.
    pub(super) fn kept(&self) -> Result<Shown> {
        let kept = self.shelf.certificate();
        let kept = kept.filter(|pair| self.domains.iter().any(|domain| is_for(&pair.key, domain)));
        match kept {
            Some(pair) => Ok(Shown::from(pair)),
            None => provisional(&self.domains),
        }
    }

    /// Whether the last order failed.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// What it finds when it looks whether the names lead here.
    pub(super) const fn proofs(&self) -> &Proofs {
        &self.proofs
    }

    /// Orders a certificate whenever one is due, and calls out; until it is cancelled.
    pub(super) async fn follow(
        &self,
        certificates: &Certificates,
        stop: &CancellationToken,
        changed: impl Fn(&str),
    ) {
        let mut failures = 0;
        loop {
            let wait = match failures {
                0 => self.until_due(&certificates.now()).min(LOOK_EVERY),
                failures => pause(failures),
            };
            let slept = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
            if slept.is_none() {
                return;
            }
            if failures == 0 && !self.until_due(&certificates.now()).is_zero() {
                continue;
            }
            let Some(ordered) = stop.run_until_cancelled(self.order(failures)).await else {
                return;
            };
            self.failing.store(ordered.is_err(), Ordering::Relaxed);
            let outcome = if ordered.is_ok() { "issued" } else { "failed" };
            metrics::counter!(TLS_ORDERS_TOTAL, "outcome" => outcome).increment(1);
            match ordered {
                Ok(issued) => {
                    self.keep(&issued);
                    certificates.show(Shown::from(issued.pair));
                    changed(&certificates.fingerprint());
                    failures = self.after(failures, &certificates.now());
                }
                Err(error) => {
                    failures += 1;
                    let again = pause(failures).as_secs();
                    tracing::warn!(
                        retry_seconds = again,
                        "no certificate for {} from {}, tried again in {again} s: {}",
                        self.domains.join(", "),
                        self.directory,
                        error.chain()
                    );
                }
            }
        }
    }

    /// How long it is until a new one is due: none where there is none, or one for fewer names.
    fn until_due(&self, shown: &Shown) -> Duration {
        let is_for = |domain: &String| is_for(&shown.key, domain);
        let Some(lifetime) = shown.lifetime.filter(|_| self.domains.iter().all(is_for)) else {
            return Duration::ZERO;
        };
        let left = lifetime.renewal().duration_since(SystemClock.now());
        Duration::try_from(left.max(SignedDuration::ZERO)).unwrap_or_default()
    }

    /// Orders a certificate once, proving the names another way after each failure.
    async fn order(&self, failures: u32) -> Result<Issued> {
        let first = usize::try_from(failures).unwrap_or_default() % self.ways.len();
        let (later, sooner) = self.ways.split_at(first);
        let order = Order {
            directory: &self.directory,
            domains: &self.domains,
            contact: self.contact.as_deref(),
            ways: &[sooner, later].concat(),
            wire: &self.wire,
            shelf: &self.shelf,
            proofs: &self.proofs,
        };
        let ended = tokio::time::timeout(ORDER_TIMEOUT, order.run()).await;
        self.proofs.clear();
        match ended {
            Ok(ended) => ended.map_err(Failure::into_error),
            Err(_elapsed) => {
                let seconds = ORDER_TIMEOUT.as_secs();
                let sentence = format!("the order was not done within {seconds} s");
                Err(Error::new(ErrorKind::Timeout, sentence))
            }
        }
    }

    /// How many orders have failed now that one did not. A certificate that is due again as soon as it
    /// is issued counts as a failure: with a clock that is wrong, every one would be.
    fn after(&self, failures: u32, shown: &Shown) -> u32 {
        if !self.until_due(shown).is_zero() {
            return 0;
        }
        let again = pause(failures + 1).as_secs();
        tracing::warn!(
            retry_seconds = again,
            "the certificate that was issued just now is due for renewal by the clock of this machine: \
             see to it that the clock is right; another one is ordered in {again} s"
        );
        failures + 1
    }

    fn keep(&self, issued: &Issued) {
        let until = issued.pair.lifetime.until;
        tracing::info!(
            expires = %until,
            "the authority has issued a certificate for {}",
            self.domains.join(", ")
        );
        if let Err(error) = self.shelf.keep_certificate(&issued.pem) {
            tracing::warn!(
                "the certificate is in use but not kept, so the next start orders another one: {}",
                error.chain()
            );
        }
    }
}

/// How an authority can be shown that the names lead here: on the port with encryption always, on
/// the one without where there is one.
const fn ways(config: &Config) -> &'static [Proof] {
    if config.tls_redirect_port == 0 {
        &[Proof::Encrypted]
    } else {
        &[Proof::Encrypted, Proof::Plain]
    }
}

/// How long is waited after so many failures.
fn pause(failures: u32) -> Duration {
    let times = RETRY_FACTOR.saturating_pow(failures.saturating_sub(1));
    RETRY_FIRST.saturating_mul(times).min(RETRY_MAX)
}

/// A certificate that the server signs itself, so that it can be reached until it has another one.
fn provisional(domains: &[String]) -> Result<Shown> {
    let about = || "cannot make a certificate to begin with".to_owned();
    let made = rcgen::generate_simple_self_signed(domains.to_vec());
    let made = made.context(ErrorKind::Internal, about)?;
    let key = certified(made.cert.der().clone(), &made.signing_key)
        .context(ErrorKind::Internal, about)?;
    Ok(Shown {
        key: key.into(),
        lifetime: None,
    })
}

/// A certificate of our own with its key, as TLS shows it.
fn certified(
    certificate: CertificateDer<'static>,
    key: &rcgen::KeyPair,
) -> Result<CertifiedKey, rustls::Error> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| {
        // What rcgen has made a moment ago is a key.
        rustls::Error::General(error.to_owned())
    })?;
    // It is not looked at again: a certificate for a proof would be refused for what makes it one.
    let key = ring::sign::any_supported_type(&key)?;
    Ok(CertifiedKey::new(vec![certificate], key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_between_failures_grow_up_to_six_hours_and_spare_the_authority() {
        let seconds: Vec<_> = (1..=8).map(|failures| pause(failures).as_secs()).collect();
        assert_eq!(seconds, [15, 60, 240, 960, 3840, 15_360, 21_600, 21_600]);
        assert_eq!(pause(u32::MAX), RETRY_MAX);
        let within_an_hour = (1..).map(pause).scan(Duration::ZERO, |at, pause| {
            *at += pause;
            Some(*at)
        });
        let again = within_an_hour.take_while(|at| at.as_secs() < 3600).count();
        // The first order comes before all pauses.
        assert!(again < 5, "{again}");
    }
}
