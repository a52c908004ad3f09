//! Security events: what authentication and the faces of the library notice, and the rules that see an
//! attack in it.
//!
//! What was noticed lately is held in this process: several processes each see their own part. The
//! events themselves are kept in the catalog, counted, logged under the target `security`, and handed
//! to whoever listens.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::access::Scope;
use alexandria_core::audit::bounded;
use alexandria_core::clock::Clock;
use alexandria_core::error::Result;
use alexandria_core::id::{KeyId, TENANT_DEFAULT, TenantId, UserId};
use alexandria_core::principal::{Origin, Principal};
use alexandria_core::security::{
    BRUTE_FORCE, Counting, EventKind, MASS_EXPORT, PASSWORD_SPRAYING, Rule, SCOPE_PROBING,
    Severity, Watch,
};
use alexandria_store::catalog::Catalog;
pub use alexandria_store::catalog::{NewSecurityEvent, Page, SecurityEvent, SecurityEventQuery};
use tokio::sync::broadcast;

use crate::library::Library;
use crate::metrics::SECURITY_EVENTS_TOTAL;

/// The target of log lines about security events.
pub const SECURITY_TARGET: &str = "security";

/// Events of low severity that a process keeps in a minute; further ones are counted and logged only,
/// so that nobody fills the disk by being refused.
pub const LOW_EVENTS_PER_MINUTE_MAX: u32 = 600;

/// Events that wait for a slow listener; then it misses the oldest.
const LISTENER_EVENTS_MAX: usize = 256;

/// Being told to slow down is noted once a minute for each caller.
const RATE_LIMITED: Rule = Rule {
    kind: EventKind::RateLimited,
    counting: Counting::All,
    window_seconds: 60,
    threshold: 1,
};

/// A program that goes on with a revoked key is told of once a minute.
const TOKEN_REUSED: Rule = Rule {
    kind: EventKind::TokenReused,
    ..RATE_LIMITED
};

/// The account that somebody tried to sign in to.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    /// One that there is.
    Known(UserId),
    /// What was typed: only a fingerprint of it is kept, and that under a key of this process.
    Named(&'a str),
}

/// What was used again although it had been replaced or revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reused {
    /// A refresh token that had been exchanged for another.
    RefreshToken,
    /// A key that had been revoked.
    RevokedKey,
    /// A code that may be used once.
    OneTimeCode,
}

impl Reused {
    const fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh_token",
            Self::RevokedKey => "revoked_key",
            Self::OneTimeCode => "one_time_code",
        }
    }
}

/// Whether a key is in the wrong hands or everybody only pretends it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It is.
    Earnest,
    /// The drill.
    Drill,
}

/// Notices, and raises events.
#[derive(Debug)]
pub struct Security {
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    watches: Mutex<Watches>,
    kept: Mutex<Kept>,
    fingerprints: RandomState,
    listeners: broadcast::Sender<Arc<SecurityEvent>>,
}

#[derive(Debug)]
struct Watches {
    spraying: Watch,
    brute_force: Watch,
    exports: Watch,
    probing: Watch,
    rate_limited: Watch,
    reused: Watch,
}

/// How many events of low severity this minute has kept.
#[derive(Debug, Default)]
struct Kept {
    minute: i64,
    events: u32,
}

impl Library {
    /// The security events of the tenant that a query asks for, newest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn security_events(
        &self,
        principal: &Principal,
        query: &SecurityEventQuery,
    ) -> Result<Page<SecurityEvent>> {
        principal.require(Scope::Audit)?;
        self.catalog.security_events(principal, query).await
    }

    /// What notices attacks.
    #[must_use]
    pub const fn security(&self) -> &Security {
        &self.security
    }
}

impl Security {
    pub(crate) fn new(catalog: Catalog, clock: Arc<dyn Clock>) -> Self {
        let watches = Watches {
            spraying: Watch::new(PASSWORD_SPRAYING),
            brute_force: Watch::new(BRUTE_FORCE),
            exports: Watch::new(MASS_EXPORT),
            probing: Watch::new(SCOPE_PROBING),
            rate_limited: Watch::new(RATE_LIMITED),
            reused: Watch::new(TOKEN_REUSED),
        };
        Self {
            catalog,
            clock,
            watches: Mutex::new(watches),
            kept: Mutex::default(),
            fingerprints: RandomState::new(),
            listeners: broadcast::Sender::new(LISTENER_EVENTS_MAX),
        }
    }

