//! The keys that an issuer publishes (RFC 7517), kept for a while.
//!
//! Invariant: a key verifies by the one algorithm that its kind is for. None of these is symmetric, so
//! that nothing published can sign.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::web::issuer::Asking;

/// How long keys are used before they are asked for again.
const KEYS_FRESH: Duration = Duration::from_secs(60 * 60);

/// How long keys are used whose issuer cannot be reached.
const KEYS_STALE_MAX: Duration = Duration::from_secs(6 * 60 * 60);

/// How often keys are asked for because a token names an unknown one, at most.
const UNKNOWN_EVERY: Duration = Duration::from_secs(60);

/// How long an issuer is left alone that could not be reached.
const FAILED_PAUSE: Duration = Duration::from_secs(5);

/// The most keys of one issuer.
const KEYS_MAX: usize = 64;

/// The longest name of a key, in bytes.
pub(super) const KEY_ID_BYTES_MAX: usize = 256;

/// The least and the most characters of a modulus in base 64: 2,048 and 8,192 bits.
const MODULUS_CHARACTERS: std::ops::RangeInclusive<usize> = 341..=1366;

/// A key that verifies.
#[derive(Clone)]
pub(super) struct Key {
    id: String,
    /// The one algorithm that it is for.
    pub(super) algorithm: Algorithm,
    /// The key.
    pub(super) key: DecodingKey,
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Described {
    /// Its name; it has to be the one it was asked by.
    pub(super) issuer: String,
    /// Where its keys are.
    pub(super) jwks_uri: String,
    /// Where people sign in.
    #[serde(default)]
    pub(super) authorization_endpoint: String,
    /// Where codes are redeemed.
    #[serde(default)]
    pub(super) token_endpoint: String,
    /// Where it says more about people.
    #[serde(default)]
    pub(super) userinfo_endpoint: Option<String>,
    /// How it is shown the secret.
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether it names itself when it sends people back (RFC 9207).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Asks an issuer what it says of itself; nothing when it says nothing.
///
/// # Errors
/// `Unavailable` when it cannot be reached, or calls itself otherwise.
pub(super) async fn describe(asking: &Asking, issuer: &str) -> Result<Option<Described>> {
    let base = issuer.trim_end_matches('/');
    let url = format!("{base}/.well-known/openid-configuration");
    let replied = asking.get(&url, &[]).await?;
    if replied.status == 404 {
        return Ok(None);
    }
    let described: Described = replied.document(&url)?;
    if described.issuer != issuer {
        let sentence = format!("{issuer} calls itself {:?}", described.issuer);
        return Err(Error::new(ErrorKind::Unavailable, sentence));
    }
    Ok(Some(described))
}

/// An issuer's keys.
pub(super) struct Keyring {
    asking: Asking,
    issuer: String,
    /// Where they are; found out when empty.
    url: String,
    /// The key that the issuer's gateway asks for; none when empty.
    api_key: String,
    held: RwLock<Option<Arc<Held>>>,
    /// One asks at a time.
    turn: Mutex<Turn>,
}

struct Held {
    keys: Vec<Arc<Key>>,
    since: Instant,
}

#[derive(Default)]
struct Turn {
    unknown: Option<Instant>,
    failed: Option<Instant>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Keyring")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// The keys of an issuer, none of which are known yet.
    pub(super) fn new(asking: Asking, issuer: &str, url: &str, api_key: &str) -> Self {
        Self {
            asking,
            issuer: issuer.to_owned(),
            url: url.to_owned(),
            api_key: api_key.to_owned(),
            held: RwLock::default(),
            turn: Mutex::default(),
        }
    }

    /// The key of this name for this algorithm, if the issuer publishes one.
    ///
    /// # Errors
    /// `Unavailable` when no keys are known and the issuer cannot be reached.
    pub(super) async fn key(&self, id: &str, algorithm: Algorithm) -> Result<Option<Arc<Key>>> {
        if let Some(found) = self.fresh(id, algorithm) {
            return Ok(Some(found));
        }
        let mut turn = self.turn.lock().await;
        // Another may have asked while this waited.
        if let Some(found) = self.fresh(id, algorithm) {
            return Ok(Some(found));
        }
        let is_fresh = self.held(KEYS_FRESH).is_some();
        let asked = |at: Option<Instant>, pause| at.is_some_and(|at| at.elapsed() < pause);
        let wait =
            asked(turn.failed, FAILED_PAUSE) || (is_fresh && asked(turn.unknown, UNKNOWN_EVERY));
        if !wait {
            if is_fresh {
                turn.unknown = Some(Instant::now());
            }
            match self.ask().await {
                Ok(keys) => {
                    turn.failed = None;
                    let since = Instant::now();
                    let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
                    *held = Some(Arc::new(Held { keys, since }));
                }
                Err(error) => {
                    turn.failed = Some(Instant::now());
                    tracing::warn!("cannot get the keys of an issuer: {}", error.chain());
                }
            }
        }
        drop(turn);
        match self.held(KEYS_STALE_MAX) {
            Some(held) => Ok(held.find(id, algorithm)),
            None => Err(Error::new(
                ErrorKind::Unavailable,
                "the issuer of that token cannot be asked for its keys; try again in a minute",
            )
            .with_retry_after(FAILED_PAUSE)),
        }
    }

    fn fresh(&self, id: &str, algorithm: Algorithm) -> Option<Arc<Key>> {
        self.held(KEYS_FRESH)?.find(id, algorithm)
    }

    fn held(&self, age_max: Duration) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|held| held.since.elapsed() < age_max)
    }

