//! Who may do what: tenants, their people and keys, and signing in.
//!
//! Authentication itself (reading tokens, making a [`Principal`]) is the server's; what it decides by
//! is here. Nobody gives more than they have: a role or a key can be given, changed or taken only by
//! one whose own scopes cover it.

mod ending;
mod factors;
mod federation;
mod grants;
mod keys;
mod passwords;
mod people;
mod provision;
mod review;
mod sign_in;
mod tenants;

use alexandria_core::access::{Role, Scopes};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::{TENANT_DEFAULT, TenantId};
use alexandria_core::principal::Principal;
use alexandria_core::token::{TOKEN_BYTES, Token, TokenKind};

pub use self::factors::{
    AddedPasskey, Enrolment, Factors, FirstStep, Proof, RECOVERY_CODES, RelyingParty, SecondStep,
};
pub use self::federation::{FLOW_OPEN, FlowBegun, Vouched};
pub use self::keys::{
    KEY_OVERLAP_SECONDS_DEFAULT, KEY_OVERLAP_SECONDS_MAX, KeyDraft, KeyRotation, MadeKey,
};
pub(crate) use self::passwords::Passwords;
pub(crate) use self::people::own_id;
pub use self::people::{Invited, SelfChange};
pub use self::provision::{EXTERNAL_ID_BYTES_MAX, Provision};
pub use self::review::{AccessReview, Reviewed};
pub use self::sign_in::{Authentication, Begun, REFRESH_DAYS_DEFAULT, SignIn, Whereabouts};
pub use self::tenants::{NewOwner, TenantDraft};

/// What a role allows in a tenant: in the installation's own, its owners look after the installation.
#[must_use]
pub fn scopes_of(tenant: TenantId, role: Role) -> Scopes {
    if tenant == TENANT_DEFAULT {
        role.scopes_of_operator()
    } else {
        role.scopes()
    }
}

/// Refuses to hand out, change or take away what the one who asks does not have.
fn require_cover(principal: &Principal, scopes: Scopes, what: &str) -> Result<()> {
    if principal.scopes().covers(scopes) {
        return Ok(());
    }
    let missing: Scopes = scopes
        .iter()
        .filter(|scope| !principal.scopes().has(*scope))
        .collect();
    Err(Error::new(
        ErrorKind::Forbidden,
        format!("{what} has scopes that these credentials do not have: {missing}"),
    ))
}

/// A new token, of the system's chance.
fn new_token(kind: TokenKind) -> Result<Token> {
    let mut chance = [0; TOKEN_BYTES];
    getrandom::fill(&mut chance).context(ErrorKind::Internal, || {
        "the system gives no random bytes".to_owned()
    })?;
    Ok(Token::new(kind, &chance))
}
