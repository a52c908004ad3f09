//! Models: the whole library, each of its collections, and the model that embeds.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::document::Collection;
use alexandria_core::error::ErrorKind;
use alexandria_core::principal::Principal;
use alexandria_library::PAGE_ITEMS_MAX;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TAG;
use super::error::Refusal;
use super::reply::MODEL;
use crate::api::Shared;
use crate::api::extract::{Asker, Segments};
use crate::api::problem::Problem;

/// Collections that are listed as models; a library with more is asked by name all the same.
const COLLECTIONS_MAX: usize = 1_000;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/v1/models",
            get_with(list, |operation| {
                operation
                    .id("openai_models_list")
                    .tag(TAG)
                    .summary("List what can be asked as a model")
            }),
        )
        .api_route(
            "/v1/models/{model}",
            get_with(get, |operation| {
                operation
                    .id("openai_models_get")
                    .tag(TAG)
                    .summary("Look at a model")
                    .description("A slash in its name is written `%2F`, or left as it is.")
            }),
        )
        .route("/v1/models/{model}/{name}", axum::routing::get(get_in_two))
}

/// Something that can be asked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiModel")]
struct ModelBody {
    /// Its name: `alexandria`, `alexandria/NAME` for a collection, or that of the embedding model.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// When it was made, in seconds since 1970; 0 where that means nothing.
    created: i64,
    /// Always `alexandria`.
    owned_by: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiModels")]
struct ModelsBody {
    /// Always `list`.
    object: &'static str,
    /// The models.
    data: Vec<ModelBody>,
}

/// Which model.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// Its name.
    model: String,
}

/// Which model, when its name came in two parts.
#[derive(Debug, Deserialize)]
struct WhichInTwo {
    model: String,
    name: String,
}

impl ModelBody {
    fn new(id: String, created: i64) -> Self {
        Self {
            id,
            object: "model",
            created,
            owned_by: MODEL,
        }
    }
}

impl From<Collection> for ModelBody {
    fn from(collection: Collection) -> Self {
        let id = format!("{MODEL}/{}", collection.name);
        Self::new(id, collection.created.as_second())
    }
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<ModelsBody>, Refusal> {
    let mut data = vec![ModelBody::new(MODEL.to_owned(), 0)];
    if let Some(embedding) = app.library.embedding_model(&principal)? {
        data.push(ModelBody::new(embedding.name, 0));
    }
    let mut cursor = None;
    loop {
        let page = app
            .library
            .collections(&principal, cursor.as_deref(), PAGE_ITEMS_MAX)
            .await?;
        data.extend(page.items.into_iter().map(ModelBody::from));
        cursor = page.next;
        if cursor.is_none() || data.len() >= COLLECTIONS_MAX {
            break;
        }
    }
    Ok(Json(ModelsBody {
        object: "list",
        data,
    }))
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<ModelBody>, Refusal> {
    find(&app, &principal, &which.model).await.map(Json)
}

async fn get_in_two(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichInTwo>,
) -> Result<Json<ModelBody>, Refusal> {
    let whole = format!("{}/{}", which.model, which.name);
    find(&app, &principal, &whole).await.map(Json)
}

async fn find(app: &Shared, principal: &Principal, id: &str) -> Result<ModelBody, Refusal> {
    let embedding = app.library.embedding_model(principal)?;
    if id == MODEL || embedding.is_some_and(|embedding| embedding.name == id) {
        return Ok(ModelBody::new(id.to_owned(), 0));
    }
    let unknown = || {
        let sentence = format!("there is no model {id:?}; GET /v1/models lists them");
        Problem::new(StatusCode::NOT_FOUND, sentence).at("model")
    };
    let name = id.strip_prefix(MODEL);
    let name = name.and_then(|rest| rest.strip_prefix('/'));
    let name = name.ok_or_else(unknown)?;
    match app.library.find_collection(principal, name).await {
        Ok(found) => Ok(found.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(unknown().into()),
        Err(error) => Err(error.into()),
    }
}
