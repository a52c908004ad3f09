//! Embeddings: the vectors that the library's own model makes of texts.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Refusal;
use super::reply::MODEL;
use super::{TAG, invalid};
use crate::api::Shared;
use crate::api::extract::{Asker, Body};
use crate::api::problem::Problem;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/v1/embeddings",
        post_with(embed, |operation| {
            operation
                .id("openai_embeddings")
                .tag(TAG)
                .summary("Turn texts into vectors")
                .description(
                    "With the library's own embedding model, which `GET /v1/models` names. Vectors \
                     have the length 1. Texts longer than the model reads are cut.",
                )
        }),
    )
}

/// Texts to be embedded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiEmbeddingRequest")]
struct EmbedBody {
    /// The embedding model's name, or `alexandria`.
    model: String,
    /// A text, or up to 2048 of them. Numbers of tokens are not taken.
    input: InputBody,
    /// How vectors are sent: `float` (the default) or `base64` (little-endian, 32 bits a number).
    encoding_format: Option<EncodingBody>,
    /// How many numbers a vector has; refused unless it is the model's own.
    dimensions: Option<usize>,
    /// Taken and without effect.
    #[serde(rename = "user")]
    _user: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the input must be a text or a list of texts")]
#[schemars(rename = "OpenAiEmbeddingInput")]
enum InputBody {
    /// A text.
    One(String),
    /// Texts.
    Many(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "OpenAiEncoding")]
enum EncodingBody {
    /// Numbers.
    Float,
    /// The bytes of 32-bit numbers.
    Base64,
}

/// Vectors, in the order of the texts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiEmbeddings")]
struct EmbeddingsBody {
    /// Always `list`.
    object: &'static str,
    /// The vectors.
    data: Vec<EmbeddingBody>,
    /// The model that made them.
    model: String,
    /// The tokens read.
    usage: UsageBody,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiEmbedding")]
struct EmbeddingBody {
    /// Always `embedding`.
    object: &'static str,
    /// The number of the text, counted from 0.
    index: usize,
    /// The vector.
    embedding: VectorBody,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "OpenAiVector")]
enum VectorBody {
    /// Its numbers.
    Numbers(Vec<f32>),
    /// Their bytes.
    Bytes(String),
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiEmbeddingUsage")]
struct UsageBody {
    prompt_tokens: u64,
    total_tokens: u64,
}

async fn embed(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(body): Body<EmbedBody>,
) -> Result<Json<EmbeddingsBody>, Refusal> {
    let Some(model) = app.library.embedding_model(&principal)? else {
        return Err(invalid(
            "model",
            "embedding is switched off in the settings",
        ));
    };
    if body.model != model.name && body.model != MODEL {
        let (wanted, name) = (&body.model, &model.name);
        let sentence = format!("there is no embedding model {wanted:?}; this library has {name:?}");
        return Err(Problem::new(StatusCode::NOT_FOUND, sentence)
            .at("model")
            .into());
    }
    if body
        .dimensions
        .is_some_and(|wanted| wanted != model.dimensions)
    {
        let dimensions = model.dimensions;
        let sentence = format!("vectors of this model have {dimensions} dimensions, no others");
        return Err(invalid("dimensions", sentence));
    }
    let texts = match body.input {
        InputBody::One(text) => vec![text],
        InputBody::Many(texts) => texts,
    };
    let embedded = app.library.embed_texts(&principal, &texts).await?;
    let encode = |vector: Vec<f32>| match body.encoding_format {
        Some(EncodingBody::Base64) => VectorBody::Bytes(in_base64(&vector)),
        Some(EncodingBody::Float) | None => VectorBody::Numbers(vector),
    };
    let data = embedded.vectors.into_iter().enumerate();
    let data = data.map(|(index, vector)| EmbeddingBody {
        object: "embedding",
        index,
        embedding: encode(vector),
    });
    Ok(Json(EmbeddingsBody {
        object: "list",
        data: data.collect(),
        model: embedded.model,
        usage: UsageBody {
            prompt_tokens: embedded.tokens,
            total_tokens: embedded.tokens,
        },
    }))
}

fn in_base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_sent_from_their_lowest_byte_on() {
        assert_eq!(super::in_base64(&[1.0, -2.0]), "AACAPwAAAMA=");
    }
}
