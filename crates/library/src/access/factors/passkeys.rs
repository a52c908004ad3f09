//! Passkeys (Web Authentication, level 3): adding one, and signing in with it and nothing else. The authenticator
//! has made sure of its person (by a PIN, a finger, a face), so a passkey is two factors by itself.
//!
//! What browsers send is read by `webauthn_rp`, which looks at origin, relying party, signature,
//! counter and user verification; here is what is kept between two messages, and whose it is.

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{PasskeyId, UserId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::token::digest_of;
use alexandria_core::user::User;
use alexandria_store::catalog::{ChallengePurpose, NewChallenge, NewPasskey, Passkey, Strength};
use jiff::SignedDuration;
use serde_json::Value;
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle16, Username,
};
use webauthn_rp::request::{
    AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId, TimedCeremony as _,
};
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId, SentChallenge};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

use super::refuse_last;
use crate::access::people::own_id;
use crate::access::sign_in::{Authentication, Begun, Whereabouts};
use crate::library::Library;

/// How long an answer is waited for; the reader of answers keeps to the same.
const CHALLENGE_OPEN: SignedDuration = SignedDuration::from_mins(5);

/// Bytes of an id, and of the handle by which an authenticator knows a person.
const HANDLE_BYTES: usize = 16;

/// Under which name and addresses browsers reach this installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that passkeys are bound to; there are none without.
    pub id: Option<String>,
    /// The origins of the pages that may ask for one, such as `https://library.example.org`.
    pub origins: Vec<String>,
}

/// A passkey just added.
#[derive(Clone, Debug)]
pub struct AddedPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Recovery codes, shown this once, when there were none.
    pub recovery_codes: Option<Vec<String>>,
}

impl Library {
    /// Begins to add a passkey: what the browser's `navigator.credentials.create` is called with.
    ///
    /// # Errors
    /// `NotFound` where there are no passkeys; `Forbidden` for a session without a second factor of
    /// a person who has one.
    pub async fn begin_passkey(&self, principal: &Principal) -> Result<Value> {
        let id = own_id(principal)?;
        self.require_strong(principal, id).await?;
        let party = self.relying_party()?;
        let user = self.catalog.user(principal, id).await?;
        let known = self.catalog.passkeys(principal, id).await?;
        let handle = handle(id);
        let entity = entity(&user, &handle)?;
        let known = known.iter().filter_map(descriptor).collect();
        let mut options = PublicKeyCredentialCreationOptions::passkey(&party, entity, known);
        // Asked of devices that know it and not demanded of all: browsers would refuse every device that does not.
        // That somebody was verified is looked at whenever a passkey is shown.
        options.extensions.cred_protect =
            CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
        let begun = options.start_ceremony().map_err(|error| fault(&error))?;
        let (server, client) = begun;
        let options = serde_json::to_value(&client).map_err(|error| fault(&error))?;
        let state = server.encode().map_err(|error| fault(&error))?;
        let challenge = NewChallenge {
            digest: digest_of_challenge(&server.sent_challenge()),
            purpose: ChallengePurpose::Register,
            of: Some((principal.tenant(), id)),
            state,
            expires: self.clock.now() + CHALLENGE_OPEN,
        };
        let opened = self.catalog.identities().open_challenge(challenge);
        opened.await?;
        Ok(options)
    }

    /// Adds the passkey that an authenticator has made. Gives recovery codes when there are none yet.
    ///
    /// # Errors
    /// `Invalid` for an answer that cannot be read or does not fit, `Conflict` for a passkey that is
    /// kept already and for one too many.
    pub async fn add_passkey(
        &self,
        principal: &Principal,
        name: &str,
        answer: &Value,
    ) -> Result<AddedPasskey> {
        let id = own_id(principal)?;
        self.require_strong(principal, id).await?;
        let party = self.relying_party()?;
        let name = Label::parse("passkey", name)?;
        let new = {
            let answer = Registration::from_json_relaxed(&bytes(answer)?).map_err(unreadable)?;
            let sent = answer.challenge_relaxed().map_err(unreadable)?;
            let of = Some((principal.tenant(), id));
            let state = self.answered(ChallengePurpose::Register, &sent, of).await?;
            let state = RegistrationServerState::<HANDLE_BYTES>::decode(&state);
            let state = state.map_err(|error| fault(&error))?;
            let rules = RegistrationVerificationOptions::<'_, '_, String, String> {
                allowed_origins: &self.settings.relying_party.origins,
                error_on_unsolicited_extensions: false,
                ..RegistrationVerificationOptions::default()
            };
            let made = state.verify(&party, &answer, &rules);
            let made = made.map_err(|error| refused(ErrorKind::Invalid, &error))?;
            kept(name, &made)
        };
        let passkey = self.catalog.create_passkey(principal, id, new).await?;
        let recovery_codes = self.strengthen(principal, id, Strength::Mfa).await?;
        Ok(AddedPasskey {
            passkey,
            recovery_codes,
        })
    }

