//! The tags in use, for lists to choose from.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_store::catalog::{PAGE_ITEMS_MAX, TagCount};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::extract::{Asker, Parameters};
use super::problem::Problem;
use super::wire::{PAGE_ITEMS_DEFAULT, PageBody};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/tags",
        get_with(list, |operation| {
            operation
                .id("tags_list")
                .tag("documents")
                .summary("List the tags in use")
                .description(
                    "In the order of the alphabet, each with how many documents carry it that you see.",
                )
        }),
    )
}

/// Which tags, and which page of the list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ListParameters {
    /// Of this collection, by id or by name.
    collection: Option<String>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// A tag in use.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Tag")]
struct TagBody {
    /// The tag.
    tag: String,
    /// How many documents carry it.
    documents: u64,
}

impl From<TagCount> for TagBody {
    fn from(TagCount { tag, documents }: TagCount) -> Self {
        Self { tag, documents }
    }
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<TagBody>>, Problem> {
    let collection = match &wanted.collection {
        Some(name) => Some(app.library.find_collection(&principal, name).await?.id),
        None => None,
    };
    let limit = wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT);
    let page = app
        .library
        .tags(&principal, collection, wanted.cursor.as_deref(), limit)
        .await?;
    Ok(Json(page.into()))
}
