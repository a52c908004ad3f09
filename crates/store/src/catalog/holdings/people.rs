//! Who the people of a tenant are, and how they are let in.

use super::Holding;
use super::Kind::{Id, Json, Moment, Number, Text};
use super::{OF_ACTOR, OF_USER};

/// These parts, in the order in which they are given out.
pub(super) static PARTS: &[Holding] = &[
    Holding {
        name: "people",
        table: "users",
        columns: &[
            ("id", Id),
            ("email", Text),
            ("name", Text),
            ("phone_number", Text),
            ("role", Text),
            ("state", Text),
            ("created", Moment),
            ("changed", Moment),
            ("signed_in", Moment),
        ],
        key: &["id"],
        own: Some("id = {user}"),
    },
    Holding {
        name: "sessions",
        table: "sessions",
        columns: &[
            ("id", Id),
            ("user_id", Id),
            ("strength", Text),
            ("address", Text),
            ("agent", Text),
            ("created", Moment),
            ("used", Moment),
            ("expires", Moment),
        ],
        key: &["id"],
        own: OF_USER,
    },
    Holding {
        name: "authenticators",
        table: "totp_factors",
        columns: &[("user_id", Id), ("confirmed", Moment), ("created", Moment)],
        key: &["user_id"],
        own: OF_USER,
    },
    Holding {
        name: "passkeys",
        table: "passkeys",
        columns: &[
            ("id", Id),
            ("user_id", Id),
            ("name", Text),
            ("created", Moment),
            ("used", Moment),
        ],
        key: &["id"],
        own: OF_USER,
    },
    Holding {
        name: "identities",
        table: "user_identities",
        columns: &[
            ("issuer", Text),
            ("subject", Text),
            ("user_id", Id),
            ("created", Moment),
        ],
        key: &["issuer", "subject"],
        own: OF_USER,
    },
    Holding {
        name: "consents",
        table: "consents",
        columns: &[("user_id", Id), ("version", Text), ("moment", Moment)],
        key: &["user_id", "version"],
        own: OF_USER,
    },
    Holding {
        name: "grants",
        table: "grants",
        columns: &[
            ("collection_id", Id),
            ("actor", Text),
            ("made_by", Text),
            ("created", Moment),
        ],
        key: &["collection_id", "actor"],
        own: OF_ACTOR,
    },
    Holding {
        name: "keys",
        table: "api_keys",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("tail", Text),
            ("scopes", Text),
            ("collections", Json),
            ("clearance", Number),
            ("made_by", Text),
            ("created", Moment),
            ("used", Moment),
            ("expires", Moment),
            ("revoked", Moment),
        ],
        key: &["id"],
        own: Some("made_by IN ({actors})"),
    },
    Holding {
        name: "invitations",
        table: "invitations",
        columns: &[
            ("id", Id),
            ("email", Text),
            ("role", Text),
            ("made_by", Text),
            ("created", Moment),
            ("expires", Moment),
        ],
        key: &["id"],
        own: Some("email_key = {email}"),
    },
];
