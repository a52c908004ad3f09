//! Reading a document's file, cutting it, and making its words searchable.

use std::sync::Arc;

use alexandria_core::block::{BlockKind, Fault, FaultKind, Parsed};
use alexandria_core::budget::Feature;
use alexandria_core::chunk::{Piece, chunk, context};
use alexandria_core::document::{Document, DocumentState};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::fold::fold_key;
use alexandria_core::id::DocumentId;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{NewChunk, NewVersion, VersionFacts};
use alexandria_store::layout::encode_layout;

use super::steps::Steps;
use crate::documents::DOCUMENT_NAME_BYTES_MAX;
use crate::library::Library;
use crate::progress::ProgressUnit;

/// The version of the readers, named in every version they read.
const PARSER_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Chunks that are stored in one transaction.
const CHUNKS_AT_ONCE: usize = 1_000;

/// Bytes of text that count as a token when no embedder counts them.
const BYTES_PER_TOKEN: usize = 4;

/// What a file has become, ready to be stored.
struct Prepared {
    parsed: Parsed,
    text: String,
    layout: Vec<u8>,
    chunks: Vec<NewChunk>,
}

impl Library {
    /// Reads a document and publishes what was read.
    ///
    /// Invariant: nothing is seen before `publish_version`, and everything after it can be done again:
    /// following, queueing the embedding. A run that was cut off leaves a building version behind,
    /// which the next run removes.
    pub(super) async fn index_document(
        &self,
        principal: &Principal,
        id: DocumentId,
        titled: bool,
        steps: &Arc<Steps>,
    ) -> Result<()> {
        let document = self.catalog.document(principal, id).await?;
        if document.version.is_none() {
            self.catalog
                .set_document_state(principal, id, DocumentState::Reading)
                .await?;
            let parsed = self.read_file(principal, &document, steps).await?;
            if parsed.blocks.is_empty() {
                return self.give_nothing(principal, id, &parsed.faults).await;
            }
            self.publish(principal, &document, titled, parsed).await?;
        }
        // Not searchable before the text index knows it.
        self.follow_text(self.space(principal, document.collection))
            .await?;
        self.say_searchable(principal, id).await?;
        let embedder = self.embedder_for(principal, Feature::Embed).await?;
        if embedder.is_model() {
            self.enqueue_embedding(principal, id).await?;
        }
        self.cover_read(principal, id).await;
        Ok(())
    }

    /// Says that nothing could be read of a document, which may have a cover all the same.
    async fn give_nothing(
        &self,
        principal: &Principal,
        id: DocumentId,
        faults: &[Fault],
    ) -> Result<()> {
        tracing::warn!(document.id = %id, faults = faults.len(), "nothing could be read");
        self.catalog.fail_document(principal, id, faults).await?;
        self.cover_read(principal, id).await;
        Ok(())
    }

    /// Says that a document's words can be found, unless it has come further already.
    async fn say_searchable(&self, principal: &Principal, id: DocumentId) -> Result<()> {
        let document = self.catalog.document(principal, id).await?;
        if document.state != DocumentState::Reading {
            return Ok(());
        }
        let state = match document.embedded >= document.chunks {
            true => DocumentState::Ready,
            false => DocumentState::Searchable,
        };
        self.catalog.set_document_state(principal, id, state).await
    }

    async fn read_file(
        &self,
        principal: &Principal,
        document: &Document,
        steps: &Arc<Steps>,
    ) -> Result<Parsed> {
        let original = self.catalog.original(principal, document.id).await?;
        let file = self
            .blobs
            .file(principal, &original.blob)
            .await
            .map_err(|error| {
                // "Not found" would mean that the document has been removed, which it has not.
                if error.kind() != ErrorKind::NotFound {
                    return error;
                }
                Error::new(ErrorKind::Corrupt, "the file as it was put in is gone")
                    .with_source(error)
            })?;
        let steps = Arc::clone(steps);
        let report = Arc::new(move |done, total| steps.set(ProgressUnit::Pages, done, total));
        self.reader.read(&file.path, &document.name, report).await
    }

