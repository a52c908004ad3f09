//! Security events for those who may read them.

use std::collections::BTreeMap;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::security::{EventKind, Severity};
use alexandria_library::PAGE_ITEMS_MAX;
use alexandria_library::security::{SecurityEvent, SecurityEventQuery};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::extract::{Asker, Parameters};
use super::problem::Problem;
use super::wire::{PAGE_ITEMS_DEFAULT, PageBody};

/// Where the security events are.
pub(crate) const SECURITY_EVENTS_PATH: &str = "/api/v1/security-events";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        SECURITY_EVENTS_PATH,
        get_with(list, |operation| {
            operation
                .id("security_events_list")
                .tag("audit")
                .summary("List what looked like an attack, newest first")
                .description(
                    "Refused requests, and what the rules saw in them: many accounts tried from one \
                     address, one account tried again and again, a replaced token or revoked key used \
                     again, many files taken in a short time, many things tried that are not allowed. \
                     Needs the scope `audit`.",
                )
        }),
    )
}

macro_rules! twin {
    ($(#[$doc:meta])* $twin:ident of $original:ident as $name:literal { $( $(#[$about:meta])* $variant:ident, )+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(rename = $name)]
        pub(crate) enum $twin { $( $(#[$about])* $variant, )+ }

        impl From<$original> for $twin {
            fn from(original: $original) -> Self {
                match original { $( $original::$variant => Self::$variant, )+ }
            }
        }

        impl From<$twin> for $original {
            fn from(twin: $twin) -> Self {
                match twin { $( $twin::$variant => Self::$variant, )+ }
            }
        }
    };
}

twin! {
    /// What happened.
    EventKindBody of EventKind as "SecurityEventKind" {
        /// A request had no credentials that are good.
        Unauthenticated,
        /// A sign-in did not succeed.
        SignInFailed,
        /// Somebody known tried what they may not.
        Forbidden,
        /// A caller was told to slow down.
        RateLimited,
        /// Many accounts were tried from one address.
        PasswordSpraying,
        /// One account was tried again and again.
        BruteForce,
        /// A replaced token or a revoked key was used again.
        TokenReused,
        /// One actor took many originals or exports in a short time.
        MassExport,
        /// One actor tried many things that they may not.
        ScopeProbing,
        /// A key was declared to be in the wrong hands.
        KeyCompromised,
    }
}

twin! {
    /// How grave an event is.
    SeverityBody of Severity as "SecurityEventSeverity" {
        /// It happens every day.
        Low,
        /// Somebody should look at it.
        Medium,
        /// Somebody should look at it now.
        High,
    }
}

/// Something that looked like an attack, or that somebody should know of.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SecurityEvent")]
pub(crate) struct SecurityEventBody {
    /// Its identity.
    pub(crate) id: Uuid,
    /// When it was raised.
    pub(crate) moment: Timestamp,
    /// What happened.
    pub(crate) kind: EventKindBody,
    /// How grave it is.
    pub(crate) severity: SeverityBody,
    /// Who or what it is about: an actor, an address, an account.
    pub(crate) subject: String,
    /// The address that it came from.
    pub(crate) address: Option<String>,
    /// The id of the request that raised it.
    pub(crate) request: Option<String>,
    /// How often it happened in the time that the rule looks at.
    pub(crate) count: u64,
    /// What else is known, as names and small values.
    pub(crate) details: BTreeMap<String, String>,
}

impl From<SecurityEvent> for SecurityEventBody {
    fn from(raised: SecurityEvent) -> Self {
        let event = raised.event;
        Self {
            id: raised.id,
            moment: raised.moment,
            kind: event.kind.into(),
            severity: raised.severity.into(),
            subject: event.subject,
            address: raised.address,
            request: raised.request,
            count: event.count,
            details: event.details,
        }
    }
}

/// Which events.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// Of this kind only.
    kind: Option<EventKindBody>,
    /// Not before this moment, such as `2026-01-31T00:00:00Z`.
    since: Option<Timestamp>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<SecurityEventBody>>, Problem> {
    let query = SecurityEventQuery {
        kind: wanted.kind.map(EventKind::from),
        since: wanted.since,
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.security_events(&principal, &query).await?;
    Ok(Json(page.into()))
}
