//! The calls that our own description allows: every operation, with its parts of the path, its query and
//! its body filled in.

use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::support::{Server, form, read};
use super::bodies::Body;
use super::things::Things;

/// An operation of the description.
pub(super) struct Operation {
    pub(super) id: String,
    method: String,
    path: String,
    /// The parts of the path that name something, and those that are one of a few words.
    segments: Vec<String>,
    choices: Vec<(String, String)>,
    query: Vec<(String, bool)>,
    body: Option<Body>,
    takes_files: bool,
    /// Whether nothing has to be shown.
    pub(super) is_open: bool,
    /// Whether it is a tool of the Model Context Protocol.
    is_tool: bool,
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
                let request = request.header("accept", "application/json, text/event-stream;q=0.5");
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
            let schemas = &api["components"]["schemas"];
            let choices = parameters
                .iter()
                .filter(|one| one["in"] == "path")
                .filter_map(|one| Some((one["name"].as_str()?, choice(&one["schema"], schemas)?)))
                .map(|(name, word)| (name.to_owned(), word))
                .collect::<Vec<_>>();
            let content = &operation["requestBody"]["content"];
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                segments: of("path")
                    .into_iter()
                    .map(|(name, _)| name)
                    .filter(|name| !choices.iter().any(|(fixed, _)| fixed == name))
                    .collect(),
                choices,
                query: of("query"),
                body: content.get("application/json").map(|kind| Body {
                    schema: kind["schema"].clone(),
                    schemas: schemas.clone(),
                }),
                takes_files: content.get("multipart/form-data").is_some(),
                is_open: operation["security"] == json!([{}]) || path.starts_with("/health"),
                is_tool: false,
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

/// Every tool that the server offers to programs that speak the Model Context Protocol.
pub(super) async fn tools(caller: &Caller<'_>) -> Vec<Operation> {
    let list = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} });
    let request = caller.request("POST", "/mcp");
    let request = request.header("content-type", "application/json");
    let request = request.header("accept", "application/json, text/event-stream");
    let (status, told) = read(request.body(list.to_string())).await;
    assert_eq!(status, 200, "{told}");
    let operation = |tool: &Value| Operation {
        id: format!("mcp_{}", tool["name"].as_str().unwrap()),
        method: "POST".to_owned(),
        path: "/mcp".to_owned(),
        segments: Vec::new(),
        choices: Vec::new(),
        query: Vec::new(),
        body: Some(Body {
            schema: tool["inputSchema"].clone(),
            schemas: tool["inputSchema"]["$defs"].clone(),
        }),
        takes_files: false,
        is_open: false,
        is_tool: true,
    };
    let tools = told["result"]["tools"].as_array().unwrap();
    tools.iter().map(operation).collect()
}

/// The first of the words that a schema allows, if it allows only some.
fn choice(schema: &Value, schemas: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return choice(&schemas[name.rsplit('/').next()?], schemas);
    }
    let first = schema["enum"].as_array().and_then(|words| words.first());
    let first = first.or_else(|| schema["oneOf"][0].get("const"));
    first?.as_str().map(str::to_owned)
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
        let body = self.body.as_ref().filter(|_| !self.takes_files);
        for leaf in body.map(Body::leaves).unwrap_or_default() {
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

    /// What is sent: a tool is called by a message around what it is given.
    fn in_envelope(&self, given: Value) -> Value {
        if !self.is_tool {
            return given;
        }
        let params = json!({ "name": self.id.replace("mcp_", ""), "arguments": given });
        json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params })
    }

    fn finish(
        &self,
        mut path: String,
        query: &[(&str, &str)],
        leaf: Option<(&[String], &str)>,
    ) -> Call {
        for (name, word) in &self.choices {
            path = path.replace(&format!("{{{name}}}"), word);
        }
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
            body: body.map(|body| self.in_envelope(body.with(leaf))),
            file: self.takes_files.then(|| "Notes".to_owned()),
            name: String::new(),
        }
    }
}

/// What nobody has, in the form of this part of a path.
pub(super) fn nobody(segment: &str) -> String {
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