    async fn ask(&self) -> Result<Vec<Arc<Key>>> {
        let url = if self.url.is_empty() {
            let described = describe(&self.asking, &self.issuer).await?;
            let base = self.issuer.trim_end_matches('/');
            described.map_or_else(
                || format!("{base}/.well-known/jwks.json"),
                |described| described.jwks_uri,
            )
        } else {
            self.url.clone()
        };
        let header = [("apikey", self.api_key.as_str())];
        let headers = if self.api_key.is_empty() {
            &[][..]
        } else {
            &header[..]
        };
        let published: Published = self.asking.get(&url, headers).await?.document(&url)?;
        let keys = published.keys.into_iter().take(KEYS_MAX);
        Ok(keys.filter_map(key_of).map(Arc::new).collect())
    }
}

impl Held {
    fn find(&self, id: &str, algorithm: Algorithm) -> Option<Arc<Key>> {
        let fits = |key: &&Arc<Key>| key.id == id && key.algorithm == algorithm;
        self.keys.iter().find(fits).cloned()
    }
}

#[derive(Debug, Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

/// A published key, if it is one to verify tokens with; others are passed over.
fn key_of(published: serde_json::Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(published).ok()?;
    let signs = jwk.common.public_key_use.as_ref();
    if signs.is_some_and(|used| *used != PublicKeyUse::Signature) {
        return None;
    }
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if MODULUS_CHARACTERS.contains(&key.n.len()) => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        AlgorithmParameters::RSA(_)
        | AlgorithmParameters::EllipticCurve(_)
        | AlgorithmParameters::OctetKeyPair(_)
        | AlgorithmParameters::OctetKey(_)
        | AlgorithmParameters::Other(_)
        | _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|given| given != named) {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let id = jwk.common.key_id?;
    (id.len() <= KEY_ID_BYTES_MAX).then_some(Key { id, algorithm, key })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_public_keys_that_sign_with_the_algorithm_of_their_kind_are_taken() {
        let modulus = "u".repeat(342);
        let right = json!({ "kty": "RSA", "kid": "a", "n": modulus, "e": "AQAB", "use": "sig" });
        assert_eq!(key_of(right.clone()).unwrap().algorithm, Algorithm::RS256);
        let changed = |name: &str, value: &str| {
            let mut key = right.clone();
            key[name] = value.into();
            key
        };
        for wrong in [
            json!({ "kty": "oct", "kid": "a", "k": "c2VjcmV0", "alg": "HS256" }),
            changed("alg", "HS256"),
            changed("alg", "PS256"),
            changed("use", "enc"),
            changed("n", "AQAB"),
            changed("n", &"u".repeat(5000)),
            changed("kid", &"k".repeat(300)),
            json!({ "kty": "RSA", "n": "u".repeat(342), "e": "AQAB" }),
            json!({ "kty": "EC", "kid": "a", "crv": "P-256", "x": "AA" }),
            json!("a key"),
        ] {
            assert!(key_of(wrong.clone()).is_none(), "{wrong}");
        }
    }
}
