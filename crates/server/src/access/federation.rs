//! Those who vouch for people: issuers whose tokens are taken, and the provider that people sign in
//! with. Their word counts when it is signed with a key that they publish, for this library, now.

mod issuers;
mod keyring;
mod provider;
mod word;

pub(crate) use self::issuers::Issuers;
pub(crate) use self::provider::{Provider, Returned};