    /// Gives a passkey of the one who asks another name.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` for what cannot be a name.
    pub async fn rename_passkey(
        &self,
        principal: &Principal,
        passkey: PasskeyId,
        name: &str,
    ) -> Result<Passkey> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        let name = Label::parse("passkey", name)?;
        let renamed = self.catalog.rename_passkey(principal, id, passkey, &name);
        renamed.await
    }

    /// Removes a passkey of the one who asks.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a session without a second factor; `Conflict` for the last second
    /// factor where the tenant asks for one.
    pub async fn remove_own_passkey(
        &self,
        principal: &Principal,
        passkey: PasskeyId,
    ) -> Result<()> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        self.catalog.passkey(principal, id, passkey).await?;
        self.require_strong(principal, id).await?;
        refuse_last(&self.factors(principal, id).await?)?;
        self.catalog.remove_passkey(principal, id, passkey).await?;
        self.forget_codes_without_factor(principal, id).await
    }

    fn relying_party(&self) -> Result<RpId> {
        let domain = self.settings.relying_party.id.clone();
        let domain = domain.and_then(|id| AsciiDomain::try_from(id).ok());
        domain.map(RpId::Domain).ok_or_else(|| {
            let sentence = "there are no passkeys here: set auth.webauthn_rp_id to the domain name \
                            that browsers reach this server under";
            Error::new(ErrorKind::NotFound, sentence)
        })
    }

    /// Closes the challenge that an answer is to, and gives what the answer is compared with.
    async fn answered(
        &self,
        purpose: ChallengePurpose,
        sent: &SentChallenge,
        of: Option<(alexandria_core::id::TenantId, UserId)>,
    ) -> Result<Vec<u8>> {
        let ended = || {
            let sentence = "no answer is waited for under that challenge any more: begin again";
            Error::new(ErrorKind::Forbidden, sentence)
        };
        let digest = digest_of_challenge(sent);
        let identities = self.catalog.identities();
        let open = identities.challenge(purpose, digest).await?;
        let open = open.filter(|open| open.of == of).ok_or_else(ended)?;
        let closed = identities.close_challenge(digest).await?;
        closed.then_some(open.state).ok_or_else(ended)
    }
}

impl Authentication<'_> {
    /// Begins to sign somebody in with a passkey: what `navigator.credentials.get` is called with.
    ///
    /// # Errors
    /// `NotFound` where there are no passkeys; `Exhausted` when too many do this at once.
    pub async fn begin_with_passkey(self) -> Result<Value> {
        let party = self.library.relying_party()?;
        let options = DiscoverableCredentialRequestOptions::passkey(&party);
        let begun = options.start_ceremony().map_err(|error| fault(&error))?;
        let (server, client) = begun;
        let options = serde_json::to_value(&client).map_err(|error| fault(&error))?;
        let state = server.encode().map_err(|error| fault(&error))?;
        let challenge = NewChallenge {
            digest: digest_of_challenge(&server.sent_challenge()),
            purpose: ChallengePurpose::Passkey,
            of: None,
            state,
            expires: self.library.clock.now() + CHALLENGE_OPEN,
        };
        let identities = self.library.catalog.identities();
        identities.open_challenge(challenge).await?;
        Ok(options)
    }

    /// Signs in whoever holds the passkey that an assertion is made with.
    ///
    /// # Errors
    /// `Invalid` for what is no assertion; `Forbidden`, in the same words, for an unknown passkey and
    /// for an assertion that does not fit.
    pub async fn sign_in_with_passkey(self, answer: &Value, from: &Whereabouts) -> Result<Begun> {
        let party = self.library.relying_party()?;
        let answer = DiscoverableAuthentication16::from_json_relaxed(&bytes(answer)?);
        let answer = answer.map_err(unreadable)?;
        let sent = answer.challenge_relaxed().map_err(unreadable)?;
        let state = self
            .library
            .answered(ChallengePurpose::Passkey, &sent, None)
            .await?;
        let unknown = || refused(ErrorKind::Forbidden, &"the passkey is unknown");
        let identities = self.library.catalog.identities();
        let passkey = identities.by_passkey(answer.raw_id().as_ref()).await?;
        let passkey = passkey.ok_or_else(unknown)?;
        let moving = {
            let state = DiscoverableAuthenticationServerState::decode(&state);
            let state = state.map_err(|error| fault(&error))?;
            let handle = handle(passkey.user);
            let mut credential = credential(&passkey, &handle)?;
            let rules = AuthenticationVerificationOptions::<'_, '_, String, String> {
                allowed_origins: &self.library.settings.relying_party.origins,
                error_on_unsolicited_extensions: false,
                ..AuthenticationVerificationOptions::default()
            };
            let verified = state.verify(&party, &answer, &mut credential, &rules);
            verified.map_err(|error| refused(ErrorKind::Forbidden, &error))?;
            let Ok(moving) = credential.dynamic_state().encode();
            moving
        };
        let user = self.active(passkey.tenant, passkey.user).await?;
        let user = user.ok_or_else(unknown)?;
        if !identities.passkey_used(&passkey, &moving).await? {
            return Err(unknown());
        }
        self.begin(user, Strength::Passkey, from).await
    }
}

