//! Bodies as our own description allows them, filled in as far as they must be.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use super::calls::nobody;

/// What a text begins with where any will do; a number follows that is never the same.
pub(super) const WORDS: &str = "words of tower ";

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// How deep a body is filled in.
const DEPTH_MAX: usize = 6;

/// What a body has to be.
pub(super) struct Body {
    pub(super) schema: Value,
    /// What the schema refers to.
    pub(super) schemas: Value,
}

impl Body {
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str() {
            return self.resolved(&self.schemas[name.rsplit('/').next().unwrap()]);
        }
        for choice in ["anyOf", "oneOf", "allOf"] {
            if let Some(options) = schema[choice].as_array() {
                let some = options.iter().find(|option| option["type"] != "null");
                return some.map_or(schema, |option| self.resolved(option));
            }
        }
        schema
    }

    /// The smallest that fits, with a word at one place.
    pub(super) fn with(&self, leaf: Option<(&[String], &str)>) -> Value {
        self.filled(&self.schema, leaf, 0)
    }

    fn filled(&self, schema: &Value, leaf: Option<(&[String], &str)>, depth: usize) -> Value {
        let schema = self.resolved(schema);
        if let Some(choices) = schema["enum"].as_array() {
            return choices[0].clone();
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if depth > DEPTH_MAX {
            return Value::Null;
        }
        let first = leaf.and_then(|(path, word)| Some((path.split_first()?, word)));
        match kind(schema) {
            "object" => {
                let required = schema["required"].as_array().cloned().unwrap_or_default();
                let mut fields = Map::new();
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    let inside = first
                        .filter(|((wanted, _), _)| *wanted == name)
                        .map(|((_, rest), word)| (rest, word));
                    if inside.is_some() || required.iter().any(|one| one == name) {
                        fields.insert(name.clone(), self.filled(property, inside, depth + 1));
                    }
                }
                Value::Object(fields)
            }
            "array" => {
                let inside = first.map(|((_, rest), word)| (rest, word));
                let least = schema["minItems"].as_u64().unwrap_or(0);
                if inside.is_some() || least > 0 {
                    json!([self.filled(&schema["items"], inside, depth + 1)])
                } else {
                    json!([])
                }
            }
            "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
            "boolean" => json!(false),
            _ => match leaf {
                Some((_, word)) => json!(word),
                None => json!(sample(schema)),
            },
        }
    }

    /// Every place of the body where a word may stand.
    pub(super) fn leaves(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        self.look(&self.schema, &mut Vec::new(), &mut found);
        found
    }

    fn look(&self, schema: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
        let schema = self.resolved(schema);
        if path.len() > DEPTH_MAX {
            return;
        }
        match kind(schema) {
            "object" => {
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    path.push(name.clone());
                    self.look(property, path, found);
                    path.pop();
                }
            }
            "array" => {
                path.push(String::new());
                self.look(&schema["items"], path, found);
                path.pop();
            }
            "string" if schema["enum"].is_null() => found.push(path.clone()),
            _ => {}
        }
    }
}

/// What a schema describes.
fn kind(schema: &Value) -> &str {
    let kinds = schema["type"].as_array().map(Vec::as_slice);
    let kinds = kinds.unwrap_or(std::slice::from_ref(&schema["type"]));
    let mut named = kinds.iter().filter_map(Value::as_str);
    let unnamed = if schema["properties"].is_object() {
        "object"
    } else {
        "string"
    };
    named.find(|kind| *kind != "null").unwrap_or(unnamed)
}

/// A text that fits a schema.
fn sample(schema: &Value) -> String {
    match schema["format"].as_str() {
        Some("uuid") => nobody(""),
        Some("date-time") => "2030-01-01T00:00:00Z".to_owned(),
        // What is made twice must not be in the way of the second.
        _ => format!("{WORDS}{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
    }
}
