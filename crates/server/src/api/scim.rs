//! Provisioning by a directory: SCIM 2.0 (RFC 7643 and 7644) under `/scim/v2`.
//!
//! A User is a person of the tenant, whose address is the `userName`; a Group is a role. The directory
//! shows a key with the scope `people`, and the scopes of the roles it gives: nobody gives more than
//! they have.

use aide::axum::ApiRouter;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, SchemaObject};
use alexandria_core::access::Scope;
use alexandria_core::principal::Principal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;

mod about;
pub(in crate::api) mod error;
mod filter;
mod groups;
mod patch;
mod users;

use error::Refusal;

/// Where SCIM is.
pub(in crate::api) const BASE_PATH: &str = "/scim/v2";

/// The media type of SCIM.
const SCIM_JSON: &str = "application/scim+json";

/// The most resources of one page.
const RESOURCES_MAX: u32 = 200;

/// The resources of a page, unless said otherwise.
const RESOURCES_DEFAULT: u32 = 100;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(about::routes())
        .merge(users::routes())
        .merge(groups::routes())
}

/// Lets nobody further who may not look after people, whatever they ask about.
fn allowed(principal: &Principal) -> Result<(), Refusal> {
    Ok(principal.require(Scope::People)?)
}

/// A reply in SCIM's media type.
#[derive(Debug)]
struct Scim<T>(T);

impl<T: Serialize> IntoResponse for Scim<T> {
    fn into_response(self) -> Response {
        let mut response = axum::Json(self.0).into_response();
        let kind = HeaderValue::from_static(SCIM_JSON);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

impl<T: JsonSchema> aide::OperationOutput for Scim<T> {
    type Inner = T;

    fn operation_response(ctx: &mut GenContext, _operation: &mut Operation) -> Option<Described> {
        Some(described(ctx.schema.subschema_for::<T>(), "The resource."))
    }

    fn inferred_responses(
        ctx: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, Described)> {
        let response = Self::operation_response(ctx, operation);
        response
            .map(|response| (Some(StatusCode::OK.as_u16()), response))
            .into_iter()
            .collect()
    }
}

fn described(json_schema: schemars::Schema, about: &str) -> Described {
    let media = MediaType {
        schema: Some(SchemaObject {
            json_schema,
            example: None,
            external_docs: None,
        }),
        ..MediaType::default()
    };
    Described {
        description: about.to_owned(),
        content: [(SCIM_JSON.to_owned(), media)].into_iter().collect(),
        ..Described::default()
    }
}

/// Which resources.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ListQuery {
    /// Only those that fit, such as `userName eq "ada@example.org"`.
    #[schemars(length(max = 1024))]
    filter: Option<String>,
    /// The number of the first, from 1 on.
    start_index: Option<i64>,
    /// How many; 200 at most.
    count: Option<i64>,
}

impl ListQuery {
    /// How many are left out before the first, and how many are given.
    fn window(&self) -> (u32, u32) {
        let skip = self.start_index.unwrap_or(1).saturating_sub(1).max(0);
        let count = self.count.unwrap_or_else(|| i64::from(RESOURCES_DEFAULT));
        let count = count.clamp(0, i64::from(RESOURCES_MAX));
        let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        (small(skip), small(count))
    }
}

/// Resources.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimList_of_{T}")]
struct ListBody<T> {
    /// What this is.
    schemas: [&'static str; 1],
    /// How many there are in all.
    total_results: u64,
    /// The number of the first given here.
    start_index: u64,
    /// How many are given here.
    items_per_page: u64,
    /// The resources.
    #[serde(rename = "Resources")]
    resources: Vec<T>,
}

impl<T> ListBody<T> {
    fn new(total: u64, skip: u32, resources: Vec<T>) -> Self {
        Self {
            schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            total_results: total,
            start_index: u64::from(skip) + 1,
            items_per_page: resources.len() as u64,
            resources,
        }
    }
}

/// What there is to know about a resource.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ScimMeta")]
struct MetaBody {
    /// What it is.
    resource_type: &'static str,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<jiff::Timestamp>,
    /// Where it is.
    location: String,
}
