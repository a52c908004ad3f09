//! Pages of a list, and the cursor that says where the next one begins.
//!
//! A cursor names the last row given by the values the list is ordered by (a keyset), so a page
//! costs the same anywhere in the list and rows added meanwhile neither repeat nor hide others. It
//! also names its list and order: in another one it would begin anywhere.

use alexandria_core::error::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// Items on one page at most; whoever asks for more is refused.
pub const PAGE_ITEMS_MAX: u32 = 200;

/// The list, eight bytes of a number, sixteen of an id.
const CURSOR_BYTES: usize = 25;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Given back as `cursor`, it brings the items that follow; none at the end of the list.
    pub next: Option<String>,
}

/// A list in one order. Invariant: the numbers stand in cursors that people hold, so none is given
/// another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum List {
    /// The collections, oldest first.
    Collections = 1,
    /// The documents, newest first.
    DocumentsNewestFirst = 2,
    /// The documents, oldest first.
    DocumentsOldestFirst = 3,
    /// The documents, by their titles.
    DocumentsByTitle = 50,
    /// The documents, by their titles, the last first.
    DocumentsByTitleDescending = 51,
    /// The documents, by the names of their files.
    DocumentsByName = 52,
    /// The documents, by the names of their files, the last first.
    DocumentsByNameDescending = 53,
    /// The documents, the largest first.
    DocumentsLargestFirst = 54,
    /// The documents, the smallest first.
    DocumentsSmallestFirst = 55,
    /// The documents, the last changed first.
    DocumentsChangedFirst = 56,
    /// The documents, the longest unchanged first.
    DocumentsUnchangedFirst = 57,
    /// The tags.
    Tags = 58,
    /// The jobs, newest first.
    Jobs = 4,
    /// The answers, newest first.
    Answers = 5,
    /// The conversations, the last that was gone on with first.
    Conversations = 6,
    /// The personas, oldest first.
    Personas = 10,
    /// What people thought of answers, newest first.
    Feedback = 20,
    /// The cases, newest first.
    Cases = 21,
    /// The experiments, newest first.
    Experiments = 22,
    /// What evaluations have found, newest first.
    Evaluations = 23,
    /// The tenants, oldest first.
    Tenants = 30,
    /// The people of a tenant, oldest first.
    Users = 31,
    /// The keys of a tenant, oldest first.
    Keys = 32,
    /// The open invitations of a tenant, oldest first.
    Invitations = 33,
    /// The entries of the audit log, newest first.
    Audit = 40,
    /// The security events, newest first.
    SecurityEvents = 41,
    /// The erasures of a tenant, newest first.
    Erasures = 42,
}

