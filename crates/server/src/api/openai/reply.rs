//! What the library says to a question, in the pieces that both sorts of reply are made of.
//!
//! Here alone this dialect meets the answers of the library: a sentence becomes a piece of text with
//! marks in square brackets, each of which stands for a citation.

use std::collections::HashMap;

use alexandria_core::citation::Citation;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_library::ask::{AnswerSentence, AskEvent, AskRequest, Exchange};
use axum::http::StatusCode;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _};
use schemars::JsonSchema;
use serde::Deserialize;

use super::error::Refusal;
use super::{collection_of, invalid, missing};
use crate::api::Shared;
use crate::api::events::Told;
use crate::api::problem::Problem;
use crate::api::wire::CitationBody;

/// The model that is the whole library.
pub(super) const MODEL: &str = "alexandria";

/// What a message says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "what a message says must be a text or a list of parts with a type"
)]
#[schemars(rename = "OpenAiContent")]
pub(super) enum ContentBody {
    /// A text.
    Text(String),
    /// Parts, of which only texts can be read.
    Parts(Vec<PartBody>),
}

/// A part of what a message says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "OpenAiPart")]
pub(super) struct PartBody {
    /// `text`, `input_text` or `output_text`.
    #[serde(rename = "type")]
    kind: String,
    /// The text.
    text: Option<String>,
}

impl ContentBody {
    /// The texts in it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => {
                let texts: Vec<&str> = parts.iter().filter_map(PartBody::text).collect();
                texts.join("\n")
            }
        }
    }

    /// Refuses what is not text.
    pub(super) fn check(&self, parameter: &str) -> Result<(), Refusal> {
        let Self::Parts(parts) = self else {
            return Ok(());
        };
        match parts.iter().find(|part| part.text().is_none()) {
            None => Ok(()),
            Some(part) => {
                let kind = &part.kind;
                let sentence = format!("a question is made of text, and this has a part {kind:?}");
                Err(invalid(parameter, sentence))
            }
        }
    }
}

impl PartBody {
    fn text(&self) -> Option<&str> {
        let is_text = matches!(self.kind.as_str(), "text" | "input_text" | "output_text");
        self.text.as_deref().filter(|_text| is_text)
    }
}

/// The questions and answers before the last question, of messages with who said them. What the system
/// and tools say is no part of them: a message cannot change what an answer rests on.
pub(super) fn history<'a>(messages: impl IntoIterator<Item = (&'a str, String)>) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for (role, text) in messages {
        match (role, exchanges.last_mut()) {
            ("user", _) => exchanges.push(Exchange {
                question: text,
                answer: String::new(),
            }),
            ("assistant", Some(last)) => last.answer.push_str(&text),
            _ => {}
        }
    }
    exchanges.pop();
    exchanges
}

/// A question to the model of this name: `alexandria` for everything, `alexandria/NAME` for one
/// collection. `stores` restricts it further to vector stores.
pub(super) async fn question(
    app: &Shared,
    principal: &Principal,
    (model, text): (&str, String),
    stores: &[String],
) -> Result<AskRequest, Refusal> {
    let mut request = AskRequest::new(text);
    let unknown = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            format!("there is no model {model:?}; GET /v1/models lists them"),
        )
        .at("model")
    };
    if model != MODEL {
        let name = model.strip_prefix(MODEL);
        let name = name.and_then(|rest| rest.strip_prefix('/'));
        let name = name.ok_or_else(unknown)?;
        let found = app.library.find_collection(principal, name).await;
        match found {
            Ok(found) => request.filter.collections.push(found.id),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(unknown().into()),
            Err(error) => return Err(error.into()),
        }
    }
    for store in stores {
        let id = collection_of(store)?;
        let found = app.library.collection(principal, id).await;
        let found = found.map_err(missing("vector store", store))?;
        let elsewhere = model != MODEL && request.filter.collections.first() != Some(&found.id);
        if elsewhere {
            let sentence = format!("the model {model:?} does not read the vector store {store:?}");
            return Err(invalid("tools", sentence));
        }
        if !request.filter.collections.contains(&found.id) {
            request.filter.collections.push(found.id);
        }
    }
    Ok(request)
}

/// A citation, and which characters of the text it supports.
#[derive(Clone, Debug)]
pub(super) struct Cited {
    /// The first character of the sentence.
    pub(super) start: usize,
    /// One past its last character, where its mark follows.
    pub(super) end: usize,
    /// The name of the file.
    pub(super) file: String,
    /// The citation.
    pub(super) citation: CitationBody,
}

/// A part of a reply.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// What is added to the text.
    pub(super) text: String,
    /// The citations behind its marks.
    pub(super) cited: Vec<Cited>,
    /// What was left out in making the answer, and why; known at its end.
    pub(super) degraded: Vec<String>,
}

/// A reply, as far as it has been said.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    /// The text.
    pub(super) text: String,
    /// The citations behind its marks, in their order.
    pub(super) cited: Vec<Cited>,
    /// What was left out in making the answer, and why.
    pub(super) degraded: Vec<String>,
}

impl Reply {
    /// Adds what was said next.
    pub(super) fn add(&mut self, piece: Piece) {
        self.text.push_str(&piece.text);
        self.cited.extend(piece.cited);
        self.degraded.extend(piece.degraded);
    }
}

/// A reply as it is said.
pub(super) type Pieces = BoxStream<'static, Result<Piece, Problem>>;

