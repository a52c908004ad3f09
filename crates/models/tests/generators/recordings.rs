//! What each provider sends, byte for byte.
//!
//! These are recordings that stand for services which cannot be had in a test: they are not taken from
//! the wire but written by hand after the providers' public descriptions of their formats (chat
//! completions, `streamGenerateContent`, `/api/chat`, messages), with every kind of piece that the
//! descriptions name. The protocol of OpenAI is also tested against a real server; see `real.rs`.

use alexandria_models::provider::Provider;

/// What a provider sends on different occasions. Every answer's text is [`TEXT`].
pub(crate) struct Recording {
    pub(crate) provider: Provider,
    /// The line of the request that asks for text, and of the one that asks for a sign of life.
    pub(crate) asks: &'static str,
    pub(crate) checks: &'static str,
    /// How the key stands in the head of a request.
    pub(crate) key: &'static str,
    /// A whole answer with 21 tokens of prompt, 8 of them cached where the provider says so, and 7
    /// tokens written.
    pub(crate) answer: &'static str,
    pub(crate) cached_tokens: u64,
    /// An answer without a word about tokens.
    pub(crate) unmetered: &'static str,
    /// An answer that was cut because it was long enough.
    pub(crate) length: &'static str,
    /// The provider or its model does not want to answer.
    pub(crate) refusal: &'static str,
    /// It breaks off with an error of its own after a piece of text.
    pub(crate) error: &'static str,
    /// A piece of text, without an end.
    pub(crate) piece: &'static str,
    /// The reply to the question for a sign of life.
    pub(crate) alive: &'static str,
}

pub(crate) const TEXT: &str = "Whales eat krill — “a lot”.";

pub(crate) const MODEL: &str = "model-1";

pub(crate) const KEY: &str = "key-that-must-not-show";

const OPENAI_ANSWER: &str = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1794000000,"model":"model-1","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Whales eat"},"logprobs":null,"finish_reason":null}],"usage":null}

: kept open

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" krill — “a lot”."},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":7,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}

data: [DONE]

"#;

const OPENAI_UNMETERED: &str = r#"data: {"choices":[{"delta":{"content":"Whales eat krill — “a lot”."}}]}

data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

data: [DONE]

"#;

const OPENAI_LENGTH: &str = r#"data: {"choices":[{"delta":{"content":"Whales"},"finish_reason":"length"}]}

data: [DONE]

"#;

const OPENAI_REFUSAL: &str = r#"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"refusal":"I am sorry"},"finish_reason":null}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

"#;

const OPENAI_ERROR: &str = r#"data: {"choices":[{"delta":{"content":"Whales"}}]}

data: {"error":{"message":"The server had an error about key-that-must-not-show","type":"server_error","param":null,"code":null}}

"#;

const OPENAI_PIECE: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Whales\"}}]}\n\n";

