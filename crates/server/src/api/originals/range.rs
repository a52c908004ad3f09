//! The headers with which a caller asks for a part of a file, or only for a file that it does not have.

/// Whether `If-None-Match` names the file: alone, in a list, weakly, or as anything at all.
pub(in crate::api) fn is_known(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(|one| one.trim().trim_start_matches("W/"))
        .any(|one| one == "*" || one == tag)
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// These bytes, end exclusive.
    Bytes(u64, u64),
    /// Nothing that one reply can hold: the whole file is sent.
    Ignored,
    /// Bytes that there are not.
    Impossible,
}

/// Reads a single range of bytes (RFC 9110, section 14).
pub(super) fn parse_range(text: &str, bytes: u64) -> Range {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Range::Ignored;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.parse::<u64>().ok();
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(last)) if start <= last => (start, last.saturating_add(1).min(bytes)),
        (Some(start), None) if last.is_empty() => (start, bytes),
        (None, Some(0)) if first.is_empty() => return Range::Impossible,
        (None, Some(length)) if first.is_empty() => (bytes.saturating_sub(length), bytes),
        _ => return Range::Ignored,
    };
    if start >= bytes {
        Range::Impossible
    } else {
        Range::Bytes(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, is_known, parse_range};

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let check =
            |text: &str, expected: Range| assert_eq!(parse_range(text, 10), expected, "{text}");
        check("bytes=0-3", Range::Bytes(0, 4));
        check("bytes=5-", Range::Bytes(5, 10));
        check("bytes=-4", Range::Bytes(6, 10));
        check("bytes=-40", Range::Bytes(0, 10));
        check("bytes=8-40", Range::Bytes(8, 10));
        check("bytes=10-", Range::Impossible);
        check("bytes=-0", Range::Impossible);
        check("bytes=4-2", Range::Ignored);
        check("bytes=0-1,4-5", Range::Ignored);
        check("items=0-1", Range::Ignored);
    }

    #[test]
    fn a_file_that_the_caller_has_is_known() {
        let check = |known: &str, expected: bool| {
            assert_eq!(is_known(known, "\"abc\""), expected, "{known}");
        };
        check("\"abc\"", true);
        check("W/\"abc\"", true);
        check("\"x\", \"abc\"", true);
        check("*", true);
        check("\"ab\"", false);
        check("abc", false);
    }
}
