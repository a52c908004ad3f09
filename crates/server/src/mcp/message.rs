//! Messages of JSON-RPC 2.0, as far as this protocol uses them.

use serde_json::{Map, Value, json};

use super::{LEGACY, MODERN};

/// A request, or a notification when it has no id.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    /// The id under which the reply is expected; none for a notification.
    pub(super) id: Option<Value>,
    /// What is asked for.
    pub(super) method: String,
    params: Map<String, Value>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incoming {
    /// A message that asks or tells something.
    Message(Message),
    /// A reply: nothing was asked from here, so it says nothing.
    Reply,
}

impl Incoming {
    /// Reads a message.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
            return Err(Fault::new(
                -32_700,
                "the message is not JSON",
                Sort::Request,
            ));
        };
        let Value::Object(mut fields) = value else {
            return Err(Fault::malformed("a message is one JSON object"));
        };
        if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(Fault::malformed("a message says \"jsonrpc\": \"2.0\""));
        }
        let Some(method) = fields.get("method") else {
            let is_reply = fields.contains_key("result") || fields.contains_key("error");
            return if is_reply {
                Ok(Self::Reply)
            } else {
                Err(Fault::malformed("a message has a method"))
            };
        };
        let Some(method) = method.as_str().map(str::to_owned) else {
            return Err(Fault::malformed("the method of a message is a text"));
        };
        let params = match fields.remove("params") {
            None => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(Fault::malformed("the params of a message are an object")),
        };
        let id = fields.remove("id");
        if id
            .as_ref()
            .is_some_and(|id| !id.is_string() && !id.is_number())
        {
            return Err(Fault::malformed(
                "the id of a message is a text or a number",
            ));
        }
        Ok(Self::Message(Message { id, method, params }))
    }
}

impl Message {
    /// A parameter.
    pub(super) fn param(&self, name: &str) -> Option<&Value> {
        self.params.get(name)
    }

    /// Something that is said beside the parameters.
    pub(super) fn meta(&self, name: &str) -> Option<&Value> {
        self.params.get("_meta")?.get(name)
    }
}

/// What a request is answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// What was asked for.
    Result(Value),
    /// Why it cannot be told.
    Fault(Fault),
}

impl Reply {
    /// The reply as it crosses the wire.
    pub(super) fn render(&self, id: Option<&Value>) -> Value {
        let id = id.cloned().unwrap_or_default();
        match self {
            Self::Result(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Self::Fault(fault) => json!({ "jsonrpc": "2.0", "id": id, "error": fault.render() }),
        }
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Whose fault it is, which decides the status over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// The request as such cannot be served.
    Request,
    /// There is no such method.
    Method,
    /// What is asked for does not fit.
    Params,
}

/// Why a request cannot be answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    code: i32,
    sentence: String,
    data: Option<Value>,
    /// Whose fault it is.
    pub(super) sort: Sort,
}

impl Fault {
    /// The message is not one of this protocol.
    pub(super) fn malformed(sentence: &str) -> Self {
        Self::new(-32_600, sentence, Sort::Request)
    }

    /// There is no such method.
    pub(super) fn unknown_method(method: &str) -> Self {
        let sentence = format!("there is no method {method:?}");
        Self::new(-32_601, sentence, Sort::Method)
    }

    /// The parameters do not fit.
    pub(super) fn params(sentence: impl Into<String>) -> Self {
        Self::new(-32_602, sentence, Sort::Params)
    }

    /// A request of the newer kind does not say what it must.
    pub(super) fn missing_meta(key: &str) -> Self {
        let sentence = format!("the _meta of a request must hold {key:?}");
        Self::new(-32_602, sentence, Sort::Request)
    }

    /// A header does not say what the message says.
    pub(super) fn header(sentence: impl Into<String>) -> Self {
        Self::new(-32_020, sentence, Sort::Request)
    }

    /// The revision is not spoken here.
    pub(super) fn unsupported(version: &str) -> Self {
        let mut supported = vec![MODERN];
        supported.extend(LEGACY);
        Self {
            data: Some(json!({ "supported": supported, "requested": version })),
            ..Self::new(
                -32_022,
                format!("the protocol revision {version:?} is not spoken here"),
                Sort::Request,
            )
        }
    }

    fn new(code: i32, sentence: impl Into<String>, sort: Sort) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            data: None,
            sort,
        }
    }

    fn render(&self) -> Value {
        let mut fault = json!({ "code": self.code, "message": self.sentence });
        if let (Some(fields), Some(data)) = (fault.as_object_mut(), &self.data) {
            fields.insert("data".to_owned(), data.clone());
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::Incoming;

    #[test]
    fn what_is_no_message_is_refused() {
        let check = |text: &str, reads: bool| {
            assert_eq!(Incoming::read(text.as_bytes()).is_ok(), reads, "{text}");
        };
        check(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, true);
        check(
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            true,
        );
        check(r#"{"jsonrpc":"2.0","id":"a","result":{}}"#, true);
        check(r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, false);
        check(r#"{"jsonrpc":"2.0","id":1}"#, false);
        check(r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, false);
        check(
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            false,
        );
        check(r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, false);
        check("{", false);
        check("", false);
    }
}
