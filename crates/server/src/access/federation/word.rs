//! The signed word of an issuer: a JSON Web Token (RFC 7519), read under the rules of RFC 8725.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::keyring::KEY_ID_BYTES_MAX;

/// Seconds by which the clock of an issuer may differ from ours.
const LEEWAY_SECONDS: f64 = 30.0;

/// The ways of RFC 8176 that count as a factor, by their kind: what somebody knows, has and is. Two of
/// different kinds are two factors. Messages to a telephone are none: they can be had by others.
const KINDS_OF_FACTORS: [&[&str]; 3] = [
    &["pwd", "pin"],
    &["hwk", "swk", "sc", "otp"],
    &["face", "fpt", "iris", "retina", "vbm"],
];

/// What stands before a token's signature is checked: by which key it claims to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// The algorithm.
    pub(super) algorithm: Algorithm,
    /// The name of the key.
    pub(super) key: Option<String>,
}

#[derive(Debug, Deserialize)]
struct HeaderPart {
    alg: Algorithm,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct IssuerPart {
    iss: String,
}

/// The heading of a token, if it can be one that is taken.
pub(super) fn heading(token: &str) -> Option<Heading> {
    let mut parts = token.split('.');
    let header: HeaderPart = part(parts.next()?)?;
    let taken = [
        Algorithm::RS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
        Algorithm::HS256,
    ];
    // What a token calls critical has to be understood, and nothing of the kind is.
    if header.crit.is_some() || !taken.contains(&header.alg) {
        return None;
    }
    let key = header.kid.filter(|kid| kid.len() <= KEY_ID_BYTES_MAX);
    Some(Heading {
        algorithm: header.alg,
        key,
    })
}

/// Who a token says has issued it. Nothing is verified by that.
pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    let claims: IssuerPart = part(token.split('.').nth(1)?)?;
    Some(claims.iss)
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What a token has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    /// Who has to have issued it.
    pub(super) issuer: &'a str,
    /// Whom it has to be for.
    pub(super) audience: &'a str,
}

/// What an issuer has said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word(Map<String, Value>);

impl Word {
    /// Reads a token that was signed with this key by this algorithm, for this audience, and counts
    /// at this moment.
    pub(super) fn read(
        token: &str,
        (algorithm, key): (Algorithm, &DecodingKey),
        rules: Rules<'_>,
        now: Timestamp,
    ) -> Option<Self> {
        let mut checks = Validation::new(algorithm);
        checks.set_issuer(&[rules.issuer]);
        checks.set_audience(&[rules.audience]);
        checks.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The times are looked at below, by our clock.
        checks.validate_exp = false;
        checks.validate_nbf = false;
        let word = Self(decode(token, key, &checks).ok()?.claims);
        word.counts_at(now).then_some(word)
    }

    fn counts_at(&self, now: Timestamp) -> bool {
        let Some(seconds) = seconds_of(now) else {
            return false;
        };
        let claim = |name: &str| self.0.get(name).map(Value::as_f64);
        let begun = |name: &str| match claim(name) {
            None => true,
            Some(from) => from.is_some_and(|from| seconds >= from - LEEWAY_SECONDS),
        };
        let ends = claim("exp").flatten();
        ends.is_some_and(|end| seconds < end + LEEWAY_SECONDS) && begun("nbf") && begun("iat")
    }