pub(crate) const RECORDINGS: [Recording; 5] = [
    Recording {
        provider: Provider::OpenAi,
        asks: "POST /chat/completions",
        checks: "GET /models/model-1",
        key: "authorization: bearer key-that-must-not-show\r\n",
        answer: OPENAI_ANSWER,
        cached_tokens: 8,
        unmetered: OPENAI_UNMETERED,
        length: OPENAI_LENGTH,
        refusal: OPENAI_REFUSAL,
        error: OPENAI_ERROR,
        piece: OPENAI_PIECE,
        alive: r#"{"id":"model-1","object":"model","created":1794000000,"owned_by":"system"}"#,
    },
    Recording {
        provider: Provider::Compatible,
        asks: "POST /chat/completions",
        checks: "GET /models",
        key: "authorization: bearer key-that-must-not-show\r\n",
        answer: OPENAI_ANSWER,
        cached_tokens: 8,
        unmetered: OPENAI_UNMETERED,
        length: OPENAI_LENGTH,
        refusal: OPENAI_REFUSAL,
        error: OPENAI_ERROR,
        piece: OPENAI_PIECE,
        alive: r#"{"object":"list","data":[{"id":"model-1","object":"model"}]}"#,
    },
    Recording {
        provider: Provider::Gemini,
        asks: "POST /v1beta/models/model-1:streamGenerateContent?alt=sse",
        checks: "GET /v1beta/models/model-1",
        key: "x-goog-api-key: key-that-must-not-show\r\n",
        answer: "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"What do whales eat?\",\"thought\": true}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 21,\"totalTokenCount\": 21},\"modelVersion\": \"model-1\",\"responseId\": \"r1\"}\r\n\r\n\
            data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Whales eat\"}],\"role\": \"model\"},\"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 21,\"candidatesTokenCount\": 2,\"totalTokenCount\": 23}}\r\n\r\n\
            data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \" krill — \"},{\"text\": \"“a lot”.\"}],\"role\": \"model\"},\"finishReason\": \"STOP\",\"index\": 0,\"safetyRatings\": [{\"category\": \"HARM_CATEGORY_HARASSMENT\",\"probability\": \"NEGLIGIBLE\"}]}],\"usageMetadata\": {\"promptTokenCount\": 21,\"candidatesTokenCount\": 5,\"totalTokenCount\": 28,\"cachedContentTokenCount\": 8,\"thoughtsTokenCount\": 2}}\r\n\r\n",
        cached_tokens: 8,
        unmetered: "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Whales eat krill — “a lot”.\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n",
        length: "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Whales\"}]},\"finishReason\":\"MAX_TOKENS\"}]}\r\n\r\n",
        refusal: "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":21,\"totalTokenCount\":21}}\r\n\r\n",
        error: "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Whales\"}]}}]}\r\n\r\n\
            data: {\"error\":{\"code\":503,\"message\":\"overloaded, key-that-must-not-show\",\"status\":\"UNAVAILABLE\"}}\r\n\r\n",
        piece: "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Whales\"}]}}]}\r\n\r\n",
        alive: r#"{"name":"models/model-1","version":"001","inputTokenLimit":1048576}"#,
    },
    Recording {
        provider: Provider::Ollama,
        asks: "POST /api/chat",
        checks: "GET /api/tags",
        key: "",
        answer: r#"{"model":"model-1","created_at":"2026-11-21T10:00:00.1Z","message":{"role":"assistant","content":"","thinking":"What do whales eat?"},"done":false}
{"model":"model-1","created_at":"2026-11-21T10:00:00.2Z","message":{"role":"assistant","content":"Whales eat"},"done":false}
{"model":"model-1","created_at":"2026-11-21T10:00:00.3Z","message":{"role":"assistant","content":" krill — “a lot”."},"done":false}
{"model":"model-1","created_at":"2026-11-21T10:00:00.4Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":4883583458,"load_duration":1334875,"prompt_eval_count":21,"prompt_eval_duration":342546000,"eval_count":7,"eval_duration":4535599000}
"#,
        cached_tokens: 0,
        unmetered: r#"{"message":{"role":"assistant","content":"Whales eat krill — “a lot”."},"done":false}
{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}
"#,
        length: r#"{"message":{"role":"assistant","content":"Whales"},"done":false}
{"message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":21,"eval_count":1}
"#,
        // It has no refusals of its own.
        refusal: "",
        error: "{\"message\":{\"role\":\"assistant\",\"content\":\"Whales\"},\"done\":false}\n\
            {\"error\":\"an error was encountered while running the model: key-that-must-not-show\"}\n",
        piece: "{\"message\":{\"role\":\"assistant\",\"content\":\"Whales\"},\"done\":false}\n",
        alive: r#"{"models":[{"name":"other:latest"},{"name":"model-1:latest","size":1321098329}]}"#,
    },
    Recording {
        provider: Provider::Anthropic,
        asks: "POST /v1/messages",
        checks: "GET /v1/models/model-1",
        key: "x-api-key: key-that-must-not-show\r\n",
        answer: r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"model-1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":8,"output_tokens":1,"service_tier":"standard"}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"What do whales eat?"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: ping
data: {"type": "ping"}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Whales eat"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" krill — “a lot”."}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":7}}

event: message_stop
data: {"type":"message_stop"}

"#,
        cached_tokens: 8,
        unmetered: r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Whales eat krill — “a lot”."}}

data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

data: {"type":"message_stop"}

"#,
        length: r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Whales"}}

data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":1}}

data: {"type":"message_stop"}

"#,
        refusal: r#"data: {"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":0}}

data: {"type":"message_stop"}

"#,
        error: r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Whales"}}

event: error
data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded, key-that-must-not-show"}}

"#,
        piece: "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Whales\"}}\n\n",
        alive: r#"{"type":"model","id":"model-1","display_name":"Model 1"}"#,
    },
];
