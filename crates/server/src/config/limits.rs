//! The limits of use, as the settings say them.

use std::time::Duration;

use alexandria_library::limits::applying::{Rate, RatePolicy};
use alexandria_library::limits::{FloodPolicy, LimitSettings, PlacePolicy};

use super::settings::Config;

/// The limits in force.
pub(crate) fn settings(config: &Config) -> LimitSettings {
    let rate = |own: Option<u64>| Rate {
        per_second: own.unwrap_or(config.limit_rps),
        burst: config.limit_burst,
    };
    LimitSettings {
        redis: config.redis_url.clone(),
        rates: RatePolicy {
            tenant: rate(config.limit_tenant_rps),
            user: rate(config.limit_user_rps),
            key: rate(config.limit_key_rps),
            address: rate(config.limit_address_rps),
        },
        places: PlacePolicy {
            tenant_requests_max: config.limit_tenant_requests_max,
            user_requests_max: config.limit_user_requests_max,
            tenant_answers_max: config.limit_tenant_answers_max,
            user_answers_max: config.limit_user_answers_max,
        },
        flood: FloodPolicy {
            tokens_max: config.limit_tokens_max,
            window: Duration::from_secs(config.limit_tokens_seconds),
            open: Duration::from_secs(config.limit_tokens_pause_seconds),
        },
    }
}
