//! Where a blob is.

use std::fmt;

use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;

use super::Digest;

/// The place of a blob: `TENANT/ab/cdef…`, the tenant's id and the digest of the bytes.
///
/// Invariant: whatever text it holds, a store takes the place of the bytes from [`BlobKey::digest`],
/// which gives hexadecimal digits or nothing, so no key reaches out of its folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// The place of bytes with this digest.
    #[must_use]
    pub fn new(principal: &Principal, digest: Digest) -> Self {
        let digest = digest.to_string();
        let (head, tail) = digest.split_at(2);
        Self(format!("{}/{head}/{tail}", principal.tenant()))
    }

    /// A key as the catalog holds it.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The key as the catalog holds it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest of its bytes; none for a key of another tenant, or for text that is no key.
    #[must_use]
    pub fn digest(&self, tenant: TenantId) -> Option<Digest> {
        let rest = self
            .0
            .strip_prefix(&tenant.to_string())?
            .strip_prefix('/')?;
        let (head, tail) = rest.split_once('/')?;
        (head.len() == 2).then(|| Digest::from_hex(&format!("{head}{tail}")))?
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_its_digest_to_its_tenant_only() {
        let principal = Principal::owner();
        let digest = Digest::of(b"book");
        let key = BlobKey::new(&principal, digest);
        assert_eq!(key.digest(principal.tenant()), Some(digest));
        let other = TenantId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(key.digest(other), None);
    }

    #[test]
    fn no_text_reaches_out_of_its_folder() {
        let tenant = Principal::owner().tenant();
        let hex = Digest::of(b"book").to_string();
        let (head, tail) = hex.split_at(2);
        for text in [
            String::new(),
            format!("{tenant}"),
            format!("{tenant}/../../etc/passwd"),
            format!("{tenant}/../{hex}"),
            format!("{tenant}/{hex}"),
            format!("{tenant}/{head}/../{tail}"),
            format!("{tenant}/{head}/{tail}/"),
            format!("/{tenant}/{head}/{tail}"),
        ] {
            assert_eq!(BlobKey::stored(text.clone()).digest(tenant), None, "{text}");
        }
    }
}