    /// What was not signed, but told by the issuer itself.
    pub(super) const fn told(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// A claim that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that is text, by its path, such as `app_metadata.role`. A claim whose own name has
    /// points in it, such as an address, goes before.
    pub(super) fn text_at(&self, path: &str) -> Option<&str> {
        if let Some(whole) = self.text(path) {
            return Some(whole);
        }
        let (first, rest) = path.split_once('.')?;
        let mut value = self.0.get(first)?;
        for name in rest.split('.') {
            value = value.get(name)?;
        }
        value.as_str()
    }

    /// Whether the issuer has verified the address. Some say so as text.
    pub(super) fn has_verified_email(&self) -> bool {
        let said = self.0.get("email_verified");
        said.is_some_and(|said| said.as_bool() == Some(true) || said.as_str() == Some("true"))
    }

    /// Whether the token was made for several, of which another is the one it was given to.
    pub(super) fn is_of_another_party(&self, client: &str) -> bool {
        let several = self.0.get("aud").and_then(Value::as_array);
        let several = several.is_some_and(|all| all.len() > 1);
        match self.0.get("azp") {
            None => several,
            Some(party) => party.as_str() != Some(client),
        }
    }

    /// Whether the issuer says that it has asked for two factors: by the claim that tells how strong its
    /// word is, or by the ways in `amr` (RFC 8176) that it names.
    pub(super) fn is_of_two_factors(&self, claim: &str, values: &[String]) -> bool {
        let strong = |said: &str| values.iter().any(|value| value == said);
        if self.text_at(claim).is_some_and(strong) {
            return true;
        }
        let ways = self.0.get("amr").and_then(Value::as_array);
        let ways: Vec<&str> = ways
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let has = |kind: &[&str]| ways.iter().any(|way| kind.contains(way));
        let kinds = KINDS_OF_FACTORS.iter().filter(|kind| has(kind)).count();
        ways.contains(&"mfa") || kinds > 1
    }

    /// What the person is called.
    pub(super) fn name(&self) -> Option<&str> {
        let names = ["name", "preferred_username"];
        let found = names.into_iter().find_map(|name| self.text(name));
        found.or_else(|| self.text_at("user_metadata.full_name"))
    }
}

fn seconds_of(moment: Timestamp) -> Option<f64> {
    Some(f64::from(u32::try_from(moment.as_second()).ok()?))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const SECRET: &[u8] = b"a secret of at least 32 bytes, as is asked";
    const RULES: Rules<'_> = Rules {
        issuer: "https://id.example",
        audience: "library",
    };

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": RULES.issuer, "aud": RULES.audience, "sub": "7", "exp": 1_800_000_060,
            "iat": 1_800_000_000, "email": "ada@example.org" })
    }

    fn read(claims: &Value) -> Option<Word> {
        let header = Header::new(Algorithm::HS256);
        let token = encode(&header, claims, &EncodingKey::from_secret(SECRET)).unwrap();
        let key = DecodingKey::from_secret(SECRET);
        Word::read(&token, (Algorithm::HS256, &key), RULES, now())
    }

    #[test]
    fn a_word_counts_for_its_audience_in_its_time() {
        assert_eq!(read(&claims()).unwrap().text("sub"), Some("7"));
        for (name, value) in [
            ("iss", json!("https://other.example")),
            (
                "iss",
                json!(["https://id.example", "https://other.example"]),
            ),
            ("aud", json!("another")),
            ("aud", json!([])),
            ("exp", json!(1_799_999_900)),
            ("exp", json!("1800000060")),
            ("exp", json!(null)),
            ("nbf", json!(1_800_000_100)),
            ("nbf", json!("soon")),
            ("iat", json!(1_800_000_100)),
            ("sub", json!(null)),
        ] {
            let mut wrong = claims();
            wrong[name] = value;
            assert_eq!(read(&wrong), None, "{wrong}");
        }
        for name in ["iss", "aud", "exp", "sub"] {
            let mut wrong = claims();
            wrong.as_object_mut().unwrap().remove(name);
            assert_eq!(read(&wrong), None, "without {name}");
        }
    }

    #[test]
    fn no_other_key_or_algorithm_verifies() {
        let header = Header::new(Algorithm::HS256);
        let key = EncodingKey::from_secret(SECRET);
        let token = encode(&header, &claims(), &key).unwrap();
        let right = DecodingKey::from_secret(SECRET);
        let other = DecodingKey::from_secret(b"another secret of at least 32 bytes!");
        let read = |token: &str, algorithm, key: &DecodingKey| {
            Word::read(token, (algorithm, key), RULES, now()).is_some()
        };
        assert!(read(&token, Algorithm::HS256, &right));
        assert!(!read(&token, Algorithm::HS256, &other));
        assert!(!read(&token, Algorithm::RS256, &right));
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let body = token.split('.').nth(1).unwrap();
        assert!(!read(&format!("{none}.{body}."), Algorithm::HS256, &right));
    }

    #[test]
    fn only_algorithms_that_are_taken_have_a_heading() {
        let token = |header: &str| format!("{}.e30.x", URL_SAFE_NO_PAD.encode(header));
        let right = heading(&token(r#"{"alg":"ES256","kid":"a"}"#)).unwrap();
        assert_eq!(right.algorithm, Algorithm::ES256);
        assert_eq!(right.key.as_deref(), Some("a"));
        for wrong in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS512","kid":"a"}"#,
            r#"{"alg":"PS256","kid":"a"}"#,
            r#"{"alg":"ES256","kid":"a","crit":["b64"]}"#,
            r#"{"kid":"a"}"#,
            "",
        ] {
            assert_eq!(heading(&token(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn two_factors_are_two_kinds_or_what_the_issuer_calls_so() {
        let acr = ["urn:two".to_owned()];
        let strong = |claims: Value| {
            let word = Word::told(claims.as_object().unwrap().clone());
            word.is_of_two_factors("acr", &acr)
        };
        for right in [
            json!({ "amr": ["mfa"] }),
            json!({ "amr": ["pwd", "otp"] }),
            json!({ "amr": ["hwk", "user", "fpt"] }),
            json!({ "acr": "urn:two", "amr": ["pwd"] }),
        ] {
            assert!(strong(right.clone()), "{right}");
        }
        for wrong in [
            json!({}),
            json!({ "amr": "mfa" }),
            json!({ "amr": ["pwd", "pin"] }),
            json!({ "amr": ["otp"] }),
            json!({ "amr": ["pwd", "sms"] }),
            json!({ "amr": ["pwd", "mca"] }),
            json!({ "amr": [["mfa"], { "method": "mfa" }] }),
            json!({ "acr": "urn:one" }),
            json!({ "acr": ["urn:two"] }),
            json!({ "acr": "" }),
        ] {
            assert!(!strong(wrong.clone()), "{wrong}");
        }
        let word = Word::told(json!({ "aal": "aal2" }).as_object().unwrap().clone());
        assert!(word.is_of_two_factors("aal", &["aal2".to_owned()]));
        assert!(!word.is_of_two_factors("acr", &["aal2".to_owned()]));
    }

    #[test]
    fn claims_are_found_by_their_path() {
        let claims = json!({ "app_metadata": { "role": "editor" }, "https://a.b/role": "reader",
            "email_verified": "true", "aud": ["a", "b"], "azp": "a" });
        let word = Word::told(claims.as_object().unwrap().clone());
        assert_eq!(word.text_at("app_metadata.role"), Some("editor"));
        assert_eq!(word.text_at("https://a.b/role"), Some("reader"));
        assert_eq!(word.text_at("app_metadata.other"), None);
        assert!(word.has_verified_email());
        assert!(!word.is_of_another_party("a"));
        assert!(word.is_of_another_party("b"));
    }
}
