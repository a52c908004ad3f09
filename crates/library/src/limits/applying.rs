//! Which limits of requests hold for a caller: values in, values out.
//!
//! Every limit is two counters: the rate, measured over ten seconds so that a page that loads in one
//! burst is no offence, and the burst, what any one second may hold.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use alexandria_core::principal::{Actor, Principal};
use alexandria_store::cache::Counter;

/// Requests a second unless the settings say otherwise.
pub const RATE_DEFAULT: u64 = 50;

/// Requests beyond the rate that one second may hold unless the settings say otherwise.
pub const BURST_DEFAULT: u64 = 50;

/// The window that a rate is measured over.
pub const RATE_WINDOW: Duration = Duration::from_secs(10);

/// The window that a burst is measured over.
pub const BURST_WINDOW: Duration = Duration::from_secs(1);

/// The bits of an IPv6 address that stand for one subscriber, who may use all addresses below.
const IPV6_SUBSCRIBER_BITS: u32 = 64;

/// How many requests there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a second, over [`RATE_WINDOW`]; 0 for no limit.
    pub per_second: u64,
    /// Beyond that in any one second.
    pub burst: u64,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_second: RATE_DEFAULT,
            burst: BURST_DEFAULT,
        }
    }
}

/// The rates of each kind of caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatePolicy {
    /// Of all that belongs to one tenant together.
    pub tenant: Rate,
    /// Of one person.
    pub user: Rate,
    /// Of one key.
    pub key: Rate,
    /// Of one address, before it is known who asks.
    pub address: Rate,
}

/// Whose requests a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A tenant.
    Tenant,
    /// A person.
    User,
    /// A key.
    Key,
    /// An address.
    Address,
}

impl Subject {
    /// How a sentence begins about it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Tenant => "a tenant",
            Self::User => "a person",
            Self::Key => "a key",
            Self::Address => "an address",
        }
    }
}

/// A limit that holds for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its name in headers, problems and measures.
    pub name: &'static str,
    /// Whose requests it counts.
    pub subject: Subject,
    /// Its counter.
    pub counter: Counter,
}

/// The limits of an address. An IPv6 address counts as the network of its subscriber.
#[must_use]
pub fn of_address(policy: &RatePolicy, address: IpAddr) -> Vec<Applied> {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() >> IPV6_SUBSCRIBER_BITS << IPV6_SUBSCRIBER_BITS;
            Ipv6Addr::from_bits(network).to_string()
        }
    };
    let key = format!("rate/address/{network}");
    limits(Subject::Address, policy.address, &key).collect()
}

/// The limits of who asks. The product itself has none; the one user of a library without accounts has
/// those of a person.
#[must_use]
pub fn of_principal(policy: &RatePolicy, principal: &Principal) -> Vec<Applied> {
    let (subject, rate) = match principal.actor() {
        Actor::System(_) => return Vec::new(),
        Actor::Owner | Actor::User(_) => (Subject::User, policy.user),
        Actor::Key(_) => (Subject::Key, policy.key),
    };
    let tenant = format!("rate/tenant/{}", principal.tenant());
    let own = format!("rate/{}/{}", principal.tenant(), principal.actor());
    limits(Subject::Tenant, policy.tenant, &tenant)
        .chain(limits(subject, rate, &own))
        .collect()
}

/// The two counters of a rate; none where there is no limit.
fn limits(subject: Subject, rate: Rate, key: &str) -> impl Iterator<Item = Applied> + use<> {
    let [rate_name, burst_name] = match subject {
        Subject::Tenant => ["tenant", "tenant-burst"],
        Subject::User => ["user", "user-burst"],
        Subject::Key => ["key", "key-burst"],
        Subject::Address => ["address", "address-burst"],
    };
    let applied = |name: &'static str, key: String, quota: u64, window: Duration| Applied {
        name,
        subject,
        counter: Counter::new(key, quota, window, 1),
    };
    let sustained = rate.per_second.saturating_mul(RATE_WINDOW.as_secs());
    let at_once = rate.per_second.saturating_add(rate.burst);
    let both = (rate.per_second > 0).then(|| {
        [
            applied(rate_name, format!("{key}/rate"), sustained, RATE_WINDOW),
            applied(burst_name, format!("{key}/burst"), at_once, BURST_WINDOW),
        ]
    });
    both.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use alexandria_core::access::Scopes;
    use alexandria_core::id::{KeyId, TENANT_DEFAULT, TenantId, UserId};
    use uuid::Uuid;

    use super::*;

    fn principal(tenant: TenantId, actor: Actor) -> Principal {
        Principal::authenticated(tenant, actor, Scopes::all())
    }

    fn keys(limits: &[Applied]) -> Vec<&str> {
        limits.iter().map(|limit| limit.counter.key()).collect()
    }

    #[test]
    fn a_caller_has_the_limits_of_its_tenant_and_its_own() {
        let policy = RatePolicy::default();
        let check = |actor: Actor, names: &[&str]| {
            let limits = of_principal(&policy, &principal(TENANT_DEFAULT, actor));
            let found: Vec<_> = limits.iter().map(|limit| limit.name).collect();
            assert_eq!(found, names);
        };
        let (user, key) = (Uuid::from_u128(1), Uuid::from_u128(2));
        check(
            Actor::Owner,
            &["tenant", "tenant-burst", "user", "user-burst"],
        );
        check(
            Actor::User(UserId::from_uuid(user)),
            &["tenant", "tenant-burst", "user", "user-burst"],
        );
        check(
            Actor::Key(KeyId::from_uuid(key)),
            &["tenant", "tenant-burst", "key", "key-burst"],
        );
        check(Actor::System("testing"), &[]);
    }

    #[test]
    fn callers_of_two_tenants_share_no_counter() {
        let policy = RatePolicy::default();
        let other = TenantId::from_uuid(Uuid::from_u128(9));
        let one = of_principal(&policy, &principal(TENANT_DEFAULT, Actor::Owner));
        let two = of_principal(&policy, &principal(other, Actor::Owner));
        assert!(keys(&one).iter().all(|key| !keys(&two).contains(key)));
    }

    #[test]
    fn a_rate_is_over_ten_seconds_and_a_burst_over_one() {
        let policy = RatePolicy {
            address: Rate {
                per_second: 5,
                burst: 3,
            },
            ..RatePolicy::default()
        };
        let limits = of_address(&policy, IpAddr::from([192, 0, 2, 1]));
        let figures: Vec<_> = limits
            .iter()
            .map(|limit| (limit.counter.quota(), limit.counter.window().as_secs()))
            .collect();
        assert_eq!(figures, [(50, 10), (8, 1)]);
        let free = RatePolicy {
            address: Rate {
                per_second: 0,
                burst: 3,
            },
            ..policy
        };
        assert_eq!(of_address(&free, IpAddr::from([192, 0, 2, 1])), []);
    }

    #[test]
    fn a_subscriber_cannot_hide_in_its_network() {
        let policy = RatePolicy::default();
        let key = |address: &str| {
            let limits = of_address(&policy, address.parse().unwrap());
            limits[0].counter.key().to_owned()
        };
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
    }
}