/// Asks. What keeps a question from being answered at all is told before anything is said.
pub(super) async fn say(
    app: &Shared,
    principal: Principal,
    request: AskRequest,
) -> Result<Pieces, Refusal> {
    let mut events = app.library.ask_stream(principal.clone(), request);
    let first = events.next().await.transpose()?;
    let events = stream::iter(first.map(Ok)).chain(events).boxed();
    let teller = Teller {
        app: Shared::clone(app),
        principal,
        characters: 0,
        marks: 0,
        files: HashMap::new(),
    };
    Ok(stream::unfold(Some((events, teller)), next).boxed())
}

/// The whole reply at once.
pub(super) async fn whole(mut pieces: Pieces) -> Result<Reply, Refusal> {
    let mut reply = Reply::default();
    while let Some(piece) = pieces.next().await {
        reply.add(piece?);
    }
    Ok(reply)
}

/// The tokens of what was asked and of what was said.
pub(super) async fn count(
    app: &Shared,
    principal: &Principal,
    prompts: &[String],
    said: &str,
) -> Result<(u64, u64), Error> {
    let mut texts = prompts.to_vec();
    texts.push(said.to_owned());
    let mut counts = app.library.count_tokens(principal, texts).await?;
    let said = counts.pop().unwrap_or_default();
    Ok((counts.iter().sum(), said))
}

/// What turns a reply into events, in one form or another.
pub(super) trait Writer: Send + 'static {
    /// What is sent before anything is said.
    fn begin(&mut self) -> Vec<Told>;

    /// What is sent when a piece is said.
    fn piece(&mut self, piece: &Piece) -> Vec<Told>;

    /// What is sent when everything is said.
    fn end(&mut self, reply: &Reply) -> impl Future<Output = Vec<Told>> + Send;

    /// What is sent when it cannot go on.
    fn fail(&mut self, problem: &Problem) -> Vec<Told>;
}

/// A reply as events.
pub(super) fn script(pieces: Pieces, writer: impl Writer) -> impl Stream<Item = Told> + Send {
    let begun = (Stage::Begin, pieces, writer, Reply::default());
    let told = stream::unfold(begun, async |(stage, mut pieces, mut writer, mut reply)| {
        let (told, then) = match stage {
            Stage::Begin => (writer.begin(), Stage::Say),
            Stage::Say => match pieces.next().await {
                Some(Ok(piece)) => {
                    // The last piece may hold nothing but what was left out.
                    let told = match piece.text.is_empty() {
                        true => Vec::new(),
                        false => writer.piece(&piece),
                    };
                    reply.add(piece);
                    (told, Stage::Say)
                }
                Some(Err(problem)) => (writer.fail(&problem), Stage::End),
                None => (writer.end(&reply).await, Stage::End),
            },
            Stage::End => return None,
        };
        Some((told, (then, pieces, writer, reply)))
    });
    told.flat_map(stream::iter)
}

/// How far a script has come.
enum Stage {
    Begin,
    Say,
    End,
}

/// What is remembered while a reply is told.
struct Teller {
    app: Shared,
    principal: Principal,
    /// Characters said so far.
    characters: usize,
    /// Marks set so far.
    marks: usize,
    /// The names of the files cited so far.
    files: HashMap<DocumentId, String>,
}

type Events = BoxStream<'static, Result<AskEvent, Error>>;

/// The next piece. An answer without sentences is said as it stands.
async fn next(
    state: Option<(Events, Teller)>,
) -> Option<(Result<Piece, Problem>, Option<(Events, Teller)>)> {
    let (mut events, mut teller) = state?;
    loop {
        let piece = match events.next().await? {
            // Drafts are not told: a client of this dialect cannot take back what it has been told.
            Ok(
                AskEvent::Standalone(_)
                | AskEvent::Passages(_)
                | AskEvent::Draft(_)
                | AskEvent::Removed(_)
                | AskEvent::Restart,
            ) => continue,
            Ok(AskEvent::Sentence(sentence)) if !sentence.verdict.supported => continue,
            Ok(AskEvent::Sentence(sentence)) => teller.piece(sentence).await,
            Ok(AskEvent::Done(answer)) => {
                let is_said = teller.characters > 0;
                let text = if is_said { String::new() } else { answer.text };
                teller.characters += text.chars().count();
                Piece {
                    text,
                    cited: Vec::new(),
                    degraded: answer.degraded,
                }
            }
            Err(error) => return Some((Err(error.into()), None)),
        };
        return Some((Ok(piece), Some((events, teller))));
    }
}

impl Teller {
    async fn piece(&mut self, sentence: AnswerSentence) -> Piece {
        let before = if self.characters == 0 { "" } else { " " };
        let mut text = format!("{before}{}", sentence.text.trim());
        let start = self.characters + before.len();
        let end = self.characters + text.chars().count();
        let mut cited = Vec::with_capacity(sentence.citations.len());
        for citation in sentence.citations {
            self.marks += 1;
            text.push_str(&format!(" [{}]", self.marks));
            cited.push(Cited {
                start,
                end,
                file: self.file(&citation).await,
                citation: citation.into(),
            });
        }
        self.characters += text.chars().count();
        Piece {
            text,
            cited,
            degraded: Vec::new(),
        }
    }

    /// The name of the file that is cited; its title when it has just been removed.
    async fn file(&mut self, citation: &Citation) -> String {
        if let Some(known) = self.files.get(&citation.document) {
            return known.clone();
        }
        let found = self
            .app
            .library
            .document(&self.principal, citation.document);
        let name = match found.await {
            Ok(document) => document.name,
            Err(_gone) => citation.title.clone(),
        };
        self.files.insert(citation.document, name.clone());
        name
    }
}
