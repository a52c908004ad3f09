//! Pages of a list, and the cursor that says where the next one begins.
//!
//! A cursor names the last row given by the values the list is ordered by (a keyset), so a page
//! costs the same anywhere in the list and rows added meanwhile neither repeat nor hide others.

use alexandria_core::error::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Items on one page at most; more asked for gives this many.
pub const PAGE_ITEMS_MAX: u32 = 200;

const CURSOR_BYTES: usize = 24;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Given back as `cursor`, it brings the items that follow; none at the end of the list.
    pub next: Option<String>,
}

/// How many rows a page of `limit` items has: at least one, at most [`PAGE_ITEMS_MAX`].
pub(super) fn page_limit(limit: u32) -> usize {
    limit.clamp(1, PAGE_ITEMS_MAX) as usize
}

/// Makes a page of up to `limit` of the rows, which were asked for with one to spare.
pub(super) fn page<T>(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> (i64, Uuid)) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = more
        .then(|| items.last().map(|item| encode(key(item))))
        .flatten();
    Page { items, next }
}

/// The cursor that names a keyset.
pub(super) fn encode((number, id): (i64, Uuid)) -> String {
    let mut bytes = [0; CURSOR_BYTES];
    let (head, tail) = bytes.split_at_mut(8);
    head.copy_from_slice(&number.to_be_bytes());
    tail.copy_from_slice(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The keyset that a cursor names.
pub(super) fn decode(cursor: &str) -> Result<(i64, Uuid)> {
    let refused = || {
        Error::new(
            ErrorKind::Invalid,
            "that is not a cursor this list has given; begin without",
        )
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|source| refused().with_source(source))?;
    let (head, tail) = bytes.split_first_chunk::<8>().ok_or_else(refused)?;
    let id = Uuid::from_slice(tail).map_err(|source| refused().with_source(source))?;
    Ok((i64::from_be_bytes(*head), id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reading_a_cursor_gives_what_was_written(number: i64, id: u128) {
            let key = (number, Uuid::from_u128(id));
            prop_assert_eq!(decode(&encode(key)).unwrap(), key);
        }

        #[test]
        fn no_text_makes_a_cursor_panic(text: String) {
            drop(decode(&text)); // Only the absence of a panic matters.
        }
    }

    #[test]
    fn foreign_cursors_are_refused() {
        for text in [
            "",
            "a",
            "!!",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(
                decode(text).unwrap_err().kind(),
                ErrorKind::Invalid,
                "{text:?}"
            );
        }
    }
}
