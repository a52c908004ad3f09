//! Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 under the installation's secret.
//!
//! A token names a session, and whoever shows it is looked up anew at every request, so that ending a
//! session, suspending a person or changing a role counts at once. A former secret is still accepted
//! for reading, so that a rotation ends nobody's session.

use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Who issues our tokens, and whom they are for.
const ISSUER: &str = "alexandria";

/// The file of a secret that nobody has set.
pub(crate) const SECRET_FILE: &str = "secret.key";

/// Seconds by which clocks of several servers may differ.
const LEEWAY_SECONDS: i64 = 5;

/// What an access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccessToken {
    /// Whose it is.
    pub(crate) user: UserId,
    /// The session it belongs to.
    pub(crate) session: SessionId,
}

/// Signs and reads access tokens.
pub(crate) struct Signer {
    sign: EncodingKey,
    read: Vec<DecodingKey>,
    lifetime: SignedDuration,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Signer").finish_non_exhaustive()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Signer {
    /// With the secret of the settings; one that nobody has set is made once and kept in the data
    /// directory, readable by its owner alone.
    ///
    /// # Errors
    /// `Unavailable` when the secret cannot be kept.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let secret = if config.has_own_secret() {
            config.secret_key.clone()
        } else {
            kept_secret(&config.data)?
        };
        let minutes = i64::try_from(config.access_token_minutes).unwrap_or(i64::MAX);
        let lifetime = SignedDuration::from_mins(minutes);
        let mut secrets = vec![secret.as_str()];
        secrets.extend(config.secret_key_previous.as_deref());
        Ok(Self::new(&secrets, lifetime))
    }

    /// Signs with the first secret and reads with all of them.
    fn new(secrets: &[&str], lifetime: SignedDuration) -> Self {
        let first = secrets.first().copied().unwrap_or_default();
        let reads = secrets
            .iter()
            .map(|secret| DecodingKey::from_secret(secret.as_bytes()));
        Self {
            sign: EncodingKey::from_secret(first.as_bytes()),
            read: reads.collect(),
            lifetime,
        }
    }

    /// How long a token is valid, in seconds.
    pub(crate) const fn lifetime_seconds(&self) -> i64 {
        self.lifetime.as_secs()
    }

    /// A new token.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed.
    pub(crate) fn issue(&self, access: AccessToken, now: Timestamp) -> Result<String> {
        let seconds = now.as_second();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: access.user.to_string(),
            sid: access.session.to_string(),
            iat: seconds,
            nbf: seconds,
            exp: seconds.saturating_add(self.lifetime_seconds()),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
            .context(ErrorKind::Internal, || "cannot sign a token".to_owned())
    }

    /// What a token says, if it was signed here and is valid at this moment.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Option<AccessToken> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The times are looked at below, by our clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let mut read = self.read.iter();
        let claims = read
            .find_map(|key| decode::<Claims>(token, key, &rules).ok())?
            .claims;
        let seconds = now.as_second();
        let valid = seconds < claims.exp.saturating_add(LEEWAY_SECONDS)
            && seconds >= claims.nbf.saturating_sub(LEEWAY_SECONDS);
        if !valid {
            return None;
        }
        Some(AccessToken {
            user: claims.sub.parse().ok()?,
            session: claims.sid.parse().ok()?,
        })
    }
}

/// The secret in the data directory; none where none has been needed yet.
pub(crate) fn former_secret(data: &Path) -> Option<String> {
    let kept = fs_err::read_to_string(data.join(SECRET_FILE)).ok()?;
    Some(kept.trim().to_owned())
}

