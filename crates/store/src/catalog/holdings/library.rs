//! What is in a tenant's library, and what was asked of it.

use super::Holding;
use super::Kind::{Id, Json, Moment, Number, Text};
use super::OF_ACTOR;

/// These parts, in the order in which they are given out.
pub(super) static PARTS: &[Holding] = &[
    Holding {
        name: "collections",
        table: "collections",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("description", Text),
            ("access", Text),
            ("created", Moment),
            ("changed", Moment),
            ("deleted", Moment),
        ],
        key: &["id"],
        own: None,
    },
    Holding {
        name: "documents",
        table: "documents",
        columns: &[
            ("id", Id),
            ("collection_id", Id),
            ("title", Text),
            ("name", Text),
            ("authors", Json),
            ("format", Text),
            ("media_type", Text),
            ("language", Text),
            ("category", Text),
            ("classification", Number),
            ("bytes", Number),
            ("state", Text),
            ("pages", Number),
            ("added_by", Text),
            ("added", Moment),
            ("changed", Moment),
            ("deleted", Moment),
        ],
        key: &["id"],
        own: Some("added_by IN ({actors})"),
    },
    Holding {
        name: "tags",
        table: "document_tags",
        columns: &[("document_id", Id), ("tag", Text)],
        key: &["document_id", "tag"],
        own: Some(
            "document_id IN (SELECT id FROM documents WHERE tenant_id = $1 \
             AND added_by IN ({actors}))",
        ),
    },
    Holding {
        name: "conversations",
        table: "conversations",
        columns: &[
            ("id", Id),
            ("actor", Text),
            ("title", Text),
            ("created", Moment),
            ("changed", Moment),
        ],
        key: &["id"],
        own: OF_ACTOR,
    },
    Holding {
        name: "turns",
        table: "turns",
        columns: &[
            ("conversation_id", Id),
            ("position", Number),
            ("question", Text),
            ("standalone", Text),
            ("answer_id", Id),
            ("body", Json),
            ("created", Moment),
        ],
        key: &["conversation_id", "position"],
        own: Some(
            "conversation_id IN (SELECT id FROM conversations WHERE tenant_id = $1 \
             AND actor IN ({actors}))",
        ),
    },
    Holding {
        name: "answers",
        table: "answers",
        columns: &[
            ("id", Id),
            ("actor", Text),
            ("question", Text),
            ("body", Json),
            ("created", Moment),
        ],
        key: &["id"],
        own: OF_ACTOR,
    },
    Holding {
        name: "feedback",
        table: "feedback",
        columns: &[
            ("id", Id),
            ("actor", Text),
            ("answer_id", Id),
            ("thumb", Text),
            ("reason", Text),
            ("comment", Text),
            ("correction", Text),
            ("question", Text),
            ("copied", Json),
            ("created", Moment),
            ("changed", Moment),
        ],
        key: &["id"],
        own: OF_ACTOR,
    },
    Holding {
        name: "cases",
        table: "evaluation_cases",
        columns: &[
            ("id", Id),
            ("answer_id", Id),
            ("question", Text),
            ("answers", Json),
            ("documents", Json),
            ("language", Text),
            ("created", Moment),
        ],
        key: &["id"],
        own: Some(
            "(answer_id IN (SELECT id FROM answers WHERE tenant_id = $1 AND actor IN ({actors})) \
             OR answer_id IN (SELECT answer_id FROM feedback WHERE tenant_id = $1 \
             AND actor IN ({actors})))",
        ),
    },
    Holding {
        name: "personas",
        table: "personas",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("voice", Text),
            ("collections", Json),
            ("created", Moment),
            ("changed", Moment),
        ],
        key: &["id"],
        own: None,
    },
    Holding {
        name: "evaluations",
        table: "evaluations",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("body", Json),
            ("created", Moment),
        ],
        key: &["id"],
        own: None,
    },
    Holding {
        name: "experiments",
        table: "experiments",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("plan", Json),
            ("state", Text),
            ("created", Moment),
            ("started", Moment),
            ("stopped", Moment),
        ],
        key: &["id"],
        own: None,
    },
];
