//! Issuers whose tokens are taken as bearer tokens.

use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_library::Library;
use alexandria_library::access::Vouched;
use alexandria_store::catalog::SignedIn;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::keyring::Keyring;
use super::word::{Rules, Word, claimed_issuer, heading};
use crate::config::Config;
use crate::config::federation::{Issuer, issuers};
use crate::web::issuer::Asking;

/// The issuers of the settings.
#[derive(Debug, Default)]
pub(crate) struct Issuers(Vec<Known>);

struct Known {
    settings: Issuer,
    /// The secret of HS256, where it signs with one.
    secret: Option<DecodingKey>,
    keyring: Keyring,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.settings.issuer)
    }
}

impl Issuers {
    /// Those of the settings. None is asked anything before a token of it comes.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let all = issuers(config);
        if all.is_empty() {
            return Ok(Self::default());
        }
        let asking = Asking::new(config.web_private_addresses.is_on())?;
        let known = all.into_iter().map(|issuer| Known {
            keyring: Keyring::new(
                asking.clone(),
                &issuer.issuer,
                &issuer.jwks_url,
                &issuer.api_key,
            ),
            secret: (!issuer.secret.is_empty())
                .then(|| DecodingKey::from_secret(issuer.secret.as_bytes())),
            settings: issuer,
        });
        Ok(Self(known.collect()))
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The person in a token of one of them, if it lets them in.
    ///
    /// # Errors
    /// `Unavailable` when its keys cannot be had, or the catalog not be asked; `Forbidden` for a token
    /// of one factor where the tenant asks for two.
    pub(crate) async fn find(
        &self,
        library: &Library,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let issuer = claimed_issuer(token);
        let named = |known: &&Known| Some(&known.settings.issuer) == issuer.as_ref();
        let Some(known) = self.0.iter().find(named) else {
            return Ok(None);
        };
        let Some(word) = known.word(token, now).await? else {
            return Ok(None);
        };
        let authentication = library.authentication();
        let tenant = authentication.tenant_of(&known.settings.tenant).await?;
        match authentication.meet(tenant, &known.vouched(&word)).await {
            // A token has no session in which a second factor could be added.
            Ok(person) if person.must_enrol() => Err(one_factor()),
            Ok(person) => Ok(Some(person)),
            Err(error) if error.kind() == ErrorKind::Forbidden => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Known {
    async fn word(&self, token: &str, now: Timestamp) -> Result<Option<Word>> {
        let Some(heading) = heading(token) else {
            return Ok(None);
        };
        let rules = Rules {
            issuer: &self.settings.issuer,
            audience: &self.settings.audience,
        };
        if heading.algorithm == Algorithm::HS256 {
            let key = self.secret.as_ref();
            let read = |key| Word::read(token, (Algorithm::HS256, key), rules, now);
            return Ok(key.and_then(read));
        }
        let Some(id) = heading.key else {
            return Ok(None);
        };
        let key = self.keyring.key(&id, heading.algorithm).await?;
        Ok(key.and_then(|key| Word::read(token, (key.algorithm, &key.key), rules, now)))
    }

    fn vouched(&self, word: &Word) -> Vouched {
        let verified = self.settings.email_verified || word.has_verified_email();
        let claimed = || {
            let role: Role = word.text_at(&self.settings.role_claim)?.parse().ok()?;
            // Owners are made by owners.
            (role != Role::Owner).then_some(role)
        };
        let settings = &self.settings;
        Vouched {
            two_factors: word.is_of_two_factors(&settings.mfa_claim, &settings.mfa_values),
            issuer: self.settings.issuer.clone(),
            subject: word.text("sub").unwrap_or_default().to_owned(),
            email: word
                .text("email")
                .filter(|_email| verified)
                .map(str::to_owned),
            name: word.name().map(str::to_owned),
            role: if self.settings.role_claim.is_empty() {
                self.settings.role.role()
            } else {
                claimed().or_else(|| self.settings.role.role())
            },
        }
    }
}

fn one_factor() -> Error {
    let sentence = "this tenant asks for a second factor, and the token does not say that its issuer \
                    has asked for one: sign in there with two factors";
    Error::new(ErrorKind::Forbidden, sentence)
}