/// The secret in the data directory, made if there is none.
fn kept_secret(data: &Path) -> Result<String> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = data.join(SECRET_FILE);
    let about = || {
        format!(
            "cannot keep the secret that signs access tokens in {}",
            path.display()
        )
    };
    fs_err::create_dir_all(data).context(ErrorKind::Unavailable, about)?;
    let new = data.join(format!("{SECRET_FILE}.{}", std::process::id()));
    if !path.try_exists().context(ErrorKind::Unavailable, about)? {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = fs_err::OpenOptions::from_options(options)
            .open(&new)
            .context(ErrorKind::Unavailable, about)?;
        let made = crate::cli::new_secret()?;
        file.write_all(made.as_bytes())
            .context(ErrorKind::Unavailable, about)?;
        file.sync_all().context(ErrorKind::Unavailable, about)?;
        // Of two processes that begin together one is first; the other takes what it has made.
        let linked = fs_err::hard_link(&new, &path);
        fs_err::remove_file(&new).context(ErrorKind::Unavailable, about)?;
        match linked {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Error::new(ErrorKind::Unavailable, about()).with_source(error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    let secret = fs_err::read_to_string(&path).context(ErrorKind::Unavailable, about)?;
    Ok(secret.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::get_current_timestamp;
    use uuid::Uuid;

    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn access() -> AccessToken {
        AccessToken {
            user: UserId::from_uuid(Uuid::from_u128(1)),
            session: SessionId::from_uuid(Uuid::from_u128(2)),
        }
    }

    fn now() -> Timestamp {
        let seconds = i64::try_from(get_current_timestamp()).unwrap();
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_is_read_until_it_expires() {
        let signer = Signer::new(&["a secret that nobody knows of"], HOUR);
        let token = signer.issue(access(), now()).unwrap();
        assert_eq!(signer.read(&token, now()), Some(access()));
        let later = now() + SignedDuration::from_mins(59);
        assert_eq!(signer.read(&token, later), Some(access()));
        assert_eq!(
            signer.read(&token, now() + SignedDuration::from_mins(61)),
            None
        );
        assert_eq!(
            signer.read(&token, now() - SignedDuration::from_mins(1)),
            None,
            "not yet valid"
        );
    }

    #[test]
    fn a_former_secret_is_read_and_an_unknown_one_is_not() {
        let former = Signer::new(&["the former secret"], HOUR);
        let token = former.issue(access(), now()).unwrap();
        let rotated = Signer::new(&["the new secret", "the former secret"], HOUR);
        assert_eq!(rotated.read(&token, now()), Some(access()));
        let new = rotated.issue(access(), now()).unwrap();
        assert_eq!(former.read(&new, now()), None);
        assert_eq!(Signer::new(&["another"], HOUR).read(&token, now()), None);
    }

    #[test]
    fn forged_tokens_are_not_read() {
        let signer = Signer::new(&["a secret that nobody knows of"], HOUR);
        let token = signer.issue(access(), now()).unwrap();
        let [_, body, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            panic!("three parts");
        };
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let none = part(r#"{"alg":"none","typ":"JWT"}"#);
        let other = part(r#"{"alg":"RS256","typ":"JWT"}"#);
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
        let foreign = part(&claims.replace("\"iss\":\"alexandria\"", "\"iss\":\"somebody\""));
        let header = part(r#"{"typ":"JWT","alg":"HS256"}"#);
        for forged in [
            format!("{none}.{body}."),
            format!("{none}.{body}.{signature}"),
            format!("{other}.{body}.{signature}"),
            format!("{header}.{foreign}.{signature}"),
            format!("{header}.{body}"),
            "..".to_owned(),
            "a.b.c".to_owned(),
            String::new(),
        ] {
            assert_eq!(signer.read(&forged, now()), None, "{forged}");
        }
        // Signed with the right secret, for somebody else.
        let mut said: Claims = serde_json::from_str(&claims).unwrap();
        said.aud = "another".to_owned();
        let key = EncodingKey::from_secret(b"a secret that nobody knows of");
        let token = encode(&Header::new(Algorithm::HS256), &said, &key).unwrap();
        assert_eq!(signer.read(&token, now()), None);
        let token = encode(&Header::new(Algorithm::HS512), &said, &key).unwrap();
        assert_eq!(signer.read(&token, now()), None);
    }

    #[test]
    fn a_secret_that_nobody_has_set_is_made_once_and_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let one = kept_secret(folder.path()).unwrap();
        assert_eq!(kept_secret(folder.path()).unwrap(), one);
        assert_eq!(one.len(), 64);
        let kept = fs_err::metadata(folder.path().join(SECRET_FILE)).unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    }
}
