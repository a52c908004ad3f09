//! The audit log for those who may read it: a list, a verdict, an export.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::audit::cef;
use alexandria_core::audit::chain::Link;
use alexandria_core::error::{Error, ErrorKind, Result as LibraryResult};
use alexandria_core::principal::Principal;
use alexandria_library::PAGE_ITEMS_MAX;
use alexandria_library::audit::{AUDIT_NAME_BYTES_MAX, AuditFilter, AuditQuery};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::description::file;
use super::extract::{Asker, Parameters};
use super::problem::Problem;
use super::wire::{PAGE_ITEMS_DEFAULT, PageBody};

mod entry;

pub(crate) use entry::{AuditEntryBody, AuditVerdictBody};

/// Where the audit log is.
pub(crate) const AUDIT_PATH: &str = "/api/v1/audit";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            AUDIT_PATH,
            get_with(list, |operation| {
                operation
                    .id("audit_list")
                    .tag("audit")
                    .summary("List what was done, newest first")
                    .description(
                        "Who did what to what, when and from where, in your tenant. Needs the scope \
                         `audit`.",
                    )
            }),
        )
        .api_route(
            "/api/v1/audit/verify",
            get_with(verify, |operation| {
                operation
                    .id("audit_verify")
                    .tag("audit")
                    .summary("Verify that nobody has touched the audit log")
                    .description(
                        "Computes every hash again and follows every link, from the first entry to the \
                         last. Keep `head` elsewhere and give it as `kept` later: a log that was cut or \
                         written anew as a whole is found as well. A broken log is told in the reply, \
                         whose status is 200 all the same. Needs the scope `audit`.",
                    )
            }),
        )
        .api_route(
            "/api/v1/audit/export",
            get_with(export, |operation| {
                operation
                    .id("audit_export")
                    .tag("audit")
                    .summary("Read the audit log as lines, oldest first")
                    .description(
                        "As JSON objects (`jsonl`, each as the list gives it) or in the Common Event \
                         Format (`cef`), one entry a line. Needs the scope `audit`.",
                    )
                    .response_with::<200, (), _>(|reply| {
                        let kinds = ["application/x-ndjson", "text/plain; charset=utf-8"];
                        file(reply, &kinds, "The entries.")
                    })
            }),
        )
}

/// Which entries.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// Not before this moment, such as `2026-01-31T00:00:00Z`.
    since: Option<Timestamp>,
    /// Before this moment.
    until: Option<Timestamp>,
    /// Of this actor only, such as `owner` or `user:0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69`.
    #[schemars(length(min = 1, max = AUDIT_NAME_BYTES_MAX))]
    actor: Option<String>,
    /// Of this action only, such as `documents_remove`.
    #[schemars(length(min = 1, max = AUDIT_NAME_BYTES_MAX))]
    action: Option<String>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// Which entries, and how they are written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ExportParameters {
    /// How entries are written; `jsonl` unless given.
    format: Option<FormatBody>,
    /// Not before this moment, such as `2026-01-31T00:00:00Z`.
    since: Option<Timestamp>,
    /// Before this moment.
    until: Option<Timestamp>,
    /// Of this actor only.
    #[schemars(length(min = 1, max = AUDIT_NAME_BYTES_MAX))]
    actor: Option<String>,
    /// Of this action only.
    #[schemars(length(min = 1, max = AUDIT_NAME_BYTES_MAX))]
    action: Option<String>,
}

/// How entries are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "AuditFormat")]
enum FormatBody {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// The Common Event Format.
    Cef,
}

/// What somebody has kept of an earlier verdict.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct VerifyParameters {
    /// The `head` of an earlier verdict: a sequence, a colon, and the hash of that entry.
    #[schemars(length(min = 66, max = 84))]
    kept: Option<String>,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<AuditEntryBody>>, Problem> {
    let query = AuditQuery {
        filter: AuditFilter {
            since: wanted.since,
            until: wanted.until,
            actor: wanted.actor,
            action: wanted.action,
        },
        cursor: wanted.cursor,
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
    };
    let page = app.library.audit_entries(&principal, &query).await?;
    Ok(Json(page.into()))
}

async fn verify(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<VerifyParameters>,
) -> Result<Json<AuditVerdictBody>, Problem> {
    let kept = wanted.kept.as_deref().map(link).transpose()?;
    let verdict = app.library.verify_audit(&principal, kept).await?;
    Ok(Json(verdict.into()))
}

/// A place in the log, as a verdict writes it.
fn link(text: &str) -> LibraryResult<Link> {
    let refused = || {
        Error::new(
            ErrorKind::Invalid,
            "what was kept of the audit log is a sequence, a colon and 64 hexadecimal digits, as \
             verifying it prints them",
        )
    };
    let (sequence, hash) = text.split_once(':').ok_or_else(refused)?;
    Ok(Link {
        sequence: sequence
            .parse()
            .map_err(|error| refused().with_source(error))?,
        hash: hash
            .parse()
            .map_err(|error: Error| refused().with_source(error))?,
    })
}

async fn export(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ExportParameters>,
) -> Result<Response, Problem> {
    let filter = AuditFilter {
        since: wanted.since,
        until: wanted.until,
        actor: wanted.actor,
        action: wanted.action,
    };
    let format = wanted.format.unwrap_or_default();
    let kind = match format {
        FormatBody::Jsonl => "application/x-ndjson",
        FormatBody::Cef => "text/plain; charset=utf-8",
    };
    let mut pages = Box::pin(pages(&app, principal, filter, format));
    // Whoever may not read it is told so before the reply begins.
    let first = pages.try_next().await?.unwrap_or_default();
    let all = stream::once(async move { Ok(first) }).chain(pages);
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(all)).into_response())
}

/// The lines of the log, some entries at a time.
fn pages(
    app: &Shared,
    principal: Principal,
    filter: AuditFilter,
    format: FormatBody,
) -> impl Stream<Item = LibraryResult<Bytes>> + Send + use<> {
    let begun = (Arc::clone(&app.library), principal, filter, 0);
    let version = app.config.version.clone();
    stream::try_unfold(begun, move |(library, principal, filter, after)| {
        let version = version.clone();
        async move {
            let entries = library.audit_after(&principal, &filter, after).await?;
            let Some(last) = entries.last().map(|entry| entry.sequence) else {
                return Ok(None);
            };
            let mut lines = String::new();
            for entry in entries {
                match format {
                    FormatBody::Cef => lines.push_str(&cef::line(&entry, &version)),
                    // Twins of the wire always have a JSON form.
                    FormatBody::Jsonl => {
                        let twin = AuditEntryBody::from(entry);
                        lines.push_str(&serde_json::to_string(&twin).unwrap_or_default());
                    }
                }
                lines.push('\n');
            }
            let next = (library, principal, filter, last);
            Ok(Some((Bytes::from(lines), next)))
        }
    })
}
