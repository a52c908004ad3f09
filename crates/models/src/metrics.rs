//! The names of what is measured of providers. The server exports them.

/// Gauge: what the circuit before a provider does, by provider: 0 it lets calls through, 1 it lets one
/// through to find out, 2 it lets none through.
pub const PROVIDER_CIRCUIT_STATE: &str = "llm_provider_circuit_state";

/// Counter: calls of providers that failed, by provider and kind (`timeout`, `exhausted`, `forbidden`,
/// `unavailable`, `not_found`, `invalid`, `too_large`, `other`). Each attempt counts.
pub const PROVIDER_FAILURES_TOTAL: &str = "llm_provider_failures_total";

/// Tells the recorder what each metric means. Call it once, after installing a recorder.
pub fn describe() {
    metrics::describe_gauge!(
        PROVIDER_CIRCUIT_STATE,
        "Circuit before a provider: 0 closed, 1 trying, 2 open."
    );
    metrics::describe_counter!(
        PROVIDER_FAILURES_TOTAL,
        "Calls of providers that failed, by provider and kind."
    );
}
