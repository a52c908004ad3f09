//! The ledger of a month for whoever is charged for it: each call and bill a line, streamed.
//!
//! `focus` follows the columns of FOCUS 1.0 (an open specification of cost and usage) that this
//! product has facts for; columns that may be null and would be are empty.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_core::tenant::Tenant;
use alexandria_library::usage::{UsageEntry, dollars};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream::try_unfold;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::super::Shared;
use super::super::description::file;
use super::super::extract::{Asker, Parameters};
use super::super::problem::Problem;

/// The columns of a plain table.
const COLUMNS_CSV: &str = "moment,tenant,actor,request,feature,component,provider,model,prompt_tokens,\
                           completion_tokens,cached_tokens,cost_usd,estimated\n";

/// The columns of FOCUS 1.0, in the order of the specification.
const COLUMNS_FOCUS: &str = "BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,\
                             BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeClass,\
                             ChargeDescription,ChargeFrequency,ChargePeriodEnd,ChargePeriodStart,\
                             ConsumedQuantity,ConsumedUnit,ContractedCost,EffectiveCost,\
                             InvoiceIssuerName,ListCost,PricingCategory,PricingQuantity,PricingUnit,\
                             ProviderName,PublisherName,ServiceCategory,ServiceName,SkuId,\
                             SubAccountId,SubAccountName,Tags\n";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/usage/export",
        get_with(export, |operation| {
            operation
                .id("usage_export")
                .tag("budgets")
                .summary("Export the ledger of a month")
                .description(
                    "Each call of a model and each bill a line of CSV, oldest first, streamed; \
                     `focus` has the columns of FOCUS 1.0. `Tags` hold the tenant's name, plan and \
                     region, and who, what for, and which component.",
                )
                .response_with::<200, (), _>(|reply| {
                    file(reply, &["text/csv; charset=utf-8"], "Lines of CSV.")
                })
        }),
    )
}

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ExportFormat")]
enum Format {
    /// The columns of the ledger.
    #[default]
    Csv,
    /// The columns of FOCUS 1.0.
    Focus,
}

/// Which month, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ExportParameters {
    /// `csv` unless given.
    format: Format,
    /// Such as `2026-01`; the current month (UTC) unless given.
    month: Option<String>,
}

