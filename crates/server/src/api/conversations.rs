//! Conversations: beginning, listing, reading, renaming, taking along and deleting them.

mod markdown;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::id::ConversationId;
use alexandria_core::principal::Principal;
use alexandria_library::{
    CONVERSATION_TITLE_BYTES_MAX, CONVERSATION_TURNS_MAX, CONVERSATION_WANTED_BYTES_MAX,
    ConversationQuery, PAGE_ITEMS_MAX,
};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::description::file;
use super::extract::{Asker, Body, Parameters, Segments};
use super::idempotency::{Key, digest};
use super::problem::Problem;
use super::wire::{
    ConversationBody, PAGE_ITEMS_DEFAULT, PageBody, TurnBody, WholeConversationBody,
};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/conversations",
            get_with(list, |operation| {
                operation
                    .id("conversations_list")
                    .tag("ask")
                    .summary("List your conversations, the last you have gone on with first")
                    .description(
                        "With `q` only those in which each of its words stands: in the title, a question or an \
                         answer; letters' case and accents do not count. A page looks through at most 2,000 \
                         turns, so one with few items or none may have a `next`.",
                    )
            })
            .post_with(create, |operation| {
                operation
                    .id("conversations_create")
                    .tag("ask")
                    .summary("Begin a conversation")
                    .description(format!(
                        "Give its id as `conversation_id` to `POST /api/v1/ask`: a question such as \
                         \"And when was he born?\" is then understood from what was said before. It \
                         has at most {CONVERSATION_TURNS_MAX} turns."
                    ).as_str())
                    .response::<201, Json<ConversationBody>>()
            }),
        )
        .api_route(
            "/api/v1/conversations/{conversation}",
            get_with(get, |operation| {
                operation
                    .id("conversations_get")
                    .tag("ask")
                    .summary("Read a conversation with all its turns")
            })
            .patch_with(rename, |operation| {
                operation
                    .id("conversations_rename")
                    .tag("ask")
                    .summary("Give a conversation another title")
            })
            .delete_with(remove, |operation| {
                operation
                    .id("conversations_delete")
                    .tag("ask")
                    .summary("Delete a conversation with its turns and the answers given in it")
                    .response::<204, ()>()
            }),
        )
        .api_route(
            "/api/v1/conversations/{conversation}/export",
            get_with(export, |operation| {
                operation
                    .id("conversations_export")
                    .tag("ask")
                    .summary("Take a conversation along as a file")
                    .description("As JSON, or as Markdown with numbered citations.")
                    .response_with::<200, Json<WholeConversationBody>, _>(|reply| {
                        let kinds = ["text/markdown; charset=utf-8"];
                        file(reply, &kinds, "The conversation.")
                    })
            }),
        )
}

/// Which conversations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListParameters {
    /// Words that stand in them.
    #[schemars(length(min = 1, max = CONVERSATION_WANTED_BYTES_MAX))]
    q: Option<String>,
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

/// A conversation to be begun.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewConversation")]
struct NewConversation {
    /// What it is called; it gets its title from the first question unless given.
    #[schemars(length(min = 1, max = CONVERSATION_TITLE_BYTES_MAX), example = &"Lighthouses")]
    title: Option<String>,
}

/// What to change about a conversation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConversationChange")]
struct ChangeBody {
    /// A new title.
    #[schemars(length(min = 1, max = CONVERSATION_TITLE_BYTES_MAX), example = &"Lighthouses")]
    title: String,
}

/// Which conversation.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The conversation's id.
    #[schemars(with = "Uuid")]
    conversation: ConversationId,
}

/// As what a conversation is taken along.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConversationFormat")]
enum FormatBody {
    /// As JSON, the same as reading it.
    #[default]
    Json,
    /// As Markdown, for people.
    Markdown,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct ExportParameters {
    /// `json` or `markdown`.
    format: FormatBody,
}

async fn list(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Parameters(wanted): Parameters<ListParameters>,
) -> Result<Json<PageBody<ConversationBody>>, Problem> {
    let query = ConversationQuery {
        limit: wanted.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        cursor: wanted.cursor,
    };
    if let Some(words) = wanted.q {
        let found = app.library.find_conversations(&principal, &words, &query);
        return Ok(Json(found.await?.into()));
    }
    let page = app.library.conversations(&principal, &query).await?;
    Ok(Json(page.into()))
}

async fn create(
    State(app): State<Shared>,
    Asker(principal): Asker,
    key: Key,
    Body(new): Body<NewConversation>,
) -> Result<Response, Problem> {
    let make = async {
        let made = app
            .library
            .create_conversation(&principal, new.title.as_deref())
            .await?;
        let location = format!("/api/v1/conversations/{}", made.id);
        Ok((location, ConversationBody::from(made)))
    };
    key.once((&app, &principal), digest(&new), make).await
}

async fn get(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<WholeConversationBody>, Problem> {
    Ok(Json(whole(&app, &principal, which.conversation).await?))
}

async fn whole(
    app: &Shared,
    principal: &Principal,
    id: ConversationId,
) -> Result<WholeConversationBody, Problem> {
    let (conversation, turns) = app.library.conversation(principal, id).await?;
    Ok(WholeConversationBody {
        conversation: conversation.into(),
        turns: turns.into_iter().map(TurnBody::from).collect(),
    })
}

async fn rename(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Body(change): Body<ChangeBody>,
) -> Result<Json<ConversationBody>, Problem> {
    let renamed = app
        .library
        .rename_conversation(&principal, which.conversation, &change.title)
        .await?;
    Ok(Json(renamed.into()))
}

async fn export(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
    Parameters(wanted): Parameters<ExportParameters>,
) -> Result<Response, Problem> {
    let id = which.conversation;
    let whole = whole(&app, &principal, id).await?;
    let (mut response, ending) = match wanted.format {
        FormatBody::Json => (Json(whole).into_response(), "json"),
        FormatBody::Markdown => {
            let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
            ((kind, markdown::write(&whole)).into_response(), "md")
        }
    };
    let disposition = format!("attachment; filename=\"conversation-{id}.{ending}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

async fn remove(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    app.library
        .remove_conversation(&principal, which.conversation)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
