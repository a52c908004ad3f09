//! The provider of identities that people sign in with: OpenID Connect, the authorization code flow
//! with PKCE (RFC 7636), as RFC 9700 has it.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::user::Email;
use alexandria_library::access::{FlowBegun, Vouched};
use alexandria_store::catalog::Flow;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::keyring::{Described, Keyring, describe};
use super::word::{Rules, Word, heading};
use crate::config::Config;
use crate::config::federation::Joining;
use crate::web::issuer::{Asking, escaped};

/// How long it is remembered what the provider says of itself.
const DESCRIBED_FRESH: Duration = Duration::from_secs(60 * 60);

/// The claim that tells how strong the provider's word is (OpenID Connect Core, 2).
const ACR: &str = "acr";

/// The provider.
pub(crate) struct Provider {
    asking: Asking,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    redirect_url: Option<String>,
    scopes: String,
    tenant: String,
    role: Joining,
    domains: Vec<String>,
    mfa_acr: Vec<String>,
    keyring: Keyring,
    described: Mutex<Option<(Instant, Arc<Described>)>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Provider")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// What somebody brings back from the provider.
#[derive(Clone, Debug)]
pub(crate) struct Returned<'a> {
    /// What is redeemed for a token.
    pub(crate) code: &'a str,
    /// Who the provider says it is.
    pub(crate) issuer: Option<&'a str>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

impl Provider {
    /// The provider of the settings, if there is one. It is asked nothing before somebody signs in.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn open(config: &Config) -> Result<Option<Self>> {
        let (Some(issuer), Some(client_id)) = (&config.oidc_issuer, &config.oidc_client_id) else {
            return Ok(None);
        };
        let asking = Asking::new(config.web_private_addresses.is_on())?;
        Ok(Some(Self {
            keyring: Keyring::new(asking.clone(), issuer, "", ""),
            asking,
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: config.oidc_client_secret.clone(),
            redirect_url: config.oidc_redirect_url.clone(),
            scopes: config.oidc_scopes.clone(),
            tenant: config.oidc_tenant.clone(),
            role: config.oidc_role,
            domains: config.oidc_domains.clone(),
            mfa_acr: config.oidc_mfa_acr.clone(),
            described: Mutex::default(),
        }))
    }

    /// The name of the tenant whose people sign in; empty for the installation's own.
    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Where people are sent back to, where the settings say it.
    pub(crate) fn redirect_url(&self) -> Option<&str> {
        self.redirect_url.as_deref()
    }

