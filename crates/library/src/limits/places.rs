//! Places for what is under way at once. A place is given back when it is dropped, however its holder
//! ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use alexandria_core::principal::{Actor, Principal};

use crate::metrics::LIMIT_REFUSALS_TOTAL;

/// Requests of one tenant under way at once unless the settings say otherwise.
pub const TENANT_REQUESTS_DEFAULT: usize = 128;

/// Requests of one person or key under way at once unless the settings say otherwise.
pub const USER_REQUESTS_DEFAULT: usize = 64;

/// Answers of one tenant made at once unless the settings say otherwise.
pub const TENANT_ANSWERS_DEFAULT: usize = 10;

/// Answers of one person or key made at once unless the settings say otherwise.
pub const USER_ANSWERS_DEFAULT: usize = 5;

/// When one who found no place is told to come back: an answer takes about as long.
const COME_BACK: Duration = Duration::from_secs(1);

/// How many may be under way at once; 0 for no limit. The one user of a library without accounts has
/// the limits of its tenant alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacePolicy {
    /// Requests of one tenant.
    pub tenant_requests_max: usize,
    /// Requests of one person or key.
    pub user_requests_max: usize,
    /// Answers of one tenant.
    pub tenant_answers_max: usize,
    /// Answers of one person or key.
    pub user_answers_max: usize,
}

impl Default for PlacePolicy {
    fn default() -> Self {
        Self {
            tenant_requests_max: TENANT_REQUESTS_DEFAULT,
            user_requests_max: USER_REQUESTS_DEFAULT,
            tenant_answers_max: TENANT_ANSWERS_DEFAULT,
            user_answers_max: USER_ANSWERS_DEFAULT,
        }
    }
}

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A request, until the last byte of its reply.
    Request,
    /// The making of an answer.
    Answer,
}

impl Kind {
    /// Its name in measures and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Answer => "answers",
        }
    }
}

/// Whose places, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    kind: Kind,
    tenant: TenantId,
    /// One of the tenant's callers; the whole tenant when none.
    actor: Option<String>,
}

/// So many of a tenant are under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub kind: Kind,
    /// How many.
    pub count: usize,
}

/// A place that is wanted, and how many there are.
#[derive(Debug)]
pub(super) struct Wanted {
    key: Key,
    max: usize,
    /// The name of the limit.
    name: &'static str,
}

/// The places a request needs.
pub(super) fn requests(policy: &PlacePolicy, principal: &Principal) -> Vec<Wanted> {
    let maxima = [policy.tenant_requests_max, policy.user_requests_max];
    wanted(
        Kind::Request,
        principal,
        maxima,
        ["tenant-requests", "user-requests"],
    )
}

/// The places an answer needs.
pub(super) fn answers(policy: &PlacePolicy, principal: &Principal) -> Vec<Wanted> {
    let maxima = [policy.tenant_answers_max, policy.user_answers_max];
    wanted(
        Kind::Answer,
        principal,
        maxima,
        ["tenant-answers", "user-answers"],
    )
}

fn wanted(
    kind: Kind,
    principal: &Principal,
    maxima: [usize; 2],
    names: [&'static str; 2],
) -> Vec<Wanted> {
    let own = match principal.actor() {
        Actor::System(_) => return Vec::new(),
        Actor::Owner => None,
        Actor::User(_) | Actor::Key(_) => Some(principal.actor().to_string()),
    };
    let place = |actor, max, name| Wanted {
        key: Key {
            kind,
            tenant: principal.tenant(),
            actor,
        },
        max,
        name,
    };
    let [tenant_max, user_max] = maxima;
    let [tenant_name, user_name] = names;
    let mut places = vec![place(None, tenant_max, tenant_name)];
    places.extend(own.map(|own| place(Some(own), user_max, user_name)));
    // Zero is no limit.
    places.retain(|place| place.max > 0);
    places
}

/// All places, and how many of each are taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<Key, usize>>>,
}

/// Something under way. Dropping it gives the place back.
#[derive(Debug)]
pub struct Place {
    places: Places,
    keys: Vec<Key>,
}

impl Places {
    /// Takes all that is wanted, or nothing.
    pub(super) fn take(&self, wanted: Vec<Wanted>) -> Result<Place> {
        let mut taken = self.taken();
        for Wanted { key, max, name } in &wanted {
            if taken.get(key).is_none_or(|count| count < max) {
                continue;
            }
            metrics::counter!(LIMIT_REFUSALS_TOTAL, "limit" => *name).increment(1);
            let (whose, what) = (whose(key), key.kind.name());
            let sentence = format!(
                "the limit \"{name}\" is used up: {whose} may have {max} {what} under way at once; \
                 come back in {} s",
                COME_BACK.as_secs()
            );
            return Err(Error::new(ErrorKind::Exhausted, sentence).with_retry_after(COME_BACK));
        }
        let keys: Vec<Key> = wanted.into_iter().map(|wanted| wanted.key).collect();
        for key in &keys {
            *taken.entry(key.clone()).or_default() += 1;
        }
        drop(taken);
        Ok(Place {
            places: self.clone(),
            keys,
        })
    }

    /// What is under way, by tenant.
    pub(super) fn under_way(&self) -> Vec<UnderWay> {
        let taken = self.taken();
        let of_tenants = taken.iter().filter(|(key, _)| key.actor.is_none());
        let mut found: Vec<UnderWay> = of_tenants
            .map(|(key, count)| UnderWay {
                tenant: key.tenant,
                kind: key.kind,
                count: *count,
            })
            .collect();
        found.sort_unstable_by_key(|found| (found.tenant, found.kind));
        found
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whose(key: &Key) -> &'static str {
    match &key.actor {
        None => "a tenant",
        Some(_) => "a person or key",
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        for key in &self.keys {
            // An entry goes with its last place, so that the map holds no more than is under way.
            if let Some(count) = taken.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(key);
                }
            }
        }
    }
}