/// What is kept of a passkey that an authenticator has made.
fn kept(name: Label, made: &webauthn_rp::RegisteredCredential<'_, HANDLE_BYTES>) -> NewPasskey {
    let Ok(fixed) = made.static_state().encode();
    let Ok(moving) = made.dynamic_state().encode();
    let Ok(transports) = made.transports().encode();
    NewPasskey {
        name,
        credential: made.id().as_ref().to_vec(),
        fixed,
        moving: moving.to_vec(),
        transports,
    }
}

/// The public key of a passkey.
type PublicKey =
    webauthn_rp::response::register::CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A passkey, as the reader of assertions takes it.
fn credential<'a>(
    passkey: &'a Passkey,
    handle: &'a UserHandle16,
) -> Result<AuthenticatedCredential<'a, 'a, HANDLE_BYTES, PublicKey>> {
    let damaged = || {
        let sentence = format!("the catalog holds a strange passkey {}", passkey.id);
        Error::new(ErrorKind::Corrupt, sentence)
    };
    let id = CredentialId::<&[u8]>::decode(&passkey.credential);
    let fixed = StaticState::decode(&passkey.fixed);
    let moving = passkey
        .moving
        .as_slice()
        .try_into()
        .map(DynamicState::decode);
    let (Ok(id), Ok(fixed), Ok(Ok(moving))) = (id, fixed, moving) else {
        return Err(damaged());
    };
    AuthenticatedCredential::new(id, handle, fixed, moving)
        .map_err(|error| damaged().with_source(error.to_string()))
}

/// A passkey that an authenticator is not to make a second time.
fn descriptor(passkey: &Passkey) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    Some(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(passkey.credential.clone()).ok()?,
        transports: AuthTransports::decode(passkey.transports).ok()?,
    })
}

/// The handle by which an authenticator knows a person: their id, which says nothing about them.
fn handle(id: UserId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(*id.as_uuid().as_bytes());
    handle
}

/// A person, as an authenticator shows them. A name that it may not show is left out.
fn entity<'a>(
    user: &'a User,
    handle: &'a UserHandle16,
) -> Result<PublicKeyCredentialUserEntity<'a, 'a, 'a, HANDLE_BYTES>> {
    let name = Username::try_from(user.email.as_str())
        .or_else(|_not_shown| Username::try_from(user.id.to_string()));
    Ok(PublicKeyCredentialUserEntity {
        name: name.map_err(|error| fault(&error))?,
        id: handle,
        display_name: Nickname::try_from(user.name.as_str()).ok(),
    })
}

/// What a challenge is found by.
fn digest_of_challenge(sent: &SentChallenge) -> [u8; 32] {
    let Ok(number) = sent.encode();
    digest_of(&format!("challenge\0{number:032x}"))
}

fn bytes(answer: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(answer).map_err(|error| fault(&error))
}

fn unreadable(error: serde_json::Error) -> Error {
    let sentence = "that is no answer of an authenticator: send what the browser gave, as JSON";
    Error::new(ErrorKind::Invalid, sentence).with_source(error)
}

fn refused(kind: ErrorKind, why: &impl std::fmt::Display) -> Error {
    let sentence =
        "that passkey is unknown, or its answer does not fit what was asked: begin again";
    Error::new(kind, sentence).with_source(why.to_string())
}

fn fault(why: &impl std::fmt::Display) -> Error {
    let sentence = "cannot work with passkeys";
    Error::new(ErrorKind::Internal, sentence).with_source(why.to_string())
}
