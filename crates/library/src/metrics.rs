//! The names of what the library measures. The server exports them.

/// Histogram: the time from a question or search to its reply, in seconds.
pub const LLM_QUERY_DURATION_SECONDS: &str = "llm_query_duration_seconds";

/// Gauge: the share of cache look-ups that hit, from 0 to 1, since the process started.
pub const CACHE_HIT_RATE: &str = "cache_hit_rate";

/// Counter: cache look-ups by cache (`answers`, `searches`, `questions`) and outcome (`hit`, `miss`).
pub const CACHE_LOOKUPS_TOTAL: &str = "cache_lookups_total";

/// Gauge: connections to the catalog's database that are in use.
pub const DATABASE_CONNECTIONS_ACTIVE: &str = "database_connections_active";

/// Counter: jobs by kind and outcome (`done`, `retried`, `waits` for a budget, `failed`).
pub const JOBS_TOTAL: &str = "jobs_total";

/// Histogram: the time a job took, in seconds, by kind.
pub const JOB_DURATION_SECONDS: &str = "job_duration_seconds";

/// Counter: searches that went on without one of their parts, by part.
pub const SEARCH_DEGRADED_TOTAL: &str = "search_degraded_total";

/// Counter: citations that did not match the stored text and were dropped. Anything above zero is a
/// fault of ours.
pub const CITATIONS_DROPPED_TOTAL: &str = "citations_dropped_total";

/// Counter: sentences of language models that were checked, by outcome (`supported`, `unsupported`).
pub const SENTENCES_CHECKED_TOTAL: &str = "sentences_checked_total";

/// Counter: tokens of language models, by provider, kind (`prompt`, `completion`, `cached`), and whether
/// they are estimated because the provider did not say or broke off.
pub const TOKENS_TOTAL: &str = "llm_tokens_total";

/// Gauge that only grows: money spent on language models by the table of prices, in US dollars, by
/// provider and whether it is estimated. Counters of this format hold whole numbers only.
pub const COST_USD_TOTAL: &str = "llm_cost_usd_total";
/// Counter: questions of experiments, by number of the variant (the control is 0) and outcome (`answered`,
/// `not_found`, `failed`).
pub const EXPERIMENT_ANSWERS_TOTAL: &str = "experiment_answers_total";

/// Counter: experiments that were stopped, by what (`command`, `guardrail`).
pub const EXPERIMENTS_STOPPED_TOTAL: &str = "experiments_stopped_total";

/// Gauge: the share of the month's budget that is used, from 0; above 1 when the last call went beyond it.
pub const BUDGET_USED_SHARE: &str = "llm_budget_used_share";

/// Counter: requests refused, by the name of the limit (`tenant`, `user-burst`, `user-tokens`, …).
pub const LIMIT_REFUSALS_TOTAL: &str = "limit_refusals_total";

/// Counter: requests that went on uncounted because counting failed. Anything above zero is a fault.
pub const LIMITS_UNCOUNTED_TOTAL: &str = "limits_uncounted_total";

/// Gauge: circuits of callers that are not closed, by state (`open`, `half_open`), as far as this
/// process has met them.
pub const TOKEN_FLOOD_CIRCUITS: &str = "token_flood_circuits";

/// Counter: circuits of callers that were opened.
pub const TOKEN_FLOODS_TOTAL: &str = "token_floods_total";
/// Counter: security events by kind.
pub const SECURITY_EVENTS_TOTAL: &str = "alexandria_security_events_total";

/// Counter: entries written to the audit log.
pub const AUDIT_ENTRIES_TOTAL: &str = "alexandria_audit_entries_total";

/// Counter: entries that could not be written to the audit log. Anything above zero is to be looked at.
pub const AUDIT_FAILURES_TOTAL: &str = "alexandria_audit_failures_total";

/// Counter: levels of budgets that have been reached, by level (`budget-alert`, `budget-cap`).
pub const BUDGET_REACHED_TOTAL: &str = "budget_reached_total";

/// Counter: calls of models that were not made because a budget was used up, by feature.
pub const CALLS_REFUSED_TOTAL: &str = "llm_calls_refused_total";

/// Tells the recorder what each metric means. Call it once, after installing a recorder.
pub fn describe() {
    metrics::describe_histogram!(
        LLM_QUERY_DURATION_SECONDS,
        metrics::Unit::Seconds,
        "Time from a question or search to its reply."
    );
    metrics::describe_gauge!(
        CACHE_HIT_RATE,
        "Share of cache look-ups that hit, from 0 to 1."
    );
    metrics::describe_counter!(CACHE_LOOKUPS_TOTAL, "Cache look-ups by cache and outcome.");
    metrics::describe_gauge!(
        DATABASE_CONNECTIONS_ACTIVE,
        "Connections to the catalog's database in use."
    );
    metrics::describe_counter!(JOBS_TOTAL, "Jobs by kind and outcome.");
    metrics::describe_histogram!(
        JOB_DURATION_SECONDS,
        metrics::Unit::Seconds,
        "Time a job took, by kind."
    );
    metrics::describe_counter!(
        SEARCH_DEGRADED_TOTAL,
        "Searches that went on without one of their parts, by part."
    );
    metrics::describe_counter!(
        CITATIONS_DROPPED_TOTAL,
        "Citations dropped because they did not match the stored text."
    );
    metrics::describe_counter!(
        SENTENCES_CHECKED_TOTAL,
        "Sentences of language models that were checked, by outcome."
    );
    metrics::describe_counter!(
        TOKENS_TOTAL,
        "Tokens of language models, by provider, kind, and whether they are estimated."
    );
    metrics::describe_gauge!(
        COST_USD_TOTAL,
        "US dollars spent on language models by the table of prices, by provider; only grows."
    );
    describe_money();
    alexandria_models::metrics::describe();
    alexandria_store::metrics::describe();
    metrics::describe_counter!(LIMIT_REFUSALS_TOTAL, "Requests refused, by limit.");
    metrics::describe_counter!(
        LIMITS_UNCOUNTED_TOTAL,
        "Requests that went on uncounted because counting failed."
    );
    metrics::describe_gauge!(
        TOKEN_FLOOD_CIRCUITS,
        "Circuits of callers who flooded the library with tokens, by state."
    );
    metrics::describe_counter!(TOKEN_FLOODS_TOTAL, "Circuits of callers that were opened.");
    metrics::describe_counter!(
        EXPERIMENT_ANSWERS_TOTAL,
        "Questions of experiments, by variant and outcome."
    );
    metrics::describe_counter!(
        EXPERIMENTS_STOPPED_TOTAL,
        "Experiments that were stopped, by what."
    );
    metrics::describe_counter!(SECURITY_EVENTS_TOTAL, "Security events by kind.");
    metrics::describe_counter!(AUDIT_ENTRIES_TOTAL, "Entries written to the audit log.");
    metrics::describe_counter!(
        AUDIT_FAILURES_TOTAL,
        "Entries that could not be written to the audit log."
    );
}

/// The same for what models cost.
fn describe_money() {
    metrics::describe_gauge!(
        BUDGET_USED_SHARE,
        "Share of the month's budget for models that is used."
    );
    metrics::describe_counter!(
        BUDGET_REACHED_TOTAL,
        "Levels of budgets that have been reached, by level."
    );
    metrics::describe_counter!(
        CALLS_REFUSED_TOTAL,
        "Calls of models not made because a budget was used up, by feature."
    );
}
