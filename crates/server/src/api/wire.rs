//! The twins of the library's types that cross the wire. Their names are contracts.

use alexandria_core::block::{Fault, FaultKind, Place, Rect, Span};
use alexandria_core::citation::Citation;
use alexandria_core::document::DocumentState;
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, VersionId};
use alexandria_library::ask::{Answer, AnswerSentence};
use alexandria_library::search::{Explanation, FoundPassage, SearchReply, Timings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Page_of_{T}")]
pub(crate) struct PageBody<T> {
    /// What the list holds, in its order.
    pub(crate) items: Vec<T>,
    /// What to give as `cursor` for the next page; absent on the last.
    pub(crate) next: Option<String>,
}

/// A shelf.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Collection")]
pub(crate) struct CollectionBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: CollectionId,
    /// Its name, unique in the library.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// When it was made.
    pub(crate) created: Timestamp,
}

impl From<alexandria_core::document::Collection> for CollectionBody {
    fn from(collection: alexandria_core::document::Collection) -> Self {
        let alexandria_core::document::Collection {
            id,
            name,
            description,
            created,
        } = collection;
        Self {
            id,
            name,
            description,
            created,
        }
    }
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Fault")]
pub(crate) struct FaultBody {
    /// What sort of trouble: `encrypted`, `malformed`, `too_large`, `timeout`, `memory`,
    /// `unsupported` or `no_text`.
    #[schemars(with = "String")]
    pub(crate) kind: FaultKind,
    /// The page concerned; the whole file where there is none.
    pub(crate) page: Option<u32>,
    /// What is wrong and what to do about it.
    pub(crate) message: String,
}

impl From<Fault> for FaultBody {
    fn from(
        Fault {
            kind,
            page,
            message,
        }: Fault,
    ) -> Self {
        Self {
            kind,
            page,
            message,
        }
    }
}

/// A document.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Document")]
pub(crate) struct DocumentBody {
    /// Its identity.
    #[schemars(with = "Uuid")]
    pub(crate) id: DocumentId,
    /// The shelf it stands on.
    #[schemars(with = "Uuid")]
    pub(crate) collection_id: CollectionId,
    /// The shelf's name.
    pub(crate) collection: String,
    /// Its title.
    pub(crate) title: String,
    /// The name of the file or the web address it came from.
    pub(crate) name: String,
    /// Who wrote it, as the file says.
    pub(crate) authors: Vec<String>,
    /// Its format, such as `pdf`; empty until it has been looked at.
    pub(crate) format: String,
    /// The media type of the original.
    pub(crate) media_type: String,
    /// Its language (ISO 639-1), once read.
    pub(crate) language: Option<String>,
    /// What it is about, if somebody said so.
    pub(crate) category: Option<String>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// The size of the original.
    pub(crate) bytes: u64,
    /// SHA-256 of the original, in hexadecimal.
    pub(crate) digest: String,
    /// How far its reading has come: `queued`, `reading`, `searchable` (by its words), `ready` (by
    /// its meaning too) or `failed`.
    #[schemars(with = "String")]
    pub(crate) state: DocumentState,
    /// The version that is searched, once there is one.
    #[schemars(with = "Option<Uuid>")]
    pub(crate) version_id: Option<VersionId>,
    /// Pages, for formats that have them.
    pub(crate) pages: Option<u32>,
    /// Passages it was cut into.
    pub(crate) chunks: u32,
    /// How many of them can be found by meaning.
    pub(crate) embedded: u32,
    /// What could not be read.
    pub(crate) faults: Vec<FaultBody>,
    /// When it was added.
    pub(crate) added: Timestamp,
    /// When it last changed.
    pub(crate) changed: Timestamp,
}

impl DocumentBody {
    /// The twin of a document on the shelf of this name.
    pub(crate) fn new(document: alexandria_core::document::Document, collection: String) -> Self {
        Self {
            id: document.id,
            collection_id: document.collection,
            collection,
            title: document.title,
            name: document.name,
            authors: document.authors,
            format: document.format,
            media_type: document.media_type,
            language: document.language,
            category: document.category,
            tags: document.tags,
            bytes: document.bytes,
            digest: document.digest,
            state: document.state,
            version_id: document.version,
            pages: document.pages,
            chunks: document.chunks,
            embedded: document.embedded,
            faults: document.faults.into_iter().map(FaultBody::from).collect(),
            added: document.added,
            changed: document.changed,
        }
    }

