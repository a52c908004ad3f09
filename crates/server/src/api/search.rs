//! Searching: passages by their words and their meaning.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::principal::Principal;
use alexandria_library::search::SearchRequest;
use axum::Json;
use axum::extract::State;

use super::Shared;
use super::extract::{Asker, Body, Parameters};
use super::problem::Problem;
use super::requests::{SearchParameters, SearchQuery};
use super::wire::SearchBody;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/search",
        get_with(search_by_address, |operation| {
            operation
                .id("search_get")
                .tag("search")
                .summary("Find passages, asked in the address")
        })
        .post_with(search_by_body, |operation| {
            operation.id("search").tag("search").summary("Find passages").description(
                "Passages by their words and their meaning, best first, each with its scores and \
                 its place in the document.",
            )
        }),
    )
}

async fn search_by_address(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(parameters): Parameters<SearchParameters>,
) -> Result<Json<SearchBody>, Problem> {
    search(&app, &principal, parameters.into_query()?).await
}

async fn search_by_body(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(query): Body<SearchQuery>,
) -> Result<Json<SearchBody>, Problem> {
    search(&app, &principal, query).await
}

async fn search(
    app: &Shared,
    principal: &Principal,
    query: SearchQuery,
) -> Result<Json<SearchBody>, Problem> {
    let mut request = SearchRequest::new(query.query);
    request.filter = query.filter.resolve(&app.library, principal).await?;
    request.limit = query.limit.unwrap_or(request.limit);
    request.mode = query.mode.into();
    request.explain = query.explain;
    let reply = app.library.search(principal, &request).await?;
    Ok(Json(reply.into()))
}
