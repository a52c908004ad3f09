//! Where words stand in a document's stored text: it is looked through piece by piece, and the first
//! places are told before the rest is read.

use alexandria_core::access::Scope;
use alexandria_core::block::{BLOCK_SEPARATOR, Span};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::find::{NEEDLE_BYTES_MAX, Needle};
use alexandria_core::id::{DocumentId, VersionId};
use alexandria_core::principal::Principal;

use super::whole_characters;
use crate::library::Library;

/// The most places that one call gives.
pub const FOUND_MAX: usize = 200;

/// Bytes of the text that are looked through at once.
const PIECE_BYTES: u64 = 256 * 1024;

/// Bytes beyond a piece in which what begins in it may end.
const OVERLAP_BYTES: u64 = 4 * 1024;

/// Bytes before a piece that are shown with what is found at its beginning.
const BEFORE_BYTES: u64 = 512;

/// Bytes of the text that one call looks through at most; the next call goes on.
const SEARCHED_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Characters of the text that are shown on each side of what is found.
const AROUND_CHARACTERS: usize = 60;

/// Where words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPlaces {
    /// The reading that was looked through.
    pub version: VersionId,
    /// How many bytes its text has.
    pub bytes: u64,
    /// The places, in reading order.
    pub places: Vec<Found>,
    /// The byte to look on from; none at the end of the text.
    pub next: Option<u64>,
}

/// A place where words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The bytes of the stored text.
    pub span: Span,
    /// The page, for formats that have them.
    pub page: Option<u32>,
    /// What stands before it in its paragraph.
    pub before: String,
    /// The words as they stand there.
    pub text: String,
    /// What stands after it in its paragraph.
    pub after: String,
}

impl Library {
    /// Where a text stands in a document, whatever the case and accents of its letters, from a byte of
    /// the stored text on.
    ///
    /// A call that has looked through much without finding enough ends early and says where to go on.
    ///
    /// # Errors
    /// `NotFound` when there is no such document or it has not been read, `Invalid` for a text without
    /// letters or too long, a byte beyond the end, and no or too many places.
    pub async fn find_words(
        &self,
        principal: &Principal,
        id: DocumentId,
        query: &str,
        start: u64,
        count: usize,
    ) -> Result<FoundPlaces> {
        principal.require(Scope::Ask)?;
        let refused = |sentence: String| Error::new(ErrorKind::Invalid, sentence);
        let needle = Needle::new(query).ok_or_else(|| {
            refused(format!(
                "what is looked for has letters or signs, and at most {NEEDLE_BYTES_MAX} bytes"
            ))
        })?;
        if count == 0 || count > FOUND_MAX {
            return Err(refused(format!("one call gives 1 to {FOUND_MAX} places")));
        }
        let version = self.read_version(principal, id).await?;
        let bytes = self.blobs.size(principal, &version.text_blob).await?;
        if start > bytes {
            let sentence = format!("there is no such part: the text has {bytes} bytes");
            return Err(refused(sentence));
        }
        let (mut at, mut places) = (start, Vec::new());
        while at < bytes && at - start < SEARCHED_BYTES_MAX && places.len() < count {
            let from = at.saturating_sub(BEFORE_BYTES);
            let range = from..bytes.min(at + PIECE_BYTES + OVERLAP_BYTES);
            let text = &version.text_blob;
            let piece = self.blobs.get_range(principal, text, range).await?;
            let wanted = Span::new(at, bytes.min(at + PIECE_BYTES));
            let found = look(needle.clone(), piece, from, wanted, count - places.len()).await?;
            at = found.next;
            places.extend(found.places);
        }
        for place in &mut places {
            let layout = &version.layout_blob;
            place.page = self.layouts.page(principal, layout, place.span).await?;
        }
        Ok(FoundPlaces {
            version: version.id,
            bytes,
            places,
            next: (at < bytes).then_some(at),
        })
    }
}

/// What was found in a piece, and where to go on.
struct Looked {
    places: Vec<Found>,
    next: u64,
}

/// Looks through a piece of the text that begins at `from`, off the runtime. What begins inside
/// `wanted` counts.
async fn look(
    needle: Needle,
    piece: Vec<u8>,
    from: u64,
    wanted: Span,
    count: usize,
) -> Result<Looked> {
    let work = move || {
        let (skipped, text) = whole_characters(&piece);
        let from = from + skipped as u64;
        let begins = |span: &Span| wanted.start <= span.start && span.start < wanted.end;
        // What begins before would hide what overlaps it, so it is not looked at.
        let lead = usize::try_from(wanted.start.saturating_sub(from)).unwrap_or(usize::MAX);
        let lead = text.ceil_char_boundary(lead.min(text.len()));
        let rest = text.get(lead..).unwrap_or_default();
        let spans = needle.find(rest);
        let spans = spans.into_iter().map(|span| span.shifted(lead as u64));
        let mut spans = spans.filter(|span| begins(&span.shifted(from))).peekable();
        let places: Vec<Found> = spans
            .by_ref()
            .take(count)
            .map(|span| found(&text, span, from))
            .collect();
        let last = places.last().map_or(0, |place| place.span.end);
        let next = match spans.peek() {
            Some(_) => last,
            None => wanted.end.max(last),
        };
        Looked { places, next }
    };
    tokio::task::spawn_blocking(work)
        .await
        .context(ErrorKind::Internal, || {
            "the thread that looks through a text broke".to_owned()
        })
}

/// A place with what stands around it.
fn found(text: &str, span: Span, from: u64) -> Found {
    let at = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    let before = text.get(..at(span.start)).unwrap_or_default();
    let before = before.rsplit(BLOCK_SEPARATOR).next().unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(AROUND_CHARACTERS);
    let after = text.get(at(span.end)..).unwrap_or_default();
    let after = after.split(BLOCK_SEPARATOR).next().unwrap_or_default();
    Found {
        span: span.shifted(from),
        page: None,
        before: before.chars().skip(skipped).collect(),
        text: span.of(text).unwrap_or_default().to_owned(),
        after: after.chars().take(AROUND_CHARACTERS).collect(),
    }
}