/// How many rows a page of `limit` items has.
///
/// # Errors
/// `Invalid` for none, and for more than [`PAGE_ITEMS_MAX`].
pub(super) fn page_limit(limit: u32) -> Result<usize> {
    if limit == 0 || limit > PAGE_ITEMS_MAX {
        let sentence = format!("a page of a list has a limit of 1 to {PAGE_ITEMS_MAX} items");
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(limit as usize)
}

/// What stands behind a keyset in a list that is ordered by a time and an id, newest first.
pub(super) fn older<C: ColumnTrait>(
    time: C,
    id: C,
    (last_time, last_id): (i64, Uuid),
) -> Condition {
    let same = Condition::all().add(time.eq(last_time)).add(id.lt(last_id));
    Condition::any().add(time.lt(last_time)).add(same)
}

impl List {
    /// Makes a page of up to `limit` of the rows, which were asked for with one to spare.
    pub(super) fn page<T>(
        self,
        mut items: Vec<T>,
        limit: usize,
        key: impl Fn(&T) -> (i64, Uuid),
    ) -> Page<T> {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = more
            .then(|| items.last().map(|item| self.encode(key(item))))
            .flatten();
        Page { items, next }
    }

    /// The cursor of this list that names a keyset.
    pub(super) fn encode(self, (number, id): (i64, Uuid)) -> String {
        let mut bytes = Vec::with_capacity(CURSOR_BYTES);
        bytes.push(self as u8);
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The keyset that a cursor of this list names.
    ///
    /// # Errors
    /// `Invalid` for what is no cursor, and for one of another list or order.
    pub(super) fn decode(self, cursor: &str) -> Result<(i64, Uuid)> {
        let rest = self.opened(cursor)?;
        let (number, id) = rest.split_first_chunk::<8>().ok_or_else(refused)?;
        let id = Uuid::from_slice(id).map_err(|source| refused().with_source(source))?;
        Ok((i64::from_be_bytes(*number), id))
    }

    /// The cursor of this list, which is ordered by a text, that names a keyset.
    pub(super) fn encode_text(self, text: &str, id: Uuid) -> String {
        let mut bytes = vec![self as u8];
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The keyset that a cursor of this list, which is ordered by a text, names.
    ///
    /// # Errors
    /// As for [`Self::decode`].
    pub(super) fn decode_text(self, cursor: &str) -> Result<(String, Uuid)> {
        let rest = self.opened(cursor)?;
        let (id, text) = rest.split_first_chunk::<16>().ok_or_else(refused)?;
        let text = String::from_utf8(text.to_vec());
        let text = text.map_err(|source| refused().with_source(source))?;
        Ok((text, Uuid::from_bytes(*id)))
    }

    /// What a cursor of this list holds.
    fn opened(self, cursor: &str) -> Result<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|source| refused().with_source(source))?;
        let list = *bytes.first().ok_or_else(refused)?;
        if list != self as u8 {
            return Err(Error::new(
                ErrorKind::Invalid,
                "that cursor is not of this list, or of another order of it; begin without",
            ));
        }
        bytes.remove(0);
        Ok(bytes)
    }
}

fn refused() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "that is not a cursor this list has given; begin without",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LISTS: [List; 16] = [
        List::Collections,
        List::DocumentsNewestFirst,
        List::DocumentsOldestFirst,
        List::Jobs,
        List::Answers,
        List::Conversations,
        List::Personas,
        List::Feedback,
        List::Cases,
        List::Experiments,
        List::Tenants,
        List::Users,
        List::Keys,
        List::Invitations,
        List::Audit,
        List::SecurityEvents,
    ];

    proptest! {
        #[test]
        fn reading_a_cursor_gives_what_was_written_and_in_no_other_list(number: i64, id: u128) {
            let key = (number, Uuid::from_u128(id));
            for list in LISTS {
                for other in LISTS {
                    let read = other.decode(&list.encode(key)).ok();
                    prop_assert_eq!(read, (list == other).then_some(key));
                }
            }
        }

        #[test]
        fn no_text_makes_a_cursor_panic(text: String) {
            drop(List::Jobs.decode(&text)); // Only the absence of a panic matters.
        }
    }

    proptest! {
        #[test]
        fn a_cursor_with_a_text_gives_what_was_written(text: String, id: u128) {
            let id = Uuid::from_u128(id);
            let cursor = List::Tags.encode_text(&text, id);
            prop_assert_eq!(List::Tags.decode_text(&cursor).unwrap(), (text, id));
            prop_assert!(List::DocumentsByTitle.decode_text(&cursor).is_err());
        }

        #[test]
        fn no_text_makes_a_cursor_with_a_text_panic(text: String) {
            drop(List::Tags.decode_text(&text)); // Only the absence of a panic matters.
        }
    }

    #[test]
    fn foreign_cursors_are_refused() {
        for text in [
            "",
            "a",
            "!!",
            "AAAA",
            "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(
                List::Jobs.decode(text).unwrap_err().kind(),
                ErrorKind::Invalid,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_page_has_at_least_one_item_and_at_most_its_maximum() {
        for (limit, expected) in [
            (0, None),
            (1, Some(1)),
            (PAGE_ITEMS_MAX, Some(200)),
            (PAGE_ITEMS_MAX + 1, None),
            (u32::MAX, None),
        ] {
            let error = match page_limit(limit) {
                Ok(rows) => {
                    assert_eq!(Some(rows), expected, "{limit}");
                    continue;
                }
                Err(error) => error,
            };
            assert_eq!(expected, None, "{limit}");
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().contains("200"), "{error:?}");
        }
    }
}
