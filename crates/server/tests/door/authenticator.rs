//! Authenticators made of software: one that shows codes, one that holds passkeys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// The flags of authenticator data: somebody is present, they are verified, a credential follows.
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const CREDENTIAL: u8 = 64;

/// The flag of authenticator data that ends with what was asked for beside.
const EXTENSIONS: u8 = 128;

/// The step of this moment.
pub(super) fn step_now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap() / 30
}

/// The code of a step, of a secret in base 32.
pub(super) fn code(secret: &str, step: u64) -> String {
    let signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for sign in secret.chars() {
        held = (held << 5) | u32::try_from(signs.find(sign).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).unwrap());
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 0xF);
    let four: [u8; 4] = tag[start..start + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7FFF_FFFF) % 1_000_000
    )
}

/// An authenticator with one passkey.
pub(super) struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: Option<String>,
    pub(super) counter: u32,
    pub(super) origin: String,
    pub(super) party: String,
    /// Whether it has made sure of its person.
    pub(super) verified: bool,
    /// How closely it says that it keeps the passkey, 1 to 3; nothing where it does not know the question.
    pub(super) protection: Option<u8>,
}

impl Authenticator {
    pub(super) fn new(party: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let id = sha256(key.public_key().as_ref());
        Self {
            key,
            id,
            handle: None,
            counter: 1,
            origin: format!("https://{party}"),
            party: party.to_owned(),
            verified: true,
            protection: None,
        }
    }

    /// What a browser gives for the options of a new passkey.
    pub(super) fn create(&mut self, options: &Value) -> Value {
        assert_eq!(options["rp"]["id"], self.party.as_str());
        assert_eq!(
            options["authenticatorSelection"]["userVerification"],
            "required"
        );
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        self.handle = Some(options["user"]["id"].as_str().unwrap().to_owned());
        let public = self.key.public_key().as_ref().to_vec();
        // Browsers refuse authenticators that do not know the question when an answer is enforced.
        let asked = &options["extensions"];
        assert_eq!(
            asked["credentialProtectionPolicy"],
            "userVerificationRequired"
        );
        assert_ne!(asked["enforceCredentialProtectionPolicy"], true, "{asked}");
        let protected = self.protection.map_or(0, |_| EXTENSIONS);
        let mut data = self.data(CREDENTIAL | protected);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // The key as COSE: EC2, ES256, P-256, x, y.
        data.extend([0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&public[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&public[33..65]);
        if let Some(protection) = self.protection {
            // {"credProtect": protection}
            data.extend([0xA1, 0x6B]);
            data.extend(b"credProtect");
            data.push(protection);
        }
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xA3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xA0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, u8::try_from(data.len()).unwrap()]);
        object.extend(&data);
        let response = json!({
            "clientDataJSON": text(&self.client_data("webauthn.create", options)),
            "attestationObject": text(&object),
            "transports": ["internal"],
        });
        self.credential(&response)
    }

    /// What a browser gives for the options of signing in.
    pub(super) fn get(&mut self, options: &Value) -> Value {
        assert_eq!(options["rpId"], self.party.as_str());
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let signed = [data.clone(), sha256(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(signature.as_ref()),
            "userHandle": self.handle,
        });
        self.credential(&response)
    }

    fn data(&mut self, more: u8) -> Vec<u8> {
        let verified = if self.verified { VERIFIED } else { 0 };
        let mut data = sha256(self.party.as_bytes());
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        self.counter += 1;
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn credential(&self, response: &Value) -> Value {
        json!({
            "id": text(&self.id),
            "rawId": text(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }
}

pub(super) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}
