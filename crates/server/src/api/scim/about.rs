//! What of SCIM is spoken here (RFC 7643, 5 to 7).

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Refusal;
use super::{BASE_PATH, ListBody, RESOURCES_MAX, Scim, groups, users};
use crate::api::Shared;
use crate::api::extract::Segments;
use crate::api::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/scim/v2/ServiceProviderConfig",
            get_with(config, |operation| {
                operation
                    .id("scim_config")
                    .tag("scim")
                    .summary("Say what of SCIM is spoken")
            }),
        )
        .api_route(
            "/scim/v2/ResourceTypes",
            get_with(types, |operation| {
                operation
                    .id("scim_resource_types")
                    .tag("scim")
                    .summary("List the sorts of resources")
            }),
        )
        .api_route(
            "/scim/v2/Schemas",
            get_with(schemas, |operation| {
                operation
                    .id("scim_schemas")
                    .tag("scim")
                    .summary("List what resources are made of")
            }),
        )
        .api_route(
            "/scim/v2/Schemas/{schema}",
            get_with(schema, |operation| {
                operation
                    .id("scim_schema")
                    .tag("scim")
                    .summary("Say what a resource is made of")
            }),
        )
}

async fn config() -> Scim<Value> {
    let off = json!({ "supported": false });
    Scim(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": RESOURCES_MAX },
        "changePassword": off,
        "sort": off,
        "etag": off,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API key",
            "description": "A key with the scope people, as Authorization: Bearer …",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{BASE_PATH}/ServiceProviderConfig"),
        },
    }))
}

async fn types() -> Scim<ListBody<Value>> {
    let of = |name: &str, endpoint: &str, schema: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "schema": schema,
            "meta": {
                "resourceType": "ResourceType",
                "location": format!("{BASE_PATH}/ResourceTypes/{name}"),
            },
        })
    };
    let all = vec![
        of("User", "/Users", users::SCHEMA),
        of("Group", "/Groups", groups::SCHEMA),
    ];
    Scim(ListBody::new(all.len() as u64, 0, all))
}

/// The schemas.
fn known() -> [Value; 2] {
    let attribute = |name: &str, kind: &str, mutability: &str, required: bool| {
        let several = ["emails", "roles", "members"].contains(&name);
        let uniqueness = if name == "userName" { "server" } else { "none" };
        json!({
            "name": name,
            "type": kind,
            "multiValued": several,
            "required": required,
            "caseExact": false,
            "mutability": mutability,
            "returned": "default",
            "uniqueness": uniqueness,
        })
    };
    let schema = |id: &str, name: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": format!("{BASE_PATH}/Schemas/{id}"),
            },
        })
    };
    let user = vec![
        attribute("userName", "string", "readWrite", true),
        attribute("displayName", "string", "readWrite", false),
        attribute("name", "complex", "readWrite", false),
        attribute("active", "boolean", "readWrite", false),
        attribute("emails", "complex", "readOnly", false),
        attribute("roles", "complex", "readWrite", false),
    ];
    let group = vec![
        attribute("displayName", "string", "readOnly", true),
        attribute("members", "complex", "readWrite", false),
    ];
    [
        schema(users::SCHEMA, "User", user),
        schema(groups::SCHEMA, "Group", group),
    ]
}

async fn schemas() -> Scim<ListBody<Value>> {
    let all = known().to_vec();
    Scim(ListBody::new(all.len() as u64, 0, all))
}

/// Which schema.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// Its name.
    schema: String,
}

async fn schema(Segments(which): Segments<Which>) -> Result<Scim<Value>, Refusal> {
    let named = |schema: &Value| {
        let id = schema.get("id").and_then(Value::as_str);
        id == Some(which.schema.as_str())
    };
    let found = known().into_iter().find(named);
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "there is no schema of that name");
    Ok(Scim(found.ok_or_else(unknown)?))
}
