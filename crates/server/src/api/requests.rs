//! What callers send: searches, questions, and the filter that both share.

use alexandria_core::error::Result;
use alexandria_core::filter::Filter;
use alexandria_core::id::{ConversationId, DocumentId};
use alexandria_core::persona::PERSONA_NAME_BYTES_MAX;
use alexandria_core::principal::Principal;
use alexandria_library::search::SearchMode;
use alexandria_library::{Library, WriterChoice};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::extract::object;

/// Conditions on documents. All must hold; inside one list any may. An empty list asks nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Filter")]
pub(crate) struct FilterBody {
    /// In one of these collections, by id or by name.
    pub(crate) collections: Vec<String>,
    /// One of these documents.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) documents: Vec<DocumentId>,
    /// Carrying one of these tags.
    pub(crate) tags: Vec<String>,
    /// In one of these languages (ISO 639-1).
    pub(crate) languages: Vec<String>,
    /// In one of these formats, such as `pdf`.
    pub(crate) formats: Vec<String>,
    /// Added at this moment or later.
    pub(crate) added_after: Option<Timestamp>,
    /// Added before this moment.
    pub(crate) added_before: Option<Timestamp>,
}

impl FilterBody {
    /// The filter with collections looked up.
    ///
    /// # Errors
    /// `NotFound` naming the collection that there is not.
    pub(crate) async fn resolve(self, library: &Library, principal: &Principal) -> Result<Filter> {
        let mut collections = Vec::with_capacity(self.collections.len());
        for id_or_name in &self.collections {
            collections.push(library.find_collection(principal, id_or_name).await?.id);
        }
        Ok(Filter {
            collections,
            documents: self.documents,
            tags: self.tags,
            languages: self
                .languages
                .iter()
                .map(|language| language.to_lowercase())
                .collect(),
            formats: self
                .formats
                .iter()
                .map(|format| format.to_lowercase())
                .collect(),
            added_after: self.added_after,
            added_before: self.added_before,
            without: Vec::new(),
        })
    }
}

/// Which indexes are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SearchMode")]
pub(crate) enum ModeBody {
    /// Words and meaning, and their rankings fused.
    #[default]
    Hybrid,
    /// Words alone.
    Text,
    /// Meaning alone.
    Vectors,
}

impl From<ModeBody> for SearchMode {
    fn from(mode: ModeBody) -> Self {
        match mode {
            ModeBody::Hybrid => Self::Hybrid,
            ModeBody::Text => Self::Text,
            ModeBody::Vectors => Self::Vectors,
        }
    }
}

/// A search.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SearchRequest")]
pub(crate) struct SearchQuery {
    /// Words or a question. Words in straight double quotes must stand together.
    #[schemars(length(min = 1, max = 8192))]
    pub(crate) query: String,
    /// Which documents are looked at.
    #[serde(default, deserialize_with = "object")]
    pub(crate) filter: FilterBody,
    /// How many passages are wanted; 10 unless given.
    #[schemars(range(min = 1, max = 100))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<usize>,
    /// Which indexes are asked.
    #[serde(default)]
    pub(crate) mode: ModeBody,
    /// Whether each passage says how it came to its place.
    #[serde(default)]
    pub(crate) explain: bool,
}

/// A search in the query of an address; lists are separated by commas.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchParameters {
    /// Words or a question. Words in straight double quotes must stand together.
    #[schemars(length(min = 1, max = 8192))]
    pub(crate) query: String,
    /// How many passages are wanted; 10 unless given.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) limit: Option<usize>,
    /// Which indexes are asked: `hybrid`, `text` or `vectors`.
    #[serde(default)]
    pub(crate) mode: ModeBody,
    /// Whether each passage says how it came to its place.
    #[serde(default)]
    pub(crate) explain: bool,
    /// Collections, by id or by name.
    #[serde(default)]
    pub(crate) collections: String,
    /// Ids of documents.
    #[serde(default)]
    pub(crate) documents: String,
    /// Tags.
    #[serde(default)]
    pub(crate) tags: String,
    /// Languages (ISO 639-1).
    #[serde(default)]
    pub(crate) languages: String,
    /// Formats, such as `pdf`.
    #[serde(default)]
    pub(crate) formats: String,
    /// Added at this moment or later.
    pub(crate) added_after: Option<Timestamp>,
    /// Added before this moment.
    pub(crate) added_before: Option<Timestamp>,
}

impl SearchParameters {
    /// The same search as a body.
    ///
    /// # Errors
    /// `Invalid` when an id is not one.
    pub(crate) fn into_query(self) -> Result<SearchQuery> {
        let list = |text: &str| -> Vec<String> {
            text.split(',')
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let documents = list(&self.documents)
            .iter()
            .map(|id| id.parse())
            .collect::<Result<_>>()?;
        let filter = FilterBody {
            collections: list(&self.collections),
            documents,
            tags: list(&self.tags),
            languages: list(&self.languages),
            formats: list(&self.formats),
            added_after: self.added_after,
            added_before: self.added_before,
        };
        let Self {
            query,
            limit,
            mode,
            explain,
            ..
        } = self;
        Ok(SearchQuery {
            query,
            filter,
            limit,
            mode,
            explain,
        })
    }
}

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Question")]
pub(crate) struct QuestionBody {
    /// The question in your own words.
    #[schemars(length(min = 1, max = 8192))]
    pub(crate) question: String,
    /// Which documents may answer.
    #[serde(default, deserialize_with = "object")]
    pub(crate) filter: FilterBody,
    /// How many passages are looked through; 10 unless given.
    #[schemars(range(min = 1, max = 100))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passages: Option<usize>,
    /// Who writes the answer; `auto` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) writer: Option<WriterChoiceBody>,
    /// The persona that answers, by name or id: in its voice, and from its collections.
    #[schemars(length(min = 1, max = PERSONA_NAME_BYTES_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) persona: Option<String>,
    /// The conversation that the question goes on with.
    #[schemars(with = "Option<Uuid>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conversation_id: Option<ConversationId>,
    /// Whether it is answered anew, although an equal question has been answered before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) fresh: bool,
}

/// Who is to write an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WriterChoice")]
pub(crate) enum WriterChoiceBody {
    /// The language model, where one is set and answers; else exact sentences.
    #[default]
    Auto,
    /// Exact sentences, whether there is a language model or not.
    Extractive,
}

impl From<WriterChoiceBody> for WriterChoice {
    fn from(choice: WriterChoiceBody) -> Self {
        match choice {
            WriterChoiceBody::Auto => Self::Auto,
            WriterChoiceBody::Extractive => Self::Extractive,
        }
    }
}
