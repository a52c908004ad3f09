//! Hashes of passwords: Argon2id (RFC 9106) with 19 MiB, two passes and one lane, in the PHC string
//! format, which carries its parameters, so that they can be raised without a migration.

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::user::Password;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::{OnceCell, Semaphore};

/// Passwords that are hashed at the same time: each takes 19 MiB and a processor.
const HASHES_MAX: usize = 2;

/// Makes and checks hashes of passwords.
#[derive(Debug)]
pub(crate) struct Passwords {
    places: Semaphore,
    /// What an unknown address is checked against, so that it takes as long as a known one.
    nobody: OnceCell<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            places: Semaphore::new(HASHES_MAX),
            nobody: OnceCell::new(),
        }
    }
}

impl Passwords {
    /// The hash of a password.
    ///
    /// # Errors
    /// `Internal` when the system gives no random bytes.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String> {
        let text = password.normalised();
        self.run(move || {
            let hashed = Argon2::default().hash_password(text.as_bytes());
            let refused = |error| {
                let sentence = format!("cannot hash a password: {error}");
                Error::new(ErrorKind::Internal, sentence)
            };
            Ok(hashed.map_err(refused)?.to_string())
        })
        .await
    }

    /// Whether a password is the one that was hashed. Without a hash it never is, and takes as long.
    ///
    /// # Errors
    /// `Corrupt` when the hash is none.
    pub(crate) async fn is_right(&self, password: &Password, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash.to_owned(),
            None => {
                let any = Password::given("nobody has this password".to_owned())?;
                let made = self.nobody.get_or_try_init(|| self.hash(&any)).await?;
                made.clone()
            }
        };
        let text = password.normalised();
        self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| {
                let sentence = format!("the catalog holds a password's hash that is none: {error}");
                Error::new(ErrorKind::Corrupt, sentence)
            })?;
            let verified = Argon2::default().verify_password(text.as_bytes(), &parsed);
            Ok(known && verified.is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let broken = || "the thread that hashes passwords broke".to_owned();
        let place = self.places.acquire().await;
        let place = place.context(ErrorKind::Internal, broken)?;
        let done = tokio::task::spawn_blocking(work).await;
        drop(place);
        done.context(ErrorKind::Internal, broken)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::default();
        let given = |text: &str| Password::given(text.to_owned()).unwrap();
        let hash = passwords.hash(&given("four words of mine")).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let is_right = async |text, hash| passwords.is_right(&given(text), hash).await.unwrap();
        assert!(is_right("four words of mine", Some(hash.as_str())).await);
        // A full-width keyboard gives the same password.
        assert!(is_right("ｆour words of mine", Some(hash.as_str())).await);
        assert!(!is_right("four words of mind", Some(hash.as_str())).await);
        assert!(!is_right("nobody has this password", None).await);
    }
}
