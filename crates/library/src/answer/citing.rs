//! Citations, whose quotes are read from the stored text again before they leave.

use alexandria_core::block::Span;
use alexandria_core::citation::Citation;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;

use crate::library::Library;
use crate::metrics::CITATIONS_DROPPED_TOTAL;
use crate::search::FoundPassage;

impl Library {
    /// The citation of a span of the stored text that lies in a passage.
    ///
    /// Invariant: no quote leaves that is not byte for byte the stored text at its span. One that is
    /// not (an index of another text, a damaged file) is dropped and logged.
    pub(super) async fn cite(
        &self,
        principal: &Principal,
        passages: &[FoundPassage],
        passage: usize,
        span: Span,
    ) -> Result<Option<Citation>> {
        let Some(found) = passages.get(passage) else {
            return Ok(None);
        };
        let chunk = &found.passage.chunk;
        let version = self.version(principal, found.version).await?;
        let (start, end) = (span.start, span.end);
        let stored = self
            .blobs
            .get_range(principal, &version.text_blob, start..end)
            .await?;
        let shown = chunk.place.span.start;
        let within = start.checked_sub(shown).zip(end.checked_sub(shown));
        let seen = within.and_then(|(start, end)| Span::new(start, end).of(&chunk.text));
        let Some(quote) = seen.filter(|seen| seen.as_bytes() == stored) else {
            tracing::error!(version.id = %found.version, start, end, "a quote is not the stored text");
            metrics::counter!(CITATIONS_DROPPED_TOTAL).increment(1);
            return Ok(None);
        };
        let mut place = chunk.place.clone();
        place.span = span;
        place.rectangles.clear();
        if place.page.is_some() {
            let (layout, text) = (&version.layout_blob, &version.text_blob);
            place.rectangles = self
                .layouts
                .rectangles(principal, layout, text, span)
                .await?;
            if let Some(first) = place.rectangles.first() {
                place.page = Some(first.page);
            }
        }
        Ok(Some(Citation {
            document: chunk.document,
            version: found.version,
            chunk: chunk.id,
            title: found.passage.title.clone(),
            quote: quote.to_owned(),
            place,
        }))
    }
}
