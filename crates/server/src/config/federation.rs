//! Who vouches for people: a provider of identities, issuers of tokens, Supabase.

use alexandria_core::access::Role;
use serde::{Deserialize, Serialize};

use super::settings::Config;
use super::value::Value;

/// The most issuers of tokens.
const ISSUERS_MAX: usize = 32;

/// The shortest secret that issuers sign with, in bytes (RFC 7518, 3.2).
const SECRET_BYTES_MIN: usize = 32;

/// An issuer whose tokens are taken as bearer tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    /// What its tokens say in `iss`.
    pub(crate) issuer: String,
    /// What they have to say in `aud`.
    pub(crate) audience: String,
    /// Where its keys are; found out from the issuer itself when empty.
    #[serde(default)]
    pub(crate) jwks_url: String,
    /// The tenant whose people they are; the installation's own when empty.
    #[serde(default)]
    pub(crate) tenant: String,
    /// What people become when they come for the first time.
    #[serde(default)]
    pub(crate) role: Joining,
    /// The claim that names what they become instead, such as `app_metadata.role`.
    #[serde(default)]
    pub(crate) role_claim: String,
    /// Whether addresses in its tokens count as verified though the tokens do not say so.
    #[serde(default)]
    pub(crate) email_verified: bool,
    /// The claim that tells how strong a token is.
    #[serde(default = "acr")]
    pub(crate) mfa_claim: String,
    /// What it says where the issuer has asked for two factors.
    #[serde(default)]
    pub(crate) mfa_values: Vec<String>,
    /// The secret of HS256, for issuers that sign with one.
    #[serde(default)]
    pub(crate) secret: String,
    /// The key that its gateway asks for.
    #[serde(default)]
    pub(crate) api_key: String,
}

fn acr() -> String {
    "acr".to_owned()
}

/// The issuers of the setting; never shown, as secrets may be among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct IssuerList(Vec<Issuer>);

impl std::fmt::Debug for IssuerList {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

impl Value for IssuerList {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let example = "a JSON list such as [{\"issuer\": \"https://id.example.org\", \"audience\": \
                       \"library\", \"role\": \"reader\"}]";
        let all: Vec<Issuer> =
            // Where the fault is, and not what: it may be a secret.
            serde_json::from_str(text).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                format!("{example}; the fault is in line {line} at character {column}")
            })?;
        if all.len() > ISSUERS_MAX {
            return Err(format!("a list of at most {ISSUERS_MAX} issuers"));
        }
        for issuer in &all {
            if issuer.issuer.is_empty() || issuer.audience.is_empty() {
                return Err(format!("{example}: each has an issuer and an audience"));
            }
            if !issuer.secret.is_empty() && issuer.secret.len() < SECRET_BYTES_MIN {
                return Err(format!(
                    "{example}: a secret has at least {SECRET_BYTES_MIN} bytes"
                ));
            }
        }
        Ok(Self(all))
    }

    fn show(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        // Issuers are made of strings, which always have a JSON form.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// What people become whom somebody else vouches for, when they come for the first time.
///
/// Invariant: never an owner. Owners are made by owners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Joining(Option<Role>);

impl Joining {
    /// The role; none for those who are neither known nor invited.
    pub(crate) const fn role(self) -> Option<Role> {
        self.0
    }
}

impl Value for Joining {
    fn read(text: &str) -> Result<Self, String> {
        let role = match text.to_ascii_lowercase().as_str() {
            "" | "none" => None,
            name => Some(name.parse().ok().filter(|role| *role != Role::Owner)),
        };
        match role {
            None => Ok(Self(None)),
            Some(Some(role)) => Ok(Self(Some(role))),
            Some(None) => Err("one of: none, reader, editor, billing, auditor, admin".to_owned()),
        }
    }

    fn show(&self) -> String {
        self.0.map_or("none", Role::name).to_owned()
    }
}

impl TryFrom<String> for Joining {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text)
    }
}

impl From<Joining> for String {
    fn from(joining: Joining) -> Self {
        joining.show()
    }
}

