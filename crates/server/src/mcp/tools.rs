//! The tools: `search`, `ask`, `read_document` and `list`. They only look.
//!
//! A tool that cannot do what it was asked says why in its result, where a language model reads it;
//! that there is no such tool is told as an error of the protocol.

use std::sync::OnceLock;

use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::message::{Fault, Message};
use crate::api::Shared;
use crate::api::problem::Problem;

mod ask;
mod list;
mod read_document;
mod search;

/// What a tool says: a text for a language model, and the same for a program.
struct Said {
    text: String,
    structured: Value,
}

impl Said {
    fn new(text: String, structured: &impl Serialize) -> Self {
        // Structs of texts and numbers always have a JSON form.
        Self {
            text,
            structured: serde_json::to_value(structured).unwrap_or_default(),
        }
    }
}

/// A tool, as clients are told of it.
fn describe<Given: JsonSchema, Told: JsonSchema>(name: &str, title: &str, about: &str) -> Value {
    json!({
        "name": name,
        "title": title,
        "description": about,
        "inputSchema": schema::<Given>(),
        "outputSchema": schema::<Told>(),
        "annotations": {
            "title": title,
            "readOnlyHint": true,
            "destructiveHint": false,
            "idempotentHint": true,
            "openWorldHint": false,
        },
    })
}

fn schema<T: JsonSchema>() -> Schema {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    // The name of a type in this program says nothing to anybody else.
    schema.remove("title");
    schema
}

/// Every tool, always in the same order.
pub(super) fn all() -> &'static [Value] {
    static ALL: OnceLock<Vec<Value>> = OnceLock::new();
    ALL.get_or_init(|| {
        vec![
            search::describe(),
            ask::describe(),
            read_document::describe(),
            list::describe(),
        ]
    })
}

/// Calls a tool.
pub(super) async fn call(
    app: &Shared,
    principal: &Principal,
    message: &Message,
) -> Result<Value, Fault> {
    let name = message.param("name").and_then(Value::as_str);
    let given = message.param("arguments").filter(|given| !given.is_null());
    let given = given.cloned().unwrap_or_else(|| json!({}));
    let said = match name {
        Some(search::NAME) => {
            run(given, async |given| {
                search::run(app, principal, given).await
            })
            .await
        }
        Some(ask::NAME) => run(given, async |given| ask::run(app, principal, given).await).await,
        Some(read_document::NAME) => {
            run(given, async |given| {
                read_document::run(app, principal, given).await
            })
            .await
        }
        Some(list::NAME) => run(given, async |given| list::run(app, principal, given).await).await,
        Some(other) => return Err(Fault::params(format!("there is no tool {other:?}"))),
        None => return Err(Fault::params("the name of the tool is missing")),
    };
    Ok(match said {
        Ok(said) => json!({
            "content": [{ "type": "text", "text": said.text }],
            "structuredContent": said.structured,
            "isError": false,
        }),
        Err(sentence) => json!({
            "content": [{ "type": "text", "text": sentence }],
            "isError": true,
        }),
    })
}

/// Runs a tool with what it was given; the sentence that says why not otherwise.
async fn run<Given: DeserializeOwned>(
    given: Value,
    tool: impl AsyncFnOnce(Given) -> Result<Said>,
) -> Result<Said, String> {
    let given = serde_json::from_value(given)
        .map_err(|error| format!("the arguments do not fit: {error}"))?;
    tool(given).await.map_err(|error| {
        let problem = Problem::from(error);
        if problem.status().is_server_error() {
            tracing::warn!("a tool failed: {}", problem.for_log());
        }
        problem.detail().to_owned()
    })
}

/// Where something stands, for people: page and headings.
fn place(page: Option<u32>, section: &[String]) -> String {
    let mut parts: Vec<String> = page
        .map(|page| format!("page {page}"))
        .into_iter()
        .collect();
    if !section.is_empty() {
        parts.push(section.join(" › "));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn every_tool_only_looks_and_says_what_it_takes_and_tells() {
        let names: Vec<_> = all().iter().map(|tool| tool["name"].as_str()).collect();
        let expected = ["search", "ask", "read_document", "list"];
        assert_eq!(names, expected.map(Some));
        for tool in all() {
            assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
            assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
            assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
            assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
            let text = tool.to_string();
            assert!(!text.contains("$ref"), "{text}");
        }
    }
}
