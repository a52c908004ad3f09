//! Identifiers: one type for each kind of thing, so that no id is ever taken for another.
//!
//! All are UUID version 7 (RFC 9562): the creation time leads, so rows made together lie together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, ErrorKind};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $noun:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an identifier that a source of ids or the catalog has produced.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The identifier as stored.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }

            /// The sixteen bytes of the identifier, most significant first.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Uuid::try_parse(text).map(Self).map_err(|source| {
                    Error::new(
                        ErrorKind::Invalid,
                        concat!("that is not the id of a ", $noun, ": ids look like ",
                            "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"),
                    )
                    .with_source(source)
                })
            }
        }
    };
}

id!(
    /// Who owns: everything stored belongs to exactly one tenant.
    TenantId, "tenant"
);
id!(
    /// A collection of documents.
    CollectionId, "collection"
);
id!(
    /// What was put in.
    DocumentId, "document"
);
id!(
    /// One reading of a document's file; text never changes within a version.
    VersionId, "version"
);
id!(
    /// A stored and embedded piece of a version.
    ChunkId, "chunk"
);
id!(
    /// A complete set of vectors and text index for one embedding model and chunk policy.
    GenerationId, "generation"
);
id!(
    /// A piece of background work.
    JobId, "job"
);
id!(
    /// An answer that is kept, so that it can be verified again.
    AnswerId, "answer"
);
id!(
    /// A persona: a name, a voice and the collections it answers from.
    PersonaId, "persona"
);
id!(
    /// A conversation: questions that go on from each other.
    ConversationId, "conversation"
);
id!(
    /// What somebody thought of an answer.
    FeedbackId, "feedback"
);
id!(
    /// A question with the answer it should get.
    CaseId, "case"
);
id!(
    /// What was measured once, and kept.
    EvaluationId, "evaluation"
);
id!(
    /// An experiment on live traffic.
    ExperimentId, "experiment"
);
id!(
    /// A person who signs in.
    UserId, "user"
);
id!(
    /// A key that a program calls with.
    KeyId, "key"
);
id!(
    /// A person's session, from signing in to signing out.
    SessionId, "session"
);
id!(
    /// An invitation to become one of a tenant's people.
    InvitationId, "invitation"
);
id!(
    /// A passkey of a person.
    PasskeyId, "passkey"
);
id!(
    /// The erasure of a person or a document.
    ErasureId, "erasure"
);

/// Where new ids come from. An argument, so that a test can choose them.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// A fresh identifier, larger than all this source gave before.
    fn next(&self) -> Uuid;
}

/// The tenant of a library that nobody has divided.
pub const TENANT_DEFAULT: TenantId =
    TenantId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