async fn export(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ExportParameters>,
) -> Result<Response, Problem> {
    let month = match wanted.month {
        Some(text) => month_of(&text)?,
        None => app.library.catalog().today().first_of_month(),
    };
    let first = app.library.usage_entries(&principal, month, None).await?;
    let tenant = app.library.catalog().own_tenant(&principal).await?;
    let lines = Lines {
        app,
        principal,
        tenant,
        month,
        format: wanted.format,
        page: Some(first),
        head: true,
    };
    let stream = try_unfold(lines, |mut lines| async move {
        let text = lines.next().await?;
        Ok::<_, Error>(text.map(|text| (text, lines)))
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The first day of a month such as `2026-01`.
fn month_of(text: &str) -> Result<Date> {
    let first: std::result::Result<Date, _> = format!("{text}-01").parse();
    first.context(ErrorKind::Invalid, || {
        "a month is a year and a number, such as 2026-01".to_owned()
    })
}

/// What is left to be written.
struct Lines {
    app: Shared,
    principal: Principal,
    tenant: Tenant,
    month: Date,
    format: Format,
    /// Read and not yet written; none at the end.
    page: Option<Vec<UsageEntry>>,
    head: bool,
}

impl Lines {
    /// The next lines; none at the end.
    async fn next(&mut self) -> Result<Option<String>> {
        let mut text = String::new();
        if std::mem::take(&mut self.head) {
            text.push_str(match self.format {
                Format::Csv => COLUMNS_CSV,
                Format::Focus => COLUMNS_FOCUS,
            });
        }
        let Some(page) = self.page.take() else {
            return Ok((!text.is_empty()).then_some(text));
        };
        for entry in &page {
            let fields = match self.format {
                Format::Csv => plain(&self.tenant, entry),
                Format::Focus => focus(&self.tenant, self.month, entry),
            };
            let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
            text.push_str(&fields.join(","));
            text.push('\n');
        }
        if let Some(last) = page.last() {
            let library = &self.app.library;
            let next = library.usage_entries(&self.principal, self.month, Some(last));
            self.page = Some(next.await?);
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

/// A field of CSV. What a spreadsheet would take for a formula is kept from being one.
fn quoted(field: &str) -> String {
    let field = match field.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{field}"),
        Some(_) | None => field.to_owned(),
    };
    if field.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field
}

fn plain(tenant: &Tenant, entry: &UsageEntry) -> Vec<String> {
    vec![
        entry.moment.to_string(),
        tenant.name.as_str().to_owned(),
        entry.actor.clone(),
        entry.request.clone().unwrap_or_default(),
        entry.feature.clone(),
        entry.component.clone(),
        entry.provider.clone(),
        entry.model.clone(),
        entry.prompt_tokens.to_string(),
        entry.completion_tokens.to_string(),
        entry.cached_tokens.to_string(),
        format!("{:.6}", dollars(entry.cost_micros)),
        entry.is_estimated.to_string(),
    ]
}

fn focus(tenant: &Tenant, month: Date, entry: &UsageEntry) -> Vec<String> {
    let cost = format!("{:.6}", dollars(entry.cost_micros));
    let is_bill = entry.provider == "bill";
    let tokens = (entry.prompt_tokens + entry.completion_tokens).to_string();
    let unless_bill = |text: &str| {
        if is_bill {
            String::new()
        } else {
            text.to_owned()
        }
    };
    let midnight = |day: Date| format!("{day}T00:00:00Z");
    let next_month = month.last_of_month().tomorrow().unwrap_or(Date::MAX);
    let moment = entry.moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let end = entry.moment + jiff::SignedDuration::from_secs(1);
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (id, name) = (tenant.id.to_string(), tenant.name.as_str().to_owned());
    let tags = json!({
        "tenant": name,
        "plan": tenant.plan.name(),
        "region": tenant.region.as_ref().map(|region| region.as_str()),
        "actor": entry.actor,
        "feature": entry.feature,
        "component": entry.component,
        "request": entry.request,
    });
    let (category, service) = match is_bill {
        true => ("Other", entry.component.clone()),
        false => (
            "AI and Machine Learning",
            format!("{} models", entry.provider),
        ),
    };
    vec![
        cost.clone(),
        id.clone(),
        name.clone(),
        "USD".to_owned(),
        midnight(next_month),
        midnight(month),
        "Usage".to_owned(),
        String::new(),
        format!("{} by {}", entry.feature, entry.model),
        "Usage-Based".to_owned(),
        end,
        moment,
        unless_bill(&tokens),
        unless_bill("Tokens"),
        cost.clone(),
        cost.clone(),
        entry.provider.clone(),
        cost,
        unless_bill("Standard"),
        unless_bill(&tokens),
        unless_bill("Tokens"),
        entry.provider.clone(),
        entry.provider.clone(),
        category.to_owned(),
        service,
        unless_bill(&entry.model),
        id,
        name,
        tags.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::{month_of, quoted};

    #[test]
    fn a_field_breaks_out_of_no_table_and_is_no_formula() {
        let check = |field: &str, expected: &str| assert_eq!(quoted(field), expected);
        check("plain", "plain");
        check("a, \"b\"\nc", "\"a, \"\"b\"\"\nc\"");
        check("=1+1", "'=1+1");
        check("@SUM(A1),2", "\"'@SUM(A1),2\"");
        check("", "");
    }

    #[test]
    fn a_month_is_a_year_and_a_number() {
        assert_eq!(month_of("2026-01").unwrap().to_string(), "2026-01-01");
        for wrong in ["2026-13", "2026", "January", "", "2026-01-02"] {
            assert!(month_of(wrong).is_err(), "{wrong:?}");
        }
    }
}
