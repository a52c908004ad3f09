//! Searching a vector store.

use std::collections::HashMap;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::filter::Filter;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_library::search::{FoundPassage, SearchRequest};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Which, find};
use crate::api::Shared;
use crate::api::extract::{Asker, Body, Segments};
use crate::api::openai::error::Refusal;
use crate::api::openai::{TAG, document_of, file_id, invalid};

/// How deep conditions may be nested.
const FILTER_DEPTH_MAX: usize = 4;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/v1/vector_stores/{store}/search",
        post_with(search, |operation| {
            operation
                .id("openai_vector_stores_search")
                .tag(TAG)
                .summary("Find passages in a vector store")
                .description(
                    "By their words and their meaning, best first. Conditions may ask for \
                     `language`, `format`, `tag` or `file_id` with `eq` and `in`, joined by `and`.",
                )
        }),
    )
}

/// A search.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiSearchRequest")]
struct SearchBody {
    /// Words or a question; several are searched as one.
    query: QueryBody,
    /// Which files are looked at.
    filters: Option<ConditionBody>,
    /// How many passages are wanted; 10 unless given.
    #[schemars(range(min = 1, max = 50))]
    max_num_results: Option<usize>,
    /// Which of them are good enough.
    ranking_options: Option<RankingBody>,
    /// Taken and without effect: queries are searched as they are.
    #[serde(rename = "rewrite_query")]
    _rewrite_query: Option<bool>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the query must be a text or a list of texts")]
#[schemars(rename = "OpenAiQuery")]
enum QueryBody {
    /// A query.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// Which passages are good enough.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiRanking")]
struct RankingBody {
    /// Taken and without effect: there is one ranking.
    #[serde(rename = "ranker")]
    _ranker: Option<String>,
    /// The lowest score, from 0 to 1.
    score_threshold: Option<f32>,
}

/// A condition on files.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenAiCondition")]
struct ConditionBody {
    /// `eq` and `in` compare, `and` joins.
    #[serde(rename = "type")]
    kind: String,
    /// What is compared: `language`, `format`, `tag` or `file_id`.
    key: Option<String>,
    /// With what: a text, or a list of texts for `in`.
    value: Option<Value>,
    /// The conditions that are joined.
    filters: Option<Vec<Self>>,
}

impl ConditionBody {
    /// Adds the condition to a filter.
    fn apply(&self, filter: &mut Filter, depth: usize) -> Result<(), Refusal> {
        if depth > FILTER_DEPTH_MAX {
            return Err(invalid("filters", "the conditions are nested too deeply"));
        }
        if self.kind == "and" {
            let joined = self.filters.iter().flatten();
            return joined
                .into_iter()
                .try_for_each(|inner| inner.apply(filter, depth + 1));
        }
        let values = match (self.kind.as_str(), &self.value) {
            ("eq", Some(Value::String(value))) => vec![value.clone()],
            ("in", Some(Value::Array(values))) => {
                let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>().unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if values.is_empty() {
            let sentence = "a condition compares with eq a text or with in a list of texts, and \
                            joins others with and";
            return Err(invalid("filters", sentence));
        }
        match self.key.as_deref() {
            Some("language") => narrow(&mut filter.languages, lower(&values)),
            Some("format") => narrow(&mut filter.formats, lower(&values)),
            Some("tag") => narrow(&mut filter.tags, values),
            Some("file_id") => {
                let ids = values.iter().map(|id| document_of(id));
                narrow(&mut filter.documents, ids.collect::<Result<_, _>>()?)
            }
            Some(_) | None => {
                let sentence = "a condition is on language, format, tag or file_id";
                Err(invalid("filters", sentence))
            }
        }
    }
}

/// A list of the filter can be asked for once: a second condition on it would have to hold as well.
fn narrow<T>(list: &mut Vec<T>, values: Vec<T>) -> Result<(), Refusal> {
    if !list.is_empty() {
        let sentence = "there may be one condition on each of language, format, tag and file_id";
        return Err(invalid("filters", sentence));
    }
    *list = values;
    Ok(())
}

fn lower(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_lowercase()).collect()
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiSearchResults")]
struct FoundBody {
    /// Always `vector_store.search_results.page`.
    object: &'static str,
    /// What was searched for.
    search_query: Vec<String>,
    /// The passages, best first.
    data: Vec<ResultBody>,
    /// Always false.
    has_more: bool,
    /// Always null.
    next_page: Option<String>,
}

/// A passage.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiSearchResult")]
struct ResultBody {
    /// The file it stands in.
    file_id: String,
    /// The file's name.
    filename: String,
    /// What the ranking is by, between 0 and 1.
    score: f32,
    /// `title`, `format`, `language`, `page`, `section` and the bytes of the stored text.
    attributes: Map<String, Value>,
    /// The words.
    content: Vec<ContentBody>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OpenAiResultContent")]
struct ContentBody {
    /// Always `text`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The words, byte for byte as stored.
    text: String,
}

async fn search(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(body): Body<SearchBody>,
) -> Result<Json<FoundBody>, Refusal> {
    let store = find(&app, &principal, &which.store).await?;
    let queries = match body.query {
        QueryBody::One(query) => vec![query],
        QueryBody::Many(queries) => queries,
    };
    let mut request = SearchRequest::new(queries.join(" "));
    request.filter.collections.push(store.id);
    if let Some(condition) = &body.filters {
        condition.apply(&mut request.filter, 1)?;
    }
    request.limit = body.max_num_results.unwrap_or(request.limit);
    let ranking = body.ranking_options.unwrap_or_default();
    let lowest = ranking.score_threshold.unwrap_or_default();
    let reply = app.library.search(&principal, &request).await?;
    let good = |found: &FoundPassage| found.passage.score.fused >= lowest;
    let mut names = Names::default();
    let mut data = Vec::new();
    for found in reply.passages.into_iter().filter(good) {
        let name = names.of(&app, &principal, &found).await;
        data.push(ResultBody::new(found, name));
    }
    Ok(Json(FoundBody {
        object: "vector_store.search_results.page",
        search_query: queries,
        data,
        has_more: false,
        next_page: None,
    }))
}

/// The names of the files that were found; each is asked for once.
#[derive(Default)]
struct Names(HashMap<DocumentId, String>);

impl Names {
    async fn of(&mut self, app: &Shared, principal: &Principal, found: &FoundPassage) -> String {
        let id = found.passage.chunk.document;
        if let Some(known) = self.0.get(&id) {
            return known.clone();
        }
        // A document removed at this very moment has no name any more.
        let document = app.library.document(principal, id).await;
        let name = document.map_or_else(|_gone| found.passage.title.clone(), |found| found.name);
        self.0.insert(id, name.clone());
        name
    }
}

impl ResultBody {
    fn new(found: FoundPassage, filename: String) -> Self {
        let chunk = found.passage.chunk;
        let mut attributes = Map::new();
        let mut tell = |name: &str, value: Value| {
            if !value.is_null() {
                attributes.insert(name.to_owned(), value);
            }
        };
        tell("title", json!(found.passage.title));
        tell("format", json!(found.format));
        tell("language", json!(found.language));
        tell("page", json!(chunk.place.page));
        let section = chunk.place.section.join(" › ");
        tell("section", json!((!section.is_empty()).then_some(section)));
        tell("start", json!(chunk.place.span.start));
        tell("end", json!(chunk.place.span.end));
        Self {
            file_id: file_id(chunk.document),
            filename,
            score: found.passage.score.fused,
            attributes,
            content: vec![ContentBody {
                kind: "text",
                text: chunk.text,
            }],
        }
    }
}
