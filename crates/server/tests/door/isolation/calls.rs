//! The calls that our own description allows: every operation, with its parts of the path, its query and
//! its body filled in.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use super::super::access::Caller;
use super::super::support::{Server, form};
use super::things::Things;

/// What a text begins with where any will do; a number follows that is never the same.
pub(super) const WORDS: &str = "words of tower ";

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// How deep a body is filled in.
const DEPTH_MAX: usize = 6;

/// An operation of the description.
pub(super) struct Operation {
    pub(super) id: String,
    method: String,
    path: String,
    segments: Vec<String>,
    query: Vec<(String, bool)>,
    body: Option<Value>,
    takes_files: bool,
    /// Whether nothing has to be shown.
    pub(super) is_open: bool,
    schemas: Value,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: String,
    path: String,
    body: Option<Value>,
    file: Option<String>,
    /// What stands in it that the other of a pair has not.
    pub(super) name: String,
}

impl Call {
    pub(super) async fn send(&self, caller: &Caller<'_>) -> reqwest::Response {
        let request = if caller.token.is_empty() {
            caller.server.request(&self.method, &self.path)
        } else {
            caller.request(&self.method, &self.path)
        };
        let request = match (&self.body, &self.file) {
            (Some(body), _) => {
                let request = request.header("content-type", "application/json");
                request.body(body.to_string())
            }
            (None, Some(collection)) => {
                let text = b"# A note\n\nNothing in particular.";
                let fields = [("purpose", "assistants"), ("collection", collection)];
                // Only one of the two dialects knows each field.
                let field = fields[usize::from(!self.path.starts_with("/v1"))];
                let (kind, body) = form(&[("note.md", text)], &[field]);
                request.header("content-type", kind).body(body)
            }
            (None, None) => request,
        };
        request.send().await.unwrap()
    }

    /// A reply to this call as the reply to the other would be.
    pub(super) fn with_names_of(&self, other: &Self, shape: &Value) -> Value {
        let text = shape.to_string();
        let quoted = |name: &str| json!(name).to_string().trim_matches('"').to_owned();
        let told = text.replace(&quoted(&self.name), &quoted(&other.name));
        serde_json::from_str(&told).unwrap()
    }
}

/// Every operation that the server describes.
pub(super) async fn operations(server: &Server) -> Vec<Operation> {
    let (_, api) = server.get("/openapi.json").await;
    let mut all = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let of = |place: &str| {
                let these = parameters.iter().filter(|one| one["in"] == place);
                these
                    .map(|one| {
                        (
                            one["name"].as_str().unwrap().to_owned(),
                            one["required"] == true,
                        )
                    })
                    .collect::<Vec<_>>()
            };
            let content = &operation["requestBody"]["content"];
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                segments: of("path").into_iter().map(|(name, _)| name).collect(),
                query: of("query"),
                body: content
                    .get("application/json")
                    .map(|kind| kind["schema"].clone()),
                takes_files: content.get("multipart/form-data").is_some(),
                is_open: operation["security"] == json!([{}]) || path.starts_with("/health"),
                schemas: api["components"]["schemas"].clone(),
            });
        }
    }
    assert!(
        all.len() > 100,
        "the description names {} operations",
        all.len()
    );
    all
}

impl Operation {
    /// Whether it only looks.
    pub(super) fn is_reading(&self) -> bool {
        self.method == "GET"
    }

    /// Pairs of calls that differ in one word: another tenant's, and one that nobody has.
    pub(super) fn pairs(&self, things: &Things) -> Vec<(Call, Call)> {
        let mut pairs = Vec::new();
        for segment in &self.segments {
            for (own, unknown) in Self::words(things, segment) {
                let call = |word: &str| self.call(things, Some((segment, word)), None, None);
                pairs.push((call(own), call(unknown)));
            }
        }
        for (name, _) in &self.query {
            let is_position = name == "after" || name == "before";
            if things.knows(name) || is_position {
                for (own, unknown) in things.named(if is_position { "document" } else { name }) {
                    let call = |word: &str| self.call(things, None, Some((name, word)), None);
                    pairs.push((call(own), call(unknown)));
                }
            }
        }
        for leaf in self.leaves() {
            let name = leaf
                .iter()
                .rfind(|part| !part.is_empty())
                .cloned()
                .unwrap_or_default();
            if things.knows(&name) {
                for (own, unknown) in things.named(&name) {
                    let call = |word: &str| self.call(things, None, None, Some((&leaf, word)));
                    pairs.push((call(own), call(unknown)));
                }
            }
        }
        if self.takes_files && !self.path.starts_with("/v1") {
            for (own, unknown) in things.named("collection") {
                let call = |word: &str| Call {
                    body: None,
                    file: Some(word.to_owned()),
                    name: word.to_owned(),
                    ..self.to_nothing()
                };
                pairs.push((call(own), call(unknown)));
            }
        }
        pairs
    }