    /// Whether nothing more will happen to it.
    pub(crate) const fn is_finished(&self) -> bool {
        matches!(self.state, DocumentState::Ready | DocumentState::Failed)
    }
}

/// A range of bytes of the stored text, end exclusive.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Span")]
pub(crate) struct SpanBody {
    /// The first byte.
    pub(crate) start: u64,
    /// One past the last byte.
    pub(crate) end: u64,
}

impl From<Span> for SpanBody {
    fn from(Span { start, end }: Span) -> Self {
        Self { start, end }
    }
}

/// A rectangle on a page, in points (1/72 inch) from the page's top left.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Rectangle")]
pub(crate) struct RectangleBody {
    /// The left edge.
    pub(crate) x0: f32,
    /// The upper edge.
    pub(crate) y0: f32,
    /// The right edge.
    pub(crate) x1: f32,
    /// The lower edge.
    pub(crate) y1: f32,
}

impl From<Rect> for RectangleBody {
    fn from(Rect { x0, y0, x1, y1 }: Rect) -> Self {
        Self { x0, y0, x1, y1 }
    }
}

/// Where something stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Place")]
pub(crate) struct PlaceBody {
    /// The page, counted from 1, for formats that have pages.
    pub(crate) page: Option<u32>,
    /// The headings above it, outermost first.
    pub(crate) section: Vec<String>,
    /// Where on the page.
    pub(crate) rectangles: Vec<RectangleBody>,
    /// The chapter, sheet or attachment, for formats without pages.
    pub(crate) part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    pub(crate) item: Option<u32>,
    /// The bytes of the document's stored text.
    pub(crate) span: SpanBody,
}

impl From<Place> for PlaceBody {
    fn from(place: Place) -> Self {
        Self {
            page: place.page,
            section: place.section,
            rectangles: place
                .rectangles
                .into_iter()
                .map(RectangleBody::from)
                .collect(),
            part: place.part,
            item: place.item,
            span: place.span.into(),
        }
    }
}

/// Why a passage stands where it stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Score")]
pub(crate) struct ScoreBody {
    /// What the ranking is by, between 0 and 1.
    pub(crate) fused: f32,
    /// BM25; absent when the words were not found.
    pub(crate) lexical: Option<f32>,
    /// Cosine of the embeddings; absent when the meaning was not among the nearest.
    pub(crate) semantic: Option<f32>,
}

/// How a passage came to its place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Explanation")]
pub(crate) struct ExplanationBody {
    /// Its place among the hits by words, counted from 1.
    pub(crate) lexical_rank: Option<u32>,
    /// Its place among the hits by meaning, counted from 1.
    pub(crate) semantic_rank: Option<u32>,
    /// How many neighbouring chunks were joined into it, itself included.
    pub(crate) joined: u32,
    /// How many passages with nearly the same words were folded into it.
    pub(crate) folded: u32,
}

impl From<Explanation> for ExplanationBody {
    fn from(explanation: Explanation) -> Self {
        let Explanation {
            lexical_rank,
            semantic_rank,
            joined,
            folded,
        } = explanation;
        Self {
            lexical_rank,
            semantic_rank,
            joined,
            folded,
        }
    }
}

/// A passage found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Passage")]
pub(crate) struct PassageBody {
    /// The document it stands in.
    #[schemars(with = "Uuid")]
    pub(crate) document_id: DocumentId,
    /// The reading of the document; its text never changes.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// The piece of text.
    #[schemars(with = "Uuid")]
    pub(crate) chunk_id: ChunkId,
    /// The document's title.
    pub(crate) title: String,
    /// The document's format, such as `pdf`.
    pub(crate) format: String,
    /// The document's language (ISO 639-1), once known.
    pub(crate) language: Option<String>,
    /// The shelf's name.
    pub(crate) collection: String,
    /// The words, byte for byte as stored at `place.span`.
    pub(crate) text: String,
    /// Why it stands where it stands.
    pub(crate) score: ScoreBody,
    /// Where it stands in the document.
    pub(crate) place: PlaceBody,
    /// Other documents that hold nearly the same words.
    #[schemars(with = "Vec<Uuid>")]
    pub(crate) also_in: Vec<DocumentId>,
    /// How it came to its place, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) explanation: Option<ExplanationBody>,
}

impl From<FoundPassage> for PassageBody {
    fn from(found: FoundPassage) -> Self {
        let score = found.passage.score;
        let chunk = found.passage.chunk;
        Self {
            document_id: chunk.document,
            version_id: found.version,
            chunk_id: chunk.id,
            title: found.passage.title,
            format: found.format,
            language: found.language,
            collection: found.collection_name,
            text: chunk.text,
            score: ScoreBody {
                fused: score.fused,
                lexical: score.lexical,
                semantic: score.semantic,
            },
            place: chunk.place.into(),
            also_in: found.also_in,
            explanation: found.explanation.map(ExplanationBody::from),
        }
    }
}

/// How long the parts took, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Timings")]
pub(crate) struct TimingsBody {
    /// Embedding the question.
    pub(crate) embed: f64,
    /// The text index.
    pub(crate) text: f64,
    /// The vector store.
    pub(crate) vectors: f64,
    /// Fusing, folding and joining.
    pub(crate) fuse: f64,
    /// Reading passages and their places.
    pub(crate) catalog: f64,
    /// Composing the answer.
    pub(crate) compose: f64,
    /// Everything.
    pub(crate) total: f64,
}

impl From<Timings> for TimingsBody {
    fn from(timings: Timings) -> Self {
        let Timings {
            embed,
            text,
            vectors,
            fuse,
            catalog,
            compose,
            total,
        } = timings;
        Self {
            embed,
            text,
            vectors,
            fuse,
            catalog,
            compose,
            total,
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SearchReply")]
pub(crate) struct SearchBody {
    /// The passages, best first.
    pub(crate) passages: Vec<PassageBody>,
    /// How many passages were candidates before folding and joining.
    pub(crate) total: usize,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub(crate) degraded: Vec<String>,
    /// How long the parts took.
    pub(crate) timings_ms: TimingsBody,
}

impl From<SearchReply> for SearchBody {
    fn from(reply: SearchReply) -> Self {
        Self {
            passages: reply.passages.into_iter().map(PassageBody::from).collect(),
            total: reply.total,
            degraded: reply.degraded,
            timings_ms: reply.timings.into(),
        }
    }
}

/// The exact words that support a sentence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Citation")]
pub(crate) struct CitationBody {
    /// The document quoted.
    #[schemars(with = "Uuid")]
    pub(crate) document_id: DocumentId,
    /// The reading of it that was quoted.
    #[schemars(with = "Uuid")]
    pub(crate) version_id: VersionId,
    /// The document's title.
    pub(crate) title: String,
    /// The words, byte for byte the stored text at `span`.
    pub(crate) quote: String,
    /// The page, for formats that have pages.
    pub(crate) page: Option<u32>,
    /// The bytes of the document's stored text.
    pub(crate) span: SpanBody,
    /// Where on the page.
    pub(crate) rectangles: Vec<RectangleBody>,
    /// The headings above it, outermost first.
    pub(crate) section: Vec<String>,
    /// The chapter, sheet or attachment, for formats without pages.
    pub(crate) part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    pub(crate) item: Option<u32>,
}

impl From<Citation> for CitationBody {
    fn from(citation: Citation) -> Self {
        let place = PlaceBody::from(citation.place);
        Self {
            document_id: citation.document,
            version_id: citation.version,
            title: citation.title,
            quote: citation.quote,
            page: place.page,
            span: place.span,
            rectangles: place.rectangles,
            section: place.section,
            part: place.part,
            item: place.item,
        }
    }
}

/// A sentence of an answer, with what supports it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Sentence")]
pub(crate) struct SentenceBody {
    /// The sentence.
    pub(crate) text: String,
    /// The exact words it rests on; at least one.
    pub(crate) citations: Vec<CitationBody>,
}

impl From<AnswerSentence> for SentenceBody {
    fn from(sentence: AnswerSentence) -> Self {
        Self {
            text: sentence.text,
            citations: sentence
                .citations
                .into_iter()
                .map(CitationBody::from)
                .collect(),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Answer")]
pub(crate) struct AnswerBody {
    /// Whether the library answers the question.
    pub(crate) answered: bool,
    /// The sentences joined, or the statement that nothing was found.
    pub(crate) answer: String,
    /// Each sentence with its citations.
    pub(crate) sentences: Vec<SentenceBody>,
    /// How sure the answerer is, from 0 to 1.
    pub(crate) confidence: f32,
    /// The passages that were looked through; the near misses when nothing was found.
    pub(crate) passages: Vec<PassageBody>,
    /// Sentences that say which part of the search did not work; empty when all did.
    pub(crate) degraded: Vec<String>,
    /// How long the parts took.
    pub(crate) timings_ms: TimingsBody,
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> Self {
        Self {
            answered: answer.answered,
            answer: answer.text,
            sentences: answer
                .sentences
                .into_iter()
                .map(SentenceBody::from)
                .collect(),
            confidence: answer.confidence,
            passages: answer.passages.into_iter().map(PassageBody::from).collect(),
            degraded: answer.degraded,
            timings_ms: answer.timings.into(),
        }
    }
}