/// The issuers of tokens that are taken: those of the list, and Supabase.
pub(crate) fn issuers(config: &Config) -> Vec<Issuer> {
    let mut all = config.issuers.0.clone();
    if let Some(url) = &config.supabase_url {
        let issuer = format!("{}/auth/v1", url.trim_end_matches('/'));
        all.push(Issuer {
            jwks_url: format!("{issuer}/.well-known/jwks.json"),
            issuer,
            audience: "authenticated".to_owned(),
            tenant: String::new(),
            role: config.supabase_role,
            role_claim: String::new(),
            // Supabase gives tokens to those alone who have confirmed their address.
            email_verified: true,
            mfa_claim: "aal".to_owned(),
            mfa_values: vec!["aal2".to_owned()],
            secret: config.supabase_jwt_secret.clone().unwrap_or_default(),
            api_key: config.supabase_key.clone().unwrap_or_default(),
        });
    }
    all
}

/// Settings that contradict each other or are not safe.
pub(super) fn refusals(config: &Config) -> [(bool, String); 5] {
    let reachable = |url: &str| {
        let plain = url.starts_with("http://") && config.web_private_addresses.is_on();
        url.is_empty() || url.starts_with("https://") || plain
    };
    let provider = config.oidc_issuer.as_deref().unwrap_or_default();
    let all = issuers(config);
    let names: std::collections::BTreeSet<_> = all.iter().map(|one| &one.issuer).collect();
    [
        (
            config.oidc_issuer.is_some() != config.oidc_client_id.is_some(),
            "oidc.issuer and oidc.client_id belong together: set both of them or none".to_owned(),
        ),
        (
            config.oidc_issuer.is_some()
                && config.is_public()
                && config.oidc_redirect_url.is_none(),
            "oidc.redirect_url is not set: say under which address people reach this server, such \
             as https://library.example.org/api/v1/auth/oidc/callback"
                .to_owned(),
        ),
        (
            !reachable(provider)
                || !all
                    .iter()
                    .all(|one| reachable(&one.issuer) && reachable(&one.jwks_url)),
            "oidc.issuer and the addresses of auth.issuers start with https://; http:// is taken \
             with ALEXANDRIA_WEB_PRIVATE_ADDRESSES=true alone"
                .to_owned(),
        ),
        (
            names.len() < all.len(),
            "auth.issuers names an issuer twice, or Supabase's as well".to_owned(),
        ),
        (
            config.supabase_url.is_none()
                && (config.supabase_key.is_some() || config.supabase_jwt_secret.is_some()),
            "SUPABASE_KEY and SUPABASE_JWT_SECRET say nothing without SUPABASE_URL: set it"
                .to_owned(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_becomes_an_owner_by_the_word_of_somebody_else() {
        assert!(Joining::read("owner").is_err());
        assert_eq!(Joining::read("none").unwrap().role(), None);
        assert_eq!(Joining::read("Admin").unwrap().role(), Some(Role::Admin));
        assert!(Joining::read("root").is_err());
    }

    #[test]
    fn issuers_are_read_as_they_are_shown_and_strange_ones_are_refused() {
        let text = r#"[{"issuer": "https://a.example", "audience": "library", "role": "editor"}]"#;
        let list = IssuerList::read(text).unwrap();
        assert_eq!(IssuerList::read(&list.show()).unwrap(), list);
        assert_eq!(list.0[0].role.role(), Some(Role::Editor));
        for wrong in [
            "https://a.example",
            "{}",
            r#"[{"issuer": "https://a.example"}]"#,
            r#"[{"issuer": "", "audience": "library"}]"#,
            r#"[{"issuer": "https://a.example", "audience": "library", "role": "owner"}]"#,
            r#"[{"issuer": "https://a.example", "audience": "library", "algorithm": "none"}]"#,
            r#"[{"issuer": "https://a.example", "audience": "library", "secret": "short"}]"#,
        ] {
            assert!(IssuerList::read(wrong).is_err(), "{wrong}");
        }
    }
}