    async fn publish(
        &self,
        principal: &Principal,
        document: &Document,
        titled: bool,
        parsed: Parsed,
    ) -> Result<()> {
        let title = if titled { None } else { own_title(&parsed) };
        let shown = title.clone().unwrap_or_else(|| document.title.clone());
        let prepared = self.prepare(parsed, shown).await?;
        let Prepared {
            parsed,
            text,
            layout,
            chunks,
        } = prepared;
        let text_digest = Digest::of(text.as_bytes());
        let characters = text.chars().count() as u64;
        let pages = u32::try_from(parsed.pages.len())
            .ok()
            .filter(|pages| *pages > 0);
        let in_use = self.blob_use.read().await;
        let text = self.blobs.put_bytes(principal, text.into_bytes()).await?;
        let layout = self.blobs.put_bytes(principal, layout).await?;
        let abandoned = self
            .catalog
            .abandon_versions(principal, document.id)
            .await?;
        if abandoned > 0 || document.version.is_some() {
            self.leftovers.expect();
        }
        let version = NewVersion {
            document: document.id,
            generation: self.generation,
            text_blob: text.key,
            layout_blob: layout.key,
            text_digest,
            parser_name: parsed.format.clone(),
            parser_version: PARSER_VERSION.to_owned(),
            chunk_policy: self.policy.name(),
            characters,
            pages,
        };
        let version = self.catalog.begin_version(principal, version).await?;
        drop(in_use);
        let count = u32::try_from(chunks.len()).context(ErrorKind::TooLarge, || {
            "cannot store so many chunks".to_owned()
        })?;
        let mut chunks = chunks.into_iter().peekable();
        while chunks.peek().is_some() {
            let some = chunks.by_ref().take(CHUNKS_AT_ONCE).collect();
            self.catalog
                .append_chunks(principal, version.id, some)
                .await?;
        }
        let facts = VersionFacts {
            title,
            authors: parsed.authors,
            language: parsed.language,
            media_type: media_type(&parsed.format, &document.media_type),
            format: parsed.format,
            pages,
            faults: parsed.faults,
            chunks: count,
        };
        self.catalog
            .publish_version(principal, version.id, facts)
            .await
    }

    /// Cuts what was read, off the runtime.
    async fn prepare(&self, parsed: Parsed, title: String) -> Result<Prepared> {
        let policy = self.policy.clone();
        let counter = self.models.counter();
        let work = move || {
            let (text, parsed) = parsed.store();
            let count = |text: &str| match &counter {
                Some(count) => count(text),
                None => text.len().div_ceil(BYTES_PER_TOKEN),
            };
            let pieces = chunk(&parsed, &text, &policy, &count);
            let chunks = pieces
                .iter()
                .filter_map(|piece| new_chunk(piece, &text, &title))
                .collect();
            let layout = encode_layout(&parsed)?;
            Ok(Prepared {
                parsed,
                text,
                layout,
                chunks,
            })
        };
        tokio::task::spawn_blocking(work)
            .await
            .context(ErrorKind::Internal, || {
                "the thread that cuts a text broke".to_owned()
            })?
    }
}

/// The title that a file gives itself, or the heading of the first level that it begins with.
fn own_title(parsed: &Parsed) -> Option<String> {
    let heading = parsed
        .blocks
        .first()
        .filter(|block| block.kind == BlockKind::Heading(1));
    let stated = parsed
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty());
    let title = stated.or_else(|| heading.map(|block| block.text.trim()))?;
    let end = title.floor_char_boundary(DOCUMENT_NAME_BYTES_MAX);
    title.get(..end).map(str::to_owned)
}

fn new_chunk(piece: &Piece, stored: &str, title: &str) -> Option<NewChunk> {
    let text = piece.span.of(stored)?;
    Some(NewChunk {
        kind: piece.kind,
        place: piece.place(),
        header: piece.header.clone(),
        text: text.to_owned(),
        tokens: u32::try_from(piece.tokens).unwrap_or(u32::MAX),
        text_digest: Digest::of(
            embedded_text(title, &piece.section, piece.header.as_deref(), text).as_bytes(),
        ),
        fold_key: foldable(piece.kind).then(|| fold_key(text).cast_signed()),
    })
}

/// What is embedded for a chunk: what stands around it, and its text.
pub(super) fn embedded_text(
    title: &str,
    section: &[String],
    header: Option<&str>,
    text: &str,
) -> String {
    let context = context(title, section, header);
    if context.is_empty() {
        text.to_owned()
    } else {
        format!("{context}\n{text}")
    }
}

/// Tables that differ in one number are alike and must not hide each other.
const fn foldable(kind: BlockKind) -> bool {
    !matches!(kind, BlockKind::Table | BlockKind::Code)
}

/// The media type of a format, as its table says, or what the file came with.
fn media_type(format: &str, given: &str) -> String {
    let known = alexandria_extract::FORMATS
        .iter()
        .find(|known| known.name == format);
    let usual = known.and_then(|known| known.media_types.first());
    usual.map_or_else(|| given.to_owned(), |usual| (*usual).to_owned())
}

/// The fault of a document whose job was cancelled.
pub(crate) fn stopped() -> Fault {
    Fault {
        kind: FaultKind::Cancelled,
        page: None,
        message: "reading this file was cancelled: read it again, or remove it".to_owned(),
    }
}

/// The fault of a document whose job has been given up.
pub(crate) fn given_up(message: &str) -> Fault {
    Fault {
        kind: FaultKind::Malformed,
        page: None,
        message: format!("reading this file was given up: {message}; remove it and add it again"),
    }
}