    /// The words for a part of a path: a part that no kind is named after is tried with all.
    fn words<'a>(things: &'a Things, segment: &str) -> Vec<(&'a str, &'a str)> {
        if segment == "page" {
            return Vec::new();
        }
        things.named(segment)
    }

    /// The call with nothing of anybody's in it, where it needs none.
    pub(super) fn plain(&self, things: &Things) -> Vec<Call> {
        if self.segments.is_empty() {
            return vec![self.call(things, None, None, None)];
        }
        Vec::new()
    }

    /// The call with ids that nobody has.
    pub(super) fn to_nothing(&self) -> Call {
        let mut path = self.path.clone();
        for segment in &self.segments {
            let word = if segment == "page" {
                "1".to_owned()
            } else {
                nobody(segment)
            };
            path = path.replace(&format!("{{{segment}}}"), &word);
        }
        self.finish(path, &[], None)
    }

    fn call(
        &self,
        things: &Things,
        segment: Option<(&String, &str)>,
        query: Option<(&String, &str)>,
        leaf: Option<(&Vec<String>, &str)>,
    ) -> Call {
        let mut path = self.path.clone();
        for name in &self.segments {
            let word = match segment {
                Some((wanted, word)) if wanted == name => encoded(word),
                _ if name == "page" => "1".to_owned(),
                // Beside the one that is looked at, the other parts are the tenant's as well.
                Some(_) => encoded(things.named(name)[0].0),
                None => nobody(name),
            };
            path = path.replace(&format!("{{{name}}}"), &word);
        }
        let query: Vec<_> = query
            .into_iter()
            .map(|(name, word)| (name.as_str(), word))
            .collect();
        let mut call = self.finish(
            path,
            &query,
            leaf.map(|(leaf, word)| (leaf.as_slice(), word)),
        );
        let word = [
            segment.map(|(_, word)| word),
            query.first().map(|(_, word)| *word),
            leaf.map(|(_, word)| word),
        ];
        call.name = word
            .into_iter()
            .flatten()
            .next()
            .unwrap_or_default()
            .to_owned();
        call
    }

    fn finish(
        &self,
        path: String,
        query: &[(&str, &str)],
        leaf: Option<(&[String], &str)>,
    ) -> Call {
        let mut parts: Vec<String> = query
            .iter()
            .map(|(name, word)| format!("{name}={}", encoded(word)))
            .collect();
        for (name, required) in &self.query {
            if *required && !query.iter().any(|(given, _)| given == name) {
                let value = if name == "query" { "tower" } else { "1" };
                parts.push(format!("{name}={value}"));
            }
        }
        let path = if parts.is_empty() {
            path
        } else {
            format!("{path}?{}", parts.join("&"))
        };
        let body = self.body.as_ref().filter(|_| !self.takes_files);
        Call {
            method: self.method.clone(),
            path,
            body: body.map(|schema| self.filled(schema, leaf, 0)),
            file: self.takes_files.then(|| "Notes".to_owned()),
            name: String::new(),
        }
    }

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

    /// The smallest body that fits, with a word at one place.
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
    fn leaves(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        if let Some(schema) = self.body.as_ref().filter(|_| !self.takes_files) {
            self.look(schema, &mut Vec::new(), &mut found);
        }
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

/// What nobody has, in the form of this part of a path.
fn nobody(segment: &str) -> String {
    let id = uuid::Uuid::from_u128(0x0198_c1f4_6e1a_7bd3_9a4e_1f2d_3c4b_5a69);
    match segment {
        "file" => format!("file-{}", id.simple()),
        "store" => format!("vs_{}", id.simple()),
        "actor" => format!("user:{id}"),
        _ => id.to_string(),
    }
}

fn encoded(word: &str) -> String {
    word.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
