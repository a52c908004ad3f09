//! What `/metrics` tells, and the names under which it is told.
//!
//! The names are a contract with the dashboards and alerts. The library reports its own through the
//! same facade: `llm_query_duration_seconds`, `cache_hit_rate`, `database_connections_active`.

use alexandria_core::error::{Context, ErrorKind, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Requests answered, by method, endpoint (the route's template) and status.
pub(crate) const HTTP_REQUESTS_TOTAL: &str = "http_requests_total";

/// How long requests took, by method and endpoint.
pub(crate) const HTTP_REQUEST_DURATION_SECONDS: &str = "http_request_duration_seconds";

/// Requests being answered.
pub(crate) const HTTP_REQUESTS_ACTIVE: &str = "http_requests_active";

/// How long answering questions took.
pub(crate) const LLM_QUERY_DURATION_SECONDS: &str = "llm_query_duration_seconds";

/// The part of cache look-ups that found something, between 0 and 1.
pub(crate) const CACHE_HIT_RATE: &str = "cache_hit_rate";

/// Connections to the catalog's database in use.
pub(crate) const DATABASE_CONNECTIONS_ACTIVE: &str = "database_connections_active";

/// When the certificate that the server shows ends, in Unix time; 0 while it is one of its own.
pub(crate) const TLS_CERTIFICATE_EXPIRES: &str = "tls_certificate_expiry_timestamp_seconds";

/// Orders of certificates from an authority, by outcome (`issued`, `failed`).
pub(crate) const TLS_ORDERS_TOTAL: &str = "tls_orders_total";

/// Upper bounds of the histograms' buckets, in seconds: the targets 0.5, 2, 3 and 10 s are bounds.
const SECONDS: [f64; 13] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 60.0,
];

/// Starts counting. What is returned renders the text that Prometheus reads.
///
/// # Errors
/// [`ErrorKind::Internal`] when the process counts already.
pub(crate) fn begin() -> Result<PrometheusHandle> {
    let about = || "cannot start the metrics".to_owned();
    let mut builder = PrometheusBuilder::new();
    for name in [HTTP_REQUEST_DURATION_SECONDS, LLM_QUERY_DURATION_SECONDS] {
        builder = builder
            .set_buckets_for_metric(Matcher::Full(name.to_owned()), &SECONDS)
            .context(ErrorKind::Internal, about)?;
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).context(ErrorKind::Internal, about)?;
    describe();
    Ok(handle)
}

/// Says what each measure is, and makes those known that nothing has reported yet.
fn describe() {
    alexandria_library::metrics::describe();
    metrics::describe_counter!(HTTP_REQUESTS_TOTAL, "Requests answered.");
    metrics::describe_histogram!(HTTP_REQUEST_DURATION_SECONDS, "How long requests took.");
    metrics::describe_gauge!(HTTP_REQUESTS_ACTIVE, "Requests being answered.");
    metrics::describe_histogram!(
        LLM_QUERY_DURATION_SECONDS,
        "How long answering questions took."
    );
    metrics::describe_gauge!(
        CACHE_HIT_RATE,
        "The part of cache look-ups that found something."
    );
    metrics::describe_gauge!(
        DATABASE_CONNECTIONS_ACTIVE,
        "Connections to the database in use."
    );
    metrics::describe_gauge!(
        TLS_CERTIFICATE_EXPIRES,
        "When the certificate in use ends, in Unix time; 0 while it is one that the server has signed."
    );
    metrics::describe_counter!(
        TLS_ORDERS_TOTAL,
        "Orders of certificates from an authority, by outcome."
    );
    metrics::gauge!(HTTP_REQUESTS_ACTIVE).set(0.0);
    metrics::gauge!(CACHE_HIT_RATE).set(0.0);
    metrics::gauge!(DATABASE_CONNECTIONS_ACTIVE).set(0.0);
    // A histogram that exists shows its buckets from the start, so that dashboards find it.
    let _registered = metrics::histogram!(LLM_QUERY_DURATION_SECONDS);
}