    /// Where somebody signs in.
    ///
    /// # Errors
    /// `Unavailable` when the provider cannot be reached, or says nothing that can be used.
    pub(crate) async fn sign_in_url(&self, begun: &FlowBegun, redirect: &str) -> Result<String> {
        let described = self.described().await?;
        let challenge = Sha256::digest(begun.verifier.reveal().as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect),
            ("scope", &self.scopes),
            ("state", begun.state.reveal()),
            ("nonce", begun.nonce.reveal()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        // Where the tenant asks for two factors, the provider is asked for them.
        let strong = self.mfa_acr.join(" ");
        if begun.mfa_required && !strong.is_empty() {
            fields.push(("acr_values", &strong));
        }
        let fields = fields.into_iter();
        let query: Vec<_> = fields
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let endpoint = &described.authorization_endpoint;
        let sign = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{sign}{}", query.join("&")))
    }

    /// Who it is that has come back.
    ///
    /// # Errors
    /// `Forbidden` when the provider does not vouch for them, or not for this sign-in; `Unavailable`
    /// when it cannot be reached.
    pub(crate) async fn vouched(
        &self,
        flow: &Flow,
        returned: &Returned<'_>,
        redirect: &str,
        now: Timestamp,
    ) -> Result<Vouched> {
        let described = self.described().await?;
        let named = returned.issuer;
        let must = described.authorization_response_iss_parameter_supported;
        if named.is_some_and(|named| named != self.issuer) || (must && named.is_none()) {
            return Err(not_vouched("the reply is of another provider"));
        }
        let tokens = self.redeem(&described, flow, returned, redirect).await?;
        let word = self.word(&tokens.id_token, now).await?;
        if word.text("nonce") != Some(flow.nonce.as_str()) {
            return Err(not_vouched("its token is of another sign-in"));
        }
        let mut vouched = Vouched {
            issuer: self.issuer.clone(),
            subject: word.text("sub").unwrap_or_default().to_owned(),
            email: None,
            name: word.name().map(str::to_owned),
            role: self.role.role(),
            two_factors: word.is_of_two_factors(ACR, &self.mfa_acr),
        };
        let mut about = word;
        if about.text("email").is_none()
            && let Some(more) = self.more(&described, &tokens, &vouched.subject).await?
        {
            about = more;
            vouched.name = about.name().map(str::to_owned).or(vouched.name);
        }
        if about.has_verified_email() {
            vouched.email = about.text("email").map(str::to_owned);
        }
        self.require_domain(&vouched)?;
        Ok(vouched)
    }

    async fn described(&self) -> Result<Arc<Described>> {
        let mut kept = self.described.lock().await;
        if let Some((since, described)) = kept.as_ref()
            && since.elapsed() < DESCRIBED_FRESH
        {
            return Ok(Arc::clone(described));
        }
        let found = describe(&self.asking, &self.issuer).await?;
        let usable = |described: &Described| {
            !described.authorization_endpoint.is_empty() && !described.token_endpoint.is_empty()
        };
        let described = Arc::new(found.filter(usable).ok_or_else(|| {
            let sentence = format!("{} is not a provider of identities", self.issuer);
            Error::new(ErrorKind::Unavailable, sentence)
        })?);
        *kept = Some((Instant::now(), Arc::clone(&described)));
        Ok(described)
    }

    async fn redeem(
        &self,
        described: &Described,
        flow: &Flow,
        returned: &Returned<'_>,
        redirect: &str,
    ) -> Result<Tokens> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", returned.code),
            ("redirect_uri", redirect),
            ("code_verifier", &flow.verifier),
        ];
        let methods = described.token_endpoint_auth_methods_supported.as_ref();
        let knows = |method: &str| methods.is_some_and(|all| all.iter().any(|one| one == method));
        let in_form = knows("client_secret_post") && !knows("client_secret_basic");
        let secret = self.client_secret.as_deref();
        let basic = secret
            .filter(|_secret| !in_form)
            .map(|secret| (self.client_id.as_str(), secret));
        if basic.is_none() {
            form.push(("client_id", &self.client_id));
            form.extend(secret.map(|secret| ("client_secret", secret)));
        }
        let url = &described.token_endpoint;
        let replied = self.asking.post(url, &form, basic).await?;
        if matches!(replied.status, 400..=403) {
            return Err(not_vouched("it does not know the code"));
        }
        replied.document(url)
    }

    /// What the provider has signed.
    async fn word(&self, token: &str, now: Timestamp) -> Result<Word> {
        let refused = || not_vouched("its token cannot be verified");
        let heading = heading(token).ok_or_else(refused)?;
        let id = heading.key.ok_or_else(refused)?;
        // Never a key for HMAC: those are not published.
        let key = self.keyring.key(&id, heading.algorithm).await?;
        let key = key.ok_or_else(refused)?;
        let rules = Rules {
            issuer: &self.issuer,
            audience: &self.client_id,
        };
        let word = Word::read(token, (key.algorithm, &key.key), rules, now);
        let word = word.ok_or_else(refused)?;
        if word.is_of_another_party(&self.client_id) {
            return Err(refused());
        }
        Ok(word)
    }

    /// What the provider says of somebody where its token says little.
    async fn more(
        &self,
        described: &Described,
        tokens: &Tokens,
        subject: &str,
    ) -> Result<Option<Word>> {
        let (Some(url), Some(token)) = (&described.userinfo_endpoint, &tokens.access_token) else {
            return Ok(None);
        };
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let replied = self.asking.get(url, &headers).await?;
        let told: Map<String, Value> = replied.document(url)?;
        let word = Word::told(told);
        // OpenID Connect Core, 5.3.2: otherwise it is somebody else's.
        if word.text("sub") != Some(subject) {
            return Err(not_vouched("it says of another what it was asked"));
        }
        Ok(Some(word))
    }

    fn require_domain(&self, vouched: &Vouched) -> Result<()> {
        let email = vouched.email.as_deref().map(Email::parse);
        let email = email.and_then(Result::ok);
        let inside = email.is_some_and(|email| {
            let domain = email
                .as_str()
                .rsplit_once('@')
                .map_or("", |(_, domain)| domain);
            let allowed = |one: &String| one.eq_ignore_ascii_case(domain);
            self.domains.iter().any(allowed)
        });
        if self.domains.is_empty() || inside {
            return Ok(());
        }
        Err(not_vouched("the address is of a domain that is not let in"))
    }
}

fn not_vouched(why: &str) -> Error {
    let sentence = format!("the provider of identities does not vouch for this sign-in: {why}");
    Error::new(ErrorKind::Forbidden, sentence)
}
