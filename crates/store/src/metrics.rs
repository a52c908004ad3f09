//! The names of what the stores measure. The server exports them.

/// Gauge: 1 while the shared cache does not answer and each process keeps limits for itself, else 0.
pub const CACHE_SHARED_AWAY: &str = "cache_shared_away";

/// Counter: calls that the cache of this process answered in place of the shared one.
pub const CACHE_STANDBY_CALLS_TOTAL: &str = "cache_standby_calls_total";

/// Tells the recorder what each metric means.
pub fn describe() {
    metrics::describe_gauge!(
        CACHE_SHARED_AWAY,
        "1 while Redis does not answer and each process keeps limits for itself."
    );
    metrics::describe_counter!(
        CACHE_STANDBY_CALLS_TOTAL,
        "Calls answered by this process in place of Redis."
    );
}
