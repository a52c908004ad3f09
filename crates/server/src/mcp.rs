//! The Model Context Protocol (MCP): the library as tools that programs with a language model call.
//!
//! One message of JSON-RPC comes in and at most one goes out, so that nothing is remembered between
//! two of them. Two kinds of client are served at the same address: those of revision 2026-07-28,
//! whose every request says which revision it speaks, and those of 2025-11-25 (and 2025-06-18, which
//! is the same for these tools), which shake hands first with `initialize`.

use alexandria_core::principal::Principal;
use serde_json::{Value, json};

use crate::api::Shared;

mod http;
mod message;
mod tools;

pub(crate) use http::{PATH, headers_for, routes};
use message::{Fault, Message, Reply};

/// The revision in which every request stands for itself.
const MODERN: &str = "2026-07-28";

/// The revisions that begin with a handshake, the last first.
const LEGACY: [&str; 2] = ["2025-11-25", "2025-06-18"];

/// Where a request says which revision it speaks.
const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// Where a request says what its client can do.
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";

/// Where a reply says who answers.
const SERVER_KEY: &str = "io.modelcontextprotocol/serverInfo";

/// How long the list of tools may be kept, in milliseconds: it changes with the program alone.
const TOOLS_TTL_MS: u64 = 3_600_000;

/// What a client is told about the use of the tools.
const INSTRUCTIONS: &str = "\
This is a library of documents. Use `ask` for a question: its answer is made of exact sentences, each \
with the document and the page that it stands on, or says that the library does not answer it. Use \
`search` to find passages, `read_document` to read on around one (give its document_id and start), and \
`list` to see which documents and collections there are. Quote as it stands, and name the document \
and the page.";

/// Which of its two ways a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    /// Every request stands for itself.
    Modern,
    /// The handshake comes first.
    Legacy,
}

/// The revision that a request claims for itself, where it does.
fn claimed(message: &Message) -> Option<&str> {
    message.meta(VERSION_KEY).and_then(Value::as_str)
}

/// Answers a request. `version` is the revision that came beside it, for clients of the older kind.
async fn answer(
    app: &Shared,
    principal: &Principal,
    message: &Message,
    version: Option<&str>,
) -> Reply {
    let era = match era(message, version) {
        Ok(era) => era,
        Err(fault) => return fault.into(),
    };
    let result = match (message.method.as_str(), era) {
        ("initialize", Era::Legacy) => Ok(initialize(app, message)),
        ("ping", Era::Legacy) => Ok(json!({})),
        ("server/discover", Era::Modern) => Ok(discover()),
        ("tools/list", _) => Ok(list(era)),
        ("tools/call", _) => tools::call(app, principal, message).await,
        (method, _) => Err(Fault::unknown_method(method)),
    };
    match (result, era) {
        (Ok(result), Era::Modern) => Reply::Result(complete(app, result)),
        (Ok(result), Era::Legacy) => Reply::Result(result),
        (Err(fault), _) => fault.into(),
    }
}

/// Which way a request is to be served.
fn era(message: &Message, version: Option<&str>) -> Result<Era, Fault> {
    if message.method == "initialize" {
        return Ok(Era::Legacy);
    }
    let is_modern = claimed(message).is_some() || version == Some(MODERN);
    if is_modern {
        return match claimed(message) {
            Some(MODERN) if message.meta(CAPABILITIES_KEY).is_some_and(Value::is_object) => {
                Ok(Era::Modern)
            }
            Some(MODERN) => Err(Fault::missing_meta(CAPABILITIES_KEY)),
            Some(other) => Err(Fault::unsupported(other)),
            None => Err(Fault::missing_meta(VERSION_KEY)),
        };
    }
    match version {
        Some(version) if !LEGACY.contains(&version) => Err(Fault::unsupported(version)),
        // A client that says nothing has said it in its handshake.
        Some(_) | None => Ok(Era::Legacy),
    }
}

/// The handshake of the older kind: the client's revision where it is spoken here, else the last.
fn initialize(app: &Shared, message: &Message) -> Value {
    let asked = message.param("protocolVersion").and_then(Value::as_str);
    let [last, ..] = LEGACY;
    let spoken = LEGACY.into_iter().find(|known| Some(*known) == asked);
    json!({
        "protocolVersion": spoken.unwrap_or(last),
        "capabilities": { "tools": { "listChanged": false } },
        "serverInfo": server_info(app),
        "instructions": INSTRUCTIONS,
    })
}

fn discover() -> Value {
    let mut versions = vec![MODERN];
    versions.extend(LEGACY);
    json!({
        "supportedVersions": versions,
        "capabilities": { "tools": {} },
        "instructions": INSTRUCTIONS,
        "ttlMs": TOOLS_TTL_MS,
        "cacheScope": "public",
    })
}

fn list(era: Era) -> Value {
    match era {
        Era::Modern => {
            json!({ "tools": tools::all(), "ttlMs": TOOLS_TTL_MS, "cacheScope": "public" })
        }
        Era::Legacy => json!({ "tools": tools::all() }),
    }
}

/// What every result of the newer kind says beside what it is about.
fn complete(app: &Shared, mut result: Value) -> Value {
    if let Some(fields) = result.as_object_mut() {
        fields.insert("resultType".to_owned(), "complete".into());
        let meta = json!({ SERVER_KEY: server_info(app) });
        fields.insert("_meta".to_owned(), meta);
    }
    result
}

fn server_info(app: &Shared) -> Value {
    json!({ "name": "alexandria", "title": app.config.name, "version": app.config.version })
}