    /// Every event from now on, of every tenant: for the webhook of the installation.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<SecurityEvent>> {
        self.listeners.subscribe()
    }

    /// A request came without credentials that are good.
    pub async fn unauthenticated(&self, origin: &Origin, action: &str) {
        let nobody = nobody(None, origin);
        let event = event(EventKind::Unauthenticated, &address_of(origin), 1);
        self.raise(&nobody, with(event, "action", action)).await;
    }

    /// Somebody tried to sign in and did not succeed. The tenant is that of the account, if it is known.
    pub async fn sign_in_failed(
        &self,
        tenant: Option<TenantId>,
        account: Account<'_>,
        origin: &Origin,
    ) {
        let (fingerprint, account) = self.fingerprint(account);
        let address = address_of(origin);
        let nobody = nobody(tenant, origin);
        let now = self.clock.now();
        let (sprayed, forced) = {
            let mut watches = self.watches();
            (
                watches.spraying.note(&address, fingerprint, now),
                watches.brute_force.note(&account, 0, now),
            )
        };
        let failed = event(EventKind::SignInFailed, &account, 1);
        self.raise(&nobody, failed).await;
        if let Some(count) = sprayed {
            let event = event(EventKind::PasswordSpraying, &address, count);
            self.raise(&nobody, event).await;
        }
        if let Some(count) = forced {
            let event = event(EventKind::BruteForce, &account, count);
            self.raise(&nobody, event).await;
        }
    }

    /// Something was used again that had been replaced or revoked: somebody has a copy. The principal
    /// is the one that it belonged to. Raised once a minute for each.
    pub async fn token_reused(&self, principal: &Principal, what: Reused) {
        let actor = principal.actor().to_string();
        let now = self.clock.now();
        let first = {
            let subject = subject(principal, &actor);
            self.watches().reused.note(&subject, 0, now)
        };
        if first.is_none() {
            return;
        }
        let event = event(EventKind::TokenReused, &actor, 1);
        self.raise(principal, with(event, "what", what.name()))
            .await;
    }

    /// Somebody known tried what they may not.
    pub async fn forbidden(&self, principal: &Principal, action: &str) {
        let actor = principal.actor().to_string();
        let subject = subject(principal, &actor);
        let now = self.clock.now();
        let probing = self.watches().probing.note(&subject, 0, now);
        let forbidden = event(EventKind::Forbidden, &actor, 1);
        self.raise(principal, with(forbidden, "action", action))
            .await;
        if let Some(count) = probing {
            let event = event(EventKind::ScopeProbing, &actor, count);
            self.raise(principal, event).await;
        }
    }

    /// A caller was told to slow down; a principal where one is known.
    pub async fn rate_limited(&self, principal: Option<&Principal>, origin: &Origin, action: &str) {
        let nobody = nobody(None, origin);
        let name = principal.map_or_else(|| address_of(origin), |known| known.actor().to_string());
        let principal = principal.unwrap_or(&nobody);
        let now = self.clock.now();
        let first = {
            let subject = subject(principal, &name);
            self.watches().rate_limited.note(&subject, 0, now)
        };
        if first.is_some() {
            let event = event(EventKind::RateLimited, &name, 1);
            self.raise(principal, with(event, "action", action)).await;
        }
    }

    /// Somebody took an original or an export.
    pub async fn exported(&self, principal: &Principal, action: &str) {
        let actor = principal.actor().to_string();
        let now = self.clock.now();
        let many = {
            let subject = subject(principal, &actor);
            self.watches().exports.note(&subject, 0, now)
        };
        if let Some(count) = many {
            let event = event(EventKind::MassExport, &actor, count);
            self.raise(principal, with(event, "action", action)).await;
        }
    }

    /// A key was declared to be in the wrong hands.
    pub async fn key_compromised(&self, principal: &Principal, key: KeyId, alarm: Alarm) {
        let event = event(EventKind::KeyCompromised, &format!("key:{key}"), 1);
        let drill = match alarm {
            Alarm::Earnest => "false",
            Alarm::Drill => "true",
        };
        let event = with(event, "drill", drill);
        let by = principal.actor().to_string();
        self.raise(principal, with(event, "by", &by)).await;
    }

    /// Counts, logs, keeps and hands over an event. What cannot be kept is in the log.
    async fn raise(&self, principal: &Principal, new: NewSecurityEvent) {
        let kind = new.kind.name();
        metrics::counter!(SECURITY_EVENTS_TOTAL, "kind" => kind).increment(1);
        Self::log(principal, &new);
        if !self.has_room(new.kind.severity()) {
            return;
        }
        match self.catalog.add_security_event(principal, new).await {
            // Nobody may be listening.
            Ok(event) => drop(self.listeners.send(Arc::new(event))),
            Err(error) => {
                tracing::error!(kind, error = %error.chain(), "cannot keep a security event");
            }
        }
    }

    fn log(principal: &Principal, event: &NewSecurityEvent) {
        let kind = event.kind.name();
        let severity = event.kind.severity();
        let origin = principal.origin();
        let request_id = origin.map_or("", |origin| origin.request.as_str());
        let address = origin.and_then(|origin| origin.address);
        let address = address
            .map(|address| address.to_string())
            .unwrap_or_default();
        let tenant = principal.tenant();
        let (subject, count) = (event.subject.as_str(), event.count);
        let mut details = String::new();
        for (name, value) in &event.details {
            // A string takes whatever is written to it.
            write!(details, "{name}={value} ").ok();
        }
        let details = details.trim_end();
        if severity == Severity::Low {
            tracing::info!(target: SECURITY_TARGET, kind, severity = severity.name(), tenant.id = %tenant,
                subject, address, request_id, count, details, "security event");
        } else {
            tracing::warn!(target: SECURITY_TARGET, kind, severity = severity.name(), tenant.id = %tenant,
                subject, address, request_id, count, details, "security event");
        }
    }

    /// Whether an event of this severity is to be kept.
    fn has_room(&self, severity: Severity) -> bool {
        if severity != Severity::Low {
            return true;
        }
        let minute = self.clock.now().as_second().div_euclid(60);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.minute != minute {
            *kept = Kept { minute, events: 0 };
        }
        kept.events = kept.events.saturating_add(1);
        kept.events <= LOW_EVENTS_PER_MINUTE_MAX
    }

    fn watches(&self) -> std::sync::MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells an account apart, and its name in events.
    fn fingerprint(&self, account: Account<'_>) -> (u64, String) {
        match account {
            Account::Known(id) => {
                let name = format!("user:{id}");
                (self.fingerprints.hash_one(&name), name)
            }
            Account::Named(typed) => {
                let fingerprint = self.fingerprints.hash_one(typed.trim().to_lowercase());
                (fingerprint, format!("unknown:{fingerprint:016x}"))
            }
        }
    }
}

/// Nobody, asking from there.
fn nobody(tenant: Option<TenantId>, origin: &Origin) -> Principal {
    Principal::system(tenant.unwrap_or(TENANT_DEFAULT), "noticing a stranger")
        .asking_from(Arc::new(origin.clone()))
}

/// Actors of two tenants may have the same name.
fn subject(principal: &Principal, name: &str) -> String {
    format!("{} {name}", principal.tenant())
}

fn address_of(origin: &Origin) -> String {
    let address = origin.address.map(|address| address.to_string());
    address.unwrap_or_else(|| "this machine".to_owned())
}

fn event(kind: EventKind, subject: &str, count: u64) -> NewSecurityEvent {
    NewSecurityEvent {
        kind,
        subject: bounded(subject, alexandria_core::audit::AUDIT_NAME_BYTES_MAX),
        count,
        details: BTreeMap::new(),
    }
}

fn with(mut event: NewSecurityEvent, name: &str, value: &str) -> NewSecurityEvent {
    let value = bounded(value, alexandria_core::audit::AUDIT_DETAIL_BYTES_MAX);
    event.details.insert(name.to_owned(), value);
    event
}
